"""A whole copy of a SQLite database while everybody goes on writing."""

from __future__ import annotations

import gzip
import json
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from urllib.parse import quote

from config.backups.archive import ArchiveError
from config.backups.refusals import BackupError
from outbox.enums import BackupOutcome, SignName
from outbox.models import Sign

# 4 MB: between two steps others get their turn.
PAGES_A_STEP: Final = 1024
_CHUNK: Final = 1024 * 1024

VERSION: Final = sqlite3.sqlite_version

Step = Callable[[], None]


def size(path: Path) -> int:
    """Return how long the copy will be. Asks the database: opening the file itself would drop the locks on it."""
    with connected(path) as connection:
        return pragma(connection, "page_count") * pragma(connection, "page_size")


def copy(source: Path, target: Path, *, step: Step) -> datetime:
    """Write a whole copy of `source` to `target` and return the moment it shows.

    A read transaction holds that moment: without it every write of another process would make the copy begin anew.
    Writers go on meanwhile; what they write stays in the write-ahead log until the copy is done.
    """
    # The copy must not be readable by others even while it is written.
    target.touch(mode=0o600)
    with connected(source) as live, connected(target) as made:
        live.execute("BEGIN")
        live.execute("SELECT count(*) FROM sqlite_master").fetchone()
        cut_at = datetime.now(UTC)
        live.backup(made, pages=PAGES_A_STEP, progress=lambda *_: step(), sleep=0.01)
        live.execute("COMMIT")
        # One file, with no log beside it.
        made.execute("PRAGMA journal_mode=DELETE").fetchone()
    return cut_at


def check(path: Path) -> None:
    """Raises `BackupError` where the database is damaged."""
    try:
        with connected(path) as connection:
            found = [str(row[0]) for row in connection.execute("PRAGMA integrity_check(10)")]
            orphans = connection.execute("PRAGMA foreign_key_check").fetchmany(10)
    except sqlite3.DatabaseError as error:
        found, orphans = [str(error)], []
    found += [f"a row of {table} names a missing row of {other}" for table, _row, other, _key in orphans]
    if found != ["ok"]:
        raise BackupError(
            f"The database is damaged: {'; '.join(line for line in found if line != 'ok')}. "
            "Restore the last good backup: docs/deployment.md",
            BackupOutcome.DAMAGED,
        )


def counts(path: Path) -> dict[str, int]:
    """Return how many rows each table has."""
    with connected(path) as connection:
        tables = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!' "
            "ORDER BY name"
        ).fetchall()
        return {name: rows_of(connection, name) for (name,) in tables}


def rows_of(connection: sqlite3.Connection, table: str) -> int:
    quoted = table.replace('"', '""')
    count: int = connection.execute(f'SELECT count(*) FROM "{quoted}"').fetchone()[0]  # noqa: S608 -- quoted
    return count


def migrations(path: Path) -> list[str]:
    with connected(path) as connection:
        return [
            f"{app}.{name}" for app, name in connection.execute("SELECT app, name FROM django_migrations")
        ]


def hold_mail(path: Path, *, cut_at: datetime) -> None:
    """Let mail be held in the copy, so that it is in whatever is made of it, by our command or by hand."""
    table = Sign._meta.db_table
    with connected(path) as connection:
        connection.execute(
            f"INSERT INTO {table} (name, at, data) VALUES (?, ?, ?) "  # noqa: S608 -- our own table
            "ON CONFLICT (name) DO UPDATE SET at = excluded.at, data = excluded.data",
            (
                SignName.MAIL_HOLD.value,
                cut_at.replace(tzinfo=None).isoformat(" "),
                json.dumps({"cut_at": cut_at.isoformat()}),
            ),
        )


def compress(source: Path, target: Path, *, step: Step) -> None:
    # Quick rather than small: most of the gain comes with the lowest levels.
    with source.open("rb") as plain, gzip.open(target, "xb", compresslevel=3) as packed:
        while chunk := plain.read(_CHUNK):
            packed.write(chunk)
            step()


def decompress(source: Path, target: Path, *, limit: int, step: Step) -> None:
    """Unpack at most `limit` bytes. Raises `ArchiveError` for more, or for what cannot be unpacked."""
    written = 0
    try:
        with gzip.open(source, "rb") as packed, target.open("xb") as plain:
            while chunk := packed.read(_CHUNK):
                written += len(chunk)
                if written > limit:
                    raise ArchiveError("its database is longer than its manifest says")
                plain.write(chunk)
                step()
            plain.flush()
            os.fsync(plain.fileno())
    except (EOFError, gzip.BadGzipFile, OSError) as error:
        raise ArchiveError("its database cannot be unpacked") from error


def pragma(connection: sqlite3.Connection, name: str) -> int:
    value: int = connection.execute(f"PRAGMA {name}").fetchone()[0]
    return value


@contextmanager
def connected(path: Path) -> Iterator[sqlite3.Connection]:
    """Open a database that exists; a mistyped or lost one is not made anew."""
    address = f"file:{quote(str(path))}?mode=rw"
    with closing(sqlite3.connect(address, uri=True, timeout=20, isolation_level=None)) as connection:
        yield connection
