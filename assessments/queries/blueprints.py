"""The blueprint of a version: section by section what it asks for, how much there is, what it earns and takes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.models import AssessmentSection, AssessmentVersion, DrawRule, PoolEntry
from assessments.queries.drawing import marks_words, open_pools, rule_words, rules_in_order
from assessments.rules import RuleNeed, unmet_rules
from questions.enums import Kind, Status
from questions.models import Question, QuestionBank
from questions.queries import plain_stem

LONGEST_STEM = 90
MOST_OFFERED = 1000
# The page of a blueprint holds so many lines of a section.
MOST_LINES = 200


@dataclass(frozen=True, slots=True)
class BlueprintRow:
    """A rule and how much there is for it: `pool` in a published version, `ready` if published today.

    `short` is how many questions are missing when every rule of the test takes its share. `stem` is said of a fixed
    question alone.
    """

    rule: DrawRule
    words: str
    ready: int
    pool: int
    short: int
    stem: str = ""

    @property
    def questions(self) -> int:
        """How many questions each person gets by it."""
        return self.rule.count

    @property
    def marks(self) -> Decimal:
        """What its questions earn together."""
        return self.rule.count * self.rule.marks

    @property
    def seconds(self) -> int:
        """How long its questions are expected to take together."""
        return self.rule.count * self.rule.expected_seconds

    @property
    def minutes(self) -> float:
        """The same in minutes."""
        return self.seconds / 60


@dataclass(frozen=True, slots=True)
class BlueprintSection:
    """A part of a test with its rules and what they add up to."""

    number: int
    section: AssessmentSection
    rows: tuple[BlueprintRow, ...]

    @property
    def name(self) -> str:
        """Its title, or its number."""
        return self.section.title or _("Section %(number)d") % {"number": self.number}

    @property
    def questions(self) -> int:
        """How many questions each person gets in it."""
        return sum(row.questions for row in self.rows)

    @property
    def marks(self) -> Decimal:
        """What it earns at most."""
        return sum((row.marks for row in self.rows), start=Decimal(0))

    @property
    def marks_words(self) -> str:
        """The same in words."""
        return marks_words(self.marks)

    @property
    def seconds(self) -> int:
        """How long it is expected to take."""
        return sum(row.seconds for row in self.rows)

    @property
    def minutes_needed(self) -> int:
        """How many minutes it is expected to take, rounded up."""
        return _minutes(self.seconds)


@dataclass(frozen=True, slots=True)
class Blueprint:
    """All sections of a version, and what they add up to."""

    version: AssessmentVersion
    sections: tuple[BlueprintSection, ...]

    @property
    def rows(self) -> tuple[BlueprintRow, ...]:
        """Every rule in the order of the test."""
        return tuple(row for section in self.sections for row in section.rows)

    @property
    def questions(self) -> int:
        """How many questions each person gets."""
        return sum(section.questions for section in self.sections)

    @property
    def marks(self) -> Decimal:
        """What the test earns at most."""
        return sum((section.marks for section in self.sections), start=Decimal(0))

    @property
    def marks_words(self) -> str:
        """The same in words."""
        return marks_words(self.marks)

    @property
    def seconds(self) -> int:
        """How long the test is expected to take."""
        return sum(section.seconds for section in self.sections)

    @property
    def minutes_needed(self) -> int:
        """How many minutes the test is expected to take, rounded up."""
        return _minutes(self.seconds)

    @property
    def short(self) -> int:
        """How many questions are missing in all."""
        return sum(row.short for row in self.rows)

    @property
    def warnings(self) -> list[str]:
        """What may be meant and is worth a second look: limits that are tighter than what they limit."""
        version = self.version
        found = []
        if self.seconds > version.minutes * 60:
            found.append(
                _(
                    "The questions are expected to take %(needed)d minutes, and the test ends after %(limit)d. "
                    "Give more time, or ask for fewer questions."
                )
                % {"needed": self.minutes_needed, "limit": version.minutes}
            )
        found += [
            _(
                "%(section)s is expected to take %(needed)d minutes and ends after %(limit)d. "
                "Give it more time, or ask for fewer questions."
            )
            % {"section": part.name, "needed": part.minutes_needed, "limit": part.section.minutes}
            for part in self.sections
            if part.section.minutes is not None and part.seconds > part.section.minutes * 60
        ]
        hurried = [row for row in self.rows if row.rule.expected_seconds > (version.question_seconds or 3600)]
        if hurried:
            found.append(
                ngettext(
                    "%(rules)d rule expects more time for a question than the %(limit)d seconds that each one has.",
                    "%(rules)d rules expect more time for a question than the %(limit)d seconds that each one has.",
                    len(hurried),
                )
                % {"rules": len(hurried), "limit": version.question_seconds}
            )
        return found


def blueprint(version: AssessmentVersion) -> Blueprint:
    """Return the sections of a version, each rule with its numbers. A handful of queries, however many."""
    rules: dict[int, list[DrawRule]] = {}
    for rule in rules_in_order(version):
        rules.setdefault(rule.section_id, []).append(rule)
    sections = AssessmentSection.objects.filter(version=version).order_by("position", "pk")
    return blueprint_of(version, [(section, rules.get(section.pk, [])) for section in sections])


def blueprint_of(
    version: AssessmentVersion, sections: Sequence[tuple[AssessmentSection, Sequence[DrawRule]]]
) -> Blueprint:
    """Return what `sections` with their rules ask for, stored or not: the rules need a key each, and nothing more."""
    rules = [rule for _section, section_rules in sections for rule in section_rules]
    today = open_pools(rules)
    short = unmet_rules([RuleNeed(rule.pk, rule.count) for rule in rules], today)
    entries = PoolEntry.objects.filter(rule__section__version=version).order_by().values("rule_id")
    frozen = {row["rule_id"]: row["total"] for row in entries.annotate(total=Count("pk"))}
    stems = _stems(rule.question_id for rule in rules if rule.question_id is not None)

    def row(rule: DrawRule) -> BlueprintRow:
        return BlueprintRow(
            rule=rule,
            words=rule_words(rule),
            ready=len(today[rule.pk]),
            pool=frozen.get(rule.pk, 0),
            short=short.get(rule.pk, 0),
            stem=stems.get(rule.question_id or 0, ""),
        )

    return Blueprint(
        version,
        tuple(
            BlueprintSection(number, section, tuple(row(rule) for rule in section_rules))
            for number, (section, section_rules) in enumerate(sections, start=1)
        ),
    )


def questions_of_several(rules: Sequence[DrawRule]) -> set[int]:
    """Return the ready questions with several right options in the banks that `rules` draw from. One query."""
    banks = {rule.bank_id for rule in rules}
    questions = Question.objects.filter(bank_id__in=banks, status=Status.READY, kind=Kind.MULTIPLE)
    return set(questions.values_list("pk", flat=True))


def ready_by_id(banks: Iterable[QuestionBank]) -> list[tuple[str, str]]:
    """Return id and words of the questions of `banks` that a test may ask, for a chooser. One query."""
    questions = Question.objects.filter(
        bank__in=list(banks),
        status=Status.READY,
        kind__in=Kind.choice_kinds,
        current_version__frozen_at__isnull=False,
    ).order_by("bank__name", "external_id", "pk")[:MOST_OFFERED]
    rows = questions.values_list("external_id", "current_version__stem")
    return [(external_id, _clipped(plain_stem(stem))) for external_id, stem in rows]


def _stems(question_ids: Iterable[int]) -> dict[int, str]:
    wanted = set(question_ids)
    if not wanted:
        return {}
    rows = Question.objects.filter(pk__in=wanted).values_list("pk", "current_version__stem")
    return {pk: _clipped(plain_stem(stem or "")) for pk, stem in rows}


def _clipped(text: str) -> str:
    return text if len(text) <= LONGEST_STEM else f"{text[: LONGEST_STEM - 1].rstrip()}…"


def _minutes(seconds: int) -> int:
    return -(-seconds // 60)
