"""Which questions of a list are wanted: the same ones on both databases."""

from __future__ import annotations

import pytest

from accounts.models import Actor
from questions import operations
from questions.enums import Exposure, FindingKind, FindingState, Kind, Level, QuestionFlag, Status, Weight
from questions.models import Question, QuestionFinding, QuestionTag, QuestionUsage
from questions.queries import finding
from questions.queries.finding import QuestionFilter, narrowed, question_rows
from tests.factories.questions import NOW, key, make_bank, make_question, make_questions, make_skill, options

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system()


def found(**wanted: object) -> list[int]:
    rows = narrowed(Question.objects.all(), QuestionFilter(**wanted))  # type: ignore[arg-type]
    return sorted(rows.values_list("pk", flat=True))


def use(question: Question, shown: int, **facts: object) -> None:
    QuestionUsage.objects.create(question=question, shown=shown, as_of=NOW, **facts)


def test_what_a_question_is_narrows_down_alone_and_joined() -> None:
    bank, skill = make_bank(), make_skill("sql")
    one = make_question(bank, skills=[skill], level=Level.EXPERIENCED, kind=Kind.MULTIPLE)
    other = make_question(bank, ready=False)
    tag = QuestionTag.objects.create(name="old")
    other.tags.add(tag)
    elsewhere = make_question()

    assert found() == [one.pk, other.pk, elsewhere.pk]
    assert found(bank=bank) == [one.pk, other.pk]
    assert found(skill=skill) == found(level="experienced") == found(kind="multiple") == [one.pk]
    assert found(tag=tag) == found(status=Status.DRAFT) == [other.pk]
    assert found(bank=bank, status=Status.READY, skill=skill) == [one.pk]
    assert found(bank=elsewhere.bank, skill=skill) == []


@pytest.mark.parametrize("is_common", [False, True])
def test_words_are_found_however_many_questions_have_them(monkeypatch, is_common) -> None:
    if is_common:
        monkeypatch.setattr(finding, "_COMMON", 0)
    one = make_question(stem="How does a `blueprint` help with routing?")
    make_question(stem="Something different")

    assert found(search="blueprints") == []
    assert found(search="ROUTING blue") == [one.pk]
    assert one.pk in found(search=one.external_id)
    assert found(search="? !") == found(search="blueprint\x00 nobody") == []
    assert found(search="routing", bank=make_bank()) == []


def test_a_word_that_many_have_is_looked_for_row_by_row(monkeypatch) -> None:
    monkeypatch.setattr(finding, "_COMMON", 3)
    rows = [row.pk for row in make_questions(4)]

    query = str(narrowed(Question.objects.all(), QuestionFilter(search="question number")).query)

    assert found(search="question number") == sorted(rows)
    assert "ANY(ARRAY" not in query


def test_exposure_is_measured_by_the_cap_of_the_question_or_its_bank() -> None:
    bank = make_bank()
    bank.rests_after = 100
    bank.save()
    never, seldom, near, full = (make_question(bank) for _number in range(4))
    own = make_question(bank)
    Question.objects.filter(pk=own.pk).update(rests_after=1000)
    uncapped = make_question()
    for question, shown in ((seldom, 20), (near, 80), (full, 100), (own, 800), (uncapped, 5000)):
        use(question, shown)

    assert found(exposure=Exposure.NEVER) == [never.pk]
    assert found(exposure=Exposure.SELDOM) == [seldom.pk]
    assert found(exposure=Exposure.OFTEN) == [near.pk, full.pk, own.pk, uncapped.pk]
    assert found(exposure=Exposure.NEAR_CAP) == [near.pk, own.pk]
    assert found(exposure=Exposure.AT_CAP) == [full.pk]


def test_flags_find_what_asks_for_a_look() -> None:
    plain = make_question()
    with_finding, mended, reported, leaked, resting, easy, hard, newer = (make_question() for _ in range(8))
    for question, state in ((with_finding, FindingState.OPEN), (mended, FindingState.GONE)):
        QuestionFinding.objects.create(
            bank=question.bank,
            question=question,
            kind=FindingKind.NO_SKILL,
            place="key",
            weight=Weight.ATTENTION,
            state=state,
            found_at=NOW,
        )
    use(reported, 1, open_reports=2)
    operations.flag_leaked(question=leaked, note="", by=SYSTEM, now=NOW)
    operations.let_rest(question=resting, by=SYSTEM, now=NOW)
    use(easy, 40, facility=0.95, answers=30)
    use(hard, 40, facility=0.1, answers=30)
    use(plain, 40, facility=0.5, answers=30)
    few_told = [make_question(), make_question()]
    use(few_told[0], 29, facility=1, answers=29)
    use(few_told[1], 29, facility=0, answers=29)
    draft = make_question(ready=False)
    operations.edit_question(
        question=newer,
        level=newer.level,
        intended_difficulty=3,
        skills=newer.skills.all(),
        tags=[],
        stem="Another text?",
        options=options(),
        key=key(),
        by=SYSTEM,
        now=NOW,
    )

    assert found(flag=QuestionFlag.FINDINGS) == [with_finding.pk]
    assert found(flag=QuestionFlag.REPORTS) == [reported.pk]
    assert found(flag=QuestionFlag.LEAKED) == [leaked.pk]
    assert found(flag=QuestionFlag.RESTING) == [resting.pk]
    assert found(flag=QuestionFlag.TOO_EASY) == [easy.pk]
    assert found(flag=QuestionFlag.TOO_HARD) == [hard.pk]
    assert found(flag=QuestionFlag.NEWER_WAITS) == [newer.pk]
    rows = question_rows([newer.pk, with_finding.pk, draft.pk])
    assert rows[newer.pk].stem == "Another text?"  # type: ignore[attr-defined]
    assert [rows[each.pk].finding_count for each in (with_finding, newer)] == [1, 0]  # type: ignore[attr-defined]
    assert [finding.is_newer_waiting(rows[each.pk]) for each in (newer, with_finding, draft)] == [
        True,
        False,
        False,
    ]
