"""What somebody sees first: what waits for them, their jobs, the latest results."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from django.db.models import Count, F, QuerySet, Window
from django.db.models.functions import RowNumber
from django.utils.translation import gettext as _

from accounts.enums import Role
from accounts.models import Actor
from assessments.enums import InvitationState
from assessments.models import Invitation
from assessments.queries import open_problems, waiting_accommodations, with_state
from assessments.queries.regrading import open_regrades
from candidates.models import Candidate
from hiring.enums import ApplicationStatus, TestOutcome
from hiring.models import Application, ApplicationAssessment, Job
from hiring.queries.access import sees_people
from hiring.queries.application_tests import latest_results
from hiring.queries.approvals import waiting_approvals
from hiring.queries.funnel import EVER, Funnel, Period, funnel
from hiring.queries.jobs import JobRow, jobs_by_stage, my_jobs, stages_in_use
from hiring.queries.replies import answers_to_read
from hiring.queries.undelivered import undelivered_mail
from hiring.queries.waiting import ageing, results_waiting
from questions.enums import Weight
from questions.queries import open_findings
from questions.queries.reviews import sent_back_to, waiting_reviews

ROWS: Final = 5
# So many of those who wait are named.
NAMED: Final = 3
# Whoever is on more jobs finds the others in the list of jobs.
JOBS_SHOWN: Final = 24


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something that waits for a person. `code` says what, for the link; `names` are those of the first people it is
    about, none where it is about questions.
    """

    code: str
    title: str
    count: int
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StartPage:
    """The start page: what waits, the newest jobs with their people by stage and how many more there are, the latest
    results.
    """

    waiting: tuple[Waiting, ...]
    jobs: tuple[JobRow, ...]
    more_jobs: int
    results: tuple[ApplicationAssessment, ...]


@dataclass(frozen=True, slots=True)
class Dashboard:
    """The manager's page: jobs by stage, the funnel, who has waited longest, the latest results."""

    period: Period
    jobs: tuple[JobRow, ...]
    funnel: Funnel
    ageing: tuple[Application, ...]
    ageing_count: int
    results: tuple[ApplicationAssessment, ...]
    results_waiting: int


def start_page(actor: Actor, *, now: datetime) -> StartPage:
    """Return what the actor's start page shows; only what waits, nothing with a count of nought.

    The number of queries does not depend on how many rows there are.
    """
    jobs = my_jobs(actor)
    results: tuple[ApplicationAssessment, ...] = ()
    if sees_people(actor):
        results = latest_results(actor, count=ROWS)
    return StartPage(
        waiting=tuple(item for item in _waiting(actor, now) if item.count),
        jobs=tuple(jobs_by_stage(jobs[:JOBS_SHOWN], actor, now=now)),
        more_jobs=max(0, len(jobs) - JOBS_SHOWN),
        results=results,
    )


def dashboard(
    actor: Actor, *, now: datetime, period: Period = EVER, job: Job | None = None, rows: int = 10
) -> Dashboard:
    """Return the dashboard of one job or of all that the actor sees and that are not closed.

    The number of queries does not depend on how many rows there are.
    """
    jobs = [job] if job is not None else my_jobs(actor)
    longest = ageing(actor, now=now, job=job, over_target_only=False)
    stages = stages_in_use(job.pk for job in jobs)
    by_stage = tuple(jobs_by_stage(jobs, actor, now=now, stages=stages))
    return Dashboard(
        period=period,
        jobs=by_stage,
        funnel=funnel(actor, period=period, job=job, jobs=None if job is not None else jobs, stages=stages),
        ageing=tuple(longest[:rows]),
        ageing_count=sum(row.over_target for row in by_stage),
        results=latest_results(actor, job=job, count=rows),
        results_waiting=results_waiting(actor, job=job).order_by().count(),
    )


@dataclass(frozen=True, slots=True)
class _Found:
    """What waits, with the ids of the first people that it is about."""

    code: str
    title: str
    count: int = 0
    people: tuple[int, ...] = ()


def _waiting(actor: Actor, now: datetime) -> list[Waiting]:
    asked_for = (
        *_requests(actor),
        _first(
            "approvals", _("Waiting for your approval"), waiting_approvals(actor), "application__candidate"
        ),
        *_results(actor),
        _first("expired", _("Invitations that ran out"), expired_invitations(actor, now=now), "candidate"),
        _late(actor, now),
    )
    # Whoever sees that somebody waits sees their name.
    people = Candidate.objects.only("full_name", "public_id").in_bulk(
        {person for found in asked_for for person in found.people}
    )
    named = [
        Waiting(
            found.code,
            found.title,
            found.count,
            tuple(str(people[person]) for person in found.people if person in people),
        )
        for found in asked_for
    ]
    return [*_mail(actor), *named, *_regrades(actor), *_questions(actor)]


