"""Which jobs a program's key is limited to."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.enums import Role, Scope
from accounts.models import Actor, ApiKey, User
from accounts.operations import create_api_key
from hiring.models import ApiKeyJob, Job
from outbox.operations import record_event


@transaction.atomic
def limit_key(*, key: ApiKey, jobs: Iterable[Job], by: Actor, now: datetime) -> None:
    """Limit `key` to exactly `jobs`; none of them means no limit but its owner's.

    Raises: `PermissionDenied` unless its owner, an administrator or the system asks; `ValidationError` keyed
    "jobs" for a job that the owner does not see.
    """
    if by.api_key is not None or not (
        by.has_role(Role.ADMINISTRATOR) or (by.user and by.user.pk == key.owner_id)
    ):
        raise PermissionDenied(_("Only the owner of a key and administrators can change it."))
    wanted = {job.pk for job in jobs}
    seen = set(
        Job.objects.filter(pk__in=wanted).visible_to(Actor.of_user(key.owner)).values_list("pk", flat=True)
    )
    if wanted - seen:
        raise ValidationError({"jobs": _("Choose jobs that the owner of the key is a member of.")})
    ApiKeyJob.objects.filter(api_key=key).exclude(job__in=wanted).delete()
    ApiKeyJob.objects.bulk_create(
        [ApiKeyJob(api_key=key, job_id=pk) for pk in sorted(wanted)], ignore_conflicts=True
    )
    key.__dict__.pop("_job_limits", None)
    record_event(
        kind="api_key.limited",
        by=by,
        now=now,
        about="accounts.apikey",
        about_id=key.pk,
        data={"jobs": sorted(wanted)},
    )


@transaction.atomic
def create_limited_key(
    *,
    name: str,
    owner: User,
    scopes: Iterable[Scope],
    expires_at: datetime,
    jobs: Iterable[Job],
    by: Actor,
    now: datetime,
) -> tuple[ApiKey, str]:
    """Make a key that is limited to `jobs` from its first moment on and return it with its token, shown once.

    Raises: as `accounts.operations.create_api_key` and `limit_key`.
    """
    key, token = create_api_key(name=name, owner=owner, scopes=scopes, expires_at=expires_at, by=by, now=now)
    limit_key(key=key, jobs=jobs, by=by, now=now)
    return key, token
