"""Starting, ending and correcting an attempt."""

from __future__ import annotations

import logging
import secrets
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Case, F, Q, Value, When
from django.utils.translation import gettext as _

from accounts.models import Actor
from assessments import queries, signals
from assessments.enums import (
    AttemptEventKind,
    AttemptState,
    InvitationState,
    StartRefusal,
    SubmittedBy,
)
from assessments.models import (
    AssessmentVersion,
    Attempt,
    AttemptEvent,
    AttemptQuestion,
    Invitation,
    TimeAdjustment,
)
from assessments.rules import (
    Form,
    RuleNeed,
    check_after,
    deadline_for,
    draw_form,
    last_good_deadline,
    option_order,
)
from candidates.enums import ConsentPurpose
from candidates.operations import record_consent
from candidates.queries import current_consent_text
from outbox.operations import nudge, record_event
from questions.models import QuestionVersion

logger = logging.getLogger(__name__)

START_TRIES = 5
LONGEST_ADJUSTMENT = 24 * 3600
_REFUSALS = {
    InvitationState.WAITING: StartRefusal.NOT_OPEN_YET,
    InvitationState.EXPIRED: StartRefusal.EXPIRED,
    InvitationState.REVOKED: StartRefusal.REVOKED,
    InvitationState.FINISHED: StartRefusal.FINISHED,
    InvitationState.VOID: StartRefusal.VOID,
}


class AttemptRefused(Exception):  # noqa: N818 -- a refusal, not a fault
    """A test cannot be started now. `reason` is a `StartRefusal`, whose label is for the candidate."""

    def __init__(self, reason: StartRefusal) -> None:
        self.reason = reason
        super().__init__(str(reason.label))


class AttemptClosed(Exception):  # noqa: N818 -- a refusal, not a fault
    """The attempt is not in the state that this needs."""

    def __init__(self) -> None:
        super().__init__(_("This attempt is over. Nothing was changed."))


# --- Start -----------------------------------------------------------------------------------------------------


def start_attempt(*, invitation: Invitation, consented: bool, now: datetime) -> Attempt:
    """Start the clock of `invitation` and return the attempt; one that runs already is returned as it is.

    Draws the questions among the frozen pool, fixes their order and that of their options, records the consent.
    However many presses of Start come at one moment, there is one attempt with one deadline: the database keeps a
    second one out, and whoever lost reads the winner's.
    Raises `AttemptRefused` when the test is not open, over, withdrawn or finished, or nobody agreed.
    """
    for _try in range(START_TRIES):
        current = Invitation.objects.select_related("version", "candidate").get(pk=invitation.pk)
        running = queries.latest_attempt(current.pk)
        if running is not None and running.state == AttemptState.IN_PROGRESS:
            return running
        _refuse_unless_open(current, running, consented=consented, now=now)
        seed = secrets.randbits(62)
        form = _draw(current.version, seed)
        try:
            started = _write_start(current, form, seed, now=now)
        except IntegrityError:
            # Somebody else's press was first, and is committed by now: the next round reads it.
            logger.info("start raced, invitation %s", current.pk)
            continue
        if started is not None:
            return started
    raise RuntimeError("an attempt could neither be started nor found")


def _refuse_unless_open(
    invitation: Invitation, attempt: Attempt | None, *, consented: bool, now: datetime
) -> None:
    refusal = _REFUSALS.get(invitation.state(attempt, now=now))
    if refusal is not None:
        raise AttemptRefused(refusal)
    if not consented:
        raise AttemptRefused(StartRefusal.NO_CONSENT)


def _draw(version: AssessmentVersion, seed: int) -> Form:
    needs = [RuleNeed(rule.pk, rule.count, rule.section.position) for rule in queries.rules_in_order(version)]
    return draw_form(needs, queries.frozen_pools(version), seed=seed, shuffle=version.shuffle_questions)


