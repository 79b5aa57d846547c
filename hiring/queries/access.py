"""Which jobs and people an actor sees, and what they may do there.

Within a job `JobMember` alone decides; administrators see and do everything; a key stays within the jobs it is limited
to, whatever its owner may. `may` is where it is decided who does what.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.enums import Role, Scope
from accounts.models import Actor, ApiKey
from accounts.registries import roles_with
from assessments.models import Invitation
from candidates.models import Candidate
from hiring.enums import Capability, JobRole
from hiring.models import ApiKeyJob, Application, ApplicationAssessment, Job, JobMember
from hiring.queries.member_jobs import MemberJobs
from hiring.rules import SEEING_ROLES

# Roles of the organisation that reach every job, as far as they go.
_EVERYWHERE: Final = frozenset({Role.ANALYST})


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


def jobs_joined(actor: Actor, roles: Iterable[str] | None = None) -> MemberJobs:
    """Return the same for conditions: `Q(job__in=jobs_joined(actor))`."""
    return MemberJobs(
        actor.user.pk if actor.user is not None else None, roles=roles, limits=key_limits(actor.api_key)
    )


def may(actor: Actor, code: Capability, job: Job | None = None, *, scope: Scope | None = None) -> bool:
    """Whether the actor may do this on `job`; without a job, by their roles in the organisation.

    A key needs `scope`; where no scope is named no key may. At most one query beyond that of the actor's roles: who is
    on a job is asked anew each time, so that nobody goes on after they were taken off it. A page that asks for several
    asks `rights_on` once.
    """
    if not _acts(actor, job, scope):
        return False
    if actor.has_role(Role.ADMINISTRATOR):
        return True
    held = actor.roles if job is None else _roles_on(actor, job)
    return _includes(actor, code, held, job)


def rights_on(actor: Actor, job: Job) -> frozenset[Capability]:
    """Return everything that the actor may do on `job`. One query for people who are not administrators."""
    if not _acts(actor, job, None):
        return frozenset()
    if actor.has_role(Role.ADMINISTRATOR):
        return frozenset(Capability)
    held = _roles_on(actor, job)
    return frozenset(code for code in Capability if _includes(actor, code, held, job))


def _includes(actor: Actor, code: Capability, held: frozenset[str], job: Job | None) -> bool:
    """The decision: what roles may by default, or by the rules of this installation. Hiring managers move people of
    jobs that say so.
    """
    roles = roles_with(code, actor)
    if code == Capability.MOVE and job is not None and job.managers_move:
        roles |= {JobRole.HIRING_MANAGER}
    return not held.isdisjoint(roles)


def _roles_on(actor: Actor, job: Job) -> frozenset[str]:
    """The roles that the actor has on `job`, with those of the organisation that reach every job. One query."""
    mine = JobMember.objects.filter(job=job, user=actor.user)
    return frozenset(mine.values_list("role", flat=True)) | (actor.roles & _EVERYWHERE)


def _acts(actor: Actor, job: Job | None, scope: Scope | None) -> bool:
    """Whether the actor does anything there at all, whatever their roles."""
    if actor.is_system:
        return True
    return actor.user is not None and actor.user.is_active and _reaches(actor.api_key, job, scope)


def _reaches(key: ApiKey | None, job: Job | None, scope: Scope | None) -> bool:
    if key is None:
        return True
    limits = key_limits(key)
    return (
        scope is not None and scope in key.scopes and (not limits or (job is not None and job.pk in limits))
    )


def may_manage(actor: Actor, job: Job, *, scope: Scope | None = None) -> bool:
    """Whether the actor changes `job` itself."""
    return may(actor, Capability.CHANGE_JOB, job, scope=scope)


def jobs_where(actor: Actor, code: Capability) -> QuerySet[Job]:
    """Return the jobs on which the actor may do this, as `may` decides it. Lazy, unordered."""
    if actor.is_system:
        return Job.objects.all()
    roles = roles_with(code, actor)
    if actor.has_role(Role.ADMINISTRATOR) or not (actor.roles & _EVERYWHERE).isdisjoint(roles):
        limited = all_jobs(actor)
        return Job.objects.all() if limited is None else Job.objects.filter(pk__in=limited)
    mine = Q(pk__in=jobs_joined(actor, roles))
    if code == Capability.MOVE and JobRole.HIRING_MANAGER not in roles:
        mine |= Q(managers_move=True, pk__in=jobs_joined(actor, {JobRole.HIRING_MANAGER}))
    return Job.objects.filter(mine)


def managed_jobs(actor: Actor) -> QuerySet[Job]:
    """Return the jobs that the actor changes. Lazy, unordered."""
    return jobs_where(actor, Capability.CHANGE_JOB)


def counted(actor: Actor) -> QuerySet[Application]:
    """Return the applications that count in the numbers the actor is shown: the visible ones; for analysts all.

    Only for numbers: rows for reading come from `Application.objects.visible_to(actor)`.
    """
    if actor.has_role(Role.ANALYST) and not actor.has_role(Role.ADMINISTRATOR):
        limited = all_jobs(actor)
        return Application.objects.all() if limited is None else Application.objects.filter(job__in=limited)
    return Application.objects.all().visible_to(actor)


def counted_jobs(actor: Actor) -> QuerySet[Any, Any] | None:
    """Return the ids of the jobs whose applications are `counted` for the actor; of no other job any is. Lazy; None
    when all are.
    """
    if actor.is_system or (actor.has_role(Role.ANALYST) and not actor.has_role(Role.ADMINISTRATOR)):
        return all_jobs(actor)
    if actor.user is None or not actor.user.is_active:
        return Job.objects.none().values("pk")
    return all_jobs(actor) if actor.has_role(Role.ADMINISTRATOR) else member_jobs(actor, SEEING_ROLES)


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


def takeable(rows: QuerySet[Application], actor: Actor) -> QuerySet[Application]:
    """Return those of `rows` (what the actor sees) that the actor may take along as a file. Lazy."""
    if actor.has_role(Role.ADMINISTRATOR):
        return rows
    return rows.filter(job__in=jobs_where(actor, Capability.EXPORT).values("pk"))


def takeable_people(rows: QuerySet[Candidate], actor: Actor) -> QuerySet[Candidate]:
    """Return those of `rows` (what the actor sees) whom the actor may take along as a file: of a job where their role
    includes that, or of no job, as far as their role in the organisation does. Lazy.
    """
    if actor.has_role(Role.ADMINISTRATOR):
        return rows
    theirs = Application.objects.filter(candidate=OuterRef("pk"))
    taken = Q(Exists(theirs.filter(job__in=jobs_where(actor, Capability.EXPORT).values("pk"))))
    if may(actor, Capability.EXPORT):
        taken |= ~Q(Exists(theirs))
    return rows.filter(taken)


def takeable_invitations(rows: QuerySet[Invitation], actor: Actor) -> QuerySet[Invitation]:
    """Return those of `rows` (what the actor sees) that the actor may take along as a file: to a test of a job where
    their role includes that, or of no job, as far as their role in the organisation does. Lazy.
    """
    if actor.has_role(Role.ADMINISTRATOR):
        return rows
    links = ApplicationAssessment.objects.filter(invitation=OuterRef("pk"))
    taken = Q(Exists(links.filter(application__job__in=jobs_where(actor, Capability.EXPORT).values("pk"))))
    if may(actor, Capability.EXPORT):
        taken |= ~Q(Exists(links))
    return rows.filter(taken)


def may_take_everybody(actor: Actor) -> bool:
    """Whether the actor may take along everybody whom they see. No query, unless a rule of this installation says
    that some roles may not.
    """
    if actor.has_role(Role.ADMINISTRATOR):
        return True
    refused = SEEING_ROLES - roles_with(Capability.EXPORT, actor)
    return not refused or not member_jobs(actor, refused).exists()
