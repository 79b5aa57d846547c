"""What would happen to a selection: who is invited or rejected, who is left out, and why. Writes nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from accounts.models import Actor
from accounts.rules import normalise_email
from assessments.enums import InvitationState, RetakeRefusal
from assessments.models import Assessment, Attempt, Invitation
from assessments.queries import refused_again, with_state
from candidates.models import CandidateEmail
from hiring.enums import ApplicationStatus
from hiring.models import Application, ApplicationAssessment, Job
from hiring.queries.access import sees_people_of
from hiring.queries.approvals import kept_out
from hiring.queries.elsewhere import taken_elsewhere
from hiring.queries.fates import UNSTARTED, InvitationsFate, invitations_fate
from hiring.rules import skip_text
from rendering.moments import exact_time

_CHUNK = 500
_OPEN = {InvitationState.WAITING, InvitationState.INVITED, InvitationState.STARTED}


@dataclass(frozen=True, slots=True)
class Skip:
    """Somebody who is left out, and why. `application` is None where the actor may not know it."""

    application_id: int
    application: Application | None
    code: str
    # From when on it would be possible, where that is known.
    allowed_at: datetime | None = None
    # What exactly it is about, where the code alone does not say.
    detail: str = ""

    @property
    def text(self) -> str:
        """Why, in words."""
        if self.detail:
            return f"{skip_text(self.code)}: {self.detail}"
        if self.allowed_at is None:
            return skip_text(self.code)
        words = _("%(why)s; again from %(moment)s")
        return words % {"why": skip_text(self.code), "moment": exact_time(self.allowed_at)}


@dataclass(frozen=True, slots=True)
class InvitePreview:
    """Who would be invited. `problem` says in words why nobody can be; empty otherwise."""

    assessment: Assessment
    will: list[Application]
    skipped: list[Skip]
    problem: str = ""
    # Who has a result by another application that counts here too, and is asked for no new one.
    reused: list[Application] = field(default_factory=list)
    # How many would be invited if they were let take the test once more, or are for that.
    again: int = 0


@dataclass(frozen=True, slots=True)
class RejectPreview:
    """Who would be rejected; of those, who would get a mail and who has no address."""

    will: list[Application]
    mailed: list[Application]
    unmailed: list[Application]
    skipped: list[Skip] = field(default_factory=list)
    fate: InvitationsFate = field(default_factory=InvitationsFate)


def selected(job: Job, application_ids: Iterable[int], actor: Actor) -> tuple[list[Application], list[Skip]]:
    """Return the applications of `job` among the ids, in their order, and a skip for each id that is not one of them.

    Ids that come twice count once. Applications have candidate, job and stage loaded, and the main address as
    `email`. Two queries for each 500, none for a job that is not the actor's to change.
    """
    ids = list(dict.fromkeys(application_ids))
    found: dict[int, Application] = {}
    if sees_people_of(actor, job):
        for start in range(0, len(ids), _CHUNK):
            part = Application.objects.filter(pk__in=ids[start : start + _CHUNK], job=job)
            found |= {row.pk: row for row in part.select_related("candidate", "job", "stage")}
            load_addresses([found[pk] for pk in ids[start : start + _CHUNK] if pk in found])
    missing = [Skip(pk, None, "not_yours") for pk in ids if pk not in found]
    return [found[pk] for pk in ids if pk in found], missing


def load_addresses(applications: Sequence[Application]) -> None:
    """Set the main address of each person as `email`; "" where there is none. One query."""
    rows = CandidateEmail.objects.filter(candidate__in=[row.candidate_id for row in applications])
    # The main address comes last and stays.
    addresses = dict(rows.order_by("is_primary", "-pk").values_list("candidate_id", "address"))
    for application in applications:
        application.email = addresses.get(application.candidate_id, "")  # type: ignore[attr-defined]


def invitation_states(
    applications: Sequence[Application], assessment: Assessment, *, now: datetime
) -> Mapping[int, set[str]]:
    """Return, by application, the states of its invitations to this test. One query for each 500."""
    states: dict[int, set[str]] = defaultdict(set)
    ids = [application.pk for application in applications]
    for start in range(0, len(ids), _CHUNK):
        links = ApplicationAssessment.objects.filter(application__in=ids[start : start + _CHUNK])
        invitations = Invitation.objects.filter(pk__in=links.values("invitation"))
        rows: QuerySet[Any] = with_state(invitations.filter(version__assessment=assessment), now)
        for application_id, state in rows.values_list("application_link__application_id", "state_now"):
            states[application_id].add(state)
    return states


def invitation_numbers(ids: Sequence[int], assessment: Assessment) -> Mapping[int, int]:
    """Return, by application id, which number its next invitation to this test has. One query for each 500."""
    numbers = dict.fromkeys(ids, 1)
    for start in range(0, len(ids), _CHUNK):
        rows = (
            ApplicationAssessment.objects.filter(
                application__in=ids[start : start + _CHUNK], invitation__version__assessment=assessment
            )
            .order_by()
            .values("application_id")
            .annotate(count=Count("pk"))
        )
        numbers |= {row["application_id"]: row["count"] + 1 for row in rows}
    return numbers


def why_not_invited(application: Application, states: Iterable[str], *, own_address: str = "") -> str:
    """Return why this application gets no invitation, as a code of `rules.SKIP_REASONS`; empty when it gets one."""
    here = set(states)
    candidate = application.candidate
    address = getattr(application, "email", "")
    checks = (
        (candidate.erased_at is not None, "erased"),
        (candidate.merged_into_id is not None, "merged"),
        (application.status != ApplicationStatus.ACTIVE, "not_active"),
        (not address, "no_address"),
        (bool(own_address) and normalise_email(address) == own_address, "own"),
        (bool(here & _OPEN), "already_invited"),
    )
    return next((code for holds, code in checks if holds), "")


# What the retake rule of a test says, as a code of `rules.SKIP_REASONS`.
_AGAIN = {RetakeRefusal.NO_MORE: "already_finished", RetakeRefusal.TOO_EARLY: "too_early"}


def why_not_again(
    applications: Sequence[Application], assessment: Assessment, *, now: datetime
) -> Mapping[int, Skip]:
    """Return, by application, whom the retake rule leaves out of a published test. One query for each 500."""
    version: Any = assessment.current_version
    refused = refused_again([row.candidate_id for row in applications], version, now=now)
    ruled = [(row, refused[row.candidate_id]) for row in applications if row.candidate_id in refused]
    return {row.pk: Skip(row.pk, row, _AGAIN[why.reason], why.allowed_at) for row, why in ruled}


@dataclass(frozen=True, slots=True)
class Need:
    """Of those who may be invited: who will be, whose result counts already, by application, and who is left out."""

    will: list[Application]
    results: Mapping[int, Attempt]
    skipped: list[Skip]


def who_needs_it(applications: Sequence[Application], assessment: Assessment, *, now: datetime) -> Need:
    """Return who of these has to take a published test. Four queries for each 500.

    A valid result by another application counts here too; an open invitation by one is waited for; for the rest the
    rule of the test about taking it again holds.
    """
    ruled = why_not_again(applications, assessment, now=now)
    there = taken_elsewhere(applications, assessment, now=now)
    need = Need([], there.results, [])
    for row in applications:
        if row.pk in there.results:
            continue
        if row.pk in there.invited:
            need.skipped.append(Skip(row.pk, row, "elsewhere"))
        elif row.pk in ruled:
            need.skipped.append(ruled[row.pk])
        else:
            need.will.append(row)
    return need


def cannot_invite(assessment: Assessment, *, now: datetime) -> str:
    """Return why nobody can be invited to this test, in words; empty when people can be."""
    if assessment.retired_at is not None:
        return _("The test “%s” is retired. Choose another one.") % assessment.name
    if assessment.current_version_id is None:
        return _("The test “%s” is not published. Publish it, then invite.") % assessment.name
    version: Any = assessment.current_version
    if version.closes_at is not None and version.closes_at <= now:
        return _("The test “%(name)s” closed on %(moment)s.") % {
            "name": assessment.name,
            "moment": exact_time(version.closes_at),
        }
    return ""


def own_address(actor: Actor) -> str:
    """Return the address an actor signs in with, as addresses are compared."""
    return normalise_email(actor.user.email) if actor.user is not None else ""


def preview_invites(
    *,
    job: Job,
    application_ids: Iterable[int],
    assessment: Assessment,
    actor: Actor,
    now: datetime,
    allow_again: bool = False,
) -> InvitePreview:
    """Return who of a selection would be invited to a test, and who not and why. A few queries for each 500.

    With `allow_again` those are invited too whom the retake rule alone leaves out, and those who have a result or an
    open invitation by another application; `again` counts them either way.
    """
    found, skipped = selected(job, application_ids, actor)
    problem = cannot_invite(assessment, now=now)
    if problem:
        return InvitePreview(assessment, [], skipped, problem)
    states = invitation_states(found, assessment, now=now)
    mine = own_address(actor)
    out = kept_out(actor, found, assessment)
    codes = {
        row.pk: why_not_invited(row, states.get(row.pk, ()), own_address=mine)
        or ("needs_approval" if row.pk in out else "")
        for row in found
    }
    skipped += [Skip(row.pk, row, codes[row.pk]) for row in found if codes[row.pk]]
    free = [row for row in found if not codes[row.pk]]
    need = who_needs_it(free, assessment, now=now)
    again = len(free) - len(need.will)
    if allow_again:
        return InvitePreview(assessment, free, skipped, again=again)
    reused = [row for row in free if row.pk in need.results]
    return InvitePreview(assessment, need.will, [*skipped, *need.skipped], reused=reused, again=again)


def why_not_rejected(application: Application, *, own_address: str = "") -> str:
    """Return why this application is not rejected with a selection, as a code; empty when it is."""
    address = normalise_email(getattr(application, "email", ""))
    if application.status == ApplicationStatus.REJECTED:
        return "already_rejected"
    if application.status not in ApplicationStatus.live:
        return "not_active"
    return "own" if own_address and address == own_address else ""


def preview_rejects(
    *, job: Job, application_ids: Iterable[int], actor: Actor, now: datetime
) -> RejectPreview:
    """Return who of a selection would be rejected, who of them would get a mail, and who is left out and why."""
    found, skipped = selected(job, application_ids, actor)
    will: list[Application] = []
    mine = own_address(actor)
    for application in found:
        code = why_not_rejected(application, own_address=mine)
        if code:
            skipped.append(Skip(application.pk, application, code))
        else:
            will.append(application)
    return RejectPreview(
        will=will,
        mailed=[row for row in will if may_be_mailed(row)],
        unmailed=[row for row in will if not may_be_mailed(row)],
        skipped=skipped,
        fate=invitations_fate([row.pk for row in will], now=now),
    )


def open_invitations(application_ids: Sequence[int], *, now: datetime) -> list[Invitation]:
    """Return the invitations of these applications that can still be started and were not. One query for each 500."""
    found: list[Invitation] = []
    for start in range(0, len(application_ids), _CHUNK):
        ties = ApplicationAssessment.objects.filter(application__in=application_ids[start : start + _CHUNK])
        rows: QuerySet[Any] = with_state(Invitation.objects.filter(pk__in=ties.values("invitation")), now)
        found += rows.filter(state_now__in=UNSTARTED).order_by("pk")
    return found


def may_be_mailed(application: Application) -> bool:
    """Whether there is somebody to write to."""
    return bool(getattr(application, "email", "")) and application.candidate.erased_at is None
