"""The servers of a run: the product's own processes, on a database that keeps its word."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from config.embedded import children
from config.embedded.children import Child
from tests.journeys.faulty import Desk
from tests.load.processor import Processor
from tests.servers import postgres, processes
from tests.servers.ports import free_port
from tests.servers.postgres import PostgresServer
from tests.servers.processes import PROJECT, RunningSystem, wait_until

DATABASES = ("postgres", "sqlite")
# As it comes: what is acknowledged is on the disk. The suite's own server is not so careful.
POSTGRES_CONFIGURATION = """
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
"""
SETTINGS = "tests.load.settings"


@dataclass
class Site:
    """A running product, a desk behind its pages, and what its processes cost."""

    database: str
    system: RunningSystem
    desk: Desk
    postgres: PostgresServer | None = None

    def processor(self) -> Processor:
        """Return the processor seconds of every part until now."""
        names = [name for name in self.system.children if name != "supervisor"]
        if self.system.mode == "embedded":
            names = ["web", "worker", "scheduler", "broker"]
        parts = {name: self.system.pid(name) for name in names}
        if self.postgres is not None and self.postgres.process is not None:
            parts["database"] = self.postgres.process.pid
        return Processor.of(parts)

    def kill_web(self) -> None:
        """End the web server as a crash would, and have it start again: its own supervisor does, or we do."""
        self.system.kill("web")
        if self.system.mode == "served":
            self.system.start("web")

    def start_web_again(self) -> None:
        """Start the web server that another thread had started: a process ends with the thread that began it."""
        if self.system.mode == "served":
            process = self.system.children["web"].process
            assert process is not None
            process.wait(10)
            self.system.start("web")
            self.system.wait_for_web()

    def wait_for_mail(self) -> None:
        """Wait until the invitations are out, so that their work is not counted with that of the candidates."""
        wait_until(
            lambda: not self.desk.mails_waiting(), what="the invitations' mail", seconds=300, every=0.5
        )


@contextmanager
def start(database: str) -> Iterator[Site]:
    """Start everything for `database` in new folders, gone at the end."""
    with _served() if database == "postgres" else _embedded() as site:
        try:
            yield site
        except BaseException:
            # Nobody waits for what was asked last.
            site.desk.process.terminate()
            raise
        finally:
            site.desk.close()


@contextmanager
def _served() -> Iterator[Site]:
    folder = Path(tempfile.mkdtemp(prefix="sl-load-"))
    # The user that runs PostgreSQL has to reach its folder below.
    folder.chmod(0o711)
    port = free_port()
    mail = Child(
        name="smtp",
        command=[
            sys.executable,
            "-m",
            "aiosmtpd",
            "-n",
            "-c",
            "aiosmtpd.handlers.Sink",
            "-l",
            f"127.0.0.1:{port}",
        ],
        environment=os.environ,
        log=folder / "smtp.log",
        folder=PROJECT,
    )
    environment: dict[str, Any] = {
        "DJANGO_SETTINGS_MODULE": SETTINGS,
        "EMAIL_URL": f"smtp://127.0.0.1:{port}",
        "WEB_WORKERS": "2",
    }
    with ExitStack() as ends:
        ends.callback(shutil.rmtree, folder, ignore_errors=True)
        server = postgres.create(folder / "postgres", POSTGRES_CONFIGURATION)
        ends.callback(server.stop)
        mail.start()
        ends.callback(children.stop, [mail], seconds=5)
        with processes.served(server, None, proxied=False, **environment) as system:
            yield Site("postgres", system, desk_of(system), server)


@contextmanager
def _embedded() -> Iterator[Site]:
    settings = {
        "DJANGO_SETTINGS_MODULE": SETTINGS,
        "ADMIN_EMAIL": "load.admin@example.org",
        "ADMIN_PASSWORD": "a fairly long sentence 7",
    }
    with processes.embedded("run", **settings) as system:
        yield Site("sqlite", system, desk_of(system))


def desk_of(system: RunningSystem) -> Desk:
    return Desk(system, system.environment, "tests.load")
