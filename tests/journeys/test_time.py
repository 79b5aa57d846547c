"""F18: a scheduler that was dead for an hour, and clocks that jump: the schedule's own tasks, at chosen moments.

Two schedulers at once are in `test_faults_broker`, on the real processes.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
import time_machine
from django.conf import settings

from assessments.enums import AttemptState, SubmittedBy
from assessments.models import Attempt, Score
from assessments.operations import start_attempt
from config.celery import app
from hiring.enums import ScoreRule
from hiring.models import Application, ApplicationTransition
from outbox import registries
from outbox.enums import MessageState, WorkState
from outbox.models import Event, Lease, Message, Work
from outbox.operations import acquire_lease, nudges
from outbox.rules import MAIL_LEASE, WORK_LEASE
from tests.factories.accounts import NOW
from tests.factories.assessments import save
from tests.factories.hiring import invite, make_application, make_test_job, move
from tests.factories.outbox import GREETING, make_message, make_work

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
ROOMS = ("outbox.", "assessments.", "hiring.")


@pytest.fixture(autouse=True)
def _kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(registries._kinds, GREETING.kind, GREETING)
    monkeypatch.setitem(registries._work, "add", registries.WorkKind("add", lambda *given: {}, "Test work"))
    # What is asked for is asked for by the schedule alone.
    monkeypatch.setattr(nudges, "_courier", nudges.Courier())
    monkeypatch.setattr(nudges.Courier, "post", lambda courier, task: None)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """A clock that stands at NOW until it is moved."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def run_schedule() -> None:
    """Everything that a scheduler asks for in a minute, once."""
    app.autodiscover_tasks(force=True)
    for entry in settings.CELERY_BEAT_SCHEDULE.values():
        if entry["task"].startswith(ROOMS):
            app.tasks[entry["task"]](**entry.get("kwargs", {}))


def sittings(count: int) -> list[Attempt]:
    """People of one job who are in the middle of its test, with right answers to everything."""
    job, assessment = make_test_job(rule=ScoreRule.ADVANCE_PASSED)
    found = []
    for _ in range(count):
        invitation = invite(move(make_application(job), "Test"), assessment)
        attempt = start_attempt(invitation=invitation, consented=True, now=NOW)
        for position in attempt.questions.order_by("position").values_list("position", flat=True):
            save(attempt, position, ("a",), now=NOW + timedelta(seconds=5))
        found.append(attempt)
    return found


def everything() -> tuple[int, ...]:
    """How much there is of what a second run would double."""
    return tuple(model.objects.count() for model in (Score, ApplicationTransition, Message, Event))


def test_f18_scheduler_that_was_dead_for_an_hour_catches_up_once(clock: time_machine.Traveller) -> None:
    attempts = sittings(2)
    make_message(now=NOW)
    make_work("add", now=NOW)
    deadlines = {attempt.pk: attempt.deadline_at for attempt in attempts}
    assert max(deadlines.values()) < NOW + HOUR

    clock.move_to(NOW + HOUR)
    run_schedule()
    once = everything()
    for _ in range(3):
        run_schedule()

    assert everything() == once
    ended = Attempt.objects.all()
    assert {(each.state, each.submitted_by) for each in ended} == {
        (AttemptState.SUBMITTED, SubmittedBy.DEADLINE)
    }
    assert {each.pk: each.submitted_at for each in ended} == deadlines
    assert Score.objects.count() == 2
    assert set(Application.objects.values_list("stage__name", flat=True)) == {"Interview"}
    assert set(Message.objects.values_list("state", flat=True)) == {MessageState.KEPT_HERE}
    assert Work.objects.get().state == WorkState.DONE


def test_f18_clock_that_jumps_ahead_and_back_closes_and_scores_once_at_the_stored_deadline(
    clock: time_machine.Traveller,
) -> None:
    (attempt,) = sittings(1)
    deadline = attempt.deadline_at

    clock.move_to(NOW + HOUR)
    run_schedule()
    once = everything()
    clock.move_to(NOW + timedelta(minutes=1))
    run_schedule()

    ended = Attempt.objects.get()
    assert (ended.deadline_at, ended.submitted_at) == (deadline, deadline)
    assert (Score.objects.count(), everything()) == (1, once)


def test_f18_clock_that_was_set_back_leaves_the_stored_deadline_in_force(
    clock: time_machine.Traveller,
) -> None:
    (attempt,) = sittings(1)

    clock.move_to(NOW - HOUR)
    run_schedule()
    assert Attempt.objects.get().state == AttemptState.IN_PROGRESS
    assert save(attempt, 1, ("b",), base_version=1, now=NOW - HOUR).outcome == "saved"

    clock.move_to(attempt.deadline_at)
    run_schedule()
    assert Attempt.objects.get().state == AttemptState.IN_PROGRESS
    clock.move_to(attempt.deadline_at + timedelta(seconds=6))
    run_schedule()
    assert Attempt.objects.get().submitted_at == attempt.deadline_at
    assert Score.objects.count() == 1


def taken_ahead(moment: datetime) -> None:
    """Leases of workers that died while the clock was an hour ahead."""
    make_message(now=NOW - HOUR)
    make_work("add", now=NOW - HOUR)
    until = moment + MAIL_LEASE
    Message.objects.update(state=MessageState.SENDING, tries=1, lease_until=until)
    until = moment + WORK_LEASE
    Work.objects.update(state=WorkState.RUNNING, tries=1, lease_until=until, due_at=until)


def test_f18_clock_that_was_set_back_makes_no_lease_immortal(clock: time_machine.Traveller) -> None:
    taken_ahead(NOW + HOUR)

    run_schedule()
    # Whoever has them may still live, and gets as long as everybody.
    assert Message.objects.get().state == MessageState.SENDING
    assert Work.objects.get().state == WorkState.RUNNING
    clock.move_to(NOW + WORK_LEASE + timedelta(seconds=1))
    run_schedule()
    assert Work.objects.get().state == WorkState.DONE
    clock.move_to(NOW + MAIL_LEASE + timedelta(seconds=1))
    run_schedule()

    assert Message.objects.get().state == MessageState.UNKNOWN


def test_f18_leases_of_machines_whose_clocks_differ_a_little_are_left_alone(
    clock: time_machine.Traveller,
) -> None:
    taken_ahead(NOW + timedelta(seconds=100))

    run_schedule()

    assert Message.objects.get().lease_until == NOW + timedelta(seconds=100) + MAIL_LEASE
    assert Work.objects.get().lease_until == NOW + timedelta(seconds=100) + WORK_LEASE


def test_f18_lease_of_one_at_a_time_ends_after_the_clock_was_set_back() -> None:
    assert acquire_lease(name="sweep", holder="a", seconds=60, now=NOW + HOUR)

    assert not acquire_lease(name="sweep", holder="b", seconds=60, now=NOW)
    assert Lease.objects.get().until == NOW + timedelta(seconds=60)
    assert acquire_lease(name="sweep", holder="b", seconds=60, now=NOW + timedelta(seconds=61))


def test_f18_holder_that_lives_keeps_its_lease_through_the_jump() -> None:
    acquire_lease(name="sweep", holder="a", seconds=60, now=NOW + HOUR)
    acquire_lease(name="sweep", holder="b", seconds=60, now=NOW)

    assert acquire_lease(name="sweep", holder="a", seconds=60, now=NOW + timedelta(seconds=30))
    assert not acquire_lease(name="sweep", holder="b", seconds=60, now=NOW + timedelta(seconds=61))
