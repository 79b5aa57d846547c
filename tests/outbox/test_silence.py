"""What staff pages say when the scheduler or a worker has not reported."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Actor
from outbox import tasks
from outbox.enums import Life, SignName
from outbox.operations import give_sign
from outbox.queries import house_notices, signs
from outbox.rules import life
from shell import serving
from tests.factories.accounts import make_administrator, make_recruiter

NOW = datetime(2026, 11, 3, 9, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=1)


def ago(**passed: float) -> datetime:
    return NOW - timedelta(**passed)


@pytest.fixture
def served_for(monkeypatch: pytest.MonkeyPatch):
    """`served_for(seconds)`: this process has answered requests for so long."""

    def serve(seconds: float) -> None:
        monkeypatch.setattr(serving, "served_for", lambda: timedelta(seconds=seconds))

    return serve


def report(*, scheduler: datetime, since: datetime = LONG_AGO, **workers: datetime) -> None:
    """Give the signs, of the workers "mail", "score" and "maint" at the scheduler's moment unless named."""
    give_sign(name=SignName.SCHEDULER, now=scheduler, data={"since": since.isoformat()})
    for queue in ("mail", "score", "maint"):
        give_sign(name=SignName(f"worker_{queue}"), now=workers.get(queue, scheduler))


def said(actor: Actor | None = None) -> list[str]:
    return [notice.text for notice in house_notices(signs(), actor or Actor.system(), NOW)]


def mend(actor: Actor) -> str:
    (notice,) = house_notices(signs(), actor, NOW)
    return notice.more


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (None, Life.NEVER),
        (ago(seconds=120), Life.ALIVE),
        (ago(seconds=121), Life.SILENT),
        (ago(seconds=-120), Life.ALIVE),
        (ago(seconds=-121), Life.AHEAD),
    ],
)
def test_life_is_judged_by_the_last_sign_on_both_sides_of_now(at: datetime | None, expected: Life) -> None:
    assert life(at, now=NOW) is expected


@pytest.mark.django_db
def test_nothing_is_said_while_all_report(served_for) -> None:
    served_for(3600)
    report(scheduler=ago(seconds=40), mail=ago(seconds=119))

    assert said() == []


@pytest.mark.django_db
def test_silent_worker_is_named_with_what_waits(served_for) -> None:
    served_for(3600)
    report(scheduler=ago(seconds=10), mail=ago(minutes=6))

    (text,) = said()

    assert text == "The worker for mail last reported 6 minutes ago, so mail waits."


@pytest.mark.django_db
def test_silent_workers_are_said_in_one_line(served_for) -> None:
    served_for(3600)
    give_sign(name=SignName.SCHEDULER, now=NOW, data={"since": LONG_AGO.isoformat()})
    assert said() == ["No worker has ever reported, so mail, scores and long work wait."]

    give_sign(name=SignName.WORKER_SCORE, now=ago(hours=2))
    assert said() == ["The workers last reported 2 hours ago, so mail, scores and long work wait."]

    give_sign(name=SignName.WORKER_MAIL, now=NOW)
    assert said() == [
        "The worker for scores last reported 2 hours ago, so tests are neither closed nor scored. "
        "The worker for long work has never reported, so imports, exports and bulk actions wait."
    ]


@pytest.mark.django_db
def test_silent_scheduler_is_said_alone_because_the_workers_follow(served_for) -> None:
    served_for(3600)
    report(scheduler=ago(minutes=10))

    (text,) = said()

    assert text.startswith("The scheduler last reported 10 minutes ago, so mail waits")
    assert "worker" not in text


@pytest.mark.django_db
def test_nothing_is_said_in_the_first_two_minutes_of_an_installation(served_for) -> None:
    served_for(119)
    assert said() == []

    served_for(120)
    assert [text.partition(",")[0] for text in said()] == ["The scheduler has never reported"]


@pytest.mark.django_db
def test_nothing_is_said_right_after_a_night_off(served_for) -> None:
    report(scheduler=ago(hours=9))
    served_for(5)
    assert said() == []

    # The scheduler is up, and the workers have not answered yet; in other web processes, that run on, too.
    give_sign(name=SignName.SCHEDULER, now=ago(seconds=1), data={"since": ago(seconds=100).isoformat()})
    served_for(86_400)
    assert said() == []

    give_sign(name=SignName.SCHEDULER, now=ago(seconds=1), data={"since": ago(seconds=121).isoformat()})
    assert len(said()) == 1


@pytest.mark.django_db
def test_nothing_is_said_by_a_process_that_serves_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    # Another test of this process may have begun to serve.
    monkeypatch.setattr(serving, "_begun", None)

    assert serving.served_for() is None
    assert said() == []


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["scheduler", "mail"])
def test_f18_sign_from_the_future_hides_no_dead_part(served_for, who: str) -> None:
    served_for(3600)
    report(**{"scheduler": NOW, who: NOW + timedelta(hours=1)})

    (text,) = said()

    assert "A report from the future means that a clock was wrong or was set back." in text
    assert ("scheduler last reported in 1 hour" in text) is (who == "scheduler")


@pytest.mark.django_db
def test_administrators_read_what_to_do_and_others_whom_to_tell(served_for, settings) -> None:
    served_for(3600)
    report(scheduler=ago(seconds=10), mail=ago(minutes=6))
    administrator = Actor.of_user(make_administrator())
    settings.REDIS_URL = ""

    assert "start it again with “make run” (“make demo” for the sample company)" in mend(administrator)
    assert mend(Actor.of_user(make_recruiter())) == "Please tell an administrator."

    settings.REDIS_URL = "redis://redis.example/0"
    assert "start again what runs these lines of the Procfile: worker_mail." in mend(administrator)


@pytest.mark.django_db
def test_pages_of_staff_say_it_without_one_more_query(
    client: Client, served_for, django_assert_num_queries
) -> None:
    client.force_login(make_administrator())
    address = reverse("outbox:mail")
    report(scheduler=timezone.now())
    served_for(3600)
    with django_assert_num_queries(7) as well:
        assert "notice-line-bad" not in client.get(address).content.decode()
    give_sign(name=SignName.SCHEDULER, now=timezone.now() - timedelta(minutes=5))

    with django_assert_num_queries(len(well)):
        page = client.get(address).content.decode()

    assert "The scheduler last reported 5 minutes ago" in page


@pytest.mark.django_db
def test_each_queue_has_an_entry_that_gives_the_sign_of_its_worker(freeze) -> None:
    freeze(NOW)
    entries = {
        entry["options"]["queue"]: entry
        for entry in django_settings.CELERY_BEAT_SCHEDULE.values()
        if entry["task"] == tasks.report.name
    }

    for entry in entries.values():
        tasks.report(**entry["kwargs"])

    assert set(entries) == {"mail", "score", "maint"}
    assert {name: sign.at for name, sign in signs().items()} == {
        SignName(name): NOW for name in SignName.workers
    }


@pytest.mark.django_db
def test_f21_report_for_a_queue_of_another_version_does_no_harm() -> None:
    tasks.report(queue="documents", something="new")
    tasks.report()

    assert signs() == {}
