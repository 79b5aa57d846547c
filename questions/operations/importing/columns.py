"""Tables of others: what their columns are is asked of whoever uploads, and remembered for tables like it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import Actor
from accounts.operations import remember_columns
from outbox.models import Work
from outbox.operations import queue_work
from outbox.rules import SAMPLE
from questions.formats.drafts import FileRefused, Parsed
from questions.formats.tables.columns import CODES, guessed, taken_for, twice
from questions.operations.importing.drafting import ImportChoices
from questions.operations.importing.running import ImportRefused, may_author
from questions.operations.reading import COLUMNS_UNKNOWN, OpenSheet, open_sheet, parse
from questions.queries.column_words import (
    REMEMBERED,
    column_words,
    headings_digest,
    remembered_columns,
    words_to_remember,
)
from questions.queries.file_words import refusal_words


@dataclass(frozen=True, slots=True)
class FileRead:
    """A file, and of a table its columns. Without `parsed` somebody has to say what they are, and `why` says why.

    `columns` is what was said of them now or before, by header; None for those that are known by their names. `taken`
    is what each is taken for.
    """

    parsed: Parsed | None
    why: str = ""
    columns: Mapping[str, str] | None = None
    taken: Mapping[str, str] = field(default_factory=dict)
    is_remembered: bool = False
    sheet: OpenSheet | None = None

    def facts(self) -> dict[str, Any]:
        """Return what the result of a check keeps of its table: nothing where the file is none."""
        if self.sheet is None:
            return {}
        return {
            "columns": dict(self.columns) if self.columns is not None else None,
            "taken": dict(self.taken),
            "is_remembered": self.is_remembered,
            SAMPLE: self.sheet.table.sample(),
        }


def read_file(data: bytes, name: str, columns: Mapping[str, str] | None, by: Actor) -> FileRead:
    """Return what a file holds, its columns as they were said, as `by` said of such a table before, or by their names.

    Raises `FileRefused` for a file that cannot be read, whatever its columns are.
    """
    sheet = open_sheet(data, name)
    if sheet is None:
        return FileRead(parse(data, name, columns))
    headers = sheet.table.headers
    said = remembered_columns(by.user, headers) if columns is None else columns
    try:
        parsed = sheet.read(said)
        taken = taken_for(headers, said or {}, sheet.name)
    except FileRefused as refused:
        if refused.code not in COLUMNS_UNKNOWN:
            raise
        return FileRead(None, why=refusal_words(refused), taken=guessed(headers), sheet=sheet)
    is_remembered = columns is None and said is not None
    return FileRead(
        parsed, columns=taken if said else said, taken=taken, is_remembered=is_remembered, sheet=sheet
    )


def remember(columns: Mapping[str, str], by: Actor) -> None:
    """Remember for tables with the same headings what whoever asked, or their program, said that the columns are."""
    if by.user is not None:
        name, words = headings_digest(list(columns)), words_to_remember(columns)
        # A key changes nothing else of its owner: the system keeps what it said.
        remember_columns(user=by.user, family=REMEMBERED, name=name, words=words, by=Actor.system())


def columns_said(check: Work, said: Mapping[str, str]) -> dict[str, str]:
    """Return what each column of the table of `check` is, for `recheck`: as `said` by heading, else by its name.

    Raises: `ImportRefused` where it is not checked yet, its file is gone or is no table; `ValidationError` for a
    heading that it does not have, or what no column can be.
    """
    if check.is_open:
        raise ImportRefused(_("The file is still being read. Wait until it is checked."), "not_checked")
    sample = check.result.get(SAMPLE)
    if not sample:
        if not check.file:
            raise ImportRefused(_("The file is not kept any more. Upload it again."), "gone")
        raise ImportRefused(_("The file is no table, so that it has no columns to name."), "no_table")
    try:
        return taken_for([column["header"] for column in sample], said, "")
    except FileRefused as refused:
        raise ValidationError(refusal_words(refused)) from refused


def recheck(
    *,
    check: Work,
    by: Actor,
    now: datetime,
    intent: str,
    back: Mapping[str, str],
    columns: Mapping[str, str] | None = None,
    format: str = "",
    choices: ImportChoices | None = None,
) -> Work:
    """Ask for the file of `check` to be checked again, and return the work. What is left out stays as it was.

    `columns` says what each of a table is, by header. Once the file is read so, it is remembered.
    Raises: `PermissionDenied`; `ImportRefused` when the file is gone; `ValidationError` keyed by header, or without a
    key for what no column is.
    """
    if not may_author(by):
        raise PermissionDenied
    if columns is not None:
        _require_columns(columns)
    content = content_of(check)
    arguments = check.arguments | {"back": dict(back), "language": translation.get_language()}
    if columns is not None:
        arguments["columns"] = dict(columns)
    if choices is not None:
        if format != check.arguments["format"]:
            # It may be no table then; what was said of one is remembered.
            arguments.pop("columns", None)
        arguments |= {"choices": asdict(choices), "format": format}
    return queue_work(
        kind=check.kind,
        intent=f"{check.kind}:{intent}",
        arguments=arguments,
        by=by,
        now=now,
        file=ContentFile(content, name=check.arguments["filename"]),
    )


def content_of(work: Work) -> bytes:
    """Return the file of a piece of work. Raises `ImportRefused` when it is not kept any more."""
    try:
        with work.file.open("rb") as opened:
            return bytes(opened.read())
    except (OSError, ValueError) as error:
        raise ImportRefused(_("The file is not kept any more. Upload it again.")) from error


def _require_columns(columns: Mapping[str, str]) -> None:
    problems = {
        header: _("Choose what this column is, or leave it out.")
        for header, code in columns.items()
        if code and code not in CODES
    }
    for header, other in twice(columns).items():
        words = _("Column “%(other)s” is “%(field)s” already. Leave one of the two out.")
        problems[header] = words % {"other": other, "field": column_words(columns[header])}
    if problems:
        raise ValidationError(problems)
    if "stem" not in columns.values():
        words = _("No column is “%(field)s”. Choose the one that holds it: every row needs one.")
        raise ValidationError(words % {"field": column_words("stem")})
