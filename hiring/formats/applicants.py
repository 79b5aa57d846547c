"""People in a spreadsheet: which columns they may have, and what is wrong where. Knows no database."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Final, TypeVar

from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from hiring.enums import Source
from rendering.characters import clean_line
from rendering.sheets import Problem, Row, Table, TableError, read_table

__all__ = ["COLUMNS", "Applicant", "Applicants", "Problem", "TableError", "read_applicants"]

T = TypeVar("T")

# What a column may be called, without case, spaces, hyphens and underscores.
_NAMES: Final[Mapping[str, str]] = {
    "name": "name",
    "fullname": "name",
    "candidate": "name",
    "email": "email",
    "emailaddress": "email",
    "mail": "email",
    "phone": "phone",
    "phonenumber": "phone",
    "source": "source",
    "stage": "stage",
    "appliedat": "applied_at",
    "applied": "applied_at",
    "applieddate": "applied_at",
    "tags": "tags",
    "tag": "tags",
    "test": "test",
    "inviteto": "test",
    "opensat": "opens_at",
    "notbefore": "opens_at",
    "expiresat": "expires_at",
    "startby": "expires_at",
}
COLUMNS: Final = (
    *("name", "email", "phone", "source", "stage", "applied_at", "tags"),
    *("test", "opens_at", "expires_at"),
)
_REQUIRED: Final = ("name", "email")


@dataclass(frozen=True, slots=True)
class Applicant:
    """One row: a person and their application. `stage` is the name as the job has it, empty for the first."""

    row: int
    name: str
    email: str
    phone: str
    source: str
    stage: str
    applied_at: datetime | None
    tags: tuple[str, ...]
    # The short name of the test that the person is invited to, empty for none, and when that is open.
    test: str = ""
    opens_at: datetime | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Applicants:
    """What was read. With any problem nothing may be written."""

    rows: tuple[Applicant, ...]
    problems: tuple[Problem, ...]
    warnings: tuple[str, ...]
    # Where a field stands in the file, for problems that only the database finds.
    places: Mapping[str, tuple[str, str]]

    def problem(self, row: int, field: str, message: str) -> Problem:
        """Return a problem at a field of a row."""
        letter, header = self.places.get(field, ("", ""))
        return Problem(row, letter, header, message)


def read_applicants(
    data: bytes,
    *,
    filename: str,
    stages: Sequence[str],
    tests: Sequence[str] = (),
    zone: tzinfo,
    now: datetime,
) -> Applicants:
    """Return the applicants in a CSV or XLSX file with every problem by row and column.

    Columns may stand in any order: name and email, and if wished phone, source, stage, applied_at, tags, and the test
    to invite to with its opens_at and expires_at. Case, spaces and underscores in headers do not matter. An address
    that comes twice is a problem.
    Arguments: `stages`, the names of the job's stages; `tests`, the short names of tests that people can be invited
    to; `zone`, in which moments without a zone are meant.
    Raises: `TableError` when the file as a whole cannot be read.
    """
    table = read_table(data, filename)
    fields, problems = _fields(table)
    places = {field: (table.letters.get(header, ""), header) for field, header in fields.items()}
    known = {clean_line(name).casefold(): name for name in stages}
    reader = _Reader(table, fields, known, frozenset(tests), zone, now)
    rows = [reader.read(row) for row in table.rows] if set(_REQUIRED) <= set(fields) else []
    if not table.rows and not problems:
        problems.append(Problem(1, "", "", _("There is no row below the headers.")))
    return Applicants(tuple(rows), (*table.problems, *problems, *reader.problems), table.warnings, places)


def _fields(table: Table) -> tuple[dict[str, str], list[Problem]]:
    """Return which header holds which field, and what is wrong with the headers."""
    fields: dict[str, str] = {}
    problems: list[Problem] = []
    header_row = min((row.number for row in table.rows), default=2) - 1 or 1
    for header in table.headers:
        field = _NAMES.get("".join(header.casefold().replace("_", " ").replace("-", " ").split()))
        letter = table.letters.get(header, "")
        if field is None:
            message = _("There is no such column. Rename it to one of these or delete it: %(columns)s.")
            problems.append(Problem(header_row, letter, header, message % {"columns": ", ".join(COLUMNS)}))
        elif field in fields:
            message = _("This column and “%(other)s” mean the same. Delete one of the two.")
            problems.append(Problem(header_row, letter, header, message % {"other": fields[field]}))
        else:
            fields[field] = header
    for field in _REQUIRED:
        if field not in fields:
            message = _("There is no column “%(column)s”. Add it; every row needs one.") % {"column": field}
            problems.append(Problem(header_row, "", "", message))
    return fields, problems


class _Reader:
    """Reads rows and collects what is wrong with them."""

    def __init__(
        self,
        table: Table,
        fields: Mapping[str, str],
        stages: Mapping[str, str],
        tests: frozenset[str],
        zone: tzinfo,
        now: datetime,
    ) -> None:
        self.table, self.fields, self.stages, self.zone, self.now = table, fields, stages, zone, now
        self.tests = tests
        self.problems: list[Problem] = []
        self.seen: dict[str, int] = {}

    def read(self, row: Row) -> Applicant:
        email = self._cell(row, "email")
        self._check_twice(row, email)
        test = self._parsed(row, "test", self._test) or ""
        opens_at = self._parsed(row, "opens_at", self._date)
        expires_at = self._parsed(row, "expires_at", self._end)
        if (opens_at or expires_at) and not self._cell(row, "test"):
            field = "opens_at" if opens_at else "expires_at"
            self._problem(row, field, _("Name the test in the column “test”, or leave this empty."))
        if opens_at and expires_at and opens_at >= expires_at:
            self._problem(row, "opens_at", _("The test must open before the invitation ends."))
        return Applicant(
            row=row.number,
            name=self._required(row, "name"),
            email=self._required(row, "email"),
            phone=self._cell(row, "phone"),
            source=self._parsed(row, "source", self._source) or Source.IMPORT.value,
            stage=self._parsed(row, "stage", self._stage) or "",
            applied_at=self._parsed(row, "applied_at", self._moment),
            tags=tuple(dict.fromkeys(self._tags(self._cell(row, "tags")))),
            test=test,
            opens_at=opens_at,
            expires_at=expires_at,
        )

    def _cell(self, row: Row, field: str) -> str:
        header = self.fields.get(field)
        return clean_line(row.cells.get(header, "")) if header else ""

    def _required(self, row: Row, field: str) -> str:
        value = self._cell(row, field)
        if not value:
            self._problem(row, field, _("This cell is empty. Every row needs one."))
        return value

    def _check_twice(self, row: Row, email: str) -> None:
        key = email.casefold()
        if key and key in self.seen:
            message = _("This address stands in row %(row)d already. Delete one of the two rows.")
            self._problem(row, "email", message % {"row": self.seen[key]})
        elif key:
            self.seen[key] = row.number

    def _parsed(self, row: Row, field: str, parse: Callable[[str], T]) -> T | None:
        text = self._cell(row, field)
        if not text:
            return None
        try:
            return parse(text)
        except ValueError as error:
            self._problem(row, field, str(error))
            return None

    def _source(self, text: str) -> str:
        wanted = text.casefold()
        for source in Source:
            if wanted in (source.value.casefold(), str(source.label).casefold()):
                return source.value
        known = ", ".join(source.value for source in Source)
        raise ValueError(_("Unknown source. Write one of these: %(sources)s.") % {"sources": known})

    def _stage(self, text: str) -> str:
        try:
            return self.stages[text.casefold()]
        except KeyError:
            known = ", ".join(self.stages.values())
            message = _("This job has no such stage. Its stages: %(stages)s.") % {"stages": known}
            raise ValueError(message) from None

    def _test(self, text: str) -> str:
        if text in self.tests:
            return text
        known = ", ".join(sorted(self.tests)) or "–"
        raise ValueError(
            _("Nobody can be invited to such a test. Short names: %(tests)s.") % {"tests": known}
        )

    def _date(self, text: str) -> datetime:
        moment = _read_moment(text, self.zone)
        if moment is None:
            raise ValueError(_("Write the date like 2026-03-31, with a time if you like: 2026-03-31 14:05."))
        return moment

    def _end(self, text: str) -> datetime:
        moment = self._date(text)
        if moment <= self.now:
            raise ValueError(_("Choose a moment in the future."))
        return moment

    def _moment(self, text: str) -> datetime:
        moment = self._date(text)
        if moment > self.now:
            raise ValueError(_("This moment lies in the future."))
        return moment

    def _tags(self, text: str) -> list[str]:
        words = (clean_line(word) for word in text.replace(";", ",").split(","))
        return [word for word in words if word]

    def _problem(self, row: Row, field: str, message: str) -> None:
        self.problems.append(self.table.problem(row, self.fields.get(field, ""), message))


def _read_moment(text: str, zone: tzinfo) -> datetime | None:
    """Return the moment that `text` writes in ISO 8601, a date at its beginning; None for anything else."""
    try:
        day: date | None = parse_date(text)
        moment = parse_datetime(text) if day is None else datetime(day.year, day.month, day.day, tzinfo=zone)
    except ValueError:
        return None
    if moment is None:
        return None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=zone)
