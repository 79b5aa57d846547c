"""A result that somebody has already counts again, so that nobody sits the same test twice by accident."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from accounts.models import Actor
from assessments.models import Assessment, Attempt
from assessments.queries import latest_attempt, open_invitation, valid_attempt
from hiring.models import Application, ApplicationAssessment
from outbox.operations import EventDraft, record_events


@dataclass(frozen=True, slots=True)
class Found:
    """What there is of a test. Without an `attempt` there is an open invitation that nobody has started yet."""

    code: str
    attempt: Attempt | None = None


def what_there_is(application: Application, assessment: Assessment, *, now: datetime) -> Found | None:
    """Return what makes another invitation of this person to a test needless, and tie it to the application.

    A valid result is used again, and so is an attempt that is being taken or marked, once it has one. An invitation of
    another application is waited for. None when there is nothing of the kind; an own open invitation is not looked at.
    Side effects: the tie and an event. Whoever calls applies the result once this is committed.
    """
    invitation = open_invitation(application.candidate_id, assessment, now=now)
    if invitation is not None and _is_own(application, invitation.pk):
        return None
    attempt = valid_attempt(application.candidate_id, assessment, now=now)
    if attempt is not None:
        if _has(application, attempt):
            return Found("has_result", attempt)
        tie_result(application=application, attempt=attempt, by=Actor.system(), now=now)
        return Found("reused" if attempt.current_score_id is not None else "underway", attempt)
    if invitation is None:
        return None
    running = latest_attempt(invitation.pk)
    if running is None:
        return Found("elsewhere")
    tie_result(application=application, attempt=running, by=Actor.system(), now=now)
    return Found("underway", running)


def tie_result(*, application: Application, attempt: Attempt, by: Actor, now: datetime) -> None:
    """Let the result of an attempt count for another application of its person. Twice changes nothing."""
    _tie, created = ApplicationAssessment.objects.get_or_create(
        application=application, reused_attempt=attempt, defaults={"stage_id": application.stage_id}
    )
    if created:
        record_events(drafts=[_event(application, attempt)], by=by, now=now)


def tie_results(*, results: Sequence[tuple[Application, Attempt]], by: Actor, now: datetime) -> None:
    """Let results count for other applications of their people, as `tie_result` for many. Three statements.

    Whoever calls is in a transaction, and begins it again where somebody else tied one of them meanwhile.
    """
    rows = ApplicationAssessment.objects.filter(
        application__in=[application.pk for application, _ in results]
    )
    there = set(rows.exclude(reused_attempt=None).values_list("application", "reused_attempt"))
    new = [pair for pair in results if (pair[0].pk, pair[1].pk) not in there]
    ApplicationAssessment.objects.bulk_create(
        ApplicationAssessment(application=application, reused_attempt=attempt, stage_id=application.stage_id)
        for application, attempt in new
    )
    record_events(drafts=[_event(application, attempt) for application, attempt in new], by=by, now=now)


def _event(application: Application, attempt: Attempt) -> EventDraft:
    return EventDraft(
        kind="application.result_reused",
        person_ref=application.candidate.public_id,
        about="hiring.application",
        about_id=application.pk,
        data={"attempt": attempt.pk, "stage": application.stage_id},
    )


def _has(application: Application, attempt: Attempt) -> bool:
    ties = ApplicationAssessment.objects.filter(application=application)
    return (
        ties.filter(invitation=attempt.invitation_id).exists() or ties.filter(reused_attempt=attempt).exists()
    )


def _is_own(application: Application, invitation_id: int) -> bool:
    return ApplicationAssessment.objects.filter(application=application, invitation=invitation_id).exists()
