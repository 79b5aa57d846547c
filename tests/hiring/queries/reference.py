"""Reports computed slowly and plainly from the history alone, and histories to compare with."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from accounts.models import Actor
from hiring import operations
from hiring.enums import ApplicationStatus, Cohort, JobStatus, Source, StageKind, TransitionCause
from hiring.models import Application, ApplicationTransition, Job, RejectionReason, Stage
from hiring.operations import HiringRefused
from hiring.queries import current_stages
from hiring.queries.funnel import Period
from hiring.rules import StageDraft
from tests.factories.accounts import NOW, make_administrator
from tests.factories.hiring import make_application, make_job, make_reason

_MICROSECOND = timedelta(microseconds=1)
_FINAL = ("rejected", "withdrawn", "hired")
_KINDS = [kind.value for kind in StageKind]

Table = dict[str, dict[str, Any]]


# --- What happened ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Stay:
    """That an application stood at a stage, and the move that ended it."""

    stage: Stage
    came: datetime
    left: datetime
    move: ApplicationTransition


@dataclass(frozen=True)
class Told:
    """An application with all that happened to it and was not undone."""

    application: Application
    moves: Sequence[ApplicationTransition]
    stays: Sequence[Stay]
    # Those of its job that are in use, in order; and all there ever were, each before the one that took its place.
    stages: Sequence[Stage]
    every_stage: Sequence[int]

    @property
    def furthest(self) -> int:
        return max(move.to_stage.position for move in self.moves)

    @property
    def is_hired(self) -> bool:
        return self.application.status == "hired"

    def days_to_hire(self) -> float:
        return (self.hired_at() - self.application.applied_at).total_seconds() / 86_400

    def hired_at(self) -> datetime:
        return [move.at for move in self.moves if move.to_status == "hired" != move.from_status][-1]


def tell(applications: Sequence[Application]) -> list[Told]:
    """Read the history of each from its first move to its last."""
    rows = ApplicationTransition.objects.filter(application__in=applications)
    by_application: dict[int, list[ApplicationTransition]] = defaultdict(list)
    for row in rows.select_related("from_stage", "to_stage").order_by("number"):
        by_application[row.application_id].append(row)
    told = []
    every_stage: dict[int, list[Stage]] = defaultdict(list)
    for stage in Stage.objects.order_by("pk"):
        every_stage[stage.job_id].append(stage)
    for stages in every_stage.values():
        stages.sort(key=lambda stage: (stage.position, stage.retired_at is None, stage.retired_at or NOW))
    for application in applications:
        stages = every_stage[application.job_id]
        every = by_application[application.pk]
        undone = {row.undoes_id for row in every}
        moves = [row for row in every if row.pk not in undone and row.undoes_id is None]
        in_use = [stage for stage in stages if stage.retired_at is None]
        told.append(Told(application, moves, list(_stays(moves)), in_use, [stage.pk for stage in stages]))
    return told


def _stays(moves: Sequence[ApplicationTransition]) -> Iterator[Stay]:
    came = moves[0].at
    for move in moves[1:]:
        if move.from_status in _FINAL:
            came = move.at  # restored
        elif move.to_stage_id != move.from_stage_id or move.to_status in _FINAL:
            yield Stay(move.from_stage, came, move.at, move)
            came = move.at


def _is_in(moment: datetime, period: Period) -> bool:
    return (period.start is None or period.start <= moment) and (period.end is None or moment < period.end)


def of_cohort(told: Sequence[Told], cohort: Cohort, period: Period) -> list[Told]:
    if cohort == Cohort.APPLIED:
        return [each for each in told if _is_in(each.application.applied_at, period)]
    return [
        each
        for each in told
        if any(
            _is_in(stay.left, period) and stay.move.cause != TransitionCause.STAGE_RETIRED
            for stay in each.stays
        )
    ]


def _leavings(told: Sequence[Told], cohort: Cohort, period: Period) -> list[tuple[Told, Stay]]:
    if cohort == Cohort.APPLIED:
        return [(each, stay) for each in of_cohort(told, cohort, period) for stay in each.stays]
    return [(each, stay) for each in told for stay in each.stays if _is_in(stay.left, period)]


def _key_of(job: Job | None) -> Callable[[Stage], str]:
    return lambda stage: str(stage.pk) if job is not None else str(stage.kind)


def wrong_stays() -> list[ApplicationTransition]:
    """Return the transitions that say something else of the stay that they ended than the history does."""
    wrong = []
    for each in tell(list(Application.objects.select_related("job", "stage").order_by("pk"))):
        said: dict[int, tuple[object, ...]] = {}
        for number, stay in enumerate(each.stays):
            kind = stay.stage.kind
            before = [other.left for other in each.stays[:number] if other.stage.kind == kind]
            again = [other.left for other in each.stays[number + 1 :] if other.stage.kind == kind]
            said[stay.move.pk] = (
                (stay.left - stay.came) // _MICROSECOND,
                each.stays[number - 1].left if number else None,
                before[-1] if before else None,
                again[0] if again else None,
            )
        wrong += [
            row
            for row in ApplicationTransition.objects.filter(application=each.application)
            if said.get(row.pk, (None,) * 4)
            != (row.stayed, row.left_before, row.kind_left_before, row.kind_left_again)
        ]
    return wrong


# --- The reports -----------------------------------------------------------------------------------------------


def slow_funnel(told: Sequence[Told], job: Job | None) -> list[tuple[str, int]]:
    """Return (name, reached) for each step."""
    names = (
        [stage.name for stage in current_stages(job.pk)]
        if job is not None
        else [
            StageKind(kind).label
            for kind in _KINDS
            if kind == _KINDS[0] or any(stage.kind == kind for each in told for stage in each.stages)
        ]
    )
    reached = dict.fromkeys(names, 0)
    for each in told:
        passed = [stage for stage in each.stages if each.is_hired or stage.position <= each.furthest]
        got = {stage.name for stage in [each.stages[0], *passed]}
        if job is None:
            got = {StageKind(kind).label for kind in _KINDS[: _furthest_kind(each) + 1]}
        for name in got & set(names):
            reached[name] += 1
    return [*reached.items(), (ApplicationStatus.HIRED.label, sum(each.is_hired for each in told))]


def _furthest_kind(each: Told) -> int:
    if each.is_hired:
        return len(_KINDS) - 1
    stages = current_stages(each.application.job_id)
    return max([_KINDS.index(stage.kind) for stage in stages if stage.position <= each.furthest], default=0)


def slow_passing(told: Sequence[Told], cohort: Cohort, period: Period, job: Job | None) -> Table:
    """Return by stage or kind how those went who left it."""
    last: dict[tuple[str, int], str] = {}
    for each, stay in _leavings(told, cohort, period):
        if stay.move.cause != TransitionCause.STAGE_RETIRED:
            last[_key_of(job)(stay.stage), each.application.pk] = _way(stay, each.every_stage)
    table: dict[str, Counter[str]] = defaultdict(Counter)
    for (key, _application), way in last.items():
        table[key] += Counter({"left": 1, way: 1})
    return {
        key: {
            **{name: ways[name] for name in ("left", "further", "rejected", "withdrawn", "back")},
            "share": ways["further"] / ways["left"],
        }
        for key, ways in table.items()
    }


def _way(stay: Stay, places: Sequence[int]) -> str:
    if stay.move.to_status in ("rejected", "withdrawn"):
        return stay.move.to_status
    is_further = places.index(stay.move.to_stage_id) > places.index(stay.stage.pk)
    return "further" if is_further or stay.move.to_status == "hired" else "back"


def slow_stays(told: Sequence[Told], cohort: Cohort, period: Period, job: Job | None) -> Table:
    """Return by stage or kind how long those stood there who left it."""
    days: dict[str, dict[int, float]] = defaultdict(lambda: defaultdict(float))
    for each, stay in _leavings(told, cohort, period):
        days[_key_of(job)(stay.stage)][each.application.pk] += (
            stay.left - stay.came
        ).total_seconds() / 86_400
    return {key: {"n": len(people), **slow_middle(list(people.values()))} for key, people in days.items()}


def slow_left(told: Sequence[Told], cohort: Cohort, period: Period, *, chosen: bool) -> int:
    """Return how many applications left a stage; with `chosen` not only because that was retired."""
    return len(
        {
            each.application.pk
            for each, stay in _leavings(told, cohort, period)
            if not chosen or stay.move.cause != TransitionCause.STAGE_RETIRED
        }
    )


def slow_hires(told: Sequence[Told], cohort: Cohort, period: Period) -> Table:
    """Return by job, and for all, how long it took until somebody was hired."""
    days: dict[str, list[float]] = defaultdict(list)
    for each in told:
        if not each.is_hired:
            continue
        counts = each.application.applied_at if cohort == Cohort.APPLIED else each.hired_at()
        if _is_in(counts, period):
            days[each.application.job.slug].append(each.days_to_hire())
            days["all"].append(each.days_to_hire())
    return {key: {"n": len(values), **slow_middle(values)} for key, values in days.items()}


def slow_sources(told: Sequence[Told], cohort: Cohort, period: Period) -> Table:
    """Return by source what became of the applications."""
    by_source: dict[str, list[Told]] = defaultdict(list)
    for each in of_cohort(told, cohort, period):
        by_source[each.application.source].append(each)
    return {
        source: {
            "applications": len(those),
            "interview": sum(
                _furthest_kind(each) >= _KINDS.index(StageKind.INTERVIEW.value) for each in those
            ),
            "hired": sum(each.is_hired for each in those),
            "share": sum(each.is_hired for each in those) / len(those),
            "median": slow_middle([each.days_to_hire() for each in those if each.is_hired])["median"],
        }
        for source, those in by_source.items()
    }


def slow_ageing(told: Sequence[Told], now: datetime, job: Job | None) -> Table:
    """Return by stage or kind who is there now and for how long; without who is waited for."""
    days: dict[str, list[tuple[float, bool]]] = defaultdict(list)
    for each in told:
        application = each.application
        if application.status != "active" or application.job.status == JobStatus.CLOSED:
            continue
        # Since the newest move that brought them here; being held, and being let go on, brings nobody anywhere.
        came = [
            move.at
            for move in each.moves
            if move.from_stage_id != move.to_stage_id or move.from_status in _FINAL
        ][-1]
        length = (now - came).total_seconds() / 86_400
        target = application.stage.target_days
        days[_key_of(job)(application.stage)].append((length, target is not None and length > target))
    return {
        key: {
            "n": len(values),
            "late": sum(is_late for _length, is_late in values),
            "median": slow_middle([length for length, _is_late in values])["median"],
            "longest": max(length for length, _is_late in values),
        }
        for key, values in days.items()
    }


def slow_middle(values: list[float]) -> dict[str, float | None]:
    """Return the quartiles by what they are: the value at that part of the way from the smallest to the largest."""
    ordered = sorted(values)

    def at(part: float) -> float:
        place = part * (len(ordered) - 1)
        below = int(place)
        above = min(below + 1, len(ordered) - 1)
        return ordered[below] + (place - below) * (ordered[above] - ordered[below])

    is_enough = len(ordered) >= 5
    return {
        "lower": at(0.25) if is_enough else None,
        "median": at(0.5) if ordered else None,
        "upper": at(0.75) if is_enough else None,
    }


# --- Histories -------------------------------------------------------------------------------------------------


def make_history(seed: int) -> list[Job]:
    """Some jobs with different pipelines. People skip, go back, are held, rejected, restored and hired, are put back by
    who moved them, apply again, and stand at stages that are retired; some came by a link. Every seventh has a job with
    more people."""
    rng = random.Random(seed)
    by = Actor.of_user(make_administrator())
    reason = make_reason()
    jobs = [_make_job(rng) for _ in range(rng.randint(1, 2))]
    for job in jobs:
        for _person in range(7 if seed % 7 == 0 else rng.randint(0, 3)):
            _live_and_apply_again(job, by, reason, rng)
        if rng.random() < 0.4:
            _retire_one(job, rng)
    link = operations.create_tracking_link(job=None, name="Newsletter", by=by, now=NOW)
    came = [
        pk for pk in Application.objects.order_by("pk").values_list("pk", flat=True) if rng.random() < 0.4
    ]
    Application.objects.filter(pk__in=came).update(tracking_link=link)
    return jobs


def _make_job(rng: random.Random) -> Job:
    kinds = sorted(rng.sample(_KINDS, rng.randint(2, 4)), key=_KINDS.index)
    drafts = [
        StageDraft(f"{kind} {number}", kind, rng.choice([None, 3, 20]))
        for kind in kinds
        for number in range(rng.randint(1, 2))
    ]
    return make_job(stages=drafts)


def _live_and_apply_again(job: Job, by: Actor, reason: RejectionReason, rng: random.Random) -> None:
    at = NOW - timedelta(days=rng.uniform(35, 85))
    application = make_application(job, source=rng.choice(list(Source)), now=at)
    at = _live(application, at, by, reason, rng)
    application.refresh_from_db()
    if application.status in ("rejected", "withdrawn") and rng.random() < 0.5:
        again = make_application(
            job,
            email=application.candidate.emails.get().address,
            again_reason="Asked for.",
            source=rng.choice(list(Source)),
            now=at,
        )
        _live(again, at, by, reason, rng)


def _live(
    application: Application, at: datetime, by: Actor, reason: RejectionReason, rng: random.Random
) -> datetime:
    stages = current_stages(application.job_id)
    for _step in range(rng.randint(0, 6)):
        at += timedelta(hours=rng.uniform(0.1, 60))
        change = rng.choices(["move", "status", "hire", "undo"], [50, 25, 10, 15])[0]
        try:
            if change == "undo":
                _move(application, rng.choice(stages), by, at)
                at += timedelta(seconds=2)
                application.refresh_from_db()
                operations.undo_last(application=application, number=application.version, by=by, now=at)
            elif change == "status":
                _set(application, rng.choice(ApplicationStatus.values), by, at, reason)
            else:
                _move(application, stages[-1] if change == "hire" else rng.choice(stages), by, at)
            if change == "hire":
                _set(application, ApplicationStatus.HIRED, by, at + timedelta(hours=1), reason)
                at += timedelta(hours=2)
        except HiringRefused:
            continue
    return at


def _move(application: Application, stage: Stage, by: Actor, at: datetime) -> None:
    operations.move_to_stage(application=application, to_stage=stage, seen_version=None, by=by, now=at)


def _set(application: Application, status: str, by: Actor, at: datetime, reason: RejectionReason) -> None:
    operations.change_status(
        application=application, to_status=status, seen_version=None, by=by, now=at, reason=reason
    )


def _retire_one(job: Job, rng: random.Random) -> None:
    stages = current_stages(job.pk)
    if len(stages) < 3:
        return
    gone = rng.choice(stages[1:])
    drafts = [
        StageDraft(stage.name, stage.kind, stage.target_days, pk=stage.pk)
        for stage in stages
        if stage.pk != gone.pk
    ]
    by = Actor.of_user(make_administrator())
    operations.save_stages(job=job, stages=drafts, by=by, now=NOW, people_go_to=0)
