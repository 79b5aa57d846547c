"""Time in stage: how long applications stood at each."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.db.models import F, QuerySet, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hiring.enums import Cohort
from hiring.models import Application
from hiring.queries.reports.leaving import key_of_stage, leavings, named_stages
from hiring.queries.reports.shape import (
    Column,
    Numbers,
    ReportFilter,
    ReportKind,
    Row,
    Unit,
    in_days,
    middle,
)


def _stays(asked: ReportFilter) -> QuerySet[Any]:
    """The stays that are over, each by the transition that ended it."""
    return leavings().filter(asked.moves_within.within("at"), application__in=asked.moved().values("pk"))


def _read(asked: ReportFilter) -> Numbers:
    key = key_of_stage(asked.job)
    lengths: dict[Any, list[float]] = defaultdict(list)
    people = set()
    sums = _stays(asked).order_by().values("application", key).annotate(length=Sum(F("at") - F("since")))
    for application, stage, length in sums.values_list("application", key, "length"):
        people.add(application)
        lengths[stage].append(in_days(length))
    columns = (
        Column("n", _("Applications")),
        Column("lower", _("Lower quartile, days"), Unit.DAYS),
        Column("median", _("Median, days"), Unit.DAYS),
        Column("upper", _("Upper quartile, days"), Unit.DAYS),
    )
    rows = [
        Row(str(stage), name, {"n": len(lengths[stage]), **middle(lengths[stage])})
        for stage, name in named_stages(asked.jobs, asked.job, list(lengths))
    ]
    return Numbers(len(people), columns, rows)


def _rows_of(
    asked: ReportFilter, rows: QuerySet[Application], row: str, column: str
) -> QuerySet[Application]:
    stays = _stays(asked).filter(**{key_of_stage(asked.job): row})
    return rows.filter(pk__in=stays.values("application"))


TIME_IN_STAGE = ReportKind(
    name="time-in-stage",
    title=gettext_lazy("Time in stage"),
    about=gettext_lazy("How many days applications stood at each stage."),
    definition=gettext_lazy(
        "Days from coming to a stage until leaving it or being decided there; whoever still stands there does not "
        "count yet. Time on hold is part of it. Whoever was at a stage several times counts once, with all of it "
        "together; a restored application comes to its stage anew, and a stage that was skipped has no time. What was "
        "undone never was. Half of the applications took less than the median, a quarter less than the lower "
        "quartile, a quarter more than the upper one; below five applications no quartiles are shown. Several jobs "
        "are put together by the kind of their stages."
    ),
    row_title=gettext_lazy("Stage"),
    n_title=gettext_lazy("applications that left a stage"),
    read=_read,
    rows_of=_rows_of,
    cohorts=(Cohort.LEFT, Cohort.APPLIED),
    chart=("median",),
)
