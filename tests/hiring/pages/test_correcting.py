"""Mail that did not arrive: on its list, on its own page and on that of the application."""

from __future__ import annotations

import pytest
from django.utils import timezone

from hiring.enums import ApplicationStatus
from hiring.models import Application
from outbox.enums import MessageState
from outbox.models import Message
from outbox.operations import receive_mail
from tests.factories.hiring import invite, make_application, set_status
from tests.factories.inbound import make_answer, make_report
from tests.hiring.pages.house import House, SignIn

LIST = "/admin/needs-you/mail/"


def returned(house: House, application: Application | None = None) -> Message:
    """An invitation of the house's job that came back."""
    invitation = invite(application or house.application, house.assessment, now=timezone.now())
    message = Message.objects.get(about="assessments.invitation", about_id=invitation.pk)
    Message.objects.filter(pk=message.pk).update(state=MessageState.SENT)
    receive_mail(public_id=message.public_id, raw=make_report(), envelope_sender="", now=timezone.now())
    return message


@pytest.mark.parametrize("back", ["list", "application", ""])
def test_address_is_corrected_where_the_mail_is_seen(house: House, sign_in: SignIn, back: str) -> None:
    client, message = sign_in(house.recruiter), returned(house)
    places = {
        "list": LIST,
        "application": f"/admin/applications/{house.application.public_id}/",
        "": f"/admin/mail/{message.public_id}/",
    }
    address = f"/admin/mail/{message.public_id}/correct/"

    seen = client.get(places[back]).content.decode()
    taken = client.post(address, {"email": "hidden@example.com", "back": back}).content.decode()
    done = client.post(address, {"email": "ora@example.com", "back": back}, follow=True)

    assert f'action="{address}"' in seen
    assert "550 5.1.1 No such person" in seen
    assert 'value="hidden@example.com"' in taken
    assert "belongs to another person" in taken
    new = Message.objects.latest("pk")
    assert new.to_address == "ora@example.com"
    places[""] = f"/admin/mail/{new.public_id}/"
    assert done.redirect_chain == [(places[back], 302)]
    assert "on its way to ora@example.com, with a new link" in done.content.decode()
    assert "No such person" not in client.get(LIST).content.decode()


def test_page_of_a_mail_offers_to_send_it_anyway(house: House, sign_in: SignIn) -> None:
    client, message = sign_in(house.recruiter), returned(house)
    page = f"/admin/mail/{message.public_id}/"

    seen = client.get(page).content.decode()
    client.post(f"{page}resend/", {"anyway": "1"})

    message.refresh_from_db()
    assert "Send anyway" in seen
    assert (message.state, message.bounced_at) == (MessageState.QUEUED, None)


def test_who_is_not_reached_can_be_rejected_from_the_list(house: House, sign_in: SignIn) -> None:
    client, _message = sign_in(house.recruiter), returned(house)
    button = f'name="ids" value="{house.application.public_id}"'

    page = client.get(LIST).content.decode()
    asked = client.post("/admin/jobs/backend/reject/", {"ids": house.application.public_id})

    assert 'action="/admin/jobs/backend/reject/"' in page
    assert button in page
    assert "1 person will be rejected" in asked.content.decode()
    assert button not in sign_in(house.manager).get(LIST).content.decode()
    house.application.refresh_from_db()
    set_status(house.application, ApplicationStatus.REJECTED)
    out = client.get(LIST).content.decode()
    assert "Nora Known" in out
    assert button not in out


@pytest.mark.parametrize("who", ["manager", "other_recruiter", "interviewer", "analyst"])
def test_correcting_is_for_recruiters_of_the_job(house: House, sign_in: SignIn, who: str) -> None:
    message = returned(house)
    client = sign_in(getattr(house, who))

    page = client.get(LIST).content.decode()
    answer = client.post(f"/admin/mail/{message.public_id}/correct/", {"email": "ora@example.com"})

    assert "Correct and send again" not in page
    assert ("Nora Known" in page) == (who == "manager")
    assert answer.status_code == 404
    assert Message.objects.latest("pk") == message


def test_list_query_count(house: House, sign_in: SignIn, django_assert_num_queries) -> None:
    client = sign_in(house.recruiter)
    returned(house)

    with django_assert_num_queries(QUERIES):
        client.get(LIST)
    for number in range(2):
        returned(house, make_application(house.job, full_name=f"Person {number}"))
    with django_assert_num_queries(QUERIES):
        client.get(LIST)


QUERIES = 11


def test_answers_stand_in_the_story_and_on_the_page_of_the_mail(house: House, sign_in: SignIn) -> None:
    message = returned(house)
    raw = make_answer("<b>When?</b> " + "x" * 700, From='"Mallory <script>" <mallory@example.com>')
    receive_mail(
        public_id=message.public_id, raw=raw, envelope_sender="mallory@example.com", now=timezone.now()
    )
    application = f"/admin/applications/{house.application.public_id}/"

    story = sign_in(house.recruiter).get(application).content.decode()
    page = sign_in(house.manager).get(f"/admin/mail/{message.public_id}/").content.decode()
    hidden = sign_in(house.other_recruiter).get(f"/admin/mail/{message.public_id}/")

    for text in (story, page):
        assert "&lt;b&gt;When?&lt;/b&gt;" in text
        assert "<b>When?</b>" not in text
        assert "Mallory &lt;script&gt;" in text
    assert "which is not the address that was written to" in story
    assert "It came from another address than the mail went to." in page
    assert "x" * 700 not in story
    assert "x" * 700 in page
    assert hidden.status_code == 404
