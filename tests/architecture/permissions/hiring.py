"""Jobs, applications and numbers."""

from __future__ import annotations

from tests.architecture.permissions.lines import SIGNED_IN, Line, application, job

HIRING = [
    Line("hiring:open-links", "AJ", {"slug": "job.slug"}),
    job("open-links-file", "AJ", format="=csv"),
    job("application-form", "AJ"),
    job("application-form", "AJ", "post"),
    job("tracking", "AJ"),
    job("tracking", "AJ", "post"),
    job("tracking-file", "AJ", format="=csv"),
    Line("hiring:all-tracking-file", "AJR", {"format": "=csv"}),
    job("tracking-close", "AJ", "post", code="tracking_link.public_id"),
    Line("hiring:all-tracking", "AJR"),
    Line("hiring:all-tracking", "AJR", method="post"),
    Line("hiring:all-tracking-close", "AJR", {"code": "all_jobs_link.public_id"}, "post"),
    Line("hiring:dashboard", SIGNED_IN),
    Line("hiring:needs-you", SIGNED_IN),
    Line("hiring:needs-you-act", "AJ", {"pk": "ran_out.pk"}, "post"),
    Line("hiring:undelivered", SIGNED_IN),
    Line("hiring:answers", SIGNED_IN),
    Line("hiring:read-answers", SIGNED_IN, method="post"),  # what is somebody else's to see to stays unread
    Line("hiring:unread-answers", SIGNED_IN, method="post"),  # and stays read
    Line("hiring:correct-mail", "", {"public_id": "message.public_id"}),  # a message that waits to be sent
    Line("hiring:correct-mail", "", {"public_id": "message.public_id"}, "post"),
    Line("hiring:funnel", SIGNED_IN, {"step": "=applied"}),
    Line("hiring:waiting", SIGNED_IN, {"code": "=ageing"}),
    Line("hiring:funnel-file", SIGNED_IN, {"step": "=applied", "format": "=csv"}),
    Line("hiring:waiting-file", SIGNED_IN, {"code": "=ageing", "format": "=csv"}),
    Line("hiring:reports", SIGNED_IN),
    Line("hiring:report", SIGNED_IN, {"name": "=pass-through"}),
    Line("hiring:report-file", SIGNED_IN, {"name": "=ageing", "format": "=csv"}),
    Line("hiring:report-people", SIGNED_IN, {"name": "=funnel", "row": "=applied", "column": "=reached"}),
    # Whoever sees nobody gets none, and analysts one without names.
    Line(
        "hiring:report-people-file",
        "AJMRN",
        {"name": "=funnel", "row": "=applied", "column": "=reached", "format": "=csv"},
    ),
    Line("hiring:applications-file", SIGNED_IN, {"format": "=csv"}),
    Line("hiring:everybody-file", SIGNED_IN, {"format": "=csv"}),
    Line("hiring:jobs-file", SIGNED_IN, {"format": "=csv"}),
    Line("hiring:invitations-file", SIGNED_IN, {"format": "=csv"}),
    Line("hiring:expired-file", SIGNED_IN, {"format": "=csv"}),
    Line("hiring:approvals-file", SIGNED_IN, {"format": "=csv"}),
    Line("hiring:answers-file", SIGNED_IN, {"format": "=csv"}),
    Line("hiring:interviews-file", SIGNED_IN, {"format": "=csv"}),
    Line("hiring:first-day", "A", {"code": "=mail"}, "post"),
    Line("hiring:new-job", "AJR"),
    Line("hiring:new-api-key", SIGNED_IN),
    # Without sample data it leads administrators to the start page.
    Line("hiring:start-for-real", "A"),
    job("job", "AJMIN"),
    job("job-status", "", "post"),  # without saying what to do with the job
    job("openings", "AJ", "post"),
    job("close", "AJ"),
    job("job-settings", "AJ"),
    job("stages", "AJ"),
    job("save-pipeline", "AJ"),
    job("copy-job", "AJ"),
    Line("hiring:new-pipeline", "AJR"),
    Line("hiring:pipeline", "AJR", {"pk": "pipeline.pk"}),
    job("invite", "AJ"),
    job("move", "AJ"),
    Line("hiring:move-of-test", "AJR", {"slug": "assessment.slug"}),
    job("reject", "AJ"),
    job("hire-many", "AJ"),
    job("history", "AJ"),
    job("history-file", "AJ", format="=csv"),
    job("board", "AJM"),
    job("board-column", "AJM", stage="application.stage_id"),
    Line("hiring:card-move", "AJ", {"slug": "job.slug", "public_id": "application.public_id"}, "post"),
    # Without saying what to undo.
    Line("hiring:card-undo", "", {"slug": "job.slug", "public_id": "application.public_id"}, "post"),
    # Analysts get it without names.
    job("people-file", "AJMN", format="=csv"),
    # Nothing is narrowed down, and a filter without a name is not kept: whoever sees the people is told so.
    job("save-filter", "AJM", "post"),
    # Everybody forgets their own alone.
    job("forget-filter", "J", "post", pk="kept_filter.pk"),
    job("hold", "AJ"),
    job("withdraw", "AJ"),
    job("restore", "AJ"),
    job("job-mail", "AJ"),
    Line("hiring:try-words", "AJR", {"pk": "letter.pk"}),
    job("job-words", "", "get"),  # without saying of which mail
    job("job-words", "", "post"),
    job("write-many", "AJ"),
    application("write", "AJ"),
    application("write", "AJ", "post"),
    Line("hiring:write-anywhere", "AJR"),
    Line("hiring:write-anywhere", "AJR", method="post"),
    Line("hiring:letters-sent", "AJ", {"public_id": "letters.public_id"}),
    Line("hiring:take-back-letters", "AJ", {"public_id": "letters.public_id"}, "post"),
    job("bulk-tags", "AJ"),
    job("results", "AJM"),
    job("results-file", "AJM", format="=csv"),
    job("results-file", "AJM", "post", format="=csv"),
    application("application", "AJM"),
    application("application-move", "AJ", "post"),
    application("application-status", "AJ", "post"),
    Line(
        "hiring:stage-action",
        "AJ",
        {"public_id": "application.public_id", "pk": "stage_action.pk"},
        "post",
    ),
    application("hire", "AJ"),
    application("interviewers", "AJ"),
    application("recommend", "AJM", "post"),
    Line("hiring:interviews", SIGNED_IN),
    # The interviewer of the job interviews this very person.
    application("interview", "I"),
    Line("hiring:undo-work", "", {"public_id": "letters.public_id"}, "post"),  # nothing that can be undone
    Line("hiring:approvals", SIGNED_IN),  # whoever approves for no job finds nobody there
    Line("hiring:decide-approvals", "", method="post"),  # without saying what to decide
    Line("hiring:undo-approvals", SIGNED_IN, method="post"),  # whoever approved nothing undoes nothing
    application("ask-approval", "AJ"),
    application("ask-approval", "AJ", "post"),
    Line(
        "hiring:withdraw-approval",
        "AJ",
        {"public_id": "application.public_id", "pk": "approval.pk"},
        "post",
    ),
    application("undo", "", "post"),  # without saying what to undo
    Line(
        "hiring:cancel-mail",
        "",  # a message that is not of this application
        {"public_id": "application.public_id", "message_id": "message.public_id"},
        "post",
    ),
]
