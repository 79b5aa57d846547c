"""Sections of drafts that take questions which were chosen in a list, and what putting them there comes to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Actor
from assessments.models import Assessment, AssessmentSection, DrawRule
from assessments.queries.blueprints import MOST_LINES, Blueprint, blueprint_of
from assessments.queries.drawing import rules_in_order
from assessments.queries.parts import section_name
from questions.enums import Kind, Level, Status
from questions.models import Question
from questions.registries import Place, PlaceLook


def may_put(actor: Actor) -> bool:
    """Whether the actor may put questions into drafts of tests."""
    return actor.is_system or (
        actor.user is not None and actor.user.has_perm("assessments.change_assessment")
    )


def draft_sections(actor: Actor) -> QuerySet[AssessmentSection]:
    """Return the sections of drafts that the actor may write, with their tests. Lazy."""
    sections = AssessmentSection.objects.select_related("version__assessment")
    if not may_put(actor):
        return sections.none()
    tests = Assessment.objects.filter(retired_at=None).visible_to(actor)
    return sections.filter(version__published_at=None, version__assessment__in=tests)


def section_places(actor: Actor) -> list[Place]:
    """Return where the actor may put questions, by test. One query."""
    in_order = draft_sections(actor).order_by("version__assessment__name", "version", "position", "pk")
    words = _("%(test)s, %(section)s")
    return [
        Place(each.pk, words % {"test": each.version.assessment.name, "section": section_name(each)})
        for each in in_order
    ]


def asked_of_everybody(section: AssessmentSection) -> set[int]:
    """Return the questions that the test of a section asks of everybody already. One query."""
    fixed = DrawRule.objects.filter(section__version=section.version_id, question__isnull=False)
    return set(fixed.values_list("question_id", flat=True))


def left_out_of(
    section: AssessmentSection, questions: Sequence[Question], already: Collection[int]
) -> dict[int, str]:
    """Say which of `questions` a section does not take, and why. One query."""
    room = MOST_LINES - DrawRule.objects.filter(section=section).count()
    reasons: dict[int, str] = {}
    for question in questions:
        if question.pk in already:
            continue
        if question.kind == Kind.OPEN:
            reasons[question.pk] = _("It is open and meant for interviews.")
        elif question.status != Status.READY or question.current_version_id is None:
            reasons[question.pk] = _("It is not ready. Let it be reviewed first.")
        elif room <= 0:
            reasons[question.pk] = _("The section has %(most)d lines, and no more fit.") % {
                "most": MOST_LINES
            }
        else:
            room -= 1
    return reasons


def fixed_rule(section: AssessmentSection, question: Question, position: int) -> DrawRule:
    """Return the line that gives everybody `question`, its bank loaded, unsaved."""
    return DrawRule(section=section, position=position, bank=question.bank, question=question)


def look_at_section(key: int, questions: Sequence[Question], actor: Actor) -> PlaceLook | None:
    """Say what putting `questions`, their banks loaded, into the section `key` comes to; None where the actor may not.

    A fixed number of queries for each bank that the test draws from, however many questions.
    """
    section = draft_sections(actor).filter(pk=key).first()
    if section is None:
        return None
    already = asked_of_everybody(section)
    refused = left_out_of(section, questions, already)
    coming = [each for each in questions if each.pk not in already and each.pk not in refused]
    now, then = _plans(section, coming)
    return PlaceLook(
        frozenset(already),
        refused,
        {each.pk: note for each in coming if (note := _note(each))},
        reverse("assessments:rules", args=[section.version.assessment.slug]),
        _numbers(now, then),
        [*_short(now, then), *(text for text in then.warnings if text not in now.warnings)],
    )


def _plans(section: AssessmentSection, coming: Sequence[Question]) -> tuple[Blueprint, Blueprint]:
    """The blueprint of the test of a section as it is, and as it would be."""
    version = section.version
    rules: dict[int, list[DrawRule]] = {}
    for rule in rules_in_order(version):
        rules.setdefault(rule.section_id, []).append(rule)
    sections = list(AssessmentSection.objects.filter(version=version).order_by("position", "pk"))
    added = []
    for number, question in enumerate(coming, start=1):
        rule = fixed_rule(section, question, len(rules.get(section.pk, ())) + number)
        # The numbers of a plan are kept by the keys of its lines.
        rule.pk = -number
        added.append(rule)
    now = blueprint_of(version, [(each, rules.get(each.pk, [])) for each in sections])
    then = [(each, [*rules.get(each.pk, []), *(added if each.pk == section.pk else [])]) for each in sections]
    return now, blueprint_of(version, then)


def _numbers(now: Blueprint, then: Blueprint) -> list[tuple[str, int, int]]:
    before, after = _levels(now), _levels(then)
    mixed = [(str(level.label), before[level], after[level]) for level in Level]
    return [
        (_("Questions"), now.questions, then.questions),
        (_("Expected minutes"), now.minutes_needed, then.minutes_needed),
        *(line for line in [*mixed, (_("Of any level"), before[""], after[""])] if line[1] or line[2]),
    ]


def _levels(plan: Blueprint) -> Counter[str]:
    levels: Counter[str] = Counter()
    for row in plan.rows:
        levels[row.rule.question.level if row.rule.question is not None else row.rule.level] += row.rule.count
    return levels


def _short(now: Blueprint, then: Blueprint) -> list[str]:
    """The lines that would miss more questions than they do: what everybody is asked, no other line draws."""
    before = {row.rule.pk: row.short for row in now.rows}
    words = _(
        "%(rule)s: %(missing)d questions would be missing, because no other line draws what everybody is asked."
    )
    return [
        words % {"rule": row.words, "missing": row.short}
        for row in then.rows
        if row.short > before.get(row.rule.pk, 0)
    ]


def _note(question: Question) -> str:
    if question.leaked_at is not None:
        return _("It leaked, and everybody would be asked it.")
    return _("It rests, and everybody would be asked it.") if question.rested_at is not None else ""
