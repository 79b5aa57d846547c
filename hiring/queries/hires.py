"""Who of a selection would be hired, into which openings, and who not and why. Writes nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from accounts.models import Actor
from accounts.rules import normalise_email
from hiring.enums import ApplicationStatus
from hiring.models import Application, Job, Stage
from hiring.queries.fates import InvitationsFate, invitations_fate
from hiring.queries.jobs import current_stages
from hiring.queries.openings import free_openings
from hiring.queries.selections import Skip, own_address, selected
from hiring.rules import may_follow


@dataclass(frozen=True, slots=True)
class HirePreview:
    """Who would be hired, the numbers of the free openings, who is left out, what becomes of open invitations."""

    will: list[Application]
    openings: list[int]
    skipped: list[Skip]
    fate: InvitationsFate

    @property
    def too_few(self) -> bool:
        """Whether there are fewer openings than people: who of them goes without is for a person to say."""
        return len(self.openings) < len(self.will)

    @property
    def fills_all(self) -> bool:
        """Whether the last opening is filled with them, so that the job closes."""
        return len(self.openings) == len(self.will)


def preview_hires(*, job: Job, application_ids: Iterable[int], actor: Actor, now: datetime) -> HirePreview:
    """Return who of a selection would be hired. A few queries for each 500."""
    found, skipped = selected(job, application_ids, actor)
    last = last_stage(job)
    will: list[Application] = []
    for application in found:
        code = why_not_hired(application, last, actor=actor)
        if code:
            skipped.append(Skip(application.pk, application, code))
        else:
            will.append(application)
    openings = list(free_openings(job.pk).values_list("number", flat=True))
    return HirePreview(will, openings, skipped, invitations_fate([row.pk for row in will], now=now))


def last_stage(job: Job) -> Stage | None:
    """Return the stage from which people of a job are hired. One query."""
    stages = current_stages(job.pk)
    return stages[-1] if stages else None


def why_not_hired(application: Application, last: Stage | None, *, actor: Actor) -> str:
    """Return why an application is not hired with many others, as a code of `rules.SKIP_REASONS`; empty when it is."""
    mine, address = own_address(actor), normalise_email(getattr(application, "email", ""))
    referred = actor.user is not None and application.referred_by_id == actor.user.pk
    checks = (
        (application.status == ApplicationStatus.HIRED, "already_so"),
        (not may_follow(application.status, ApplicationStatus.HIRED), "not_active"),
        (bool(mine) and address == mine, "own"),
        (referred, "referred"),
        (last is not None and application.stage.position < last.position, "not_last_stage"),
    )
    return next((code for holds, code in checks if holds), "")
