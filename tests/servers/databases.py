"""One migrated database a run, one copy of it a worker, and a fresh copy after every test that commits."""

from __future__ import annotations

import fcntl
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from django.core.management import call_command
from django.db import connection, connections

from tests.servers import emptying
from tests.servers.environment import TestRun, database_name, shared_postgres

TEMPLATE = "test_template"
# Whoever still writes when a test has ended is done by then, or will never be.
RESTORE_SECONDS = 20.0


def make(run: TestRun) -> None:
    """Give this worker its database: a copy of the migrated one, which the first worker to come makes."""
    with only_one(run.root / "template.lock"):
        marker = run.root / "template.ready"
        if not marker.exists():
            make_template(run)
            marker.touch()
    restore(run)


def make_template(run: TestRun) -> None:
    if run.uses_postgres:
        shared_postgres().run(f'CREATE DATABASE "{database_name(run)}"')
    call_command("migrate", verbosity=0, interactive=False)
    connections.close_all()
    if run.uses_postgres:
        shared_postgres().clone(database_name(run), TEMPLATE)
    else:
        # The last connection to close has folded the write-ahead log into this file.
        shutil.copyfile(connection.settings_dict["NAME"], run.root / TEMPLATE)


def restore(run: TestRun) -> None:
    """Put the database back to its first state, as it was after the migrations."""
    connections.close_all()
    if run.uses_postgres:
        if not emptying.empty(shared_postgres(), database_name(run)):
            shared_postgres().clone(TEMPLATE, database_name(run))
            emptying.remember(shared_postgres(), database_name(run))
        return
    copy_pages(run.root / TEMPLATE, Path(connection.settings_dict["NAME"]))


def copy_pages(template: Path, live: Path) -> None:
    """Write the template's pages over the live file, as one transaction.

    Threads of a test's web server keep their connections. To these the copy is a commit like any other, while a file
    that takes the place of another is an error to whoever has it open.
    """
    end = time.monotonic() + RESTORE_SECONDS

    def not_for_ever(status: int, remaining: int, total: int) -> None:
        if status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED) and time.monotonic() > end:
            raise RuntimeError(
                f"Somebody has been writing to {live} since the test ended, and does not stop."
            )

    with closing(sqlite3.connect(template)) as source, closing(sqlite3.connect(live)) as target:
        target.execute("PRAGMA synchronous = OFF")
        source.backup(target, progress=not_for_ever, sleep=0.01)


@contextmanager
def only_one(path: Path) -> Iterator[None]:
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
