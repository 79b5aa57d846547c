from __future__ import annotations

from collections import Counter
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from accounts.models import Actor
from assessments import queries
from assessments.enums import Navigation
from assessments.models import AssessmentVersion, AttemptQuestion, PoolEntry
from assessments.operations import (
    PublishError,
    RuleDraft,
    SectionDraft,
    VersionLocked,
    create_assessment,
    draft_version,
    publish_version,
    update_draft,
    write_blueprint,
)
from assessments.rules import RuleNeed, draw_form
from questions import operations as questions
from questions.enums import Kind
from questions.models import QuestionUsage
from questions.operations import record_usage
from tests.factories.assessments import make_assessment, make_attempt, make_finished
from tests.factories.questions import NOW, make_bank, make_question, make_skill

pytestmark = pytest.mark.django_db

SYSTEM = Actor.system()


def make_version(*sections: SectionDraft, **fields: object) -> AssessmentVersion:
    """A draft with `sections`."""
    assessment = create_assessment(slug="flask", name="Flask", by=SYSTEM, now=NOW, **fields)
    version = assessment.versions.get()
    write_blueprint(version=version, sections=sections, by=SYSTEM, now=NOW)
    return version


def problems_of(version: AssessmentVersion, now=NOW) -> list[str]:
    with pytest.raises(PublishError) as refused:
        publish_version(version=version, by=SYSTEM, now=now)
    return refused.value.problems


def test_write_blueprint_gives_a_draft_exactly_its_sections_and_rules() -> None:
    bank, sql = make_bank(), make_skill("sql")
    version = make_version(SectionDraft([RuleDraft(bank, count=9)], title="Old"))

    write_blueprint(
        version=version,
        sections=[
            SectionDraft(
                [RuleDraft(bank, count=2, skill=sql, expected_seconds=60)], title=" First ", minutes=10
            ),
            SectionDraft([RuleDraft(bank, marks=Decimal("1.5")), RuleDraft(bank)], cut_off=Decimal(40)),
        ],
        by=SYSTEM,
        now=NOW,
    )

    first, second = queries.blueprint(version).sections
    assert (first.section.title, first.section.minutes, first.section.cut_off) == ("First", 10, None)
    assert [(row.rule.skill, row.questions, row.seconds) for row in first.rows] == [(sql, 2, 120)]
    assert (second.name, second.section.cut_off, second.marks) == ("Section 2", 40, Decimal("2.5"))
    assert [row.rule.position for row in second.rows] == [1, 2]


def test_blueprint_adds_up_questions_marks_and_expected_minutes_and_warns_of_tight_limits() -> None:
    bank = make_bank()
    for _ in range(3):
        make_question(bank)
    version = make_version(
        SectionDraft([RuleDraft(bank, count=2, marks=Decimal(3), expected_seconds=200)], minutes=5),
        SectionDraft([RuleDraft(bank, expected_seconds=210)], title="Code"),
        minutes=10,
        navigation=Navigation.FORWARD,
        question_seconds=205,
    )

    plan = queries.blueprint(version)

    assert (plan.questions, plan.marks, plan.seconds, plan.minutes_needed) == (3, 7, 610, 11)
    assert [warning.split(" ")[0:4] for warning in plan.warnings] == [
        ["The", "questions", "are", "expected"],
        ["Section", "1", "is", "expected"],
        ["1", "rule", "expects", "more"],
    ]


def test_blueprint_says_how_many_are_missing_when_rules_share_their_questions() -> None:
    bank = make_bank()
    make_question(bank)
    make_question(bank)
    version = make_version(SectionDraft([RuleDraft(bank, count=2), RuleDraft(bank)]))

    plan = queries.blueprint(version)

    assert [row.ready for row in plan.rows] == [2, 2]
    assert plan.short == 1


@pytest.mark.parametrize("sections", [1, 3])
def test_blueprint_costs_the_same_for_one_and_three_sections(sections, django_assert_num_queries) -> None:
    bank = make_bank()
    fixed = [make_question(bank) for _ in range(sections)]
    version = make_version(
        *[SectionDraft([RuleDraft(bank), RuleDraft.fixed(fixed[number])]) for number in range(sections)]
    )

    # Rules, the bank's questions and their skills, pools, stems of fixed questions, sections.
    with django_assert_num_queries(6):
        rows = queries.blueprint(version).rows

    assert len(rows) == 2 * sections


