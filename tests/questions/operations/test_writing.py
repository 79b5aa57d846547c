from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts.models import Actor
from outbox.models import Event
from questions import operations, queries
from questions.enums import Kind, Level, Status
from questions.models import AnswerKey, Question, QuestionUsage, QuestionVersion
from questions.queries import key_draft, option_drafts
from tests.factories.questions import NOW, key, make_bank, make_question, make_skill, options
from tests.servers.parallel import run_parallel

pytestmark = pytest.mark.django_db

SYSTEM = Actor.system()


def edit(question: Question, **changes: object) -> QuestionVersion:
    version = queries.latest_version(question)
    values = {
        "level": question.level,
        "intended_difficulty": question.intended_difficulty,
        "skills": question.skills.all(),
        "tags": [],
        "stem": version.stem,
        "options": option_drafts(version),
        "key": key_draft(queries.keys_for([version.pk])[version.pk]),
    }
    return operations.edit_question(question=question, by=SYSTEM, now=NOW, **values | changes)


def test_add_writes_a_draft_with_version_and_key() -> None:
    question = make_question(ready=False)

    version = question.versions.get()
    assert (question.status, question.current_version) == (Status.DRAFT, None)
    assert (version.number, version.frozen_at) == (1, None)
    assert AnswerKey.objects.get().revision == 1
    assert Event.objects.get(kind="question.added").about_id == question.pk


def test_add_with_a_taken_id_is_refused_and_writes_nothing() -> None:
    first = make_question()

    with pytest.raises(ValidationError):
        operations.add_question(
            bank=first.bank,
            external_id=first.external_id,
            kind=Kind.SINGLE,
            level=Level.JUNIOR,
            intended_difficulty=2,
            skills=[],
            stem="Why?",
            options=options(),
            key=key(),
            by=SYSTEM,
            now=NOW,
        )

    assert Question.objects.count() == QuestionVersion.objects.count() == 1


def test_ready_freezes_the_version() -> None:
    question = make_question()

    question.refresh_from_db()
    assert question.status == Status.READY
    assert question.current_version.frozen_at == NOW


def test_ready_again_changes_nothing() -> None:
    question = make_question()

    operations.make_ready(question=question, by=SYSTEM, now=NOW)

    assert Event.objects.filter(kind="question.made_ready").count() == 1


def test_edit_of_a_draft_changes_it_in_place_and_keeps_every_key() -> None:
    question = make_question(ready=False)

    edit(question, stem="Better words?", key=key("b"))

    version = question.versions.get()
    assert version.stem == "Better words?"
    assert [known.shares["b"] for known in AnswerKey.objects.order_by("revision")] == ["0", "1"]
    assert queries.keys_for([version.pk])[version.pk].revision == 2


def test_edit_of_a_ready_question_starts_a_draft_that_is_shown_when_ready() -> None:
    question = make_question()

    draft = edit(question, stem="Better words?")
    question.refresh_from_db()
    before = question.current_version.number
    operations.make_ready(question=question, by=SYSTEM, now=NOW)

    question.refresh_from_db()
    assert (before, question.current_version, draft.number) == (1, draft, 2)
    assert question.versions.filter(frozen_at=None).count() == 0


def test_edit_of_facts_alone_starts_no_version() -> None:
    question, sql = make_question(), make_skill("sql")

    edit(question, level=Level.EXPERIENCED, intended_difficulty=5, skills=[sql])

    question.refresh_from_db()
    assert (question.level, question.intended_difficulty, list(question.skills.all())) == (
        "experienced",
        5,
        [sql],
    )
    assert question.versions.count() == 1


def test_kind_of_a_frozen_question_does_not_change() -> None:
    question = make_question()

    with pytest.raises(operations.QuestionLocked):
        edit(question, kind=Kind.MULTIPLE, key=key("ab", kind=Kind.MULTIPLE))

    question.refresh_from_db()
    assert question.kind == Kind.SINGLE


