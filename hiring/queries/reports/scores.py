"""How the results of each test spread, as a report."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Final

from django.db.models import Count, F, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.models import Assessment
from hiring.models import Application
from hiring.queries.reports.sent import IN_FORCE, TEST, TIE, newest_attempts
from hiring.queries.reports.shape import Column, Numbers, ReportFilter, ReportKind, Row, Unit, middle

# Ten classes of ten percent points each, by where they begin; 100 is in the last.
_CLASSES: Final = {f"from-{start}": start for start in range(0, 100, 10)}
_LAST: Final = 90


def _read(asked: ReportFilter) -> Numbers:
    counts: dict[int, Counter[int]] = defaultdict(Counter)
    percents: dict[int, list[float]] = defaultdict(list)
    groups = newest_attempts(asked).filter(IN_FORCE).values_list(F(TEST), F("current_score__percent"))
    for test, percent, count in groups.annotate(count=Count("*")):
        counts[test][min(int(percent // 10) * 10, _LAST)] += count
        percents[test] += [float(percent)] * count
    columns = (
        Column("n", _("Results")),
        *(Column(key, _class_words(start)) for key, start in _CLASSES.items()),
        Column("median", _("Median score"), Unit.PERCENT),
    )
    rows = [
        Row(
            test.slug,
            test.name,
            {
                "n": counts[test.pk].total(),
                **{key: counts[test.pk][start] for key, start in _CLASSES.items()},
                "median": middle(percents[test.pk])["median"],
            },
        )
        for test in Assessment.objects.filter(pk__in=list(counts)).order_by("name", "pk")
    ]
    return Numbers(sum(of_test.total() for of_test in counts.values()), columns, rows)


def _class_words(start: int) -> str:
    end = 100 if start == _LAST else start + 9
    # Twelve columns stand side by side on a desk.
    return _("%(start)d–%(end)d %%") % {"start": start, "end": end}


def _rows_of(
    asked: ReportFilter, rows: QuerySet[Application], row: str, column: str
) -> QuerySet[Application]:
    attempts = newest_attempts(asked, asked.narrowed(rows)).filter(IN_FORCE, **{f"{TEST}__slug": row})
    if column in _CLASSES:
        start = _CLASSES[column]
        attempts = attempts.filter(current_score__percent__gte=start)
        if start != _LAST:
            attempts = attempts.filter(current_score__percent__lt=start + 10)
    return rows.filter(pk__in=attempts.values(f"{TIE}__application"))


SCORES = ReportKind(
    name="scores",
    title=gettext_lazy("Scores"),
    about=gettext_lazy("How the results of each test spread from nothing to all of the marks."),
    definition=gettext_lazy(
        "The scores in force of those who finished a test that was sent in the period, in percent of the marks. Of an "
        "application that was invited to the same test several times the newest invitation counts; a result that is "
        "used again from another job was not invited to. Each class begins with its first number and ends before the "
        "first of the next; the last has 100, too."
    ),
    row_title=gettext_lazy("Test"),
    n_title=gettext_lazy("results"),
    read=_read,
    rows_of=_rows_of,
    chart=tuple(_CLASSES),
    is_stacked=True,
)
