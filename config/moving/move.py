"""The steps of a move in their order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

import psycopg
from django.db import Error, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from config.moving import databases
from config.moving.columns import NotForPostgresError
from config.moving.comparing import Compared, DifferenceError, compare
from config.moving.copying import Led, Progress, copy_all, lead
from config.moving.databases import MoveRefusedError
from config.moving.preflight import Finding, find_all
from config.moving.tables import Table, moved_tables

NOTHING_WRITTEN = "Nothing was written to the new database; the old one is as it was."


@dataclass(slots=True)
class Outcome:
    """What a move found, and what it did."""

    moved: bool = False
    findings: list[Finding] = field(default_factory=list)
    # Rows by table, counted in the source.
    rows: dict[str, int] = field(default_factory=dict)
    compared: list[Compared] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def move(
    configuration: dict[str, Any],
    url: str,
    *,
    dry_run: bool,
    say: Callable[[str], None],
    progress: Progress,
) -> Outcome:
    """Move what the database of `configuration` (SQLite, as in the settings) holds to the one at `url`.

    Without findings, and unless it is a `dry_run`, the target is migrated and gets every row in one transaction, which
    is committed after both sides were compared. Raises: `MoveRefusedError`; then the target has no rows.
    """
    with (
        databases.opened(databases.TARGET, databases.target_configuration(url)) as target,
        databases.opened_source(configuration, alone=not dry_run) as source,
    ):
        tables = moved_tables(target.ops)
        databases.check_source(source, tables)
        databases.check_target(target)
        outcome = Outcome(rows={table.name: count(source, table) for table in tables})
        say(f"Looking at {sum(outcome.rows.values())} rows in {len(tables)} tables.")
        outcome.findings = list(find_all(source, tables))
        if outcome.findings or dry_run:
            return outcome
        say("Preparing the new database.")
        target.close()
        databases.migrate(url)
        outcome.compared = write(source, target, tables, say=say, progress=progress)
        outcome.moved = True
        with target.cursor() as cursor:
            # Else the first days would be slow: PostgreSQL plans by what it knows of the tables.
            cursor.execute("ANALYZE")
    return outcome


def count(source: BaseDatabaseWrapper, table: Table) -> int:
    (rows,) = source.connection.execute(f'SELECT count(*) FROM "{table.name}"').fetchone()  # noqa: S608
    return int(rows)


def write(
    source: BaseDatabaseWrapper,
    target: BaseDatabaseWrapper,
    tables: list[Table],
    *,
    say: Callable[[str], None],
    progress: Progress,
) -> list[Compared]:
    """Copy all rows and compare both sides, in one transaction. Raises `MoveRefusedError`; then nothing was written."""
    try:
        with transaction.atomic(using=target.alias):
            keep_out_everybody(target, tables)
            # Seen again behind the lock: somebody may have started the product on the new database meanwhile.
            databases.check_target(target)
            say("Copying.")
            led: Led = lead(source, target)
            copy_all(source, target, tables, led=led, progress=progress)
            say("Comparing both sides.")
            return [compare(source, target, table, led=led) for table in tables]
    except (psycopg.Error, Error) as error:
        raise MoveRefusedError(f"PostgreSQL refused it: {words_of(error)} {NOTHING_WRITTEN}") from error
    except NotForPostgresError as error:
        raise MoveRefusedError(f"A value {error} and cannot be written. {NOTHING_WRITTEN}") from error
    except DifferenceError as error:
        raise MoveRefusedError(
            f"After copying, {error.table} {error.key} was not the same on both sides. {NOTHING_WRITTEN}"
        ) from error


def keep_out_everybody(target: BaseDatabaseWrapper, tables: list[Table]) -> None:
    names = ", ".join(target.ops.quote_name(table.name) for table in tables)
    with target.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {names} IN ACCESS EXCLUSIVE MODE")


def words_of(error: BaseException) -> str:
    """Return what the server said, without its details: they repeat the row, which may be about a person."""
    cause = error.__cause__ if isinstance(error, Error) else error
    if isinstance(cause, psycopg.Error) and cause.diag.message_primary:
        place = " ".join(part for part in (cause.diag.table_name, cause.diag.constraint_name) if part)
        return f"{cause.diag.message_primary}{f' ({place})' if place else ''}."
    return f"{str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__}."
