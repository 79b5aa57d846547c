"""What tests have to do with questions: which of them hold a version, and which would run short without a question."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from accounts.models import Actor
from assessments.models import (
    Assessment,
    AssessmentVersion,
    Attempt,
    AttemptQuestion,
    DrawRule,
    Invitation,
    PoolEntry,
)
from assessments.queries.drawing import rule_words
from assessments.rules import PoolItem, RuleNeed, unmet_rules
from questions.enums import Status
from questions.registries import Starved, VersionUse


def holding_versions(version_ids: Collection[int]) -> QuerySet[AssessmentVersion]:
    """Return the versions of tests that may draw one of these question versions. Lazy."""
    pools = PoolEntry.objects.filter(question_version__in=version_ids)
    return AssessmentVersion.objects.filter(pk__in=pools.values("rule__section__version"))


def version_uses(version_ids: Collection[int], actor: Actor) -> list[VersionUse]:
    """Return the tests whose rules may draw these versions, each with how many attempts hold the version.

    Tests that the actor may not see are left out. Two queries, none without versions.
    """
    if not version_ids:
        return []
    drawn = (
        PoolEntry.objects.filter(
            question_version__in=version_ids,
            rule__section__version__assessment__in=Assessment.objects.all().visible_to(actor),
        )
        .values_list(
            "question_version_id",
            "rule__section__version__assessment_id",
            "rule__section__version__assessment__name",
        )
        .distinct()
        .order_by("rule__section__version__assessment__name", "rule__section__version__assessment_id")
    )
    counts = {
        (row["question_version"], row["test"]): row["attempts"]
        for row in AttemptQuestion.objects.filter(
            question_version__in=version_ids,
            attempt__in=Attempt.objects.filter(invitation__version__in=holding_versions(version_ids)).values(
                "pk"
            ),
        )
        .values("question_version", test=F("attempt__invitation__version__assessment"))
        .annotate(attempts=Count("attempt", distinct=True))
        .order_by()
    }
    return [
        VersionUse(version, name, _address(test), counts.get((version, test), 0))
        for version, test, name in drawn
    ]


def starved_by(question_ids: Collection[int], actor: Actor) -> list[Starved]:
    """Return the rules of published tests that would draw retired questions if all of these were retired.

    What counts are the pools of the versions that can still be started: the one in force of each test in use, and
    those that open invitations have. A rule that runs short already is named only where it would get worse. Three
    queries, whatever the number of questions; tests that the actor may not see are left out.
    """
    ids = set(question_ids)
    touched = PoolEntry.objects.filter(
        question_version__question__in=ids, question_version__question__status=Status.READY
    )
    versions = (
        to_be_started(timezone.now())
        .filter(
            pk__in=touched.values("rule__section__version"),
            assessment__in=Assessment.objects.all().visible_to(actor),
        )
        .select_related("assessment")
        .order_by("assessment__name", "number", "pk")
    )
    in_order = list(versions) if ids else []
    pools = _ready_pools(in_order)
    rules: dict[int, list[DrawRule]] = {}
    found = DrawRule.objects.filter(section__version__in=in_order).select_related(
        "section", "bank", "skill", "question"
    )
    for rule in found.order_by("section__position", "position", "pk") if in_order else ():
        rules.setdefault(rule.section.version_id, []).append(rule)
    return [
        starved
        for version in in_order
        for starved in _starved(version, rules.get(version.pk, []), pools, ids)
    ]


def to_be_started(now: datetime) -> QuerySet[AssessmentVersion]:
    """Return the versions that somebody can still start: the one in force of each test in use, and those that open
    invitations have. Lazy."""
    waiting = Invitation.objects.filter(
        version=OuterRef("pk"), expires_at__gt=now, revoked_at=None, attempts=None
    )
    in_force = Q(
        pk__in=Assessment.objects.filter(retired_at=None, current_version__isnull=False).values(
            "current_version"
        )
    )
    return AssessmentVersion.objects.filter(in_force | Exists(waiting))


def _ready_pools(versions: Collection[AssessmentVersion]) -> dict[int, list[PoolItem]]:
    """What rules of these versions draw before they fall back: questions that are ready, not resting, not leaked."""
    if not versions:
        return {}
    rows = PoolEntry.objects.filter(
        rule__section__version__in=versions,
        question_version__question__status=Status.READY,
        question_version__question__rested_at=None,
        question_version__question__leaked_at=None,
    ).values_list("rule_id", "question_version_id", "question_version__question_id")
    pools: dict[int, list[PoolItem]] = {}
    for rule_id, version_id, question_id in rows.order_by("rule_id", "question_version_id"):
        pools.setdefault(rule_id, []).append(PoolItem(version_id, question_id))
    return pools


def _starved(
    version: AssessmentVersion,
    rules: Iterable[DrawRule],
    pools: dict[int, list[PoolItem]],
    without: set[int],
) -> list[Starved]:
    rules = list(rules)
    needs = [RuleNeed(rule.pk, rule.count) for rule in rules]
    left = {
        rule.pk: [item for item in pools.get(rule.pk, ()) if item.question_id not in without]
        for rule in rules
    }
    before, after = unmet_rules(needs, pools), unmet_rules(needs, left)
    if sum(after.values()) <= sum(before.values()):
        return []
    return [
        Starved(
            version.assessment.name,
            _address(version.assessment_id),
            rule_words(rule),
            rule.count,
            # Where others take their share of the same questions, fewer are left than there are.
            min(len(left[rule.pk]), rule.count - after[rule.pk]),
        )
        for rule in rules
        if after.get(rule.pk, 0) > before.get(rule.pk, 0)
    ]


def _address(assessment_id: int) -> str:
    return reverse("admin:assessments_assessment_change", args=[assessment_id])
