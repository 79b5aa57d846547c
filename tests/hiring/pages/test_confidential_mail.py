"""What a kept mail says of extra time: whole in the mail that goes out, for administrators alone on our pages."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Actor
from accounts.queries import organisation
from assessments.operations import send_due_reminders
from candidates.operations import export_person
from hiring.models import Application
from hiring.operations import invite_to_test
from outbox.models import Message
from outbox.operations.sending import compose
from outbox.queries import message_text
from tests.factories.accounts import actor
from tests.factories.hiring import make_application
from tests.hiring.pages.house import House, SignIn

SENTENCE = "This includes 25 minutes of extra time for you."
# One for all mails, so that two of them say the same.
MORNING = timezone.now().replace(hour=9, minute=0)
OTHERS = ("recruiter", "manager")


def mailed(house: House, application: Application, *, extra_seconds: int = 1500) -> Message:
    invitation = invite_to_test(
        application=application,
        assessment=house.assessment,
        extra_seconds=extra_seconds,
        by=Actor.system(),
        now=MORNING,
    )
    return Message.objects.get(about="assessments.invitation", about_id=invitation.pk)


def page_of(client: Any, message: Message) -> str:
    response = client.get(reverse("outbox:message", args=[message.public_id]))
    assert response.status_code == 200
    return str(response.content.decode())


def test_mail_that_goes_out_says_extra_time_and_administrators_read_it(house: House, sign_in: SignIn) -> None:
    message = mailed(house, house.application)

    sent = compose(message, organisation())
    page = page_of(sign_in(house.administrator), message)

    for text in (str(sent.body), str(sent.alternatives[0].content), page):
        assert SENTENCE in text
        assert "{{" not in text
        assert "[…]" not in text


@pytest.mark.parametrize("who", OTHERS)
def test_colleagues_read_neither_extra_time_nor_whether_there_is_any(
    house: House, sign_in: SignIn, who: str
) -> None:
    message = mailed(house, house.application)
    user = getattr(house, who)
    page = page_of(sign_in(user), message)

    other = mailed(house, make_application(house.job, full_name="Olga Other"), extra_seconds=0)
    texts = [message_text(actor(user), mail).replace(mail.to_name, "") for mail in (message, other)]

    assert "extra time" not in page
    assert "a time limit of […] minutes" in page
    assert "[…] stands where the mail says something that only administrators see here." in page
    assert texts[0] == texts[1]


def test_reminder_is_as_discreet_as_the_invitation(house: House, sign_in: SignIn) -> None:
    mailed(house, house.application)
    due = house.application.assessments.get().invitation.remind_at

    send_due_reminders(now=due)

    reminder = Message.objects.get(kind="test_reminder")
    assert "extra time" not in page_of(sign_in(house.recruiter), reminder)
    assert SENTENCE in page_of(sign_in(house.administrator), reminder)
    assert SENTENCE in str(compose(reminder, organisation()).body)


@pytest.mark.parametrize("who", OTHERS)
def test_search_and_other_pages_tell_nothing_of_it(house: House, sign_in: SignIn, who: str) -> None:
    message = mailed(house, house.application)
    client = sign_in(getattr(house, who))
    pages = [
        client.get(reverse("hiring:application", args=[house.application.public_id])),
        client.get(f"/api/v1/invitations/{message.about_id}/"),
        client.get(f"/api/v1/invitations/?application={house.application.public_id}"),
        client.get(reverse("outbox:mail")),
    ]

    for response in pages:
        assert response.status_code == 200, response
        assert "extra time" not in response.content.decode()
    assert pages[1].json()["extra_seconds"] is None
    for words in ("extra", "includes"):
        found = client.get(reverse("outbox:mail"), {"q": words})
        assert list(found.context["mail"]) == [], words
    assert list(client.get(reverse("outbox:mail"), {"q": "Your test"}).context["mail"]) == [message]


def test_copy_of_everything_about_a_person_has_the_whole_text(house: House) -> None:
    mailed(house, house.application)

    copy = export_person(
        candidate=house.application.candidate, by=Actor.of_user(house.administrator), now=timezone.now()
    )

    assert SENTENCE in str(copy)
    assert "{{" not in str(copy)
