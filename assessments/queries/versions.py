"""What a version of a test says about itself, in words, and what it says otherwise than the one before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.models import AssessmentSection, AssessmentVersion, DrawRule
from assessments.queries.drawing import marks_words, rule_words
from rendering.moments import exact_time

# What a version is, beside what its author set.
_OWN = {"id", "assessment", "number", "created_by", "created_at", "published_at"}
# Long, and said elsewhere.
_TEXTS = {"introduction"}


@dataclass(frozen=True, slots=True)
class VersionChange:
    """One thing that a version says otherwise: what it is about, what was said before and what is said now."""

    about: str
    before: str
    after: str


def version_facts(version: AssessmentVersion) -> list[tuple[str, str]]:
    """Return what its author set, each as a label and a value in words. Costs no query."""
    return [
        (label, value)
        for name, (label, value) in _said(version).items()
        if name not in _TEXTS and not _is_idle(version, name)
    ]


def changes_between(versions: Sequence[AssessmentVersion]) -> dict[int, list[VersionChange]]:
    """Return for each of `versions` (of one test) what it says otherwise than the one before. Two queries."""
    ordered = sorted(versions, key=lambda version: version.number)
    plans = _plans(ordered)
    changes: dict[int, list[VersionChange]] = {version.pk: [] for version in ordered[:1]}
    for before, after in pairwise(ordered):
        changes[after.pk] = [
            *_of_settings(before, after),
            *_of_lines(plans.get(before.pk, Counter()), plans.get(after.pk, Counter())),
        ]
    return changes


def _of_settings(before: AssessmentVersion, after: AssessmentVersion) -> list[VersionChange]:
    said, now_said = _said(before), _said(after)
    found = []
    for name, (label, value) in now_said.items():
        if value == said[name][1]:
            continue
        if name in _TEXTS:
            found.append(VersionChange(label, "", _("changed")))
        else:
            found.append(VersionChange(label, said[name][1], value))
    return found


def _of_lines(before: Counter[str], after: Counter[str]) -> list[VersionChange]:
    """Lines that are gone, and lines that came."""
    gone, came = before - after, after - before
    return [
        *(VersionChange(line, _("in"), _("out")) for line in gone.elements()),
        *(VersionChange(line, _("out"), _("in")) for line in came.elements()),
    ]


def _plans(versions: Sequence[AssessmentVersion]) -> dict[int, Counter[str]]:
    """Every section and rule of `versions` as a line of words, counted."""
    plans: dict[int, Counter[str]] = {}
    rules = (
        DrawRule.objects.filter(section__version__in=versions)
        .select_related("section", "bank", "skill", "question")
        .order_by("section__version", "section__position", "position", "pk")
    )
    for rule in rules:
        words = {
            "section": _section_name(rule.section),
            "rule": rule_words(rule),
            "questions": ngettext("%(count)d question", "%(count)d questions", rule.count)
            % {"count": rule.count},
            "marks": marks_words(rule.marks),
        }
        line = _("%(section)s, %(rule)s: %(questions)s, %(marks)s each") % words
        plans.setdefault(rule.section.version_id, Counter())[line] += 1
    for section in AssessmentSection.objects.filter(version__in=versions).order_by(
        "version", "position", "pk"
    ):
        limits = []
        if section.minutes is not None:
            limits.append(
                ngettext("%(count)d minute", "%(count)d minutes", section.minutes)
                % {"count": section.minutes}
            )
        if section.cut_off is not None:
            limits.append(_("at least %(percent)s %%") % {"percent": _plain(section.cut_off)})
        if limits:
            line = f"{_section_name(section)}: {', '.join(limits)}"
            plans.setdefault(section.version_id, Counter())[line] += 1
    return plans


def _section_name(section: AssessmentSection) -> str:
    return section.title or _("Section %(number)d") % {"number": section.position}


def _said(version: AssessmentVersion) -> Mapping[str, tuple[str, str]]:
    return {
        field.name: (capfirst(str(field.verbose_name)), _words(version, field))
        for field in AssessmentVersion._meta.concrete_fields
        if field.name not in _OWN
    }


def _words(version: AssessmentVersion, field: Any) -> str:
    value = getattr(version, field.name)
    if field.choices:
        return str(dict(field.flatchoices)[value])
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return exact_time(value)
    return _plain(value) if isinstance(value, Decimal) else str(value)


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"


def _is_idle(version: AssessmentVersion, name: str) -> bool:
    """Whether a setting has no effect, because the one it belongs to is off."""
    if name in ("opens_at", "closes_at", "valid_days", "question_seconds"):
        return getattr(version, name) is None
    if name == "buffer_seconds":
        return version.question_seconds is None
    return name == "retake_after_days" and version.most_attempts == 1
