"""A question that was shown often enough rests, and authors hear of it."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from accounts.enums import Role
from accounts.models import Actor
from outbox.models import Event, Notification
from outbox.registries.notifications import notification_kind
from questions import operations
from questions.models import Question, QuestionUsage
from tests.factories.accounts import make_user
from tests.factories.questions import NOW, make_bank, make_question

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system()


def show(question: Question, times: int = 1) -> Question:
    operations.record_usage(shown={question.pk: times}, now=NOW)
    return Question.objects.get(pk=question.pk)


def test_a_question_rests_when_it_reaches_the_limit_of_its_bank() -> None:
    bank = operations.set_bank_cap(bank=make_bank(), times=3, by=SYSTEM, now=NOW)
    question = make_question(bank)
    author, recruiter = make_user(Role.QUESTION_AUTHOR), make_user(Role.RECRUITER)

    assert show(question, 2).rested_at is None
    assert show(question).rested_at == NOW
    show(question)

    (event,) = Event.objects.filter(kind="question.rested", about_id=question.pk)
    assert event.data == {"shown": 3}
    (told,) = Notification.objects.filter(kind="question_rested")
    assert told.user == author
    assert told in Notification.objects.visible_to(Actor.of_user(author))
    describe = notification_kind("question_rested").describe
    (said,) = describe(Actor.of_user(author), [told]).values()
    assert question.pk == int(said.url.split("/")[-3])
    assert "rests now" in said.text
    assert describe(Actor.of_user(recruiter), [told]) != {}
    assert describe(Actor.of_user(make_user()), [told]) == {}


def test_the_own_limit_of_a_question_counts_before_that_of_its_bank() -> None:
    bank = operations.set_bank_cap(bank=make_bank(), times=2, by=SYSTEM, now=NOW)
    longer, shorter, uncapped = make_question(bank), make_question(bank), make_question()
    operations.set_exposure_cap(question=longer, times=5, by=SYSTEM, now=NOW)
    operations.set_exposure_cap(question=shorter, times=1, by=SYSTEM, now=NOW)

    operations.record_usage(shown={each.pk: 2 for each in (longer, shorter, uncapped)}, now=NOW)

    resting = Question.objects.filter(rested_at__isnull=False)
    assert list(resting) == [shorter]


def test_a_question_that_was_woken_does_not_rest_again_at_once() -> None:
    bank = operations.set_bank_cap(bank=make_bank(), times=3, by=SYSTEM, now=NOW)
    question = make_question(bank)
    show(question, 4)

    woken = operations.wake(question=question, by=SYSTEM, now=NOW)

    assert (woken.rested_at, woken.rests_after) == (None, 7)
    assert show(question, 2).rested_at is None
    assert show(question).rested_at == NOW


def test_a_rest_that_somebody_gave_ends_without_a_new_limit() -> None:
    question = make_question()
    operations.let_rest(question=question, by=SYSTEM, now=NOW)

    assert operations.wake(question=question, by=SYSTEM, now=NOW).rests_after is None


def test_a_limit_that_is_reached_already_puts_to_rest_at_once() -> None:
    question = make_question()
    QuestionUsage.objects.create(question=question, shown=8, as_of=NOW)

    assert operations.set_exposure_cap(question=question, times=9, by=SYSTEM, now=NOW).rested_at is None
    assert operations.set_exposure_cap(question=question, times=8, by=SYSTEM, now=NOW).rested_at == NOW


def test_limit_of_a_bank_is_once_or_more_and_recorded_once() -> None:
    bank = make_bank()
    with pytest.raises(ValidationError):
        operations.set_bank_cap(bank=bank, times=0, by=SYSTEM, now=NOW)
    for _time in range(2):
        operations.set_bank_cap(bank=bank, times=9, by=SYSTEM, now=NOW)

    assert [event.data for event in Event.objects.filter(kind="question_bank.changed")] == [
        {"rests_after": 9}
    ]
