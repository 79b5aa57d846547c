"""The list of questions, as a page."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from accounts.enums import Role
from accounts.models import Actor
from questions import operations
from questions.models import QuestionTag
from questions.views import listing
from shell.admin import KeyPages
from tests.factories.accounts import make_user
from tests.factories.questions import NOW, make_bank, make_question, make_questions, make_skill

pytestmark = pytest.mark.django_db
URL = "/admin/questions/question/"


@pytest.fixture
def author() -> Client:
    client = Client()
    client.force_login(make_user(Role.QUESTION_AUTHOR))
    return client


def ids(response) -> list[int]:
    return [row.question.pk for row in response.context["rows"]]


def test_list_stands_where_the_admin_has_its_own() -> None:
    assert reverse("admin:questions_question_changelist") == reverse("questions:questions") == URL


def test_a_search_for_a_single_letter_says_why_it_finds_nothing(author) -> None:
    make_question(stem="A question?")

    single = author.get(URL, {"q": "a"}).content.decode()
    unknown = author.get(URL, {"q": "zyzzyva"}).content.decode()

    assert "Type at least two letters" in single
    assert "No question matches this filter" not in single
    assert "No question matches this filter" in unknown


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(
    ("asked", "statements"),
    [
        # Session, user, permissions (2), roles, organisation, signs; banks, skills and tags of the filter; keys; rows,
        # their skills and their tags.
        ({}, 14),
        # The skill and the tag.
        ({"skill": "python", "tag": "TAG", "flag": "reports", "exposure": "seldom"}, 16),
        # How many of the newest questions have the words.
        ({"q": "question number"}, 15),
    ],
)
def test_list_costs_the_same_for_one_and_three_rows(
    author, rows, asked, statements, django_assert_num_queries
) -> None:
    tag = QuestionTag.objects.create(name="tag")
    for _number in range(rows):
        question = make_question(make_bank(), skills=[make_skill("python"), make_skill()])
        question.tags.add(tag)
        operations.record_usage(shown={question.pk: 1}, now=NOW)
        operations.record_reports(question_id=question.pk, opened=1, now=NOW)
    author.get(URL, asked)

    with django_assert_num_queries(statements) as counted:
        response = author.get(URL, asked)

    assert response.status_code == 200, counted
    assert len(ids(response)) == rows


def test_question_list_shows_words_and_usage_and_finds_by_both_id_and_words(author) -> None:
    question = make_question(stem="How does a `blueprint` help?\n\n```python\nsecret = 1\n```")
    make_question(stem="Something different")
    operations.record_usage(shown={question.pk: 41}, now=NOW)

    by_words = author.get(URL, {"q": "blueprint help"}).content.decode()
    by_id = author.get(URL, {"q": question.external_id}).content.decode()
    by_nothing = author.get(URL, {"q": "nobody wrote this"}).content.decode()

    assert "How does a blueprint help?" in by_words
    assert "41" in by_words
    assert "Something different" not in by_words
    assert "How does a blueprint help?" in by_id
    assert "How does a blueprint help?" not in by_nothing
    assert "No question matches this filter" in by_nothing


def test_skill_and_tag_are_typed_by_name_and_a_wrong_one_is_said(author) -> None:
    skill = make_skill("python")
    question = make_question(skills=[skill])
    make_question(skills=[make_skill("sql")])

    typed = author.get(URL, {"skill": "PYTHON"})
    wrong = author.get(URL, {"skill": "pyhton"})

    assert ids(typed) == [question.pk]
    assert 'value="Python"' in typed.content.decode() or 'value="PYTHON"' in typed.content.decode()
    assert "There is no “pyhton”. Choose one of those offered." in wrong.content.decode()
    assert len(ids(wrong)) == 2


def test_a_parameter_that_makes_no_sense_narrows_nothing_down(author) -> None:
    question = make_question()
    nonsense = {"bank": "x", "status": "gone", "sort": "secret", "page": "-3", "flag": "none"}

    assert ids(author.get(URL, nonsense)) == [question.pk]


def test_headings_sort_and_keep_the_filter(author) -> None:
    bank = make_bank()
    first, second, third = make_questions(3, bank)
    operations.record_usage(shown={second.pk: 5, third.pk: 2}, now=NOW)

    page = author.get(URL, {"bank": bank.pk, "sort": "-shown"})
    by_id = author.get(URL, {"sort": "question"})

    assert ids(page) == [second.pk, third.pk, first.pk]
    assert ids(by_id) == [first.pk, second.pk, third.pk]
    assert f"?bank={bank.pk}&amp;sort=shown" in page.content.decode()


def test_long_list_is_counted_as_far_as_somebody_turns(author, monkeypatch) -> None:
    monkeypatch.setattr(listing, "PAGE_SIZE", 2)
    monkeypatch.setattr(KeyPages, "NEAR", 4)
    make_questions(7)

    first, second, last = (author.get(URL, {"page": number}) for number in (1, 2, 4))
    beyond = author.get(URL, {"page": 400})

    assert "More than 4 questions" in first.content.decode()
    assert "1 to 2 of more than 4" in first.content.decode()
    assert "7 questions" in last.content.decode()
    assert len({*ids(first), *ids(second)}) == 4
    assert len(ids(last)) == 1
    assert ids(beyond) == ids(last)


def test_list_is_empty_with_words_for_whoever_may_write_and_whoever_may_not(author) -> None:
    recruiter = Client()
    recruiter.force_login(make_user(Role.RECRUITER))

    assert "Add a question" in author.get(URL).content.decode()
    page = recruiter.get(URL).content.decode()
    assert "There are no questions yet" in page
    assert "Add a question" not in page


def test_states_of_a_question_stand_beside_it(author) -> None:
    question = make_question()
    operations.flag_leaked(question=question, note="", by=Actor.system(), now=NOW)
    operations.let_rest(question=question, by=Actor.system(), now=NOW)
    operations.record_reports(question_id=question.pk, opened=2, now=NOW)
    operations.set_exposure_cap(question=question, times=80, by=Actor.system(), now=NOW)

    page = author.get(URL).content.decode()

    for words in ("Leaked", "Resting", "2 reports", "of 80"):
        assert words in page


@pytest.mark.parametrize(
    ("roles", "status"),
    [((Role.RECRUITER,), 200), ((Role.ANALYST,), 403), ((), 403)],
)
def test_list_is_for_authors_and_recruiters(roles, status) -> None:
    make_question()
    client = Client()
    client.force_login(make_user(*roles))

    assert client.get(URL).status_code == status