def _write_start(invitation: Invitation, form: Form, seed: int, *, now: datetime) -> Attempt | None:
    """Write the attempt, or return None when the invitation changed since it was read."""
    versions = QuestionVersion.objects.only("options").in_bulk([drawn.version_id for drawn in form.questions])
    version = invitation.version
    deadline = deadline_for(started_at=now, minutes=version.minutes, extra_seconds=invitation.extra_seconds)
    text = current_consent_text(ConsentPurpose.TEST)
    with transaction.atomic():
        if not _touch_open(invitation, now=now):
            return None
        attempt = Attempt.objects.create(
            invitation=invitation,
            number=1,
            seed=seed,
            started_at=now,
            deadline_at=deadline,
            next_check_at=check_after(deadline),
        )
        AttemptQuestion.objects.bulk_create(
            AttemptQuestion(
                attempt=attempt,
                position=position,
                rule_id=drawn.rule_id,
                question_version_id=drawn.version_id,
                option_order=option_order(
                    versions[drawn.version_id].options,
                    seed=seed,
                    version_id=drawn.version_id,
                    shuffle=version.shuffle_options,
                ),
            )
            for position, drawn in enumerate(form.questions, start=1)
        )
        data: dict[str, Any] = {"questions": len(form.questions)}
        if form.rested or form.missing:
            data |= {"rested": list(form.rested), "missing_rules": list(form.missing)}
        AttemptEvent.objects.create(attempt=attempt, kind=AttemptEventKind.STARTED, at=now, data=data)
        record_consent(
            candidate=invitation.candidate,
            text=text,
            about=Invitation._meta.label_lower,
            about_id=invitation.pk,
            now=now,
        )
        _record("attempt.started", attempt, invitation, by=_candidate_actor(invitation), now=now, data=data)
    return attempt


def _touch_open(invitation: Invitation, *, now: datetime) -> int:
    """Take hold of the invitation's row if it is still open as it was read: a withdrawal now waits, or was first."""
    return (
        Invitation.objects.filter(
            Q(not_before=None) | Q(not_before__lte=now),
            pk=invitation.pk,
            revoked_at=None,
            expires_at__gte=now,
            extra_seconds=invitation.extra_seconds,
        )
    ).update(extra_seconds=F("extra_seconds"))


# --- Submit ----------------------------------------------------------------------------------------------------


def submit_attempt(*, attempt_id: int, submitted_by: SubmittedBy, now: datetime) -> Attempt:
    """End an attempt and return it; one that is over already is returned as it is.

    In time (deadline and allowance, inclusive) it ends now, by `submitted_by`; later it ends dated its deadline, by
    the deadline. `SubmittedBy.DEADLINE` ends nothing before its time, so a worker that looked too early, or looked
    before time was added, does no harm. Asks a worker to score it after commit.
    """
    with transaction.atomic():
        if _close(attempt_id, submitted_by, now=now):
            attempt = Attempt.objects.select_related("invitation__candidate").get(pk=attempt_id)
            AttemptEvent.objects.create(
                attempt=attempt,
                kind=AttemptEventKind.SUBMITTED,
                at=now,
                data={"by": attempt.submitted_by},
            )
            by = _candidate_actor(attempt.invitation)
            if attempt.submitted_by != SubmittedBy.CANDIDATE:
                by = Actor.system()
            _record("attempt.submitted", attempt, attempt.invitation, by=by, now=now)
            nudge("assessments.score_submitted")
            return attempt
    return Attempt.objects.select_related("invitation__candidate").get(pk=attempt_id)


def _close(attempt_id: int, submitted_by: SubmittedBy, *, now: datetime) -> int:
    good = last_good_deadline(now)
    rows = Attempt.objects.filter(pk=attempt_id, state=AttemptState.IN_PROGRESS)
    if submitted_by == SubmittedBy.DEADLINE:
        rows = rows.filter(deadline_at__lt=good)
    return rows.update(
        state=AttemptState.SUBMITTED,
        submitted_at=Case(When(deadline_at__gte=good, then=Value(now)), default=F("deadline_at")),
        submitted_by=Case(
            When(deadline_at__gte=good, then=Value(submitted_by.value)),
            default=Value(SubmittedBy.DEADLINE.value),
        ),
        next_check_at=None,
        score_due_at=now,
        score_tries=0,
    )


