"""Doing what stages ask for: claim, do and write down how it ended in one transaction, once however many look."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import Actor
from accounts.queries import organisation
from assessments.models import Attempt, Invitation
from candidates.queries import main_address
from hiring.enums import (
    ApplicationStatus,
    Capability,
    InterviewState,
    JobStatus,
    StageActionKind,
    StageActionState,
)
from hiring.models import Interview, StageAction
from hiring.operations.access import require_may, require_other_person
from hiring.operations.errors import InviteRefused, MoveRefused
from hiring.operations.inviting import invite_to_test
from hiring.operations.reusing import what_there_is
from hiring.operations.scores import apply_score
from hiring.operations.stage_entry import LOOK
from hiring.operations.status_links import status_links
from hiring.queries.letters import letter_fields
from hiring.queries.stage_actions import template_in
from hiring.registries import LETTER
from hiring.rules import ACTION_DELAYS, ACTION_LEASE, LOOK_AGAIN, job_scope
from outbox.enums import Audience
from outbox.models import Message
from outbox.operations import nudge, queue_message, record_event
from outbox.rules import has_link, next_delay

logger = logging.getLogger(__name__)

SYSTEM = Actor.system()


@dataclass(frozen=True, slots=True, kw_only=True)
class _End:
    """How one ended; `code` says why, `attempt` whose result is to be applied now."""

    state: StageActionState = StageActionState.DONE
    code: str = ""
    invitation: Invitation | None = None
    message: Message | None = None
    interview: Interview | None = None
    attempt: Attempt | None = None
    due_at: datetime | None = None


def do_due_actions(*, now: datetime, limit: int = 100) -> int:
    """Do up to `limit` of what is due and return how many this call took up.

    Whatever goes wrong with one is written on it and never comes out of here, so that it holds up no other.
    """
    started = monotonic()
    due = _free(now).filter(due_at__lte=now).order_by("due_at", "pk").values_list("pk", flat=True)
    return sum(
        # The lease counts from when this one is taken up.
        do_action(pk, now=now + timedelta(seconds=monotonic() - started))
        for pk in list(due[:limit])
    )


def _free(now: datetime) -> QuerySet[StageAction]:
    """Those that wait and that nobody is about to do."""
    return StageAction.objects.filter(
        Q(lease_until=None) | Q(lease_until__lt=now), state=StageActionState.WAITING
    )


def do_action(pk: int, *, now: datetime) -> bool:
    """Do the action `pk` unless another worker has it; return whether this call took it up."""
    action = _claim(pk, now=now)
    if action is None:
        return False
    if action.tries > len(ACTION_DELAYS) + 1:
        # Whoever took it up the last time died over it.
        _put_off(action, now=now)
        return True
    try:
        attempt = _do(action, now=now)
        if attempt is not None:
            # After the commit, and found by the look for scores if this is where a worker dies.
            apply_score(attempt_id=attempt.pk, now=now)
    except Exception:
        logger.exception("Action %s of a stage could not be done.", action.pk)
        _put_off(action, now=now)
    return True


def _claim(pk: int, *, now: datetime) -> StageAction | None:
    action = StageAction.objects.filter(pk=pk).first()
    if action is None:
        return None
    lease = now + ACTION_LEASE
    changed = (
        _free(now)
        .filter(pk=pk, due_at__lte=now, tries=action.tries)
        .update(lease_until=lease, tries=action.tries + 1)
    )
    action.lease_until, action.tries = lease, action.tries + 1
    return action if changed else None


def _mine(action: StageAction) -> QuerySet[StageAction]:
    """The row, as long as nobody else has decided about this try."""
    return StageAction.objects.filter(
        pk=action.pk, state=StageActionState.WAITING, lease_until=action.lease_until
    )


@transaction.atomic
def _do(action: StageAction, *, now: datetime) -> Attempt | None:
    """Do it and write down how it ended; return the attempt whose result is used, if it is by one."""
    # First of all: whoever moves the application on at this moment waits for us, or was first.
    if not _mine(action).update(state=StageActionState.DONE, lease_until=None, finished_at=now):
        return None
    current = StageAction.objects.select_related(
        "application__candidate",
        "application__job",
        "stage__assessment__current_version",
        "stage__entry_mail",
    ).get(pk=action.pk)
    why = _why_not(current)
    end = _End(state=StageActionState.CANCELLED, code=why) if why else _DOING[current.kind](current, now)
    changes: dict[str, Any] = {
        "state": end.state,
        "code": end.code,
        "invitation": end.invitation,
        "message": end.message,
        "interview": end.interview,
    }
    if end.state == StageActionState.WAITING:
        changes |= {"finished_at": None, "tries": 0, "due_at": end.due_at or now}
    StageAction.objects.filter(pk=current.pk).update(**changes)
    if end.state != StageActionState.WAITING:
        _record(current, end, now=now)
    return end.attempt


def _why_not(action: StageAction) -> str:
    """Return why it is not done any more, as a code of `rules.ACTION_WORDS`; empty when it is."""
    application = action.application
    checks = (
        (application.candidate.erased_at is not None, "erased"),
        (application.stage_id != action.stage_id, "moved_on"),
        (application.status == ApplicationStatus.ON_HOLD, "on_hold"),
        (application.status != ApplicationStatus.ACTIVE, "not_active"),
        (application.job.status == JobStatus.CLOSED, "job_closed"),
    )
    return next((code for holds, code in checks if holds), "")


def _test(action: StageAction, now: datetime) -> _End:
    stage, application = action.stage, action.application
    if not stage.sends_test or stage.assessment is None:
        return _End(state=StageActionState.CANCELLED, code="not_asked")
    if not stage.wants_new_test:
        found = what_there_is(application, stage.assessment, now=now)
        if found is not None and found.attempt is None:
            return _End(state=StageActionState.WAITING, code=found.code, due_at=now + LOOK_AGAIN)
        if found is not None:
            return _End(code=found.code, attempt=found.attempt)
    # Whoever let the stage ask anew allowed one more, knowingly.
    again = _("The stage “%s” asks for the test anew.") % stage.name if stage.wants_new_test else ""
    try:
        invitation = invite_to_test(
            application=application, assessment=stage.assessment, by=SYSTEM, now=now, again_reason=again
        )
    except InviteRefused as refusal:
        is_there = refusal.code == "already_invited"
        state = StageActionState.DONE if is_there else StageActionState.FAILED
        return _End(state=state, code=refusal.code)
    return _End(invitation=invitation)


def _mail(action: StageAction, now: datetime) -> _End:
    application, template = action.application, action.stage.entry_mail
    if template is None:
        return _End(state=StageActionState.CANCELLED, code="not_asked")
    candidate, sender = application.candidate, organisation()
    language = candidate.language or sender.language
    words = template_in(template, language, job_id=application.job_id)
    if words is None:
        return _End(state=StageActionState.FAILED, code="no_template")
    address = main_address(candidate)
    if not address:
        return _End(state=StageActionState.FAILED, code="no_address")
    is_led = has_link(words.body)
    try:
        message = queue_message(
            intent=f"stage_action:{action.pk}",
            link=status_links([application], now=now)[application.pk] if is_led else None,
            kind=LETTER,
            template=words,
            audience=Audience.CANDIDATE,
            to_name=candidate.full_name,
            to_address=address,
            context=letter_fields(
                application,
                sender,
                contact=application.job.reply_to,
                sender_name=sender.name,
                language=words.language,
            ),
            person_ref=candidate.public_id,
            about="hiring.application",
            about_id=application.pk,
            scope=job_scope(application.job_id),
            language=words.language,
            reply_to=application.job.reply_to,
            by=SYSTEM,
            now=now,
        )
    except ValidationError:
        return _End(state=StageActionState.FAILED, code="bad_mail")
    return _End(message=message)


def _interview(action: StageAction, now: datetime) -> _End:
    interview = Interview.objects.create(
        application=action.application, stage=action.stage, title=action.item, created_at=now
    )
    return _End(interview=interview)


_DOING: dict[str, Callable[[StageAction, datetime], _End]] = {
    StageActionKind.TEST: _test,
    StageActionKind.MAIL: _mail,
    StageActionKind.INTERVIEW: _interview,
}


def _put_off(action: StageAction, *, now: datetime) -> None:
    """Let one that went wrong wait, longer each time; after the last it is for a person."""
    delay = next_delay(ACTION_DELAYS, action.tries)
    if delay is not None:
        _mine(action).update(lease_until=None, due_at=now + delay)
        return
    end = _End(state=StageActionState.FAILED, code="trouble")
    with transaction.atomic():
        if _mine(action).update(state=end.state, code=end.code, lease_until=None, finished_at=now):
            _record(
                StageAction.objects.select_related("application__candidate").get(pk=action.pk), end, now=now
            )


def _record(action: StageAction, end: _End, *, now: datetime, by: Actor = SYSTEM) -> None:
    record_event(
        kind=f"application.stage_action_{end.state}",
        by=by,
        now=now,
        person_ref=action.application.candidate.public_id,
        about="hiring.application",
        about_id=action.application_id,
        data={"action": action.pk, "kind": str(action.kind), "stage": action.stage_id, "code": end.code},
    )


def try_action_again(*, action: StageAction, by: Actor, now: datetime) -> StageAction:
    """Let what failed, or was cancelled while somebody was on hold, be done now, and return the action.

    Doing it twice does it once. Side effects: an event; a worker is asked to look.
    Raises: `PermissionDenied`; `MoveRefused` when the application stands at that stage no more ("moved_on", "on_hold",
    "not_active", "job_closed", "erased").
    """
    current = StageAction.objects.select_related("application__candidate", "application__job", "stage").get(
        pk=action.pk
    )
    application = current.application
    require_may(by, Capability.MOVE, application.job)
    require_other_person(by, application.candidate_id)
    why = _why_not(current)
    if why:
        raise MoveRefused(
            why,
            _("%(person)s is not active at “%(stage)s” any more, so nothing is done there.")
            % {"person": application.candidate, "stage": current.stage.name},
        )
    with transaction.atomic():
        changed = StageAction.objects.filter(
            pk=current.pk, state__in=(StageActionState.FAILED, StageActionState.CANCELLED)
        ).update(
            state=StageActionState.WAITING, code="", due_at=now, tries=0, lease_until=None, finished_at=None
        )
        if changed:
            _record(current, _End(state=StageActionState.WAITING), now=now, by=by)
            nudge(LOOK)
    current.refresh_from_db()
    return current


def finish_interview(*, interview: Interview, by: Actor, now: datetime) -> Interview:
    """Say that an interview took place, and return it. Twice keeps the first moment. Raises `PermissionDenied`."""
    application = interview.application
    require_may(by, Capability.MOVE, application.job)
    require_other_person(by, application.candidate_id)
    with transaction.atomic():
        changed = Interview.objects.filter(pk=interview.pk, state=InterviewState.ASKED).update(
            state=InterviewState.DONE, done_at=now
        )
        if changed:
            record_event(
                kind="application.interviewed",
                by=by,
                now=now,
                person_ref=application.candidate.public_id,
                about="hiring.application",
                about_id=application.pk,
                data={"interview": interview.pk},
            )
    interview.refresh_from_db()
    return interview
