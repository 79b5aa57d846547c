"""Who of a selection would get another status, and who not and why. Writes nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from accounts.models import Actor
from accounts.rules import normalise_email
from hiring.enums import ApplicationStatus
from hiring.models import Application, Job
from hiring.queries.fates import InvitationsFate, invitations_fate
from hiring.queries.selections import Skip, own_address, selected
from hiring.rules import may_follow

_CHUNK = 500


@dataclass(frozen=True, slots=True)
class StatusPreview:
    """Who would get the status, who is left out, and what becomes of open invitations."""

    will: list[Application]
    skipped: list[Skip]
    fate: InvitationsFate


def preview_statuses(
    *,
    job: Job,
    application_ids: Iterable[int],
    to_status: ApplicationStatus,
    actor: Actor,
    now: datetime,
) -> StatusPreview:
    """Return who of a selection would get a status. A few queries for each 500."""
    found, skipped = selected(job, application_ids, actor)
    mine, beside = own_address(actor), beside_live(found, to_status)
    will: list[Application] = []
    for application in found:
        code = why_status_stays(application, to_status, own_address=mine, beside=beside)
        if code:
            skipped.append(Skip(application.pk, application, code))
        else:
            will.append(application)
    fate = InvitationsFate()
    if to_status != ApplicationStatus.ACTIVE:
        fate = invitations_fate([row.pk for row in will], now=now)
    return StatusPreview(will, skipped, fate)


def why_status_stays(
    application: Application,
    wanted: ApplicationStatus,
    *,
    own_address: str = "",
    beside: Collection[int] = (),
) -> str:
    """Return why an application does not get a status with many others, as a code of `rules.SKIP_REASONS`.

    `beside` are the people who could not be restored, because they have a live application for the job.
    """
    address = normalise_email(getattr(application, "email", ""))
    restored = wanted == ApplicationStatus.ACTIVE and application.status in ApplicationStatus.final
    checks = (
        (application.status == wanted, "already_so"),
        (application.status == ApplicationStatus.HIRED, "hired"),
        (not may_follow(application.status, wanted), "not_active"),
        (bool(own_address) and address == own_address, "own"),
        (restored and application.candidate_id in beside, "other_live"),
    )
    return next((code for holds, code in checks if holds), "")


def beside_live(applications: Sequence[Application], wanted: ApplicationStatus) -> set[int]:
    """Return which people of these applications have a live one for the same job. One query for each 500."""
    found: set[int] = set()
    if wanted != ApplicationStatus.ACTIVE or not applications:
        return found
    people = [row.candidate_id for row in applications if row.status in ApplicationStatus.final]
    for start in range(0, len(people), _CHUNK):
        live = Application.objects.filter(
            job=applications[0].job_id,
            candidate__in=people[start : start + _CHUNK],
            status__in=ApplicationStatus.live,
        )
        found |= set(live.values_list("candidate_id", flat=True))
    return found
