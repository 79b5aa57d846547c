"""Takes files of many questions into a database, in a process of its own: see `tests.load.question_files`."""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from fractions import Fraction
from typing import Any, NamedTuple, TypeVar

from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import Actor
from accounts.rules import random_code
from questions.enums import Level
from questions.formats import WRITERS, names
from questions.formats.drafts import Parsed, ParsedOption, ParsedQuestion
from questions.models import Question, QuestionBank
from questions.operations import create_bank, save_skill
from questions.operations.exporting import Which, export_questions
from questions.operations.importing import ImportChoices, Outcome, run_import
from questions.operations.reading import parse

READ = (names.GIFT, names.MOODLE_XML, names.XLSX)
PARSED_WITHIN, WRITTEN_WITHIN, LOCKED_WITHIN = 5.0, 10.0, 1.0
SKILLS = ("flask", "python", "sql")
HEADINGS = (
    f"  {'':<40} {'s':>7} {'CPU s':>7} {'goal':>7}  longest transaction: {'s':>6} {'CPU s':>7} {'goal':>7}"
)
_T = TypeVar("_T")
_MISSED: list[str] = []


def main(count: int) -> int:
    """Read, write and change `count` questions in the database that the settings name, and print what each took."""
    call_command("migrate", verbosity=0)
    for slug in SKILLS:
        save_skill(slug=slug, name=slug, by=Actor.system(), now=timezone.now())
    print(f"\n{count} questions ({connection.vendor})\n{HEADINGS}")
    idle = _memory()
    made = questions(count)
    files = {name: WRITERS[name](made).content for name in READ}
    for name in READ:
        took, parsed = timed(lambda name=name: parse(files[name]))
        _line(f"read {name} ({len(files[name]) / 1e6:.1f} MB)", took, PARSED_WITHIN)
        bank = _bank(name)
        _imported(f"write what {name} says", bank, parsed, WRITTEN_WITHIN)
        assert Question.objects.filter(bank=bank).count() == count
    unchanged = _imported("take it in again, unchanged", bank, parsed, WRITTEN_WITHIN)
    assert unchanged.counts()["unchanged"] == count
    changed = [replace(question, stem=f"{question.stem} Why?") for question in parsed.questions]
    outcome = _imported("change all of them", bank, replace(parsed, questions=changed), WRITTEN_WITHIN)
    assert outcome.counts()["changed"] == count
    for name in READ:
        took, _exported = timed(lambda name=name: export_questions(bank=bank, name=name, which=Which.ALL))
        _line(f"take out as {name}", took, WRITTEN_WITHIN)
    print(f"  {'; '.join(_MISSED) or 'all within their goals'}")
    print(
        f"  memory above idle {_memory() - idle:.0f} MB; {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
    )
    return 0


def questions(count: int) -> list[ParsedQuestion]:
    """Return so many questions as a bank of a company has them."""
    return [_question(number) for number in range(count)]


def _question(number: int) -> ParsedQuestion:
    code = f"```python\nfor item in range({number}):\n    print(item, end=' ')\n```"
    return ParsedQuestion(
        kind="single",
        stem=f"What does the program number {number} print, and why does it stop?\n\n{code}",
        options=tuple(
            ParsedOption(
                f"It prints {number + place} and then `{place}`", Fraction(place == 0), f"Because {place}."
            )
            for place in range(4)
        ),
        external_id=f"bench-{number}",
        name=f"Number {number}",
        explanation="A range ends before its last number, so that the loop runs exactly so many times.",
        category="python/loops",
        tags=("loops", f"tag-{number % 50}"),
        level=Level.values[number % 4],
        difficulty=number % 5 + 1,
        skills=(SKILLS[number % 3],),
    )


def _bank(name: str) -> QuestionBank:
    slug = name.replace("_", "-").replace(".", "-")
    return create_bank(slug=slug, name=name, by=Actor.system(), now=timezone.now())


def _imported(title: str, bank: QuestionBank, parsed: Parsed, goal: float) -> Outcome:
    with longest_transaction() as longest:
        took, outcome = timed(
            lambda: run_import(
                bank=bank,
                parsed=parsed,
                choices=ImportChoices(),
                mark=random_code(),
                by=Actor.system(),
                now=timezone.now(),
                told=lambda _done, _total: None,
            )
        )
    _line(title, took, goal, max(longest, default=Took(0, 0)))
    return outcome


@contextmanager
def longest_transaction() -> Iterator[list[Took]]:
    """Yield how long each outermost transaction lasts within the block: so long SQLite's other writers wait."""
    took: list[Took] = []
    begun = [Took(0, 0)]
    kind: Any = transaction.Atomic
    enter, leave = kind.__enter__, kind.__exit__

    def entered(self: Any) -> None:
        enter(self)
        if len(connection.atomic_blocks) == 1:
            begun[0] = Took(time.perf_counter(), time.process_time())

    def left(self: Any, *error: Any) -> None:
        is_outermost = len(connection.atomic_blocks) == 1
        leave(self, *error)
        if is_outermost:
            since = begun[0]
            took.append(Took(time.perf_counter() - since.seconds, time.process_time() - since.processor))

    kind.__enter__, kind.__exit__ = entered, left
    try:
        yield took
    finally:
        kind.__enter__, kind.__exit__ = enter, leave


class Took(NamedTuple):
    """How many seconds something took, and how many of them a processor worked for it."""

    seconds: float
    processor: float


def timed(act: Callable[[], _T]) -> tuple[Took, _T]:
    """Do something, and return how many seconds it took, of the clock and of the processor, and what it returned."""
    begun, before = time.perf_counter(), time.process_time()
    result = act()
    return Took(time.perf_counter() - begun, time.process_time() - before), result


def _line(title: str, took: Took, goal: float, longest: Took | None = None) -> None:
    cells = f"  {title:<40} {took.seconds:>7.2f} {took.processor:>7.2f} {f'<= {goal:.0f}':>7}"
    locked, marks = "", ["SLOW"] if took.seconds > goal else []
    if longest is not None:
        locked = f"{longest.seconds:>29.2f} {longest.processor:>7.2f}"
    # Elsewhere nobody waits for it.
    if longest is not None and connection.vendor == "sqlite":
        locked += f" {f'<= {LOCKED_WITHIN:.0f}':>7}"
        marks += ["LONG"] if longest.seconds > LOCKED_WITHIN else []
    _MISSED.extend(f"{mark}: {title}" for mark in marks)
    print(f"{cells}  {locked} {' '.join(marks)}".rstrip(), flush=True)


def _memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
