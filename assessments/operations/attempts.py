"""Starting and ending an attempt."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Case, F, Q, QuerySet, Value, When

from accounts.models import Actor
from assessments import queries
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
    AttemptSection,
    DrawRule,
    Invitation,
)
from assessments.operations.clocks import end_pause
from assessments.operations.history import candidate_actor, record_attempt
from assessments.operations.integrity import first_origins
from assessments.queries.compiled import CompiledInsert, CompiledUpdate
from assessments.rules import (
    Form,
    Origin,
    Part,
    RuleNeed,
    Window,
    check_after,
    deadline_for,
    draw_form,
    is_windowed,
    last_good_deadline,
    option_order,
    parts_of,
    stretch_for,
    stretched,
    window_at,
)
from candidates.enums import ConsentPurpose
from candidates.operations import keep_consent_text, record_consent
from outbox.operations import nudge
from questions.models import QuestionVersion
from shell.unavailable import again_after_collision

logger = logging.getLogger(__name__)

START_TRIES = 5
# By so much the clock of a page may be ahead of the server's.
PAGES_CLOCK = timedelta(seconds=2)
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


# --- Start -----------------------------------------------------------------------------------------------------


@again_after_collision
def start_attempt(
    *,
    invitation: Invitation,
    consented: bool,
    now: datetime,
    origin: Origin | None = None,
    language: str = "",
) -> Attempt:
    """Start the clock of `invitation` and return the attempt; one that runs already is returned as it is.

    Draws the questions among the frozen pool, fixes their order and that of their options, records the consent to its
    words in `language` (else those of the house), and keeps marks of `origin`, by which a change of device, network or
    browser is noticed later.
    However many presses of Start come at one moment, there is one attempt with one deadline: the database keeps a
    second one out, and whoever lost reads the winner's.
    Raises `AttemptRefused` when the test is not open, over, withdrawn or finished, when nobody agreed, or when the
    person took it by another invitation and the retake rule says no.
    """
    for _try in range(START_TRIES):
        current, has_others = queries.invitation_to_start(invitation.pk)
        running = queries.latest_attempt(current.pk)
        if running is not None and running.state == AttemptState.IN_PROGRESS:
            return running
        _refuse_unless_open(current, running, consented=consented, now=now)
        seed = secrets.randbits(62)
        rules = queries.rules_to_draw(current.version)
        form = _draw(current.version, rules, seed)
        try:
            started = _write_start(
                current,
                rules,
                form,
                seed,
                origin,
                language=language,
                asks_again=has_others and not current.again_reason,
                now=now,
            )
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


def _draw(version: AssessmentVersion, rules: Sequence[DrawRule], seed: int) -> Form:
    needs = [RuleNeed(rule.pk, rule.count, rule.section.position) for rule in rules]
    return draw_form(needs, queries.frozen_pools(version), seed=seed, shuffle=version.shuffle_questions)


def _write_start(
    invitation: Invitation,
    rules: Sequence[DrawRule],
    form: Form,
    seed: int,
    origin: Origin | None,
    *,
    language: str,
    asks_again: bool,
    now: datetime,
) -> Attempt | None:
    """Write the attempt, or return None when the invitation changed since it was read.

    With `asks_again` the retake rule is asked, while whoever starts the same test by another invitation waits.
    """
    versions = QuestionVersion.objects.only("options").in_bulk([drawn.version_id for drawn in form.questions])
    version = invitation.version
    deadline = deadline_for(started_at=now, minutes=version.minutes, extra_seconds=invitation.extra_seconds)
    parts = _parts(invitation, rules, form)
    window = _first_window(
        version, parts, len(form.questions), extra_seconds=invitation.extra_seconds, now=now
    )
    text = keep_consent_text(
        purpose=ConsentPurpose.TEST, language=language or settings.LANGUAGE_CODE, now=now
    )
    with transaction.atomic():
        if asks_again:
            _touch_all(invitation)
        if not _touch_open(invitation, now=now):
            return None
        if asks_again and queries.kept_from_starting(invitation, now=now):
            raise AttemptRefused(StartRefusal.NOT_AGAIN)
        attempt = Attempt.objects.create(
            invitation=invitation,
            number=1,
            seed=seed,
            started_at=now,
            deadline_at=deadline,
            open_from=window.open_from,
            open_to=window.open_to,
            window_deadline_at=window.deadline_at,
            has_parts=bool(parts),
            origins=first_origins(origin, seed=seed),
            next_check_at=check_after(deadline),
        )
        AttemptSection.objects.bulk_create(
            AttemptSection(
                attempt=attempt,
                section_id=part.section_id,
                first=part.first,
                last=part.last,
                started_at=now if part.first == 1 else None,
                deadline_at=now + part.limit if part.first == 1 and part.limit is not None else None,
            )
            for part in parts
        )
        if form.questions:
            _QUESTIONS.run_all(_questions(attempt, form, versions))
        data: dict[str, Any] = {"questions": len(form.questions)}
        if form.rested or form.missing:
            data |= {"rested": list(form.rested), "missing_rules": list(form.missing)}
            AttemptEvent.objects.create(
                attempt=attempt, kind=AttemptEventKind.SHORT_OF_QUESTIONS, at=now, data=data
            )
        record_consent(
            candidate=invitation.candidate,
            text=text,
            about=Invitation._meta.label_lower,
            about_id=invitation.pk,
            now=now,
        )
        record_attempt(
            "attempt.started", attempt, invitation, by=candidate_actor(invitation), now=now, data=data
        )
    return attempt


def _questions(
    attempt: Attempt, form: Form, versions: Mapping[int, QuestionVersion]
) -> list[AttemptQuestion]:
    version = attempt.invitation.version
    return [
        AttemptQuestion(
            attempt_id=attempt.pk,
            position=position,
            rule_id=drawn.rule_id,
            question_version_id=drawn.version_id,
            option_order=option_order(
                versions[drawn.version_id].options,
                seed=attempt.seed,
                version_id=drawn.version_id,
                shuffle=version.shuffle_options,
            ),
        )
        for position, drawn in enumerate(form.questions, start=1)
    ]


def _parts(invitation: Invitation, rules: Sequence[DrawRule], form: Form) -> list[Part]:
    """The parts of a form that is taken piece by piece; none for a test in which one moves about freely."""
    version = invitation.version
    section_of = {rule.pk: rule.section_id for rule in rules}
    sections = {rule.section_id: rule.section for rule in rules}
    parts = parts_of(
        [section_of[drawn.rule_id] for drawn in form.questions],
        {pk: section.minutes for pk, section in sections.items()},
        stretch=stretch_for(version.minutes, invitation.extra_seconds),
    )
    return parts if is_windowed(version.navigation, parts) else []


def _first_window(
    version: AssessmentVersion, parts: Sequence[Part], total: int, *, extra_seconds: int, now: datetime
) -> Window:
    if not parts:
        return Window(1, total)
    limit = parts[0].limit
    return window_at(
        1,
        parts[0],
        part_deadline=now + limit if limit is not None else None,
        navigation=version.navigation,
        question_limit=stretched(version.question_seconds, stretch_for(version.minutes, extra_seconds)),
        now=now,
    )


def _touch_open(invitation: Invitation, *, now: datetime) -> int:
    """Take hold of the invitation's row if it is still open as it was read: a withdrawal now waits, or was first."""
    extra = invitation.extra_seconds
    return _TOUCH_OPEN.run(invitation.pk, extra, now, to=[extra, None])


