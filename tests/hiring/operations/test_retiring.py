"""Moving people away from stages that are removed: a few at once, many by a worker."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hiring import operations
from hiring.enums import ApplicationStatus, StageKind, TransitionCause
from hiring.models import Application, ApplicationTransition, Job, StageAction
from hiring.operations import retiring
from hiring.queries import current_stages
from hiring.rules import StageDraft
from outbox.models import Work
from outbox.operations import run_due_work
from tests.factories.accounts import NOW
from tests.factories.hiring import (
    SYSTEM,
    make_application,
    make_busy_job,
    make_job,
    move,
    set_status,
    stages,
)


def kept(job: Job, *names: str) -> list[StageDraft]:
    return [
        StageDraft(stage.name, stage.kind, pk=stage.pk)
        for stage in current_stages(job.pk)
        if stage.name in names
    ]


def where(job: Job) -> dict[str, int]:
    names = Application.objects.filter(job=job).order_by("pk").values_list("stage__name", flat=True)
    return {name: list(names).count(name) for name in names}


@pytest.mark.django_db
def test_each_removed_stage_says_where_its_people_go() -> None:
    job = make_job()
    before = stages(job)
    move(make_application(job), "Screen")
    held = set_status(move(make_application(job), "Test"), ApplicationStatus.ON_HOLD)
    gone = set_status(move(make_application(job), "Test"), ApplicationStatus.REJECTED)
    drafts = kept(job, "Applied", "Interview", "Offer")

    with pytest.raises(ValidationError) as refused:
        operations.save_stages(
            job=job, stages=drafts, by=SYSTEM, now=NOW, people_go_to={before["Screen"].pk: 0}
        )
    operations.save_stages(
        job=job,
        stages=drafts,
        by=SYSTEM,
        now=NOW,
        people_go_to={before["Screen"].pk: 0, before["Test"].pk: 1},
    )

    assert "1 person" in refused.value.messages[0]
    assert where(job) == {"Applied": 1, "Interview": 1, "Test": 1}
    assert Application.objects.get(pk=held.pk).stage.name == "Interview"
    assert Application.objects.get(pk=gone.pk).stage.name == "Test"
    causes = ApplicationTransition.objects.filter(cause=TransitionCause.STAGE_RETIRED)
    assert causes.count() == 2


@pytest.mark.django_db
def test_whoever_is_moved_away_gets_nothing_from_the_stage_they_come_to() -> None:
    job, _assessment = make_busy_job()
    make_application(job)

    drafts = [StageDraft("Interview", StageKind.INTERVIEW, pk=stages(job)["Interview"].pk, sends_test=False)]
    operations.save_stages(job=job, stages=drafts, by=SYSTEM, now=NOW, people_go_to=0)

    assert where(job) == {"Interview": 1}
    assert not StageAction.objects.exists()


@pytest.mark.django_db
def test_many_are_moved_by_a_worker_and_the_stage_takes_nobody_meanwhile(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(retiring, "CHUNK", 2)
    monkeypatch.setattr("hiring.operations.jobs.stages.AT_ONCE", 3)
    job = make_job()
    people = [make_application(job) for _ in range(5)]
    applied = stages(job)["Applied"]

    saved = operations.save_stages(
        job=job, stages=kept(job, "Screen", "Offer"), by=SYSTEM, now=NOW, people_go_to=1
    )
    meanwhile = where(job)
    applied.refresh_from_db()
    while run_due_work(now=NOW):
        pass

    assert saved.work is not None
    work = Work.objects.get(pk=saved.work.pk)
    assert meanwhile == {"Applied": 5}
    assert applied.retired_at == NOW
    assert (work.state, work.result["moved"]) == ("done", 5)
    assert where(job) == {"Offer": 5}
    assert ApplicationTransition.objects.filter(application__in=people).count() == 10


@pytest.mark.django_db
def test_the_worker_goes_on_where_it_was_and_finds_another_stage_if_the_chosen_one_was_retired_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("hiring.operations.jobs.stages.AT_ONCE", 0)
    job = make_job()
    for _ in range(3):
        make_application(job)
    operations.save_stages(
        job=job, stages=kept(job, "Screen", "Test", "Offer"), by=SYSTEM, now=NOW, people_go_to=1
    )
    operations.save_stages(job=job, stages=kept(job, "Screen", "Offer"), by=SYSTEM, now=NOW)

    while run_due_work(now=NOW):
        pass

    assert where(job) == {"Screen": 3}


@pytest.mark.django_db
def test_hundreds_cost_as_many_statements_as_a_few() -> None:
    counts = []
    # As many as SQLite takes in one insert.
    for people in (3, 50):
        job = make_job()
        for _ in range(people):
            make_application(job)
        with CaptureQueriesContext(connection) as captured:
            operations.save_stages(
                job=job, stages=kept(job, "Screen", "Offer"), by=SYSTEM, now=NOW, people_go_to=0
            )
        counts.append(len(captured))

    assert counts[0] == counts[1]
