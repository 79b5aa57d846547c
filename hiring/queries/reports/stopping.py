"""Where the time of tests ran out, as a report: the last question that somebody answered."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.db.models import Count, F, Max, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.enums import AttemptState, SubmittedBy
from assessments.models import Assessment, AttemptQuestion
from hiring.models import Application
from hiring.queries.reports.sent import TEST, TIE, newest_attempts
from hiring.queries.reports.shape import Column, Numbers, ReportFilter, ReportKind, Row, Unit, share


def _stopped(asked: ReportFilter, applications: QuerySet[Application] | None = None) -> QuerySet[Any]:
    """The attempts whose time ran out, each with the `place` of the last question that has an answer, or 0."""
    answered = AttemptQuestion.objects.filter(attempt=OuterRef("pk")).exclude(answer=[]).order_by()
    last = answered.values("attempt").annotate(last=Max("position")).values("last")
    over = newest_attempts(asked, applications).filter(
        state=AttemptState.SUBMITTED, submitted_by=SubmittedBy.DEADLINE
    )
    stopped: QuerySet[Any] = over.annotate(place=Coalesce(Subquery(last), 0))
    return stopped


def _read(asked: ReportFilter) -> Numbers:
    places: dict[int, dict[int, int]] = defaultdict(dict)
    groups = _stopped(asked).values_list(F(TEST), "place").annotate(count=Count("*"))
    for test, place, count in groups.order_by(F(TEST), "place"):
        places[test][place] = count
    columns = (
        Column("stopped", _("Stopped here")),
        Column("share", _("Of those whose time ran out"), Unit.SHARE),
    )
    rows = [
        Row(
            f"{place}-{test.slug}",
            _place_words(test.name, place),
            {"stopped": count, "share": share(count, sum(places[test.pk].values()))},
        )
        for test in Assessment.objects.filter(pk__in=list(places)).order_by("name", "pk")
        for place, count in places[test.pk].items()
    ]
    return Numbers(sum(sum(of_test.values()) for of_test in places.values()), columns, rows)


def _place_words(test: str, place: int) -> str:
    # The place first: charts on a phone cut long names off.
    if not place:
        return _("Nothing answered: %(test)s") % {"test": test}
    return _("Question %(place)d: %(test)s") % {"test": test, "place": place}


def _rows_of(
    asked: ReportFilter, rows: QuerySet[Application], row: str, column: str
) -> QuerySet[Application]:
    place, _dash, slug = row.partition("-")
    stopped = _stopped(asked, asked.narrowed(rows)).filter(place=int(place), **{f"{TEST}__slug": slug})
    return rows.filter(pk__in=stopped.values(f"{TIE}__application"))


TIME_RAN_OUT = ReportKind(
    name="time-ran-out",
    title=gettext_lazy("Where time ran out"),
    about=gettext_lazy("How far people got whose time was over before they handed in."),
    definition=gettext_lazy(
        "Attempts that the clock ended, at tests that were sent in the period, by the last question that has an "
        "answer: its place as that person saw it. Questions before it may be without one. Of an application that was "
        "invited to the same test several times the newest invitation counts, without void attempts. Where many stop "
        "at the same place, look at the questions before it; where they stop everywhere, at the time of the test."
    ),
    row_title=gettext_lazy("Last question answered"),
    n_title=gettext_lazy("tests whose time ran out"),
    read=_read,
    rows_of=_rows_of,
    chart=("stopped",),
)
