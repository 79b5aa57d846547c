"""Reviews: what waits for whom, sending back with words, and what of it stands on the start page."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Role
from accounts.models import Actor, User
from hiring.queries import start_page
from questions import operations
from questions.models import Question, QuestionBank
from questions.queries.reviews import own_reviews, sent_back_to, waiting_reviews
from tests.factories.accounts import make_user
from tests.factories.questions import NOW, key, make_bank, make_question, make_skill, options

pytestmark = pytest.mark.django_db

SYSTEM = Actor.system()
QUEUE = reverse("questions:review-queue")


@pytest.fixture
def ada(db: None) -> User:
    return make_user(Role.QUESTION_AUTHOR)


@pytest.fixture
def ben(db: None) -> User:
    return make_user(Role.QUESTION_AUTHOR)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def read(response: Any) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


def write(
    user: User, bank: QuestionBank | None = None, *, name: str = "question", ask: bool = True
) -> Question:
    question = operations.add_question(
        bank=bank or make_bank(),
        external_id=name,
        kind="single",
        level="junior",
        intended_difficulty=2,
        skills=[make_skill("python")],
        stem=f"Which one, {name}?",
        options=options("abc"),
        key=key("a", "abc"),
        by=Actor.of_user(user),
        now=NOW,
    )
    if ask:
        operations.send_to_review(question=question, by=Actor.of_user(user), now=NOW)
    return question


def change_and_ask(question: Question, user: User) -> None:
    """Begin the next version of a ready question and put it before a colleague."""
    operations.edit_question(
        question=question,
        level="junior",
        intended_difficulty=2,
        skills=question.skills.all(),
        tags=[],
        stem="Which of these?",
        options=options("abcd"),
        key=key("a"),
        by=Actor.of_user(user),
        now=NOW,
    )
    operations.send_to_review(question=question, by=Actor.of_user(user), now=NOW)


def waits_for(user: User) -> list[Question]:
    return list(waiting_reviews(Actor.of_user(user)))


def counts(user: User) -> dict[str, int]:
    """What the start page of somebody counts."""
    return {item.code: item.count for item in start_page(Actor.of_user(user), now=timezone.now()).waiting}


def test_drafts_and_next_versions_of_ready_questions_wait_for_others_than_their_writers(ada, ben) -> None:
    draft, ready = write(ada), make_question()
    change_and_ask(ready, ada)
    write(ada, name="unasked", ask=False)

    assert waits_for(ben) == [draft, ready]
    assert waits_for(ada) == []
    assert list(own_reviews(Actor.of_user(ada))) == [draft, ready]
    assert list(own_reviews(Actor.of_user(ben))) == []
    assert waits_for(make_user(Role.RECRUITER)) == []
    assert counts(ben)["questions"] == 2
    assert "questions" not in counts(ada)


def test_bank_that_wants_nobody_else_leaves_reviews_to_their_writers(ada, ben) -> None:
    bank = make_bank()
    operations.set_second_reviewer(
        bank=bank, on=False, by=Actor.of_user(make_user(Role.ADMINISTRATOR)), now=NOW
    )
    question = write(ada, bank)

    assert waits_for(ada) == waits_for(ben) == [question]
    assert list(own_reviews(Actor.of_user(ada))) == []


def test_question_is_sent_back_with_words_that_its_author_finds(ada, ben) -> None:
    question = write(ada)
    page = reverse("questions:send-back", args=[question.pk])

    empty = signed_in(ben).post(page, {"note": " "})
    sent = signed_in(ben).post(page, {"note": "Option b is right, too."}, follow=True)
    twice = signed_in(ben).post(page, {"note": "Once more"}, follow=True)

    assert empty.status_code == 200
    assert "The question went back to whoever wrote it." in read(sent)
    assert "does not wait for a review" in read(twice)
    assert counts(ada)["sent_back"] == 1
    assert "sent_back" not in counts(ben)
    back = signed_in(ada).get(QUEUE, {"kind": "sent_back"})
    assert [entry.question for entry in back.context["entries"]] == [question]
    assert "Sent back with these words: Option b is right, too." in read(back)
    assert not signed_in(ben).get(QUEUE, {"kind": "sent_back"}).context["entries"]
    assert [entry.question for entry in signed_in(ada).get(QUEUE).context["entries"]] == [question]
    form = read(signed_in(ada).get(reverse("admin:questions_question_change", args=[question.pk])))
    assert "A colleague sent this back Option b is right, too." in form

    operations.send_to_review(question=question, by=Actor.of_user(ada), now=NOW)

    assert list(sent_back_to(Actor.of_user(ada))) == []


def test_page_leads_to_both_ends_of_a_review_and_to_what_changed(ada, ben) -> None:
    ready = make_question()
    change_and_ask(ready, ada)

    content = signed_in(ben).get(QUEUE, {"kind": "for_me"}).content.decode()

    for name in ("admin:questions_question_ready", "questions:send-back", "questions:differences"):
        assert reverse(name, args=[ready.pk]) in content
    assert "Next version" in content
    assert "No question waits here" in read(signed_in(ada).get(QUEUE, {"kind": "for_me"}))
    mine = signed_in(ada).get(QUEUE, {"kind": "for_others"})
    assert [entry.title for entry in mine.context["entries"]] == ["Which of these?"]
    assert "It waits for a colleague, since you had a hand in it." in read(mine)
    assert reverse("admin:questions_question_ready", args=[ready.pk]) not in mine.content.decode()


def test_reviews_come_as_long_as_they_wait(ada, ben) -> None:
    late, early = write(ada, name="late"), write(ada, name="early")
    Question.objects.filter(pk=early.pk).update(review_asked_at=NOW - timedelta(days=2))

    for kind in ("for_me", "in_review"):
        entries = signed_in(ben).get(QUEUE, {"kind": kind}).context["entries"]
        assert [entry.question for entry in entries] == [early, late]
