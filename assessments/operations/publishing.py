"""Publishing freezes a test: its rules, its limits, and which question versions each rule may draw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Actor
from assessments import queries
from assessments.models import Assessment, AssessmentVersion, DrawRule, PoolEntry
from assessments.operations.authoring import VersionLocked
from assessments.rules import PoolItem, RuleNeed, unmet_rules
from outbox.operations import record_event


class PublishError(Exception):
    """The test cannot be published. `problems` says why, a sentence for each rule."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = list(problems)
        super().__init__(" ".join(self.problems))


def publish_version(*, version: AssessmentVersion, by: Actor, now: datetime) -> AssessmentVersion:
    """Publish a draft, freeze its pools and return it; new invitations get it from now on.

    Raises `PublishError` listing every rule that cannot be met (a question can only serve one rule of a form) and
    `VersionLocked` when it is published already.
    """
    with transaction.atomic():
        # The row first: whoever changes the draft at this moment waits, or was first.
        held = AssessmentVersion.objects.filter(pk=version.pk, published_at=None).update(published_at=now)
        if not held:
            raise VersionLocked
        rules = queries.rules_in_order(version)
        pools = queries.open_pools(rules)
        problems = _problems(rules, pools)
        if problems:
            raise PublishError(problems)
        PoolEntry.objects.bulk_create(
            (
                PoolEntry(rule=rule, question_version_id=item.version_id)
                for rule in rules
                for item in pools[rule.pk]
            ),
            batch_size=1000,
        )
        Assessment.objects.filter(pk=version.assessment_id).update(current_version=version.pk)
        record_event(
            kind="assessment.published",
            by=by,
            now=now,
            about=Assessment._meta.label_lower,
            about_id=version.assessment_id,
            data={"version": version.number},
        )
    return AssessmentVersion.objects.select_related("assessment").get(pk=version.pk)


def _problems(rules: Sequence[DrawRule], pools: Mapping[int, Sequence[PoolItem]]) -> list[str]:
    if not rules:
        return [_("This test has no rules. Add at least one, so that it has questions.")]
    short = unmet_rules([RuleNeed(rule.pk, rule.count) for rule in rules], pools)
    return [
        ngettext(
            "%(rule)s: %(short)d question is missing. Make one ready, or ask for fewer.",
            "%(rule)s: %(short)d questions are missing. Make them ready, or ask for fewer.",
            short[rule.pk],
        )
        % {"rule": queries.rule_words(rule), "short": short[rule.pk]}
        for rule in rules
        if rule.pk in short
    ]
