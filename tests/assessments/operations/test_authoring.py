from __future__ import annotations

import threading
from decimal import Decimal
from functools import partial

import pytest
from django.core.exceptions import ValidationError

from accounts.models import Actor
from assessments.models import AssessmentVersion, DrawRule, PoolEntry
from assessments.operations import (
    PublishError,
    RuleDraft,
    VersionLocked,
    add_rule,
    create_assessment,
    draft_version,
    publish_version,
    remove_rule,
    replace_rules,
    update_draft,
)
from outbox.models import Event
from questions import operations as questions
from tests.factories.assessments import make_assessment, make_draft
from tests.factories.questions import NOW, make_bank, make_question, make_skill
from tests.servers.parallel import run_parallel

pytestmark = pytest.mark.django_db

SYSTEM = Actor.system()


def test_create_starts_an_empty_draft() -> None:
    assessment = create_assessment(slug="flask", name=" Flask ", by=SYSTEM, now=NOW)

    version = assessment.versions.get()
    assert (assessment.name, assessment.current_version) == ("Flask", None)
    assert (version.number, version.published_at, version.sections.count()) == (1, None, 1)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"slug": "no spaces"}, "slug"),
        ({"name": ""}, "name"),
        ({"minutes": 0}, "minutes"),
        ({"pass_mark": Decimal(101)}, "pass_mark"),
        ({"borderline_from": Decimal(70)}, "__all__"),
    ],
)
def test_create_with_a_mistake_is_refused_at_the_field(fields, field) -> None:
    with pytest.raises(ValidationError) as refused:
        create_assessment(**{"slug": "flask", "name": "Flask"} | fields, by=SYSTEM, now=NOW)

    assert field in refused.value.message_dict
    assert not AssessmentVersion.objects.exists()


def test_publish_freezes_the_pool_and_later_questions_stay_out() -> None:
    bank = make_bank()
    first = make_question(bank)
    make_question(bank, ready=False)
    assessment = make_draft(bank=bank, count=1)

    publish_version(version=assessment.versions.get(), by=SYSTEM, now=NOW)
    make_question(bank)

    assert [entry.question_version for entry in PoolEntry.objects.all()] == [first.current_version]
    assessment.refresh_from_db()
    assert assessment.current_version == assessment.versions.get()
    assert Event.objects.get(kind="assessment.published").data == {"version": 1}


def test_publish_draws_by_skill_level_and_difficulty_and_never_open_questions() -> None:
    bank, sql = make_bank(), make_skill("sql")
    wanted = make_question(bank, skills=[sql], level="junior", difficulty=2)
    make_question(bank, skills=[make_skill("python")], level="junior", difficulty=2)
    make_question(bank, skills=[sql], level="fresher", difficulty=2)
    make_question(bank, skills=[sql], level="junior", difficulty=3)
    make_question(bank, skills=[sql], level="junior", difficulty=2, kind="open")
    assessment = create_assessment(slug="sql", name="SQL", by=SYSTEM, now=NOW)
    rule = RuleDraft(bank=bank, skill=sql, level="junior", difficulty=2)
    add_rule(version=assessment.versions.get(), rule=rule, by=SYSTEM, now=NOW)

    publish_version(version=assessment.versions.get(), by=SYSTEM, now=NOW)

    assert PoolEntry.objects.get().question_version == wanted.current_version


def test_publish_lists_every_rule_that_cannot_be_met_and_freezes_nothing() -> None:
    bank, sql = make_bank(), make_skill("sql")
    make_question(bank)
    assessment = create_assessment(slug="sql", name="SQL", by=SYSTEM, now=NOW)
    version = assessment.versions.get()
    for rule in (
        RuleDraft(bank=bank),
        RuleDraft(bank=bank, count=2),
        RuleDraft(bank=bank, skill=sql, difficulty=4),
    ):
        add_rule(version=version, rule=rule, by=SYSTEM, now=NOW)

    with pytest.raises(PublishError) as refused:
        publish_version(version=version, by=SYSTEM, now=NOW)

    problems = refused.value.problems
    # One question for three places of the first two rules, and none for the third.
    assert len(problems) == 2
    assert any(f"{bank.name}, Sql, difficulty 4: 1 question is missing" in problem for problem in problems)
    assert not PoolEntry.objects.exists()
    version.refresh_from_db()
    assert version.published_at is None


def test_publish_of_a_test_without_rules_says_so() -> None:
    assessment = create_assessment(slug="empty", name="Empty", by=SYSTEM, now=NOW)

    with pytest.raises(PublishError, match="no rules"):
        publish_version(version=assessment.versions.get(), by=SYSTEM, now=NOW)


def test_published_version_is_locked() -> None:
    assessment = make_assessment()
    version, rule = assessment.current_version, DrawRule.objects.get()

    with pytest.raises(VersionLocked):
        publish_version(version=version, by=SYSTEM, now=NOW)
    with pytest.raises(VersionLocked):
        update_draft(version=version, minutes=5, by=SYSTEM, now=NOW)
    with pytest.raises(VersionLocked):
        add_rule(version=version, rule=RuleDraft(bank=rule.bank), by=SYSTEM, now=NOW)
    with pytest.raises(VersionLocked):
        remove_rule(rule=rule, by=SYSTEM, now=NOW)
    with pytest.raises(VersionLocked):
        replace_rules(version=version, rules=[], by=SYSTEM, now=NOW)

    assert list(DrawRule.objects.all()) == [rule]


def test_draft_version_copies_the_latest_and_is_asked_for_once() -> None:
    assessment = make_assessment(minutes=25)

    draft = draft_version(assessment=assessment, by=SYSTEM, now=NOW)
    again = draft_version(assessment=assessment, by=SYSTEM, now=NOW)

    assert draft == again
    assert (draft.number, draft.minutes, draft.sections.get().rules.get().count) == (2, 25, 3)


def test_draft_version_asked_for_by_two_at_once_is_one(transactional_db, race_rounds) -> None:
    for _ in range(race_rounds // 2):
        assessment = make_assessment(questions=1)

        outcomes = run_parallel(partial(draft_version, assessment=assessment, by=SYSTEM, now=NOW), 3)

        assert len({draft.pk for draft in outcomes}) == 1
        assert assessment.versions.count() == 2


def test_publish_pressed_by_two_at_once_freezes_one_pool(transactional_db, race_rounds) -> None:
    for _ in range(race_rounds // 2):
        version = make_draft(questions=2).versions.get()
        lock = threading.Lock()
        refused = []

        def press(version=version, lock=lock, refused=refused) -> None:
            try:
                publish_version(version=version, by=SYSTEM, now=NOW)
            except VersionLocked as error:
                with lock:
                    refused.append(error)

        run_parallel(press, 3)

        assert len(refused) == 2
        assert PoolEntry.objects.filter(rule__section__version=version).count() == 2


def test_rule_for_a_retired_question_counts_it_out() -> None:
    bank = make_bank()
    question = make_question(bank)
    assessment = make_draft(bank=bank, count=1)
    questions.retire_question(question=question, by=SYSTEM, now=NOW)

    with pytest.raises(PublishError):
        publish_version(version=assessment.versions.get(), by=SYSTEM, now=NOW)