def test_ready_wants_a_skill_and_an_open_question_a_model_answer() -> None:
    bare, talk = make_question(ready=False), make_question(kind=Kind.OPEN, ready=False)
    bare.skills.clear()
    AnswerKey.objects.filter(version__question=talk).update(model_answer=" ")

    for question, field in ((bare, "skills"), (talk, "model_answer")):
        with pytest.raises(ValidationError) as refused:
            operations.make_ready(question=question, by=SYSTEM, now=NOW)
        assert list(refused.value.message_dict) == [field]


def test_review_is_between_draft_and_ready() -> None:
    question = make_question(ready=False)

    operations.send_to_review(question=question, by=SYSTEM, now=NOW)

    assert Question.objects.get().status == Status.IN_REVIEW
    with pytest.raises(operations.QuestionLocked):
        operations.send_to_review(question=question, by=SYSTEM, now=NOW)


def test_retired_question_is_not_drawn_and_can_come_back() -> None:
    question = make_question()

    operations.retire_question(question=question, by=SYSTEM, now=NOW)
    operations.retire_question(question=question, by=SYSTEM, now=NOW)
    gone = list(queries.ready_questions(bank_id=question.bank_id))
    operations.make_ready(question=question, by=SYSTEM, now=NOW)

    assert gone == []
    assert list(queries.ready_questions(bank_id=question.bank_id)) == [question]
    assert Event.objects.filter(kind="question.retired").count() == 1


def test_mended_key_is_a_new_revision_of_the_same_version() -> None:
    question = make_question()
    version = question.current_version

    mended = operations.mend_key(version=version, key=key("b"), reason="b was meant", by=SYSTEM, now=NOW)

    assert (mended.version, mended.revision, mended.reason) == (version, 2, "b was meant")
    assert [known.revision for known in queries.key_history(version)] == [2, 1]
    assert queries.keys_for([version.pk]) == {version.pk: mended}
    assert QuestionVersion.objects.count() == 1


@pytest.mark.parametrize(
    ("reason", "changed"), [("", key("b")), ("why", key("", "abcd")), ("why", key("b", "ab"))]
)
def test_mended_key_wants_a_reason_and_must_fit_the_question(reason, changed) -> None:
    version = make_question().current_version

    with pytest.raises(ValidationError):
        operations.mend_key(version=version, key=changed, reason=reason, by=SYSTEM, now=NOW)

    assert AnswerKey.objects.count() == 1


def test_database_keeps_one_draft_a_question() -> None:
    question = make_question(ready=False)

    with pytest.raises(IntegrityError), transaction.atomic():
        QuestionVersion.objects.create(question=question, number=2, stem="?", created_at=NOW)


def test_edits_at_once_of_a_ready_question_make_one_draft(transactional_db, race_rounds) -> None:
    for _ in range(race_rounds // 2):
        question = make_question()

        outcomes = run_parallel(lambda question=question: edit(question, stem="Better words?"), 3)

        assert {type(outcome) for outcome in outcomes} == {QuestionVersion}, outcomes
        assert question.versions.filter(frozen_at=None).count() == 1


def test_usage_adds_up_also_from_many_workers(transactional_db, race_rounds) -> None:
    bank = make_bank()
    for _ in range(race_rounds // 2):
        ids = [make_question(bank).pk for _ in range(4)]
        # Some counters are there, some are made while others wait.
        operations.record_usage(shown=dict.fromkeys(ids[2:], 1), now=NOW)
        orders = iter([ids, ids[::-1], ids[1:], ids[:3]] * 2)

        outcomes = run_parallel(
            lambda orders=orders: operations.record_usage(shown=dict.fromkeys(next(orders), 1), now=NOW), 8
        )

        assert outcomes == [None] * 8
        shown = dict(QuestionUsage.objects.filter(question_id__in=ids).values_list("question_id", "shown"))
        assert shown == {ids[0]: 6, ids[1]: 8, ids[2]: 9, ids[3]: 7}
