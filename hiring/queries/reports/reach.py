"""The funnel as a report: how far applications came."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hiring.enums import Cohort
from hiring.models import Application
from hiring.queries.behind import reached_kind
from hiring.queries.funnel import as_funnel, grouped, job_steps, kind_steps, reached_stage
from hiring.queries.jobs import stages_in_use
from hiring.queries.reports.shape import Column, Numbers, ReportFilter, ReportKind, Row, Unit


def _read(asked: ReportFilter) -> Numbers:
    groups = grouped(asked.counted_cohort())
    stages = stages_in_use({job_id for job_id, _place, _status in groups} | {job.pk for job in asked.jobs})
    steps = job_steps(groups, stages[asked.job.pk]) if asked.job is not None else kind_steps(groups, stages)
    funnel = as_funnel(sum(groups.values()), steps)
    columns = (
        Column("reached", _("Reached it")),
        Column("share", _("Of all"), Unit.SHARE),
        Column("pass_through", _("Of the step before"), Unit.SHARE),
    )
    rows = [
        Row(
            step.key,
            step.name,
            {
                "reached": step.reached,
                "share": step.share,
                "pass_through": step.pass_through if place else None,
            },
        )
        for place, step in enumerate(funnel.steps)
    ]
    return Numbers(funnel.n, columns, rows)


def _rows_of(
    asked: ReportFilter, rows: QuerySet[Application], row: str, column: str
) -> QuerySet[Application]:
    rows = asked.in_cohort(rows)
    return (
        reached_stage(rows, row, asked.job) if asked.job is not None else reached_kind(rows, row, asked.jobs)
    )


FUNNEL = ReportKind(
    name="funnel",
    title=gettext_lazy("Funnel"),
    about=gettext_lazy("How far applications came, and where they are lost."),
    definition=gettext_lazy(
        "Counted are applications, not people: whoever applies again counts again. An application reached a stage "
        "when it was ever there or further on, by the order that stages have now: a stage that was skipped counts as "
        "reached, a move back or a rejection takes nothing away, and what was undone never was. A restored "
        "application goes on as the one it is. Hired counts those who are hired now; they reached every stage. Stages"
        " that are not in use any more are left out. Several jobs are put together by the kind of their stages."
    ),
    row_title=gettext_lazy("Stage"),
    n_title=gettext_lazy("applications"),
    read=_read,
    rows_of=_rows_of,
    cohorts=(Cohort.APPLIED, Cohort.LEFT),
    chart=("reached",),
)
