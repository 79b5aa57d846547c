"""The lists of tests, of problems reported with questions and of mended keys as files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from assessments.enums import RegradeState
from assessments.models import Assessment, ProblemReport
from assessments.queries import assessment_rows, problem_rows
from assessments.queries.lists import status_of
from assessments.queries.regrading import RegradeReading, read_regrades, regrade_rows
from outbox.operations import RowsFile, in_order
from questions.queries import plain_stem
from rendering.tables import TableColumn

_TESTS: Final[Sequence[TableColumn[Any]]] = (
    TableColumn(_("Name"), lambda test: test.name),
    TableColumn(_("Short name"), lambda test: test.slug),
    TableColumn(_("Status"), lambda test: status_of(test, has_draft=test.has_draft)[0]),
    TableColumn(_("Questions"), lambda test: test.question_total),
    TableColumn(_("Minutes"), lambda test: test.current_version and test.current_version.minutes),
    TableColumn(_("Pass mark"), lambda test: test.current_version and test.current_version.pass_mark),
    TableColumn(_("Invitations"), lambda test: test.invitation_total or 0),
)
_PROBLEMS: Final[Sequence[TableColumn[ProblemReport]]] = (
    TableColumn(_("Reported"), lambda report: report.reported_at),
    TableColumn(_("Bank"), lambda report: report.question_version.question.bank.name),
    TableColumn(_("Question"), lambda report: report.question_version.question.external_id),
    TableColumn(_("Version"), lambda report: report.question_version.number),
    TableColumn(_("What was asked"), lambda report: plain_stem(report.question_version.stem)),
    TableColumn(_("Test"), lambda report: report.attempt.invitation.version.assessment.name),
    TableColumn(_("What is wrong"), lambda report: report.get_kind_display()),
    TableColumn(_("In the candidate’s words"), lambda report: report.text),
    TableColumn(_("Settled"), lambda report: report.settled_at),
    TableColumn(_("Settled by"), lambda report: str(report.settled_by or "")),
    TableColumn(_("What was done"), lambda report: report.note),
)

_REGRADES: Final[Sequence[TableColumn[RegradeReading]]] = (
    TableColumn(_("Asked"), lambda row: row.request.asked_at),
    TableColumn(_("Asked by"), lambda row: str(row.request.asked_by or "")),
    TableColumn(_("Bank"), lambda row: row.request.question_version.question.bank.name),
    TableColumn(_("Question"), lambda row: row.request.question_version.question.external_id),
    TableColumn(_("Version"), lambda row: row.request.question_version.number),
    TableColumn(_("What was asked"), lambda row: plain_stem(row.request.question_version.stem)),
    TableColumn(_("Why the key was mended"), lambda row: row.request.key.reason),
    TableColumn(_("Attempts marked by the key before"), lambda row: row.attempts),
    TableColumn(_("State"), lambda row: RegradeState(row.request.state).label),
    TableColumn(_("Decided"), lambda row: row.request.settled_at),
    TableColumn(_("Decided by"), lambda row: str(row.request.settled_by or "")),
    TableColumn(_("What was decided"), lambda row: row.request.note),
)

TESTS: Final = RowsFile(
    listed="tests",
    name="tests",
    sheet=_("Tests"),
    columns=_TESTS,
    read=lambda keys, by: in_order(assessment_rows(Assessment.objects.all()), keys),
)
# Whose test it was does not stand there.
PROBLEMS: Final = RowsFile(
    listed="problems reported with questions",
    name="problems",
    sheet=_("Problems"),
    columns=_PROBLEMS,
    read=lambda keys, by: in_order(problem_rows(by), keys),
)
# Attempts are counted; nobody who took a test is named.
REGRADES: Final = RowsFile(
    listed="mended keys",
    name="mended-keys",
    sheet=_("Mended keys"),
    columns=_REGRADES,
    read=lambda keys, by: read_regrades(in_order(regrade_rows(by), keys), by),
)
