"""Who sees which jobs and applications."""

from __future__ import annotations

from django.db.models import Q

from accounts.models import Actor
from accounts.registries import Everything, Grant, register_grant
from hiring.models import Application, ApplicationAssessment, Job, JobMember, Stage
from hiring.queries.grants.bases import applications_seen, by_jobs, to_colleagues
from hiring.rules import SEEING_ROLES


def _of_applications(actor: Actor) -> Q | Everything | None:
    return Q(application__in=applications_seen(actor))


def register() -> None:
    """Register what hiring opens of its own."""
    grants: dict[str, Grant] = {
        Job._meta.label: by_jobs("pk", roles=None, analysts=True),
        Stage._meta.label: by_jobs("job", roles=None, analysts=True),
        JobMember._meta.label: by_jobs("job", roles=None),
        Application._meta.label: by_jobs("job", roles=SEEING_ROLES),
        ApplicationAssessment._meta.label: _of_applications,
        "hiring.RejectionReason": to_colleagues,
    }
    for label, grant in grants.items():
        register_grant(label, "hiring", grant)
