"""The tests as a report: how many were invited, started, finished, and how they did."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any, Final

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Case, F, FloatField, Max, OuterRef, Q, QuerySet, Subquery, When, Window
from django.db.models.functions import Cast, RowNumber
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.enums import AttemptState, Band, InvitationState
from assessments.models import Assessment, Attempt, Invitation
from assessments.queries import with_state
from assessments.queries.lists import joined_state
from hiring.models import Application, ApplicationAssessment
from hiring.queries.funnel import Period
from hiring.queries.reports.shape import Column, Numbers, ReportFilter, ReportKind, Row, Unit, middle

# In which states an invitation counts in a column; "invited" counts them all.
_STATES: Final = {
    "started": (InvitationState.STARTED, InvitationState.FINISHED, InvitationState.VOID),
    "finished": (InvitationState.FINISHED,),
    "expired": (InvitationState.EXPIRED,),
}
_TEST: Final = "invitation__version__assessment"
_SENT_AT: Final = "invitation__created_at"
# Nearly all of them are the first: left out where they are counted, PostgreSQL knows how many there are to count.
_COUNTED: Final = (
    "SELECT test, state_now, band, percent, COUNT(*) FILTER (WHERE place = 1{}) FROM ({}) AS sent"
    " GROUP BY test, state_now, band, percent"
)
_IN_FORCE: Final = Q(state=AttemptState.SUBMITTED, current_score__isnull=False)


def _sent(asked: ReportFilter, applications: QuerySet[Application]) -> QuerySet[Any]:
    """The newest invitation of each of `applications` to each test, with its state."""
    ties = ApplicationAssessment.objects.filter(invitation__isnull=False)
    newest = ties.order_by().values("application", _TEST).annotate(newest=Max("pk"))
    return (
        _states(asked)
        .filter(
            asked.period.within(_SENT_AT),
            pk__in=newest.values("newest"),
            application__in=applications.values("pk"),
        )
        .order_by()
    )


def _states(asked: ReportFilter) -> QuerySet[Any]:
    """All ties to an invitation, each with its state."""
    states: QuerySet[Any] = with_state(Invitation.objects.filter(pk=OuterRef("invitation")), asked.now)
    ties = ApplicationAssessment.objects.filter(invitation__isnull=False)
    return ties.annotate(state_now=Subquery(states.values("state_now")[:1]))


def _marked(sent: QuerySet[Any]) -> QuerySet[Attempt]:
    """The attempts with a score in force of those who finished."""
    finished = sent.filter(state_now=InvitationState.FINISHED)
    return Attempt.objects.filter(_IN_FORCE, invitation__in=finished.values("invitation"))


def _found(asked: ReportFilter) -> list[tuple[int, str, str | None, float | None, int]]:
    """Return how many newest invitations of an application to a test there are by test, state, band and percent.

    Band and percent are None without a score in force. One query, or none: the newest is the first of its
    application, test and order, which is found in one pass.
    """
    began = Period(start=asked.period.start)
    first = Window(
        RowNumber(),
        partition_by=[F("application_link__application"), F("version__assessment")],
        order_by=[F("application_link__pk").desc(), F("attempts__number").desc(), F("attempts__pk").desc()],
    )
    scored = {"attempts__state": AttemptState.SUBMITTED, "attempts__current_score__isnull": False}
    invitations = (
        Invitation.objects.filter(asked.tied("application_link"), began.within("created_at"))
        .order_by()
        .values(
            "created_at",
            test=F("version__assessment"),
            state_now=joined_state(asked.now),
            band=Case(When(**scored, then=F("attempts__current_score__band"))),
            percent=Case(When(**scored, then=Cast("attempts__current_score__percent", FloatField()))),
            place=first,
        )
    )
    try:
        statement, params = invitations.query.sql_with_params()
    except EmptyResultSet:
        return []
    end = asked.period.end
    if end is not None:
        params = (connection.ops.adapt_datetimefield_value(end), *params)
    with connection.cursor() as cursor:
        cursor.execute(_COUNTED.format("" if end is None else " AND created_at < %s", statement), params)
        return [group for group in cursor.fetchall() if group[-1]]


def _read(asked: ReportFilter) -> Numbers:
    states: dict[int, Counter[str]] = defaultdict(Counter)
    percents: dict[int, list[float]] = defaultdict(list)
    bands: dict[int, Counter[str]] = defaultdict(Counter)
    for test, state, band, percent, count in _found(asked):
        states[test][state] += count
        if state == InvitationState.FINISHED and band is not None and percent is not None:
            bands[test][band] += count
            percents[test] += [percent] * count
    columns = (
        Column("invited", _("Invited")),
        Column("started", _("Started")),
        Column("finished", _("Finished")),
        Column("expired", _("Ran out")),
        *(Column(band.value, str(band.label)) for band in Band),
        Column("lower", _("Lower quartile"), Unit.PERCENT),
        Column("median", _("Median score"), Unit.PERCENT),
        Column("upper", _("Upper quartile"), Unit.PERCENT),
    )
    rows = [
        Row(test.slug, test.name, _values(states[test.pk], bands[test.pk], percents[test.pk]))
        for test in Assessment.objects.filter(pk__in=list(states)).order_by("name", "pk")
    ]
    return Numbers(sum(count.total() for count in states.values()), columns, rows)


def _values(states: Counter[str], bands: Counter[str], percents: list[float]) -> dict[str, float | None]:
    counts = {column: sum(states[state] for state in those) for column, those in _STATES.items()}
    return {
        "invited": states.total(),
        **counts,
        **{band.value: bands[band] for band in Band},
        **middle(percents),
    }


def _rows_of(
    asked: ReportFilter, rows: QuerySet[Application], row: str, column: str
) -> QuerySet[Application]:
    sent = _sent(asked, asked.narrowed(rows)).filter(**{f"{_TEST}__slug": row})
    if column in _STATES:
        sent = sent.filter(state_now__in=_STATES[column])
    elif column in Band.values:
        marked = _marked(sent).filter(current_score__band=column)
        sent = sent.filter(invitation__in=marked.values("invitation"))
    return rows.filter(pk__in=sent.values("application"))


TESTS = ReportKind(
    name="tests",
    title=gettext_lazy("Tests"),
    about=gettext_lazy("How many were invited to a test, started it and finished it, and how they did."),
    definition=gettext_lazy(
        "Invitations to a test that were sent in the period, by where they stand now. Of an application that was "
        "invited to the same test several times the newest invitation counts; a result that is used again from "
        "another job was not invited to. Started counts everybody who began, finished those who handed in or whose "
        "time was over, without void attempts. Ran out are those who never began. Scores are the ones in force of "
        "those who finished, in percent of the marks; below five of them no quartiles are shown."
    ),
    row_title=gettext_lazy("Test"),
    n_title=gettext_lazy("tests that were sent"),
    read=_read,
    rows_of=_rows_of,
    chart=("invited", "started", "finished"),
)
