"""Writing the blueprint of a draft: its sections, and which questions each of them asks for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.models import Actor
from assessments.models import AssessmentSection, AssessmentVersion, DrawRule
from assessments.operations.versions import locked_draft, record_change
from assessments.queries.editions import BLUEPRINT, blueprint_mark
from questions.enums import Kind
from questions.models import Question, QuestionBank, Skill

EXPECTED_SECONDS = 75


@dataclass(frozen=True, slots=True)
class RuleDraft:
    """How many questions of a kind a form gets. What is left out means any; with `question` everybody gets that one."""

    bank: QuestionBank
    count: int = 1
    skill: Skill | None = None
    level: str = ""
    difficulty: int | None = None
    marks: Decimal = Decimal(1)
    expected_seconds: int = EXPECTED_SECONDS
    question: Question | None = None

    @classmethod
    def fixed(
        cls, question: Question, *, marks: Decimal = Decimal(1), expected_seconds: int = EXPECTED_SECONDS
    ) -> RuleDraft:
        """The rule that gives everybody `question`."""
        return cls(question.bank, question=question, marks=marks, expected_seconds=expected_seconds)


@dataclass(frozen=True, slots=True)
class SectionDraft:
    """A part of a test: its rules in order, and a limit and a least percent of its own where it has them."""

    rules: Sequence[RuleDraft] = ()
    title: str = ""
    minutes: int | None = None
    cut_off: Decimal | None = None


class BlueprintChanged(Exception):  # noqa: N818 -- a refusal, not a fault
    """The blueprint is not the one that somebody wrote from any more: another colleague saved theirs meanwhile."""


@transaction.atomic
def write_blueprint(
    *,
    version: AssessmentVersion,
    sections: Sequence[SectionDraft],
    made_from: str | None = None,
    by: Actor,
    now: datetime,
) -> list[AssessmentSection]:
    """Give a draft exactly `sections` with their rules, in this order, and return them.

    Whatever was added, renamed, moved or removed is one write. Without any section the draft keeps an empty one.
    Arguments: `made_from`, the `queries.blueprint_mark` of the blueprint that was changed; None takes it as it is.
    Raises `VersionLocked`, `BlueprintChanged`, and `ValidationError` whose sentences name the section and the line.
    """
    current = locked_draft(version)
    if made_from is not None and made_from != blueprint_mark(current):
        raise BlueprintChanged
    wanted = list(sections) or [SectionDraft()]
    _check(current, wanted)
    current.sections.all().delete()
    rows = unsaved(current, wanted)
    AssessmentSection.objects.bulk_create(section for section, _rules in rows)
    DrawRule.objects.bulk_create(rule for _section, rules in rows for rule in rules)
    record_change(current.assessment, what=BLUEPRINT, by=by, now=now)
    return [section for section, _rules in rows]


def unsaved(
    version: AssessmentVersion, sections: Sequence[SectionDraft]
) -> list[tuple[AssessmentSection, list[DrawRule]]]:
    """Return the rows that `sections` would be. Writes nothing."""
    rows = []
    for number, draft in enumerate(sections, start=1):
        section = AssessmentSection(
            version=version,
            position=number,
            title=draft.title.strip(),
            minutes=draft.minutes,
            cut_off=draft.cut_off,
        )
        rows.append((section, [_rule(section, line, rule) for line, rule in enumerate(draft.rules, start=1)]))
    return rows


def replace_rules(
    *, version: AssessmentVersion, rules: Sequence[RuleDraft], by: Actor, now: datetime
) -> list[DrawRule]:
    """Give a draft exactly `rules`, in one section, and return them. Raises `VersionLocked`, `ValidationError`."""
    (section,) = write_blueprint(version=version, sections=[SectionDraft(rules)], by=by, now=now)
    return list(section.rules.order_by("position", "pk"))


@transaction.atomic
def add_rule(*, version: AssessmentVersion, rule: RuleDraft, by: Actor, now: datetime) -> DrawRule:
    """Add a rule at the end of a draft's last section and return it. Raises `VersionLocked`, `ValidationError`."""
    current = locked_draft(version)
    section = AssessmentSection.objects.filter(version=current).order_by("-position", "-pk").first()
    if section is None:
        section = AssessmentSection.objects.create(version=current, position=1)
    highest = section.rules.aggregate(highest=Max("position"))["highest"] or 0
    written = _rule(section, highest + 1, rule)
    written.full_clean()
    written.save()
    record_change(current.assessment, what=BLUEPRINT, by=by, now=now)
    return written


@transaction.atomic
def remove_rule(*, rule: DrawRule, by: Actor, now: datetime) -> None:
    """Take a rule out of a draft. Raises `VersionLocked`."""
    current = locked_draft(rule.section.version)
    DrawRule.objects.filter(pk=rule.pk).delete()
    record_change(current.assessment, what=BLUEPRINT, by=by, now=now)


def follow_question(*, question: Question) -> int:
    """Let the drafts that give everybody `question` name the bank that it belongs to now; return how many lines that
    were. What is published stays as it was published."""
    fixed = DrawRule.objects.filter(question=question, section__version__published_at=None)
    return fixed.exclude(bank=question.bank_id).update(bank=question.bank_id)


def _rule(section: AssessmentSection, position: int, rule: RuleDraft) -> DrawRule:
    fixed = rule.question
    return DrawRule(
        section=section,
        position=position,
        bank_id=fixed.bank_id if fixed is not None else rule.bank.pk,
        skill=rule.skill if fixed is None else None,
        level=rule.level if fixed is None else "",
        difficulty=rule.difficulty if fixed is None else None,
        question=fixed,
        count=rule.count if fixed is None else 1,
        marks=rule.marks,
        expected_seconds=rule.expected_seconds,
    )


def _check(version: AssessmentVersion, sections: Sequence[SectionDraft]) -> None:
    problems: list[str] = []
    fixed: set[int] = set()
    for section, rules in unsaved(version, sections):
        where = _("Section %(section)d") % {"section": section.position}
        problems += [f"{where}: {text}" for text in _complaints(section, exclude=["version"])]
        for rule in rules:
            place = _("%(section)s, line %(line)d") % {"section": where, "line": rule.position}
            complaints = _complaints(rule, exclude=["section"])
            problems += [f"{place}: {text}" for text in [*complaints, *_about_fixed(rule, fixed)]]
    if problems:
        raise ValidationError(problems)


def _complaints(row: AssessmentSection | DrawRule, *, exclude: list[str]) -> list[str]:
    try:
        row.clean_fields(exclude=exclude)
    except ValidationError as refusal:
        return [
            f"{row._meta.get_field(name).verbose_name}: {' '.join(texts)}"  # type: ignore[union-attr]
            for name, texts in refusal.message_dict.items()
        ]
    return []


def _about_fixed(rule: DrawRule, fixed: set[int]) -> list[str]:
    question = rule.question
    if question is None:
        return []
    words = {"question": question.external_id}
    if question.kind == Kind.OPEN:
        return [
            _("The question %(question)s is open and meant for interviews. Choose one with options.") % words
        ]
    if question.pk in fixed:
        return [_("The question %(question)s is in this test already. Remove one of the two lines.") % words]
    fixed.add(question.pk)
    return []
