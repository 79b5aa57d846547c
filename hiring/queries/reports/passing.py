"""Pass-through: of those who left a stage, how many went further."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

from django.db.models import Case, CharField, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hiring.enums import ApplicationStatus, Cohort
from hiring.models import Application
from hiring.queries.reports.leaving import chosen_leavings, key_of_stage, named_stages
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
    key = key_of_stage(asked.job)
    # The last one is found here: the database would look for later ones leaving by leaving, which takes it much longer.
    last: dict[tuple[Any, int], str] = {}
    for stage, application, way in _ways(asked).order_by("number").values_list(key, "application", "way"):
        last[stage, application] = way
    counts: dict[Any, Counter[str]] = defaultdict(Counter)
    for (stage, _application), way in last.items():
        counts[stage][way] += 1
    columns = (
        Column("left", _("Left it")),
        Column("further", _("Went further")),
        Column("share", _("Pass-through"), Unit.SHARE),
        Column("rejected", _("Rejected")),
        Column("withdrawn", _("Withdrew")),
        Column("back", _("Moved back")),
    )
    rows = [
        Row(str(stage), name, _values(counts[stage]))
        for stage, name in named_stages(asked.jobs, asked.job, list(counts))
    ]
    n = len({application for _stage, application in last})
    return Numbers(n, columns, rows)


def _values(ways: Counter[str]) -> dict[str, float | None]:
    left = ways.total()
    counts = {way: ways[way] for way in ("further", "rejected", "withdrawn", "back")}
    return {"left": left, **counts, "share": share(counts["further"], left)}


def _rows_of(
    asked: ReportFilter, rows: QuerySet[Application], row: str, column: str
) -> QuerySet[Application]:
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
