"""Questions are found by all that is written in them, as it is now."""

from __future__ import annotations

import pytest

from accounts.models import Actor
from questions import operations, queries
from questions.models import Question, QuestionTag, QuestionWords
from questions.operations.touching import index_questions
from questions.rules import KeyDraft, OptionDraft, QuestionDraft
from tests.factories.questions import NOW, make_bank, make_question, make_questions, make_skill

pytestmark = pytest.mark.django_db

SYSTEM = Actor.system()
OPTIONS = [OptionDraft("a", "Blueprints"), OptionDraft("b", "Signals")]
KEY = KeyDraft(
    shares={"a": "1", "b": "0"},
    feedback={"b": "Those notify."},
    explanation="They group views.",
    model_answer="Modular.",
    look_fors=["Namespaces"],
)


def found(text: str) -> list[str]:
    return sorted(queries.saying(Question.objects.all(), text).values_list("external_id", flat=True))


def draft(**changes: object) -> QuestionDraft:
    values: dict[str, object] = {
        "external_id": "app-parts",
        "kind": "single",
        "level": "junior",
        "difficulty": 2,
        "skills": [make_skill("python").slug],
        "stem": "What groups *routes*?",
        "options": OPTIONS,
        "key": KEY,
        "tags": ["structure"],
    }
    return QuestionDraft(**values | changes)


def test_every_door_keeps_words_of_all_that_is_written() -> None:
    bank, other = make_bank(), make_question(stem="Something else?")
    operations.load_questions(bank=bank, drafts=[draft()], by=SYSTEM, now=NOW)
    loaded = QuestionWords.objects.get(question__external_id="app-parts").words
    question = operations.add_question(
        bank=make_bank(),
        external_id="app-parts",
        kind="single",
        level="junior",
        intended_difficulty=2,
        skills=[],
        stem="What groups *routes*?",
        options=OPTIONS,
        key=KEY,
        tags=[QuestionTag.objects.get(name="structure")],
        by=SYSTEM,
        now=NOW,
    )

    assert QuestionWords.objects.get(question=question).words == loaded
    for text in (
        "app-parts",
        "route",
        "SIGNALS",
        "notify",
        "group view",
        "modular",
        "namesp",
        "structure what",
    ):
        assert found(text) == ["app-parts", "app-parts"], text
    assert found("outes") == found("") == found("…") == found("signals nobody") == []
    assert found("something") == [other.external_id]


def test_words_follow_every_change() -> None:
    bank = make_bank()
    operations.load_questions(bank=bank, drafts=[draft()], by=SYSTEM, now=NOW)
    question = Question.objects.get()

    operations.load_questions(bank=bank, drafts=[draft(stem="Which one *collects*?")], by=SYSTEM, now=NOW)
    assert (found("routes"), found("collects")) == ([], ["app-parts"])
    Question.objects.update(lint_due_at=NOW)
    operations.mend_key(
        version=queries.latest_version(question),
        key=KeyDraft(shares={"a": "1", "b": "0"}, explanation="Hence."),
        reason="Clearer",
        by=SYSTEM,
        now=NOW,
    )
    assert (found("notify"), found("hence")) == ([], ["app-parts"])
    # Its mistakes were looked for as well, at once.
    assert Question.objects.get().lint_due_at is None
    operations.edit_question(
        question=question,
        level="junior",
        intended_difficulty=2,
        skills=[],
        tags=[],
        stem="Which one gathers?",
        options=OPTIONS,
        key=KEY,
        by=SYSTEM,
        now=NOW,
    )
    assert (found("structure"), found("hence"), found("gathers")) == ([], [], ["app-parts"])


def test_words_of_many_cost_no_more_than_those_of_one(django_assert_num_queries) -> None:
    ids = [question.pk for question in make_questions(3)]
    before = list(QuestionWords.objects.order_by("pk").values_list("pk", "words"))
    QuestionWords.objects.all().delete()

    for some in (ids[:1], ids):
        with django_assert_num_queries(5):
            index_questions(some)

    assert list(QuestionWords.objects.order_by("pk").values_list("pk", "words")) == before
