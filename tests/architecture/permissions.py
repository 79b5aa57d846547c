"""Who may open which address. A new address without a line here fails `test_permissions.py`.

The kinds of people, by letter:
  A administrator · J recruiter of the job · M hiring manager of the job · I interviewer of the job
  R recruiter of other jobs · Q question author · N analyst · O colleague without any role · x nobody signed in
"""

from __future__ import annotations

from dataclasses import dataclass, field

from assessments.taking import preview

LETTERS = {
    "A": "administrator",
    "J": "job_recruiter",
    "M": "manager",
    "I": "interviewer",
    "R": "recruiter",
    "Q": "author",
    "N": "analyst",
    "O": "outsider",
    "x": "",
}
SIGNED_IN = "AJMIRQNO"
EVERYBODY = SIGNED_IN + "x"


@dataclass(frozen=True)
class Line:
    """An address by name, what its parts are ("job.slug" is the slug of the world's job), and who gets through."""

    name: str
    who: str
    parts: dict[str, str] = field(default_factory=dict)
    method: str = "get"


def job(name: str, who: str, method: str = "get", **parts: str) -> Line:
    return Line(f"hiring:{name}", who, {"slug": "job.slug", **parts}, method)


def application(name: str, who: str, method: str = "get") -> Line:
    return Line(f"hiring:{name}", who, {"public_id": "application.public_id"}, method)


def attempt(name: str, who: str, method: str = "get") -> Line:
    return Line(f"assessments:{name}", who, {"pk": "attempt.pk"}, method)


def of_test(name: str, who: str, method: str = "get") -> Line:
    return Line(f"assessments:{name}", who, {"slug": "assessment.slug"}, method)


def message(name: str, who: str, method: str = "get") -> Line:
    return Line(f"outbox:{name}", who, {"public_id": "message.public_id"}, method)


# Whoever may change a test may try it out, on each page that a candidate has.
PREVIEWS = [
    Line(
        f"preview:{pattern.name}",
        "AJRQ",
        {"code": "assessment.current_version_id"}
        | ({"position": "=1"} if "position" in str(pattern.pattern) else {}),
    )
    for pattern in preview.urlpatterns
]

