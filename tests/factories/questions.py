"""Questions for tests: plain ones, ready to be drawn."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import count

from accounts.models import Actor
from questions import operations
from questions.enums import Kind, Level, Marking
from questions.models import Question, QuestionBank, Skill
from questions.rules import KeyDraft, OptionDraft, shares_for

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

_numbers = count(1)


def make_skill(slug: str = "") -> Skill:
    slug = slug or f"skill-{next(_numbers)}"
    return Skill.objects.get_or_create(slug=slug, defaults={"name": slug.title()})[0]


def make_bank(slug: str = "") -> QuestionBank:
    number = next(_numbers)
    return operations.create_bank(
        slug=slug or f"bank-{number}", name=f"Bank {number}", by=Actor.system(), now=NOW
    )


def options(codes: str = "abcd", *, last: str = "") -> list[OptionDraft]:
    return [OptionDraft(code, f"Option {code}", "last" if code in last else "") for code in codes]


def key(
    right: str = "a", codes: str = "abcd", *, kind: str = Kind.SINGLE, marking: str = Marking.ALL_OR_NOTHING
) -> KeyDraft:
    return KeyDraft(shares=shares_for(list(codes), right, kind=kind), marking=marking, explanation="Because.")


def make_question(
    bank: QuestionBank | None = None,
    *,
    kind: str = Kind.SINGLE,
    level: str = Level.JUNIOR,
    difficulty: int = 2,
    skills: Sequence[Skill] = (),
    right: str = "a",
    codes: str = "abcd",
    last: str = "",
    marking: str = Marking.ALL_OR_NOTHING,
    stem: str = "",
    ready: bool = True,
) -> Question:
    number = next(_numbers)
    is_open = kind == Kind.OPEN
    question = operations.add_question(
        bank=bank or make_bank(),
        external_id=f"question-{number}",
        kind=kind,
        level=level,
        intended_difficulty=difficulty,
        skills=skills or [make_skill("python")],
        stem=stem or f"Question number {number}?",
        options=[] if is_open else options(codes, last=last),
        key=KeyDraft(model_answer="Something.") if is_open else key(right, codes, kind=kind, marking=marking),
        by=Actor.system(),
        now=NOW,
    )
    return operations.make_ready(question=question, by=Actor.system(), now=NOW) if ready else question
