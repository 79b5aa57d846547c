"""The tests as a report: how many were invited, started, finished, and how they did."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any, Final

from django.db.models import (
    BooleanField,
    Count,
    ExpressionWrapper,
    F,
    Q,
    QuerySet,
)
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.enums import AttemptState, Band, InvitationState
from assessments.models import Assessment, Invitation
from hiring.models import Application
from hiring.queries.reports.sent import (
    IN_FORCE,
    TEST,
    newest_attempts,
    replaced_attempts,
    replaced_ties,
    sent_tests,
)
from hiring.queries.reports.shape import Column, Numbers, ReportFilter, ReportKind, Row, Unit, middle

# In which states an invitation counts in a column; "invited" counts them all.
_STATES: Final = {
    "started": (InvitationState.STARTED, InvitationState.FINISHED, InvitationState.VOID),
    "finished": (InvitationState.FINISHED,),
    "expired": (InvitationState.EXPIRED,),
}


def _found(asked: ReportFilter) -> QuerySet[Any, Any]:
    """Return how many newest invitations of an application to a test there are by test, state of the attempt, whether
    it ran out before there was one, band and percent. Lazy.

    They are counted by what the rows hold: a word for their state, made for each of them, would cost a third more.
    """
    kept = Q(attempts=None) | ~Q(attempts__in=replaced_attempts())
    return (
        Invitation.objects.filter(kept, asked.tied("application_link"), asked.period.within("created_at"))
        .exclude(application_link__in=replaced_ties())
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
    sent = sent_tests(asked, asked.narrowed(rows)).filter(**{f"{TEST}__slug": row})
    if column in _STATES:
        sent = sent.filter(state_now__in=_STATES[column])
    elif column in Band.values:
        marked = newest_attempts(asked, asked.narrowed(rows)).filter(IN_FORCE, current_score__band=column)
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
