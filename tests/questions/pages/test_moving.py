"""Questions that move to another bank: what is shown before, what goes along, and what tests make of it."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from accounts.enums import Role
from accounts.models import Actor
from assessments.models import DrawRule, PoolEntry
from assessments.operations import (
    PublishError,
    RuleDraft,
    add_rule,
    create_assessment,
    draft_version,
    publish_version,
)
from assessments.queries import blueprint
from outbox.models import Event, Work
from outbox.operations import run_due_work
from questions import operations
from questions.enums import BulkAction, FindingKind, FindingState, Weight
from questions.models import Question, QuestionBank, QuestionFinding
from questions.operations.bulk import do_bulk
from questions.operations.linting import look_through_questions
from rendering.pictures import Picture
from tests.factories.accounts import make_user
from tests.factories.assessments import make_assessment
from tests.factories.questions import NOW, make_bank, make_question, make_questions
from tests.servers.parallel import run_parallel

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system()
MOVE = reverse("questions:many", args=["move"])


@pytest.fixture
def author() -> Client:
    client = Client()
    client.force_login(make_user(Role.QUESTION_AUTHOR))
    return client


def look(client: Client, questions: list[Question], bank: QuestionBank):
    """Choose the questions, then the bank; return the preview and what confirms it."""
    first = client.post(MOVE, {"ids": [each.pk for each in questions]})
    assert first.context["is_choosing"]
    frozen = first.context["frozen"].initial
    preview = client.post(MOVE, {**frozen, "look": "1", "bank": bank.pk})
    return preview, lambda: client.post(MOVE, {**frozen, "confirm": "1", "bank": bank.pk})


def move(questions: list[Question], bank: QuestionBank, by: Actor = SYSTEM) -> dict:
    work = operations.queue_bulk(
        action=BulkAction.MOVE,
        seen=[(each.pk, each.edit) for each in questions],
        values={"bank": bank.pk},
        intent=f"move-{bank.pk}",
        by=by,
        now=NOW,
    )
    return do_bulk(work, by, lambda _done, _total: None, now=NOW)


def words_of(preview, question: Question) -> list[str]:
    (words,) = [words for row, words, _change in preview.context["rows"] if row.question == question]
    return words


def test_a_move_is_looked_at_confirmed_and_done_with_an_event(author) -> None:
    one, other = make_questions(2)
    bank = make_bank()
    preview, confirm = look(author, [one, other], bank)
    assert preview.context["count"] == 2
    assert set(Question.objects.values_list("bank", flat=True)) == {one.bank_id}
    operations.let_rest(question=other, by=SYSTEM, now=NOW)

    confirm()
    confirm()
    assert run_due_work(now=Work.objects.get().due_at) == 1

    one.refresh_from_db()
    other.refresh_from_db()
    assert (one.bank, other.bank == bank) == (bank, False)
    (event,) = Event.objects.filter(kind="question.moved")
    assert (event.about_id, event.data) == (one.pk, {"facts": {"bank": [other.bank_id, bank.pk]}})
    page = author.get(reverse("outbox:work", args=[Work.objects.get().public_id])).content.decode()
    assert "What was left out" in page
    assert "Somebody changed it meanwhile." in page
    assert other.external_id in page


def test_ids_that_clash_are_said_question_by_question_and_stay_where_they_are(author) -> None:
    bank, first, second = make_bank(), make_bank(), make_bank()
    twice = [make_question(each) for each in (first, second)]
    taken, free = make_question(first), make_question(first)
    Question.objects.filter(pk__in=[each.pk for each in twice]).update(external_id="twice")
    Question.objects.filter(pk__in=[taken.pk, make_question(bank).pk]).update(external_id="taken")

    preview, _confirm = look(author, [*twice, taken, free], bank)
    result = move([*twice, taken, free], bank)

    assert [reason for _question, reason in preview.context["skipped"]] == [
        f"{bank.name} has a question with the id twice already.",
        f"{bank.name} has a question with the id taken already.",
    ]
    assert [row["question"] for row in result["skipped"]] == [twice[1].pk, taken.pk]
    assert set(Question.objects.filter(bank=bank).values_list("external_id", flat=True)) == {
        "twice",
        "taken",
        free.external_id,
    }


def test_published_tests_keep_their_pool_and_drafts_follow_or_lose_a_question(author) -> None:
    old, bank = make_bank(), make_bank()
    question, fixed = make_questions(2, old)
    published = make_assessment(bank=old, count=2)
    draft = create_assessment(slug="draft", name="Draft", by=SYSTEM, now=NOW)
    version = draft.versions.get()
    for rule in (RuleDraft(old), RuleDraft(bank), RuleDraft.fixed(fixed)):
        add_rule(version=version, rule=rule, by=SYSTEM, now=NOW)
    pool = set(PoolEntry.objects.values_list("question_version__question", flat=True))

    preview, _confirm = look(author, [question, fixed], bank)
    move([question, fixed], bank)

    stays = f"{published.name}: still drawn by the published version"
    lost = "Draft: no longer drawn by the draft"
    won = "Draft: drawn by the draft from then on"
    asked = "Draft: still asked of everybody by the draft"
    assert words_of(preview, question) == [won, lost, stays]
    assert words_of(preview, fixed) == [asked, stays]
    assert "What follows" in preview.content.decode()
    assert pool == set(PoolEntry.objects.values_list("question_version__question", flat=True))
    rows = blueprint(version).rows
    assert [(row.rule.bank_id, row.short) for row in rows] == [(old.pk, 1), (bank.pk, 0), (bank.pk, 0)]
    with pytest.raises(PublishError):
        publish_version(version=version, by=SYSTEM, now=NOW)


def test_the_next_version_of_a_test_asks_its_fixed_question_in_the_new_bank() -> None:
    bank, question = make_bank(), make_question()
    test = create_assessment(slug="fixed", name="Fixed", by=SYSTEM, now=NOW)
    add_rule(version=test.versions.get(), rule=RuleDraft.fixed(question), by=SYSTEM, now=NOW)
    publish_version(version=test.versions.get(), by=SYSTEM, now=NOW)

    move([question], bank)
    draft = draft_version(assessment=test, by=SYSTEM, now=NOW)

    assert set(DrawRule.objects.values_list("section__version__number", "bank")) == {
        (1, question.bank_id),
        (2, bank.pk),
    }
    publish_version(version=draft, by=SYSTEM, now=NOW)


def test_a_review_by_somebody_else_is_not_passed_by_through_another_bank(author) -> None:
    strict, lax = make_bank(), make_bank()
    admin = make_user(Role.ADMINISTRATOR)
    operations.set_second_reviewer(bank=lax, on=False, by=Actor.of_user(admin), now=NOW)
    strict_one, lax_one = make_question(strict, ready=False), make_question(lax)
    reason = f"In {strict.name} somebody else reviews, in {lax.name} nobody has to. Ask an administrator to move it."
    writer = Actor.of_user(make_user(Role.QUESTION_AUTHOR))

    preview, _confirm = look(author, [strict_one], lax)
    there, back = move([strict_one], lax, writer), move([lax_one], strict, writer)

    assert [said for _question, said in preview.context["skipped"]] == [reason]
    assert 'name="confirm"' not in preview.content.decode()
    assert [row["text"] for row in [*there["skipped"], *back["skipped"]]] == [reason, reason]
    assert (
        operations.move_question(question=lax_one, bank=strict, by=Actor.of_user(admin), now=NOW).bank
        == strict
    )


def test_pictures_and_what_was_found_go_along() -> None:
    old, bank = make_bank(), make_bank()
    picture = operations.add_picture(
        bank=old, picture=Picture(b"content", "image/png", "digest", 1, 1), by=SYSTEM, now=NOW
    )
    question = make_question(old, stem=f"What is this?\n\n![A thing](/pictures/{picture.public_id})")
    lost = make_question(old, stem="What is this?\n\n![A thing](/pictures/nobody-has-this-one)")
    QuestionFinding.objects.create(
        bank=old,
        question=question,
        kind=FindingKind.NO_SKILL,
        place="skills",
        weight=Weight.ATTENTION,
        state=FindingState.OPEN,
        found_at=NOW,
    )

    move([question, lost], bank)
    assert set(QuestionFinding.objects.values_list("bank", flat=True)) == {bank.pk}
    look_through_questions(question_ids=[question.pk, lost.pk], now=NOW)

    missing = QuestionFinding.objects.filter(kind=FindingKind.PICTURE_MISSING, state=FindingState.OPEN)
    assert list(missing.values_list("question", flat=True)) == [lost.pk]


def test_a_question_that_reached_the_limit_of_the_new_bank_is_named(author) -> None:
    bank = operations.set_bank_cap(bank=make_bank(), times=3, by=SYSTEM, now=NOW)
    question = make_question()
    operations.record_usage(shown={question.pk: 4}, now=NOW)

    preview, _confirm = look(author, [question], bank)

    assert words_of(preview, question) == [
        f"Shown 4 times; the limit of {bank.name} is 3. It rests when it is shown next."
    ]


def test_a_bank_that_is_not_there_or_arrives_is_none(author) -> None:
    question, bank = make_question(), make_bank()
    QuestionBank.objects.filter(pk=bank.pk).update(arriving_for="work")

    preview, confirm = look(author, [question], bank)

    assert preview.context["is_choosing"]
    assert "Select a valid choice" in preview.content.decode()
    confirm()
    assert not Work.objects.exists()


@pytest.mark.parametrize("rows", [1, 3])
def test_preview_costs_the_same_for_one_and_three(author, rows, django_assert_num_queries) -> None:
    old, bank = make_bank(), make_bank()
    questions = make_questions(rows, old)
    make_assessment(bank=old, count=rows)
    draft = create_assessment(slug="draft", name="Draft", by=SYSTEM, now=NOW)
    add_rule(version=draft.versions.get(), rule=RuleDraft(old), by=SYSTEM, now=NOW)
    look(author, questions, bank)
    frozen = ",".join(f"{each.pk}:{each.edit}" for each in questions)
    token = "0" * 32

    # Session, user, permissions (2), roles, organisation, signs; banks to choose from, the bank, the bank again; the
    # questions, ids in the bank; rows, their skills and tags; pools, the questions, fixed and other lines of drafts.
    with django_assert_num_queries(19):
        author.post(MOVE, {"frozen": frozen, "token": token, "look": "1", "bank": bank.pk})


def test_two_questions_of_one_id_that_move_at_once_leave_one_there(transactional_db, race_rounds) -> None:
    for _round in range(race_rounds // 3):
        bank = make_bank()
        pair = [make_question(make_bank()), make_question(make_bank())]
        Question.objects.filter(pk__in=[each.pk for each in pair]).update(external_id="same")
        left = iter(pair)

        outcomes = run_parallel(
            lambda left=left, bank=bank: operations.move_question(
                question=next(left), bank=bank, by=SYSTEM, now=NOW
            ),
            2,
        )

        assert sorted(type(each).__name__ for each in outcomes) == ["Question", "QuestionLocked"], outcomes
        assert Question.objects.filter(bank=bank).count() == 1
