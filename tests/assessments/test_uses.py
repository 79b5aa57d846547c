"""What tests have to do with questions: who holds a version, and who would run short."""

from __future__ import annotations

import html
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Role
from accounts.models import Actor
from assessments import operations
from assessments.operations import RuleDraft, SectionDraft
from questions import operations as questions
from questions.models import Question
from questions.registries import starved_by, version_uses
from tests.factories.accounts import make_user
from tests.factories.assessments import make_assessment, make_finished, make_invitation
from tests.factories.questions import NOW, make_bank, make_questions, make_skill

pytestmark = pytest.mark.django_db

SYSTEM = Actor.system()


def told(*retired: Question, actor: Actor = SYSTEM) -> list[tuple[str, int, int]]:
    """Test, how many its rule draws and how many would be left."""
    return [(each.test, each.draws, each.left) for each in starved_by([one.pk for one in retired], actor)]


def test_rules_that_would_draw_more_than_is_left_are_named() -> None:
    bank = make_bank()
    one, two, *_rest = make_questions(5, bank)
    enough = make_assessment(bank=bank, count=4, questions=5)
    tight = make_assessment(bank=bank, count=5, questions=5)

    assert told(one) == [(tight.name, 5, 4)]
    assert told(one, two) == [(enough.name, 4, 3), (tight.name, 5, 3)]
    assert told() == []


def test_resting_and_leaked_questions_are_not_counted_as_left() -> None:
    bank = make_bank()
    one, two, three, *_rest = make_questions(5, bank)
    assessment = make_assessment(bank=bank, count=3, questions=5)
    assert told(one) == []

    questions.let_rest(question=two, by=SYSTEM, now=NOW)
    questions.flag_leaked(question=three, note="", by=SYSTEM, now=NOW)

    assert told(one) == [(assessment.name, 3, 2)]


def test_rules_that_share_questions_are_looked_at_together() -> None:
    bank, skill = make_bank(), make_skill("loops")
    one, two, *_rest = make_questions(3, bank)
    for question in (one, two):
        question.skills.add(skill)
    assessment = operations.create_assessment(slug="shared", name="Shared", by=SYSTEM, now=NOW)
    rules = [RuleDraft(bank, count=1, skill=skill), RuleDraft(bank, count=2)]
    operations.write_blueprint(
        version=assessment.versions.get(), sections=[SectionDraft(rules)], by=SYSTEM, now=NOW
    )
    operations.publish_version(version=assessment.versions.get(), by=SYSTEM, now=NOW)

    # Each rule alone would have as many as it draws.
    assert [each.test for each in starved_by([one.pk], SYSTEM)] == ["Shared"]


def test_retired_questions_and_retired_tests_starve_nobody() -> None:
    bank = make_bank()
    one, *_rest = make_questions(2, bank)
    assessment = make_assessment(bank=bank, count=2, questions=2)
    operations.retire_assessment(assessment=assessment, by=SYSTEM, now=NOW)
    assert told(one) == []

    other = make_assessment(bank=bank, count=2, questions=2)
    questions.retire_question(question=one, by=SYSTEM, now=NOW)

    assert told(one) == []
    assert other.name


def test_earlier_version_counts_as_long_as_an_open_invitation_has_it() -> None:
    bank = make_bank()
    one, *_rest = make_questions(2, bank)
    assessment = make_assessment(bank=bank, count=2, questions=2)
    make_invitation(assessment, now=timezone.now())
    operations.retire_assessment(assessment=assessment, by=SYSTEM, now=timezone.now())

    assert told(one) == [(assessment.name, 2, 1)]


def test_tests_out_of_sight_are_not_named() -> None:
    bank = make_bank()
    one, *_rest = make_questions(2, bank)
    assessment = make_assessment(bank=bank, count=2, questions=2)
    make_finished(assessment)
    outsider, author = Actor.of_user(make_user()), Actor.of_user(make_user(Role.QUESTION_AUTHOR))

    assert told(one, actor=outsider) == []
    assert told(one, actor=author) == [(assessment.name, 2, 1)]
    version = one.current_version_id
    assert version_uses([version], outsider) == []
    assert [(use.test, use.attempts) for use in version_uses([version], author)] == [(assessment.name, 1)]


@pytest.mark.parametrize("tests", [1, 3])
def test_asking_costs_the_same_for_one_and_three_tests(tests, django_assert_num_queries) -> None:
    bank = make_bank()
    stored = make_questions(4, bank)
    for _ in range(tests):
        make_assessment(bank=bank, count=4, questions=4)

    # The versions, their pools, their rules; then the pools and the attempts.
    with django_assert_num_queries(3):
        found = starved_by([question.pk for question in stored], SYSTEM)
    with django_assert_num_queries(2):
        version_uses([question.current_version_id for question in stored], SYSTEM)

    assert len(found) == tests


def test_page_that_retires_a_question_lists_them() -> None:
    bank = make_bank()
    one, *_rest = make_questions(2, bank)
    assessment = make_assessment(bank=bank, count=2, questions=2)
    client = Client()
    client.force_login(make_user(Role.QUESTION_AUTHOR))

    content = html.unescape(
        client.get(reverse("admin:questions_question_retire", args=[one.pk])).content.decode()
    )

    assert "1 rule of a published test would run short" in content
    assert f">{assessment.name}</a>: {bank.name} (draws 2, 1 left)" in content
    assert (
        "run short"
        not in client.get(reverse("admin:questions_question_review", args=[one.pk])).content.decode()
    )


def test_the_day_an_invitation_ran_out_does_not_matter_any_more() -> None:
    bank = make_bank()
    one, *_rest = make_questions(2, bank)
    assessment = make_assessment(bank=bank, count=2, questions=2)
    make_invitation(assessment, now=timezone.now() - timedelta(days=400))
    operations.retire_assessment(assessment=assessment, by=SYSTEM, now=timezone.now())

    assert told(one) == []
