"""A colleague's work goes to somebody else: jobs here, what other apps have by their parts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.enums import Role
from accounts.models import Actor, User
from accounts.registries import HandOverItem, hand_over_parts
from hiring.enums import JobRole
from hiring.models import Job, JobMember
from hiring.operations.notifying import tell_assigned
from outbox.operations import record_event


class JobsPart:
    """What somebody does on jobs. Whoever takes over may be on one already: then they have both roles."""

    name = "hiring.jobs"
    title = gettext_lazy("Jobs they are on")

    def items(self, user: User) -> Sequence[HandOverItem]:
        roles = defaultdict(list)
        jobs: dict[int, Job] = {}
        members = JobMember.objects.filter(user=user).select_related("job")
        for member in members.order_by("job__title", "job_id", "role"):
            jobs[member.job_id] = member.job
            roles[member.job_id].append(str(JobRole(member.role).label))
        return [
            HandOverItem(
                title=job.title,
                detail=f"{', '.join(roles[pk])} · {job.get_status_display()}",
                url=reverse("hiring:job", args=[job.slug]),
            )
            for pk, job in jobs.items()
        ]

    @transaction.atomic
    def hand_over(self, user: User, to: User, by: Actor, now: datetime) -> int:
        moved: dict[int, list[str]] = defaultdict(list)
        for member in JobMember.objects.filter(user=user).order_by("job_id", "role"):
            taken = JobMember(job_id=member.job_id, user=to, role=member.role)
            JobMember.objects.bulk_create([taken], ignore_conflicts=True)
            if JobMember.objects.filter(pk=member.pk).delete()[0]:
                moved[member.job_id].append(member.role)
        jobs = {job.pk: job for job in Job.objects.filter(pk__in=moved)}
        for job_id, roles in moved.items():
            tell_assigned(jobs[job_id], [to.pk], by=by, now=now)
            record_event(
                kind="job.handed_over",
                by=by,
                now=now,
                about="hiring.job",
                about_id=job_id,
                data={"from": user.pk, "to": to.pk, "roles": roles},
            )
        return len(moved)


@transaction.atomic
def hand_over(*, user: User, to: User, by: Actor, now: datetime) -> dict[str, int]:
    """Let everything that the parts know of `user` be the work of `to`, and return how many things moved, by part.

    What was done until now stays whose it was in the history. Doing it twice moves nothing more.
    Raises `PermissionDenied` unless an administrator or the system asks, `ValidationError` keyed "to" for somebody who
    is not active, and for the same person.
    """
    if not by.has_role(Role.ADMINISTRATOR) or by.api_key is not None:
        raise PermissionDenied
    if user.pk == to.pk:
        raise ValidationError({"to": _("Choose somebody else: this is whose work it is.")})
    if not to.is_active:
        raise ValidationError({"to": _("%s does not sign in any more. Choose somebody else.") % to})
    moved = {part.name: part.hand_over(user, to, by, now) for part in hand_over_parts()}
    if any(moved.values()):
        record_event(
            kind="accounts.work_handed_over",
            by=by,
            now=now,
            about="accounts.user",
            about_id=user.pk,
            data={"to": to.pk, "moved": moved},
        )
    return moved
