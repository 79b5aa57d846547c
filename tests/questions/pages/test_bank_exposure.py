"""The table of a bank: which of its questions are nearest to their limit, and the limits themselves."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from accounts.enums import Role
from accounts.models import Actor
from outbox.models import Event
from questions import operations
from questions.models import Question, QuestionBank
from questions.views import bank_exposure
from tests.factories.accounts import make_user
from tests.factories.questions import NOW, make_bank, make_question, make_questions

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system()


def signed_in(role: Role = Role.QUESTION_AUTHOR) -> Client:
    client = Client()
    client.force_login(make_user(role))
    return client


@pytest.fixture
def bank() -> QuestionBank:
    return operations.set_bank_cap(bank=make_bank("flask"), times=10, by=SYSTEM, now=NOW)


@pytest.fixture
def url(bank) -> str:
    return reverse("questions:bank-exposure", args=[bank.slug])


def lines(page) -> list[tuple[int, str]]:
    return [(question.pk, words) for question, _title, words, _fields in page.context["lines"]]


def test_those_nearest_to_their_limit_come_first_with_what_comes_next(bank, url) -> None:
    unlimited = make_bank()
    never, near, next_time, over, resting, leaked, retired = make_questions(7, bank)
    for question, times in ((near, 5), (next_time, 9), (leaked, 1), (retired, 9)):
        operations.record_usage(shown={question.pk: times}, now=NOW)
    # A limit of its own counts before that of the bank; one that was lowered since makes nobody rest at once.
    operations.record_usage(shown={over.pk: 8, resting.pk: 30}, now=NOW)
    Question.objects.filter(pk=over.pk).update(rests_after=4)
    operations.flag_leaked(question=leaked, note="", by=SYSTEM, now=NOW)
    operations.retire_question(question=retired, by=SYSTEM, now=NOW)
    free = make_question(unlimited)

    page = signed_in().get(url)
    other = signed_in().get(reverse("questions:bank-exposure", args=[unlimited.slug]))

    assert lines(page) == [
        (resting.pk, "Drawn only if nothing else is left"),
        (over.pk, "Rests when it is shown next"),
        (next_time.pk, "Rests when it is shown next"),
        (near.pk, "Rests after 5 more times"),
        (leaked.pk, "Drawn only if nothing else is left"),
        (never.pk, "Rests after 10 more times"),
    ]
    assert lines(other) == [(free.pk, "No limit")]
    assert "In Bank" in page.content.decode()
    assert "has no limit; a question rests only if it has one of its own." in other.content.decode()


def test_limits_are_changed_at_once_and_only_those_that_were(bank, url) -> None:
    first, second, third = make_questions(3, bank)
    operations.record_usage(shown={second.pk: 5}, now=NOW)
    typed = {f"limit-{first.pk}": "7", f"limit-{second.pk}": "3", f"limit-{third.pk}": ""}
    typed |= {f"was-{each.pk}": "" for each in (first, second, third)}

    page = signed_in().post(url, typed, follow=True)

    assert "2 limits are saved." in page.content.decode()
    kept = {each.pk: each for each in Question.objects.all()}
    assert [kept[each.pk].rests_after for each in (first, second, third)] == [7, 3, None]
    assert [kept[each.pk].rested_at is not None for each in (first, second, third)] == [False, True, False]
    assert Event.objects.filter(kind="question.exposure_capped").count() == 2


def test_a_limit_that_a_colleague_changed_meanwhile_stays_and_is_named(bank, url) -> None:
    (question,) = make_questions(1, bank)
    operations.set_exposure_cap(question=question, times=20, by=SYSTEM, now=NOW)

    page = signed_in().post(url, {f"limit-{question.pk}": "7", f"was-{question.pk}": ""}, follow=True)

    assert f"A colleague changed the limit of {question.external_id} meanwhile." in page.content.decode()
    question.refresh_from_db()
    assert question.rests_after == 20


def test_what_is_no_limit_stands_at_its_question_and_nothing_typed_is_lost(bank, url) -> None:
    first, second = make_questions(2, bank)
    typed = {
        f"limit-{first.pk}": "0",
        f"limit-{second.pk}": "7",
        f"was-{first.pk}": "",
        f"was-{second.pk}": "",
    }

    page = signed_in().post(url, typed)

    assert page.status_code == 200
    content = page.content.decode()
    assert "Ensure this value is greater than or equal to 1." in content
    assert 'value="0"' in content
    assert 'value="7"' in content
    assert not Question.objects.filter(rests_after__isnull=False).exists()


def test_questions_of_other_banks_are_not_changed_here(bank, url) -> None:
    make_question(bank)
    other = make_question()

    signed_in().post(url, {f"limit-{other.pk}": "7", f"was-{other.pk}": "", "limit-x": "1"})

    other.refresh_from_db()
    assert other.rests_after is None


def test_who_only_reads_sees_the_table_without_fields(bank, url) -> None:
    question = make_question(bank)
    recruiter = signed_in(Role.RECRUITER)

    page = recruiter.get(url).content.decode()

    assert question.external_id in page
    assert '<input type="number"' not in page
    assert recruiter.post(url, {f"limit-{question.pk}": "7"}).status_code == 403
    assert signed_in(Role.ANALYST).get(url).status_code == 403


def test_a_bank_that_is_not_there_yet_is_none(bank, url) -> None:
    QuestionBank.objects.filter(pk=bank.pk).update(arriving_for="work")

    assert signed_in().get(url).status_code == 404


def test_long_table_has_pages_and_saving_leads_back_to_the_same(bank, url, monkeypatch) -> None:
    monkeypatch.setattr(bank_exposure, "PAGE_SIZE", 2)
    make_questions(3, bank)
    author = signed_in()

    second = author.get(url, {"page": 2})
    saved = author.post(f"{url}?page=2", {})

    assert len(lines(second)) == 1
    assert saved.url == f"{url}?page=2"


@pytest.mark.parametrize("rows", [1, 3])
def test_table_costs_the_same_for_one_and_three_rows(bank, url, rows, django_assert_num_queries) -> None:
    for question in make_questions(rows, bank):
        operations.record_usage(shown={question.pk: 1}, now=NOW)
    author = signed_in()
    author.get(url)

    # Session, user, permissions (2), roles, organisation, signs; the bank; how many, keys, rows.
    with django_assert_num_queries(11):
        assert len(lines(author.get(url))) == rows


def test_the_page_of_a_bank_leads_to_its_table(bank, url) -> None:
    page = signed_in().get(reverse("admin:questions_questionbank_change", args=[bank.pk]))

    assert url in page.content.decode()
