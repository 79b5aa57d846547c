"""One operation saves a whole question, and says what came of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from django.core.exceptions import ValidationError

from accounts.enums import Role
from accounts.models import Actor
from outbox.models import Event
from questions import operations, queries, signals
from questions.enums import Marking, SaveOutcome, Status
from questions.models import AnswerKey, Question, QuestionBank, QuestionTag, QuestionVersion
from questions.rules import KeyDraft, OptionDraft, QuestionDraft
from tests.factories.accounts import make_user
from tests.factories.questions import NOW, make_bank, make_question, make_skill
from tests.servers.parallel import run_parallel

pytestmark = pytest.mark.django_db

SYSTEM = Actor.system()
DRAFT = QuestionDraft(
    external_id="app-parts",
    kind="single",
    level="junior",
    difficulty=2,
    skills=["python"],
    stem="What groups routes?",
    options=[OptionDraft("a", "Blueprints"), OptionDraft("b", "Signals"), OptionDraft("c", "Hooks", "here")],
    key=KeyDraft(shares={"a": "1", "b": "1/3", "c": "-1/2"}, feedback={"b": "No"}, explanation="They do."),
    tags=["structure"],
    name="Parts",
    category="flask/parts",
)


@pytest.fixture
def bank() -> QuestionBank:
    make_skill("python")
    return make_bank()


@pytest.fixture
def mended() -> Iterator[list[AnswerKey]]:
    heard: list[AnswerKey] = []

    def hear(*, key: AnswerKey, **kwargs: object) -> None:
        heard.append(key)

    signals.key_mended.connect(hear)
    yield heard
    signals.key_mended.disconnect(hear)


def save(draft: QuestionDraft, question: Question | None = None, **more: object) -> operations.SavedQuestion:
    held = question.bank if question is not None else QuestionBank.objects.get()
    values = {"by": SYSTEM, "now": NOW, "bank": held} | more
    return operations.save_question(question=question, draft=draft, **values)


def said(question: Question) -> QuestionDraft:
    version = queries.latest_version(question)
    key = queries.keys_for([version.pk])[version.pk]
    return queries.question_draft(Question.objects.get(pk=question.pk), version, key)


def test_saving_keeps_a_whole_question_and_says_what_came_of_it(bank: QuestionBank) -> None:
    author = Actor.of_user(make_user(Role.QUESTION_AUTHOR))

    created = save(DRAFT, by=author)
    question = created.question

    assert (created.outcome, said(question).digest()) == (SaveOutcome.CREATED, DRAFT.digest())
    assert (question.status, question.status_by, question.status_at) == (Status.DRAFT, author.user, NOW)
    assert save(DRAFT, question).outcome == SaveOutcome.UNCHANGED
    before = Question.objects.get().edit
    changed = save(replace(DRAFT, stem="What groups views?"), question, by=author)
    assert (changed.outcome, changed.version) == (SaveOutcome.DRAFT_CHANGED, created.version)
    assert (changed.version.changed_by, changed.version.changed_at) == (author.user, NOW)
    moved = replace(DRAFT, stem="What groups views?", level="fresher", difficulty=1, tags=["x", "x"], name="")
    assert save(moved, question).outcome == SaveOutcome.FACTS
    assert Question.objects.get().edit == before + 2
    assert QuestionVersion.objects.count() == AnswerKey.objects.count() == 1
    facts = Event.objects.filter(kind="question.changed").latest("pk").data["facts"]
    tags = dict(QuestionTag.objects.values_list("name", "pk"))
    assert facts == {
        "level": ["junior", "fresher"],
        "difficulty": [2, 1],
        "tags": [[tags["structure"]], [tags["x"]]],
        "name": True,
    }
    assert Event.objects.filter(kind__startswith="question.").exclude(kind="question.added").count() == 2


def test_frozen_text_starts_a_draft_and_a_key_alone_is_mended_with_a_reason(
    bank: QuestionBank, mended
) -> None:
    question = save(DRAFT).question
    operations.make_ready(question=question, by=SYSTEM, now=NOW)
    right = replace(DRAFT, key=replace(DRAFT.key, shares={"a": "1", "b": "1", "c": "0"}))

    with pytest.raises(ValidationError) as refused:
        save(right, question)
    assert list(refused.value.message_dict) == ["reason"]
    result = save(right, question, reason="b is right too")
    words = replace(
        right, key=replace(right.key, explanation="They do, as the docs say.", marking=Marking.PARTIAL)
    )
    again = save(words, question, reason="Clearer")

    assert (result.outcome, again.outcome) == (SaveOutcome.KEY_MENDED, SaveOutcome.KEY_MENDED)
    assert QuestionVersion.objects.get() == result.version == again.version
    keys = list(AnswerKey.objects.order_by("revision"))
    assert [(key.revision, key.changes_marks, key.reason) for key in keys] == [
        (1, False, ""),
        (2, True, "b is right too"),
        (3, False, "Clearer"),
    ]
    assert mended == keys[1:]
    assert Event.objects.filter(kind="question.key_mended").count() == 2
    assert not Event.objects.filter(kind="question.changed").exists()

    begun = save(replace(words, stem="What groups views?"), question)
    question.refresh_from_db()
    assert (begun.outcome, begun.version.number) == (SaveOutcome.DRAFT_BEGUN, 2)
    assert (question.status, question.current_version.number) == (Status.READY, 1)
    # Nobody was asked by the key of a draft.
    assert save(replace(right, stem="What groups views?"), question).outcome == SaveOutcome.DRAFT_CHANGED
    assert len(mended) == 2


def test_newer_file_that_mends_a_key_tells_the_floor_above(bank: QuestionBank, mended) -> None:
    operations.load_questions(bank=bank, drafts=[DRAFT], by=SYSTEM, now=NOW)
    right = replace(DRAFT, key=replace(DRAFT.key, shares={"a": "0", "b": "1", "c": "0"}))

    operations.load_questions(bank=bank, drafts=[right], by=SYSTEM, now=NOW)
    operations.load_questions(bank=bank, drafts=[right], by=SYSTEM, now=NOW)

    assert [(key.revision, key.changes_marks) for key in mended] == [(2, True)]
    assert QuestionVersion.objects.count() == 1


def test_save_over_what_somebody_else_saved_is_refused_and_hands_theirs_over(bank: QuestionBank) -> None:
    ada = make_user(Role.QUESTION_AUTHOR)
    saved = save(DRAFT)
    base = queries.edit_base(Question.objects.get(), saved.version)
    theirs = replace(DRAFT, stem="Ada’s words?")

    save(theirs, saved.question, base=base, by=Actor.of_user(ada))
    with pytest.raises(operations.StaleEdit) as refused:
        save(replace(DRAFT, stem="Mine?", tags=["mine"]), saved.question, base=base)

    assert (refused.value.theirs.digest(), refused.value.by) == (theirs.digest(), ada)
    assert said(saved.question).digest() == theirs.digest()
    assert not QuestionTag.objects.filter(name="mine").exists()
    # Who has read theirs saves over it.
    save(replace(DRAFT, stem="Both?"), saved.question, base=refused.value.base)
    assert said(saved.question).stem == "Both?"


def test_of_two_who_save_at_once_one_is_told(transactional_db, race_rounds) -> None:
    make_skill("python")
    make_bank()
    for number in range(race_rounds // 2):
        saved = save(replace(DRAFT, external_id=f"question-{number}"))
        question = Question.objects.get(pk=saved.question.pk)
        base = queries.edit_base(question, saved.version)

        outcomes = run_parallel(
            lambda question=question, base=base: save(replace(DRAFT, stem="Another?"), question, base=base), 3
        )

        kinds = sorted(type(outcome).__name__ for outcome in outcomes)
        assert kinds == ["SavedQuestion", "StaleEdit", "StaleEdit"], outcomes
        question.refresh_from_db()
        assert question.edit == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"skills": ["nobody-has-it"]}, "skills"),
        ({"tags": ["x" * 51]}, "tags"),
        ({"name": "x" * 201}, "name"),
        ({"category": "x" * 201}, "category"),
        ({"level": "guru"}, "level"),
        ({"stem": "\x00"}, "stem"),
    ],
)
def test_mistake_is_named_at_its_field_and_nothing_is_written(
    bank: QuestionBank, changes, field: str
) -> None:
    kept = save(DRAFT).question

    for question in (None, kept):
        with pytest.raises(ValidationError) as refused:
            save(replace(DRAFT, external_id="other", **changes), question)
        assert list(refused.value.message_dict) == [field]

    assert Question.objects.count() == 1
    assert said(kept).digest() == DRAFT.digest()


def test_case_21_unicode_no_text_of_a_question_keeps_what_breaks_storage_or_misleads(
    bank: QuestionBank,
) -> None:
    bad = "\x00a\u202eb\ud800"
    key = KeyDraft(
        shares={"a": "1", "b": "0"},
        feedback={"b": bad},
        explanation=bad,
        source=bad,
        model_answer=bad,
        look_fors=[bad],
        warning_signs=[bad],
        follow_ups=[bad],
    )
    draft = replace(
        DRAFT,
        external_id=bad,
        name=bad,
        category=bad,
        stem=bad,
        tags=[bad],
        options=[OptionDraft("a", bad), OptionDraft("b", f"{bad}!")],
        key=key,
    )

    question = save(draft).question
    operations.load_questions(bank=bank, drafts=[replace(draft, external_id=f"{bad}2")], by=SYSTEM, now=NOW)
    mended = operations.mend_key(
        version=queries.latest_version(question), key=key, reason=bad, by=SYSTEM, now=NOW
    )

    clean = replace(
        draft,
        external_id="ab",
        name="ab",
        category="ab",
        stem="ab",
        tags=["ab"],
        options=[OptionDraft("a", "ab"), OptionDraft("b", "ab!")],
        key=replace(
            key,
            feedback={"b": "ab"},
            explanation="ab",
            source="ab",
            model_answer="ab",
            look_fors=["ab"],
            warning_signs=["ab"],
            follow_ups=["ab"],
        ),
    )
    assert said(question).digest() == clean.digest()
    loaded = Question.objects.get(external_id="ab2")
    assert said(loaded).digest() == replace(clean, external_id="ab2").digest()
    assert mended.reason == "ab"


def test_code_of_an_option_that_went_is_never_anothers() -> None:
    question = make_question(codes="abc")
    version = queries.latest_version(question)
    key = queries.key_draft(queries.keys_for([version.pk])[version.pk])
    less = {code: share for code, share in key.shares.items() if code != "c"}

    draft = queries.question_draft(question, version, None)
    save(replace(draft, options=draft.options[:2], key=replace(key, shares=less)), question)

    assert queries.used_codes(question) == {"a", "b", "c"}
