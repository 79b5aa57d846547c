from __future__ import annotations

import json
import time
from collections import Counter
from io import StringIO
from itertools import combinations
from statistics import mean

import pytest
from django.core.management import call_command

from accounts.models import Actor
from assessments import queries
from assessments.models import Assessment, AssessmentVersion, AttemptQuestion, DrawRule
from assessments.operations import draft_version, seed_starter_content
from assessments.operations.starter import STARTERS
from assessments.rules import RuleNeed, draw_form
from questions import operations as questions
from questions.models import AnswerKey, Question, QuestionVersion
from questions.queries import key_draft, keys_for, option_drafts
from tests.factories.accounts import make_user
from tests.factories.assessments import make_attempt
from tests.factories.questions import NOW

pytestmark = pytest.mark.django_db

SYSTEM = Actor.system()


def seed(slug: str = "flask"):
    (result,) = seed_starter_content(by=SYSTEM, now=NOW, slugs=[slug])
    return result


def edit(question: Question, **changes: object) -> None:
    version = question.current_version
    values: dict[str, object] = {
        "level": question.level,
        "intended_difficulty": question.intended_difficulty,
        "skills": question.skills.all(),
        "tags": question.tags.all(),
        "stem": version.stem,
        "options": option_drafts(version),
        "key": key_draft(keys_for([version.pk])[version.pk]),
    }
    author = Actor.of_user(make_user())
    questions.edit_question(question=question, by=author, now=NOW, **values | changes)


@pytest.mark.parametrize("slug", [starter.slug for starter in STARTERS])
def test_seed_makes_the_bank_and_a_published_test_of_25_questions(slug: str) -> None:
    result = seed(slug)

    assessment = Assessment.objects.get(slug=slug)
    version = assessment.current_version
    assert (version.minutes, version.pass_mark, version.borderline_from) == (40, 60, 50)
    assert queries.question_count(version.pk) == 25
    assert result.published
    assert Question.objects.filter(kind="open").count() >= 20
    assert Question.objects.exclude(kind="open").count() >= 40
    assert AttemptQuestion.objects.filter(attempt=make_attempt(assessment)).count() == 25


def test_seed_again_changes_nothing() -> None:
    seed()
    before = [QuestionVersion.objects.count(), AnswerKey.objects.count(), AssessmentVersion.objects.count()]

    again = seed()

    after = [QuestionVersion.objects.count(), AnswerKey.objects.count(), AssessmentVersion.objects.count()]
    assert after == before
    assert (again.published, again.questions.added, again.questions.updated) == (False, 0, 0)


def test_seed_follows_the_files_where_nobody_changed_anything_and_keeps_what_frozen_tests_draw() -> None:
    seed()
    question = Question.objects.filter(kind="single").order_by("pk").first()
    old = question.current_version
    # As if an older release had written other words.
    QuestionVersion.objects.filter(pk=old.pk).update(stem="Older words?")
    loaded = questions.loading._known(question.bank, [_Named(question.external_id)])[question.external_id]
    Question.objects.filter(pk=question.pk).update(source_digest=loaded.said.digest())

    result = seed()

    question.refresh_from_db()
    assert result.questions.updated == 1
    assert result.published
    assert (question.current_version.number, QuestionVersion.objects.get(pk=old.pk).stem) == (
        2,
        "Older words?",
    )
    assert AssessmentVersion.objects.filter(assessment__slug="flask").count() == 2


class _Named:
    def __init__(self, external_id: str) -> None:
        self.external_id = external_id


def test_seed_leaves_alone_what_an_author_changed() -> None:
    seed()
    text, difficulty, retired = Question.objects.filter(kind="single").order_by("pk")[:3]
    edit(text, stem="My own words?")
    edit(difficulty, intended_difficulty=5)
    questions.retire_question(question=retired, by=SYSTEM, now=NOW)

    result = seed()

    text.refresh_from_db()
    retired.refresh_from_db()
    assert result.questions.kept == 2
    assert text.versions.get(number=2).stem == "My own words?"
    assert retired.status == "retired"


def test_seed_leaves_a_test_alone_that_a_person_works_on() -> None:
    seed()
    assessment = Assessment.objects.get(slug="flask")
    draft_version(assessment=assessment, by=Actor.of_user(make_user()), now=NOW)
    questions.retire_question(question=Question.objects.filter(kind="single").first(), by=SYSTEM, now=NOW)

    result = seed()

    assert not result.published
    assert assessment.versions.filter(published_at=None).count() == 1


