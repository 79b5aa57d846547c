"""Statements that every candidate's request makes: the ORM writes them once a process, each request only runs them.

Writing a read over six tables takes the ORM longer than asking the database, reading the row and making its objects.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.expressions import RawSQL
from django.db.models.query import get_related_populators
from django.db.models.sql import InsertQuery, UpdateQuery

ModelT = TypeVar("ModelT", bound=models.Model)
Kind = type[str] | type[int] | type[datetime]
# A statement and its parameters.
Written = tuple[str, list[Any]]

# Stand for the values to come. Nothing else in a statement is one of them, and the smallest column of a key holds them.
_MARKS: dict[Kind, tuple[Any, ...]] = {
    str: ("\x01first", "\x01second"),
    int: (32_001, 32_002, 32_003),
    datetime: tuple(datetime(1901, 1, day, tzinfo=UTC) for day in (1, 2, 3)),
}


@dataclass(frozen=True)
class _Statement:
    """A statement with gaps: at each place among its parameters stands the mark of a value."""

    sql: str
    params: tuple[Any, ...]
    gaps: tuple[tuple[int, int], ...]

    @classmethod
    def of(cls, sql: str, params: Sequence[Any], marks: Sequence[Any]) -> _Statement:
        database = _database()
        prepared = [_prepared(mark, like=mark, database=database) for mark in marks]
        gaps = tuple((place, prepared.index(each)) for place, each in enumerate(params) if each in prepared)
        assert {number for _place, number in gaps} == set(range(len(marks)))
        return cls(sql, tuple(params), gaps)

    def filled(self, values: Sequence[Any], database: BaseDatabaseWrapper) -> list[Any]:
        """Return the parameters for `values`."""
        params = list(self.params)
        for place, number in self.gaps:
            params[place] = _prepared(values[number], like=params[place], database=database)
        return params


def _marks(kinds: Sequence[Kind]) -> list[Any]:
    return [_MARKS[kind][place] for place, kind in enumerate(kinds)]


def _database() -> BaseDatabaseWrapper:
    """Return this thread's connection itself. Django's `connection` looks it up for each of its attributes."""
    return connections[DEFAULT_DB_ALIAS]


def _prepared(value: Any, *, like: Any, database: BaseDatabaseWrapper) -> Any:
    """Return `value` as the backend wants it: it may have its own kinds of numbers and moments."""
    if isinstance(value, datetime):
        return database.ops.adapt_datetimefield_value(value)
    return type(like)(value) if isinstance(value, int) else value


# --- Reading ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Reading:
    statement: _Statement
    model: type[models.Model]
    start: int
    end: int
    names: Sequence[str]
    converters: Sequence[tuple[int, tuple[Any, Any]]]
    populators: Sequence[Any]
    annotations: Sequence[tuple[str, int]]


class CompiledRead(Generic[ModelT]):
    """A read of objects, or of the first one. `build` takes as many values as `kinds` has.

    What `build` returns may filter, join, annotate and order; lists of ids and empty results are not for it. Where
    columns will do, `CompiledValues` makes no objects.
    """

    def __init__(self, build: Callable[..., models.QuerySet[ModelT]], *kinds: Kind) -> None:
        self._build, self._kinds = build, kinds
        self._readings: dict[tuple[str, bool], _Reading] = {}

    def first(self, *values: Any) -> ModelT | None:
        """Return the first object, with all that `select_related` joins; None without one. One query."""
        database = _database()
        reading = self._readings.get((database.vendor, True)) or self._compile(database, is_first=True)
        with database.cursor() as cursor:
            cursor.execute(reading.statement.sql, reading.statement.filled(values, database))
            found = cursor.fetchone()
        return self._made(reading, found, database) if found is not None else None

    def all(self, *values: Any) -> list[ModelT]:
        """Return every object, in order, with all that `select_related` joins. One query."""
        database = _database()
        reading = self._readings.get((database.vendor, False)) or self._compile(database, is_first=False)
        with database.cursor() as cursor:
            cursor.execute(reading.statement.sql, reading.statement.filled(values, database))
            return [self._made(reading, found, database) for found in cursor.fetchall()]

    def _made(self, reading: _Reading, found: Sequence[Any], database: BaseDatabaseWrapper) -> ModelT:
        row = _converted(found, reading.converters, database)
        made = reading.model.from_db(database.alias, reading.names, row[reading.start : reading.end])
        for populator in reading.populators:
            populator.populate(row, made)
        for name, place in reading.annotations:
            setattr(made, name, row[place])
        return made  # type: ignore[return-value]

    def _compile(self, database: BaseDatabaseWrapper, *, is_first: bool) -> _Reading:
        marks = _marks(self._kinds)
        rows = self._build(*marks)
        compiler = (rows[:1] if is_first else rows).query.get_compiler(database.alias)
        sql, params = compiler.as_sql()
        info, select = compiler.klass_info, compiler.select
        assert info is not None
        fields = info["select_fields"]
        start, end = fields[0], fields[-1] + 1
        reading = self._readings[database.vendor, is_first] = _Reading(
            statement=_Statement.of(sql, params, marks),
            model=info["model"],
            start=start,
            end=end,
            names=[column[0].target.attname for column in select[start:end]],
            converters=list(compiler.get_converters([column[0] for column in select]).items()),
            populators=get_related_populators(info, select, database.alias),  # type: ignore[call-arg]
            annotations=list(compiler.annotation_col_map.items()),
        )
        return reading


class CompiledValues:
    """A read of columns alone: `build` returns the `values_list` of some, none of them annotated."""

    def __init__(self, build: Callable[..., models.QuerySet[Any, Any]], *kinds: Kind) -> None:
        self._build, self._kinds = build, kinds
        self._readings: dict[str, tuple[_Statement, list[tuple[int, tuple[Any, Any]]]]] = {}

    def all(self, *values: Any) -> list[Sequence[Any]]:
        """Return the columns of every row, in order. One query."""
        database = _database()
        statement, converters = self._readings.get(database.vendor) or self._compile(database)
        with database.cursor() as cursor:
            cursor.execute(statement.sql, statement.filled(values, database))
            found = cursor.fetchall()
        return [_converted(row, converters, database) for row in found] if converters else found

    def _compile(self, database: BaseDatabaseWrapper) -> tuple[_Statement, list[tuple[int, tuple[Any, Any]]]]:
        marks = _marks(self._kinds)
        compiler = self._build(*marks).query.get_compiler(database.alias)
        sql, params = compiler.as_sql()
        converters = list(compiler.get_converters([column[0] for column in compiler.select]).items())
        reading = self._readings[database.vendor] = (_Statement.of(sql, params, marks), converters)
        return reading


def _converted(
    found: Sequence[Any], converters: Sequence[tuple[int, tuple[Any, Any]]], database: BaseDatabaseWrapper
) -> list[Any]:
    row = list(found)
    for place, (converts, expression) in converters:
        for convert in converts:
            row[place] = convert(row[place], expression, database)
    return row


# --- Changing --------------------------------------------------------------------------------------------------


class CompiledUpdate:
    """An update of the rows that `build` returns for values of `kinds`, giving `fields` new values."""

    def __init__(
        self, build: Callable[..., models.QuerySet[Any]], *kinds: Kind, fields: Sequence[str]
    ) -> None:
        self._build, self._kinds, self._names = build, kinds, fields
        self._changes: dict[str, tuple[_Statement, list[models.Field[Any, Any]]]] = {}

    def run(self, *values: Any, to: Sequence[Any]) -> int:
        """Give the fields the values `to`, in their order, and return how many rows there were. One query."""
        return run(self.written(*values, to=to))

    def written(self, *values: Any, to: Sequence[Any]) -> Written:
        """Return what `run` would run."""
        database = _database()
        statement, fields = self._changes.get(database.vendor) or self._compile(database)
        params = statement.filled(values, database)
        # What is set comes first.
        params[: len(fields)] = [
            field.get_db_prep_save(value, database) for field, value in zip(fields, to, strict=True)
        ]
        return statement.sql, params

    def _compile(self, database: BaseDatabaseWrapper) -> tuple[_Statement, list[models.Field[Any, Any]]]:
        marks = _marks(self._kinds)
        rows = self._build(*marks)
        query: Any = rows.query.chain(UpdateQuery)
        query.add_update_values({name: RawSQL("%s", [name]) for name in self._names})
        sql, params = query.get_compiler(database.alias).as_sql()
        assert list(params[: len(self._names)]) == list(self._names)
        fields = [rows.model._meta.get_field(name) for name in self._names]
        change = self._changes[database.vendor] = (_Statement.of(sql, params, marks), fields)
        return change


# --- Adding ----------------------------------------------------------------------------------------------------


class CompiledInsert:
    """An insert of rows of `model` with a value for each of its columns."""

    def __init__(self, model: type[models.Model]) -> None:
        self._model = model
        self._fields: list[models.Field[Any, Any]] = list(model._meta.local_concrete_fields)
        self._statements: dict[str, str] = {}

    def run(self, row: models.Model) -> None:
        """Add `row` as it is: nothing is checked, no signal is sent, no column is left to the database. One query."""
        run(self.written(row))

    def written(self, row: models.Model) -> Written:
        """Return what `run` would run."""
        database = _database()
        sql = self._statements.get(database.vendor) or self._compile(row, database)
        return sql, self._params(row, database)

    def run_all(self, rows: Sequence[models.Model]) -> None:
        """Add `rows` as `run` adds one; there are a few dozen, and one at least. One query."""
        database = _database()
        head, values, row = self.written(rows[0])[0].partition(" VALUES ")
        sql = f"{head}{values}{', '.join([row] * len(rows))}"
        run((sql, [param for each in rows for param in self._params(each, database)]))

    def _params(self, row: models.Model, database: BaseDatabaseWrapper) -> list[Any]:
        return [field.get_db_prep_save(getattr(row, field.attname), database) for field in self._fields]

    def _compile(self, row: models.Model, database: BaseDatabaseWrapper) -> str:
        query: Any = InsertQuery(self._model)
        query.insert_values(self._fields, [row])
        [(sql, params)] = query.get_compiler(database.alias).as_sql()
        assert len(params) == len(self._fields)
        self._statements[database.vendor] = sql
        return str(sql)


# --- Running ---------------------------------------------------------------------------------------------------


def run(written: Written) -> int:
    """Run a statement and return how many rows it changed or added. One query."""
    with _database().cursor() as cursor:
        cursor.execute(*written)
        return int(cursor.rowcount)


def can_chain() -> bool:
    """Whether the database takes several changes in one statement."""
    return _database().vendor == "postgresql"


def run_chain(updates: Sequence[Written], insert: Written) -> bool:
    """Run `updates` and the `insert` behind them in this order, and return whether its row was added. One query.

    Each is done only where the one before changed a row; what was changed before the first that changed nothing stays
    changed. For databases of which `can_chain` is true, by changes in WITH:
    https://www.postgresql.org/docs/current/queries-with.html#QUERIES-WITH-MODIFYING
    All of them see the rows as they were when the statement began, but each takes hold of those that it changes, and
    looks again at one that somebody else has changed since.
    """
    sql = _chained(tuple(sql for sql, _params in updates), insert[0])
    return bool(run((sql, [param for _sql, params in (*updates, insert) for param in params])))


@lru_cache
def _chained(updates: tuple[str, ...], insert: str) -> str:
    steps, so_far = [], ""
    for number, update in enumerate(updates, start=1):
        steps.append(f"step_{number} AS ({update}{so_far and f' AND {so_far}'} RETURNING 1)")
        so_far = f"EXISTS (SELECT FROM step_{number})"
    head, _values, values = insert.partition(" VALUES (")
    assert values.endswith(")")
    return f"WITH {', '.join(steps)} {head} SELECT {values[:-1]} WHERE {so_far}"
