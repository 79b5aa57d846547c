"""The two doors of an application: its stage and its status. Each writes the transition in the same transaction."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Actor
from hiring.enums import ApplicationStatus, Capability, TransitionCause
from hiring.models import Application, ApplicationTransition, RejectionReason, Stage
from hiring.operations.access import require_may, require_no_referrer, require_other_person
from hiring.operations.errors import MoveRefused, StaleMove
from hiring.operations.letting_in import require_let_in
from hiring.operations.openings import fill_opening, free_opening
from hiring.operations.rejection_mail import cancel_rejection_mail
from hiring.operations.transitions import since, write_transitions
from hiring.queries.jobs import current_stages
from hiring.queries.lists import last_transition
from hiring.rules import may_follow
from outbox.operations import EventDraft
from rendering.characters import clean_text
from rendering.moments import relative_time

COMMENT_LENGTH = 1000

_STATUS_EVENTS = {
    ApplicationStatus.ON_HOLD: "application.held",
    ApplicationStatus.REJECTED: "application.rejected",
    ApplicationStatus.WITHDRAWN: "application.withdrawn",
    ApplicationStatus.HIRED: "application.hired",
}


@transaction.atomic
def move_to_stage(
    *,
    application: Application,
    to_stage: Stage,
    seen_version: int | None,
    by: Actor,
    now: datetime,
    cause: TransitionCause = TransitionCause.PERSON,
    comment: str = "",
) -> Application:
    """Put the application at another stage of its job and return it as it is now. The only door for the stage.

    Arguments: `seen_version`, the `Application.version` that whoever decided was looking at; None takes it as it is.
    Being there already is done, whatever was seen.
    Side effects: a transition and an event in the same transaction.
    Raises: `PermissionDenied`; `StaleMove` when somebody else changed it meanwhile; `MoveRefused` for a stage of
    another job ("wrong_job"), a retired stage ("retired"), an application that is over ("not_live") or a stage that
    needs an approval which `by` may not give ("needs_approval"); the move of whoever may is their approval.
    """
    current = load(application)
    _authorise(current, by, cause, Capability.MOVE)
    return put_at_stage(
        current, to_stage, seen_version=seen_version, by=by, now=now, cause=cause, comment=comment
    )


def put_at_stage(
    current: Application,
    to_stage: Stage,
    *,
    seen_version: int | None,
    by: Actor,
    now: datetime,
    cause: TransitionCause,
    comment: str = "",
    is_approved: bool = False,
) -> Application:
    """Do what `move_to_stage` does for whoever was found to have the right. With `is_approved` the move gives the
    approval that waits. Raises as it, but for `PermissionDenied`.
    """
    check_may_go(current, to_stage, seen_version=seen_version, now=now)
    if current.stage_id == to_stage.pk:
        return current
    let_in = is_approved or require_let_in(current, to_stage, by)
    changes = {"stage": to_stage, "stage_entered_at": now}
    if to_stage.position >= current.furthest_stage.position:
        changes["furthest_stage"] = to_stage
    return write_change(
        current,
        changes,
        by=by,
        now=now,
        cause=cause,
        comment=comment,
        event="application.moved",
        let_in=let_in,
    )


def check_may_go(current: Application, to_stage: Stage, *, seen_version: int | None, now: datetime) -> None:
    """Raise what `move_to_stage` raises where an application cannot go to a stage, whoever asks. Being there may be."""
    if to_stage.job_id != current.job_id:
        raise MoveRefused(
            "wrong_job", _("“%s” is a stage of another job. Choose one of this job.") % to_stage.name
        )
    if current.stage_id == to_stage.pk:
        return
    if to_stage.retired_at is not None:
        raise MoveRefused(
            "retired", _("The stage “%s” is not in use any more. Choose another.") % to_stage.name
        )
    _refuse_if_stale(current, seen_version, now=now)
    if current.status not in ApplicationStatus.live:
        raise MoveRefused(
            "not_live",
            _("%(person)s is “%(status)s”. Restore the application first, then move it.")
            % {"person": current.candidate, "status": current.get_status_display()},
        )


@transaction.atomic
def change_status(
    *,
    application: Application,
    to_status: ApplicationStatus | str,
    seen_version: int | None,
    by: Actor,
    now: datetime,
    reason: RejectionReason | None = None,
    comment: str = "",
    cause: TransitionCause = TransitionCause.PERSON,
) -> Application:
    """Hold, reject, withdraw, hire or restore the application and return it as it is now. The only door for the status.

    A rejection needs a `reason` in use. People are hired from the last stage of the job, and fill its lowest free
    opening; with the last one the job is closed as filled. A final status leads back to active alone: the application
    is restored at the stage where it was, waits there from now, the opening that it filled is free again. Candidates
    withdraw (cause `CANDIDATE`) also when they were rejected; whoever calls asks whether they were told. A rejection
    mail that waits is cancelled with either.
    Having that status already is done, whatever was seen.
    Side effects: a transition and an event in the same transaction; no mail.
    Raises: `PermissionDenied`; `StaleMove`; `ValidationError` keyed "reason" or "comment"; `MoveRefused` for an edge
    that does not exist ("no_edge"), hiring from an earlier stage ("not_last_stage") or without a free opening
    ("no_opening"), and restoring beside another live application for the job ("other_live").
    """
    wanted = ApplicationStatus(to_status)
    current = load(application)
    _authorise(current, by, cause, Capability.DECIDE)
    if current.status == wanted:
        return current
    _refuse_if_stale(current, seen_version, now=now)
    _check_edge(current, wanted, is_own=cause == TransitionCause.CANDIDATE)
    if wanted == ApplicationStatus.HIRED:
        require_no_referrer(by, current)
    check_reason(wanted, reason)
    before = current.status
    changes: dict[str, Any] = {"status": wanted}
    if wanted == ApplicationStatus.ACTIVE and current.status in ApplicationStatus.final:
        changes["stage_entered_at"] = now
    event = _STATUS_EVENTS.get(wanted, "application.restored")
    changed = write_change(
        current,
        changes,
        by=by,
        now=now,
        cause=cause,
        comment=comment,
        event=event,
        reason=_reason_of(wanted, reason),
    )
    if wanted == ApplicationStatus.HIRED:
        fill_opening(application=changed, by=by, now=now)
    if before == ApplicationStatus.HIRED:
        free_opening(application=changed)
    if before == ApplicationStatus.REJECTED:
        cancel_rejection_mail(application=changed, by=by, now=now)
    return changed


def load(application: Application) -> Application:
    """Return the application as it is now, with what a decision about it reads. One query."""
    return Application.objects.select_related("candidate", "job", "stage", "furthest_stage").get(
        pk=application.pk
    )


def _authorise(application: Application, by: Actor, cause: TransitionCause, code: Capability) -> None:
    if (
        cause == TransitionCause.CANDIDATE
        and by.person_ref
        and by.person_ref == application.candidate.public_id
    ):
        return
    require_may(by, code, application.job)
    require_other_person(by, application.candidate_id)


def _refuse_if_stale(application: Application, seen_version: int | None, *, now: datetime) -> None:
    if seen_version is not None and seen_version != application.version:
        raise StaleMove(what_happened(application, now=now))


def what_happened(application: Application, *, now: datetime) -> str:
    """Return in words where the application is now and who put it there."""
    last = last_transition(application)
    where = {
        "person": application.candidate,
        "stage": application.stage.name,
        "status": application.get_status_display(),
        "when": relative_time(last.at, now) if last else "",
        "who": last.by if last and last.by else _("the system"),
    }
    if last is not None and last.from_status == last.to_status:
        return (
            _("%(person)s was moved to “%(stage)s” by %(who)s, %(when)s. Nothing was changed: look again.")
            % where
        )
    return (
        _(
            "%(person)s was set to “%(status)s” at “%(stage)s” by %(who)s, %(when)s. Nothing was changed: look again."
        )
        % where
    )


def _check_edge(application: Application, wanted: ApplicationStatus, *, is_own: bool) -> None:
    if not may_follow(application.status, wanted, is_own=is_own):
        raise MoveRefused(
            "no_edge",
            _(
                "%(person)s is “%(status)s” and cannot become “%(wanted)s” from there. Restore the application first."
            )
            % {
                "person": application.candidate,
                "status": application.get_status_display(),
                "wanted": wanted.label,
            },
        )
    if wanted == ApplicationStatus.HIRED:
        _check_last_stage(application)
    if wanted == ApplicationStatus.ACTIVE and application.status in ApplicationStatus.final:
        refuse_beside_another_live(application)


def _check_last_stage(application: Application) -> None:
    stages = current_stages(application.job_id)
    if stages and application.stage.position < stages[-1].position:
        raise MoveRefused(
            "not_last_stage",
            _("People are hired from “%(stage)s”, the last stage of this job. Move %(person)s there first.")
            % {"stage": stages[-1].name, "person": application.candidate},
        )


def refuse_beside_another_live(application: Application) -> None:
    """Raise `MoveRefused` ("other_live") when the person has a live application for the job beside this one."""
    others = Application.objects.filter(
        candidate=application.candidate_id, job=application.job_id, status__in=ApplicationStatus.live
    )
    if others.exists():
        raise MoveRefused(
            "other_live",
            _("%s has another live application for this job. Go on with that one.") % application.candidate,
        )


def check_reason(wanted: ApplicationStatus, reason: RejectionReason | None) -> None:
    """Raise `ValidationError` keyed "reason" for a rejection without a reason in use."""
    if wanted != ApplicationStatus.REJECTED:
        return
    if reason is None:
        raise ValidationError({"reason": _("Choose why the application is rejected.")})
    if not reason.is_active:
        raise ValidationError(
            {"reason": _("“%s” is not in use any more. Choose another reason.") % reason.name}
        )


def _reason_of(wanted: ApplicationStatus, reason: RejectionReason | None) -> RejectionReason | None:
    return reason if wanted == ApplicationStatus.REJECTED else None


def checked_comment(comment: str) -> str:
    """Return a comment as it is kept. Raises `ValidationError` keyed "comment" for one that is too long."""
    cleaned = clean_text(comment).strip()
    if len(cleaned) > COMMENT_LENGTH:
        raise ValidationError({"comment": _("Keep the comment to 1,000 characters.")})
    return cleaned


def write_change(
    application: Application,
    changes: dict[str, Any],
    *,
    by: Actor,
    now: datetime,
    cause: TransitionCause,
    comment: str,
    event: str,
    reason: RejectionReason | None = None,
    undoes: ApplicationTransition | None = None,
    let_in: bool = False,
) -> Application:
    """Compare-and-set on the version, then the transition and the event; return the application.

    Whoever calls is in a transaction and has checked that it may be so. Raises: `StaleMove`; `ValidationError`
    keyed "comment".
    """
    comment = checked_comment(comment)
    seen = application.version
    before, came = (application.stage, application.status), since(application)
    if not Application.objects.filter(pk=application.pk, version=seen).update(**changes, version=seen + 1):
        raise StaleMove(what_happened(load(application), now=now))
    for name, value in changes.items():
        setattr(application, name, value)
    application.version = seen + 1
    transition = ApplicationTransition(
        application=application,
        number=application.version,
        from_stage=before[0],
        to_stage=application.stage,
        from_status=before[1],
        to_status=application.status,
        cause=cause,
        reason=reason,
        comment=comment,
        by=by.user,
        at=now,
        since=came,
        undoes=undoes,
    )
    write_transitions(
        transitions=[transition],
        events=[event_of(event, transition, application)],
        by=by,
        now=now,
        let_in=let_in,
    )
    return application


def event_of(kind: str, transition: ApplicationTransition, application: Application) -> EventDraft:
    """Return the event that tells of a transition."""
    return EventDraft(
        kind=kind,
        person_ref=application.candidate.public_id,
        about="hiring.application",
        about_id=application.pk,
        data={
            "transition": transition.number,
            "from_stage": transition.from_stage_id,
            "to_stage": transition.to_stage_id,
            "from_status": str(transition.from_status),
            "to_status": str(transition.to_status),
            "cause": str(transition.cause),
            "reason": transition.reason.code if transition.reason else "",
        },
    )
