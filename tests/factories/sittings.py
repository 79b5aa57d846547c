"""Tests that are taken piece by piece, for tests."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from accounts.models import Actor
from assessments import operations
from assessments.models import Assessment, AssessmentSection, AssessmentVersion, Attempt, DrawRule
from tests.factories.assessments import make_attempt, make_draft
from tests.factories.questions import NOW


def make_pieces(
    *parts: tuple[int, int | None], navigation: str = "free", minutes: int = 40, **limits: Any
) -> Assessment:
    """A published test whose parts have so many questions and so many minutes (None for no limit) each.

    `limits` are fields of its version: `question_seconds`, `buffer_seconds`.
    """
    assessment = make_draft(questions=sum(count for count, _minutes in parts), minutes=minutes)
    version = assessment.versions.get()
    AssessmentVersion.objects.filter(pk=version.pk).update(navigation=navigation, **limits)
    rule = DrawRule.objects.get(section__version=version)
    for place, (count, part_minutes) in enumerate(parts, start=1):
        section, _made = AssessmentSection.objects.update_or_create(
            version=version, position=place, defaults={"title": f"Part {place}", "minutes": part_minutes}
        )
        if place == 1:
            DrawRule.objects.filter(pk=rule.pk).update(count=count)
        else:
            DrawRule.objects.create(section=section, position=1, bank=rule.bank, count=count)
    operations.publish_version(version=version, by=Actor.system(), now=NOW)
    assessment.refresh_from_db()
    return assessment


def make_sitting(
    *parts: tuple[int, int | None], now: datetime = NOW, extra_seconds: int = 0, **fields: Any
) -> Attempt:
    """A running attempt at such a test."""
    return make_attempt(make_pieces(*parts, **fields), now=now, extra_seconds=extra_seconds)


def window(attempt: Attempt) -> tuple[int, int]:
    """The places that are open now, as they are stored."""
    return Attempt.objects.values_list("open_from", "open_to").get(pk=attempt.pk)
