"""Tests, invitations and attempts."""

from __future__ import annotations

from assessments.taking import preview, trial
from tests.architecture.permissions.lines import Line, attempt, of_test

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

# A bank is tried out by the same people, on the same pages.
TRIALS = [
    Line(
        f"trial:{pattern.name}",
        "AJRQ",
        {"code": "question.bank.slug"} | ({"position": "=1"} if "position" in str(pattern.pattern) else {}),
    )
    for pattern in trial.urlpatterns
]

TESTS = [
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
    Line("assessments:tests-file", "AJMIRQNO", {"format": "=csv"}),
    of_test("open-links", "AJR"),
    Line("assessments:open-links-file", "AJR", {"slug": "assessment.slug", "format": "=csv"}),
    Line("assessments:close-open-link", "AJR", {"pk": "open_link.pk"}, "post"),
    Line("assessments:one-question", "AQ", method="post"),
    Line("assessments:requests", "AJR"),
    Line("assessments:problems", "AJRQ"),
    Line("assessments:problems-file", "AJRQ", {"format": "=csv"}),
    Line("assessments:settle-problem", "AJQ", {"pk": "problem.pk"}, "post"),
    Line("assessments:regrades", "AJRQ"),
    Line("assessments:regrades-file", "AJRQ", {"format": "=csv"}),
    Line("assessments:regrade", "AJRQ", {"pk": "regrade.pk"}),
    Line("assessments:look-at-regrade", "AJRQ", {"pk": "regrade.pk"}, "post"),
    # Whoever sees everybody concerned decides.
    Line("assessments:mark-again", "AJ", {"pk": "regrade.pk"}, "post"),
    Line("assessments:leave-marks", "AJ", {"pk": "regrade.pk"}, "post"),
    Line("assessments:request", "AJ", {"pk": "asked.pk"}),
    Line("assessments:request", "AJ", {"pk": "asked.pk"}, "post"),
    # A published test has no draft to rule or publish.
    of_test("rules", ""),
    of_test("publish", ""),
    of_test("preview-marks", "AJRQ"),
    *PREVIEWS,
    *TRIALS,
    of_test("new-version", "AJRQ"),
    of_test("retire", "AJRQ"),
]
