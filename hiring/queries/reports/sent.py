"""The tests that reports count: of an application and a test the newest invitation, and the newest attempt by it."""

from __future__ import annotations

from typing import Any, Final

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Window
from django.db.models.functions import RowNumber

from assessments.enums import AttemptState
from assessments.models import Attempt, Invitation
from assessments.queries import with_state
from hiring.models import Application, ApplicationAssessment
from hiring.queries.reports.shape import ReportFilter

TEST: Final = "invitation__version__assessment"
# How an attempt leads to the application.
TIE: Final = "invitation__application_link"

IN_FORCE: Final = Q(state=AttemptState.SUBMITTED, current_score__isnull=False)


def sent_tests(asked: ReportFilter, applications: QuerySet[Application]) -> QuerySet[Any]:
    """Return the newest invitation of each of `applications` to each test, as ties with its `state_now`. Lazy."""
    states: QuerySet[Any] = with_state(Invitation.objects.filter(pk=OuterRef("invitation")), asked.now)
    ties = ApplicationAssessment.objects.filter(invitation__isnull=False)
    return (
        ties.annotate(state_now=Subquery(states.values("state_now")[:1]))
        .filter(asked.period.within("invitation__created_at"), application__in=applications.values("pk"))
        .exclude(pk__in=replaced_ties())
        .order_by()
    )


def newest_attempts(asked: ReportFilter, applications: QuerySet[Application] | None = None) -> QuerySet[Any]:
    """Return the newest attempt by the newest invitation of each application to each test. Lazy.

    Of `applications`, or of all that count for whoever asks (for numbers only).
    """
    tied = (
        asked.tied(TIE)
        if applications is None
        else Q(**{f"{TIE}__application__in": applications.values("pk")})
    )
    return (
        Attempt.objects.filter(tied, asked.period.within("invitation__created_at"))
        .exclude(pk__in=replaced_attempts())
        .exclude(**{f"{TIE}__in": replaced_ties()})
        .order_by()
    )


def replaced_ties() -> QuerySet[Any]:
    """Return the ties that a newer invitation of the same application to the same test took the place of. Lazy.

    They are few, and looked for among the few applications that have several: putting all of them in order, to leave
    nearly none out, takes as long as the rest of a report.
    """
    ties = ApplicationAssessment.objects.order_by()
    several = ties.values("application").annotate(ties=Count("*")).filter(ties__gt=1)
    place = Window(RowNumber(), partition_by=[F("application"), F(TEST)], order_by=F("pk").desc())
    return (
        ties.filter(invitation__isnull=False, application__in=several.values("application"))
        .annotate(place=place)
        .filter(place__gt=1)
        .values("pk")
    )


def replaced_attempts() -> QuerySet[Any]:
    """Return the attempts after which there is a newer one by the same invitation. Lazy."""
    again = Attempt.objects.filter(number__gt=1).order_by()
    place = Window(RowNumber(), partition_by="invitation", order_by=[F("number").desc(), F("pk").desc()])
    attempts = Attempt.objects.filter(invitation__in=again.values("invitation")).order_by()
    return attempts.annotate(place=place).filter(place__gt=1).values("pk")
