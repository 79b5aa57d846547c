"""A real worker on a real broker."""

import contextlib
import json
import os
import signal
import subprocess
import sys
from datetime import timedelta

import pytest
import redis
from celery import Celery
from django.utils import timezone

from outbox.enums import MessageState, WorkState
from outbox.models import Message, Work
from outbox.operations import nudges
from tests.factories.outbox import make_message, make_work
from tests.outbox import slow_work  # noqa: F401 -- the kinds are known here too
from tests.servers.processes import PROJECT, wait_until

pytestmark = [
    pytest.mark.served,
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("served processes"),
]


class Worker:
    """One Celery worker with two processes, started again as often as a test likes."""

    def __init__(self, environment, log, *arguments):
        self.environment, self.log, self.arguments = environment, log, arguments
        self.process = None

    def start(self):
        begun = self.log.read_text().count(" ready.") if self.log.exists() else 0
        command = [sys.executable, "-m", "celery", "-A", "config", "worker", "-Q", "mail,maint", "-c", "2"]
        with self.log.open("a") as log:
            self.process = subprocess.Popen(
                [*command, "-l", "info", "-I", "tests.outbox.slow_work", *self.arguments],
                env=self.environment,
                cwd=PROJECT,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        wait_until(
            lambda: self.log.read_text().count(" ready.") > begun or not self.alive,
            what="the worker",
            seconds=60,
        )
        assert self.alive, self.log.read_text()

    def kill(self):
        """End it and its children at once, as a power cut does."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(10)

    @property
    def alive(self):
        return self.process.poll() is None


@pytest.fixture
def worker(transactional_db, valkey_url, smtp_server, tmp_path, monkeypatch, greeting):
    app = Celery("test", set_as_current=False)
    app.config_from_object("django.conf:settings", namespace="CELERY")
    app.conf.broker_url = valkey_url
    app.conf.broker_transport_options = {"global_keyprefix": "shortlist:"}
    monkeypatch.setattr(nudges, "current_app", app)
    environment = os.environ | {"BROKER_URL": valkey_url, "EMAIL_URL": smtp_server.url, "LOG_LEVEL": "INFO"}
    running = Worker(environment, tmp_path / "worker.log")
    yield running
    running.kill()


def state(message):
    return Message.objects.values_list("state", flat=True).get(pk=message.pk)


def sent(message):
    return state(message) == MessageState.SENT


def now():
    return timezone.now()


def test_f26_foreign_messages_in_the_queue_are_rejected_and_the_worker_lives(
    worker, valkey_socket, smtp_server
):
    worker.start()
    good = {
        "body": "W1tdLCB7fSwgbnVsbF0=",
        "content-encoding": "utf-8",
        "content-type": "application/json",
        "headers": {"lang": "py", "task": "nobody.knows", "id": "1", "root_id": "1", "parent_id": None},
        "properties": {
            "body_encoding": "base64",
            "delivery_info": {"exchange": "", "routing_key": "mail"},
            "delivery_tag": "1",
        },
    }
    foreign = [
        good,
        good | {"body": "gASVAQ==", "content-type": "application/x-python-serialize"},
        good | {"body": "bm90IGpzb24=", "headers": good["headers"] | {"task": nudges.MAIL}},
        good | {"headers": {}},
    ]
    with redis.Redis(unix_socket_path=str(valkey_socket)) as client:
        for message in foreign:
            client.lpush("shortlist:mail", json.dumps(message))
        wait_until(lambda: client.llen("shortlist:mail") == 0, what="the worker to look at them")

    message = make_message(to_address="ada@example.com", now=now())

    wait_until(lambda: sent(message), what="the mail", seconds=20)
    assert len(smtp_server.to("ada@example.com")) == 1
    assert worker.alive
    assert "nobody.knows" in worker.log.read_text()


def test_f21_messages_of_other_versions_of_the_code_lose_nothing_and_the_worker_lives(
    worker, valkey_socket, monkeypatch
):
    """During an upgrade both versions send and take messages; what is to be done stands in the database."""
    app = nudges.current_app
    worker.start()
    with monkeypatch.context() as silent:
        silent.setattr(nudges._courier, "post", lambda task: None)
        message, other = make_message(now=now()), make_message(now=now() + timedelta(hours=1))

    def is_taken():
        with redis.Redis(unix_socket_path=str(valkey_socket)) as client:
            return not any(client.llen(f"shortlist:{queue}") for queue in ("mail", "maint"))

    # Tasks that this version does not know yet or any more, and one with less or more than it takes.
    app.send_task("outbox.deliver_messages_in_batches", kwargs={"batch": [1, 2]}, queue="mail")
    app.send_task("outbox.deliver_message", [message.pk], queue="mail")
    app.send_task("outbox.report", queue="maint")
    app.send_task(nudges.MAIL, [message.pk], queue="mail")
    wait_until(is_taken, what="the worker to take them")
    assert state(message) == MessageState.QUEUED
    # One that says more than this version knows is a look like any other.
    app.send_task(nudges.MAIL, kwargs={"version": 2, "batch": [1, 2]}, queue="mail")

    wait_until(lambda: sent(message), what="the mail", seconds=60)
    assert state(other) == MessageState.QUEUED
    Message.objects.filter(pk=other.pk).update(due_at=now())
    nudges.publish(nudges.MAIL)
    wait_until(lambda: sent(other), what="the next mail", seconds=60)
    assert worker.alive
    log = worker.log.read_text()
    assert "outbox.deliver_messages_in_batches" in log
    assert "outbox.deliver_message'" in log


def test_f7_f8_killed_worker_leaves_its_mail_unknown_and_its_work_to_the_next(worker, smtp_server, tmp_path):
    worker.start()
    smtp_server.script("hang")
    message = make_message(to_address="ada@example.com", now=now())
    work = make_work("tests.slow", arguments={"folder": str(tmp_path)}, now=now())
    wait_until(lambda: smtp_server.attempts == 1, what="the mail server to have it")
    wait_until(lambda: Work.objects.get().done == 1, what="the work to be in the middle")

    worker.kill()
    assert state(message) == MessageState.SENDING
    assert Work.objects.get().state == WorkState.RUNNING
    # Instead of waiting for two minutes.
    Message.objects.update(lease_until=now() - timedelta(seconds=1))
    Work.objects.update(due_at=now())
    (tmp_path / "go").touch()
    worker.start()
    nudges.publish(nudges.MAIL)
    nudges.publish(nudges.WORK)

    wait_until(lambda: state(message) == MessageState.UNKNOWN, what="somebody to be told")
    other = make_message(now=now())
    wait_until(lambda: sent(other), what="the next mail")
    assert smtp_server.to("ada@example.com") == []
    assert smtp_server.attempts == 2
    wait_until(lambda: Work.objects.get(pk=work.pk).state == WorkState.DONE, what="the work")
    assert (tmp_path / "runs").read_text() == "1\n2\n"
    assert (tmp_path / "done").read_text() == "once"


def test_f9_work_that_kills_its_process_runs_a_few_times_and_other_work_flows(worker, tmp_path):
    worker.start()
    deadly = make_work("tests.deadly", arguments={"folder": str(tmp_path)}, now=now())

    def look_again():
        Work.objects.filter(pk=deadly.pk, state=WorkState.RUNNING).update(due_at=now())
        nudges.publish(nudges.WORK)
        return Work.objects.get(pk=deadly.pk).state == WorkState.FAILED

    wait_until(look_again, what="the work to be given up", seconds=90, every=1)

    assert (tmp_path / "runs").read_text().split() == ["1", "2", "3", "4"]
    message = make_message(now=now())
    wait_until(lambda: sent(message), what="the mail")
    assert worker.alive


def test_f3_flushed_broker_loses_nothing_because_the_scheduler_looks(worker, valkey_socket):
    messages = [make_message(now=now()) for _ in range(5)]
    assert nudges._courier.wait(10)
    with redis.Redis(unix_socket_path=str(valkey_socket)) as client:
        assert client.llen("shortlist:mail") > 0
        client.flushall()
    worker.arguments = ("-B", "-s", str(worker.log.with_name("schedule")))
    worker.start()

    wait_until(lambda: all(sent(message) for message in messages), what="the sweep", seconds=60)
