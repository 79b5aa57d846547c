import base64
import json
import os
import threading
import time
from pathlib import Path

import pytest
import redis
from celery import Celery
from django.db import transaction

from outbox.operations import nudges
from outbox.operations.nudges import MAIL, WORK, Courier, nudge, publish
from tests.factories.outbox import make_message
from tests.servers.processes import wait_until

WAIT = 15


@pytest.fixture
def courier(monkeypatch):
    # What tests before this one left to be said would be said to the broker of this one.
    assert nudges._courier.wait(WAIT)
    courier = Courier()
    monkeypatch.setattr(nudges, "_courier", courier)
    yield courier
    assert courier.wait(WAIT), "the courier hangs"


@pytest.fixture
def broker(valkey_socket, fault_proxy, monkeypatch):
    """Valkey behind a proxy, told to the courier as the broker of the settings."""
    proxy = fault_proxy(valkey_socket)
    app = Celery("test", set_as_current=False)
    app.config_from_object("django.conf:settings", namespace="CELERY")
    app.conf.broker_url = f"redis://127.0.0.1:{proxy.port}/0"
    app.conf.broker_transport_options = {"global_keyprefix": "shortlist:", "socket_timeout": 30}
    monkeypatch.setattr(nudges, "current_app", app)
    return proxy


def queued(valkey_socket, queue="mail"):
    with redis.Redis(unix_socket_path=str(valkey_socket)) as client:
        return client.llen(f"shortlist:{queue}")


@pytest.mark.django_db(transaction=True)
def test_nudge_reaches_its_queue_after_the_commit_and_not_before(courier, broker, valkey_socket):
    with transaction.atomic():
        nudge(MAIL)
        courier.wait(1)
        assert queued(valkey_socket) == 0

    wait_until(lambda: queued(valkey_socket) == 1, what="the nudge")


@pytest.mark.django_db(transaction=True)
def test_nudge_of_a_transaction_that_fails_is_never_sent(courier, broker, valkey_socket):
    @transaction.atomic
    def fail():
        nudge(MAIL)
        raise RuntimeError("rolled back")

    with pytest.raises(RuntimeError):
        fail()

    assert courier.wait(WAIT)
    assert queued(valkey_socket) == 0


# Whoever waits for a broker waits for a second at least; anything less is a busy machine.
NO_WAIT = 0.9


def measured_invite():
    begun = time.perf_counter()
    message = make_message()
    return message, time.perf_counter() - begun


@pytest.mark.django_db(transaction=True)
def test_f1_redis_refuses_the_caller_does_not_notice(courier, broker, greeting):
    broker.refuse()

    message, seconds = measured_invite()

    assert seconds < NO_WAIT
    assert message.pk


@pytest.mark.django_db(transaction=True)
def test_f2_redis_accepts_and_never_answers_the_caller_does_not_notice(courier, broker, greeting):
    broker.black_hole()

    message, seconds = measured_invite()

    assert seconds < NO_WAIT
    assert message.pk


@pytest.mark.django_db(transaction=True)
def test_f2_courier_gives_up_on_a_silent_redis_and_works_again_after(courier, broker, valkey_socket):
    broker.black_hole()
    begun = time.perf_counter()
    nudge(MAIL)
    assert courier.wait(WAIT)
    assert time.perf_counter() - begun < 8

    broker.forward()
    nudge(MAIL)

    wait_until(lambda: queued(valkey_socket) == 1, what="the nudge")


@pytest.mark.django_db(transaction=True)
def test_f2_a_hundred_nudges_into_a_black_hole_leave_one_thread_and_one_try_each(courier, broker):
    broker.black_hole()
    begun = time.perf_counter()
    for _ in range(100):
        nudge(MAIL)

    assert time.perf_counter() - begun < NO_WAIT
    assert [thread.name for thread in threading.enumerate()].count("outbox-courier") == 1


@pytest.mark.django_db(transaction=True)
def test_f5_full_redis_is_like_none(courier, broker, valkey_socket, greeting):
    with redis.Redis(unix_socket_path=str(valkey_socket)) as client:
        client.config_set("maxmemory", "1")
        try:
            message, seconds = measured_invite()
            assert courier.wait(WAIT)
        finally:
            client.config_set("maxmemory", "0")

    assert seconds < NO_WAIT
    assert message.pk


@pytest.mark.django_db(transaction=True)
def test_nudges_that_follow_one_closely_go_out_as_one(courier, broker, valkey_socket, monkeypatch):
    # However slow the machine, all of them come within the rest.
    monkeypatch.setattr(nudges, "REST", 60.0)
    nudge(MAIL)
    wait_until(lambda: queued(valkey_socket) == 1, what="the first nudge")

    for _ in range(50):
        nudge(MAIL)

    assert courier.leave(WAIT)
    assert queued(valkey_socket) == 2


@pytest.mark.django_db(transaction=True)
def test_rest_of_one_task_holds_up_no_other(courier, broker, valkey_socket, monkeypatch):
    monkeypatch.setattr(nudges, "REST", 60.0)
    for _ in range(2):
        nudge(MAIL)
        wait_until(lambda: queued(valkey_socket) == 1, what="the first nudge")
    nudge(WORK)

    wait_until(lambda: queued(valkey_socket, "maint") == 1, what="the other nudge")
    assert queued(valkey_socket) == 1
    assert courier.leave(WAIT)


@pytest.mark.django_db(transaction=True)
def test_process_that_ends_leaves_nothing_unsaid(courier, broker, valkey_socket, monkeypatch):
    monkeypatch.setattr(nudges, "REST", 60.0)
    for _ in range(2):
        nudge(MAIL)
        wait_until(lambda: queued(valkey_socket) == 1, what="the first nudge")

    assert courier.leave(WAIT)
    assert queued(valkey_socket) == 2


def test_courier_works_after_a_fork(broker, valkey_socket, tmp_path):
    nudges._courier.post(MAIL)
    assert nudges._courier.wait(WAIT)
    before = queued(valkey_socket)
    result = tmp_path / "result"

    child = os.fork()
    if child == 0:
        try:
            nudges._courier.post(MAIL)
            result.write_text(str(nudges._courier.wait(WAIT)))
        finally:
            os._exit(0)
    os.waitpid(child, 0)

    assert Path(result).read_text() == "True"
    assert queued(valkey_socket) == before + 1


def test_published_look_has_no_arguments_and_expires(broker, valkey_socket):
    publish(MAIL)

    with redis.Redis(unix_socket_path=str(valkey_socket)) as client:
        message = json.loads(client.lindex("shortlist:mail", 0))
    arguments, keywords, _ = json.loads(base64.b64decode(message["body"]))
    assert (arguments, keywords) == ([], {})
    assert message["headers"]["task"] == MAIL
    assert message["headers"]["expires"]
