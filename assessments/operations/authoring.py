"""Writing a test: only its draft version can be changed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import IntegrityError, transaction

from accounts.models import Actor
from assessments.models import Assessment, AssessmentSection, AssessmentVersion, DrawRule
from assessments.operations.versions import locked_draft, record_change, record_of

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


@transaction.atomic
def create_assessment(*, slug: str, name: str, by: Actor, now: datetime, **fields: object) -> Assessment:
    """Create a test with an empty draft version of one section, and return it. `fields` are `VERSION_FIELDS`.

    Raises `ValidationError` keyed by field when the short name is taken or a limit makes no sense.
    """
    _only_of_a_version(fields)
    assessment = Assessment(slug=slug, name=name.strip(), owner=by.user, created_at=now)
    assessment.full_clean()
    assessment.save()
    version = AssessmentVersion(assessment=assessment, number=1, created_by=by.user, created_at=now, **fields)
    version.full_clean()
    version.save()
    AssessmentSection.objects.create(version=version, position=1)
    record_of("assessment.created", assessment, by=by, now=now)
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
                # A fixed question may have moved to another bank since.
                bank_id=rule.question.bank_id if rule.question is not None else rule.bank_id,
                skill_id=rule.skill_id,
                level=rule.level,
                difficulty=rule.difficulty,
                question_id=rule.question_id,
                count=rule.count,
                marks=rule.marks,
                expected_seconds=rule.expected_seconds,
            )
            for rule in section.rules.select_related("question").order_by("position", "pk")
        )
    if latest is None:
        AssessmentSection.objects.create(version=draft, position=1)
    record_of("assessment.version_started", assessment, by=by, now=now)
    return draft


def rename_assessment(*, assessment: Assessment, name: str, by: Actor, now: datetime) -> Assessment:
    """Change what a test is called and return it. Raises `ValidationError` keyed by field."""
    with transaction.atomic():
        current = Assessment.objects.get(pk=assessment.pk)
        current.name = name.strip()
        current.clean_fields(exclude=["current_version", "owner"])
        current.save(update_fields=["name"])
        record_of("assessment.renamed", current, by=by, now=now)
    return current


@transaction.atomic
def update_draft(
    *, version: AssessmentVersion, by: Actor, now: datetime, **fields: object
) -> AssessmentVersion:
    """Change `VERSION_FIELDS` of a draft and return it.

    Raises `VersionLocked` for a published version and `ValidationError` keyed by field.
    """
    _only_of_a_version(fields)
    current = locked_draft(version)
    for field, value in fields.items():
        setattr(current, field, value)
    current.full_clean()
    current.save(update_fields=[*fields])
    record_change(current.assessment, by=by, now=now)
    return current


def retire_assessment(*, assessment: Assessment, by: Actor, now: datetime) -> Assessment:
    """Invite nobody to a test any more; running attempts and open invitations go on. Twice keeps the first moment."""
    with transaction.atomic():
        if Assessment.objects.filter(pk=assessment.pk, retired_at=None).update(retired_at=now):
            record_of("assessment.retired", assessment, by=by, now=now)
    assessment.refresh_from_db(fields=["retired_at"])
    return assessment


def _only_of_a_version(names: Iterable[str]) -> None:
    unknown = set(names) - set(VERSION_FIELDS)
    if unknown:
        raise TypeError(f"not a field of a version: {sorted(unknown)}")