def close_overdue(*, now: datetime, limit: int = 200) -> int:
    """Submit the attempts whose time is over, oldest first, and return how many this call closed."""
    closed = 0
    for attempt_id in queries.overdue(now).values_list("pk", flat=True)[:limit]:
        attempt = submit_attempt(attempt_id=attempt_id, submitted_by=SubmittedBy.DEADLINE, now=now)
        closed += attempt.state == AttemptState.SUBMITTED
    return closed


# --- Correct ---------------------------------------------------------------------------------------------------


def add_time(*, attempt: Attempt, seconds: int, reason: str, by: Actor, now: datetime) -> Attempt:
    """Give (or take, when negative) time in a running attempt; the open page learns it with its next save.

    Raises `ValidationError` keyed by field for no time at all, more than a day or a deadline in the past, and
    `AttemptClosed` when the attempt is over.
    """
    if not 0 < abs(seconds) <= LONGEST_ADJUSTMENT:
        raise ValidationError({"seconds": _("Give between one second and one day.")})
    if len(reason) > 300:
        raise ValidationError({"reason": _("Keep the reason to 300 characters.")})
    with transaction.atomic():
        # Holds the row until the end: two colleagues who add time at once both count.
        if not Attempt.objects.filter(pk=attempt.pk, state=AttemptState.IN_PROGRESS).update(state=F("state")):
            raise AttemptClosed
        TimeAdjustment.objects.create(attempt=attempt, seconds=seconds, reason=reason, by=by.user, at=now)
        current = Attempt.objects.select_related("invitation__version", "invitation__candidate").get(
            pk=attempt.pk
        )
        deadline = deadline_for(
            started_at=current.started_at,
            minutes=current.invitation.version.minutes,
            extra_seconds=current.invitation.extra_seconds,
            adjustments=current.adjustments.values_list("seconds", flat=True),
        )
        if seconds < 0 and deadline <= now:
            raise ValidationError({"seconds": _("This would end the test in the past. Take less time.")})
        Attempt.objects.filter(pk=attempt.pk).update(
            deadline_at=deadline, next_check_at=check_after(deadline)
        )
        AttemptEvent.objects.create(
            attempt=current, kind=AttemptEventKind.TIME_ADDED, at=now, data={"seconds": seconds}
        )
        _record("attempt.time_added", current, current.invitation, by=by, now=now, data={"seconds": seconds})
    current.deadline_at, current.next_check_at = deadline, check_after(deadline)
    return current


def void_attempt(*, attempt: Attempt, reason: str, by: Actor, now: datetime) -> Attempt:
    """Declare an attempt void; it counts for nothing any more and stays to be read. Doing it twice changes nothing.

    Sends `attempt_scored` without a score after commit, so that the pipeline can say why nothing happens.
    Raises `ValidationError` when no reason is given.
    """
    if not reason.strip() or len(reason) > 300:
        raise ValidationError({"reason": _("Say why, in at most 300 characters.")})
    with transaction.atomic():
        changed = (
            Attempt.objects.filter(pk=attempt.pk)
            .exclude(state=AttemptState.VOID)
            .update(
                state=AttemptState.VOID, void_reason=reason.strip(), next_check_at=None, score_due_at=None
            )
        )
        current = Attempt.objects.select_related("invitation__candidate").get(pk=attempt.pk)
        if changed:
            AttemptEvent.objects.create(attempt=current, kind=AttemptEventKind.VOIDED, at=now)
            _record("attempt.voided", current, current.invitation, by=by, now=now)
            transaction.on_commit(
                lambda: signals.attempt_scored.send(Attempt, attempt_id=current.pk, score_id=None),
                robust=True,
            )
    return current


def _candidate_actor(invitation: Invitation) -> Actor:
    return Actor.of_link(link_id=invitation.link_id, person_ref=invitation.candidate.public_id)


def _record(
    kind: str,
    attempt: Attempt,
    invitation: Invitation,
    *,
    by: Actor,
    now: datetime,
    data: dict[str, Any] | None = None,
) -> None:
    record_event(
        kind=kind,
        by=by,
        now=now,
        person_ref=invitation.candidate.public_id,
        about=Attempt._meta.label_lower,
        about_id=attempt.pk,
        data=data,
    )
