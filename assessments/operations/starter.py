"""The starter banks and their tests, for everybody's first day."""

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


@dataclass(frozen=True, slots=True)
class Starter:
    """A starter bank and the test drawn from it; both have the name of the bank's folder in their address.

    A form has a question of each skill, level and difficulty, and one more of those that `twice` names: in the middle,
    where a form tells most people apart.
    """

    slug: str
    minutes: int
    introduction: str
    twice: tuple[str, int, str]


STARTERS = (
    Starter(
        slug="flask",
        minutes=40,
        introduction=(
            "Questions about Flask and the libraries around it, from first steps to running it for real. "
            "Nobody is expected to know everything."
        ),
        twice=("intermediate", 3, "flask-fundamentals"),
    ),
    Starter(
        slug="python",
        minutes=40,
        introduction=(
            "Questions about Python itself and its standard library, from first steps to code that many people rely "
            "on. Nobody is expected to know everything."
        ),
        twice=("intermediate", 3, "python-language"),
    ),
)


@dataclass(frozen=True, slots=True)
class StarterResult:
    """What is there of one starter bank after seeding, and what this run changed."""

    assessment: Assessment
    questions: LoadResult
    published: bool


def seed_starter_content(
    *, by: Actor, now: datetime, slugs: Sequence[str] | None = None
) -> tuple[StarterResult, ...]:
    """Load the starter banks and publish a test of each; again brings in what is new and changes nothing else.

    `slugs` are the banks wanted, all by default. Questions, and a test, that a person has changed are left alone.
    Returns what there is now, in the order of `STARTERS`. Raises `StarterContentError` for files that are wrong.
    """
    wanted = [starter for starter in STARTERS if slugs is None or starter.slug in slugs]
    return tuple(_seed(starter, by=by, now=now) for starter in wanted)


def _seed(starter: Starter, *, by: Actor, now: datetime) -> StarterResult:
    with transaction.atomic():
        loaded = load_starter_bank(name=starter.slug, by=by, now=now)
        assessment = Assessment.objects.filter(slug=starter.slug).select_related("current_version").first()
        if assessment is None:
            assessment = create_assessment(
                slug=starter.slug,
                name=loaded.bank.name,
                minutes=starter.minutes,
                introduction=starter.introduction,
                by=by,
                now=now,
            )
        published = _publish_if_new(starter, assessment, _blueprint(starter, loaded), by=by, now=now)
    assessment.refresh_from_db()
    return StarterResult(assessment, loaded.questions, published)


def _blueprint(starter: Starter, loaded: StarterLoad) -> list[RuleDraft]:
    """So many questions of each skill, level and difficulty: forms differ, their content and difficulty do not."""
    return [
        RuleDraft(
            bank=loaded.bank,
            count=2 if (level, difficulty, skill.slug) == starter.twice else 1,
            skill=skill,
            level=level,
            difficulty=difficulty,
        )
        for level, difficulty, skill in loaded.cells
    ]


def _publish_if_new(
    starter: Starter, assessment: Assessment, rules: Sequence[RuleDraft], *, by: Actor, now: datetime
) -> bool:
    """Publish a version when there is none, or when the one in force is ours and its questions have moved on."""
    current = assessment.current_version
    if assessment.retired_at is not None or _touched_by_people(assessment):
        return False
    if current is not None and not _is_behind(current):
        return False
    draft = draft_version(assessment=assessment, by=by, now=now)
    update_draft(version=draft, by=by, now=now, minutes=starter.minutes, introduction=starter.introduction)
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
