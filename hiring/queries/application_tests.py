"""Reads of the tests of applications."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Prefetch, QuerySet

from accounts.models import Actor
from assessments.enums import InvitationState
from assessments.models import Attempt, Invitation
from assessments.queries import with_state
from assessments.queries.compiled import CompiledRead
from assessments.registries import ACCOMMODATION_ANSWER
from hiring.models import (
    ApplicationAssessment,
    Job,
)
from outbox.enums import MessageState
from outbox.models import Message
from outbox.queries import mail_about, message_state_for


@dataclass(frozen=True, slots=True)
class ApplicationTest:
    """A test of an application: the link, its invitation with the state now and the newest mail about it."""

    link: ApplicationAssessment
    invitation: Invitation
    state: InvitationState
    message: Message | None


def application_tests(queryset: QuerySet[ApplicationAssessment], *, now: datetime) -> list[ApplicationTest]:
    """Return the tests of `queryset` (already what the actor may see), newest first. Three queries, and two more where
    results are used again.

    `invitation` comes with `state_now`, test and version, `link.score` with the numbers.
    """
    invitations = with_state(Invitation.objects.select_related("version__assessment", "candidate"), now)
    links = list(
        queryset.select_related("score", "stage", "application__candidate")
        .prefetch_related(
            Prefetch("invitation", queryset=invitations),
            Prefetch("reused_attempt__invitation", queryset=invitations),
        )
        .order_by("-pk")
    )
    # Not everybody who sees the test may know that somebody asked for more time.
    messages = message_state_for(
        "assessments.invitation", [link.sat_by.pk for link in links], but=ACCOMMODATION_ANSWER
    )
    return [
        ApplicationTest(
            link,
            link.sat_by,
            InvitationState(link.sat_by.state_now),  # type: ignore[attr-defined]
            messages.get(link.sat_by.pk),
        )
        for link in links
    ]


@dataclass(frozen=True, slots=True)
class RowTest:
    """What a line of a list says of a test: what it meant, the score where there is one, where it is otherwise, and the
    newest mail about it.
    """

    stage_id: int
    outcome: str
    state: InvitationState
    percent: Decimal | None = None
    error: float | None = None
    mail: str = ""
    mail_state: MessageState | None = None

    @property
    def has_failed_mail(self) -> bool:
        """Whether a person has to look at the mail."""
        return self.mail_state in MessageState.needs_you

    @classmethod
    def of(cls, test: ApplicationTest) -> RowTest:
        """Return the same of a test that is loaded with everything."""
        score, message = test.link.score, test.message
        return cls(
            stage_id=test.link.stage_id,
            outcome=test.link.outcome,
            state=test.state,
            percent=score.percent if score is not None else None,
            error=score.error if score is not None else None,
            mail=message.public_id if message is not None else "",
            mail_state=MessageState(message.state) if message is not None else None,
        )


def row_tests(ids: Collection[int], actor: Actor, *, now: datetime) -> Mapping[int, RowTest]:
    """Return the latest test of each of the applications `ids` that has one and whose tests the actor sees. Three
    queries, however many.
    """
    links = ApplicationAssessment.objects.filter(application__in=ids).visible_to(actor).order_by("-pk")
    columns = ("application", "stage", "outcome", "score__percent", "score__error")
    latest: dict[int, tuple[int, str, Decimal | None, float | None, int]] = {}
    for pk, *said, invited, sat in links.values_list(*columns, "invitation", "reused_attempt__invitation"):
        latest.setdefault(pk, (*said, invited or sat))
    invitations = [invitation for *_said, invitation in latest.values()]
    if not invitations:
        return {}
    with_states: QuerySet[Any] = with_state(Invitation.objects.filter(pk__in=invitations), now)
    states = dict(with_states.values_list("pk", "state_now"))
    # Not everybody who sees the test may know that somebody asked for more time.
    mail = mail_about("assessments.invitation", invitations, but=ACCOMMODATION_ANSWER)
    return {
        pk: RowTest(
            stage_id, outcome, InvitationState(states[invitation]), percent, error, *mail.get(invitation, ())
        )
        for pk, (stage_id, outcome, percent, error, invitation) in latest.items()
    }


def latest_results(actor: Actor, *, count: int, job: Job | None = None) -> tuple[ApplicationAssessment, ...]:
    """Return the tests with a score that the actor sees, the newest score first, at most `count`. Two queries."""
    links = ApplicationAssessment.objects.filter(score__isnull=False).visible_to(actor)
    if job is not None:
        links = links.filter(application__job=job)
    # Which they are comes first: with all that is shown of them the database would join every test there is.
    newest = list(links.order_by("-score__created_at", "-pk").values_list("pk", flat=True)[:count])
    rows = ApplicationAssessment.objects.filter(pk__in=newest).select_related(
        "score",
        "stage",
        "application__candidate",
        "application__job",
        "invitation__version__assessment",
        "reused_attempt__invitation__version__assessment",
    )
    return tuple(sorted(rows, key=lambda row: newest.index(row.pk)))


def attempt_to_apply(attempt_id: int) -> Attempt | None:
    """Return an attempt with its score in force, if it has one. One query."""
    return _ATTEMPT.first(attempt_id)


def tie_to_apply(tie_id: int) -> ApplicationAssessment:
    """Return a test of an application with all that a rule of its stage asks. One query.

    Raises `ApplicationAssessment.DoesNotExist`.
    """
    tie = _TIE.first(tie_id)
    if tie is None:
        raise ApplicationAssessment.DoesNotExist
    return tie


# --- What every result reads -----------------------------------------------------------------------------------


def _attempts(attempt_id: int) -> QuerySet[Attempt]:
    return Attempt.objects.filter(pk=attempt_id).select_related("current_score")


def _ties(tie_id: int) -> QuerySet[ApplicationAssessment]:
    return ApplicationAssessment.objects.filter(pk=tie_id).select_related(
        "application__job",
        "application__stage",
        "application__candidate",
        "stage",
        "invitation__version",
        "reused_attempt__invitation__version",
        "score",
    )


_ATTEMPT = CompiledRead(_attempts, int)
_TIE = CompiledRead(_ties, int)
