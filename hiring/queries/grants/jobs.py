"""Who sees which jobs and applications."""

from __future__ import annotations

from django.db.models import Model, Q

from accounts.enums import Role
from accounts.models import Actor
from accounts.registries import EVERYTHING, Everything, Grant, register_grant, register_mask
from hiring.enums import Capability
from hiring.models import (
    Application,
    ApplicationAnswer,
    ApplicationAssessment,
    Approval,
    Interview,
    Job,
    JobMember,
    Opening,
    Recommendation,
    Stage,
    StageAction,
)
from hiring.queries.access import jobs_where, managed_jobs
from hiring.queries.grants.bases import (
    applications_seen,
    by_jobs,
    is_limited,
    sees_everybody,
    to_colleagues,
    to_roles,
)
from hiring.queries.interviewing import interviewed
from hiring.rules import SEEING_ROLES


def _of_applications(actor: Actor) -> Q | Everything | None:
    return Q(application__in=applications_seen(actor))


def _of_those_one_interviews(actor: Actor) -> Q | Everything | None:
    return Q(application__in=interviewed(actor).values("pk"))


def _tracking_links(actor: Actor) -> Q | Everything | None:
    """Those of a job to whoever recruits for it, those for any job to every recruiter."""
    if sees_everybody(actor):
        return EVERYTHING
    if actor.user is None:
        return None
    seen = Q(job__in=managed_jobs(actor).values("pk"))
    return seen | Q(job=None) if actor.has_role(Role.RECRUITER) and not is_limited(actor) else seen


def _drafts(actor: Actor) -> Q | Everything | None:
    """Those of the jobs to which one may add people."""
    if sees_everybody(actor):
        return EVERYTHING
    return None if actor.user is None else Q(job__in=jobs_where(actor, Capability.ADD).values("pk"))


def _saved_filters(actor: Actor) -> Q | Everything | None:
    """One's own, and those that somebody shared about a job that one sees."""
    if actor.user is None or actor.api_key is not None:
        return None
    jobs = Job.objects.all().visible_to(actor).values("pk")
    return Q(owner=actor.user) | Q(is_shared=True, job__in=jobs)


def may_see_salary(actor: Actor, job: Model | None) -> bool:
    """Whether an actor may read what a job pays: by their role on that very job, and all where it is public.

    A list loads its jobs by `with_salary_sight`; otherwise it costs a query.
    """
    if job is None:
        return sees_everybody(actor)
    assert isinstance(job, Job)
    if job.salary_is_public:
        return True
    seen: bool | None = getattr(job, "salary_seen", None)
    return jobs_where(actor, Capability.SALARY).filter(pk=job.pk).exists() if seen is None else seen


def register() -> None:
    """Register what hiring opens of its own."""
    register_mask(Job._meta.label, "salary", may_see_salary)
    grants: dict[str, Grant] = {
        Job._meta.label: by_jobs("pk", roles=None, analysts=True),
        Stage._meta.label: by_jobs("job", roles=None, analysts=True),
        JobMember._meta.label: by_jobs("job", roles=None),
        Opening._meta.label: by_jobs("job", roles=None, analysts=True),
        Application._meta.label: by_jobs("job", roles=SEEING_ROLES),
        "hiring.ApplicationQuestion": by_jobs("job", roles=None),
        "hiring.ResumeDraft": _drafts,
        "hiring.TrackingLink": _tracking_links,
        "hiring.PipelineTemplate": to_roles(Role.ADMINISTRATOR, Role.RECRUITER),
        "hiring.SavedFilter": _saved_filters,
        "hiring.RejectionReason": to_colleagues,
    }
    for label, grant in grants.items():
        register_grant(label, "hiring", grant)
    register_grant(ApplicationAnswer._meta.label, "hiring.interviewers", _of_those_one_interviews)
    for model in (ApplicationAssessment, ApplicationAnswer, Approval, StageAction, Interview, Recommendation):
        register_grant(model._meta.label, "hiring", _of_applications)