def _first(code: str, title: str, rows: QuerySet[Any], person: str) -> _Found:
    """How many there are, and who the first are. One query, without what a list shows of each."""
    found = list(rows.annotate(of=Window(Count("pk"))).values_list("of", person)[:NAMED])
    return _Found(code, title, found[0][0], tuple(pk for _of, pk in found)) if found else _Found(code, title)


def _late(actor: Actor, now: datetime) -> _Found:
    """Those who are at their stage for too long. Two queries: whose applications they are stands in no index, and there
    may be very many.
    """
    title = _("At their stage for longer than planned")
    found = _first("ageing", title, ageing(actor, now=now), "pk")
    whose = dict(Application.objects.filter(pk__in=found.people).values_list("pk", "candidate"))
    return replace(found, people=tuple(whose[row] for row in found.people if row in whose))


def _mail(actor: Actor) -> Sequence[Waiting]:
    answers, undelivered = answers_to_read(actor), undelivered_mail(actor)
    return [
        _addressed("answers", _("Answers of candidates"), answers, "answers__to_name", "from_address"),
        _addressed("mail", _("Mail that did not arrive"), undelivered, "to_name", "to_address"),
    ]


def _addressed(code: str, title: str, rows: QuerySet[Any], name: str, address: str) -> Waiting:
    found = list(rows.annotate(of=Window(Count("pk"))).values_list("of", name, address)[:NAMED])
    return Waiting(
        code, title, found[0][0] if found else 0, tuple(name or address for _of, name, address in found)
    )


def _results(actor: Actor) -> list[_Found]:
    """Results that wait for a person, by what they are, those that wait longest first. One query."""
    titles = {
        TestOutcome.BORDERLINE.value: _("Borderline results"),
        TestOutcome.BELOW.value: _("Below the line"),
        TestOutcome.VOID.value: _("Without a valid result"),
    }
    of_outcome: dict[str, Any] = {"partition_by": F("outcome")}
    placed = results_waiting(actor).annotate(
        of=Window(Count("pk"), **of_outcome),
        place=Window(RowNumber(), **of_outcome, order_by=["applied_at", "pk"]),
    )
    found: dict[str, _Found] = {code: _Found(code, title) for code, title in titles.items()}
    first = placed.filter(place__lte=NAMED).values_list("outcome", "of", "application__candidate")
    for code, count, person in first:
        found[code] = replace(found[code], count=count, people=(*found[code].people, person))
    return list(found.values())


def expired_invitations(actor: Actor, *, now: datetime, job: Job | None = None) -> QuerySet[Invitation]:
    """Return invitations that ran out unstarted, of applications still active at that stage; newest first. Lazy."""
    # Whoever sees the application sees its invitation. Conditions on what is loaded anyway: another way to the same
    # rows would be more tables than PostgreSQL puts in order.
    over = Invitation.objects.filter(
        application_link__outcome=TestOutcome.PENDING,
        application_link__application__status=ApplicationStatus.ACTIVE,
        application_link__application__stage=F("application_link__stage"),
        application_link__application__in=Application.objects.all().visible_to(actor).values("pk"),
        expires_at__lt=now,
        revoked_at=None,
    )
    if job is not None:
        over = over.filter(application_link__application__job=job)
    with_states: QuerySet[Any] = with_state(over, now)
    return (
        with_states.filter(state_now=InvitationState.EXPIRED)
        .select_related("candidate", "version__assessment", "application_link__application__job")
        .order_by("-expires_at", "-pk")
    )


def _requests(actor: Actor) -> list[_Found]:
    if not actor.has_role(Role.RECRUITER, Role.ADMINISTRATOR):
        return []
    title = _("Asked for more time or another format")
    return [_first("requests", title, waiting_accommodations(actor), "invitation__candidate")]


def _regrades(actor: Actor) -> list[Waiting]:
    if not actor.has_role(Role.RECRUITER, Role.ADMINISTRATOR):
        return []
    return [Waiting("regrades", _("Mended keys that change marks"), open_regrades(actor).count())]


def _questions(actor: Actor) -> list[Waiting]:
    if not actor.has_role(Role.QUESTION_AUTHOR, Role.ADMINISTRATOR):
        return []
    errors = open_findings(actor).filter(weight=Weight.ERROR, question__isnull=False)
    return [
        Waiting("questions", _("Questions to review"), waiting_reviews(actor).count()),
        Waiting("sent_back", _("Questions sent back to you"), sent_back_to(actor).count()),
        Waiting("findings", _("Questions with errors"), errors.values("question").distinct().count()),
        Waiting("problems", _("Problems reported with questions"), open_problems(actor).count()),
    ]
