"""The form of a job: saved, changed, and never changed below what somebody may have seen."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from accounts.models import Actor
from hiring.enums import AnswerKind, FieldRule
from hiring.models import ApplicationQuestion, Job
from hiring.operations import save_form
from hiring.queries.careers import form_questions
from hiring.rules.answers import QuestionDraft, bounds_of, is_flagged
from tests.factories.accounts import NOW, make_recruiter
from tests.factories.hiring import SYSTEM, make_job

pytestmark = pytest.mark.django_db

CITY = QuestionDraft(kind=AnswerKind.TEXT, text="Which city?")
SHIFT = QuestionDraft(
    kind=AnswerKind.CHOICE, text="Which shift?", options=["Day", "Night"], flagged=["Night"]
)


def save(job: Job, *drafts: QuestionDraft, **fields: Any) -> list[ApplicationQuestion]:
    facts: dict[str, Any] = {
        "introduction": "",
        "resume_rule": FieldRule.OPTIONAL,
        "phone_rule": FieldRule.OPTIONAL,
        "by": SYSTEM,
        **fields,
    }
    save_form(job=job, questions=drafts, now=NOW, **facts)
    return form_questions(job.pk)


def test_form_is_saved_with_its_words_rules_options_and_flags() -> None:
    job = make_job()

    questions = save(
        job, CITY, SHIFT, introduction=" Hello \r\n", resume_rule="hidden", phone_rule="required"
    )

    job.refresh_from_db()
    assert (job.form_introduction, job.resume_rule, job.phone_rule) == (
        "Hello",
        FieldRule.HIDDEN,
        FieldRule.REQUIRED,
    )
    assert [(question.position, question.text) for question in questions] == [
        (1, "Which city?"),
        (2, "Which shift?"),
    ]
    assert questions[1].options == [{"code": "1", "text": "Day"}, {"code": "2", "text": "Night"}]
    assert questions[1].flags == ["2"]


@pytest.mark.parametrize(
    "change",
    [
        {"text": "Which town?"},
        {"help_text": "Or near it"},
        {"is_required": True},
        {"kind": AnswerKind.LONG_TEXT},
    ],
)
def test_question_that_somebody_may_have_seen_is_rewritten_and_never_changed(change: dict[str, Any]) -> None:
    job = make_job()
    [old] = save(job, CITY)

    [new] = save(job, replace(CITY, pk=old.pk, **change))

    old.refresh_from_db()
    assert (old.text, old.help_text, old.is_required, old.kind) == ("Which city?", "", False, "text")
    assert old.retired_at == NOW
    assert new.pk != old.pk
    assert {name: getattr(new, name) for name in change} == change


def test_unchanged_questions_stay_and_swap_their_places() -> None:
    job = make_job()
    city, shift = save(job, CITY, SHIFT)

    swapped = save(job, replace(SHIFT, pk=shift.pk), replace(CITY, pk=city.pk))

    assert [question.pk for question in swapped] == [shift.pk, city.pk]
    assert ApplicationQuestion.objects.count() == 2


def test_what_asks_for_a_second_look_changes_in_place_because_no_applicant_reads_it() -> None:
    job = make_job()
    [shift] = save(job, SHIFT)

    [same] = save(job, replace(SHIFT, pk=shift.pk, flagged=["Day"]))

    assert (same.pk, same.flags) == (shift.pk, ["1"])


def test_question_that_is_taken_out_stays_with_its_answers_and_before_the_job_opens_goes() -> None:
    opened, draft = make_job(), make_job(opened=False)
    save(opened, CITY)
    save(draft, CITY)

    save(opened)
    save(draft)

    assert form_questions(opened.pk) == form_questions(draft.pk) == []
    assert [question.job for question in ApplicationQuestion.objects.all()] == [opened]


def test_number_has_bounds_that_make_another_question_when_they_change() -> None:
    job = make_job()
    years = QuestionDraft(kind=AnswerKind.NUMBER, text="Years?", least=Decimal(0), most=Decimal("60.5"))

    [old] = save(job, years)
    [same] = save(job, replace(years, pk=old.pk, below=Decimal(2)))
    [new] = save(job, replace(years, pk=old.pk, most=None))

    assert bounds_of(old.options) == {"least": Decimal(0), "most": Decimal("60.5")}
    assert (same.pk, same.flags) == (old.pk, {"below": "2"})
    assert new.pk != old.pk
    assert bounds_of(new.options) == {"least": Decimal(0)}


def test_question_of_another_job_is_not_taken_over() -> None:
    job, other = make_job(), make_job()
    [theirs] = save(other, CITY)

    [mine] = save(job, replace(CITY, pk=theirs.pk))

    theirs.refresh_from_db()
    assert mine.pk != theirs.pk
    assert (theirs.job, theirs.retired_at) == (other, None)


@pytest.mark.parametrize(
    ("draft", "words"),
    [
        (replace(CITY, text=" "), "Write the question."),
        (replace(CITY, text="x" * 301), "300 characters"),
        (replace(CITY, kind="nonsense"), "Choose how it is answered."),
        (
            replace(CITY, kind=AnswerKind.NUMBER, least=Decimal(2), most=Decimal(1)),
            "Its smallest number is above its largest.",
        ),
        (replace(SHIFT, options=["Day"], flagged=[]), "at least two answers"),
        (replace(SHIFT, options=["Day", "Day"], flagged=[]), "the same"),
        (replace(SHIFT, options=[str(n) for n in range(31)], flagged=[]), "at most 30"),
        (replace(SHIFT, flagged=["Dusk"]), "“Dusk” is none of its answers."),
        (QuestionDraft(kind=AnswerKind.YES_NO, text="Ready?", flagged=["maybe"]), "“maybe” is none"),
    ],
)
def test_question_that_cannot_be_asked_is_refused_by_its_name(draft: QuestionDraft, words: str) -> None:
    job = make_job()
    save(job, CITY)

    with pytest.raises(ValidationError, match=words):
        save(job, draft)

    assert [question.text for question in form_questions(job.pk)] == ["Which city?"]


def test_form_has_at_most_twenty_questions() -> None:
    job = make_job()

    with pytest.raises(ValidationError, match="at most 20"):
        save(job, *[replace(CITY, text=f"Question {number}?") for number in range(21)])
    assert len(save(job, *[replace(CITY, text=f"Question {number}?") for number in range(20)])) == 20


def test_colleagues_of_other_jobs_change_no_form() -> None:
    with pytest.raises(PermissionDenied):
        save(make_job(), CITY, by=Actor.of_user(make_recruiter()))


@pytest.mark.parametrize(
    ("flags", "codes", "number", "expected"),
    [
        (["no"], ["no"], None, True),
        (["no"], ["yes"], None, False),
        ([], ["1"], None, False),
        (["1", "3"], ["2", "3"], None, True),
        ({"below": "2"}, [], Decimal("1.99"), True),
        ({"below": "2"}, [], Decimal(2), False),
        ({"above": "40.5"}, [], Decimal("40.51"), True),
        ({"above": "40.5"}, [], Decimal("40.5"), False),
        ({"below": "2"}, [], None, False),
        ({}, [], Decimal(-5), False),
    ],
)
def test_answers_that_ask_for_a_second_look(
    flags: Any, codes: list[str], number: Decimal | None, expected: bool
) -> None:
    assert is_flagged(flags, codes=codes, number=number) is expected
