"""The lists of tests and of problems reported with questions as files."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any, Final

from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Actor
from assessments.models import Assessment, ProblemReport
from assessments.queries import assessment_rows, problem_rows
from assessments.queries.lists import status_of
from outbox.operations import ListFile, in_order, take_list
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


def tests_response(
    rows: QuerySet[Assessment],
    *,
    filters: Sequence[str],
    format: str,
    by: Actor,
    now: datetime,
) -> HttpResponseBase:
    """Return tests (what the reader sees, in order) as a file, and write down who takes it.

    It says what the version in force is like, and names nobody. `filters` are the names of what narrows it down.
    Raises `TooManyRows` for an XLSX that would take too long.
    """
    file = ListFile(
        listed="tests",
        name="tests",
        sheet=gettext("Tests"),
        columns=_TESTS,
        keys=list(rows.values_list("pk", flat=True)),
        rows=partial(in_order, assessment_rows(Assessment.objects.all())),
        filters=filters,
    )
    return take_list(file, format=format, by=by, now=now)


def problems_response(
    rows: QuerySet[ProblemReport],
    *,
    filters: Sequence[str],
    format: str,
    by: Actor,
    now: datetime,
) -> HttpResponseBase:
    """Return what candidates reported (what the reader sees, in order) as a file, and write down who takes it.

    Whose test it was does not stand there. Raises `TooManyRows` as the other does.
    """
    file = ListFile(
        listed="problems reported with questions",
        name="problems",
        sheet=gettext("Problems"),
        columns=_PROBLEMS,
        keys=list(rows.values_list("pk", flat=True)),
        rows=partial(in_order, problem_rows(by)),
        filters=filters,
    )
    return take_list(file, format=format, by=by, now=now)
