"""A letter to many goes to each in their language where its words are saved in it."""

from __future__ import annotations

import re

import pytest
from django.utils import timezone

from candidates.models import Candidate
from hiring.models import Application
from outbox.models import Message, MessageTemplate
from outbox.operations import run_due_work
from tests.factories.hiring import make_application, make_letter
from tests.hiring.pages.house import House, SignIn

MANY = "/admin/jobs/backend/write/"


def text(response: object) -> str:
    return response.content.decode()  # type: ignore[attr-defined]


def hidden(page: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(ids|token|seen)" value="([^"]*)"', page))


def typed(template: MessageTemplate, **fields: str) -> dict[str, str]:
    """What the form holds once the words of a letter were put in."""
    return {
        "template": str(template.pk),
        "subject": template.subject,
        # Browsers end lines like this.
        "body": template.body.replace("\n", "\r\n"),
        "language": template.language,
        "reply_to": "me",
        "send_at": "",
        **fields,
    }


@pytest.fixture
def people(house: House) -> dict[str, Application]:
    """Three people who read English, German and a language that no letter is in; and one of whom it is not known."""
    rows = {}
    for name, language in (("Emma", "en"), ("Doris", "de"), ("Olga", "pl"), ("Nobody", "")):
        rows[name] = make_application(house.job, full_name=f"{name} Reader")
        Candidate.objects.filter(pk=rows[name].candidate_id).update(language=language)
    return rows


def test_saved_words_that_nobody_changed_go_to_each_in_their_language(
    house: House, sign_in: SignIn, people: dict[str, Application]
) -> None:
    client = sign_in(house.recruiter)
    english = make_letter("Welcome", subject="Welcome", body="Hello {{ candidate_name }},\n\ncome in.")
    make_letter("Welcome", language="de", subject="Willkommen", body="Guten Tag {{ candidate_name }}!")
    make_letter("Other", language="de", subject="Anderes", body="Anderes")

    first = text(client.post(MANY, {"ids": [row.public_id for row in people.values()]}))
    looked = text(client.post(MANY, {**hidden(first), **typed(english), "look": "1"}))

    assert "Guten Tag Doris Reader!" in looked
    assert "Hello Emma Reader," in looked
    assert "Deutsch 1, English 3." in looked
    assert "1 person reads another language and does not get it in theirs: polski 1." in looked
    client.post(MANY, {**hidden(looked), **typed(english), "confirm": "1"})
    run_due_work(now=timezone.now())
    sent = {name: Message.objects.get(kind="letter", about_id=row.pk) for name, row in people.items()}
    assert {name: (message.subject, message.language) for name, message in sent.items()} == {
        "Emma": ("Welcome", "en"),
        "Doris": ("Willkommen", "de"),
        "Olga": ("Welcome", "en"),
        "Nobody": ("Welcome", "en"),
    }
    assert sent["Doris"].body == "Guten Tag Doris Reader!"


def test_words_that_somebody_changed_are_one_language_and_the_page_says_for_how_many_it_is_another(
    house: House, sign_in: SignIn, people: dict[str, Application]
) -> None:
    client = sign_in(house.recruiter)
    english = make_letter("Welcome", subject="Welcome", body="Hello {{ candidate_name }}.")
    make_letter("Welcome", language="de", subject="Willkommen", body="Guten Tag {{ candidate_name }}!")
    changed = typed(english, body="Hello {{ candidate_name }}, on Monday.")

    first = text(client.post(MANY, {"ids": [row.public_id for row in people.values()]}))
    looked = text(client.post(MANY, {**hidden(first), **changed, "look": "1"}))

    assert "Hello Doris Reader, on Monday." in looked
    assert "Guten Tag" not in looked
    assert "2 people read another language and do not get it in theirs: Deutsch 1, polski 1." in looked
    assert "What you write or change by hand is one text in one language." in looked


def test_words_of_another_language_that_changed_since_the_look_are_not_sent(
    house: House, sign_in: SignIn, people: dict[str, Application]
) -> None:
    client = sign_in(house.recruiter)
    english = make_letter("Welcome", subject="Welcome", body="Hello {{ candidate_name }}.")
    german = make_letter("Welcome", language="de", subject="Willkommen", body="Guten Tag!")
    first = text(client.post(MANY, {"ids": [people["Doris"].public_id]}))
    looked = text(client.post(MANY, {**hidden(first), **typed(english), "look": "1"}))
    MessageTemplate.objects.filter(pk=german.pk).update(body="Ganz anders.")

    sent = client.post(MANY, {**hidden(looked), **typed(english), "confirm": "1"})

    assert "The letter was changed since you looked at it" in text(sent)
    assert "Ganz anders." in text(sent)
