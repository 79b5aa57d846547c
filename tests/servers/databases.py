"""One migrated database a run, one copy of it a worker, and a fresh copy after every test that commits."""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.management import call_command
from django.db import connection, connections

from tests.servers.environment import TestRun, database_name, shared_postgres

TEMPLATE = "test_template"


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
        shared_postgres().clone(TEMPLATE, database_name(run))
        return
    name = str(connection.settings_dict["NAME"])
    for suffix in ("-wal", "-shm"):
        Path(name + suffix).unlink(missing_ok=True)
    shutil.copyfile(run.root / TEMPLATE, name)


@contextmanager
def only_one(path: Path) -> Iterator[None]:
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
