"""Median and quartiles of many lengths of time: by PostgreSQL where it is there, else from the lengths themselves.

Both are exact: lengths are whole microseconds, and a quartile lies on a quarter of the way between two of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, Self

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from hiring.queries.reports.shape import FEWEST_FOR_QUARTILES, quartiles, rounded

_DAY: Final = timedelta(days=1) // timedelta(microseconds=1)


# Each part by itself: together they are more than fit into the memory of a sort.
_SPREAD: Final = (
    "SELECT %s, COUNT(*), percentile_cont(0.25) WITHIN GROUP (ORDER BY length),"
    " percentile_cont(0.5) WITHIN GROUP (ORDER BY length), percentile_cont(0.75) WITHIN GROUP (ORDER BY length),"
    " SUM(first)::bigint FROM ({}) AS pair (length, first)"
)
_PAIRS: Final = "SELECT %s, * FROM ({})"


@dataclass(frozen=True, slots=True)
class Spread:
    """How many lengths there are, and their quartiles and median in microseconds; None where there are none."""

    n: int
    lower: float | None
    median: float | None
    upper: float | None

    @classmethod
    def of(cls, lengths: Sequence[int]) -> Self:
        """Return that of these lengths."""
        return cls(len(lengths), *quartiles(lengths))

    def in_days(self) -> dict[str, float | None]:
        """Return median and quartiles in days, to two places; None where there are too few."""
        is_enough = self.n >= FEWEST_FOR_QUARTILES
        found = {
            "lower": self.lower if is_enough else None,
            "median": self.median,
            "upper": self.upper if is_enough else None,
        }
        return {name: None if value is None else rounded(value / _DAY) for name, value in found.items()}


def spread_of(parts: Sequence[tuple[str, QuerySet[Any]]]) -> tuple[dict[str, Spread], int]:
    """Return how the lengths of each part are spread, without parts that have none, and how many applications they are.

    A part is a name with pairs of a length and how many applications it is the first of. One query, or none.
    """
    statements: list[str] = []
    params: list[Any] = []
    is_postgresql = connection.vendor == "postgresql"
    for name, rows in parts:
        try:
            statement, values = rows.query.sql_with_params()
        except EmptyResultSet:
            continue
        statements.append((_SPREAD if is_postgresql else _PAIRS).format(statement))
        params += [name, *values]
    if not statements:
        return {}, 0
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(statements), params)
        found = cursor.fetchall()
    if is_postgresql:
        spreads = {name: Spread(n, *places) for name, n, *places, _first in found if n}
        return spreads, sum(first or 0 for *_spread, first in found)
    lengths: dict[str, list[int]] = defaultdict(list)
    for name, length, _first in found:
        lengths[name].append(length)
    return {name: Spread.of(those) for name, those in lengths.items()}, sum(
        first for _name, _length, first in found
    )
