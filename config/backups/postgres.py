"""PostgreSQL's own programs, called with what the settings say of the database."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final, LiteralString

import psycopg
from django.conf import settings
from django.db import connection
from psycopg import sql

from config.backups.refusals import BackupError
from outbox.enums import BackupOutcome
from outbox.models import Message

Step = Callable[[], None]

# Without the bounds of a web request: what is long here is long on purpose.
UNBOUNDED: Final = "-c statement_timeout=0 -c lock_timeout=0 -c idle_in_transaction_session_timeout=0"


@dataclass(frozen=True)
class Cut:
    """What the database held at the moment that the dump shows."""

    at: datetime
    counts: dict[str, int]
    migrations: list[str]


def size() -> int:
    with connected() as live:
        return int(one(live, "SELECT pg_database_size(current_database())"))


def server_version() -> int:
    """Return the major version of the server."""
    with connected() as live:
        return live.info.server_version // 10000


def dump(target: Path, *, step: Step) -> Cut:
    """Write a dump of one moment to `target`, with what was counted at that very moment.

    Raises `BackupError` where `pg_dump` is missing, too old or does not succeed.
    """
    program = find_program("pg_dump")
    check_version(program)
    with connected() as live:
        # The dump sees what this transaction sees.
        live.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        snapshot = str(one(live, "SELECT pg_export_snapshot()"))
        cut = Cut(
            at=one(live, "SELECT clock_timestamp()"),
            counts=counts(live),
            migrations=[
                f"{app}.{name}" for app, name in live.execute("SELECT app, name FROM django_migrations")
            ],
        )
        command = [
            *(program, "--format=custom", "--no-owner", "--no-privileges", "--no-password"),
            *(f"--snapshot={snapshot}", f"--file={target}"),
        ]
        run(command, step=step)
        live.execute("COMMIT")
    list_entries(target)
    return cut


def restore(source: Path, *, hold: Callable[[], None], step: Step) -> None:
    """Put a dump into the empty database; `hold` is called before there is any mail in it.

    First everything but the messages, then the hold, then the messages. So no worker that is started too early finds
    mail that nothing holds back. Raises `BackupError`.
    """
    entries = list_entries(source)
    mail = f" TABLE DATA public {Message._meta.db_table} "
    late = [entry for entry in entries if mail in entry or " FK CONSTRAINT " in entry]
    run_restore(source, [entry for entry in entries if entry not in late], step=step)
    hold()
    run_restore(source, late, step=step)


def run_restore(source: Path, entries: Sequence[str], *, step: Step) -> None:
    with tempfile.NamedTemporaryFile("w", suffix=".list") as chosen:
        chosen.write("\n".join(entries) + "\n")
        chosen.flush()
        command = [
            *(find_program("pg_restore"), "--no-owner", "--no-privileges", "--no-password"),
            *("--single-transaction", "--exit-on-error", f"--use-list={chosen.name}"),
            *(f"--dbname={settings.DATABASES['default']['NAME']}", str(source)),
        ]
        run(command, step=step)


def list_entries(source: Path) -> list[str]:
    """Return what a dump holds. Raises `BackupError` where it cannot be read."""
    listed = run([find_program("pg_restore"), "--list", str(source)], step=lambda: None)
    return [line for line in listed.splitlines() if line and not line.startswith(";")]


def counts_in(source: Path, *, step: Step) -> dict[str, int]:
    """Return how many rows of each table a dump holds, by reading all of it; no database is needed."""
    command = [find_program("pg_restore"), "--data-only", "--file=-", str(source)]
    found: dict[str, int] = {}
    table = ""
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if table and line == "\\.\n":
                table = ""
                step()
            elif table:
                found[table] += 1
            elif copied := re.match(r'COPY public\."?([^" (]+)"? \(', line):
                table = copied[1]
                found[table] = 0
        said = process.stderr.read() if process.stderr else ""
    if process.returncode != 0:
        raise BackupError(f"pg_restore cannot read the dump: {said.strip()}", BackupOutcome.DAMAGED)
    return found


def check_empty() -> None:
    """Raises `BackupError` where the database has tables already, or somebody else is connected to it."""
    with connected() as live:
        tables = [name for (name,) in live.execute(TABLES)]
        others = one(
            live,
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
            "AND pid <> pg_backend_pid() AND backend_type = 'client backend'",
        )
    name = settings.DATABASES["default"]["NAME"]
    if tables:
        raise BackupError(
            f"The database {name} is not empty, it has {len(tables)} tables. Make an empty one with createdb, "
            "name it in DATABASE_URL and restore into that; nothing was changed."
        )
    if others:
        raise BackupError(
            f"Somebody else is connected to the database {name}: {others}. Stop the web server, the workers and the "
            "scheduler first; nothing was changed."
        )


TABLES: Final = (
    "SELECT table_name FROM information_schema.tables "
    "WHERE table_schema = 'public' AND table_type = 'BASE TABLE' ORDER BY table_name"
)


def counts(live: psycopg.Connection) -> dict[str, int]:
    return {
        name: one(live, sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier("public", name)))
        for (name,) in live.execute(TABLES).fetchall()
    }


def count_all() -> dict[str, int]:
    with connected() as live:
        return counts(live)


def one(live: psycopg.Connection, query: LiteralString | sql.Composed) -> Any:
    row = live.execute(query).fetchone()
    assert row is not None
    return row[0]


@contextmanager
def connected() -> Iterator[psycopg.Connection]:
    """Open a connection of our own, apart from the one that Django bounds and shares."""
    given = connection.get_connection_params()
    wanted = {name: given[name] for name in ("dbname", "host", "port", "user", "password") if given.get(name)}
    with psycopg.connect(**wanted, options=UNBOUNDED, autocommit=True) as live:
        yield live


def environment() -> dict[str, str]:
    """Return the environment for PostgreSQL's programs: no password stands on a command line."""
    said = settings.DATABASES["default"]
    names = {
        "PGHOST": "HOST",
        "PGPORT": "PORT",
        "PGUSER": "USER",
        "PGPASSWORD": "PASSWORD",
        "PGDATABASE": "NAME",
    }
    return {
        **os.environ,
        **{name: str(said[key]) for name, key in names.items() if said.get(key)},
        "PGOPTIONS": UNBOUNDED,
    }