def test_fixed_question_is_everybodys_and_no_other_rules() -> None:
    bank = make_bank()
    fixed, other = make_question(bank, stem="How does `url_for` work?"), make_question(bank)
    version = make_version(SectionDraft([RuleDraft.fixed(fixed), RuleDraft(bank)]))

    row = queries.blueprint(version).rows[0]
    published = publish_version(version=version, by=SYSTEM, now=NOW)

    assert (row.ready, row.stem) == (1, "How does url_for work?")
    assert row.words == f"{bank.name}, question {fixed.external_id}"
    pools = {
        rule.question_id: [item.question_id for item in queries.frozen_pools(published)[rule.pk]]
        for rule in queries.rules_in_order(published)
    }
    assert pools == {fixed.pk: [fixed.pk], None: [other.pk]}
    attempt = make_attempt(published.assessment)
    assert set(
        AttemptQuestion.objects.filter(attempt=attempt).values_list("question_version__question", flat=True)
    ) == {fixed.pk, other.pk}


def test_fixed_question_that_was_retired_since_is_still_asked() -> None:
    bank = make_bank()
    fixed = make_question(bank)
    make_question(bank)
    version = publish_version(
        version=make_version(SectionDraft([RuleDraft.fixed(fixed), RuleDraft(bank)])), by=SYSTEM, now=NOW
    )
    questions.retire_question(question=fixed, by=SYSTEM, now=NOW)

    attempt = make_attempt(version.assessment)

    assert attempt.questions.filter(question_version__question=fixed).count() == 1


@pytest.mark.parametrize(
    ("kind", "times", "words"),
    [(Kind.OPEN, 1, "Section 1, line 1: .* is open"), (Kind.SINGLE, 2, "Section 1, line 2: .* already")],
)
def test_fixed_question_that_cannot_be_asked_is_refused_with_its_place(kind, times, words) -> None:
    question = make_question(kind=kind)
    version = make_version()

    with pytest.raises(ValidationError, match=words):
        write_blueprint(
            version=version,
            sections=[SectionDraft([RuleDraft.fixed(question)] * times)],
            by=SYSTEM,
            now=NOW,
        )

    assert queries.rules_in_order(version) == []


def test_mistake_in_a_blueprint_names_section_line_and_field_and_writes_nothing() -> None:
    bank = make_bank()
    version = make_version(SectionDraft([RuleDraft(bank)]))

    with pytest.raises(ValidationError) as refused:
        write_blueprint(
            version=version,
            sections=[
                SectionDraft([RuleDraft(bank)], minutes=0),
                SectionDraft([RuleDraft(bank), RuleDraft(bank, marks=Decimal("1e9"))]),
            ],
            by=SYSTEM,
            now=NOW,
        )

    starts = [text.split(": ")[:2] for text in refused.value.messages]
    assert starts == [["Section 1", "time limit in minutes"], ["Section 2, line 2", "marks each"]]
    assert len(queries.blueprint(version).rows) == 1


def test_blueprint_of_a_published_version_is_locked() -> None:
    assessment = make_assessment()

    with pytest.raises(VersionLocked):
        write_blueprint(version=assessment.current_version, sections=[], by=SYSTEM, now=NOW)

    assert len(queries.rules_in_order(assessment.current_version)) == 1


def test_new_version_copies_sections_fixed_questions_and_every_setting() -> None:
    bank = make_bank()
    fixed = make_question(bank)
    version = make_version(
        SectionDraft([RuleDraft.fixed(fixed)], title="One", minutes=5, cut_off=Decimal(30)),
        navigation=Navigation.FORWARD,
        question_seconds=90,
        valid_days=365,
    )
    published = publish_version(version=version, by=SYSTEM, now=NOW)

    draft = draft_version(assessment=published.assessment, by=SYSTEM, now=NOW)

    (section,) = queries.blueprint(draft).sections
    assert (section.section.title, section.section.minutes, section.section.cut_off) == ("One", 5, 30)
    assert section.rows[0].rule.question == fixed
    assert (draft.navigation, draft.question_seconds, draft.valid_days) == ("forward", 90, 365)


# --- Publishing ------------------------------------------------------------------------------------------------


def test_publish_refuses_an_empty_section_and_sections_longer_than_the_test() -> None:
    bank = make_bank()
    make_question(bank)
    version = make_version(
        SectionDraft([RuleDraft(bank)], minutes=20), SectionDraft(title="Later", minutes=21), minutes=40
    )

    problems = problems_of(version)

    assert [problem.split(".")[0] for problem in problems] == [
        "Later has no rules",
        "The limits of the sections add up to 41 minutes, and the whole test ends after 40",
    ]
    assert not PoolEntry.objects.exists()


def test_publish_refuses_a_test_that_has_closed() -> None:
    bank = make_bank()
    make_question(bank)
    version = make_version(SectionDraft([RuleDraft(bank)]), closes_at=NOW)

    assert [problem.split(" on ")[0] for problem in problems_of(version)] == ["The test closed"]
    assert publish_version(version=version, by=SYSTEM, now=NOW - timedelta(seconds=1)).published_at


