"""The starter bank and its test, for everybody's first day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.models import Actor
from assessments import queries
from assessments.models import Assessment, AssessmentVersion, PoolEntry
from assessments.operations.authoring import create_assessment, draft_version, update_draft
from assessments.operations.blueprints import RuleDraft, replace_rules
from assessments.operations.publishing import publish_version
from questions.operations import LoadResult, StarterLoad, load_starter_bank

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


def seed_starter_content(*, by: Actor, now: datetime) -> StarterResult:
    """Load the starter bank and publish its test; doing it again brings in what is new and changes nothing else.

    Questions, and a test, that a person has changed are left alone.
    Returns what there is now. Raises `StarterContentError` for files that are wrong.
    """
    with transaction.atomic():
        loaded = load_starter_bank(name=FLASK_SLUG, by=by, now=now)
        assessment = Assessment.objects.filter(slug=FLASK_SLUG).select_related("current_version").first()
        if assessment is None:
            assessment = create_assessment(
                slug=FLASK_SLUG,
                name=loaded.bank.name,
                minutes=FLASK_MINUTES,
                introduction=FLASK_INTRODUCTION,
                by=by,
                now=now,
            )
        published = _publish_if_new(assessment, _blueprint(loaded), by=by, now=now)
    assessment.refresh_from_db()
    return StarterResult(assessment, loaded.questions, published)


def _blueprint(loaded: StarterLoad) -> list[RuleDraft]:
    """One question of each skill, level and difficulty: forms differ, their content and difficulty do not."""
    return [
        RuleDraft(bank=loaded.bank, skill=skill, level=level, difficulty=difficulty)
        for level, difficulty, skill in loaded.cells
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
