"""Rows by the thousand: by COPY on PostgreSQL, by one INSERT that is prepared once on SQLite.

For what is written of files while somebody waits: building and writing objects of models costs several times as much.
Nothing is checked but by the database.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from enum import Enum
from functools import lru_cache
from typing import Any

from django.db import connection
from django.db.models import DateTimeField, Field, JSONField, Model


def take_keys(model: type[Model], count: int) -> list[int]:
    """Return so many keys that no row of `model` has or will have, in rising order.

    In the transaction that writes the rows, and written before more are taken: SQLite counts what is written.
    """
    if not count:
        return []
    table, key = model._meta.db_table, model._meta.pk.column
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
                [connection.ops.quote_name(table), key, count],
            )
            return [number for (number,) in cursor.fetchall()]
        # Also of rows that are gone.
        cursor.execute("SELECT max(seq) FROM sqlite_sequence WHERE name = %s", [table])
        last = cursor.fetchone()[0] or 0
    return list(range(last + 1, last + 1 + count))


def write_rows(model: type[Model], names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write rows of `model`: the columns called `names`, as attributes are, and in the others what the model has by
    default.

    Whoever calls has begun a transaction. Raises: `LookupError` for a name that is none, and where a default is made
    anew for each row; `IntegrityError`.
    """
    fields = {field.attname: field for field in model._meta.concrete_fields}
    unknown = set(names) - set(fields)
    if unknown:
        raise LookupError(f"{model.__name__} has no {sorted(unknown)}")
    given = [fields[name] for name in names]
    rest = [
        field
        for field in fields.values()
        if field.attname not in names and field is not model._meta.auto_field
    ]
    changes = [(place, change) for place, field in enumerate(given) if (change := _change(field)) is not None]
    tail = [_default(field) for field in rest]
    insert(model, [str(field.column) for field in (*given, *rest)], _prepared(rows, changes, tail))


def insert(model: type[Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write rows whose values are as the database takes them. Whoever calls has begun a transaction."""
    quoted = connection.ops.quote_name
    table, into = quoted(model._meta.db_table), ", ".join(map(quoted, columns))
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with connection.wrap_database_errors, cursor.copy(f"COPY {table} ({into}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            marks = ", ".join(["%s"] * len(columns))
            values: list[Any] = list(rows)
            # Names of our own tables and columns alone stand in the text.
            cursor.executemany(f"INSERT INTO {table} ({into}) VALUES ({marks})", values)  # noqa: S608


def delete_rows(model: type[Model], column: str, values: Sequence[int]) -> None:
    """Delete the rows of `model` that have one of `values` in `column`, and nothing that refers to them.

    Django would read all of them to look for such rows. Raises `IntegrityError`, at the end of the transaction, where
    there is one.
    """
    if not values:
        return
    quoted, marks = connection.ops.quote_name, ", ".join(["%s"] * len(values))
    # Names of our own tables and columns alone stand in the text.
    statement = f"DELETE FROM {quoted(model._meta.db_table)} WHERE {quoted(column)} IN ({marks})"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(statement, list(values))


def _prepared(
    rows: Iterable[Sequence[Any]], changes: Sequence[tuple[int, Callable[[Any], Any]]], tail: Sequence[Any]
) -> Iterable[list[Any]]:
    for row in rows:
        values = [*row, *tail]
        for place, change in changes:
            values[place] = change(values[place])
        yield values


def _change(field: Field[Any, Any]) -> Callable[[Any], Any] | None:
    """Return what makes of a value of Python what the database takes; None where that is the same."""
    if isinstance(field, JSONField):
        return json.dumps
    if isinstance(field, DateTimeField) and connection.vendor != "postgresql":
        # The rows of a file have the same few moments.
        return lru_cache(maxsize=64)(connection.ops.adapt_datetimefield_value)
    # The driver would write the name of a choice.
    return _plain if field.choices else None


def _plain(value: Any) -> Any:
    return value.value if isinstance(value, Enum) else value


def _default(field: Field[Any, Any]) -> Any:
    if field.has_default() and callable(field.default) and field.default not in (list, dict):
        raise LookupError(f"{field.name} is made anew for each row: name it")
    change, value = _change(field), field.get_default()
    return change(value) if change is not None and value is not None else value
