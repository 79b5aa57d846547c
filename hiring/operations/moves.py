"""The two doors of an application: its stage and its status. Each writes the transition in the same transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import Actor
from hiring.enums import ApplicationStatus, TransitionCause
from hiring.models import Application, ApplicationTransition, RejectionReason, Stage
from hiring.operations.access import require_manager, require_other_person
from hiring.operations.errors import MoveRefused, StaleMove
from hiring.queries.jobs import current_stages
from hiring.queries.lists import last_transition
from hiring.rules import may_follow
from outbox.operations import EventDraft, record_event, record_events
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
    another job ("wrong_job"), a retired stage ("retired") or an application that is over ("not_live").
    """
    current = _load(application)
    _authorise(current, by, cause)
    if to_stage.job_id != current.job_id:
        raise MoveRefused(
            "wrong_job", _("“%s” is a stage of another job. Choose one of this job.") % to_stage.name
        )
    if current.stage_id == to_stage.pk:
        return current
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
    changes = {"stage": to_stage, "stage_entered_at": now}
    return _write(current, changes, by=by, now=now, cause=cause, comment=comment, event="application.moved")


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

    A rejection needs a `reason` in use. People are hired from the last stage of the job. A final status leads back to
    active alone: the application is restored at the stage where it was, and waits there from now.
    Having that status already is done, whatever was seen.
    Side effects: a transition and an event in the same transaction; no mail.
    Raises: `PermissionDenied`; `StaleMove`; `ValidationError` keyed "reason" or "comment"; `MoveRefused` for
    an edge that
    does not exist ("no_edge"), hiring from an earlier stage ("not_last_stage") and restoring beside another live
    application for the job ("other_live").
    """
    wanted = ApplicationStatus(to_status)
    current = _load(application)
    _authorise(current, by, cause)
    if current.status == wanted:
        return current
    _refuse_if_stale(current, seen_version, now=now)
    _check_edge(current, wanted)
    _check_reason(wanted, reason)
    changes: dict[str, Any] = {"status": wanted}
    if wanted == ApplicationStatus.ACTIVE and current.status in ApplicationStatus.final:
        changes["stage_entered_at"] = now
    event = _STATUS_EVENTS.get(wanted, "application.restored")
    return _write(
        current,
        changes,
        by=by,
        now=now,
        cause=cause,
        comment=comment,
        event=event,
        reason=_reason_of(wanted, reason),
    )


@dataclass(frozen=True, slots=True)
class SeenApplication:
    """An application and the version that somebody decided upon."""

    application: Application
    version: int


@transaction.atomic
def reject_many(
    *, seen: Sequence[SeenApplication], reason: RejectionReason, comment: str, by: Actor, now: datetime
) -> list[Application]:
    """Reject applications of one job that are still live and as they were seen; return those that were rejected.

    The same door for many: one compare-and-set each, the transitions and events together. Whoever calls has checked the
    rights for the job and that nobody decides about themselves, and says to a person who was left out.
    Raises: `ValidationError` keyed "reason" or "comment".
    """
    _check_reason(ApplicationStatus.REJECTED, reason)
    return _write_many(
        seen,
        {"status": ApplicationStatus.REJECTED},
        by=by,
        now=now,
        event="application.rejected",
        reason=reason,
        comment=_checked_comment(comment),
    )


@transaction.atomic
def move_many(
    *, seen: Sequence[SeenApplication], to_stage: Stage, by: Actor, now: datetime
) -> list[Application]:
    """Put applications at another stage of their job; return those that are there now.

    As `reject_many` for whoever calls; `to_stage` is in use and of the same job.
    """
    there = [item.application for item in seen if item.application.stage_id == to_stage.pk]
    away = [item for item in seen if item.application.stage_id != to_stage.pk]
    changes = {"stage": to_stage, "stage_entered_at": now}
    return [*there, *_write_many(away, changes, by=by, now=now, event="application.moved")]


def _write_many(
    seen: Sequence[SeenApplication],
    changes: dict[str, Any],
    *,
    by: Actor,
    now: datetime,
    event: str,
    reason: RejectionReason | None = None,
    comment: str = "",
) -> list[Application]:
    """Compare-and-set on the version of each, then the transitions and the events of those that were as seen."""
    transitions: list[ApplicationTransition] = []
    changed = _change_many(seen, changes)
    for item in (item for item in seen if item.application.pk in changed):
        application, before = item.application, item.application.stage_id
        transition = ApplicationTransition(
            application=application,
            number=item.version + 1,
            from_stage_id=before,
            from_status=application.status,
            cause=TransitionCause.PERSON,
            reason=reason,
            comment=comment,
            by=by.user,
            at=now,
        )
        for name, value in changes.items():
            setattr(application, name, value)
        application.version = item.version + 1
        transition.to_stage_id, transition.to_status = application.stage_id, application.status
        transitions.append(transition)
    ApplicationTransition.objects.bulk_create(transitions, batch_size=500)
    record_events(
        drafts=[_event_of(event, transition, transition.application) for transition in transitions],
        by=by,
        now=now,
    )
    return [transition.application for transition in transitions]


def _change_many(seen: Sequence[SeenApplication], changes: dict[str, Any]) -> set[int]:
    """Change those that are live and as they were seen and return their ids.

    One statement for all that were seen at the same version. Only when somebody was changed meanwhile are they taken
    one by one, because the database does not say which row it was.
    """
    versions: dict[int, list[int]] = defaultdict(list)
    for item in seen:
        versions[item.version].append(item.application.pk)
    changed: set[int] = set()
    for version, ids in versions.items():
        changed |= set(ids) if _all_changed(ids, version, changes) else _changed_singly(ids, version, changes)
    return changed


def _all_changed(ids: Sequence[int], version: int, changes: dict[str, Any]) -> bool:
    with transaction.atomic():
        count = _as_seen(ids, version).update(**changes, version=version + 1)
        if count != len(ids):
            transaction.set_rollback(True)
    return count == len(ids)


def _changed_singly(ids: Sequence[int], version: int, changes: dict[str, Any]) -> set[int]:
    return {pk for pk in ids if _as_seen([pk], version).update(**changes, version=version + 1)}


def _as_seen(ids: Sequence[int], version: int) -> QuerySet[Application]:
    return Application.objects.filter(pk__in=ids, version=version, status__in=ApplicationStatus.live)


def _load(application: Application) -> Application:
    return Application.objects.select_related("candidate", "job", "stage").get(pk=application.pk)


def _authorise(application: Application, by: Actor, cause: TransitionCause) -> None:
    if (
        cause == TransitionCause.CANDIDATE
        and by.person_ref
        and by.person_ref == application.candidate.public_id
    ):
        return
    require_manager(by, application.job)
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


def _check_edge(application: Application, wanted: ApplicationStatus) -> None:
    if not may_follow(application.status, wanted):
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
        _check_no_other_live(application)


def _check_last_stage(application: Application) -> None:
    stages = current_stages(application.job_id)
    if stages and application.stage.position < stages[-1].position:
        raise MoveRefused(
            "not_last_stage",
            _("People are hired from “%(stage)s”, the last stage of this job. Move %(person)s there first.")
            % {"stage": stages[-1].name, "person": application.candidate},
        )


def _check_no_other_live(application: Application) -> None:
    others = Application.objects.filter(
        candidate=application.candidate_id, job=application.job_id, status__in=ApplicationStatus.live
    )
    if others.exists():
        raise MoveRefused(
            "other_live",
            _("%s has another live application for this job. Go on with that one.") % application.candidate,
        )


def _check_reason(wanted: ApplicationStatus, reason: RejectionReason | None) -> None:
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


def _checked_comment(comment: str) -> str:
    cleaned = clean_text(comment).strip()
    if len(cleaned) > COMMENT_LENGTH:
        raise ValidationError({"comment": _("Keep the comment to 1,000 characters.")})
    return cleaned


def _write(
    application: Application,
    changes: dict[str, Any],
    *,
    by: Actor,
    now: datetime,
    cause: TransitionCause,
    comment: str,
    event: str,
    reason: RejectionReason | None = None,
) -> Application:
    """Compare-and-set on the version, then the transition and the event."""
    comment = _checked_comment(comment)
    seen = application.version
    before = (application.stage, application.status)
    if not Application.objects.filter(pk=application.pk, version=seen).update(**changes, version=seen + 1):
        raise StaleMove(what_happened(_load(application), now=now))
    for name, value in changes.items():
        setattr(application, name, value)
    application.version = seen + 1
    transition = ApplicationTransition.objects.create(
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
    )
    draft = _event_of(event, transition, application)
    record_event(
        kind=draft.kind,
        by=by,
        now=now,
        person_ref=draft.person_ref,
        about=draft.about,
        about_id=draft.about_id,
        data=draft.data,
    )
    return application


def _event_of(kind: str, transition: ApplicationTransition, application: Application) -> EventDraft:
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
