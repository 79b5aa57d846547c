"""Reads both sides as the product does, row by row, and says whether they are the same."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from itertools import zip_longest
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

from config.moving.copying import Led
from config.moving.tables import Table

CHUNK = 2000


@dataclass(frozen=True, slots=True)
class Compared:
    """What a table holds: the number of its rows, and a checksum of all of them in the order of their keys."""

    table: str
    rows: int
    checksum: str


class DifferenceError(Exception):
    """The two sides do not say the same."""

    def __init__(self, table: str, key: Any) -> None:
        super().__init__(f"{table} {key} is not the same on both sides")
        self.table, self.key = table, key


def compare(source: BaseDatabaseWrapper, target: BaseDatabaseWrapper, table: Table, *, led: Led) -> Compared:
    """Compare every row of a table and return what both sides hold. Raises `DifferenceError` at the first one apart."""
    leads = {
        column.name: led[column.refers_to[0]]
        for column in table.columns
        if column.refers_to and column.refers_to[0] in led
    }
    digest = hashlib.sha256()
    count = 0
    for ours, theirs in zip_longest(rendered(source, table, leads), rendered(target, table, {})):
        if ours != theirs:
            raise DifferenceError(table.name, (ours or theirs)[0])
        digest.update(ours[1].encode())
        count += 1
    return Compared(table.name, count, digest.hexdigest())


def rendered(
    side: BaseDatabaseWrapper, table: Table, leads: Mapping[str, Mapping[int, int]]
) -> Iterator[tuple[Any, str]]:
    """Yield each row's key and one way of writing the row, in the order of their keys."""
    fields: Any = table.model._meta.concrete_fields
    rows = table.model._base_manager.using(side.alias).order_by("pk")
    for key, *values in rows.values_list("pk", *(field.attname for field in fields)).iterator(CHUNK):
        written = [
            canonical(leads[field.column][value] if field.column in leads and value is not None else value)
            for field, value in zip(fields, values, strict=True)
        ]
        yield key, json.dumps(written) + "\n"


def canonical(value: Any) -> Any:
    """Return `value` as both databases mean it: 100.0 in JSON is 100, and the keys of JSON have no order."""
    match value:
        case None | bool():
            return value
        case int() | float() | Decimal():
            return _number(Decimal(repr(value)) if isinstance(value, float) else Decimal(value))
        case bytes() | memoryview():
            return ["bytes", bytes(value).hex()]
        case datetime():
            return ["moment", value.astimezone(UTC).isoformat()]
        case list():
            return [canonical(item) for item in value]
        case dict():
            return {"keys": sorted((name, json.dumps(canonical(item))) for name, item in value.items())}
    return str(value)


def _number(value: Decimal) -> list[str]:
    return ["number", str(value.normalize() + 0) if value.is_finite() else str(value)]
