"""What a column of PostgreSQL takes, asked of the values that SQLite keeps: it ignores lengths, ranges and types.

No database here: a value goes in, what is wrong with it or what to write comes out.
"""

from __future__ import annotations

import json
import math
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Context, Decimal, InvalidOperation
from typing import Any, NoReturn

from django.utils.dateparse import parse_datetime

# What a number inside of JSON may have before and after its point.
MOST_WHOLE_DIGITS = 131_072
MOST_PLACES = 16_383
# As Django reads decimals out of SQLite, which keeps them as floating-point numbers.
_FLOAT = Context(prec=15)


@dataclass(frozen=True, slots=True)
class Problem:
    """Why PostgreSQL would refuse a value, and what to do about it."""

    wrong: str
    mend: str


class NotForPostgresError(ValueError):
    """A value that cannot be written, met while writing: the preflight has not seen it."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.wrong)
        self.problem = problem


class Kind:
    """A kind of column. Null is the column's own matter and never asked here."""

    def problems(self, raw: Any) -> Iterator[Problem]:
        """Yield all that is wrong with a value of SQLite."""
        try:
            self.read(raw)
        except NotForPostgresError as refused:
            yield refused.problem

    def read(self, raw: Any) -> Any:
        """Return what to write for a value of SQLite. Raises `NotForPostgresError`."""
        raise NotImplementedError


def refuse(wrong: str, mend: str) -> NoReturn:
    raise NotForPostgresError(Problem(wrong, mend))


def refuse_type(raw: Any, wanted: str) -> NoReturn:
    names: dict[type, str] = {bytes: "bytes", str: "text", int: "a whole number", float: "a number"}
    refuse(f"is {names.get(type(raw), 'something else')} where {wanted} belongs", f"Set it to {wanted}.")


@dataclass(frozen=True, slots=True)
class Text(Kind):
    """Text of at most `limit` characters, or of any length."""

    limit: int | None = None

    def problems(self, raw: Any) -> Iterator[Problem]:
        if not isinstance(raw, str):
            yield from Kind.problems(self, raw)
            return
        if self.limit is not None and len(raw) > self.limit:
            yield Problem(
                f"holds {len(raw)} characters, PostgreSQL takes {self.limit}",
                f"Shorten it to {self.limit} characters.",
            )
        yield from unwritable(raw)

    def read(self, raw: Any) -> str:
        if not isinstance(raw, str):
            refuse_type(raw, "text")
        for problem in self.problems(raw):
            raise NotForPostgresError(problem)
        return raw


def unwritable(text: str) -> Iterator[Problem]:
    """Yield what no text of PostgreSQL can hold. Bytes that are no UTF-8 were read as lone surrogates."""
    if "\x00" in text:
        yield Problem("holds a NUL character", "Remove the NUL.")
    if not text.isascii() and any("\ud800" <= letter <= "\udfff" for letter in text):
        yield Problem("holds half of a character (a lone surrogate)", "Remove that half.")


@dataclass(frozen=True, slots=True)
class Whole(Kind):
    """A whole number in a range."""

    least: int
    most: int

    def read(self, raw: Any) -> int:
        if not isinstance(raw, int):
            refuse_type(raw, "a whole number")
        if not self.least <= raw <= self.most:
            refuse(
                f"is {raw}, PostgreSQL takes {self.least} to {self.most}",
                "Set it to a number in this range.",
            )
        return raw


@dataclass(frozen=True, slots=True)
class Truth(Kind):
    """Yes or no, kept as 1 or 0."""

    def read(self, raw: Any) -> bool:
        if raw not in (0, 1) or not isinstance(raw, int):
            refuse("is neither 0 nor 1 where yes or no belongs", "Set it to 1 for yes or 0 for no.")
        return bool(raw)


@dataclass(frozen=True, slots=True)
class Real(Kind):
    """A floating-point number; PostgreSQL takes infinity here too."""

    def read(self, raw: Any) -> float:
        if not isinstance(raw, int | float):
            refuse_type(raw, "a number")
        return float(raw)