def run(command: Sequence[str], *, step: Step) -> str:
    """Run a program to its end and return what it printed. Raises `BackupError` with what it complained of."""
    with (
        tempfile.TemporaryFile("w+") as out,
        tempfile.TemporaryFile("w+") as err,
        subprocess.Popen(
            command, env=environment(), stdin=subprocess.DEVNULL, stdout=out, stderr=err
        ) as process,
    ):
        try:
            while True:
                try:
                    process.wait(1)
                    break
                except subprocess.TimeoutExpired:
                    step()
        finally:
            process.kill()
        out.seek(0)
        err.seek(0)
        if process.returncode != 0:
            raise BackupError(f"{Path(command[0]).name} did not succeed: {err.read().strip()[-800:]}")
        return out.read()


def find_program(name: str) -> str:
    """Return the path of `pg_dump` or `pg_restore`. Raises `BackupError` with what to install."""
    beside = Path(settings.PG_DUMP).with_name(name) if settings.PG_DUMP else None
    found = shutil.which(str(beside) if beside else name)
    if found is None:
        where = f"at {beside}" if beside else "on the path"
        raise BackupError(
            f"There is no {name} {where}. Install PostgreSQL's client programs (on Debian: apt install "
            "postgresql-client), or set PG_DUMP to the path of pg_dump.",
            BackupOutcome.NO_PROGRAM,
        )
    return found


def check_version(program: str) -> None:
    said = run([program, "--version"], step=lambda: None)
    number = re.search(r"(\d+)(?:\.\d+|devel|beta\d|rc\d)", said)
    have, need = int(number[1]) if number else 0, server_version()
    if have < need:
        raise BackupError(
            f"{program} is of PostgreSQL {have}, the server of {need}; an older one cannot dump a newer server. "
            f"Install the client programs of PostgreSQL {need}, or set PG_DUMP to the path of its pg_dump.",
            BackupOutcome.NO_PROGRAM,
        )