PAGES = [
    Line("front", EVERYBODY),
    # Signing in is for everybody; what needs a person first is for those.
    Line("account_login", EVERYBODY),
    Line("account_logout", SIGNED_IN),
    Line("account_inactive", EVERYBODY),
    Line("account_signup", EVERYBODY),
    Line("account_reauthenticate", SIGNED_IN),
    Line("account_email", SIGNED_IN),
    Line("account_email_verification_sent", EVERYBODY),
    Line("account_change_password", SIGNED_IN),
    Line("account_set_password", SIGNED_IN),
    Line("account_reset_password", EVERYBODY),
    Line("account_confirm_login_code", SIGNED_IN),
    Line("account_confirm_email", EVERYBODY, {"key": "=nothing"}),
    Line("account_reset_password_from_key_done", EVERYBODY),
    Line("account_reset_password_from_key", EVERYBODY, {"uidb36": "=1", "key": "=no-key"}),
    Line("account_reset_password_done", EVERYBODY),
    # Where no provider is set up there is nothing.
    Line("openid_connect_login", "", method="post"),
    Line("openid_connect_callback", ""),
    Line("mfa_index", SIGNED_IN),
    Line("mfa_authenticate", SIGNED_IN),
    Line("mfa_reauthenticate", SIGNED_IN),
    Line("mfa_activate_totp", SIGNED_IN),
    Line("mfa_generate_recovery_codes", SIGNED_IN),
    # Nobody of this world has a second step to look at.
    Line("mfa_deactivate_totp", ""),
    Line("mfa_view_recovery_codes", ""),
    Line("mfa_download_recovery_codes", ""),
    # Probes. The tests come from this machine, which may read the numbers; tests/config/test_probes.py asks as others.
    Line("healthz", EVERYBODY),
    Line("readyz", EVERYBODY),
    Line("metrics", EVERYBODY),
    # The handbook
    Line("shell:handbook", SIGNED_IN),
    Line("shell:chapter", SIGNED_IN, {"slug": "=results"}),
    # Mail
    Line("outbox:mail", SIGNED_IN),
    message("message", "AJM"),
    message("message_resend", "AJ", "post"),
    message("message_cancel", "AJ", "post"),
    Line("outbox:held-mail", "A"),
    Line("outbox:mail-server", "A"),
    Line("outbox:keep-mail-here", "A", method="post"),
    Line("outbox:send-test-mail", "A", method="post"),
    # The world's message is no test mail.
    message("test-mail", ""),
    # Where mail stays on this machine it leads administrators to the page of the mail server.
    Line("outbox:kept-mail", "A"),
    Line("outbox:release-mail", "A", method="post"),
    Line("outbox:cancel-held-mail", "A", method="post"),
    Line("outbox:work", "AJ", {"public_id": "work.public_id"}),
    # The world's work made no file.
    Line("outbox:work-file", "", {"public_id": "work.public_id"}, "post"),
    Line("shell:profile", SIGNED_IN),
    Line("shell:profile", SIGNED_IN, method="post"),
    Line("shell:columns", SIGNED_IN, {"name": "=test-results"}, "post"),
    Line("shell:sign-out-elsewhere", SIGNED_IN, method="post"),
    # How colleagues sign in
    Line("outbox:sign-in", "A", {"pk": "user.pk"}),
    Line("outbox:sign-in", "A", {"pk": "user.pk"}, "post"),
    Line("outbox:sign-in-mail", "A", {"pk": "user.pk"}, "post"),
    Line("outbox:remove-second-step", "A", {"pk": "user.pk"}, "post"),
    # Tests
    attempt("attempt", "AJM"),
    attempt("attempt-pdf", "AJM"),
    attempt("add-time", "AJ"),
    attempt("pause", "AJ"),
    attempt("resume", "AJ"),
    attempt("reopen", "AJ"),
    attempt("void", "AJ"),
    of_test("running", "AJMIRQN"),
    Line("assessments:everyone", "AJR", {"slug": "assessment.slug", "what": "=pause"}),
    Line("assessments:everyone", "AJR", {"slug": "assessment.slug", "what": "=pause"}, "post"),
    Line("assessments:change-invitations", "AJR", {"change": "=revoke"}),
    Line("assessments:show-link", "AJ", {"pk": "invitation.pk"}, "post"),
    of_test("results", "AJMIRQN"),
    Line("assessments:results-file", "AJMIRQN", {"slug": "assessment.slug", "format": "=csv"}),
    Line("assessments:results-file", "AJMIRQN", {"slug": "assessment.slug", "format": "=csv"}, "post"),
    # Pages for strangers.
    Line("taking:open-link", EVERYBODY, {"code": "open_link.public_id"}),
    Line("taking:open-link-sent", EVERYBODY, {"code": "open_link.public_id"}),
    of_test("open-links", "AJR"),
    Line("assessments:close-open-link", "AJR", {"pk": "open_link.pk"}, "post"),
    Line("hiring:open-links", "AJ", {"slug": "job.slug"}),
    Line("assessments:requests", "AJR"),
    Line("assessments:problems", "AJRQ"),
    Line("assessments:settle-problem", "AJQ", {"pk": "problem.pk"}, "post"),
    Line("assessments:request", "AJ", {"pk": "asked.pk"}),
    Line("assessments:request", "AJ", {"pk": "asked.pk"}, "post"),
    # A published test has no draft to rule or publish.
    of_test("rules", ""),
    of_test("publish", ""),
    of_test("preview-marks", "AJRQ"),
    *PREVIEWS,
    of_test("new-version", "AJRQ"),
    of_test("retire", "AJRQ"),
    # Hiring
    Line("hiring:dashboard", SIGNED_IN),
    Line("hiring:funnel", SIGNED_IN, {"step": "=applied"}),
    Line("hiring:waiting", SIGNED_IN, {"code": "=ageing"}),
    Line("hiring:first-day", "A", {"code": "=mail"}, "post"),
    Line("hiring:new-job", "AJR"),
    Line("hiring:hand-over", "A", {"pk": "user.pk"}),
    Line("hiring:hand-over", "A", {"pk": "user.pk"}, "post"),
    Line("hiring:new-api-key", SIGNED_IN),
    # Without sample data it leads administrators to the start page.
    Line("hiring:start-for-real", "A"),
    Line("hiring:person", "AJM", {"public_id": "candidate.public_id"}),
    job("job", "AJMIN"),
    job("job-status", "", "post"),  # without saying what to do with the job
    job("job-settings", "AJ"),
    job("stages", "AJ"),
    job("add", "AJ"),
    job("import", "AJ"),
    job("import-sample", "AJ"),
    job("invite", "AJ"),
    job("move", "AJ"),
    job("reject", "AJ"),
    job("results", "AJM"),
    job("results-file", "AJM", format="=csv"),
    job("results-file", "AJM", "post", format="=csv"),
    application("application", "AJM"),
    application("application-move", "AJ", "post"),
    application("application-status", "AJ", "post"),
    application("note", "AJM", "post"),
    application("tags", "AJ", "post"),
    # What candidates' pages and mail look like
    Line("look", EVERYBODY, {"colour": "=b91c1c", "digest": "=older"}),
    Line("logo", "", {"digest": "=none"}),  # nobody has uploaded one
    # The admin's own
    Line("admin:search", SIGNED_IN),
    Line("admin:index", SIGNED_IN),
    Line("admin:login", SIGNED_IN),
    Line("admin:logout", "", method="post"),  # afterwards everybody is at the door again
    Line("admin:password_change", SIGNED_IN),
    Line("admin:password_change_done", SIGNED_IN),
    Line("admin:autocomplete", ""),  # without saying of which field; see the lists below
    Line("admin:jsi18n", SIGNED_IN),
    Line("admin:view_on_site", "", {"content_type_id": "=1", "object_id": "=1"}),
    Line("admin:app_list", SIGNED_IN, {"app_label": "=hiring"}),
    Line("admin:candidates_candidate_erase", "A", {"candidate_id": "candidate.pk"}),
    Line("admin:questions_question_ready", "AQ", {"question_id": "question.pk"}, "post"),
    Line("admin:questions_question_retire", "AQ", {"question_id": "question.pk"}, "post"),
]


