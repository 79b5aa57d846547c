"""Writes the rows of the source into the target: all of them, or none."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import sql

from config.moving.preflight import batches
from config.moving.tables import Table, key_field

# Called with a table and how many of its rows are done.
Progress = Callable[[str, int], None]
# For a table that the target made anew, the keys of the source with those of the same thing in the target.
Led = Mapping[str, Mapping[int, int]]


@dataclass(frozen=True, slots=True)
class _Writer:
    """Where the rows of one table go."""

    table: Table
    led: Led

    def rows(self, rows: Sequence[tuple[Any, ...]]) -> Iterator[list[Any]]:
        leads = [
            self.led.get(column.refers_to[0]) if column.refers_to else None for column in self.table.columns
        ]
        for _key, *values in rows:
            read = [column.read(raw) for column, raw in zip(self.table.columns, values, strict=True)]
            yield [
                lead[value] if lead and value is not None else value
                for lead, value in zip(leads, read, strict=True)
            ]


def lead(source: BaseDatabaseWrapper, target: BaseDatabaseWrapper) -> Led:
    """Return where rows that point at content types and permissions have to point in the target.

    Writes into the target those that only the source has: of apps that are gone, while somebody still holds them.
    """
    types: dict[int, int] = {}
    for old in ContentType.objects.using(source.alias).order_by("pk"):
        new, _ = ContentType.objects.using(target.alias).get_or_create(
            app_label=old.app_label, model=old.model
        )
        types[old.pk] = new.pk
    permissions: dict[int, int] = {}
    known = {
        (permission.content_type_id, permission.codename): permission.pk
        for permission in Permission.objects.using(target.alias)
    }
    for held in Permission.objects.using(source.alias).order_by("pk"):
        place = (types[held.content_type_id], held.codename)
        if place not in known:
            made = Permission.objects.using(target.alias).create(
                content_type_id=place[0], codename=held.codename, name=held.name
            )
            known[place] = made.pk
        permissions[held.pk] = known[place]
    return {ContentType._meta.db_table: types, Permission._meta.db_table: permissions}


def copy_all(
    source: BaseDatabaseWrapper,
    target: BaseDatabaseWrapper,
    tables: Sequence[Table],
    *,
    led: Led,
    progress: Progress,
) -> None:
    """Replace the rows of `tables` in the target by those of the source. Call it in a transaction of the target.

    Raises: `psycopg.Error` for a row that PostgreSQL refuses, with the name of its table.
    """
    names = sql.SQL(", ").join(sql.Identifier(table.name) for table in tables)
    with target.connection.cursor() as cursor:
        # What the migrations wrote comes from the source too. Nobody else can look before all of it is there.
        cursor.execute(sql.SQL("TRUNCATE {}").format(names))
        for table in tables:
            _copy(source, cursor, _Writer(table, led), progress)
        # Foreign keys wait for the end; asked here, a row that breaks one is named before the commit.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in tables:
            _set_sequence(source, cursor, table)


def _copy(source: BaseDatabaseWrapper, cursor: Any, writer: _Writer, progress: Progress) -> None:
    table = writer.table
    columns = sql.SQL(", ").join(sql.Identifier(column.name) for column in table.columns)
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table.name), columns)
    done = 0
    for rows in batches(source, table):
        with cursor.copy(statement) as copy:
            for row in writer.rows(rows):
                copy.write_row(row)
        done += len(rows)
        progress(table.name, done)


def _set_sequence(source: BaseDatabaseWrapper, cursor: Any, table: Table) -> None:
    """Let new rows go on after the highest key there ever was: the history still names rows that are gone."""
    if not key_field(table.model).get_internal_type().endswith("AutoField"):
        return
    statement = f"""
        SELECT max(coalesce((SELECT seq FROM sqlite_sequence WHERE name = ?), 0), coalesce(max("{table.key}"), 0))
        FROM "{table.name}"
    """  # noqa: S608 -- names of our own
    (highest,) = source.connection.execute(statement, [table.name]).fetchone()
    if highest:
        sequence = [f'"{table.name}"', table.key, highest]
        cursor.execute("SELECT setval(pg_get_serial_sequence(%s, %s), %s)", sequence)
