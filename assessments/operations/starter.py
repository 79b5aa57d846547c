"""The starter bank and its test, for everybody's first day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import product
from pathlib import Path

from django.db import transaction

from accounts.models import Actor
from assessments import queries
from assessments.models import Assessment, AssessmentVersion, PoolEntry
from assessments.operations.authoring import (
    RuleDraft,
    create_assessment,
    draft_version,
    replace_rules,
    update_draft,
)
from assessments.operations.publishing import publish_version
from questions.formats import starter
from questions.formats.starter import LEVEL_DIFFICULTIES, StarterBank, StarterQuestion, read_bank
from questions.models import QuestionBank, Skill
from questions.operations import LoadResult, create_bank, load_questions, save_skill
from questions.rules import KeyDraft, OptionDraft, QuestionDraft, shares_for

FLASK_SLUG = "flask"
FLASK_MINUTES = 40
FLASK_INTRODUCTION = (
    "Questions about Flask and the libraries around it, from first steps to running it for real. "
    "Nobody is expected to know everything."
)


@dataclass(frozen=True, slots=True)
class StarterResult:
    """What is there after seeding, and what this run changed."""

    assessment: Assessment
    questions: LoadResult
    published: bool


def starter_folder() -> Path:
    """Where the starter bank lies, beside the code."""
    return Path(starter.__file__).parent.parent / "starter" / "flask"


def seed_starter_content(*, by: Actor, now: datetime) -> StarterResult:
    """Load the starter bank and publish its test; doing it again brings in what is new and changes nothing else.

    Questions, and a test, that a person has changed are left alone.
    Returns what there is now. Raises `StarterContentError` for files that are wrong.
    """
    bank = read_bank(starter_folder())
    drafts = [_draft(question) for question in bank.questions]
    with transaction.atomic():
        row = _bank(bank, by=by, now=now)
        loaded = load_questions(bank=row, drafts=drafts, by=by, now=now)
        assessment = Assessment.objects.filter(slug=FLASK_SLUG).select_related("current_version").first()
        if assessment is None:
            assessment = create_assessment(
                slug=FLASK_SLUG,
                name=bank.name,
                minutes=FLASK_MINUTES,
                introduction=FLASK_INTRODUCTION,
                by=by,
                now=now,
            )
        published = _publish_if_new(assessment, _blueprint(row, bank), by=by, now=now)
    assessment.refresh_from_db()
    return StarterResult(assessment, loaded, published)


def _bank(bank: StarterBank, *, by: Actor, now: datetime) -> QuestionBank:
    known = set(Skill.objects.values_list("slug", flat=True))
    for skill in bank.skills:
        if skill.slug not in known:
            save_skill(slug=skill.slug, name=skill.name, description=skill.description, by=by, now=now)
    row = QuestionBank.objects.filter(slug=bank.slug).first()
    return row or create_bank(slug=bank.slug, name=bank.name, description=bank.description, by=by, now=now)


def _draft(question: StarterQuestion) -> QuestionDraft:
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


def _blueprint(row: QuestionBank, bank: StarterBank) -> list[RuleDraft]:
    """One question of each skill, level and difficulty: forms differ, their content and difficulty do not."""
    skills = {
        skill.slug: skill for skill in Skill.objects.filter(slug__in=[skill.slug for skill in bank.skills])
    }
    cells = product(
        [(level, difficulty) for level, pair in LEVEL_DIFFICULTIES.items() for difficulty in pair],
        [skills[skill.slug] for skill in bank.skills],
    )
    return [
        RuleDraft(bank=row, skill=skill, level=level, difficulty=difficulty)
        for (level, difficulty), skill in cells
    ]


def _publish_if_new(assessment: Assessment, rules: Sequence[RuleDraft], *, by: Actor, now: datetime) -> bool:
    """Publish a version when there is none, or when the one in force is ours and its questions have moved on."""
    current = assessment.current_version
    if assessment.retired_at is not None or _touched_by_people(assessment):
        return False
    if current is not None and not _is_behind(current):
        return False
    draft = draft_version(assessment=assessment, by=by, now=now)
    update_draft(version=draft, by=by, now=now, minutes=FLASK_MINUTES, introduction=FLASK_INTRODUCTION)
    replace_rules(version=draft, rules=rules, by=by, now=now)
    publish_version(version=draft, by=by, now=now)
    return True


def _touched_by_people(assessment: Assessment) -> bool:
    return AssessmentVersion.objects.filter(assessment=assessment, created_by__isnull=False).exists()


def _is_behind(version: AssessmentVersion) -> bool:
    """Whether publishing today would freeze other question versions than those in force."""
    today = queries.open_pools(queries.rules_in_order(version))
    wanted = {(rule, item.version_id) for rule, items in today.items() for item in items}
    frozen = PoolEntry.objects.filter(rule__section__version=version)
    return wanted != set(frozen.values_list("rule_id", "question_version_id"))
