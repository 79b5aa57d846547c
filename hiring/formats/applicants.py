"""People in a spreadsheet: what their rows say, and what is wrong where. Knows no database."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from typing import Any, Final, TypeVar

from django.core.exceptions import ValidationError
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from hiring.enums import Source
from hiring.formats.mapping import (
    NEEDED,
    NOTES,
    QUESTION,
    Fields,
    fields_as_mapped,
    fields_by_name,
    left_out,
    missing,
)
from rendering.characters import clean_line, clean_text
from rendering.sheets import Problem, Row, Table, TableError, read_table

__all__ = ["Applicant", "Applicants", "Problem", "Setting", "TableError", "read_applicants"]

T = TypeVar("T")

EXTERNAL_ID_LENGTH: Final = 100
AGENCY_LENGTH: Final = 120
# After so many rows whoever waits is told how far it is.
_TOLD_EVERY: Final = 500


@dataclass(frozen=True, slots=True)
class Applicant:
    """One row: a person and their application. What the file leaves open is empty."""

    row: int
    name: str
    email: str
    phone: str = ""
    language: str = ""
    links: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    # Who may read it, as the field is called, and what it says.
    notes: tuple[tuple[str, str], ...] = ()
    source: str = ""
    agency: str = ""
    # The key of the colleague.
    referred_by: int | None = None
    external_id: str = ""
    # The name as the job has it.
    stage: str = ""
    applied_at: datetime | None = None
    # As the parsers of questions return them.
    answers: tuple[Any, ...] = ()
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

    def problem(self, row: int, code: str, message: str) -> Problem:
        """Return a problem at a field of a row."""
        letter, header = self.places.get(code, ("", ""))
        return Problem(row, letter, header, message)


@dataclass(frozen=True, kw_only=True)
class Setting:
    """What cells are read against.

    Arguments: `of_job` is false for people without a job; `stages`, the names of the job's stages; `tests`, the short
    names of tests that people can be invited to; `zone`, in which moments without a zone are meant; `parsers` turn the
    text of a cell into what it says, by what the column is, and raise `ValueError` or `ValidationError` with the mend.
    """

    zone: tzinfo
    now: datetime
    of_job: bool = True
    stages: Sequence[str] = ()
    tests: Sequence[str] = ()
    parsers: Mapping[str, Callable[[str], Any]] = field(default_factory=dict)


def read_applicants(
    data: bytes,
    setting: Setting,
    *,
    filename: str,
    mapping: Mapping[str, str] | None = None,
    told: Callable[[int, int], None] = lambda done, total: None,
) -> Applicants:
    """Return the people in a CSV or XLSX file with every problem by row and column.

    `mapping` says what each column is, by its letter; without it columns are known by their names alone, in any order,
    and one that is called otherwise is a problem. An address or an external id that comes twice is a problem.
    `told` hears now and then how many of the rows are read.
    Raises: `TableError` when the file as a whole cannot be read.
    """
    table = read_table(data, filename)
    unwanted: set[str] = set()
    if mapping is None:
        fields, problems = fields_by_name(table, of_job=setting.of_job)
    else:
        fields, problems = fields_as_mapped(table, mapping)
        unwanted = left_out(table, mapping)
    reader = _Reader(table, fields, setting)
    rows: list[Applicant] = []
    for row in () if missing(fields) else table.rows:
        if len(rows) % _TOLD_EVERY == 0:
            told(len(rows), len(table.rows))
        rows.append(reader.read(row))
    if not table.rows and not problems:
        problems.append(Problem(1, "", "", _("There is no row below the headers.")))
    places = {code: (table.letters.get(headers[0], ""), headers[0]) for code, headers in fields.items()}
    places.setdefault("name", places.get(reader.named_by, ("", "")))
    found = [problem for problem in table.problems if problem.letter not in unwanted]
    return Applicants(tuple(rows), (*found, *problems, *reader.problems), table.warnings, places)


class _Reader:
    """Reads rows and collects what is wrong with them."""

    def __init__(self, table: Table, fields: Fields, setting: Setting) -> None:
        self.table, self.fields, self.setting = table, fields, setting
        self.stages = {clean_line(name).casefold(): name for name in setting.stages}
        # Where what is wrong with a name is told.
        self.named_by = next((code for code in NEEDED[0] if code in fields), "")
        self.questions = [code for code in fields if code.startswith(QUESTION)]
        self.problems: list[Problem] = []
        self.seen: dict[str, dict[str, int]] = {"email": {}, "external_id": {}}

    def read(self, row: Row) -> Applicant:
        self._check_twice(
            row, "email", _("This address stands in row %(row)d already. Delete one of the two rows.")
        )
        self._check_twice(
            row, "external_id", _("This id stands in row %(row)d already. Each row needs its own.")
        )
        opens_at = self._parsed(row, "opens_at", self._date)
        expires_at = self._parsed(row, "expires_at", self._end)
        self._check_window(row, opens_at, expires_at)
        return Applicant(
            row=row.number,
            name=self._name(row),
            email=self._required(row, "email"),
            phone=self._cell(row, "phone"),
            language=self._parsed(row, "language") or "",
            links=tuple(dict.fromkeys(self._each(row, "profile"))),
            tags=tuple(dict.fromkeys(self._each(row, "tags", _words))),
            notes=tuple(self._notes(row)),
            source=self._parsed(row, "source", _source) or "",
            agency=self._parsed(row, "agency", _at_most(AGENCY_LENGTH)) or "",
            referred_by=self._parsed(row, "referred_by"),
            external_id=self._parsed(row, "external_id", _at_most(EXTERNAL_ID_LENGTH)) or "",
            stage=self._parsed(row, "stage", self._stage) or "",
            applied_at=self._parsed(row, "applied_at", self._moment),
            answers=tuple(self._answers(row)),
            test=self._parsed(row, "test", self._test) or "",
            opens_at=opens_at,
            expires_at=expires_at,
        )

    def _cell(self, row: Row, code: str) -> str:
        headers = self.fields.get(code)
        return clean_line(row.cells.get(headers[0], "")) if headers else ""

    def _name(self, row: Row) -> str:
        parts = [self._cell(row, "first_name"), self._cell(row, "last_name")]
        name = self._cell(row, "name") or " ".join(part for part in parts if part)
        return name or self._required(row, self.named_by)

    def _required(self, row: Row, code: str) -> str:
        value = self._cell(row, code)
        if not value:
            self._problem(row, code, _("This cell is empty. Every row needs one."))
        return value

    def _check_twice(self, row: Row, code: str, words: str) -> None:
        key, seen = self._cell(row, code).casefold(), self.seen[code]
        if code == "email" and "@" not in key:
            # Whatever else stands there is a problem of its own.
            return
        if key and key in seen:
            self._problem(row, code, words % {"row": seen[key]})
        elif key:
            seen[key] = row.number

    def _check_window(self, row: Row, opens_at: datetime | None, expires_at: datetime | None) -> None:
        if (opens_at or expires_at) and not self._cell(row, "test"):
            code = "opens_at" if opens_at else "expires_at"
            self._problem(row, code, _("Name the test in the column “test”, or leave this empty."))
        if opens_at and expires_at and opens_at >= expires_at:
            self._problem(row, "opens_at", _("The test must open before the invitation ends."))

    def _parsed(self, row: Row, code: str, parse: Callable[[str], T] | None = None) -> Any:
        """Return what the cell of a field says by `parse`, else by the parser of the field; None for an empty one."""
        text = self._cell(row, code)
        return self._said(row, self.fields[code][0], text, parse or self._parser(code)) if text else None

    def _each(
        self, row: Row, code: str, split: Callable[[str], Sequence[str]] = lambda text: [text]
    ) -> Iterator[Any]:
        """Yield what all cells of a field say."""
        for header in self.fields.get(code, ()):
            for text in split(clean_line(row.cells.get(header, ""))):
                said = self._said(row, header, text, self._parser(code)) if text else None
                if said is not None:
                    yield said

    def _notes(self, row: Row) -> Iterator[tuple[str, str]]:
        for code in NOTES:
            for header in self.fields.get(code, ()):
                text = clean_text(row.cells.get(header, "")).strip()
                # With what stands above it: a bare "3" would say nothing.
                body = self._said(row, header, f"{header}: {text}", self._parser(code)) if text else None
                if body:
                    yield code, body

    def _answers(self, row: Row) -> Iterator[Any]:
        for code in self.questions:
            header = self.fields[code][0]
            text = clean_text(row.cells.get(header, "")).strip()
            answer = self._said(row, header, text, self._parser(code)) if text else None
            if answer is not None:
                yield answer

    def _parser(self, code: str) -> Callable[[str], Any]:
        return self.setting.parsers.get(code, str)

    def _said(self, row: Row, header: str, text: str, parse: Callable[[str], T]) -> T | None:
        try:
            return parse(text)
        except ValidationError as error:
            self.problems.append(self.table.problem(row, header, " ".join(error.messages)))
        except ValueError as error:
            self.problems.append(self.table.problem(row, header, str(error)))
        return None

    def _stage(self, text: str) -> str:
        try:
            return self.stages[text.casefold()]
        except KeyError:
            known = ", ".join(self.stages.values())
            message = _("This job has no such stage. Its stages: %(stages)s.") % {"stages": known}
            raise ValueError(message) from None

    def _test(self, text: str) -> str:
        if text in self.setting.tests:
            return text
        known = ", ".join(sorted(self.setting.tests)) or "–"
        raise ValueError(
            _("Nobody can be invited to such a test. Short names: %(tests)s.") % {"tests": known}
        )

    def _date(self, text: str) -> datetime:
        moment = _read_moment(text, self.setting.zone)
        if moment is None:
            raise ValueError(_("Write the date like 2026-03-31, with a time if you like: 2026-03-31 14:05."))
        return moment

    def _end(self, text: str) -> datetime:
        moment = self._date(text)
        if moment <= self.setting.now:
            raise ValueError(_("Choose a moment in the future."))
        return moment

    def _moment(self, text: str) -> datetime:
        moment = self._date(text)
        if moment > self.setting.now:
            raise ValueError(_("This moment lies in the future."))
        return moment

    def _problem(self, row: Row, code: str, message: str) -> None:
        headers = self.fields.get(code, ("",))
        self.problems.append(self.table.problem(row, headers[0], message))


def _source(text: str) -> str:
    wanted = text.casefold()
    for source in Source:
        if wanted in (source.value.casefold(), str(source.label).casefold()):
            return source.value
    known = ", ".join(source.value for source in Source)
    raise ValueError(_("Unknown source. Write one of these: %(sources)s.") % {"sources": known})


def _at_most(length: int) -> Callable[[str], str]:
    def short(text: str) -> str:
        if len(text) > length:
            raise ValueError(_("Keep this to %(count)d characters.") % {"count": length})
        return text

    return short


def _words(text: str) -> list[str]:
    return [clean_line(word) for word in text.replace(";", ",").split(",")]


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
