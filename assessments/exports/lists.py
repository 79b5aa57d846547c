"""The list of problems reported with questions as a file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Final

from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Actor
from assessments.models import ProblemReport
from assessments.queries import problem_rows
from outbox.operations import ListFile, in_order, take_list
from questions.queries import plain_stem
from rendering.tables import TableColumn

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


def problems_response(
    rows: QuerySet[ProblemReport],
    *,
    filters: Sequence[str],
    format: str,
    by: Actor,
    now: datetime,
) -> HttpResponseBase:
    """Return what candidates reported (what the reader sees, in order) as a file, and write down who takes it.

    Whose test it was does not stand there. Raises `TooManyRows` for an XLSX
    that would take too long.
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
