"""`manage.py parse_questions`: what a file of questions holds, and what is wrong with it. Touches no database."""

from __future__ import annotations

import json
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from questions.formats import names
from questions.formats.drafts import (
    ERROR,
    WHOLE_FILE,
    FileRefused,
    Parsed,
    ParsedQuestion,
    Problem,
    Skipped,
)
from questions.management.asking import add_columns, content_of, named_format, said_columns
from questions.operations.reading import READERS, parse
from questions.queries.file_words import problem_words, refusal_words, skip_words, where_words


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
        name = named_format(options["format"])
        data = content_of(options["file"])
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
