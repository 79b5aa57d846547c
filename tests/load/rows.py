"""Rows by the hundred thousand: by COPY on PostgreSQL, by one INSERT after the other on SQLite."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

from django.core.management.color import no_style
from django.db import connection
from django.db.models import Field, JSONField, Max, Model

from shell.rows import insert


class Table:
    """What is written of one model: the named columns as they are given, the others as the model has them by default.

    Rows have ids of their own (`next()`), so that whatever points at them needs no answer of the database.
    """

    def __init__(self, model: type[Model], *names: str) -> None:
        self.model = model
        self.rows: list[list[Any]] = []
        fields: dict[str, Field[Any, Any]] = {field.attname: field for field in model._meta.concrete_fields}
        unknown = set(names) - set(fields)
        if unknown:
            raise LookupError(f"{model.__name__} has no {sorted(unknown)}")
        # Whatever is made anew for each row is a default that is called.
        rest = [field for name, field in fields.items() if name not in names]
        self._constant = [(f, _prepared(f, f.get_default())) for f in rest if not callable(f.default)]
        self._called: list[tuple[Field[Any, Any], Callable[[], Any]]] = [
            (f, f.get_default) for f in rest if callable(f.default)
        ]
        given = [fields[name] for name in names]
        self._given = [(f, _is_prepared(f)) for f in given]
        others = [field for field, _value in (*self._called, *self._constant)]
        self.columns = [field.column for field in (*given, *others)]
        self._tail = [value for _field, value in self._constant]
        self.last: int = model._default_manager.aggregate(last=Max("pk"))["last"] or 0

    def next(self) -> int:
        """Return the id of the next row."""
        self.last += 1
        return self.last

    def add(self, *values: Any) -> None:
        """Keep a row until `write`; `values` in the order of the names."""
        row = [
            value if plain or value is None else _prepared(field, value)
            for value, (field, plain) in zip(values, self._given, strict=True)
        ]
        row += [_prepared(field, default()) for field, default in self._called]
        self.rows.append(row + self._tail)

    def write(self) -> None:
        """Write what was kept. Whoever calls has begun a transaction: keys may point at rows that come later in it."""
        rows, self.rows = self.rows, []
        if not rows:
            return
        insert(self.model, self.columns, rows)


def go_on_counting(tables: Iterable[Table]) -> None:
    """Let the database count on behind the ids that were written."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), [table.model for table in tables]):
            cursor.execute(statement)


def _is_prepared(field: Field[Any, Any]) -> bool:
    """Whether the database takes what Python has."""
    return connection.vendor == "postgresql" and not isinstance(field, JSONField)


def _prepared(field: Field[Any, Any], value: Any) -> Any:
    if isinstance(field, JSONField):
        return json.dumps(value)
    return value if connection.vendor == "postgresql" else field.get_db_prep_save(value, connection)
