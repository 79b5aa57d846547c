"""The history of a question, and what differs between two of its versions."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.enums import Role
from accounts.models import Actor
from questions import operations
from questions.enums import Kind
from questions.models import Question
from questions.queries.differences import difference_between, editions_of, share_words
from questions.rules import OptionDraft
from tests.factories.accounts import make_user
from tests.factories.assessments import make_assessment, make_finished
from tests.factories.questions import NOW, key, make_question

pytestmark = pytest.mark.django_db

SYSTEM = Actor.system()


def sign_in(*roles: Role) -> Client:
    client = Client()
    client.force_login(make_user(*roles))
    return client


@pytest.fixture
def author() -> Client:
    return sign_in(Role.QUESTION_AUTHOR)


def write(question: Question, stem: str, texts: dict[str, str], right: str = "a", **fields: Any) -> None:
    """Give a question another text, options by their codes and what is right, and make it ready."""
    operations.edit_question(
        question=question,
        level=question.level,
        intended_difficulty=2,
        skills=question.skills.all(),
        tags=[],
        stem=stem,
        options=[OptionDraft(code, text) for code, text in texts.items()],
        key=replace(key(right, "".join(texts), kind=question.kind), **fields),
        by=SYSTEM,
        now=NOW,
    )
    operations.make_ready(question=question, by=SYSTEM, now=NOW)


def mend(question: Question, right: str, reason: str = "It was wrong") -> None:
    question.refresh_from_db()
    operations.mend_key(version=question.current_version, key=key(right), reason=reason, by=SYSTEM, now=NOW)


def read(response: Any) -> str:
    """The words of a page, as they are read."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


def page(name: str, question: Question) -> str:
    return reverse(f"questions:{name}", args=[question.pk])


def test_history_tells_every_version_and_key_and_who_holds_them(author) -> None:
    question = make_question(stem="Which one?")
    assessment = make_assessment(bank=question.bank, count=1)
    make_finished(assessment)
    make_finished(assessment)
    mend(question, "b", "Two are right")
    write(question, "Which of them?", {"a": "One", "b": "Two"})
    operations.retire_question(question=question, by=SYSTEM, now=NOW)

    words = read(author.get(page("history", question)))

    assert "Retired" in words
    assert re.search(
        r"Version 2 in use .* No test ever drew it.*Version 1 earlier .* 2 attempts hold it", words
    )
    assert f"{assessment.name} (2)" in words
    assert "Two are right answers earn other marks" in words
    assert "Made ready (version 2)" in words
    assert words.index("Key 2") < words.index("Key 1", words.index("Key 2"))


def test_recruiters_read_the_history_and_others_do_not() -> None:
    question = make_question()

    statuses = {
        role: [sign_in(role).get(page(name, question)).status_code for name in ("history", "differences")]
        for role in (Role.RECRUITER, Role.ANALYST)
    }

    assert statuses == {Role.RECRUITER: [200, 200], Role.ANALYST: [403, 403]}


@pytest.mark.parametrize("rows", [1, 3])
def test_history_costs_the_same_for_one_and_three_versions(author, rows, django_assert_num_queries) -> None:
    question = make_question()
    make_finished(make_assessment(bank=question.bank, count=1))
    for number in range(rows - 1):
        write(question, f"Text {number}", {"a": "One", "b": "Two"})
    author.get(page("history", question))

    # Session, user, roles, permissions, organisation, signs and notices; question, keys, pools, attempts, events.
    with django_assert_num_queries(12):
        author.get(page("history", question))


def test_difference_is_told_in_words_beside_signs_and_not_by_colour_alone(author) -> None:
    question = make_question(stem="Which hook runs first?")
    write(question, "Which hook runs last?", {"b": "Option b", "a": "Option A", "e": "Brand new"}, right="e")

    response = author.get(page("differences", question))

    content, words = response.content.decode(), read(response)
    assert re.search(r"<del><span [^>]*>gone: </span> first</del>", content)
    assert re.search(r"<ins><span [^>]*>new: </span> last</ins>", content)
    assert "Choosing it earned the whole mark and now earns nothing." in words
    assert "It was option 1 and is option 2." in words
    assert "new option new: Brand new Choosing it earns the whole mark." in words
    assert "option is gone gone: Option d Choosing it earned nothing." in words


def test_difference_of_keys_tells_why_it_was_mended(author) -> None:
    question = make_question()
    mend(question, "b", "Both are right")

    words = read(author.get(page("differences", question), {"from": "1.1", "to": "1.2"}))

    assert "Why the key was mended Both are right" in words
    assert "Choosing it earned nothing and now earns the whole mark." in words


@pytest.mark.parametrize("chosen", [{}, {"from": "1.1", "to": "1.1"}, {"from": "9.9", "to": "x"}])
def test_difference_of_a_question_with_one_version_is_nothing(author, chosen) -> None:
    response = author.get(page("differences", make_question()), chosen)

    assert "Both say the same." in read(response)


def test_options_are_found_again_by_code_and_parts_of_the_key_are_compared() -> None:
    question = make_question(kind=Kind.MULTIPLE, right="ab", codes="abc")
    texts = {"a": "Option a", "b": "Option b", "c": "Option c"}
    write(
        question,
        question.current_version.stem + " Now",
        texts,
        "a",
        explanation="Because so.",
        marking="partial",
    )
    new, old = editions_of(question)

    found = difference_between(old, new, kind=question.kind)

    assert [option.code for option in found.options] == ["a", "b", "c"]
    assert [option.notes for option in found.options] == [
        ("Choosing it earned 1/2 of the mark and now earns the whole mark.",),
        ("Choosing it earned 1/2 of the mark and now earns minus 1/2 of the mark.",),
        ("Choosing it earned minus the whole mark and now earns minus 1/2 of the mark.",),
    ]
    assert [title for title, _blocks in found.parts] == ["Explanation"]
    assert len(found.notes) == 1
    assert "All or nothing" in found.notes[0]


@pytest.mark.parametrize(
    ("share", "words"),
    [
        ("1", "the whole mark"),
        ("0", "nothing"),
        ("1/3", "1/3 of the mark"),
        ("-1/3", "minus 1/3 of the mark"),
        ("-1", "minus the whole mark"),
        ("2/2", "the whole mark"),
    ],
)
def test_share_is_said_in_words(share: str, words: str) -> None:
    assert share_words(share) == words
