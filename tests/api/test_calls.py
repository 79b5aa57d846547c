"""How often a key may call, and when it was last used."""

from datetime import timedelta

import pytest

from accounts.enums import Scope
from accounts.throttling import CallerThrottle
from tests.api.world import ROOT, program
from tests.factories.accounts import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def three_a_minute(monkeypatch):
    monkeypatch.setitem(CallerThrottle.THROTTLE_RATES, "api", "3/min")


def test_key_that_calls_too_often_is_told_when_to_come_back(house, robot, three_a_minute, stopped_clock):
    other = program(house.recruiter, Scope.READ)

    answers = [robot.get("jobs/") for _ in range(4)]
    beside = other.get("jobs/")
    wait = int(answers[3]["Retry-After"])
    stopped_clock.shift(timedelta(seconds=wait))
    later = robot.get("jobs/")

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert 0 < wait <= 60
    assert list(answers[3].json()) == ["detail"]
    assert beside.status_code == 200
    assert later.status_code == 200


def test_colleagues_are_counted_apart_from_their_keys(house, robot, three_a_minute, client):
    client.force_login(house.recruiter)
    for _ in range(4):
        robot.get("jobs/")

    answers = [client.get(ROOT + "jobs/").status_code for _ in range(4)]

    assert answers == [200, 200, 200, 429]


def test_api_works_while_the_cache_does_not(robot, settings):
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "redis://127.0.0.1:9/0",
            "OPTIONS": {"socket_connect_timeout": 0.3},
        }
    }

    assert robot.get("jobs/").status_code == 200


def test_use_of_a_key_is_noted_once_an_hour(robot, stopped_clock):
    def noted():
        robot.get("jobs/")
        robot.key.refresh_from_db()
        return robot.key.last_used_at

    assert noted() == NOW
    stopped_clock.shift(timedelta(minutes=59))
    assert noted() == NOW
    stopped_clock.shift(timedelta(minutes=1))
    assert noted() == NOW + timedelta(hours=1)


def test_refused_key_is_not_noted_as_used(robot):
    robot.headers["Authorization"] += "x"

    robot.get("jobs/")

    robot.key.refresh_from_db()
    assert robot.key.last_used_at is None
