"""Which jobs and people an actor sees, and which they may change.

Within a job `JobMember` alone decides; administrators see and do everything; a key stays within the jobs it is limited
to, whatever its owner may.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet

from accounts.enums import Role, Scope
from accounts.models import Actor, ApiKey
from hiring.enums import JobRole
from hiring.models import ApiKeyJob, Application, Job, JobMember
from hiring.rules import MANAGING_ROLES, SEEING_ROLES


def key_limits(key: ApiKey | None) -> frozenset[int]:
    """Return the jobs that `key` is limited to; none means no limit. One query, once a key instance."""
    if key is None:
        return frozenset()
    cached: frozenset[int] | None = key.__dict__.get("_job_limits")
    if cached is None:
        cached = frozenset(ApiKeyJob.objects.filter(api_key=key).values_list("job_id", flat=True))
        key.__dict__["_job_limits"] = cached
    return cached


def all_jobs(actor: Actor) -> QuerySet[Any, Any] | None:
    """Return every job within the limits of the actor's key; None when there are no limits."""
    limits = key_limits(actor.api_key)
    return Job.objects.filter(pk__in=limits).values("pk") if limits else None


def member_jobs(actor: Actor, roles: Iterable[str] | None = None) -> QuerySet[Any, Any]:
    """Return the ids of jobs on which the actor is a member (in one of `roles`), within the limits of its key. Lazy."""
    members = JobMember.objects.filter(user=actor.user)
    if roles is not None:
        members = members.filter(role__in=list(roles))
    limits = key_limits(actor.api_key)
    if limits:
        members = members.filter(job__in=limits)
    return members.values("job")


def may_manage(actor: Actor, job: Job, *, scope: Scope | None = None) -> bool:
    """Whether the actor may move, reject, invite and import on `job`. One query for people who are not administrators.

    A key needs `scope`; where no scope is named no key may.
    """
    if actor.is_system:
        return True
    if actor.user is None or not actor.user.is_active:
        return False
    if actor.api_key is not None:
        limits = key_limits(actor.api_key)
        if scope is None or scope not in actor.api_key.scopes or (limits and job.pk not in limits):
            return False
    if actor.has_role(Role.ADMINISTRATOR):
        return True
    return JobMember.objects.filter(job=job, user=actor.user, role__in=MANAGING_ROLES).exists()


def may_move(actor: Actor, job: Job) -> bool:
    """Whether the actor may put people of `job` at another stage: its recruiters, and its managers if it says so."""
    if may_manage(actor, job):
        return True
    if not job.managers_move or actor.user is None or actor.api_key is not None or not actor.user.is_active:
        return False
    return JobMember.objects.filter(job=job, user=actor.user, role=JobRole.HIRING_MANAGER).exists()


def managed_jobs(actor: Actor) -> QuerySet[Job]:
    """Return the jobs on which the actor moves, rejects, invites and imports. Lazy, unordered."""
    if actor.is_system:
        return Job.objects.all()
    if actor.has_role(Role.ADMINISTRATOR):
        limited = all_jobs(actor)
        return Job.objects.all() if limited is None else Job.objects.filter(pk__in=limited)
    return Job.objects.filter(pk__in=member_jobs(actor, MANAGING_ROLES))


def counted(actor: Actor) -> QuerySet[Application]:
    """Return the applications that count in the numbers the actor is shown: the visible ones; for analysts all.

    Only for numbers: rows for reading come from `Application.objects.visible_to(actor)`.
    """
    if actor.has_role(Role.ANALYST) and not actor.has_role(Role.ADMINISTRATOR):
        limited = all_jobs(actor)
        return Application.objects.all() if limited is None else Application.objects.filter(job__in=limited)
    return Application.objects.all().visible_to(actor)


def sees_people(actor: Actor) -> bool:
    """Whether the actor sees the people of any job at all (analysts and authors do not). At most one query."""
    if actor.has_role(Role.ADMINISTRATOR, Role.RECRUITER):
        return True
    return actor.user is not None and member_jobs(actor, SEEING_ROLES).exists()


def sees_people_of(actor: Actor, job: Job) -> bool:
    """Whether the actor sees the people of this job. At most one query."""
    if actor.has_role(Role.ADMINISTRATOR):
        limits = key_limits(actor.api_key)
        return not limits or job.pk in limits
    return actor.user is not None and member_jobs(actor, SEEING_ROLES).filter(job=job).exists()
