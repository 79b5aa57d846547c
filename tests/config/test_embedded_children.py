"""Real child processes: the broker, restarts, stopping, and no orphans."""

import json
import os
import signal
import subprocess
import sys
import textwrap

import pytest
import redis

from config.embedded import broker, children
from config.embedded.children import Child
from tests.servers.processes import PROJECT, is_alive, wait_until


def child(tmp_path, program, **changes):
    return Child(
        name="worker",
        command=[sys.executable, "-c", textwrap.dedent(program)],
        environment=os.environ,
        log=tmp_path / "logs" / "worker.log",
        folder=tmp_path,
        **changes,
    )


def broker_in(folder):
    binary = broker.find_binary()
    assert binary is not None
    return broker.broker_child(
        binary, data=folder / "data", runtime=folder, log=folder / "broker.log", environment=os.environ
    )


def test_broker_keeps_what_it_was_told_through_a_restart(short_folder):
    started = broker_in(short_folder)
    started.start()
    assert broker.wait_until_ready(short_folder)
    with redis.Redis(unix_socket_path=str(broker.socket_path(short_folder))) as client:
        client.set("said", "once")
    children.stop([started], seconds=5)
    assert not broker.socket_path(short_folder).exists()

    again = broker_in(short_folder)
    again.start()
    try:
        assert broker.wait_until_ready(short_folder)
        with redis.Redis(unix_socket_path=str(broker.socket_path(short_folder))) as client:
            assert client.get("said") == b"once"
            assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
    finally:
        children.stop([again], seconds=5)


def test_broker_listens_for_this_user_alone(short_folder):
    started = broker_in(short_folder)
    started.start()
    try:
        assert broker.wait_until_ready(short_folder)

        assert broker.socket_path(short_folder).stat().st_mode & 0o777 == 0o700
        with redis.Redis(unix_socket_path=str(broker.socket_path(short_folder))) as client:
            assert client.config_get("port") == {"port": "0"}
    finally:
        children.stop([started], seconds=5)


def test_broker_that_does_not_come_is_noticed(short_folder):
    assert broker.wait_until_ready(short_folder, seconds=0.1) is False


def test_child_that_died_starts_again_with_growing_delay(tmp_path):
    said = []
    dying = child(tmp_path, "raise SystemExit(3)")
    dying.start()
    first = dying.pid

    wait_until(lambda: (dying.watch(said.append), dying.pid != first)[1], what="the second start", seconds=10)
    wait_until(lambda: (dying.watch(said.append), len(said) == 2)[1], what="the second death", seconds=10)

    log = tmp_path / "logs" / "worker.log"
    assert said == [
        f"The worker stopped (exit code 3). It starts again in 1 second; its log is {log}.",
        f"The worker stopped (exit code 3). It starts again in 2 seconds; its log is {log}.",
    ]


def test_child_that_will_not_stop_is_ended_with_its_own_children(tmp_path):
    stubborn = child(
        tmp_path,
        """
        import signal, subprocess, sys, time
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        other = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
        open("pid", "w").write(str(other.pid))
        time.sleep(60)
        """,
    )
    stubborn.start()
    text = wait_until(
        lambda: (tmp_path / "pid").exists() and (tmp_path / "pid").read_text(), what="its child"
    )

    children.stop([stubborn], seconds=0.3)

    assert not stubborn.running
    wait_until(lambda: not is_alive(int(text)), what="the end of its child")


def test_children_stop_together_not_one_after_the_other(tmp_path):
    program = """
        import signal, sys, time
        signal.signal(signal.SIGTERM, lambda *_: (time.sleep(1), sys.exit(0)))
        open(sys.argv[0] + str(__import__("os").getpid()), "w").close()
        while True: time.sleep(1)
    """
    several = [child(tmp_path, program) for _ in range(3)]
    for each in several:
        each.start()
    wait_until(lambda: len(list(tmp_path.glob("-c*"))) == 3, what="three children")

    children.stop(several, seconds=5)

    assert [each.process.returncode for each in several] == [0, 0, 0]


def test_long_log_is_put_aside(tmp_path, monkeypatch):
    monkeypatch.setattr(children, "LOG_LIMIT", 10)
    log = tmp_path / "web.log"
    log.write_text("x" * 11)

    children.open_log(log).close()

    assert log.read_text() == ""
    assert (tmp_path / "web.log.1").read_text() == "x" * 11


@pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="only Linux tells children of their parent's death"
)
def test_killed_supervisor_leaves_no_orphan(short_folder):
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(short_folder)], cwd=PROJECT, stdout=subprocess.PIPE, text=True
    )
    try:
        pids = json.loads(parent.stdout.readline())
        assert all(is_alive(pid) for pid in pids)
    finally:
        parent.send_signal(signal.SIGKILL)
        parent.wait(10)

    for pid in pids:
        wait_until(lambda pid=pid: not is_alive(pid), what="the end of a child", seconds=10)


PARENT = """
import json, os, sys, time
from pathlib import Path
from config.embedded import broker
from config.embedded.children import Child

folder = Path(sys.argv[1])
server = broker.broker_child(
    broker.find_binary(), data=folder / "data", runtime=folder, log=folder / "log", environment=os.environ
)
sleeper = Child("sleeper", [sys.executable, "-c", "import time; time.sleep(60)"], os.environ, folder / "log", folder)
server.start()
sleeper.start()
assert broker.wait_until_ready(folder)
print(json.dumps([server.pid, sleeper.pid]), flush=True)
time.sleep(60)
"""


def test_long_log_is_moved_aside_while_its_process_goes_on(tmp_path, monkeypatch):
    monkeypatch.setattr(children, "LOG_LIMIT", 20)
    path = tmp_path / "web.log"
    with children.open_log(path) as log:
        log.write(b"what was written before\n")
        log.flush()

        children.trim_log(path)
        log.write(b"after\n")
        log.flush()
        children.trim_log(path)

    assert path.read_text() == "after\n"
    assert (tmp_path / "web.log.1").read_text() == "what was written before\n"
