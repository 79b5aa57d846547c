"""Writing a test: only its draft version can be changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.models import Actor
from assessments.models import Assessment, AssessmentSection, AssessmentVersion, DrawRule
from outbox.operations import record_event
from questions.models import QuestionBank, Skill

# What of a version its author sets.
VERSION_FIELDS = (
    "introduction",
    "minutes",
    "pass_mark",
    "borderline_from",
    "shuffle_questions",
    "shuffle_options",
    "opens_at",
    "closes_at",
    "navigation",
    "question_seconds",
    "buffer_seconds",
    "marking",
    "formula_scoring",
    "most_attempts",
    "retake_after_days",
    "valid_days",
    "candidate_sees",
)


class VersionLocked(Exception):  # noqa: N818 -- a refusal, not a fault
    """A published version does not change. The message says what to do instead."""

    def __init__(self) -> None:
        super().__init__(_("This version is published and does not change. Start a new version instead."))


@dataclass(frozen=True, slots=True)
class RuleDraft:
    """How many questions of a kind a form gets. What is left out means any."""

    bank: QuestionBank
    count: int = 1
    skill: Skill | None = None
    level: str = ""
    difficulty: int | None = None
    marks: Decimal = Decimal(1)


@transaction.atomic
def create_assessment(
    *,
    slug: str,
    name: str,
    by: Actor,
    now: datetime,
    minutes: int = 40,
    pass_mark: Decimal = Decimal(60),
    borderline_from: Decimal = Decimal(50),
    introduction: str = "",
    shuffle_questions: bool = True,
    shuffle_options: bool = True,
) -> Assessment:
    """Create a test with an empty draft version of one section, and return it.

    Raises `ValidationError` keyed by field when the short name is taken or a limit makes no sense.
    """
    assessment = Assessment(slug=slug, name=name.strip(), owner=by.user, created_at=now)
    assessment.full_clean()
    assessment.save()
    version = AssessmentVersion(
        assessment=assessment,
        number=1,
        introduction=introduction,
        minutes=minutes,
        pass_mark=pass_mark,
        borderline_from=borderline_from,
        shuffle_questions=shuffle_questions,
        shuffle_options=shuffle_options,
        created_by=by.user,
        created_at=now,
    )
    version.full_clean()
    version.save()
    AssessmentSection.objects.create(version=version, position=1)
    _record("assessment.created", assessment, by=by, now=now)
    return assessment


def draft_version(*, assessment: Assessment, by: Actor, now: datetime) -> AssessmentVersion:
    """Return the draft of a test; where there is none, a new one that starts as a copy of the latest version."""
    draft = AssessmentVersion.objects.filter(assessment=assessment, published_at=None).first()
    if draft is not None:
        return draft
    try:
        with transaction.atomic():
            return _copy_latest(assessment, by=by, now=now)
    except IntegrityError:
        # Two colleagues asked at one moment: there is one draft.
        return AssessmentVersion.objects.get(assessment=assessment, published_at=None)


def _copy_latest(assessment: Assessment, *, by: Actor, now: datetime) -> AssessmentVersion:
    latest = AssessmentVersion.objects.filter(assessment=assessment).order_by("-number", "-pk").first()
    draft = AssessmentVersion(assessment=assessment, number=1, created_by=by.user, created_at=now)
    if latest is not None:
        draft.number = latest.number + 1
        for field in VERSION_FIELDS:
            setattr(draft, field, getattr(latest, field))
    draft.save()
    sections = latest.sections.order_by("position", "pk") if latest is not None else []
    for section in sections:
        copied = AssessmentSection.objects.create(
            version=draft,
            position=section.position,
            title=section.title,
            minutes=section.minutes,
            cut_off=section.cut_off,
        )
        DrawRule.objects.bulk_create(
            DrawRule(
                section=copied,
                position=rule.position,
                bank_id=rule.bank_id,
                skill_id=rule.skill_id,
                level=rule.level,
                difficulty=rule.difficulty,
                question_id=rule.question_id,
                count=rule.count,
                marks=rule.marks,
                expected_seconds=rule.expected_seconds,
            )
            for rule in section.rules.order_by("position", "pk")
        )
    if latest is None:
        AssessmentSection.objects.create(version=draft, position=1)
    _record("assessment.version_started", assessment, by=by, now=now)
    return draft


def rename_assessment(*, assessment: Assessment, name: str, by: Actor, now: datetime) -> Assessment:
    """Change what a test is called and return it. Raises `ValidationError` keyed by field."""
    with transaction.atomic():
        current = Assessment.objects.get(pk=assessment.pk)
        current.name = name.strip()
        current.clean_fields(exclude=["current_version", "owner"])
        current.save(update_fields=["name"])
        _record("assessment.renamed", current, by=by, now=now)
    return current


@transaction.atomic
def update_draft(
    *, version: AssessmentVersion, by: Actor, now: datetime, **fields: object
) -> AssessmentVersion:
    """Change `VERSION_FIELDS` of a draft and return it.

    Raises `VersionLocked` for a published version and `ValidationError` keyed by field.
    """
    unknown = set(fields) - set(VERSION_FIELDS)
    if unknown:
        raise TypeError(f"not a field of a version: {sorted(unknown)}")
    current = _locked_draft(version)
    for field, value in fields.items():
        setattr(current, field, value)
    current.full_clean()
    current.save(update_fields=[*fields])
    _record("assessment.draft_changed", current.assessment, by=by, now=now)
    return current


@transaction.atomic
def add_rule(*, version: AssessmentVersion, rule: RuleDraft, by: Actor, now: datetime) -> DrawRule:
    """Add a rule at the end of a draft's last section and return it. Raises `VersionLocked`, `ValidationError`."""
    current = _locked_draft(version)
    section = AssessmentSection.objects.filter(version=current).order_by("-position", "-pk").first()
    if section is None:
        section = AssessmentSection.objects.create(version=current, position=1)
    highest = section.rules.aggregate(highest=Max("position"))["highest"] or 0
    written = _rule(section, highest + 1, rule)
    written.full_clean()
    written.save()
    _record("assessment.draft_changed", current.assessment, by=by, now=now)
    return written