def test_seed_command_prints_what_is_there_and_is_quick() -> None:
    out = StringIO()

    started = time.monotonic()
    call_command("seed_starter_content", "--json", stdout=out)

    assert time.monotonic() - started < 20
    facts = json.loads(out.getvalue())
    assert facts["assessment"] == "flask"
    assert list(facts["banks"]) == [starter.slug for starter in STARTERS]
    assert facts == facts["banks"]["flask"] | {"banks": facts["banks"]}
    for slug, each in facts["banks"].items():
        assert each["assessment"] == slug
        assert each["questions_added"] == Question.objects.filter(bank__slug=slug).count()
        assert each["published"]


def test_seed_takes_only_the_banks_that_are_wanted() -> None:
    assert seed_starter_content(by=SYSTEM, now=NOW, slugs=[]) == ()
    assert not Question.objects.exists()

    seed()

    assert set(Question.objects.values_list("bank__slug", flat=True)) == {"flask"}


def test_forms_of_the_starter_test_differ_and_are_equal_over_1000_draws() -> None:
    seed()
    version = Assessment.objects.get(slug="flask").current_version
    rules = queries.rules_in_order(version)
    needs = [RuleNeed(rule.pk, rule.count, rule.section.position) for rule in rules]
    pools = queries.frozen_pools(version)
    facts = {question.pk: question for question in Question.objects.prefetch_related("skills")}

    forms = [draw_form(needs, pools, seed=seed_) for seed_ in range(1000)]

    cells = {tuple(sorted(Counter(cell_of(facts, drawn, rules)).items())) for drawn in forms}
    sums = {sum(facts[one.question_id].intended_difficulty for one in form.questions) for form in forms}
    sets = [frozenset(one.question_id for one in form.questions) for form in forms]
    overlap = mean(len(one & other) for one, other in combinations(sets[:200], 2))
    used = set().union(*sets)
    print(
        f"\n1,000 forms: {len(set(sets))} different, sum of difficulty {sorted(sums)}, "
        f"{overlap:.1f} of 25 questions in common on average, {len(used)} questions used"
    )
    assert len(cells) == 1
    assert Counter(count for _, count in next(iter(cells))) == {1: 23, 2: 1}
    assert max(sums) - min(sums) <= 0.5
    assert len(set(sets)) > 950
    assert 25 / len(used) * 25 - 1 <= overlap <= 16
    assert all(form.missing == form.rested == () for form in forms)
    assert used == {item.question_id for items in pools.values() for item in items}


@pytest.mark.parametrize("slug", [starter.slug for starter in STARTERS])
def test_two_forms_of_a_starter_test_need_not_share_a_question(slug: str) -> None:
    """Each rule finds twice what it draws, and no question is found by two rules: two forms fit beside each other."""
    seed(slug)
    version = Assessment.objects.get(slug=slug).current_version
    rules = queries.rules_in_order(version)
    needs = [RuleNeed(rule.pk, rule.count, rule.section.position) for rule in rules]
    pools = queries.frozen_pools(version)
    ready = [item.question_id for items in pools.values() for item in items]

    first = draw_form(needs, pools, seed=1)
    drawn = {one.question_id for one in first.questions}
    left = {rule: [item for item in items if item.question_id not in drawn] for rule, items in pools.items()}
    second = draw_form(needs, left, seed=2)

    assert len(ready) == len(set(ready)) == Question.objects.exclude(kind="open").count()
    assert [rule.pk for rule in rules if len(pools[rule.pk]) < 2 * rule.count] == []
    assert sum(rule.count for rule in rules) == len(drawn) == len(second.questions) == 25
    assert second.missing == ()
    assert drawn.isdisjoint(one.question_id for one in second.questions)


def cell_of(facts: dict[int, Question], form, rules: list[DrawRule]) -> list[tuple[str, str, int]]:
    skills = {rule.pk: rule.skill.slug for rule in rules}
    return [
        (
            skills[one.rule_id],
            facts[one.question_id].level,
            facts[one.question_id].intended_difficulty,
        )
        for one in form.questions
    ]
