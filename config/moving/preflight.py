"""Every row that PostgreSQL would refuse, found before anything is written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, ExpressionWrapper
from django.db.models.functions import Coalesce
from django.db.models.lookups import Exact

from config.moving.columns import Column
from config.moving.tables import Table, UniqueSet

BATCH = 2000


@dataclass(frozen=True, slots=True)
class Finding:
    """A place that has to be mended first. It never holds the value itself, which may be about a person."""

    table: str
    key: Any
    column: str
    wrong: str
    mend: str

    def __str__(self) -> str:
        return f"{self.table} {self.key}: {self.column} {self.wrong}. {self.mend}"


def find_all(source: BaseDatabaseWrapper, tables: Sequence[Table]) -> Iterator[Finding]:
    """Yield what is wrong with each row of the source, table by table."""
    for table in tables:
        yield from wrong_values(source, table)
        for column in table.columns:
            if column.refers_to is not None:
                yield from orphans(source, table, column, column.refers_to)
        for unique in table.unique_sets():
            yield from doubles(source, table, unique)
        yield from broken_checks(source, table)


def batches(source: BaseDatabaseWrapper, table: Table) -> Iterator[list[tuple[Any, ...]]]:
    """Yield the rows of a table in the order of their keys, just as SQLite keeps them: the key, then the columns."""
    # A column behind a plus sign has no declared type, so nothing between here and the file converts its value.
    shown = ", ".join(f'+"{name}"' for name in (table.key, *(column.name for column in table.columns)))
    start = f'SELECT {shown} FROM "{table.name}"'  # noqa: S608 -- names of our own
    after: tuple[Any, ...] = ()
    while True:
        past = f' WHERE "{table.key}" > ?' if after else ""
        statement = f'{start}{past} ORDER BY "{table.key}" LIMIT {BATCH}'
        rows = source.connection.execute(statement, after).fetchall()
        if not rows:
            return
        yield rows
        after = rows[-1][:1]


def wrong_values(source: BaseDatabaseWrapper, table: Table) -> Iterator[Finding]:
    """Yield the values that their column would not take."""
    for rows in batches(source, table):
        for key, *values in rows:
            for column, raw in zip(table.columns, values, strict=True):
                for problem in column.problems(raw):
                    yield Finding(table.name, key, column.name, problem.wrong, problem.mend)


def orphans(
    source: BaseDatabaseWrapper, table: Table, column: Column, refers_to: tuple[str, str]
) -> Iterator[Finding]:
    """Yield the rows that point at a row that is not there."""
    other, other_column = refers_to
    statement = f"""
        SELECT "{table.key}", "{column.name}" FROM "{table.name}" AS one
        WHERE "{column.name}" IS NOT NULL
            AND NOT EXISTS (SELECT 1 FROM "{other}" AS other WHERE other."{other_column}" = one."{column.name}")
        ORDER BY 1
    """  # noqa: S608 -- names of our own
    for key, value in source.connection.execute(statement):
        yield Finding(
            table.name,
            key,
            column.name,
            f"points at {other} {value}, which does not exist",
            "Let it point at a row that exists, or delete this row.",
        )


def doubles(source: BaseDatabaseWrapper, table: Table, unique: UniqueSet) -> Iterator[Finding]:
    """Yield the rows that repeat what may stand once; the first of its kind is left out."""
    compared = [f'"{name}"' for name in unique.columns]
    conditions = [f'"{name}" IS NOT NULL' for name in unique.columns]
    parameters: Sequence[Any] = ()
    if unique.condition is not None:
        picked = table.model._base_manager.using(source.alias).filter(unique.condition).values("pk")
        subquery, parameters = picked.query.sql_with_params()
        conditions.append(f'"{table.key}" IN ({subquery})')
    statement = f"""
        SELECT "{table.key}", first FROM (
            SELECT "{table.key}", min("{table.key}") OVER (PARTITION BY {", ".join(compared)}) AS first
            FROM "{table.name}" WHERE {" AND ".join(conditions)}
        ) WHERE "{table.key}" <> first ORDER BY 1
    """  # noqa: S608 -- names of our own
    with source.cursor() as cursor:
        cursor.execute(statement, parameters)
        for key, first in cursor.fetchall():
            yield Finding(
                table.name,
                key,
                ", ".join(unique.columns),
                f"says the same as row {first}, which may stand once",
                "Change it, or delete one of the two rows.",
            )


def broken_checks(source: BaseDatabaseWrapper, table: Table) -> Iterator[Finding]:
    """Yield the rows that break a condition of their table."""
    for constraint in table.checks():
        holds = Coalesce(ExpressionWrapper(constraint.condition, BooleanField()), True)
        rows = table.model._base_manager.using(source.alias).filter(Exact(holds, False))
        for key in rows.order_by("pk").values_list("pk", flat=True):
            yield Finding(
                table.name,
                key,
                "the row",
                f"breaks the rule {constraint.name}",
                "Change it so that the rule holds, or delete it.",
            )
