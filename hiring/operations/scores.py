"""What a score means for an application: the rule of the stage moves people forward, or puts them before a person."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from accounts.models import Actor
from assessments.enums import AttemptState
from assessments.models import Attempt
from hiring.enums import TestOutcome, TransitionCause
from hiring.models import ApplicationAssessment
from hiring.operations.approving import ask_approval
from hiring.operations.errors import HiringRefused
from hiring.operations.moves import move_to_stage
from hiring.operations.notifying import tell_finished, tell_result_changed
from hiring.queries.application_tests import attempt_to_apply, tie_to_apply
from hiring.queries.jobs import next_stage
from hiring.rules import ScoreSituation, outcome_of, why_stays
from outbox.operations import record_event

logger = logging.getLogger(__name__)

RETRY_FIRST = timedelta(seconds=30)
RETRY_LAST = timedelta(hours=1)


def apply_score(*, attempt_id: int, now: datetime) -> ApplicationAssessment | None:
    """Let the stage's rule act on the result of an attempt and return the test of the application that it was sent for.

    None for a test that was sent outside of any application. Where the result is used again it acts there the same way.
    Without a score, and not void, nothing happens yet; a mark that was there goes when the attempt is reopened, and
    whoever was moved by it stays where they are. The same score again changes nothing; a newer one (a mended key)
    changes the mark and may move forward, never back.
    Side effects: the mark, the move and an event in one transaction for each application. One that fails keeps no other
    from it, and is raised at the end.
    """
    attempt = attempt_to_apply(attempt_id)
    if attempt is None:
        return None
    own: ApplicationAssessment | None = None
    failed: Exception | None = None
    for link in ties_of(attempt):
        try:
            applied = _apply_to(link, attempt, now=now)
        except Exception as error:  # noqa: BLE001 -- raised below, after the others had their turn
            failed = failed or error
        else:
            own = applied if applied.invitation_id is not None else own
    if failed is not None:
        raise failed
    return own


def ties_of(attempt: Attempt) -> QuerySet[ApplicationAssessment]:
    """Return the ties of the applications for which an attempt counts: that of its invitation, unless there is a later
    attempt by it, and those that use its result again. Lazy.
    """
    counts = Q(reused_attempt=attempt.pk)
    if _is_latest(attempt):
        counts |= Q(invitation=attempt.invitation_id)
    return ApplicationAssessment.objects.filter(counts).order_by("pk")


def _apply_to(link: ApplicationAssessment, attempt: Attempt, *, now: datetime) -> ApplicationAssessment:
    """Work out what the attempt means for one application now and apply it, unless it is what is known already."""
    if attempt.state == AttemptState.VOID:
        outcome, score_id = TestOutcome.VOID, None
    elif attempt.current_score is not None:
        outcome, score_id = outcome_of(attempt.current_score.band), attempt.current_score.pk
    elif attempt.state == AttemptState.IN_PROGRESS and link.outcome in TestOutcome.marked:
        outcome, score_id = TestOutcome.REOPENED, None
    else:
        return link
    if link.outcome == outcome and link.score_id == score_id:
        return link
    return _apply(link, outcome, score_id, now=now)


def _is_latest(attempt: Attempt) -> bool:
    return not Attempt.objects.filter(invitation=attempt.invitation_id, number__gt=attempt.number).exists()


@transaction.atomic
def _apply(
    link: ApplicationAssessment, outcome: TestOutcome, score_id: int | None, *, now: datetime
) -> ApplicationAssessment:
    """Compare-and-set on the score the mark was derived from; whoever comes second does nothing."""
    claimed = ApplicationAssessment.objects.filter(
        pk=link.pk, score=link.score_id, outcome=link.outcome
    ).update(outcome=outcome, score=score_id, applied_at=now, apply_due_at=None, apply_tries=0)
    current = tie_to_apply(link.pk)
    if not claimed:
        return current
    why = "" if outcome == TestOutcome.REOPENED else _move_or_stay(current, now=now)
    ApplicationAssessment.objects.filter(pk=link.pk).update(why_stayed=why)
    current.why_stayed = why
    application = current.application
    record_event(
        kind="application.scored",
        by=Actor.system(),
        now=now,
        person_ref=application.candidate.public_id,
        about="hiring.application",
        about_id=application.pk,
        data={"invitation": current.sat_by.pk, "score": score_id, "outcome": str(outcome), "why": why},
    )
    # A mended key gives a finished test another score. That is no news of this kind; another result is put before
    # people, whatever they decided by the one before.
    if score_id is not None and link.outcome not in TestOutcome.marked:
        tell_finished(current, score_id=score_id, now=now)
    elif score_id is not None and link.outcome != outcome:
        tell_result_changed(current, score_id=score_id, now=now)
    return current


def _move_or_stay(link: ApplicationAssessment, *, now: datetime) -> str:
    """Move the application to the next stage, or return why it stays: an approval that is needed is asked for."""
    application, stage = link.application, link.stage
    following = next_stage(stage)
    why = why_stays(
        ScoreSituation(
            outcome=link.outcome,
            application_status=application.status,
            job_status=application.job.status,
            is_at_stage=application.stage_id == stage.pk and stage.retired_at is None,
            rule=stage.on_score,
            is_stage_test=stage.assessment_id in (None, link.sat_by.version.assessment_id),
            has_next_stage=following is not None,
        )
    )
    if why or following is None:
        return why
    try:
        with transaction.atomic():
            if following.needs_approval:
                ask_approval(
                    application=application,
                    to_stage=following,
                    seen_version=application.version,
                    by=Actor.system(),
                    now=now,
                )
                return "needs_approval"
            move_to_stage(
                application=application,
                to_stage=following,
                seen_version=application.version,
                by=Actor.system(),
                now=now,
                cause=TransitionCause.SCORE,
            )
    except HiringRefused:
        # Somebody decided at this very moment; what they did stands.
        return "moved_on"
    return ""


def pending_scores(*, now: datetime) -> QuerySet[Attempt]:
    """Return the attempts whose result the pipeline has not seen yet, oldest first. Lazy.

    Those that could not be applied are left out until their next try is due.
    """
    newest = Attempt.objects.filter(invitation=OuterRef("invitation")).order_by("-number", "-pk")
    links = ApplicationAssessment.objects.filter(Q(apply_due_at=None) | Q(apply_due_at__lte=now)).annotate(
        latest=Subquery(newest.values("pk")[:1]),
        latest_state=Subquery(newest.values("state")[:1]),
        latest_score=Subquery(newest.values("current_score")[:1]),
    )
    void = Q(latest_state=AttemptState.VOID) & ~Q(outcome=TestOutcome.VOID)
    scored = Q(latest_state=AttemptState.SUBMITTED, latest_score__isnull=False) & (
        Q(score=None) | ~Q(score=F("latest_score"))
    )
    reopened = Q(latest_state=AttemptState.IN_PROGRESS, outcome__in=TestOutcome.marked)
    own = links.filter(void | scored | reopened, invitation__isnull=False)
    return Attempt.objects.filter(
        Q(pk__in=own.values("latest")) | Q(pk__in=_pending_reused(now).values("reused_attempt"))
    ).order_by("pk")


def _pending_reused(now: datetime) -> QuerySet[ApplicationAssessment]:
    """The ties that use a result again and have not seen what became of it."""
    links = ApplicationAssessment.objects.filter(
        Q(apply_due_at=None) | Q(apply_due_at__lte=now), reused_attempt__isnull=False
    )
    void = Q(reused_attempt__state=AttemptState.VOID) & ~Q(outcome=TestOutcome.VOID)
    scored = Q(reused_attempt__state=AttemptState.SUBMITTED, reused_attempt__current_score__isnull=False) & (
        Q(score=None) | ~Q(score=F("reused_attempt__current_score"))
    )
    reopened = Q(reused_attempt__state=AttemptState.IN_PROGRESS, outcome__in=TestOutcome.marked)
    return links.filter(void | scored | reopened)


def apply_pending_scores(*, now: datetime, limit: int = 200) -> int:
    """Apply the results that the signal missed and return how many of them were looked at.

    One that fails is put off, so that however many fail, the others get their turn.
    """
    attempts = list(pending_scores(now=now)[:limit])
    for attempt in attempts:
        try:
            apply_score(attempt_id=attempt.pk, now=now)
        except Exception:
            logger.exception("The score of attempt %s could not be applied.", attempt.pk)
            _put_off(attempt, now=now)
    return len(attempts)


def _put_off(attempt: Attempt, *, now: datetime) -> None:
    """Let a result that could not be applied wait, longer each time; it is never given up."""
    for link in ties_of(attempt):
        ApplicationAssessment.objects.filter(pk=link.pk, apply_tries=link.apply_tries).update(
            apply_tries=link.apply_tries + 1,
            apply_due_at=now + min(RETRY_FIRST * 2 ** min(link.apply_tries, 10), RETRY_LAST),
        )
