"""Applying: a person is found or added, their live application returned instead of a second."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.enums import Scope
from accounts.models import Actor, User
from assessments.models import Assessment
from candidates.models import Candidate
from candidates.operations import find_or_add_candidate
from hiring.enums import ApplicationStatus, Capability, JobStatus, Source, TransitionCause
from hiring.models import Application, ApplicationTransition, Job, Stage
from hiring.operations.access import require_may
from hiring.operations.errors import ApplyRefused, JobRefused
from hiring.operations.transitions import write_transitions
from hiring.queries.applying_again import again_from, earlier_application
from hiring.queries.jobs import current_stages
from hiring.queries.lists import live_application
from outbox.operations import EventDraft
from rendering.characters import clean_text
from rendering.moments import exact_time

AGAIN_REASON_LENGTH = 300


@transaction.atomic
def apply(
    *,
    job: Job,
    full_name: str,
    email: str,
    phone: str = "",
    source: Source | str = Source.ADDED,
    referred_by: User | None = None,
    agency: str = "",
    again_reason: str = "",
    by: Actor,
    now: datetime,
    applied_at: datetime | None = None,
    entry_actions: bool = True,
) -> tuple[Application, bool]:
    """Add an application for `job` and return it with True; or the live one that the person has already, with False.

    The person is found by their normalised address or added. `source`, with the colleague of a referral or the name of
    an agency, is written with a new application: a live one keeps its own. A job that is being prepared or paused takes
    people whom colleagues add; a closed one takes nobody. What the first stage does with whoever enters it is done
    unless `entry_actions` is false. Whose earlier application was over only recently is added for an `again_reason`
    alone, which stays with the new one; the new one names the earlier.
    Side effects: the first transition and an event; no mail.
    Raises: `PermissionDenied` (keys need "candidates:write"); `ValidationError` keyed "full_name", "email", "phone",
    "applied_at" or "again_reason"; `JobRefused` when the job is closed or has no stage; `ApplyRefused` without a
    reason.
    """
    require_may(by, Capability.ADD, job, scope=Scope.CANDIDATES_WRITE)
    moment = checked_applied_at(applied_at, now=now)
    first = first_stage(job)
    reason = _checked_reason(again_reason)
    candidate, is_new = find_or_add_candidate(full_name=full_name, email=email, phone=phone, by=by, now=now)
    earlier = None if is_new else earlier_application(candidate_id=candidate.pk, job_id=job.pk)
    if not reason:
        require_long_enough_ago(earlier, job, now=now)
    return add_application(
        job=job,
        candidate=candidate,
        stage=first,
        source=Source(source),
        referred_by=referred_by,
        agency=agency,
        applied_at=moment,
        previous=earlier,
        comment=reason if earlier is not None else "",
        by=by,
        now=now,
        entry_actions=entry_actions,
    )


def require_long_enough_ago(earlier: Application | None, job: Job, *, now: datetime) -> None:
    """Raise `ApplyRefused` when somebody's earlier application for the job was over only recently."""
    if earlier is None or earlier.status in ApplicationStatus.live:
        return
    allowed_at = again_from(earlier, job)
    if allowed_at > now:
        raise ApplyRefused(
            "too_early",
            _(
                "%(person)s has applied for “%(job)s” before and may apply again from %(moment)s. If they shall be "
                "added all the same, say why."
            )
            % {"person": earlier.candidate, "job": job.title, "moment": exact_time(allowed_at)},
            allowed_at,
        )


def _checked_reason(text: str) -> str:
    cleaned = clean_text(text).strip()
    if len(cleaned) > AGAIN_REASON_LENGTH:
        raise ValidationError({"again_reason": _("Keep the reason to 300 characters.")})
    return cleaned


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
    referred_by: User | None = None,
    agency: str = "",
    applied_at: datetime,
    previous: Application | None = None,
    comment: str = "",
    by: Actor,
    now: datetime,
    entry_actions: bool = True,
    sent: Assessment | None = None,
) -> tuple[Application, bool]:
    """Write an application with its first transition, or return the live one there is. Whoever calls checked the
    rights, and whether somebody with a `previous` one may apply again; `comment` goes with the transition.

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
        referred_by=referred_by,
        agency=agency,
        status=ApplicationStatus.ACTIVE,
        applied_at=applied_at,
        stage_entered_at=applied_at,
        furthest_stage=stage,
        previous=previous,
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
        transitions=[first_transition(application, by=by, comment=comment)],
        events=[added(application)],
        by=by,
        now=now,
        entry_actions=entry_actions,
        sent=sent,
    )
    return application, True


def first_transition(application: Application, *, by: Actor, comment: str = "") -> ApplicationTransition:
    """Return the unsaved transition that every application begins with."""
    return ApplicationTransition(
        application=application,
        number=application.version,
        from_stage=None,
        to_stage_id=application.stage_id,
        from_status="",
        to_status=application.status,
        cause=TransitionCause.APPLIED,
        comment=comment,
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
