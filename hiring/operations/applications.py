"""Applying: a person is found or added, their live application returned instead of a second."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.enums import Scope
from accounts.models import Actor
from assessments.models import Assessment
from candidates.models import Candidate
from candidates.operations import find_or_add_candidate
from hiring.enums import ApplicationStatus, JobStatus, Source, TransitionCause
from hiring.models import Application, ApplicationTransition, Job, Stage
from hiring.operations.access import require_manager
from hiring.operations.errors import JobRefused
from hiring.operations.transitions import write_transitions
from hiring.queries.jobs import current_stages
from hiring.queries.lists import live_application
from outbox.operations import EventDraft


@transaction.atomic
def apply(
    *,
    job: Job,
    full_name: str,
    email: str,
    phone: str = "",
    source: Source | str = Source.ADDED,
    by: Actor,
    now: datetime,
    applied_at: datetime | None = None,
    entry_actions: bool = True,
) -> tuple[Application, bool]:
    """Add an application for `job` and return it with True; or the live one that the person has already, with False.

    The person is found by their normalised address or added. A job that is being prepared or paused takes people whom
    colleagues add; a closed one takes nobody. What the first stage does with whoever enters it is done unless
    `entry_actions` is false.
    Side effects: the first transition and an event; no mail.
    Raises: `PermissionDenied` (keys need "candidates:write"); `ValidationError` keyed "full_name", "email", "phone" or
    "applied_at"; `JobRefused` when the job is closed or has no stage.
    """
    require_manager(by, job, scope=Scope.CANDIDATES_WRITE)
    moment = checked_applied_at(applied_at, now=now)
    first = first_stage(job)
    candidate, _is_new = find_or_add_candidate(full_name=full_name, email=email, phone=phone, by=by, now=now)
    return add_application(
        job=job,
        candidate=candidate,
        stage=first,
        source=Source(source),
        applied_at=moment,
        by=by,
        now=now,
        entry_actions=entry_actions,
    )


def first_stage(job: Job) -> Stage:
    """Return the stage where people begin. Raises `JobRefused` when the job takes nobody."""
    current = Job.objects.get(pk=job.pk)
    if current.status == JobStatus.CLOSED:
        raise JobRefused("closed", _("The job “%s” is closed. Open it again to add people.") % current.title)
    stages = current_stages(job.pk)
    if not stages:
        raise JobRefused("no_stages", _("The job “%s” has no stage. Add one first.") % current.title)
    return stages[0]


def checked_applied_at(applied_at: datetime | None, *, now: datetime) -> datetime:
    """Return the moment of an application; now when none is given. Raises `ValidationError` keyed "applied_at"."""
    if applied_at is None:
        return now
    if applied_at > now:
        raise ValidationError({"applied_at": _("Choose a moment that is not in the future.")})
    return applied_at


def add_application(
    *,
    job: Job,
    candidate: Candidate,
    stage: Stage,
    source: Source,
    applied_at: datetime,
    by: Actor,
    now: datetime,
    entry_actions: bool = True,
    sent: Assessment | None = None,
) -> tuple[Application, bool]:
    """Write an application with its first transition, or return the live one there is. Whoever calls checked
    the rights.

    `sent` is the test that they are invited to by the way they came.
    """
    existing = live_application(candidate_id=candidate.pk, job_id=job.pk)
    if existing is not None:
        return existing, False
    application = Application(
        candidate=candidate,
        job=job,
        stage=stage,
        source=source,
        status=ApplicationStatus.ACTIVE,
        applied_at=applied_at,
        stage_entered_at=applied_at,
        furthest_stage=stage,
    )
    try:
        with transaction.atomic():
            application.save(force_insert=True)
    except IntegrityError:
        # Somebody else added the same person at this moment; theirs is the live one.
        raced = live_application(candidate_id=candidate.pk, job_id=job.pk)
        if raced is None:
            raise
        return raced, False
    write_transitions(
        transitions=[first_transition(application, by=by)],
        events=[added(application)],
        by=by,
        now=now,
        entry_actions=entry_actions,
        sent=sent,
    )
    return application, True


def first_transition(application: Application, *, by: Actor) -> ApplicationTransition:
    """Return the unsaved transition that every application begins with."""
    return ApplicationTransition(
        application=application,
        number=application.version,
        from_stage=None,
        to_stage_id=application.stage_id,
        from_status="",
        to_status=application.status,
        cause=TransitionCause.APPLIED,
        by=by.user,
        at=application.applied_at,
    )


def added(application: Application, **more: object) -> EventDraft:
    """Return the event that tells of a new application; `more` goes into its data."""
    return EventDraft(
        kind="application.added",
        person_ref=application.candidate.public_id,
        about="hiring.application",
        about_id=application.pk,
        data={
            "job": application.job_id,
            "stage": application.stage_id,
            "source": str(application.source),
            **more,
        },
    )
