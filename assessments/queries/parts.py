"""How scores are made up, by skill and by section."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

from assessments.models import AssessmentSection, Score
from assessments.rules import whole_percent
from questions.models import Skill


@dataclass(frozen=True, slots=True)
class ScorePart:
    """How somebody did on one skill or in one section."""

    key: int
    name: str
    marks: Decimal
    possible: Decimal
    questions: int

    @property
    def percent(self) -> int | None:
        """Whole percents of what was possible."""
        return whole_percent(100 * self.marks / self.possible) if self.possible else None


def skill_parts(scores: Sequence[Score]) -> dict[int, tuple[ScorePart, ...]]:
    """Return how each score is made up by skill, skills by name. One query."""
    ids = {int(part["skill"]) for score in scores for part in score.by_skill}
    names = dict(Skill.objects.filter(pk__in=ids).values_list("pk", "name")) if ids else {}
    return {
        score.pk: tuple(sorted(_named(score.by_skill, "skill", names), key=lambda part: part.name))
        for score in scores
    }


def section_parts(scores: Sequence[Score]) -> dict[int, tuple[ScorePart, ...]]:
    """Return how each score is made up by section, in the order of the test; nothing for tests of one. One query."""
    ids = {int(part["section"]) for score in scores for part in score.by_section if len(score.by_section) > 1}
    sections = AssessmentSection.objects.filter(pk__in=ids) if ids else ()
    names = {section.pk: section_name(section) for section in sections}
    return {score.pk: _named(score.by_section, "section", names) for score in scores}


def section_name(section: AssessmentSection) -> str:
    """Return what a section is called: its title, else its number."""
    return section.title or _("Section %d") % section.position


def part_percent(parts: Iterable[Mapping[str, Any]], key: str, wanted: int) -> float | None:
    """Return the percentage of the part `wanted` of a stored list of parts; None when it has none."""
    for part in parts:
        if int(part[key]) == wanted and Fraction(part["possible"]):
            return float(100 * Fraction(part["marks"]) / Fraction(part["possible"]))
    return None


def _named(parts: Iterable[Mapping[str, Any]], key: str, names: Mapping[int, str]) -> tuple[ScorePart, ...]:
    return tuple(
        ScorePart(
            key=int(part[key]),
            name=names[int(part[key])],
            marks=_decimal(part["marks"]),
            possible=_decimal(part["possible"]),
            questions=int(part["questions"]),
        )
        for part in parts
        if int(part[key]) in names
    )


def _decimal(text: object) -> Decimal:
    fraction = Fraction(str(text))
    return Decimal(fraction.numerator) / Decimal(fraction.denominator)
