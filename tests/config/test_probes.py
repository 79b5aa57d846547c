"""What load balancers and monitoring are told, by whom it is read, and that no question hangs."""

from __future__ import annotations

import json
import time
import urllib.request
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from accounts.models import Actor
from config import broker, probes
from outbox import registries
from outbox.enums import SignName
from outbox.models import Message
from outbox.operations import give_sign, hold_mail
from tests.factories.assessments import make_assessment, make_attempt, make_finished, make_invitation
from tests.factories.outbox import GREETING, make_message
from tests.servers.processes import RunningSystem, wait_until

pytestmark = pytest.mark.filterwarnings("ignore:No directory at")
TOKEN = "a-token-of-thirty-two-characters"
STRANGER = "192.0.2.7"


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    probes._last.clear()


@pytest.fixture
def greeting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(registries._kinds, GREETING.kind, GREETING)


@pytest.fixture
def living() -> None:
    """Every part has just given its sign."""
    for name in (SignName.SCHEDULER, *map(SignName, SignName.workers)):
        give_sign(name=name, now=timezone.now())


def parts(client: Client, **more: str) -> dict[str, dict[str, object]]:
    probes._last.clear()
    found: dict[str, dict[str, object]] = client.get("/readyz", **more).json()["parts"]
    return found


def test_process_that_lives_says_so_without_a_database(client: Client) -> None:
    response = client.get("/healthz", REMOTE_ADDR=STRANGER, HTTP_HOST="10.0.0.7:8000")

    assert (response.status_code, response.json()) == (200, {"state": "ok"})
    assert "no-store" in response["Cache-Control"]


@pytest.mark.django_db
def test_installation_in_order_is_ready(client: Client, living: None) -> None:
    response = client.get("/readyz")

    body = response.json()
    assert (response.status_code, body["state"]) == (200, "ok")
    assert {name: part["state"] for name, part in body["parts"].items()} == dict.fromkeys(
        (
            *("database", "migrations", "broker", "scheduler", "worker_mail", "worker_score", "worker_maint"),
            *("mail", "work", "attempts"),
        ),
        "ok",
    )
    assert "no-store" in response["Cache-Control"]


@pytest.mark.django_db
def test_asking_costs_few_queries(client: Client, living: None, django_assert_num_queries) -> None:
    client.get("/readyz")
    probes._last.clear()
    # The database, its migrations, signs, oldest message, oldest work, oldest open and oldest unscored attempt; on
    # PostgreSQL each of the five questions is a bounded transaction of its own, here a savepoint.
    bounds = 4 * 3 if connection.vendor == "postgresql" else 0

    with django_assert_num_queries(7 + bounds):
        client.get("/readyz")
    with django_assert_num_queries(0):
        client.get("/readyz")


@pytest.mark.django_db
def test_silence_late_mail_and_a_hold_degrade_and_still_serve(client: Client, living: None, greeting) -> None:
    now = timezone.now()
    give_sign(name=SignName.WORKER_SCORE, now=now - timedelta(minutes=3))
    give_sign(name=SignName.WORKER_MAINT, now=now + timedelta(hours=1))
    make_message(now=now - timedelta(minutes=10))

    response = client.get("/readyz")

    body = response.json()
    assert (response.status_code, body["state"]) == (200, "degraded")
    assert body["parts"]["worker_score"]["note"] == "silent"
    assert 180 <= body["parts"]["worker_score"]["age_seconds"] < 200
    assert body["parts"]["worker_maint"]["note"] == "ahead"
    assert body["parts"]["worker_mail"]["state"] == "ok"
    assert (body["parts"]["mail"]["state"], body["parts"]["mail"]["note"]) == (
        "degraded",
        "something has waited for long",
    )
    assert 600 <= body["parts"]["mail"]["oldest_due_seconds"] < 620

    hold_mail(by=Actor.system(), now=now)
    assert parts(client)["mail"]["note"] == "mail is held"


@pytest.mark.django_db
def test_backup_is_a_part_where_one_was_made(client: Client, living: None) -> None:
    last = timezone.now() - timedelta(days=4)
    give_sign(name=SignName.BACKUP, now=last, data={"outcome": "done", "last_good": last.isoformat()})

    assert parts(client)["backup"]["state"] == "degraded"
    assert "shortlist_backup_age_seconds 345" in client.get("/metrics").content.decode()

    data = {"outcome": "no_space", "last_good": timezone.now().isoformat()}
    give_sign(name=SignName.BACKUP, now=timezone.now(), data=data)
    assert parts(client)["backup"]["note"] == "no_space"


@pytest.mark.django_db
def test_missing_migration_serves_nobody(client: Client) -> None:
    MigrationRecorder.Migration.objects.filter(app="hiring").delete()

    response = client.get("/readyz")

    assert (response.status_code, response.json()["state"]) == (503, "down")
    assert response.json()["parts"]["migrations"] == {
        "state": "down",
        "note": "run manage.py migrate",
        "missing": 1,
    }


@pytest.mark.django_db
def test_database_that_is_away_serves_nobody_and_is_asked_once(client: Client, monkeypatch) -> None:
    asked = []

    def refuse() -> None:
        asked.append(1)
        raise DatabaseError

    monkeypatch.setattr(probes, "bounded", refuse)

    response = client.get("/readyz")

    assert (response.status_code, response.json()["state"]) == (503, "down")
    assert set(response.json()["parts"]) == {"database", "broker"}
    assert len(asked) == 1
    assert client.get("/metrics").status_code == 503


