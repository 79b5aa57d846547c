"""What the grants of hiring are made of."""

from __future__ import annotations

from typing import Any

from django.db.models import CharField, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat

from accounts.enums import Role
from accounts.models import Actor
from accounts.registries import EVERYTHING, Everything, Grant
from hiring.models import Application, Job
from hiring.queries.access import all_jobs, jobs_joined, key_limits, member_jobs
from hiring.queries.member_jobs import MemberScopes
from hiring.rules import SEEING_ROLES, job_scope


def by_jobs(field: str, *, roles: frozenset[str] | None, analysts: bool = False) -> Grant:
    """A grant of the rows whose job the actor is on (in `roles`); of all for administrators, and analysts if said."""

    def grant(actor: Actor) -> Q | Everything | None:
        everywhere = (Role.ADMINISTRATOR, Role.ANALYST) if analysts else (Role.ADMINISTRATOR,)
        if actor.has_role(*everywhere):
            limited = all_jobs(actor)
            return EVERYTHING if limited is None else Q(**{f"{field}__in": limited})
        return None if actor.user is None else Q(**{f"{field}__in": jobs_joined(actor, roles)})

    return grant


def to_roles(*roles: Role) -> Grant:
    """A grant of every row to these roles of the organisation."""

    def grant(actor: Actor) -> Q | Everything | None:
        return EVERYTHING if actor.has_role(*roles) else None

    return grant


def to_colleagues(actor: Actor) -> Q | Everything | None:
    return EVERYTHING if actor.user is not None else None


def applications_seen(actor: Actor) -> QuerySet[Application]:
    return Application.objects.all().visible_to(actor).values("pk")  # type: ignore[return-value]


def seen_jobs(actor: Actor) -> QuerySet[Any, Any]:
    """Return the ids of the jobs whose people the actor, who does not see everybody, sees. Lazy."""
    limited = all_jobs(actor) if actor.has_role(Role.ADMINISTRATOR) else None
    return member_jobs(actor, SEEING_ROLES) if limited is None else limited


def scopes_of(jobs: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
    """Return the scopes that mail of these jobs has. Lazy."""
    name = Concat(Value(job_scope("")), Cast("pk", CharField()))
    return Job.objects.filter(pk__in=jobs).values_list(name, flat=True)


def scopes_joined(actor: Actor) -> Any:
    """Return the scopes of mail of `seen_jobs`, for conditions."""
    limited = all_jobs(actor) if actor.has_role(Role.ADMINISTRATOR) else None
    if limited is not None:
        return scopes_of(limited)
    user_id = actor.user.pk if actor.user is not None else None
    return MemberScopes(user_id, roles=SEEING_ROLES, limits=key_limits(actor.api_key))


def is_limited(actor: Actor) -> bool:
    return bool(key_limits(actor.api_key))


def sees_everybody(actor: Actor) -> bool:
    return actor.has_role(Role.ADMINISTRATOR) and not is_limited(actor)