@dataclass(frozen=True, slots=True)
class Exact(Kind):
    """A decimal number of so many digits, some of them after the point."""

    digits: int
    places: int

    def read(self, raw: Any) -> Decimal:
        if not isinstance(raw, int | float):
            refuse_type(raw, "a number")
        if not math.isfinite(raw):
            refuse("is infinite where a decimal number belongs", "Set it to a number.")
        try:
            number = _FLOAT.create_decimal_from_float(raw).quantize(
                Decimal(1).scaleb(-self.places), context=Context(prec=self.digits)
            )
        except InvalidOperation:
            whole = self.digits - self.places
            refuse(
                f"has more than {whole} digits before the point, PostgreSQL takes {whole}",
                "Set it to a smaller number.",
            )
        return number


@dataclass(frozen=True, slots=True)
class Moment(Kind):
    """A moment; SQLite keeps it as text in UTC."""

    def read(self, raw: Any) -> datetime:
        try:
            moment = parse_datetime(raw) if isinstance(raw, str) else None
        except ValueError:
            moment = None
        if moment is None:
            refuse(
                "is not a moment from the years 1 to 9999",
                "Set it to a date and a time, such as 2026-01-31 09:00:00.",
            )
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment


@dataclass(frozen=True, slots=True)
class Identifier(Kind):
    """A UUID; SQLite keeps its 32 digits."""

    def read(self, raw: Any) -> uuid.UUID:
        if not isinstance(raw, str):
            refuse_type(raw, "a UUID")
        try:
            return uuid.UUID(raw)
        except ValueError:
            refuse("is not a UUID", "Set it to 32 hexadecimal digits.")


@dataclass(frozen=True, slots=True)
class Bytes(Kind):
    """Bytes as they are."""

    def read(self, raw: Any) -> bytes:
        if not isinstance(raw, bytes):
            refuse_type(raw, "binary data")
        return raw


@dataclass(frozen=True, slots=True)
class Document(Kind):
    """JSON, written as the text that SQLite keeps."""

    def problems(self, raw: Any) -> Iterator[Problem]:
        if not isinstance(raw, str):
            yield Problem("is not text where JSON belongs", "Set it to JSON.")
            return
        try:
            value = json.loads(raw, parse_constant=_refuse_constant, parse_float=_number, parse_int=_number)
        except NotForPostgresError as refused:
            yield refused.problem
            return
        except RecursionError:
            yield Problem("is JSON nested too deeply to be read", "Set it to simpler JSON.")
            return
        except ValueError:
            yield Problem("is not JSON", "Set it to JSON.")
            return
        seen = {problem for text in _texts(value) for problem in unwritable(text)}
        yield from sorted(seen, key=lambda problem: problem.wrong)

    def read(self, raw: Any) -> str:
        for problem in self.problems(raw):
            raise NotForPostgresError(problem)
        return str(raw)


def _refuse_constant(name: str) -> NoReturn:
    refuse(f"holds {name}, which JSON of PostgreSQL has no number for", "Set that number to null.")


def _number(text: str) -> None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal("Infinity")
    exponent = number.as_tuple().exponent
    too_large = not number.is_finite() or (bool(number) and number.adjusted() >= MOST_WHOLE_DIGITS)
    if too_large or (isinstance(exponent, int) and exponent < -MOST_PLACES):
        refuse("holds a number with too many digits", "Set that number to null or to a shorter one.")


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from _texts(item)


@dataclass(frozen=True, slots=True)
class Column:
    """A column that is moved. `refers_to` is the table and the column that its values must exist in."""

    name: str
    kind: Kind
    nullable: bool
    refers_to: tuple[str, str] | None = None

    def problems(self, raw: Any) -> Iterator[Problem]:
        """Yield all that is wrong with a value of SQLite."""
        if raw is not None:
            yield from self.kind.problems(raw)
        elif not self.nullable:
            yield Problem("is empty where something has to be", "Set it to a value.")

    def read(self, raw: Any) -> Any:
        """Return what to write for a value of SQLite. Raises `NotForPostgresError`."""
        for problem in self.problems(raw) if raw is None else ():
            raise NotForPostgresError(problem)
        return None if raw is None else self.kind.read(raw)
