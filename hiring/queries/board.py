"""The board of a job: its stages, each with how many people stand there and the first cards. It keeps nothing."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from django.db.models import Count, F, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from accounts.models import Actor
from accounts.registries import unveiled
from hiring.enums import ApplicationStatus, Capability, InterviewState, NextStep, StageActionState, WaitsFor
from hiring.models import Application, Approval, Interview, Job, Stage, StageAction
from hiring.queries.access import jobs_where
from hiring.queries.approvals import waiting_by_application
from hiring.queries.jobs import current_stages
from hiring.queries.rows import PersonRow, person_rows, tags_by_person
from hiring.rules import Standing, next_step, waits_for

# How many cards a stage begins with, and how many more come at a time.
CARDS = 20
TAGS_SHOWN = 3
# What a colleague is remembered to have looked at the people of a job as, among the choices of their lists.
VIEW, BOARD = "people", "board"

_MOMENT = "%Y%m%d%H%M%S%f"
_AFTER = re.compile(r"(?P<moment>[0-9]{20})-(?P<who>[-\w]{1,16})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Card:
    """What the board shows of an application. `row` says who, how long here and what became of the test."""

    row: PersonRow
    step: NextStep
    tags: tuple[str, ...]
    # The approval that somebody asked for and that was not decided yet.
    approval: Approval | None = None

    @property
    def waits_for(self) -> WaitsFor:
        """Who is waited for until the next step is done."""
        return waits_for(self.step)

    @property
    def first_tags(self) -> tuple[str, ...]:
        return self.tags[:TAGS_SHOWN]

    @property
    def more_tags(self) -> tuple[str, ...]:
        return self.tags[TAGS_SHOWN:]


@dataclass(frozen=True, slots=True)
class BoardColumn:
    """A stage, how many people stand there, and the first of them.

    `over_target` counts active people alone. `after` is where the rest begins, "" where there is none.
    """

    stage: Stage
    active: int = 0
    on_hold: int = 0
    over_target: int = 0
    median_days: int | None = None
    cards: tuple[Card, ...] = ()
    after: str = ""

    @property
    def count(self) -> int:
        """Everybody who stands there."""
        return self.active + self.on_hold


def job_board(
    job: Job,
    actor: Actor,
    *,
    now: datetime,
    people: QuerySet[Application] | None = None,
    per_stage: int = CARDS,
) -> list[BoardColumn]:
    """Return the stages in use with the live people of each, longest waiting first, at most `per_stage` cards.

    Arguments: `people` narrows them down (already what the actor may see, without columns); everybody when left out.
    Four queries and those of `cards_of`, however many people.
    """
    live = live_people(job, actor, people)
    stages = current_stages(job.pk)
    numbers = _numbers(live, stages, now)
    first, middles = _places(live, numbers, per_stage)
    rows = Application.objects.filter(pk__in=first).select_related("candidate", "stage")
    cards: dict[int, list[Card]] = defaultdict(list)
    for card in cards_of(rows.order_by("stage_entered_at", "pk"), actor, now=now):
        cards[card.row.application.stage_id].append(card)
    return [
        _column(stage, numbers.get(stage.pk), middles[stage.pk], cards[stage.pk], per_stage, now)
        for stage in stages
    ]


def shown_as_board(actor: Actor, jobs: Iterable[Job]) -> frozenset[int]:
    """Return the ids of those of `jobs` whose people the actor sees and likes to see on the board, as they chose
    there. One query for whoever did.
    """
    chosen = actor.user.list_columns if actor.user is not None else {}
    if not isinstance(chosen, dict) or chosen.get(VIEW) != [BOARD]:
        return frozenset()
    seen = jobs_where(actor, Capability.SEE).filter(pk__in=[job.pk for job in jobs])
    return frozenset(seen.values_list("pk", flat=True))


def live_people(job: Job, actor: Actor, people: QuerySet[Application] | None = None) -> QuerySet[Application]:
    """Return who of `people` (else of all whom the actor sees) stands on the board of a job. Lazy."""
    rows = Application.objects.all().visible_to(actor) if people is None else people
    return rows.filter(job=job, status__in=ApplicationStatus.live).order_by()


def board_heads(stages: Sequence[Stage], live: QuerySet[Application], *, now: datetime) -> list[BoardColumn]:
    """Return columns without cards and median: how many of `live` stand at each of `stages`. One query."""
    numbers = _numbers(live.filter(stage__in=[stage.pk for stage in stages]), stages, now)
    return [BoardColumn(stage, *numbers.get(stage.pk, (0, 0, 0))) for stage in stages]


def board_part(
    stage: Stage,
    actor: Actor,
    live: QuerySet[Application],
    *,
    after: str,
    now: datetime,
    per_stage: int = CARDS,
) -> BoardColumn:
    """Return the next cards of a stage, from `after` on, without its numbers. Two queries and those of `cards_of`.

    Whoever was moved meanwhile is skipped or comes last: nobody is shown twice for it, and nobody is left out.
    Raises `ValueError` for an `after` that no column said.
    """
    rows = _from(live.filter(stage=stage), after).select_related("candidate", "stage")
    found = list(rows.order_by("stage_entered_at", "pk")[: per_stage + 1])
    cards = cards_of(found[:per_stage], actor, now=now)
    return BoardColumn(
        stage, cards=tuple(cards), after=_cursor(found[per_stage - 1]) if len(found) > per_stage else ""
    )


def ahead_of(application: Application, live: QuerySet[Application]) -> str:
    """Return the code of whoever of `live` stands right before somebody in their column, "" for none. One query."""
    since = application.stage_entered_at
    waits_longer = Q(stage_entered_at__lt=since) | Q(stage_entered_at=since, pk__lt=application.pk)
    rows = live.filter(waits_longer, stage=application.stage_id).order_by("-stage_entered_at", "-pk")
    return rows.values_list("public_id", flat=True).first() or ""


def _numbers(
    live: QuerySet[Application], stages: Iterable[Stage], now: datetime
) -> dict[int, tuple[int, int, int]]:
    """Active, on hold and over target, by stage."""
    late = Q(pk__in=[])
    for stage in stages:
        if stage.target_days is not None:
            late |= Q(stage=stage.pk, stage_entered_at__lt=now - timedelta(days=stage.target_days))
    rows = live.values("stage").annotate(
        active=Count("pk", filter=Q(status=ApplicationStatus.ACTIVE)),
        on_hold=Count("pk", filter=Q(status=ApplicationStatus.ON_HOLD)),
        late=Count("pk", filter=Q(status=ApplicationStatus.ACTIVE) & late),
    )
    return {row["stage"]: (row["active"], row["on_hold"], row["late"]) for row in rows}


def _places(
    live: QuerySet[Application], numbers: Mapping[int, tuple[int, int, int]], per_stage: int
) -> tuple[list[int], Mapping[int, list[datetime]]]:
    """The ids of the first of each stage, and since when the one or two in the middle of each have been there."""
    wanted = Q(place__lte=per_stage)
    middle: dict[int, Collection[int]] = {}
    for stage_id, (active, on_hold, _late) in numbers.items():
        count = active + on_hold
        middle[stage_id] = {(count + 1) // 2, count // 2 + 1}
        wanted |= Q(stage=stage_id, place__in=middle[stage_id])
    place = Window(RowNumber(), partition_by="stage", order_by=[F("stage_entered_at").asc(), F("pk").asc()])
    first: list[int] = []
    middles: dict[int, list[datetime]] = defaultdict(list)
    ranked = live.annotate(place=place).filter(wanted)
    for pk, stage_id, number, entered_at in ranked.values_list("pk", "stage", "place", "stage_entered_at"):
        if number <= per_stage:
            first.append(pk)
        if number in middle.get(stage_id, ()):
            middles[stage_id].append(entered_at)
    return first, middles


def _column(
    stage: Stage,
    numbers: tuple[int, int, int] | None,
    middle: Sequence[datetime],
    cards: Sequence[Card],
    per_stage: int,
    now: datetime,
) -> BoardColumn:
    active, on_hold, over_target = numbers or (0, 0, 0)
    waited = [now - moment for moment in middle]
    has_more = active + on_hold > per_stage and len(cards) >= per_stage
    return BoardColumn(
        stage,
        active,
        on_hold,
        over_target,
        max(0, (sum(waited, timedelta()) / len(waited)).days) if waited else None,
        tuple(cards),
        _cursor(cards[-1].row.application) if has_more else "",
    )


def _cursor(application: Application) -> str:
    """Where a column goes on after this card. Says no number of a row."""
    return f"{application.stage_entered_at.astimezone(UTC).strftime(_MOMENT)}-{application.public_id}"


def _from(rows: QuerySet[Application], after: str) -> QuerySet[Application]:
    if not after:
        return rows
    said = _AFTER.fullmatch(after)
    if said is None:
        raise ValueError(after)
    entered_at = datetime.strptime(said["moment"], _MOMENT).replace(tzinfo=UTC)
    last = Application.objects.filter(public_id=said["who"]).values_list("pk", flat=True).first()
    if last is None:
        raise ValueError(after)
    beyond = Q(stage_entered_at__gt=entered_at) | Q(pk__gt=last)
    return rows.filter(beyond, stage_entered_at__gte=entered_at)


def cards_of(applications: Iterable[Application], actor: Actor, *, now: datetime) -> list[Card]:
    """Return the cards of `applications` (already what the actor may see, with candidate and stage), in their order.

    Seven queries, however many.
    """
    rows = person_rows(applications, actor, now=now)
    ids = [row.application.pk for row in rows]
    if not ids:
        return []
    tags = tags_by_person(rows)
    approvals = waiting_by_application(ids, actor)
    steps = _steps(rows, approvals, actor)
    return [
        Card(
            row,
            steps[row.application.pk],
            tuple(tags[row.application.candidate_id]),
            approvals.get(row.application.pk),
        )
        for row in rows
    ]


def with_steps(rows: Sequence[PersonRow], actor: Actor) -> list[PersonRow]:
    """Return the rows with what comes next, as the cards of the board say it. Three queries."""
    steps = _steps(rows, waiting_by_application([row.application.pk for row in rows], actor), actor)
    return [replace(row, step=steps[row.application.pk]) for row in rows]


def _steps(rows: Sequence[PersonRow], approvals: Container[int], actor: Actor) -> Mapping[int, NextStep]:
    """What comes next, by application. Two queries."""
    ids = [row.application.pk for row in rows]
    # Whoever sees an application sees what its stages do: only what hides some of it is asked.
    waiting = (StageActionState.WAITING, StageActionState.FAILED)
    actions = unveiled(StageAction.objects.filter(application__in=ids, state__in=waiting), actor)
    # At which stage something waits or has failed: what an earlier stage wanted is over.
    states = set(actions.values_list("application", "stage", "state"))
    asked = unveiled(Interview.objects.filter(application__in=ids, state=InterviewState.ASKED), actor)
    interviews = set(asked.values_list("application", "stage"))
    return {row.application.pk: next_step(_standing(row, states, interviews, approvals)) for row in rows}


def _standing(
    row: PersonRow,
    states: Collection[tuple[int, int, str]],
    interviews: Collection[tuple[int, int]],
    approvals: Container[int],
) -> Standing:
    application, test = row.application, row.test
    place = (application.pk, application.stage_id)
    return Standing(
        status=application.status,
        stage_kind=application.stage.kind,
        wants_test=application.stage.assessment_id is not None,
        test_state=test.state if test else "",
        outcome=test.outcome if test else "",
        is_test_here=test is not None and test.stage_id == application.stage_id,
        has_failed_mail=test is not None and test.has_failed_mail,
        has_failed_action=(*place, StageActionState.FAILED) in states,
        has_waiting_action=(*place, StageActionState.WAITING) in states,
        has_interview=place in interviews,
        has_approval=application.pk in approvals,
    )
