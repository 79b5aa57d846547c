"""Pass-through: of those who left a stage, how many went further."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

from django.db.models import Case, CharField, Count, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hiring.enums import ApplicationStatus, Cohort, TransitionCause
from hiring.models import Application, Stage
from hiring.queries.reports.leaving import (
    LeftStages,
    chosen_leavings,
    is_first,
    is_last,
    key_of_stage,
    leavings,
    place,
)
from hiring.queries.reports.shape import Column, Numbers, ReportFilter, ReportKind, Row, Unit, share

_FURTHER = (
    Q(to_status=ApplicationStatus.HIRED)
    | Q(to_stage__position__gt=F("from_stage__position"))
    # The stage that took the place of one that is not in use any more comes after it.
    | Q(from_stage__retired_at__isnull=False, to_stage__position=F("from_stage__position"))
    & (Q(to_stage__retired_at=None) | Q(to_stage__retired_at__gt=F("from_stage__retired_at")))
)
_WAY = Case(
    When(to_status=ApplicationStatus.REJECTED, then=Value("rejected")),
    When(to_status=ApplicationStatus.WITHDRAWN, then=Value("withdrawn")),
    When(_FURTHER, then=Value("further")),
    default=Value("back"),
    output_field=CharField(),
)


def _ways(asked: ReportFilter) -> QuerySet[Any]:
    """How applications left stages, each leaving with its `way`."""
    within = asked.moves_within.within("at")
    ways: QuerySet[Any] = chosen_leavings().filter(within).annotate(way=_WAY)
    return ways.filter(application__in=asked.moved().values("pk"))


def _last_ways(asked: ReportFilter, stage: str) -> QuerySet[Any]:
    """The same of one stage, only the last leaving of each application."""
    key = key_of_stage(asked.job)
    later = chosen_leavings().filter(
        asked.moves_within.within("at"),
        application=OuterRef("application"),
        number__gt=OuterRef("number"),
        **{key: stage},
    )
    return _ways(asked).filter(~Exists(later), **{key: stage})


def _read(asked: ReportFilter) -> Numbers:
    stages = asked.left_stages()
    counts, n = _counted(asked, stages) if stages.have_a_kind_each else _counted_singly(asked)
    columns = (
        Column("left", _("Left it")),
        Column("further", _("Went further")),
        Column("share", _("Pass-through"), Unit.SHARE),
        Column("rejected", _("Rejected")),
        Column("withdrawn", _("Withdrew")),
        Column("back", _("Moved back")),
    )
    rows = [Row(key, name, _values(counts[key])) for key, name in stages.named(set(counts))]
    return Numbers(n, columns, rows)


def _counted(asked: ReportFilter, stages: LeftStages) -> tuple[dict[str, Counter[str]], int]:
    """How those went who left each row, and how many applications they are. One query, two where stages are retired."""
    within, rows = asked.moves_within, asked.left(stages)
    last, n = is_last(within), 0
    if stages.have_retired:
        emptied = rows.filter(cause=TransitionCause.STAGE_RETIRED)
        chose = chosen_leavings().filter(within.within("at"), application=OuterRef("application"))
        n -= emptied.filter(~Exists(chose)).aggregate(n=Count("application", distinct=True))["n"]
        # The next leaving of the row may be one that nobody chose.
        later = chose.filter(number__gt=OuterRef("number"), from_stage__kind=OuterRef("from_stage__kind"))
        last = Q(~Q(cause=TransitionCause.STAGE_RETIRED), last | Q(~Exists(later)))
    groups = rows.order_by().values_list("from_stage", "to_stage", "to_status")
    groups = groups.annotate(
        left=Count("from_stage", filter=last), n=Count("from_stage", filter=is_first(within))
    )
    by_id = {stage.pk: stage for stage in stages.stages}
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for from_stage, to_stage, to_status, left, first in groups:
        n += first
        if left:
            way = _way(by_id[from_stage], by_id[to_stage], to_status)
            counts[stages.key_of(by_id[from_stage])][way] += left
    return counts, n


def _way(from_stage: Stage, to_stage: Stage, to_status: str) -> str:
    """The same as `_WAY`, of stages at hand."""
    if to_status in (ApplicationStatus.REJECTED, ApplicationStatus.WITHDRAWN):
        return str(to_status)
    is_further = to_status == ApplicationStatus.HIRED or place(to_stage) > place(from_stage)
    return "further" if is_further else "back"


def _counted_singly(asked: ReportFilter) -> tuple[dict[str, Counter[str]], int]:
    """The same of one job that has several stages of a kind, which transitions do not tell apart. One query."""
    last: dict[tuple[int, int], str] = {}
    ways = _ways(asked).order_by("number").values_list("from_stage", "application", "way")
    for stage, application, way in ways:
        last[stage, application] = way
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for (stage, _application), way in last.items():
        counts[str(stage)][way] += 1
    return counts, len({application for _stage, application in last})


def _values(ways: Counter[str]) -> dict[str, float | None]:
    left = ways.total()
    counts = {way: ways[way] for way in ("further", "rejected", "withdrawn", "back")}
    return {"left": left, **counts, "share": share(counts["further"], left)}


def _rows_of(
    asked: ReportFilter, rows: QuerySet[Application], row: str, column: str
) -> QuerySet[Application]:
    stages = asked.left_stages()
    if stages.have_a_kind_each and not stages.have_retired:
        # The last leavings are known by themselves.
        of_row = asked.left(stages, row) if row in stages.by_key else leavings().none()
        left = of_row.filter(is_last(asked.moves_within)).annotate(way=_WAY)
    else:
        left = _last_ways(asked, row)
    if column != "left":
        left = left.filter(way=column)
    return rows.filter(pk__in=left.values("application"))


PASS_THROUGH = ReportKind(
    name="pass-through",
    title=gettext_lazy("Pass-through"),
    about=gettext_lazy("Of those who left a stage, how many went further."),
    definition=gettext_lazy(
        "Counted are applications that left a stage: for a later one, for an earlier one, or because they were "
        "rejected, withdrawn or hired there. Pass-through is the share of those who went further or were hired. "
        "Whoever still stands at a stage, on hold or not, has not left it; a stage that was skipped was not left. "
        "Whoever left a stage several times counts once, as they left it last. What was undone never was; being moved"
        " away from a stage that was retired is no leaving. Further means by the order that stages have now. Several "
        "jobs are put together by the kind of their stages."
    ),
    row_title=gettext_lazy("Stage"),
    n_title=gettext_lazy("applications that left a stage"),
    read=_read,
    rows_of=_rows_of,
    cohorts=(Cohort.LEFT, Cohort.APPLIED),
    chart=("further", "rejected", "withdrawn", "back"),
    is_stacked=True,
)
