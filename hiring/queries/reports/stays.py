"""Time in stage: how long applications stood at each."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.db.models import BigIntegerField, Case, Count, Q, QuerySet, Sum, When
from django.db.models.functions import Cast
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hiring.enums import Cohort
from hiring.models import Application
from hiring.queries.reports.leaving import LeftStages, is_alone, is_first, leavings
from hiring.queries.reports.shape import Column, Numbers, ReportFilter, ReportKind, Row, Unit
from hiring.queries.reports.spread import Spread, spread_of

_TOTAL = Cast(Sum("stayed"), BigIntegerField())


def _stays(asked: ReportFilter) -> QuerySet[Any]:
    """The stays that are over, each by the transition that ended it."""
    return leavings().filter(asked.moves_within.within("at"), application__in=asked.moved().values("pk"))


def _read(asked: ReportFilter) -> Numbers:
    stages = asked.left_stages()
    lengths, n = _lengths(asked, stages) if stages.have_a_kind_each else _lengths_singly(asked)
    columns = (
        Column("n", _("Applications")),
        Column("lower", _("Lower quartile, days"), Unit.DAYS),
        Column("median", _("Median, days"), Unit.DAYS),
        Column("upper", _("Upper quartile, days"), Unit.DAYS),
    )
    none = Spread.of([])
    rows = [
        Row(key, name, {"n": lengths.get(key, none).n, **lengths.get(key, none).in_days()})
        for key, name in stages.named(set(lengths))
    ]
    return Numbers(n, columns, rows)


def _lengths(asked: ReportFilter, stages: LeftStages) -> tuple[dict[str, Spread], int]:
    """How long applications stood in each row, and how many they are. One query."""
    within = asked.moves_within
    alone, first = is_alone(within), is_first(within)
    parts = []
    for key in stages.by_key:
        rows = asked.left(stages, key).order_by()
        once = rows.filter(alone).values_list("stayed", Case(When(first, then=1), default=0))
        # An index holds those rows alone.
        several = rows.filter(Q(kind_left_before__isnull=False) | Q(kind_left_again__isnull=False), ~alone)
        summed = several.values("application").annotate(length=_TOTAL, first=Count("pk", filter=first))
        parts.append((key, once.union(summed.values_list("length", "first"), all=True)))
    return spread_of(parts)


def _lengths_singly(asked: ReportFilter) -> tuple[dict[str, Spread], int]:
    """The same of one job that has several stages of a kind, which transitions do not tell apart. One query."""
    lengths: dict[str, list[int]] = defaultdict(list)
    people = set()
    sums = _stays(asked).order_by().values("application", "from_stage").annotate(length=_TOTAL)
    for application, stage, length in sums.values_list("application", "from_stage", "length"):
        people.add(application)
        lengths[str(stage)].append(length)
    return {key: Spread.of(values) for key, values in lengths.items()}, len(people)


def _rows_of(
    asked: ReportFilter, rows: QuerySet[Application], row: str, column: str
) -> QuerySet[Application]:
    stages = asked.left_stages()
    stays = asked.left(stages, row) if row in stages.by_key else leavings().none()
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