@transaction.atomic
def remove_rule(*, rule: DrawRule, by: Actor, now: datetime) -> None:
    """Take a rule out of a draft. Raises `VersionLocked`."""
    current = _locked_draft(rule.section.version)
    DrawRule.objects.filter(pk=rule.pk).delete()
    _record("assessment.draft_changed", current.assessment, by=by, now=now)


@transaction.atomic
def replace_rules(
    *, version: AssessmentVersion, rules: Sequence[RuleDraft], by: Actor, now: datetime
) -> list[DrawRule]:
    """Give a draft exactly `rules`, in one section, and return them. Raises `VersionLocked`, `ValidationError`."""
    current = _locked_draft(version)
    current.sections.all().delete()
    section = AssessmentSection.objects.create(version=current, position=1)
    written = [_rule(section, place, rule) for place, rule in enumerate(rules, start=1)]
    for rule in written:
        rule.clean_fields()
    _record("assessment.draft_changed", current.assessment, by=by, now=now)
    return DrawRule.objects.bulk_create(written)


def retire_assessment(*, assessment: Assessment, by: Actor, now: datetime) -> Assessment:
    """Invite nobody to a test any more; running attempts and open invitations go on. Twice keeps the first moment."""
    with transaction.atomic():
        if Assessment.objects.filter(pk=assessment.pk, retired_at=None).update(retired_at=now):
            _record("assessment.retired", assessment, by=by, now=now)
    assessment.refresh_from_db(fields=["retired_at"])
    return assessment


def _rule(section: AssessmentSection, position: int, rule: RuleDraft) -> DrawRule:
    return DrawRule(
        section=section,
        position=position,
        bank=rule.bank,
        skill=rule.skill,
        level=rule.level,
        difficulty=rule.difficulty,
        count=rule.count,
        marks=rule.marks,
    )


def _locked_draft(version: AssessmentVersion) -> AssessmentVersion:
    """Return the draft, held until the transaction ends, so that nobody publishes it half changed."""
    held = AssessmentVersion.objects.filter(pk=version.pk, published_at=None).update(number=version.number)
    if not held:
        raise VersionLocked
    return AssessmentVersion.objects.select_related("assessment").get(pk=version.pk)


def _record(kind: str, assessment: Assessment, *, by: Actor, now: datetime) -> None:
    record_event(kind=kind, by=by, now=now, about=Assessment._meta.label_lower, about_id=assessment.pk)
