"""Questions for tests: plain ones, ready to be drawn."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from datetime import UTC, datetime
from itertools import count
from typing import TypeVar

from django.core.files.base import ContentFile
from django.db.models import Model

from accounts.models import Actor
from outbox.enums import WorkState
from outbox.models import Work
from outbox.operations import EventDraft, record_events
from questions import operations
from questions.enums import Kind, Level, Marking
from questions.models import AnswerKey, Question, QuestionBank, QuestionVersion, Skill
from questions.operations import importing
from questions.operations.touching import index_questions
from questions.rules import KeyDraft, OptionDraft, shares_for

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

_numbers = count(1)
Row = TypeVar("Row", bound=Model)


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


def make_questions(count: int, bank: QuestionBank | None = None) -> list[Question]:
    """So many plain questions of one bank, ready to be drawn.

    The operations write the first, and the others are its rows with texts and numbers of their own: what half of all
    tests need took a third of their time, question by question.
    """
    first = make_question(bank)
    version = QuestionVersion.objects.get(question=first)
    texts = [f"question-{next(_numbers)}" for _ in range(count - 1)]
    questions = Question.objects.bulk_create(
        [_copy(first, external_id=text, current_version=None) for text in texts]
    )
    versions = QuestionVersion.objects.bulk_create(
        [
            _copy(version, question=each, stem=f"Question number {text.removeprefix('question-')}?")
            for each, text in zip(questions, texts, strict=True)
        ]
    )
    key_of_first = version.keys.get()
    AnswerKey.objects.bulk_create([_copy(key_of_first, version=each) for each in versions])
    for each, shown in zip(questions, versions, strict=True):
        each.current_version = shown
    Question.objects.bulk_update(questions, ["current_version"])
    skills = list(first.skills.all())
    Question.skills.through.objects.bulk_create(
        [Question.skills.through(question=each, skill=skill) for each in questions for skill in skills]
    )
    index_questions([each.pk for each in questions])
    about = Question._meta.label_lower
    drafts = [
        draft
        for each in questions
        for draft in (
            EventDraft(kind="question.added", about=about, about_id=each.pk),
            EventDraft(kind="question.made_ready", about=about, about_id=each.pk, data={"version": 1}),
        )
    ]
    record_events(drafts=drafts, by=Actor.system(), now=NOW)
    return [first, *questions]


def _copy(row: Row, **changes: object) -> Row:
    """A row like this one that is not stored yet."""
    other = copy(row)
    other.pk, other._state.adding = None, True
    for name, value in changes.items():
        setattr(other, name, value)
    return other


def make_question_file(
    bank: QuestionBank, *, by: Actor, text: str = "Frage,Ja,Nein,Wert\nWelche?,diese,jene,2\n"
) -> Work:
    """A table of questions that was uploaded, and whose columns nobody knows."""
    work = importing.queue_check(
        bank=bank,
        file=ContentFile(text.encode(), name="questions.csv"),
        format="auto",
        choices=importing.ImportChoices(),
        by=by,
        now=NOW,
        intent=f"file-{next(_numbers)}",
        back={"url": "/", "label": "Import"},
    )
    result = importing.do_check(work, by, lambda done, total: None)
    Work.objects.filter(pk=work.pk).update(state=WorkState.DONE, result=result, finished_at=NOW)
    work.refresh_from_db()
    return work
