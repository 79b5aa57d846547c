"""`manage.py parse_questions`: what a file of questions holds, and what is wrong with it. Touches no database."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from questions.formats import limits, names
from questions.formats.drafts import (
    ERROR,
    WHOLE_FILE,
    FileRefused,
    Parsed,
    ParsedQuestion,
    Problem,
    Skipped,
)
from questions.formats.tables.columns import known_codes
from questions.operations.reading import READERS, parse
from questions.queries.file_words import problem_words, refusal_words, skip_words, where_words

WRONG_USAGE = 2


class Command(BaseCommand):
    help = (
        "Show what a file of questions holds and what is wrong with it. Writes nothing. Ends with 1 when the file"
        " cannot be read at all."
    )
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path)
        parser.add_argument(
            "--format",
            default=names.AUTO,
            help=f"auto (seen from the content; the default), or one of {', '.join(sorted(READERS))}.",
        )
        add_columns(parser)
        parser.add_argument("--json", action="store_true", help="Print all of it as JSON.")

    def handle(self, *args: Any, **options: Any) -> None:
        name = options["format"].strip().casefold()
        if name != names.AUTO and not names.formats_named(name):
            known = ", ".join([names.AUTO, *names.NAMES])
            raise CommandError(
                f"“{options['format']}” is no format. Known are {known}.", returncode=WRONG_USAGE
            )
        data = _content(options["file"])
        refused: FileRefused | None = None
        try:
            parsed = parse(data, name, said_columns(options["columns"]))
        except FileRefused as error:
            refused, parsed = error, Parsed(error.like)
        if options["json"]:
            self._print_json(_facts(parsed, refused))
        elif refused is None:
            self._print_words(parsed)
        if refused is not None:
            raise CommandError(refusal_words(refused))

    def _print_json(self, facts: Mapping[str, object]) -> None:
        # Whatever the terminal's encoding is: the document is JSON, which is UTF-8.
        reconfigure = getattr(self.stdout, "reconfigure", None)
        if reconfigure:
            reconfigure(encoding="utf-8")
        self.stdout.write(json.dumps(facts, ensure_ascii=False, indent=1))

    def _print_words(self, parsed: Parsed) -> None:
        errors = sum(problem.level == ERROR for problem in parsed.problems)
        self.stdout.write(
            f"{parsed.format}: {len(parsed.questions)} questions, {len(parsed.skipped)} skipped, {errors} errors,"
            f" {len(parsed.problems) - errors} warnings"
        )
        for skipped in parsed.skipped:
            self.stdout.write(f"{where_words(skipped.where)}: skipped. {skip_words(skipped)}")
        for problem in parsed.problems:
            self.stdout.write(f"{where_words(problem.where)}: {problem.level}. {problem_words(problem)}")


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


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as source:
            # One more than is taken, so that what is too large is seen to be.
            return source.read(limits.FILE_BYTES + 1)
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}", returncode=WRONG_USAGE) from error


def _facts(parsed: Parsed, refused: FileRefused | None) -> dict[str, object]:
    problems = [_problem(problem) for problem in parsed.problems]
    if refused is not None:
        problems.append({"where": where_words(WHOLE_FILE), "level": ERROR, "message": refusal_words(refused)})
    return {
        "format": parsed.format,
        "questions": [_question(question) for question in parsed.questions],
        "skipped": [_skipped(skipped) for skipped in parsed.skipped],
        "problems": problems,
    }


def _question(question: ParsedQuestion) -> dict[str, object]:
    return {
        "external_id": question.external_id,
        "name": question.name,
        "kind": question.kind,
        "stem": question.stem,
        "options": [
            {"text": option.text, "share": _number(option.share), "feedback": option.feedback}
            for option in question.options
        ],
        "explanation": question.explanation,
        "category": question.category,
        "tags": list(question.tags),
        "marking": question.marking,
        "level": question.level,
        "difficulty": question.difficulty,
        "skills": list(question.skills),
        "source": question.source,
        "model_answer": question.model_answer,
        "look_fors": list(question.look_fors),
        "warning_signs": list(question.warning_signs),
        "follow_ups": list(question.follow_ups),
        "where": where_words(question.where),
    }


def _number(share: Fraction) -> int | float:
    return int(share) if share.denominator == 1 else float(share)


def _skipped(skipped: Skipped) -> dict[str, str]:
    return {"where": where_words(skipped.where), "kind": skipped.kind, "reason": skip_words(skipped)}


def _problem(problem: Problem) -> dict[str, str]:
    return {
        "where": where_words(problem.where),
        "level": problem.level,
        "message": problem_words(problem),
    }
