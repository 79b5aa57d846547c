"""The funnel computed slowly and plainly from the history alone, and histories to compare with."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from hiring import operations
from hiring.enums import ApplicationStatus, StageKind
from hiring.models import Application, ApplicationTransition, Job
from hiring.operations import MoveRefused
from hiring.queries import current_stages
from hiring.rules import StageDraft
from tests.factories.accounts import NOW
from tests.factories.hiring import SYSTEM, make_application, make_job, make_reason


def slow_funnel(applications: list[Application], job: Job | None) -> list[tuple[str, int]]:
    """Walk every application and every move; return (name, reached) for each step."""
    kinds = [kind.value for kind in StageKind]
    names = (
        [stage.name for stage in current_stages(job.pk)]
        if job is not None
        else [
            StageKind(kind).label
            for kind in kinds
            if kind == kinds[0]
            or any(
                stage.kind == kind
                for application in applications
                for stage in current_stages(application.job_id)
            )
        ]
    )
    reached = dict.fromkeys(names, 0)
    hired = 0
    for application in applications:
        stages = current_stages(application.job_id)
        been = ApplicationTransition.objects.filter(application=application)
        furthest = max(move.to_stage.position for move in been)
        if application.status == ApplicationStatus.HIRED:
            hired += 1
            passed = stages
        else:
            passed = [stage for stage in stages if stage.position <= furthest]
        if job is not None:
            got = {stages[0].name} | {stage.name for stage in passed}
        else:
            last = max([kinds.index(stage.kind) for stage in passed], default=0)
            last = len(kinds) - 1 if application.status == ApplicationStatus.HIRED else last
            got = {StageKind(kind).label for kind in kinds[: last + 1]}
        for name in got & set(names):
            reached[name] += 1
    return [*reached.items(), (ApplicationStatus.HIRED.label, hired)]


def make_history(seed: int) -> list[Job]:
    """Some jobs with different pipelines, people who skip, go back, are held, rejected, restored and hired."""
    rng = random.Random(seed)
    jobs = [_make_job(rng) for _ in range(rng.randint(1, 3))]
    reason = make_reason()
    for job in jobs:
        for _person in range(rng.randint(0, 6)):
            applied = NOW - timedelta(days=rng.uniform(0, 60))
            _live(make_application(job, now=applied), applied, reason, rng)
        if rng.random() < 0.4:
            _retire_one(job, rng)
    return jobs


def _make_job(rng: random.Random) -> Job:
    kinds = sorted(rng.sample(list(StageKind), rng.randint(2, 5)), key=list(StageKind).index)
    drafts = [StageDraft(f"{kind} {number}", kind) for kind in kinds for number in range(rng.randint(1, 2))]
    return make_job(stages=drafts)


def _live(application: Application, at: datetime, reason: object, rng: random.Random) -> None:
    stages = current_stages(application.job_id)
    for _step in range(rng.randint(0, 7)):
        at += timedelta(hours=rng.uniform(0.1, 30))
        try:
            if rng.random() < 0.65:
                operations.move_to_stage(
                    application=application, to_stage=rng.choice(stages), seen_version=None, by=SYSTEM, now=at
                )
            else:
                operations.change_status(
                    application=application,
                    to_status=rng.choice(ApplicationStatus.values),
                    seen_version=None,
                    by=SYSTEM,
                    now=at,
                    reason=reason,
                )
        except MoveRefused:
            continue


def _retire_one(job: Job, rng: random.Random) -> None:
    stages = current_stages(job.pk)
    if len(stages) < 3:
        return
    gone = rng.choice(stages[1:])
    drafts = [StageDraft(stage.name, stage.kind, pk=stage.pk) for stage in stages if stage.pk != gone.pk]
    operations.save_stages(job=job, stages=drafts, by=SYSTEM, now=NOW, people_go_to=0)
