"""Who does what on a job."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import Actor, User
from hiring.enums import Capability, JobRole
from hiring.models import Job, JobMember
from hiring.operations.access import require_may
from hiring.operations.jobs.events import record_job_event
from hiring.operations.notifying import tell_assigned


@transaction.atomic
def set_members(
    *, job: Job, members: Sequence[tuple[User, JobRole]], by: Actor, now: datetime
) -> list[JobMember]:
    """Give the job exactly these people and return their rows.

    Raises: `PermissionDenied`; `ValidationError` keyed "members" when no active recruiter would be left, or
    somebody who does not sign in any more is added.
    """
    require_may(by, Capability.CHANGE_JOB, job)
    wanted = {(user.pk, JobRole(role).value): user for user, role in members}
    if not any(role == JobRole.RECRUITER and user.is_active for (_pk, role), user in wanted.items()):
        raise ValidationError({"members": _("A job needs at least one recruiter.")})
    current = {(member.user_id, member.role): member for member in JobMember.objects.filter(job=job)}
    away = [user for key, user in wanted.items() if not user.is_active and key not in current]
    if away:
        raise ValidationError({"members": _("%s does not sign in any more. Choose somebody else.") % away[0]})
    JobMember.objects.filter(pk__in=[row.pk for key, row in current.items() if key not in wanted]).delete()
    write_members(job, [(user, JobRole(role)) for (_pk, role), user in wanted.items()])
    tell_assigned(
        job, [user_id for user_id, role in wanted if (user_id, role) not in current], by=by, now=now
    )
    record_job_event(
        "job.members_set",
        job,
        by=by,
        now=now,
        data={"members": [[user_id, role] for user_id, role in sorted(wanted)]},
    )
    return list(JobMember.objects.filter(job=job).select_related("user").order_by("role", "pk"))


def write_members(job: Job, members: Sequence[tuple[User, JobRole]]) -> None:
    JobMember.objects.bulk_create(
        [JobMember(job=job, user=user, role=JobRole(role)) for user, role in members], ignore_conflicts=True
    )


@transaction.atomic
def add_member(*, job: Job, user: User, role: JobRole, by: Actor, now: datetime) -> JobMember:
    """Give `user` a role on the job and return the row; having it already is done. Raises `PermissionDenied`."""
    require_may(by, Capability.CHANGE_JOB, job)
    try:
        with transaction.atomic():
            member, created = JobMember.objects.get_or_create(job=job, user=user, role=JobRole(role))
    except IntegrityError:
        member, created = JobMember.objects.get(job=job, user=user, role=JobRole(role)), False
    if created:
        record_job_event("job.member_added", job, by=by, now=now, data={"user": user.pk, "role": str(role)})
        tell_assigned(job, [user.pk], by=by, now=now)
    return member
