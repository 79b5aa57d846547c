"""Publishing freezes a test: its rules, its limits, and which question versions each rule may draw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Actor
from assessments import queries
from assessments.models import Assessment, AssessmentSection, AssessmentVersion, DrawRule, PoolEntry
from assessments.operations.versions import VersionLocked
from assessments.rules import PoolItem, RuleNeed, unmet_rules
from outbox.operations import record_event
from rendering.moments import exact_time


class PublishError(Exception):
    """The test cannot be published. `problems` says why, a sentence for each."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = list(problems)
        super().__init__(" ".join(self.problems))


def publish_version(*, version: AssessmentVersion, by: Actor, now: datetime) -> AssessmentVersion:
    """Publish a draft, freeze its pools and return it; new invitations get it from now on.

    Raises `PublishError` listing all that keeps it from being taken: rules that cannot be met at once (a question can
    only serve one rule of a form), sections without rules or with more time than the whole, a test that has closed,
    formula scoring where it has no sense; and `VersionLocked` when it is published already.
    """
    with transaction.atomic():
        # The row first: whoever changes the draft at this moment waits, or was first.
        held = AssessmentVersion.objects.filter(pk=version.pk, published_at=None).update(published_at=now)
        if not held:
            raise VersionLocked
        current = AssessmentVersion.objects.get(pk=version.pk)
        rules = queries.rules_in_order(version)
        pools = queries.open_pools(rules)
        problems = _problems(current, rules, pools, now=now)
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


def _problems(
    version: AssessmentVersion,
    rules: Sequence[DrawRule],
    pools: Mapping[int, Sequence[PoolItem]],
    *,
    now: datetime,
) -> list[str]:
    if not rules:
        return [_("This test has no rules. Add at least one, so that it has questions.")]
    sections = list(AssessmentSection.objects.filter(version=version).order_by("position", "pk"))
    problems = _of_sections(version, sections, rules)
    if version.closes_at is not None and version.closes_at <= now:
        problems.append(
            _("The test closed on %(moment)s. Choose a later moment, or leave it open.")
            % {"moment": exact_time(version.closes_at)}
        )
    short = unmet_rules([RuleNeed(rule.pk, rule.count) for rule in rules], pools)
    problems += [
        ngettext(
            "%(rule)s: %(short)d question is missing. Make one ready, or ask for fewer.",
            "%(rule)s: %(short)d questions are missing. Make them ready, or ask for fewer.",
            short[rule.pk],
        )
        % {"rule": queries.rule_words(rule), "short": short[rule.pk]}
        for rule in rules
        if rule.pk in short and rule.question_id is None
    ]
    problems += [
        _("%(rule)s: everybody gets this question, and it is not ready. Make it ready, or take the line out.")
        % {"rule": queries.rule_words(rule)}
        for rule in rules
        if rule.pk in short and rule.question_id is not None
    ]
    if version.formula_scoring:
        problems += _of_formula_scoring(rules, pools)
    return problems


def _of_sections(
    version: AssessmentVersion, sections: Sequence[AssessmentSection], rules: Sequence[DrawRule]
) -> list[str]:
    filled = {rule.section_id for rule in rules}
    problems = [
        _("%(section)s has no rules. Add one, or remove the section.")
        % {"section": section.title or _("Section %(number)d") % {"number": number}}
        for number, section in enumerate(sections, start=1)
        if section.pk not in filled
    ]
    minutes = sum(section.minutes or 0 for section in sections)
    if minutes > version.minutes:
        problems.append(
            _(
                "The limits of the sections add up to %(sum)d minutes, and the whole test ends after %(limit)d. "
                "Shorten a section, or give the test more time."
            )
            % {"sum": minutes, "limit": version.minutes}
        )
    return problems


def _of_formula_scoring(rules: Sequence[DrawRule], pools: Mapping[int, Sequence[PoolItem]]) -> list[str]:
    """Guessing has a known gain only where exactly one option is right."""
    several = queries.questions_of_several(rules)
    found = {rule.pk: sum(item.question_id in several for item in pools[rule.pk]) for rule in rules}
    return [
        ngettext(
            "%(rule)s: wrong answers cannot cost marks where several options are right, and this rule may draw "
            "%(count)d such question. Draw others, or switch formula scoring off.",
            "%(rule)s: wrong answers cannot cost marks where several options are right, and this rule may draw "
            "%(count)d such questions. Draw others, or switch formula scoring off.",
            found[rule.pk],
        )
        % {"rule": queries.rule_words(rule), "count": found[rule.pk]}
        for rule in rules
        if found[rule.pk]
    ]
