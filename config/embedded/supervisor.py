"""Starts the parts in order, keeps them running, and stops them in order."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from config.embedded import broker, children, folder
from config.embedded.banner import banner, shown
from config.embedded.children import Child
from config.embedded.options import Options, RefusalError, children_environment, listen
from config.environment import BASE_DIR
from config.keys import ensure_keys

# A first start may wait for a slow disk; a web server that needs longer is broken.
WEB_SECONDS = 120.0
LONGEST_SOCKET_FOLDER = 80
NAMES = {
    "web": "web server",
    "worker": "worker",
    "scheduler": "scheduler",
    "receiver": "receiver of mail",
    "broker": "broker",
}


class Supervisor:
    """One start of the embedded mode, from the first check to the last child's end."""

    def __init__(self, options: Options, given: dict[str, str]) -> None:
        self.options = options
        self.environment = children_environment(options, given)
        self.children: dict[str, Child] = {}
        self.runtime = short_folder()
        self.lock = -1
        self.stopping = threading.Event()

    def run(self) -> int:
        # Everything below the data folder is for this user alone.
        os.umask(0o077)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: self.stopping.set())
        try:
            with folder.take(self.options) as lock, listen(self.options) as door:
                self.lock = lock.fileno()
                return self.serve(door)
        finally:
            shutil.rmtree(self.runtime, ignore_errors=True)

    def serve(self, door: socket.socket) -> int:
        ensure_keys(self.options.data_dir)
        try:
            self.start_broker()
            facts = self.prepare()
            if self.stopping.is_set():
                return 0
            if self.environment["SITE_ADDRESS_FROM"] == "screen" and facts.get("site_address"):
                self.environment["SITE_ADDRESS"] = facts["site_address"]
            # The first page comes sooner when the others do not compete for the processor.
            self.start_web(door)
            self.wait_for_web()
            self.start_workers()
            if not self.stopping.is_set():
                say(banner(self.options, self.environment, facts))
            self.watch()
        finally:
            self.stop()
        return 0

    def start_broker(self) -> None:
        """Start the broker, unless the operator brings one or this machine has none."""
        if self.environment.get("REDIS_URL") or self.environment.get("BROKER_URL"):
            return
        binary = broker.find_binary()
        if binary is None:
            say("This machine has no broker of ours; tasks travel through files, which is slower.")
            # Worker and scheduler look into this folder and never make it.
            (self.options.data_dir / "broker").mkdir(mode=0o700, exist_ok=True)
            return
        child = broker.broker_child(
            binary,
            data=self.options.data_dir / "broker",
            runtime=self.runtime,
            log=self.log_of("broker"),
            environment=self.environment,
        )
        child.pass_fds = [self.lock]
        child.start()
        self.children["broker"] = child
        if not broker.wait_until_ready(self.runtime):
            raise RefusalError(f"The broker did not start; {shown(child.log)} says why.\n{tail(child.log)}")
        self.environment["BROKER_URL"] = broker.broker_url(self.runtime)

    def prepare(self) -> dict[str, Any]:
        """Migrate, collect files, load content; in this terminal, because the first start may ask for a password."""
        result = self.runtime / "prepared.json"
        command = [
            sys.executable,
            "manage.py",
            "prepare_embedded",
            self.options.mode,
            "--result",
            str(result),
        ]
        process = subprocess.Popen(
            command,
            env=self.environment,
            cwd=BASE_DIR,
            preexec_fn=children.die_with_parent,  # noqa: PLW1509 -- the supervisor has no threads
        )
        code = process.wait()
        if self.stopping.is_set():
            return {}
        if code != 0:
            raise RefusalError("Shortlist was not started; the lines above say why.")
        facts: dict[str, Any] = json.loads(result.read_text())
        # It holds passwords of the sample people.
        result.unlink()
        return facts

    def start_web(self, door: socket.socket) -> None:
        gunicorn = ["gunicorn", "--config", "config/gunicorn.py", "--graceful-timeout", "2"]
        # The port is handed on open: it is never free for others, and callers wait while a web server is restarted.
        gunicorn += ["--bind", f"fd://{door.fileno()}", "config.wsgi"]
        self.add("web", gunicorn, pass_fds=[door.fileno()])

    def start_workers(self) -> None:
        celery = ["celery", "--quiet", "-A", "config"]
        worker = [
            *celery,
            "worker",
            "--queues",
            "mail,score,maint",
            # One for mail, one for long work, one that is free for scores and whatever is over.
            "--concurrency",
            "3",
            "--loglevel",
            "WARNING",
        ]
        worker += ["--without-gossip", "--without-mingle"]
        scheduler = [
            *celery,
            "beat",
            "--scheduler",
            "config.scheduler:Scheduler",
            "--pidfile=",
            "--loglevel",
            "WARNING",
        ]
        self.add("worker", worker)
        self.add("scheduler", scheduler)
        if self.environment.get("INBOUND_ADDRESS") and self.environment.get("INBOUND_LISTEN"):
            self.add("receiver", ["django", "receive_mail"])

    def add(self, name: str, module: Sequence[str], pass_fds: Sequence[int] = ()) -> None:
        child = Child(
            name=NAMES[name],
            command=[sys.executable, "-m", *module],
            environment=self.environment,
            log=self.log_of(name),
            folder=BASE_DIR,
            pass_fds=[self.lock, *pass_fds],
        )
        child.start()
        self.children[name] = child

    def wait_for_web(self) -> None:
        web = self.children["web"]
        end = time.monotonic() + WEB_SECONDS
        while not self.stopping.is_set() and not web_answers(self.options.address):
            if not web.running or time.monotonic() > end:
                raise RefusalError(
                    f"The web server did not start; {shown(web.log)} says why.\n{tail(web.log)}"
                )
            self.stopping.wait(0.1)

    def watch(self) -> None:
        """Start again whatever stops by itself, until the operator stops all of it."""
        known: dict[str, int | None] = {}
        while True:
            pids = {name: child.pid for name, child in self.children.items()}
            if pids != known:
                known = pids
                self.write_running(pids)
            if self.stopping.wait(0.3):
                return
            for child in self.children.values():
                child.watch(say)
                children.trim_log(child.log)

    def write_running(self, pids: dict[str, int | None]) -> None:
        """Say beside the data what runs, for tools that look from outside."""
        path = self.options.data_dir / "running.json"
        kept = {
            name: self.environment[name]
            for name in ("BROKER_URL", "SITE_ADDRESS")
            if name in self.environment
        }
        running = {
            "address": self.options.address,
            "pids": {"supervisor": os.getpid(), **pids},
            "environment": kept,
        }
        draft = path.with_suffix(".new")
        draft.write_text(json.dumps(running, indent=1) + "\n")
        draft.replace(path)

    def stop(self) -> None:
        """First whoever brings new work, then who does it, then what carries it."""
        if self.stopping.is_set():
            say("Stopping.")
        for names, seconds in (
            (("web", "scheduler", "receiver"), 3.0),
            (("worker",), 2.5),
            (("broker",), 1.0),
        ):
            children.stop([self.children[name] for name in names if name in self.children], seconds=seconds)
        (self.options.data_dir / "running.json").unlink(missing_ok=True)

    def log_of(self, name: str) -> Path:
        return self.options.data_dir / "logs" / f"{name}.log"


def short_folder() -> Path:
    """Make a private folder for sockets, whose paths may have 107 characters."""
    made = Path(tempfile.mkdtemp(prefix="shortlist-"))
    if len(str(made)) <= LONGEST_SOCKET_FOLDER:
        return made
    made.rmdir()
    return Path(tempfile.mkdtemp(prefix="shortlist-", dir="/tmp"))


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """A site behind https sends plain requests there, where nobody listens on this machine. That is an answer, too."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


def web_answers(address: str) -> bool:
    opener = urllib.request.build_opener(NoRedirect)
    try:
        with opener.open(address + "/accounts/login/", timeout=10):
            return True
    except urllib.error.HTTPError as error:
        return error.code < 500
    except OSError:
        return False


def tail(path: Path, lines: int = 15) -> str:
    return "\n".join(path.read_text(errors="replace").splitlines()[-lines:])


def say(text: str) -> None:
    print(text, flush=True)
