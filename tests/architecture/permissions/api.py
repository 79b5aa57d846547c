"""The addresses of programs."""

# The API sees with the same grants; tests/api asks every call as every kind of program.
API = {
    "v1:root",
    "v1:job-list",
    "v1:job-detail",
    "v1:candidate-list",
    "v1:candidate-detail",
    "v1:application-list",
    "v1:application-detail",
    "v1:application-invitations",
    "v1:assessment-list",
    "v1:assessment-detail",
    "v1:invitation-list",
    "v1:invitation-detail",
    "v1:accommodationrequest-list",
    "v1:accommodationrequest-detail",
    "v1:accommodationrequest-grant",
    "v1:accommodationrequest-decline",
    "v1:attempt-list",
    "v1:attempt-detail",
    "v1:score-list",
    "v1:score-detail",
    "v1:report-pipeline",
    "v1:report-assessment",
    "schema",
    "api-docs",
}
