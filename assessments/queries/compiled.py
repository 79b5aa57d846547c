"""Reads that every candidate's request makes: the ORM writes them once a process, and each request only runs them.

Writing a read over six tables takes the ORM longer than asking the database, reading the row and making its objects.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db import connection, models
from django.db.models.query import get_related_populators

ModelT = TypeVar("ModelT", bound=models.Model)

# Stand for the values to come. Nothing else in a read is one of them, and the smallest column of a key holds them.
_TEXTS = ("\x01first", "\x01second")
_NUMBERS = (32_001, 32_002)


@dataclass(frozen=True)
class _Plan:
    sql: str
    params: tuple[Any, ...]
    # Where the values go: the place among the parameters and which value.
    gaps: tuple[tuple[int, int], ...]
    model: type[models.Model]
    start: int
    end: int
    names: Sequence[str]
    converters: Sequence[tuple[int, tuple[Any, Any]]]
    populators: Sequence[Any]
    annotations: Sequence[tuple[str, int]]


class CompiledRead(Generic[ModelT]):
    """A read of at most one object. `build` takes as many values as `kinds` has, each a text or a number.

    What `build` returns may filter, join, annotate and order; lists of ids and empty results are not for it.
    """

    def __init__(self, build: Callable[..., models.QuerySet[ModelT]], *kinds: type[str] | type[int]) -> None:
        self._build = build
        self._marks = [(_TEXTS if kind is str else _NUMBERS)[place] for place, kind in enumerate(kinds)]
        self._plans: dict[str, _Plan] = {}

    def first(self, *values: str | int) -> ModelT | None:
        """Return the first object, with all that `select_related` joins; None without one. One query."""
        plan = self._plans.get(connection.vendor) or self._compile()
        params = list(plan.params)
        for place, number in plan.gaps:
            # The backend may have its own kinds of numbers.
            params[place] = type(params[place])(values[number])
        with connection.cursor() as cursor:
            cursor.execute(plan.sql, params)
            found = cursor.fetchone()
        if found is None:
            return None
        row = list(found)
        for place, (converters, expression) in plan.converters:
            for convert in converters:
                row[place] = convert(row[place], expression, connection)
        made = plan.model.from_db(connection.alias, plan.names, row[plan.start : plan.end])
        for populator in plan.populators:
            populator.populate(row, made)
        for name, place in plan.annotations:
            setattr(made, name, row[place])
        return made  # type: ignore[return-value]

    def _compile(self) -> _Plan:
        query = self._build(*self._marks)[:1].query
        compiler = query.get_compiler(connection.alias)
        sql, params = compiler.as_sql()
        info, select = compiler.klass_info, compiler.select
        assert info is not None
        fields = info["select_fields"]
        start, end = fields[0], fields[-1] + 1
        plan = _Plan(
            sql=sql,
            params=tuple(params),
            gaps=tuple(
                (place, self._marks.index(param))
                for place, param in enumerate(params)
                if param in self._marks
            ),
            model=info["model"],
            start=start,
            end=end,
            names=[column[0].target.attname for column in select[start:end]],
            converters=list(compiler.get_converters([column[0] for column in select]).items()),
            populators=get_related_populators(info, select, connection.alias),  # type: ignore[call-arg]
            annotations=list(compiler.annotation_col_map.items()),
        )
        assert {number for _place, number in plan.gaps} == set(range(len(self._marks)))
        self._plans[connection.vendor] = plan
        return plan
