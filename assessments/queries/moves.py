"""What becomes of tests when questions move to another bank."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any, Final

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy

from accounts.models import Actor
from assessments.models import Assessment, DrawRule, PoolEntry
from assessments.queries.uses import to_be_started
from questions.enums import Kind, Status
from questions.models import Question
from questions.registries import MovedUse

_STAYS: Final = gettext_lazy("still drawn by the published version")
_FIXED: Final = gettext_lazy("still asked of everybody by the draft")
_LOST: Final = gettext_lazy("no longer drawn by the draft")
_WON: Final = gettext_lazy("drawn by the draft from then on")


def moved_uses(question_ids: Collection[int], bank_id: int, actor: Actor) -> list[MovedUse]:
    """Return what becomes of published tests and of drafts if these questions move to the bank `bank_id`.

    Tests that the actor may not see, and those in use no more, are left out. Four queries, none without questions.
    """
    if not question_ids:
        return []
    tests = Assessment.objects.filter(retired_at=None).visible_to(actor)
    found: dict[tuple[int, str], set[int]] = defaultdict(set)
    names: dict[int, str] = {}
    pools = PoolEntry.objects.filter(
        question_version__question__in=question_ids,
        rule__section__version__in=to_be_started(timezone.now()),
        rule__section__version__assessment__in=tests,
    )
    test = "rule__section__version__assessment"
    rows = pools.order_by().values_list(test, f"{test}__name", "question_version__question").distinct()
    for pk, name, question_id in rows:
        names[pk] = name
        found[pk, str(_STAYS)].add(question_id)
    for rule, what, ids in _of_drafts(question_ids, bank_id, tests):
        assessment = rule.section.version.assessment
        names[assessment.pk] = assessment.name
        found[assessment.pk, what] |= ids
    uses = [
        MovedUse(names[pk], reverse("admin:assessments_assessment_change", args=[pk]), what, frozenset(ids))
        for (pk, what), ids in found.items()
    ]
    return sorted(uses, key=lambda use: (use.test, use.url, use.what))


def _of_drafts(
    question_ids: Collection[int], bank_id: int, tests: Any
) -> Iterable[tuple[DrawRule, str, set[int]]]:
    questions = Question.objects.filter(pk__in=question_ids).prefetch_related("skills")
    by_bank: dict[int, list[Question]] = defaultdict(list)
    for question in questions.order_by("pk"):
        by_bank[question.bank_id].append(question)
    moving = [each for bank, rows in by_bank.items() if bank != bank_id for each in rows]
    rules = DrawRule.objects.filter(
        section__version__published_at=None, section__version__assessment__in=tests
    ).select_related("section__version__assessment")
    # A question that everybody gets is drawn by no other line of its test.
    own: dict[int, set[int]] = defaultdict(set)
    for rule in rules.filter(question__in=question_ids).order_by("pk"):
        if rule.question_id is not None:
            own[rule.section.version_id].add(rule.question_id)
            yield rule, str(_FIXED), {rule.question_id}
    for rule in rules.filter(question=None, bank__in=[bank_id, *by_bank]).order_by("pk"):
        is_new = rule.bank_id == bank_id
        fitting = {each.pk for each in (moving if is_new else by_bank[rule.bank_id]) if _fits(rule, each)}
        fitting -= own[rule.section.version_id]
        if fitting:
            yield rule, str(_WON if is_new else _LOST), fitting


def _fits(rule: DrawRule, question: Question) -> bool:
    """Whether a rule draws such a question, whichever bank it is in."""
    return (
        question.status == Status.READY
        and question.kind in Kind.choice_kinds
        and (rule.skill_id is None or rule.skill_id in {skill.pk for skill in question.skills.all()})
        and (not rule.level or question.level == rule.level)
        and (rule.difficulty is None or question.intended_difficulty == rule.difficulty)
    )
