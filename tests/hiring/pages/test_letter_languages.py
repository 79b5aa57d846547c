"""A letter to many goes to each in their language and in the words of their job, where it is saved in them."""

from __future__ import annotations

import re

import pytest
from django.utils import timezone

from candidates.models import Candidate
from hiring.models import Application
from hiring.rules import job_scope
from outbox.models import Message, MessageTemplate
from outbox.operations import run_due_work
from tests.factories.hiring import make_application, make_letter
from tests.hiring.pages.house import House, SignIn

MANY = "/admin/jobs/backend/write/"
ANYWHERE = "/admin/letters/write/"


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


def test_people_of_several_jobs_each_get_the_own_words_of_their_job(house: House, sign_in: SignIn) -> None:
    client = sign_in(house.administrator)
    rows = {
        "Emma": make_application(house.job, full_name="Emma Reader"),
        "Doris": make_application(house.job, full_name="Doris Reader"),
        "Otto": make_application(house.other_job, full_name="Otto Reader"),
    }
    Candidate.objects.filter(pk=rows["Doris"].candidate_id).update(language="de")
    everywhere = make_letter("Welcome", subject="Welcome", body="Hello {{ candidate_name }}.")
    make_letter("Welcome", language="de", subject="Willkommen", body="Guten Tag!")
    make_letter(
        "Welcome", subject="Engineers", body="Hi {{ candidate_name }}.", scope=job_scope(house.job.pk)
    )
    # A letter of another name is another letter.
    make_letter("Other", subject="Other", body="Other", scope=job_scope(house.other_job.pk))
    address = f"{ANYWHERE}?ids={','.join(row.public_id for row in rows.values())}"

    first = text(client.get(address))
    looked = text(client.post(ANYWHERE, {**hidden(first), **typed(everywhere), "look": "1"}))

    assert "goes to each in the own words of their job" in first
    assert "In the own words of their job: Backend engineer 1." in " ".join(looked.split())
    client.post(ANYWHERE, {**hidden(looked), **typed(everywhere), "confirm": "1"})
    run_due_work(now=timezone.now())
    sent = {name: Message.objects.get(kind="letter", about_id=row.pk) for name, row in rows.items()}
    assert {name: (message.subject, message.language) for name, message in sent.items()} == {
        "Emma": ("Engineers", "en"),
        # Words that they read, before those of their job that they do not.
        "Doris": ("Willkommen", "de"),
        "Otto": ("Welcome", "en"),
    }


def test_words_changed_by_hand_are_one_text_for_people_of_several_jobs(house: House, sign_in: SignIn) -> None:
    client = sign_in(house.administrator)
    rows = [make_application(job, full_name="Some Reader") for job in (house.job, house.other_job)]
    everywhere = make_letter("Welcome", subject="Welcome", body="Hello {{ candidate_name }}.")
    make_letter("Welcome", subject="Engineers", body="Hi.", scope=job_scope(house.job.pk))
    first = text(client.get(f"{ANYWHERE}?ids={','.join(row.public_id for row in rows)}"))

    changed = typed(everywhere, body="Hello {{ candidate_name }}, on Monday.")
    looked = text(client.post(ANYWHERE, {**hidden(first), **changed, "look": "1"}))

    assert looked.count("Hello Some Reader, on Monday.") == 2
    assert "Engineers" not in looked
    assert "In the own words of their job" not in looked
