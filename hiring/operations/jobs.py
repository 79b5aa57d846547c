"""Jobs: making, opening, pausing and closing them, their people and their stages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Actor, User
from accounts.rules import random_code
from assessments.models import Assessment
from hiring.enums import JobRole, JobStatus, ScoreRule, StageKind, TransitionCause
from hiring.models import Application, Job, JobMember, Stage
from hiring.operations.access import require_manager, require_recruiter
from hiring.operations.errors import JobRefused
from hiring.operations.moves import move_to_stage
from hiring.queries.jobs import current_stages
from hiring.rules import JOB_EDGES, StageDraft, default_stages
from outbox.operations import record_event
from rendering.characters import clean_line, clean_text

SLUG_LENGTH = 80


@transaction.atomic
def create_job(
    *,
    title: str,
    slug: str = "",
    department: str = "",
    location: str = "",
    description: str = "",
    members: Sequence[tuple[User, JobRole]] = (),
    stages: Sequence[StageDraft] | None = None,
    by: Actor,
    now: datetime,
) -> Job:
    """Make a job in draft with its stages and people, and return it.

    Arguments: `slug` is made from the title when left out; `stages` are `rules.default_stages()` when left out. Whoever
    makes it becomes its recruiter besides `members`.
    Raises: `PermissionDenied` unless a recruiter, an administrator or the system asks; `ValidationError` keyed
    by field.
    """
    require_recruiter(by)
    title = clean_line(title)
    job = Job(
        title=title,
        slug=slug.strip() or _free_slug(title),
        department=clean_line(department),
        location=clean_line(location),
        description=clean_text(description).strip(),
        created_by=by.user,
        created_at=now,
    )
    job.full_clean()
    job.save(force_insert=True)
    people = list(members)
    if by.user is not None:
        people.append((by.user, JobRole.RECRUITER))
    _write_members(job, people)
    _write_stages(job, list(stages) if stages is not None else list(default_stages()), by=by, now=now)
    _record("job.created", job, by=by, now=now)
    return job


@transaction.atomic
def change_job(
    *,
    job: Job,
    title: str,
    department: str = "",
    location: str = "",
    description: str = "",
    by: Actor,
    now: datetime,
) -> Job:
    """Change the words of a job and return it; its short name stays, because addresses are made of it.

    Raises: `PermissionDenied`; `ValidationError` keyed by field.
    """
    require_manager(by, job)
    job.title, job.department, job.location = clean_line(title), clean_line(department), clean_line(location)
    job.description = clean_text(description).strip()
    job.full_clean()
    job.save(update_fields=["title", "department", "location", "description"])
    _record("job.changed", job, by=by, now=now)
    return job


def open_job(*, job: Job, by: Actor, now: datetime) -> Job:
    """Open the job and return it. The first opening is remembered; opening it again after closing keeps that moment.

    Raises: `PermissionDenied`; `JobRefused` from a status that does not lead there.
    """
    return _set_status(job, JobStatus.OPEN, by=by, now=now)


def pause_job(*, job: Job, by: Actor, now: datetime) -> Job:
    """Pause the job and return it: nobody new from outside; those who are in it go on. Raises as `open_job`."""
    return _set_status(job, JobStatus.PAUSED, by=by, now=now)


def close_job(*, job: Job, by: Actor, now: datetime) -> Job:
    """Close the job and return it: nobody is added and no score moves anybody. Applications stay as they are.

    Raises as `open_job`.
    """
    return _set_status(job, JobStatus.CLOSED, by=by, now=now)


@transaction.atomic
def set_members(
    *, job: Job, members: Sequence[tuple[User, JobRole]], by: Actor, now: datetime
) -> list[JobMember]:
    """Give the job exactly these people and return their rows.

    Raises: `PermissionDenied`; `ValidationError` keyed "members" when no active recruiter would be left, or
    somebody who does not sign in any more is added.
    """
    require_manager(by, job)
    wanted = {(user.pk, JobRole(role).value): user for user, role in members}
    if not any(role == JobRole.RECRUITER and user.is_active for (_pk, role), user in wanted.items()):
        raise ValidationError({"members": _("A job needs at least one recruiter.")})
    current = {(member.user_id, member.role): member for member in JobMember.objects.filter(job=job)}
    away = [user for key, user in wanted.items() if not user.is_active and key not in current]
    if away:
        raise ValidationError({"members": _("%s does not sign in any more. Choose somebody else.") % away[0]})
    JobMember.objects.filter(pk__in=[row.pk for key, row in current.items() if key not in wanted]).delete()
    _write_members(job, [(user, JobRole(role)) for (_pk, role), user in wanted.items()])
    _record(
        "job.members_set",
        job,
        by=by,
        now=now,
        data={"members": [[user_id, role] for user_id, role in sorted(wanted)]},
    )
    return list(JobMember.objects.filter(job=job).select_related("user").order_by("role", "pk"))


@transaction.atomic
def save_stages(
    *,
    job: Job,
    stages: Sequence[StageDraft],
    by: Actor,
    now: datetime,
    people_go_to: int | None = None,
) -> list[Stage]:
    """Give the job exactly these stages in this order and return them. Stages left out are retired, never deleted.

    Changed rules apply from now on. Where a stage with live applications is left out, `people_go_to` says the place in
    `stages` (from 0) to which they move; each move is recorded.
    Raises: `PermissionDenied`; `ValidationError` keyed "stages" or "people_go_to".
    """
    require_manager(by, job)
    drafts = list(stages)
    before = {stage.pk: stage for stage in current_stages(job.pk)}
    _check_stages(drafts, before)
    kept = {draft.pk for draft in drafts if draft.pk is not None}
    leaving = [stage for pk, stage in before.items() if pk not in kept]
    people = list(
        Application.objects.filter(stage__in=leaving, status__in=["active", "on_hold"]).order_by("pk")
    )
    if people and (people_go_to is None or not 0 <= people_go_to < len(drafts)):
        message = ngettext(
            "%(count)d person is at a stage that you remove. Choose where they go.",
            "%(count)d people are at stages that you remove. Choose where they go.",
            len(people),
        )
        raise ValidationError({"people_go_to": message % {"count": len(people)}})
    Stage.objects.filter(pk__in=[stage.pk for stage in leaving]).update(retired_at=now)
    written = _write_stages(job, drafts, by=by, now=now)
    for application in people:
        move_to_stage(
            application=application,
            to_stage=written[people_go_to or 0],
            seen_version=None,
            by=by,
            now=now,
            cause=TransitionCause.PERSON,
        )
    _record("job.stages_saved", job, by=by, now=now, data={"stages": [stage.pk for stage in written]})
    return written


def _set_status(job: Job, wanted: JobStatus, *, by: Actor, now: datetime) -> Job:
    require_manager(by, job)
    with transaction.atomic():
        current = Job.objects.get(pk=job.pk)
        if current.status == wanted:
            return current
        if wanted not in JOB_EDGES[current.status]:
            raise JobRefused(
                "no_edge",
                _("The job “%(title)s” is “%(status)s” and cannot become “%(wanted)s”.")
                % {"title": current.title, "status": current.get_status_display(), "wanted": wanted.label},
            )
        changes: dict[str, Any] = {"status": wanted}
        if wanted == JobStatus.OPEN:
            changes |= {"opened_at": current.opened_at or now, "closed_at": None}
        if wanted == JobStatus.CLOSED:
            changes["closed_at"] = now
        if not Job.objects.filter(pk=job.pk, status=current.status).update(**changes):
            raise JobRefused("changed", _("Somebody else changed the job just now. Look again."))
        _record(f"job.{wanted.value}", current, by=by, now=now, data={"from": current.status})
    for name, value in changes.items():
        setattr(current, name, value)
    return current


def _free_slug(title: str) -> str:
    stem = slugify(title)[: SLUG_LENGTH - 8].strip("-") or "job"
    taken = set(Job.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    names = [stem, *(f"{stem}-{number}" for number in range(2, 100))]
    return next((name for name in names if name not in taken), f"{stem}-{random_code()[:7]}")


def _write_members(job: Job, members: Sequence[tuple[User, JobRole]]) -> None:
    JobMember.objects.bulk_create(
        [JobMember(job=job, user=user, role=JobRole(role)) for user, role in members], ignore_conflicts=True
    )


def _check_stages(drafts: Sequence[StageDraft], before: dict[int, Stage]) -> None:
    if not drafts:
        raise ValidationError({"stages": _("A job needs at least one stage.")})
    names = [clean_line(draft.name).casefold() for draft in drafts]
    if any(not name for name in names):
        raise ValidationError({"stages": _("Give every stage a name.")})
    again = next(
        (draft.name for draft, name in zip(drafts, names, strict=True) if names.count(name) > 1), None
    )
    if again is not None:
        raise ValidationError({"stages": _("Two stages are called “%s”. Rename one.") % again})
    unknown = [draft for draft in drafts if draft.pk is not None and draft.pk not in before]
    if unknown:
        raise ValidationError({"stages": _("“%s” is not a stage of this job any more.") % unknown[0].name})


def _write_stages(job: Job, drafts: Sequence[StageDraft], *, by: Actor, now: datetime) -> list[Stage]:
    """Write the drafts in their order. Places are put aside first, so that two stages may swap theirs."""
    _check_tests(drafts)
    existing = {stage.pk: stage for stage in Stage.objects.filter(job=job, retired_at=None)}
    for number, pk in enumerate(sorted(existing), start=10_000):
        Stage.objects.filter(pk=pk).update(position=number, name=f"{random_code()}")
    written: list[Stage] = []
    for position, draft in enumerate(drafts, start=1):
        stage = existing.get(draft.pk) if draft.pk is not None else None
        stage = stage or Stage(job=job)
        stage.name, stage.kind, stage.position = clean_line(draft.name), StageKind(draft.kind), position
        stage.target_days, stage.assessment_id = draft.target_days, draft.assessment_id
        stage.on_score = ScoreRule(draft.on_score or ScoreRule.NONE)
        try:
            stage.full_clean(exclude=["job"], validate_constraints=False)
        except ValidationError as error:
            raise ValidationError({"stages": [f"{stage.name}: {text}" for text in error.messages]}) from error
        stage.save()
        written.append(stage)
    return written


def _check_tests(drafts: Sequence[StageDraft]) -> None:
    wanted = {draft.assessment_id for draft in drafts if draft.assessment_id is not None}
    if wanted - set(Assessment.objects.filter(pk__in=wanted).values_list("pk", flat=True)):
        raise ValidationError({"stages": _("Choose a test that exists.")})


def _record(kind: str, job: Job, *, by: Actor, now: datetime, data: dict[str, Any] | None = None) -> None:
    record_event(kind=kind, by=by, now=now, about="hiring.job", about_id=job.pk, data=data)


@transaction.atomic
def add_member(*, job: Job, user: User, role: JobRole, by: Actor, now: datetime) -> JobMember:
    """Give `user` a role on the job and return the row; having it already is done. Raises `PermissionDenied`."""
    require_manager(by, job)
    try:
        with transaction.atomic():
            member, created = JobMember.objects.get_or_create(job=job, user=user, role=JobRole(role))
    except IntegrityError:
        member, created = JobMember.objects.get(job=job, user=user, role=JobRole(role)), False
    if created:
        _record("job.member_added", job, by=by, now=now, data={"user": user.pk, "role": str(role)})
    return member
