"""What the commands about questions ask for in the same way: a bank, a format, a file and its columns."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Final

from django.core.management.base import CommandError, CommandParser

from questions.formats import limits, names
from questions.formats.tables.columns import known_codes
from questions.models import QuestionBank

WRONG_USAGE: Final = 2


def named_bank(name: str) -> QuestionBank:
    """Return the bank of a short name, or of a name that one alone has. Raises `CommandError`."""
    banks = QuestionBank.objects.filter(arriving_for="")
    found = list(banks.filter(slug=name)) or list(banks.filter(name=name)[:2])
    if len(found) != 1:
        known = ", ".join(banks.order_by("slug").values_list("slug", flat=True)[:20]) or "none"
        raise CommandError(
            f"--bank: there is no bank with the short name “{name}”. There are: {known}.",
            returncode=WRONG_USAGE,
        )
    return found[0]


def named_format(name: str) -> str:
    """Return the format that somebody means. Raises `CommandError`."""
    wanted = name.strip().casefold()
    if wanted != names.AUTO and not names.formats_named(wanted):
        known = ", ".join([names.AUTO, *names.NAMES])
        raise CommandError(f"“{name}” is no format. Known are {known}.", returncode=WRONG_USAGE)
    return wanted


def content_of(path: Path) -> bytes:
    """Return what stands in a file. Raises `CommandError`."""
    try:
        with path.open("rb") as source:
            # One more than is taken, so that what is too large is seen to be.
            return source.read(limits.FILE_BYTES + 1)
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}", returncode=WRONG_USAGE) from error


def add_columns(parser: CommandParser) -> None:
    """Add the argument that says what the columns of a table are."""
    parser.add_argument(
        "--columns",
        default="",
        metavar="HEADING=FIELD,…",
        help=(
            "what the columns of a table are, or the path of a JSON file that says so: {heading: field}. A heading"
            f" without a field is left out; others are known by their names. Fields: {known_codes()}."
        ),
    )


def said_columns(said: str) -> dict[str, str] | None:
    """Return what is said of columns, field by heading; None for nothing. Raises `CommandError`."""
    if not said.strip():
        return None
    if said.lower().endswith(".json"):
        return _columns_of(Path(said))
    # As a line of CSV, so that a heading with a comma stands in quotation marks.
    pairs = next(csv.reader([said], skipinitialspace=True))
    columns: dict[str, str] = {}
    for pair in pairs:
        heading, sign, field = pair.rpartition("=")
        if not sign or not heading.strip():
            raise CommandError(
                f"--columns: “{pair}” is no heading with its field. Write “Heading=field” with commas between them,"
                " or name a JSON file.",
                returncode=WRONG_USAGE,
            )
        columns[heading.strip()] = field.strip()
    return columns


def _columns_of(path: Path) -> dict[str, str]:
    try:
        columns = json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise CommandError(f"--columns: {path}: {error.strerror}", returncode=WRONG_USAGE) from error
    except ValueError as error:
        raise CommandError(f"--columns: {path} is no JSON: {error}", returncode=WRONG_USAGE) from error
    if not isinstance(columns, dict) or not all(isinstance(field, str) for field in columns.values()):
        raise CommandError(
            f'--columns: {path} is no object of headings and fields, such as {{"Heading": "stem"}}.',
            returncode=WRONG_USAGE,
        )
    return columns