def test_publish_refuses_a_fixed_question_that_is_not_ready() -> None:
    question = make_question(ready=False)
    version = make_version(SectionDraft([RuleDraft.fixed(question)]))

    (problem,) = problems_of(version)

    assert question.external_id in problem
    assert "is not ready" in problem


def test_publish_refuses_formula_scoring_where_several_options_are_right() -> None:
    bank, other = make_bank(), make_bank()
    make_question(bank)
    make_question(bank, kind=Kind.MULTIPLE, right="ab")
    make_question(other)
    version = make_version(SectionDraft([RuleDraft(bank, count=2), RuleDraft(other)]), formula_scoring=True)

    (problem,) = problems_of(version)

    assert problem.startswith(f"{bank.name}: wrong answers cannot cost marks")
    assert "1 such question" in problem


@pytest.mark.parametrize(
    "fields",
    [
        {"question_seconds": 60},
        {"opens_at": NOW, "closes_at": NOW},
        {"question_seconds": 5, "navigation": "forward"},
    ],
)
def test_settings_that_contradict_each_other_never_get_into_a_draft(fields) -> None:
    version = make_version()

    with pytest.raises(ValidationError):
        update_draft(version=version, by=SYSTEM, now=NOW, **fields)

    version.refresh_from_db()
    assert (version.question_seconds, version.opens_at) == (None, None)


# --- Forms -----------------------------------------------------------------------------------------------------


def test_forms_are_equal_in_every_cell_and_spread_the_exposure() -> None:
    bank, sql = make_bank(), make_skill("sql")
    fixed = make_question(bank, level="junior", skills=[sql])
    for level, number in (("junior", 9), ("fresher", 6)):
        for _ in range(number):
            make_question(bank, level=level, skills=[sql])
    version = make_version(
        SectionDraft([RuleDraft.fixed(fixed), RuleDraft(bank, level="junior", count=3)]),
        SectionDraft([RuleDraft(bank, level="fresher", skill=sql, count=2)]),
    )
    publish_version(version=version, by=SYSTEM, now=NOW)
    rules = queries.rules_in_order(version)
    needs = [RuleNeed(rule.pk, rule.count, rule.section.position) for rule in rules]

    for seed in range(200):
        form = draw_form(needs, queries.frozen_pools(version), seed=seed)
        asked = [drawn.question_id for drawn in form.questions]
        assert [drawn.rule_id for drawn in form.questions[4:]] == [rules[2].pk] * 2
        assert Counter(drawn.rule_id for drawn in form.questions) == {rule.pk: rule.count for rule in rules}
        assert len(set(asked)) == 6
        record_usage(shown=Counter(asked), now=NOW)

    shown = dict(QuestionUsage.objects.values_list("question", "shown"))
    assert shown.pop(fixed.pk) == 200
    by_level: dict[str, list[int]] = {}
    for question in bank.questions.exclude(pk=fixed.pk):
        by_level.setdefault(question.level, []).append(shown[question.pk])
    assert {level: sum(counts) for level, counts in by_level.items()} == {"junior": 600, "fresher": 400}
    # 67 each; draws by chance alone would spread over 20 and more, those among the least shown do not.
    assert all(max(counts) - min(counts) <= 11 for counts in by_level.values())


def test_exposure_counts_every_question_of_every_section_once_an_attempt() -> None:
    bank = make_bank()
    fixed = make_question(bank)
    make_question(bank)
    version = make_version(SectionDraft([RuleDraft.fixed(fixed)]), SectionDraft([RuleDraft(bank)]))
    version = publish_version(version=version, by=SYSTEM, now=NOW)

    make_finished(version.assessment)
    make_finished(version.assessment)

    assert set(QuestionUsage.objects.values_list("shown", flat=True)) == {2}
    assert QuestionUsage.objects.count() == 2


def test_form_can_be_drawn_again_from_the_stored_seed() -> None:
    bank = make_bank()
    for _ in range(8):
        make_question(bank)
    version = make_version(SectionDraft([RuleDraft(bank, count=3)]), SectionDraft([RuleDraft(bank, count=2)]))
    version = publish_version(version=version, by=SYSTEM, now=NOW)

    attempt = make_attempt(version.assessment)

    needs = [RuleNeed(rule.pk, rule.count, rule.section.position) for rule in queries.rules_in_order(version)]
    again = draw_form(needs, queries.frozen_pools(version), seed=attempt.seed)
    rows = attempt.questions.order_by("position").values_list("question_version", flat=True)
    assert [drawn.version_id for drawn in again.questions] == list(rows)
