"""Opens the two sides of a move, and refuses with words what cannot be moved."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

import environ
from django.apps import apps
from django.db import DatabaseError, OperationalError, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from config.environment import BASE_DIR
from config.moving.tables import SEEDED, Table, is_stored

SOURCE, TARGET = "moving_source", "moving_target"
SQLITE, POSTGRES = "django.db.backends.sqlite3", "django.db.backends.postgresql"


class MoveRefusedError(Exception):
    """The move cannot be made; the text says why, and how to mend it."""


@contextmanager
def opened(alias: str, configuration: dict[str, Any]) -> Iterator[BaseDatabaseWrapper]:
    """Open a database that the settings do not name, for as long as the block lasts."""
    complete = connections.configure_settings({"default": {}, alias: configuration})
    connections.databases[alias] = complete[alias]
    try:
        yield connections[alias]
    finally:
        connections[alias].close()
        del connections[alias]
        del connections.databases[alias]


@contextmanager
def opened_source(configuration: dict[str, Any], *, alone: bool) -> Iterator[BaseDatabaseWrapper]:
    """Open the installation's own database in one transaction: all that is read is of one moment.

    `alone` keeps everybody else from writing until the block ends. Raises `MoveRefusedError`.
    """
    options = configuration["OPTIONS"] | {"transaction_mode": "IMMEDIATE" if alone else "DEFERRED"}
    with opened(SOURCE, configuration | {"OPTIONS": options}) as source, ExitStack() as stack:
        try:
            source.ensure_connection()
            # Bytes that are no text are to be found, not to end the search.
            source.connection.text_factory = read_text
            stack.enter_context(transaction.atomic(using=SOURCE))
            source.connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except OperationalError as error:
            raise MoveRefusedError(
                f"The database {configuration['NAME']} cannot be opened: {error}. "
                "Stop everything that works with it and try again."
            ) from error
        yield source


def read_text(raw: bytes) -> str:
    """Return text of SQLite, with a lone surrogate for each byte that is no UTF-8."""
    return raw.decode("utf-8", "surrogateescape")


def target_configuration(url: str) -> dict[str, Any]:
    """Return what `url` says of the target. Raises `MoveRefusedError`."""
    configuration: dict[str, Any] = environ.Env.db_url_config(url)
    if configuration.get("ENGINE") != POSTGRES or not configuration.get("NAME"):
        raise MoveRefusedError(
            "--to has to name a PostgreSQL database: postgres://user:password@host:5432/database"
        )
    # A table of any size may take as long as it takes; waiting for somebody else's lock may not.
    configuration["OPTIONS"] = configuration.get("OPTIONS", {}) | {"options": "-c lock_timeout=10s"}
    return configuration


def check_source(source: BaseDatabaseWrapper, tables: Sequence[Table]) -> None:
    """Raises `MoveRefusedError` unless the source has just the migrations of this version, and what they make."""
    missing, unknown = migrations_apart(source)
    if missing:
        raise MoveRefusedError(
            f"The database is older than this version: it lacks {', '.join(missing[:5])}. "
            "Start Shortlist once on it with this version, stop it, and try again."
        )
    if unknown:
        raise MoveRefusedError(
            f"The database is newer than this version: it has {unknown[0]}, which this version does not know. "
            "Move it with the version that made it."
        )
    # SQLite reads the name of a column that is not there as a text, so this is asked and not waited for.
    for table in tables:
        found = source.connection.execute("SELECT name FROM pragma_table_info(?)", [table.name]).fetchall()
        lacking = {column.name for column in table.columns} - {name for (name,) in found}
        if lacking:
            raise MoveRefusedError(
                f"The table {table.name} lacks the column {min(lacking)}, which this version has. "
                "Move the database with the version that made it."
            )


def migrations_apart(side: BaseDatabaseWrapper) -> tuple[list[str], list[str]]:
    """Return the migrations that `side` lacks, and those that only it has."""
    wanted = set(MigrationLoader(None, ignore_no_migrations=True).disk_migrations)
    applied = set(MigrationRecorder(side).applied_migrations())
    return names_of(wanted - applied), names_of(applied - wanted)


def names_of(migrations: set[tuple[str, str]]) -> list[str]:
    return sorted(f"{app}.{name}" for app, name in migrations)


def check_target(target: BaseDatabaseWrapper) -> None:
    """Raises `MoveRefusedError` unless the target is a PostgreSQL of ours with nothing in it."""
    name = f"{target.settings_dict['NAME']} on {target.settings_dict['HOST'] or 'this machine'}"
    try:
        target.ensure_connection()
    except OperationalError as error:
        reason = str(error).strip().splitlines()[-1]
        raise MoveRefusedError(f"The database {name} cannot be opened: {reason}") from error
    try:
        target.check_database_version_supported()
    except DatabaseError as error:
        raise MoveRefusedError(str(error)) from error
    with target.cursor() as cursor:
        cursor.execute("SHOW server_encoding")
        (encoding,) = cursor.fetchone() or ("",)
    if encoding != "UTF8":
        raise MoveRefusedError(
            f"The database {name} keeps text as {encoding}. Make one with: createdb --encoding=UTF8"
        )
    held = holdings(target)
    if held:
        words = ", ".join(f"{table} ({rows} rows)" for table, rows in list(held.items())[:5])
        more = f" and {len(held) - 5} more tables" if len(held) > 5 else ""
        raise MoveRefusedError(
            f"The database {name} is not empty, it holds {words}{more}. Name an empty one, made with createdb."
        )


def holdings(target: BaseDatabaseWrapper) -> dict[str, int]:
    """Return how many rows the tables hold that migrating alone leaves empty, and every table that is not ours."""
    ours = {model._meta.db_table for model in apps.get_models(include_auto_created=True) if is_stored(model)}
    held: dict[str, int] = {}
    with target.cursor() as cursor:
        for table in sorted(set(target.introspection.table_names(cursor)) - SEEDED):
            cursor.execute(f"SELECT count(*) FROM {target.ops.quote_name(table)}")  # noqa: S608 -- a name of the database
            (rows,) = cursor.fetchone() or (0,)
            if rows or table not in ours:
                held[table] = rows
    return held


def migrate(url: str) -> None:
    """Bring the target to this version, as the product itself would. Raises `MoveRefusedError`.

    In a process of its own, because what follows a migration (roles, first words) works on the default database.
    """
    done = subprocess.run(
        [sys.executable, "manage.py", "migrate", "--no-input", "--verbosity", "0"],
        env=os.environ | {"DATABASE_URL": url},
        cwd=BASE_DIR,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["no reason was given"])[-1]
        raise MoveRefusedError(f"The migrations failed on the new database: {reason}")
