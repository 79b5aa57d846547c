"""Lists as files: of applications, people, jobs, links, what waits, and the numbers of reports."""

from hiring.exports.applications import (
    PeopleList,
    applications_response,
    people_response,
    report_response,
)
from hiring.exports.lists import everybody_response, invitations_response, jobs_response
from hiring.exports.tracking import tracking_response
from hiring.exports.waiting import (
    answers_response,
    approvals_response,
    expired_response,
    interviews_response,
)

__all__ = [
    "PeopleList",
    "answers_response",
    "applications_response",
    "approvals_response",
    "everybody_response",
    "expired_response",
    "interviews_response",
    "invitations_response",
    "jobs_response",
    "people_response",
    "report_response",
    "tracking_response",
]
