"""Served mode: every line of the Procfile against a real PostgreSQL, a real broker and a real mail server."""

import errno
import os
import socket
import sys
import time
import urllib.request
from urllib.parse import urlsplit

import pytest
from celery import Celery
from django.conf import settings
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from config.celery import WORKER_NICENESS
from tests.servers.processes import answers, is_alive, wait_until

WORKERS = {"mail", "score", "maint"}


def ping(system):
    """Return the names of the workers that answer now."""
    app = Celery(broker=system.environment["REDIS_URL"])
    app.conf.broker_transport_options = settings.CELERY_BROKER_TRANSPORT_OPTIONS | {
        "global_keyprefix": "shortlist:",
        "socket_timeout": 5,
    }
    try:
        replies = app.control.inspect(timeout=5, limit=len(WORKERS)).ping() or {}
    except (OperationalError, RedisError):
        return set()
    finally:
        app.close()
    return {name.partition("@")[0] for name in replies}


def processes_of_workers(system):
    """Return for each worker the process ids of its pool."""
    app = Celery(broker=system.environment["REDIS_URL"])
    app.conf.broker_transport_options = settings.CELERY_BROKER_TRANSPORT_OPTIONS | {
        "global_keyprefix": "shortlist:"
    }
    try:
        return {
            name: figures["pool"]["processes"]
            for name, figures in app.control.inspect(timeout=5).stats().items()
        }
    finally:
        app.close()


def test_every_process_of_the_procfile_runs_and_every_queue_has_a_worker(served_system):
    names = [name for name in served_system.children if name != "redis"]

    assert names == ["web", "worker_mail", "worker_score", "worker_maint", "scheduler", "receive_mail"]
    wait_until(lambda: ping(served_system) == WORKERS, what="three workers", seconds=120)
    assert all(is_alive(served_system.pid(name)) for name in names)


def test_workers_give_way_to_the_web_server(served_system):
    """Both on one machine: a candidate's answer goes before letters, imports and scores."""
    wait_until(lambda: ping(served_system) == WORKERS, what="three workers", seconds=120)

    web = os.getpriority(os.PRIO_PROCESS, served_system.pid("web"))
    pids = [pid for pids in processes_of_workers(served_system).values() for pid in pids]

    assert len(pids) >= len(WORKERS)
    assert {os.getpriority(os.PRIO_PROCESS, pid) for pid in pids} == {web + WORKER_NICENESS}


def test_pages_answer_while_the_broker_refuses_or_is_silent(served_system):
    address = served_system.address + "/accounts/login/"
    redis = served_system.proxies["redis"]
    try:
        for fault in (redis.refuse, redis.black_hole):
            fault()
            begun = time.monotonic()

            with urllib.request.urlopen(address, timeout=10) as reply:
                assert reply.status == 200
            assert time.monotonic() - begun < 2
    finally:
        redis.forward()


def test_workers_come_back_after_the_broker(served_system):
    wait_until(lambda: ping(served_system) == WORKERS, what="three workers", seconds=120)

    served_system.kill("redis")
    served_system.start("redis")

    wait_until(lambda: ping(served_system) == WORKERS, what="the workers' return", seconds=120)


def test_pages_recover_after_the_database(served_system):
    served_system.proxies["postgres"].refuse()
    try:
        assert not answers(served_system.address + "/accounts/login/?broken")
    finally:
        served_system.proxies["postgres"].forward()

    wait_until(
        lambda: answers(served_system.address + "/accounts/login/"), what="the pages' return", seconds=10
    )


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a process with its parent")
def test_killed_web_server_leaves_the_address_free_for_the_next_while_browsers_hold_connections(
    served_system,
):
    at = urlsplit(served_system.address)
    # An open connection in the middle of a request: who waits for its end waits for long.
    with socket.create_connection((at.hostname, at.port), timeout=5) as held:
        held.sendall(b"GET /healthz HTTP/1.1\r\nHost: ")
        served_system.kill("web")

        wait_until(lambda: is_free(at.hostname, at.port), what="the end of every worker", seconds=5)
        served_system.start("web")
        served_system.wait_for_web(60)


def is_free(host: str, port: int) -> bool:
    """Whether nobody takes connections there any more."""
    with socket.socket() as asking:
        return asking.connect_ex((host, port)) == errno.ECONNREFUSED