@dataclass(frozen=True)
class Table:
    """A list in the admin: who may look at the list, add a row, look at or change this one. Deleting is nobody's."""

    row: str
    view: str
    add: str = ""
    change: str = ""
    # Whose own rows this one is not among: the list opens, the row does not.
    blind: str = ""


TABLES = {
    "accounts.User": Table("user", view="AJR", add="A", change="A"),
    "accounts.Organisation": Table("organisation", view="A", change="A"),
    "accounts.ApiKey": Table("key", view="AJRN", blind="RN"),
    "outbox.MessageTemplate": Table("template", view="AJR", add="AJR", change="AJR"),
    "outbox.Event": Table("event", view="A"),
    "candidates.Candidate": Table("candidate", view="AJMIRQNO", add="AJR", change="AJ", blind="IRQNO"),
    "candidates.Tag": Table("tag", view="AJR", add="AJR", change="AJR"),
    "questions.QuestionBank": Table("question.bank", view="AJRQ", add="AQ", change="AQ"),
    "questions.Skill": Table("skill", view="AJRQ", add="AQ", change="AQ"),
    "questions.QuestionTag": Table("question_tag", view="AJRQ"),
    "questions.Question": Table("question", view="AJRQ", add="AQ", change="AQ"),
    "assessments.Assessment": Table("assessment", view="AJMIRQNO", add="AJRQ", change="AJRQ"),
    "assessments.Invitation": Table("invitation", view="AJMIRQNO"),
    # The form of a new job is a page of its own, which the address of the admin leads to.
    "hiring.Job": Table("job", view="AJMIRQNO", add="AJMIRQNO"),
    "hiring.Application": Table("application", view="AJMIRQNO"),
    "hiring.RejectionReason": Table("reason", view="AJR", add="AJR", change="AJR"),
}

# These pages ask for the link of a mail, whoever is signed in: without it there is nothing to see.
LINK_ONLY = {
    "doors:join": {"token": "=nothing"},
    "doors:reset": {"token": "=nothing"},
    "doors:choose-password": {},
    "taking:enter": {"token": "=nothing"},
    "taking:confirm-enter": {"token": "=nothing"},
    "taking:confirm": {"code": "=abcdefghjkmnpqrs"},
    "taking:test": {"code": "=abcdefghjkmnpqrs"},
    "taking:more-time": {"code": "=abcdefghjkmnpqrs"},
    "taking:practice": {"code": "=abcdefghjkmnpqrs"},
    "taking:start": {"code": "=abcdefghjkmnpqrs"},
    "taking:language": {"code": "=abcdefghjkmnpqrs"},
    "taking:here": {"code": "=abcdefghjkmnpqrs"},
    "taking:clock": {"code": "=abcdefghjkmnpqrs"},
    "taking:notes": {"code": "=abcdefghjkmnpqrs"},
    "taking:question": {"code": "=abcdefghjkmnpqrs", "position": "=1"},
    "taking:save": {"code": "=abcdefghjkmnpqrs", "position": "=1"},
    "taking:flag": {"code": "=abcdefghjkmnpqrs", "position": "=1"},
    "taking:problem": {"code": "=abcdefghjkmnpqrs", "position": "=1"},
    "taking:buffer": {"code": "=abcdefghjkmnpqrs", "position": "=1"},
    "taking:on": {"code": "=abcdefghjkmnpqrs"},
    "taking:part": {"code": "=abcdefghjkmnpqrs"},
    "taking:overview": {"code": "=abcdefghjkmnpqrs"},
    "taking:submit": {"code": "=abcdefghjkmnpqrs"},
    "taking:finished": {"code": "=abcdefghjkmnpqrs"},
}

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
