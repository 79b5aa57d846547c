"""What a draw and a publication read."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.models import (
    AssessmentVersion,
    DrawRule,
    PoolEntry,
)
from assessments.queries.compiled import CompiledRead, CompiledValues
from assessments.rules import PoolItem
from questions.enums import Level, Status
from questions.models import Question
from questions.queries import ready_questions


def rules_in_order(version: AssessmentVersion) -> list[DrawRule]:
    """Return the rules of a version in the order of the test. One query."""
    return list(
        DrawRule.objects.filter(section__version=version)
        .select_related("section", "bank", "skill", "question")
        .order_by("section__position", "position", "pk")
    )


def rules_to_draw(version: AssessmentVersion) -> list[DrawRule]:
    """Return the rules of a version in the order of the test with their sections, for drawing a form. One query."""
    return _TO_DRAW.all(version.pk)


def _rules_of(version_id: int) -> QuerySet[DrawRule]:
    rules = DrawRule.objects.filter(section__version=version_id).select_related("section")
    return rules.order_by("section__position", "position", "pk")


_TO_DRAW = CompiledRead(_rules_of, int)


def frozen_pools(version: AssessmentVersion) -> dict[int, list[PoolItem]]:
    """Return what each rule of a published version may draw, with how often each question was shown. One query."""
    pools: dict[int, list[PoolItem]] = {}
    for rule_id, version_id, question_id, shown, status, rested_at, leaked_at in _POOLS.all(version.pk):
        # As it stands now, however long ago the test was published.
        is_spared = status != Status.READY or rested_at is not None or leaked_at is not None
        item = PoolItem(version_id, question_id, shown or 0, is_rested=is_spared)
        pools.setdefault(rule_id, []).append(item)
    return pools


def _pools_of(version_id: int) -> QuerySet[PoolEntry, Any]:
    entries = PoolEntry.objects.filter(rule__section__version=version_id)
    return entries.order_by("rule_id", "question_version_id").values_list(
        "rule_id",
        "question_version_id",
        "question_version__question_id",
        "question_version__question__usage__shown",
        "question_version__question__status",
        "question_version__question__rested_at",
        "question_version__question__leaked_at",
    )


_POOLS = CompiledValues(_pools_of, int)


def open_pools(rules: Sequence[DrawRule]) -> dict[int, list[PoolItem]]:
    """Return what each rule would draw if its test were published now. Two queries for each bank.

    A fixed question is its own rule's alone: no other rule of the test draws it. The filters are those of
    `questions.queries.ready_questions`, applied in Python, so that a blueprint of fifty rules costs no more than one.
    """
    fixed = {rule.question_id for rule in rules if rule.question_id is not None}
    banks = {rule.question.bank_id if rule.question is not None else rule.bank_id for rule in rules}
    questions = [
        (question, {skill.pk for skill in question.skills.all()})
        for bank_id in sorted(banks)
        for question in ready_questions(bank_id=bank_id).prefetch_related("skills")
    ]
    return {
        rule.pk: [
            PoolItem(question.current_version_id, question.pk)
            for question, skills in questions
            if question.current_version_id is not None and _fits(rule, question, skills, fixed)
        ]
        for rule in rules
    }


def _fits(rule: DrawRule, question: Question, skills: set[int], fixed: set[int]) -> bool:
    if rule.question_id is not None or question.pk in fixed:
        return rule.question_id == question.pk
    return (
        question.bank_id == rule.bank_id
        and (rule.skill_id is None or rule.skill_id in skills)
        and (not rule.level or question.level == rule.level)
        and (rule.difficulty is None or question.intended_difficulty == rule.difficulty)
    )


def rule_words(rule: DrawRule) -> str:
    """Say what a rule draws, for people: "Flask, Templating, Junior, difficulty 2". The parts must be loaded."""
    if rule.question is not None:
        return _("%(bank)s, question %(question)s") % {
            "bank": rule.bank.name,
            "question": rule.question.external_id,
        }
    parts = [rule.bank.name]
    if rule.skill is not None:
        parts.append(rule.skill.name)
    if rule.level:
        parts.append(str(Level(rule.level).label))
    if rule.difficulty is not None:
        parts.append(_("difficulty %(number)d") % {"number": rule.difficulty})
    return ", ".join(parts)


def marks_words(marks: Decimal) -> str:
    """Say so many marks, for people: "1 mark", "1.5 marks"."""
    words = ngettext("%(marks)s mark", "%(marks)s marks", 1 if marks == 1 else 2)
    return words % {"marks": f"{marks.normalize():f}"}
