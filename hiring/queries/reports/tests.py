"""The tests as a report: how many were invited, started, finished, and how they did."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any, Final

from django.db.models import (
    BooleanField,
    Count,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Window,
)
from django.db.models.functions import RowNumber
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.enums import AttemptState, Band, InvitationState
from assessments.models import Assessment, Attempt, Invitation
from assessments.queries import with_state
from hiring.models import Application, ApplicationAssessment
from hiring.queries.reports.shape import Column, Numbers, ReportFilter, ReportKind, Row, Unit, middle

# In which states an invitation counts in a column; "invited" counts them all.
_STATES: Final = {
    "started": (InvitationState.STARTED, InvitationState.FINISHED, InvitationState.VOID),
    "finished": (InvitationState.FINISHED,),
    "expired": (InvitationState.EXPIRED,),
}
_TEST: Final = "invitation__version__assessment"
_SENT_AT: Final = "invitation__created_at"
_IN_FORCE: Final = Q(state=AttemptState.SUBMITTED, current_score__isnull=False)


def _sent(asked: ReportFilter, applications: QuerySet[Application]) -> QuerySet[Any]:
    """The newest invitation of each of `applications` to each test, with its state."""
    return (
        _states(asked)
        .filter(asked.period.within(_SENT_AT), application__in=applications.values("pk"))
        .exclude(pk__in=_replaced_ties())
        .order_by()
    )


def _replaced_ties() -> QuerySet[Any]:
    """The ties that a newer invitation of the same application to the same test took the place of.

    They are few, and looked for among the few applications that have several: putting all of them in order, to leave
    nearly none out, takes as long as the rest of the report.
    """
    ties = ApplicationAssessment.objects.order_by()
    several = ties.values("application").annotate(ties=Count("*")).filter(ties__gt=1)
    place = Window(RowNumber(), partition_by=[F("application"), F(_TEST)], order_by=F("pk").desc())
    return (
        ties.filter(invitation__isnull=False, application__in=several.values("application"))
        .annotate(place=place)
        .filter(place__gt=1)
        .values("pk")
    )


def _replaced_attempts() -> QuerySet[Any]:
    """The attempts after which there is a newer one by the same invitation."""
    again = Attempt.objects.filter(number__gt=1).order_by()
    place = Window(RowNumber(), partition_by="invitation", order_by=[F("number").desc(), F("pk").desc()])
    attempts = Attempt.objects.filter(invitation__in=again.values("invitation")).order_by()
    return attempts.annotate(place=place).filter(place__gt=1).values("pk")


def _states(asked: ReportFilter) -> QuerySet[Any]:
    """All ties to an invitation, each with its state."""
    states: QuerySet[Any] = with_state(Invitation.objects.filter(pk=OuterRef("invitation")), asked.now)
    ties = ApplicationAssessment.objects.filter(invitation__isnull=False)
    return ties.annotate(state_now=Subquery(states.values("state_now")[:1]))


def _marked(sent: QuerySet[Any]) -> QuerySet[Attempt]:
    """The attempts with a score in force of those who finished."""
    finished = sent.filter(state_now=InvitationState.FINISHED)
    return Attempt.objects.filter(_IN_FORCE, invitation__in=finished.values("invitation"))


def _found(asked: ReportFilter) -> QuerySet[Any, Any]:
    """Return how many newest invitations of an application to a test there are by test, state of the attempt, whether
    it ran out before there was one, band and percent. Lazy.

    They are counted by what the rows hold: a word for their state, made for each of them, would cost a third more.
    """
    kept = Q(attempts=None) | ~Q(attempts__in=_replaced_attempts())
    return (
        Invitation.objects.filter(kept, asked.tied("application_link"), asked.period.within("created_at"))
        .exclude(application_link__in=_replaced_ties())
        .order_by()
        .values(
            test=F("version__assessment"),
            attempted=F("attempts__state"),
            ran_out=ExpressionWrapper(Q(revoked_at=None, expires_at__lt=asked.now), BooleanField()),
            band=F("attempts__current_score__band"),
            percent=F("attempts__current_score__percent"),
        )
        .annotate(count=Count("*"))
    )


def _read(asked: ReportFilter) -> Numbers:
    counts: dict[int, Counter[str]] = defaultdict(Counter)
    percents: dict[int, list[float]] = defaultdict(list)
    for group in _found(asked):
        count, of_test = group["count"], counts[group["test"]]
        of_test["invited"] += count
        if group["attempted"] is not None:
            of_test["started"] += count
        elif group["ran_out"]:
            of_test["expired"] += count
        if group["attempted"] == AttemptState.SUBMITTED:
            of_test["finished"] += count
            if group["band"] is not None:
                of_test[group["band"]] += count
                percents[group["test"]] += [float(group["percent"])] * count
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
        Row(test.slug, test.name, _values(counts[test.pk], percents[test.pk]))
        for test in Assessment.objects.filter(pk__in=list(counts)).order_by("name", "pk")
    ]
    return Numbers(sum(of_test["invited"] for of_test in counts.values()), columns, rows)


def _values(counts: Counter[str], percents: list[float]) -> dict[str, float | None]:
    named = ("invited", *_STATES, *Band.values)
    return {**{column: counts[column] for column in named}, **middle(percents)}


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
