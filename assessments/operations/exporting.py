"""A long list of results as a file, made by a worker."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Actor
from assessments.queries.neighbours import opened_list
from outbox.models import Work
from outbox.operations import Table, export_handler, queue_export
from outbox.registries import Report, register_work
from rendering.tables import cells_of, headings_of

if TYPE_CHECKING:
    from assessments.queries.result_tables import ResultTable

RESULTS_FILE = "assessments.results_file"


def queue_results_file(
    *,
    table: ResultTable,
    query: str,
    address: str,
    name: str,
    format: str,
    intent: str,
    by: Actor,
    now: datetime,
) -> Work:
    """Ask for a list of results as a file, in the columns that `table` shows, and return the work.

    Arguments: `query` names the list (`neighbours.list_query`) whose page is at `address`; who stands in it is looked
    up when the file is made.
    """
    return queue_export(
        kind=RESULTS_FILE,
        name=name,
        format=format,
        arguments={"query": query, "columns": [column.key for column in table.columns]},
        back={"url": f"{address}?{table.query}", "label": _("Back to the results")},
        intent=intent,
        by=by,
        now=now,
        total=len(table.found.lines),
    )


def _table(work: Work, actor: Actor, report: Report) -> Table:
    opened = opened_list(QueryDict(work.arguments["query"]), actor=actor, now=timezone.now())
    if opened is None:
        raise ValidationError(_("You may not see these results any more."))
    table = opened.table.with_columns(work.arguments["columns"])
    total = len(table.found.lines)
    columns, rows = table.file(lambda done: report(done, total))
    return Table(headings_of(columns), [cells_of(columns, row) for row in rows], sheet=_("Results"))


def register() -> None:
    """Register it with outbox. Called once, when the app is ready."""
    register_work(RESULTS_FILE, export_handler(_table), gettext_lazy("Results as a file"))