@pytest.mark.django_db
@pytest.mark.parametrize("fault", ["refuse", "black_hole"])
def test_f1_f2_broker_that_refuses_or_is_silent_degrades_at_once(
    client: Client, living: None, settings, fault_proxy, valkey_socket, fault: str
) -> None:
    proxy = fault_proxy(str(valkey_socket))
    settings.CELERY_BROKER_URL = f"redis://127.0.0.1:{proxy.port}/0"
    assert parts(client)["broker"] == {"state": "ok"}
    getattr(proxy, fault)()
    probes._last.clear()

    begun = time.monotonic()
    response = client.get("/readyz")

    assert time.monotonic() - begun < 2 * broker.SECONDS + 1
    assert (response.status_code, response.json()["state"]) == (200, "degraded")
    assert response.json()["parts"]["broker"]["state"] == "degraded"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("headers", "address", "proxies", "sees"),
    [
        ({}, "127.0.0.1", 0, True),
        ({}, "::1", 0, True),
        ({}, STRANGER, 0, False),
        # A proxy on the same machine: everybody seems to come from it.
        ({"X-Forwarded-For": STRANGER}, "127.0.0.1", 0, False),
        ({}, "127.0.0.1", 1, False),
        ({"Authorization": f"Bearer {TOKEN}"}, STRANGER, 1, True),
        ({"Authorization": f"Bearer {TOKEN}x"}, STRANGER, 0, False),
        ({"Authorization": "Bearer "}, STRANGER, 0, False),
        ({"Authorization": f"Basic {TOKEN}"}, STRANGER, 0, False),
        ({"Authorization": "Bearer wrong"}, "127.0.0.1", 0, False),
        ({"Authorization": "Bearer ätsch"}, STRANGER, 0, False),
    ],
)
def test_numbers_are_for_the_token_and_for_this_machine(
    client: Client, settings, headers: dict[str, str], address: str, proxies: int, sees: bool
) -> None:
    settings.METRICS_TOKEN, settings.TRUSTED_PROXIES = TOKEN, proxies

    assert client.get("/metrics", headers=headers, REMOTE_ADDR=address).status_code == (200 if sees else 404)
    ready = client.get("/readyz", headers=headers, REMOTE_ADDR=address).json()
    assert ("age_seconds" in ready["parts"]["scheduler"]) is sees
    if not sees:
        assert all(set(part) == {"state"} for part in ready["parts"].values())


@pytest.mark.django_db
def test_no_token_set_is_no_empty_token(client: Client, settings) -> None:
    settings.METRICS_TOKEN = ""

    headers = {"Authorization": "Bearer "}
    assert client.get("/metrics", headers=headers, REMOTE_ADDR=STRANGER).status_code == 404


@pytest.mark.django_db
def test_probes_answer_by_any_name_and_without_https(client: Client, settings) -> None:
    settings.SECURE_SSL_REDIRECT = True

    for path in ("/healthz", "/readyz", "/metrics"):
        assert client.get(path, HTTP_HOST="10.1.2.3:8000").status_code in (200, 503)
        assert client.post(path).status_code == 405
    assert client.get("/accounts/login/", HTTP_HOST="10.1.2.3:8000").status_code == 400


@pytest.fixture
def running_attempts() -> int:
    """Two sittings that go on and one that was submitted; return how many messages that made."""
    now = timezone.now()
    assessment = make_assessment()
    invited = [make_invitation(assessment, now=now) for _ in range(3)]
    for invitation in invited[:2]:
        make_attempt(invitation=invitation, now=now)
    make_finished(invitation=invited[2], score=False, now=now)
    return Message.objects.filter(state="queued").count()


@pytest.mark.django_db
def test_metrics_count_what_the_database_holds(
    client: Client, living: None, greeting, running_attempts
) -> None:
    make_message(now=timezone.now() - timedelta(minutes=10))

    text = client.get("/metrics").content.decode()

    found = {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }
    assert found["shortlist_messages", "queued"] == 1 + running_attempts
    assert found["shortlist_messages", "failed"] == 0
    assert 600 <= found["shortlist_message_oldest_due_seconds",] < 620
    assert found["shortlist_mail_held",] == 0
    assert found["shortlist_attempts_in_progress",] == 2
    assert found["shortlist_attempts_unscored",] == 1
    assert found["shortlist_attempts_overdue",] == 0
    assert 0 <= found["shortlist_sign_age_seconds", "worker_mail"] < 20
    assert [name for name in found if name[0] == "shortlist_build_info"]


def test_every_part_of_a_running_system_gives_its_sign(running_system: RunningSystem) -> None:
    parts = ["database", "migrations", "broker", "scheduler", "worker_mail", "worker_score", "worker_maint"]

    def ready() -> bool:
        with urllib.request.urlopen(running_system.address + "/readyz", timeout=10) as reply:
            said = json.load(reply)["parts"]
        return {said[part]["state"] for part in parts} == {"ok"}

    assert wait_until(ready, what="word of every part", seconds=120, every=1)
