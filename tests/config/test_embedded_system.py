"""The embedded mode as an operator meets it: real processes, started, killed, stopped and started again."""

import json
import os
import signal
import time

import pytest

from tests.servers import processes
from tests.servers.processes import is_alive, wait_until

ADMINISTRATOR = {"ADMIN_EMAIL": "ada@example.com", "ADMIN_PASSWORD": "correct horse battery staple"}

pytestmark = [pytest.mark.served, pytest.mark.xdist_group("processes")]


def running(system):
    return json.loads((system.data_dir / "running.json").read_text())["pids"]


def count_of(system, model):
    text = system.manage(
        "shell", "-v", "0", "-c", f"from accounts.models import *; print({model}.objects.count())"
    )
    return int(text.strip())


def test_real_data_is_kept_from_one_start_to_the_next(short_folder):
    with processes.embedded("run", kept=short_folder, **ADMINISTRATOR) as first:
        assert count_of(first, "User") == 1
        pids = running(first)
        begun = time.monotonic()
    stopped_in = time.monotonic() - begun

    begun = time.monotonic()
    with processes.embedded("run", kept=short_folder) as second:
        second.wait_for_web()
        started_in = time.monotonic() - begun

        assert count_of(second, "User") == 1
    assert [name for name, pid in pids.items() if is_alive(pid)] == []
    assert not (short_folder / "data" / "running.json").exists()
    assert stopped_in < 6.5
    assert started_in < 15


def test_real_data_without_an_administrator_is_refused_with_both_variables(short_folder):
    refused = pytest.raises(AssertionError, match="Set ADMIN_EMAIL and ADMIN_PASSWORD")
    with refused, processes.embedded("run", kept=short_folder):
        pass


def test_killed_supervisor_takes_all_with_it_and_the_next_start_works(short_folder):
    with processes.embedded("run", kept=short_folder, **ADMINISTRATOR) as first:
        pids = running(first)
        first.kill("supervisor")
        for name, pid in pids.items():
            wait_until(lambda pid=pid: not is_alive(pid), what=f"the end of {name}", seconds=15)

    with processes.embedded("run", kept=short_folder) as second:
        second.wait_for_web()


@pytest.mark.parametrize("name", ["web", "worker", "scheduler", "broker"])
def test_killed_part_is_started_again(embedded_system, name):
    before = embedded_system.pid(name)

    embedded_system.kill(name)

    after = wait_until(
        lambda: (pid := running(embedded_system)[name]) != before and is_alive(pid) and pid,
        what=f"a new {name}",
        seconds=20,
    )
    assert after != before
    embedded_system.wait_for_web(30)


def test_ended_terminal_stops_everything(short_folder):
    """Closing the window is a way to stop, too."""
    with processes.embedded("run", kept=short_folder, **ADMINISTRATOR) as system:
        pids = running(system)

        os.kill(system.pid("supervisor"), signal.SIGHUP)

        for name, pid in pids.items():
            wait_until(lambda pid=pid: not is_alive(pid), what=f"the end of {name}", seconds=15)


def test_everything_is_for_this_user_alone(embedded_system):
    folder = embedded_system.data_dir

    assert folder.stat().st_mode & 0o077 == 0
    assert [path.name for path in folder.iterdir() if path.stat().st_mode & 0o077] == []
