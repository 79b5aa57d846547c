"""The starter banks, for everybody's first day: read from the files beside the code."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import product
from pathlib import Path

from django.db import transaction

from accounts.models import Actor
from questions.formats import starter
from questions.formats.starter import LEVEL_DIFFICULTIES, StarterBank, StarterQuestion, read_bank
from questions.models import QuestionBank, Skill
from questions.operations.banks import create_bank, save_skill
from questions.operations.loading import LoadResult, load_questions
from questions.rules import KeyDraft, OptionDraft, QuestionDraft, shares_for


@dataclass(frozen=True, slots=True)
class StarterLoad:
    """A starter bank as it stands now.

    `cells` are its pairs of a level and a difficulty, with each skill, for which it has a question to be marked.
    """

    bank: QuestionBank
    cells: tuple[tuple[str, int, Skill], ...]
    questions: LoadResult


def load_starter_bank(*, name: str, by: Actor, now: datetime) -> StarterLoad:
    """Load the starter bank `name` (a folder of `questions/starter`); again brings in what is new and no more.

    Questions that a person has changed are left alone. Raises `StarterContentError` for files that are wrong.
    """
    content = read_bank(Path(starter.__file__).parent.parent / "starter" / name)
    drafts = [draft_of(question) for question in content.questions]
    with transaction.atomic():
        bank = _bank(content, by=by, now=now)
        loaded = load_questions(bank=bank, drafts=drafts, by=by, now=now)
    return StarterLoad(bank, tuple(_cells(content)), loaded)


def _cells(content: StarterBank) -> list[tuple[str, int, Skill]]:
    slugs = [skill.slug for skill in content.skills]
    skills = {skill.slug: skill for skill in Skill.objects.filter(slug__in=slugs)}
    pairs = [(level, difficulty) for level, both in LEVEL_DIFFICULTIES.items() for difficulty in both]
    filled = {
        (question.level, question.difficulty, slug)
        for question in content.questions
        if question.options
        for slug in question.skills
    }
    return [
        (level, difficulty, skills[slug])
        for (level, difficulty), slug in product(pairs, slugs)
        if (level, difficulty, slug) in filled
    ]


def _bank(bank: StarterBank, *, by: Actor, now: datetime) -> QuestionBank:
    known = set(Skill.objects.values_list("slug", flat=True))
    for skill in bank.skills:
        if skill.slug not in known:
            save_skill(slug=skill.slug, name=skill.name, description=skill.description, by=by, now=now)
    row = QuestionBank.objects.filter(slug=bank.slug).first()
    return row or create_bank(slug=bank.slug, name=bank.name, description=bank.description, by=by, now=now)


def draft_of(question: StarterQuestion) -> QuestionDraft:
    """Return a question of a starter file as it is loaded."""
    codes = [option.code for option in question.options]
    right = [option.code for option in question.keys]
    return QuestionDraft(
        external_id=question.external_id,
        kind=question.kind,
        level=question.level,
        difficulty=question.difficulty,
        skills=list(question.skills),
        tags=list(question.tags),
        stem=question.stem,
        options=[OptionDraft(option.code, option.text) for option in question.options],
        key=KeyDraft(
            shares=shares_for(codes, right, kind=question.kind),
            feedback={option.code: option.feedback for option in question.options if option.feedback},
            explanation=question.explanation,
            source=question.source,
            model_answer=question.model_answer,
            look_fors=list(question.look_fors),
            warning_signs=list(question.warning_signs),
            follow_ups=list(question.follow_ups),
        ),
    )
