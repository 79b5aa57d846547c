"""Approvals: who may give one, which wait, and for whom."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import F, Q, QuerySet

from accounts.enums import Role
from accounts.models import Actor, User
from accounts.registries import roles_with, unveiled
from accounts.rules import normalise_email
from assessments.models import Assessment
from candidates.models import CandidateEmail
from hiring.enums import ApprovalState, Capability, Verdict
from hiring.models import Application, Approval, Job, JobMember, Recommendation, Stage
from hiring.queries.access import jobs_where, may
from hiring.queries.jobs import test_stage
from hiring.queries.rows import PersonRow, person_rows
from hiring.rules import UNDO_FOR

_FOR: Final = frozenset({Verdict.STRONG_YES, Verdict.YES})


def approves(actor: Actor, job: Job) -> bool:
    """Whether the actor approves who comes to stages of `job`. Rules and other programs never do, they ask."""
    return not actor.is_system and may(actor, Capability.APPROVE, job)


def lets_in(actor: Actor, application: Application) -> bool:
    """Whether the actor may approve where this application goes: never their own, nor that of whom they referred."""
    if actor.user is None or application.referred_by_id == actor.user.pk:
        return False
    return approves(actor, application.job) and application.candidate_id not in _own(actor)


def whom_one_lets_in(
    actor: Actor, job: Job, applications: Sequence[Application]
) -> tuple[list[Application], list[Application]]:
    """Part applications of `job`: whom the actor may let into a stage which needs an approval, and the others.

    Three queries at most, however many.
    """
    if actor.user is None or not approves(actor, job):
        return [], list(applications)
    own = set(_own(actor))
    mine = [row.candidate_id in own or row.referred_by_id == actor.user.pk for row in applications]
    rows = list(zip(applications, mine, strict=True))
    return [row for row, is_mine in rows if not is_mine], [row for row, is_mine in rows if is_mine]


def kept_out(actor: Actor, applications: Sequence[Application], assessment: Assessment) -> frozenset[int]:
    """Return which of these applications of one job cannot be invited to a test, because the stage that asks for it
    needs an approval which the actor does not give. One query, more only for such a stage.
    """
    stage = test_stage(applications[0].job_id, assessment) if applications else None
    if stage is None or not stage.needs_approval:
        return frozenset()
    behind = [row for row in applications if row.stage.position < stage.position]
    _let_in, others = whom_one_lets_in(actor, applications[0].job, behind)
    return frozenset(row.pk for row in others)


def _own(actor: Actor) -> Any:
    """The candidates that the actor is themselves."""
    if actor.user is None:
        return []
    mine = CandidateEmail.objects.filter(normalised=normalise_email(actor.user.email))
    return list(mine.values_list("candidate_id", flat=True))


def approvers(job: Job, actor: Actor, *, without: Iterable[int | None] = ()) -> QuerySet[User]:
    """Return the colleagues who approve for `job`, by name: those on the job whose role may, else administrators.

    Lazy after one query. `actor` is only asked for the rules of the installation. `without` are those who asked or
    referred the person.
    """
    others = [pk for pk in without if pk is not None]
    roles = roles_with(Capability.APPROVE, actor)
    members = JobMember.objects.filter(job=job, role__in=list(roles)).values("user")
    found: QuerySet[User] = User.objects.filter(is_active=True).exclude(pk__in=others)
    on_job = found.filter(pk__in=members).order_by("full_name", "pk")
    if on_job.exists():
        return on_job
    administrators = Q(is_superuser=True) | Q(groups__name=Role.ADMINISTRATOR)
    all_administrators = User.objects.filter(administrators).values("pk")
    return found.filter(pk__in=all_administrators).order_by("full_name", "pk")


def waiting_approvals(actor: Actor) -> QuerySet[Approval]:
    """Return the approvals that wait for the actor's own word, longest first, with what a list shows. Lazy.

    Not those that they asked for themselves, about themselves or about whom they referred.
    """
    if actor.user is None:
        return Approval.objects.none()
    rows = Approval.objects.filter(
        state=ApprovalState.WAITING, application__job__in=jobs_where(actor, Capability.APPROVE).values("pk")
    )
    own = CandidateEmail.objects.filter(normalised=normalise_email(actor.user.email)).values("candidate")
    return (
        rows.visible_to(actor)
        .exclude(asked_by=actor.user)
        .exclude(application__referred_by=actor.user)
        .exclude(application__candidate__in=own)
        .select_related(
            "stage", "asked_by", "application__candidate", "application__job", "application__stage"
        )
        .order_by("asked_at", "pk")
    )


def approved_just_now(actor: Actor, *, now: datetime) -> QuerySet[Approval]:
    """Return what the actor approved some seconds ago and can take back, since nothing happened after it. Lazy."""
    if actor.user is None:
        return Approval.objects.none()
    given = Approval.objects.filter(
        state=ApprovalState.APPROVED,
        decided_by=actor.user,
        decided_at__gte=now - UNDO_FOR,
        asked_at__isnull=False,
        transition_number=F("application__version"),
    )
    return (
        given.visible_to(actor).select_related("stage", "application__candidate").order_by("asked_at", "pk")
    )


def waiting_by_application(ids: Sequence[int], actor: Actor) -> Mapping[int, Approval]:
    """Return what waits of applications that the actor sees, by application. One query."""
    rows = Approval.objects.filter(application__in=ids, state=ApprovalState.WAITING).select_related("stage")
    return {row.application_id: row for row in unveiled(rows, actor)}


def approvals_of(application: Application, actor: Actor) -> list[Approval]:
    """Return every approval of an application that the actor sees, newest first. One query."""
    rows = Approval.objects.filter(application=application).select_related("stage", "asked_by", "decided_by")
    return list(unveiled(rows, actor).order_by("-pk"))


@dataclass(frozen=True, slots=True)
class WaitingHere:
    """What waits on the page of an application: by whose word, and what the actor may do about it."""

    approval: Approval
    approvers: tuple[User, ...]
    may_decide: bool
    may_withdraw: bool


def waiting_here(
    application: Application, actor: Actor, approvals: Sequence[Approval], *, may_move: bool
) -> WaitingHere | None:
    """Return the one of `approvals` that waits, None when none does. A few queries where one does."""
    found = next((row for row in approvals if row.state == ApprovalState.WAITING), None)
    if found is None:
        return None
    asked_by_me = actor.user is not None and found.asked_by_id == actor.user.pk
    return WaitingHere(
        found,
        tuple(approvers(application.job, actor, without=(found.asked_by_id, application.referred_by_id))),
        may_decide=not asked_by_me and lets_in(actor, application),
        may_withdraw=may_move or asked_by_me,
    )


def asks_first(actor: Actor, application: Application, stages: Sequence[Stage]) -> frozenset[int]:
    """Return at which of `stages` the actor has to ask first. No query where none needs an approval."""
    needing = frozenset(stage.pk for stage in stages if stage.needs_approval)
    return needing if needing and not lets_in(actor, application) else frozenset()


@dataclass(frozen=True, slots=True)
class ApprovalRow:
    """A line of the list of those who wait: what was asked, and what speaks for and against it.

    `for_them` and `against` count the latest recommendation of each colleague.
    """

    approval: Approval
    person: PersonRow
    for_them: int
    against: int


def approval_rows(approvals: Iterable[Approval], actor: Actor, *, now: datetime) -> list[ApprovalRow]:
    """Prepare what waits, with application, person, job and stages loaded, for a list. Four queries, however many."""
    shown = list(approvals)
    people = person_rows([row.application for row in shown], actor, now=now)
    said = unveiled(
        Recommendation.objects.filter(application__in=[row.application_id for row in shown]), actor
    )
    latest: dict[tuple[int, object], str] = {}
    for pk, application_id, by_id, verdict in said.order_by("at", "pk").values_list(
        "pk", "application", "by", "verdict"
    ):
        latest[application_id, by_id or f"somebody {pk}"] = verdict
    tally = Counter((key[0], verdict in _FOR) for key, verdict in latest.items())
    return [
        ApprovalRow(row, person, tally[row.application_id, True], tally[row.application_id, False])
        for row, person in zip(shown, people, strict=True)
    ]
