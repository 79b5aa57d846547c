"""`manage.py lint_questions`: what is to mend in the questions of banks, or of a file that is in no bank yet."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Q
from django.utils import timezone

from accounts.models import Actor
from questions import operations, queries
from questions.enums import FindingKind, Level, Weight
from questions.formats.drafts import ERROR, FileRefused, ParsedQuestion
from questions.management.asking import WRONG_USAGE, content_of
from questions.models import QuestionBank
from questions.operations.reading import parse
from questions.queries.file_words import problem_words, refusal_words, where_words
from questions.queries.finding_words import FindingWords
from questions.rules import KeyDraft, OptionDraft, QuestionDraft, free_codes, lint

# A file says nothing of skills, and has no database to look for them.
_NOT_OF_FILES = (FindingKind.NO_SKILL,)


@dataclass(frozen=True, slots=True)
class Line:
    """Something found, for the terminal: in which bank or file, in which question, and its words."""

    source: str
    question: str
    kind: str
    weight: Weight
    place: str
    place_words: str
    message: str


def _line(source: str, question: str, kind: str, place: str, words: FindingWords) -> Line:
    message = f"{words.title}. {words.mend}"
    return Line(source, question, kind, words.weight, place, words.place, message)


class Command(BaseCommand):
    help = (
        "Look through the questions of all banks, or of one, and show what is to mend. Ends with 1 when there are open"
        " errors. With --file it looks through a file instead, and touches no database."
    )
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--bank", metavar="NAME", help="The name or short name of one bank.")
        what.add_argument("--file", metavar="FILE", type=Path, help="A file of questions in any format.")
        parser.add_argument("--json", action="store_true", help="Print all of it as JSON.")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["file"]:
            count, lines = _of_file(options["file"])
        else:
            count, lines = _of_banks(options["bank"] or "")
        errors = sum(line.weight is Weight.ERROR for line in lines)
        if options["json"]:
            self._print_json(count, errors, lines)
        else:
            for line in lines:
                self.stdout.write(_text(line))
            self.stdout.write(f"{count} questions: {errors} errors, {len(lines) - errors} worth a look")
        if errors:
            raise CommandError(f"{errors} errors are open.", returncode=1)

    def _print_json(self, count: int, errors: int, lines: list[Line]) -> None:
        facts = {
            "questions": count,
            "errors": errors,
            "findings": [
                {
                    "source": line.source,
                    "question": line.question,
                    "kind": line.kind,
                    "weight": line.weight.value,
                    "place": line.place,
                    "message": line.message,
                }
                for line in lines
            ],
        }
        self.stdout.write(json.dumps(facts, ensure_ascii=False, indent=1))


def _text(line: Line) -> str:
    at = f"{line.source}: {line.question}" if line.question else line.source
    return f"{at}: {line.place_words}: {line.weight.value}. {line.message}"


def _of_banks(name: str) -> tuple[int, list[Line]]:
    banks = QuestionBank.objects.order_by("name", "pk")
    if name:
        banks = banks.filter(Q(slug=name) | Q(name=name))
        if not banks:
            raise CommandError(f"There is no bank “{name}”.", returncode=WRONG_USAGE)
    count, lines = 0, []
    for bank in banks:
        count += operations.look_through_bank(bank=bank, now=timezone.now()).questions
        rows = queries.open_findings(Actor.system()).filter(bank=bank).select_related("question")
        lines += [
            _line(
                bank.slug,
                shown.row.question.external_id if shown.row.question else "",
                shown.row.kind,
                shown.row.place,
                shown.words,
            )
            for shown in queries.with_words(rows.order_by("-weight", "question", "pk"), Actor.system())
        ]
    return count, lines


def _of_file(path: Path) -> tuple[int, list[Line]]:
    data = content_of(path)
    try:
        parsed = parse(data)
    except FileRefused as refused:
        raise CommandError(f"{path}: {refusal_words(refused)}", returncode=WRONG_USAGE) from refused
    drafts = [_draft(question) for question in parsed.questions]
    # Questions of a file have no numbers: their places in it stand for them, from 1.
    called = {
        number: question.external_id or where_words(question.where)
        for number, question in enumerate(parsed.questions, start=1)
    }
    # What is wrong enough to be left out of the questions is an error of the file.
    lines = [
        Line(path.name, "", problem.code, Weight.ERROR, where, where, problem_words(problem))
        for problem in parsed.problems
        if problem.level == ERROR and (where := where_words(problem.where))
    ]
    lines += [
        _line(
            path.name,
            called.get(number, ""),
            found.kind,
            found.place,
            queries.words_of(found.kind, found.weight, found.place, found.values, called),
        )
        for number, found in _found(drafts)
        if found.kind not in _NOT_OF_FILES
    ]
    return len(drafts), lines


def _found(drafts: list[QuestionDraft]) -> Iterator[tuple[int, lint.Found]]:
    tally, near = lint.BankTally(), lint.NearDuplicates()
    for number, draft in enumerate(drafts, start=1):
        for found in lint.look_through(draft):
            yield number, found
        tally.add(draft)
        near.add(number, draft.stem)
    for one, other, likeness in near.pairs():
        yield max(one, other), lint.near_duplicate(min(one, other), likeness)
    for found in tally.found():
        yield 0, found


def _draft(question: ParsedQuestion) -> QuestionDraft:
    options = list(zip(free_codes(()), question.options, strict=False))
    return QuestionDraft(
        external_id=question.external_id,
        kind=question.kind,
        level=question.level or Level.JUNIOR,
        difficulty=question.difficulty or 3,
        skills=question.skills,
        stem=question.stem,
        options=[OptionDraft(code, option.text, option.place) for code, option in options],
        key=KeyDraft(
            shares={code: str(option.share) for code, option in options},
            feedback={code: option.feedback for code, option in options if option.feedback},
            marking=question.marking,
            explanation=question.explanation,
            model_answer=question.model_answer,
        ),
    ).cleaned()
