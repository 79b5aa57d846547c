"""Which blueprint somebody writes from, so that two who write at once notice; and who wrote the stored one."""

from __future__ import annotations

import hashlib

from assessments.models import Assessment, AssessmentSection, AssessmentVersion, DrawRule
from outbox.models import Event

# What an event of a changed draft says it was about.
BLUEPRINT = "blueprint"

_SECTION = ("position", "title", "minutes", "cut_off")
_RULE = ("bank", "skill", "level", "difficulty", "question", "count", "marks", "expected_seconds")


def blueprint_mark(version: AssessmentVersion) -> str:
    """Return what stands for the stored blueprint of a draft: the same as long as it says the same. Two queries."""
    sections = AssessmentSection.objects.filter(version=version).order_by("position", "pk")
    rules = DrawRule.objects.filter(section__version=version).order_by("section__position", "position", "pk")
    said = [
        str(version.pk),
        *(str(row) for row in sections.values_list(*_SECTION)),
        *(str(row) for row in rules.values_list("section__position", *_RULE)),
    ]
    return hashlib.sha256("\n".join(said).encode()).hexdigest()[:32]


def last_writing(assessment: Assessment) -> Event | None:
    """Return when the blueprint of a test was last saved, or its draft started, and by whom. One query."""
    of_test = Event.objects.filter(about=Assessment._meta.label_lower, about_id=assessment.pk)
    saved = of_test.filter(kind="assessment.draft_changed", data__what=BLUEPRINT)
    started = of_test.filter(kind="assessment.version_started")
    return (saved | started).select_related("actor_user").order_by("-at", "-pk").first()
