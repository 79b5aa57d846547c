"""The scheduler's sign: at once, every half minute, and never in the way of a tick."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
from django.db import OperationalError

from config import scheduler as scheduling
from config.celery import app
from config.scheduler import Pulse, Scheduler
from outbox.enums import SignName
from outbox.queries import signs

NOW = datetime(2026, 11, 3, 9, tzinfo=UTC)


def ticking() -> Pulse:
    pulse = Pulse()
    pulse.ticked.set()
    return pulse


def look(pulse: Pulse, seconds: float) -> datetime | None:
    """One look so long after the start, with ticks up to then; return when the sign is from."""
    pulse.ticked.set()
    pulse.look(now=NOW + timedelta(seconds=seconds))
    said = signs().get(SignName.SCHEDULER)
    return said.at if said else None


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """What is written down of signs, without a database."""
    found: list[datetime] = []
    monkeypatch.setattr(scheduling, "give_sign", lambda *, name, now, data: found.append(now))
    monkeypatch.setattr(scheduling.connection, "close", lambda: None)
    return found


@pytest.mark.django_db(transaction=True)
def test_sign_is_given_at_the_start_and_every_half_minute() -> None:
    pulse = ticking()

    seen = [look(pulse, seconds) for seconds in (0, 5, 29, 30, 59, 60)]

    assert seen == [NOW] * 3 + [NOW + timedelta(seconds=30)] * 2 + [NOW + timedelta(seconds=60)]
    assert signs()[SignName.SCHEDULER].data == {"since": NOW.isoformat()}


def test_no_sign_is_given_for_a_scheduler_that_does_not_tick(given: list[datetime]) -> None:
    pulse = ticking()
    pulse.look(now=NOW)

    pulse.look(now=NOW + timedelta(minutes=5))

    assert given == [NOW]


@pytest.mark.django_db(transaction=True)
def test_after_a_night_of_sleep_it_counts_as_started_anew() -> None:
    pulse = ticking()
    look(pulse, 0)

    look(pulse, 8 * 3600)

    assert signs()[SignName.SCHEDULER].data == {"since": (NOW + timedelta(hours=8)).isoformat()}


@pytest.mark.parametrize("hours", [1, -1])
def test_f18_clock_jump_brings_a_sign_at_the_new_time_at_once(given: list[datetime], hours: int) -> None:
    pulse = ticking()
    pulse.look(now=NOW)
    pulse.ticked.set()

    pulse.look(now=NOW + timedelta(hours=hours))

    assert given == [NOW, NOW + timedelta(hours=hours)]


def test_database_that_is_away_is_said_once_and_ends_nothing(
    given: list[datetime], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(**sign: object) -> None:
        raise OperationalError

    pulse = ticking()
    with monkeypatch.context() as broken:
        broken.setattr(scheduling, "give_sign", refuse)
        for seconds in (0, 5, 10):
            pulse.ticked.set()
            pulse.look(now=NOW + timedelta(seconds=seconds))
    pulse.ticked.set()
    pulse.look(now=NOW + timedelta(seconds=15))

    assert len(caplog.records) == 1
    assert given == [NOW + timedelta(seconds=15)]


def test_database_that_is_silent_holds_up_no_tick(monkeypatch: pytest.MonkeyPatch) -> None:
    entered, leave = threading.Event(), threading.Event()

    def hang(**sign: object) -> None:
        entered.set()
        leave.wait(30)

    monkeypatch.setattr(scheduling, "give_sign", hang)
    monkeypatch.setattr(scheduling.connection, "close", lambda: None)
    scheduler = Scheduler(app=app)
    monkeypatch.setattr(scheduler, "apply_entry", lambda entry, producer=None: None)
    scheduler.__dict__["producer"] = None
    try:
        scheduler.tick()
        assert entered.wait(10)
        begun = time.monotonic()
        for _ in range(20):
            scheduler.tick()
        assert time.monotonic() - begun < 5
    finally:
        leave.set()
