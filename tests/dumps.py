"""What the database and the files hold, as text: for tests of what must be there exactly, or not at all."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.db import connection


def dump_tables(*, without: frozenset[str] = frozenset()) -> dict[str, list[str]]:
    """Return every row of every table as text, sorted, by table."""
    with connection.cursor() as cursor:
        tables = sorted(set(connection.introspection.table_names(cursor)) - without)
        dump: dict[str, list[str]] = {}
        for table in tables:
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            dump[table] = sorted(str(row) for row in cursor.fetchall())
    return dump


def tables_with(*needles: str) -> dict[str, list[str]]:
    """Return, by table, which of `needles` some row holds; escaped as JSON does it counts too."""
    found: dict[str, list[str]] = {}
    for table, rows in dump_tables().items():
        text = "\n".join(rows).casefold()
        # A text column that holds JSON may spell letters beyond ASCII as escapes, and `str(row)` doubles the backslash.
        hits = [
            needle
            for needle in needles
            if needle.casefold() in text
            or needle.encode("unicode_escape").decode().casefold() in text.replace("\\\\", "\\")
        ]
        if hits:
            found[table] = hits
    return found


def files_with(*needles: str) -> list[str]:
    """Return the private files whose bytes hold one of `needles`."""
    folder = Path(settings.STORAGES["default"]["OPTIONS"]["location"])
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [str(path) for path in files if any(needle.encode() in path.read_bytes() for needle in needles)]