def _still_open(pk: int, extra_seconds: int, now: datetime) -> QuerySet[Invitation]:
    return Invitation.objects.filter(
        Q(not_before=None) | Q(not_before__lte=now),
        pk=pk,
        revoked_at=None,
        expires_at__gte=now,
        extra_seconds=extra_seconds,
    )


# What is set to what it is takes hold of the row; somebody who started is not reminded any more.
_TOUCH_OPEN = CompiledUpdate(_still_open, int, int, datetime, fields=["extra_seconds", "remind_at"])
_QUESTIONS = CompiledInsert(AttemptQuestion)


def _touch_all(invitation: Invitation) -> None:
    """Take hold of all invitations of a person to a test, so that two of them are started one after the other."""
    Invitation.objects.filter(
        candidate=invitation.candidate_id, version__assessment=invitation.version.assessment_id
    ).update(extra_seconds=F("extra_seconds"))


# --- Submit ----------------------------------------------------------------------------------------------------


@again_after_collision
def submit_attempt(
    *, attempt_id: int, submitted_by: SubmittedBy, unasked: bool = False, now: datetime
) -> Attempt:
    """End an attempt and return it; one that is over already is returned as it is.

    In time (deadline and allowance, inclusive) it ends now, by `submitted_by`; later it ends dated its deadline, by
    the deadline. `SubmittedBy.DEADLINE` ends nothing before its time, so a worker that looked too early, or looked
    before time was added, does no harm. With `unasked` it was the page that handed in, when its clock was at the end:
    that is the deadline too. A pause ends with it, and is no time that the person used. Asks a worker to
    score it after commit.
    """
    with transaction.atomic():
        closed = _close(attempt_id, submitted_by, unasked=unasked, now=now)
        if not closed and submitted_by != SubmittedBy.DEADLINE:
            # It is over already, or it is paused.
            end_pause(attempt_id=attempt_id, now=now)
            closed = _close(attempt_id, submitted_by, unasked=unasked, now=now)
        if closed:
            attempt = queries.attempt_with_person(attempt_id)
            by = candidate_actor(attempt.invitation)
            if attempt.submitted_by != SubmittedBy.CANDIDATE:
                by = Actor.system()
            record_attempt("attempt.submitted", attempt, attempt.invitation, by=by, now=now)
            nudge("assessments.score_submitted")
            return attempt
    return queries.attempt_with_person(attempt_id)


def _close(attempt_id: int, submitted_by: SubmittedBy, *, unasked: bool, now: datetime) -> int:
    in_time = Q(deadline_at__gte=last_good_deadline(now))
    theirs = in_time & Q(deadline_at__gt=now + PAGES_CLOCK) if unasked else in_time
    rows = Attempt.objects.filter(pk=attempt_id, state=AttemptState.IN_PROGRESS, paused_at=None)
    if submitted_by == SubmittedBy.DEADLINE:
        rows = rows.exclude(in_time)
    return rows.update(
        state=AttemptState.SUBMITTED,
        submitted_at=Case(When(in_time, then=Value(now)), default=F("deadline_at")),
        submitted_by=Case(
            When(theirs, then=Value(submitted_by.value)),
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
