"""The list of invitations that ran out unstarted, and what is done about each."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from assessments.models import Invitation
from outbox.enums import MessageState
from outbox.models import Message
from tests.factories.hiring import invite, make_application, move
from tests.hiring.pages.house import House, SignIn

LIST = "/admin/needs-you/"


def expired(house: House, name: str = "Ella Expired", email: str = "ela@example.com") -> Invitation:
    ago = timezone.now() - timedelta(days=20)
    application = move(make_application(house.job, full_name=name, email=email, now=ago), "Test", now=ago)
    invitation = invite(application, house.assessment, now=ago)
    Message.objects.update(state=MessageState.SENT)
    return invitation


def test_list_shows_who_ran_out_to_whoever_sees_them_and_buttons_to_recruiters(
    house: House, sign_in: SignIn
) -> None:
    expired(house)

    recruiter = sign_in(house.recruiter).get(LIST).content.decode()
    manager = sign_in(house.manager).get(LIST).content.decode()
    elsewhere = sign_in(house.other_recruiter).get(LIST).content.decode()

    assert "Ella Expired" in recruiter
    assert "ela@example.com" in recruiter
    assert "7 days more" in recruiter
    assert "Correct the address" in recruiter
    assert 'action="/admin/jobs/backend/reject/"' in recruiter
    assert "Ella Expired" in manager
    assert "7 days more" not in manager
    assert "Reject…" not in manager
    assert "Ella Expired" not in elsewhere
    assert "Every invitation was started in time" in elsewhere


def test_list_query_count(house: House, sign_in: SignIn, django_assert_num_queries) -> None:
    client = sign_in(house.recruiter)
    expired(house)

    with django_assert_num_queries(QUERIES):
        client.get(LIST)
    for number in range(2):
        expired(house, f"Person {number}", f"person{number}@example.com")
    with django_assert_num_queries(QUERIES):
        client.get(LIST)


QUERIES = 8


def test_more_days_mails_again_and_leaves_the_list(house: House, sign_in: SignIn) -> None:
    client = sign_in(house.recruiter)
    invitation = expired(house)

    page = client.post(f"{LIST}{invitation.pk}/", {"do": "extend"}, follow=True).content.decode()

    invitation.refresh_from_db()
    assert "Ella Expired has more days, and gets the mail again." in page
    assert "Every invitation was started in time" in page
    assert invitation.expires_at > timezone.now() + timedelta(days=6)
    assert Message.objects.filter(about_id=invitation.pk, state=MessageState.QUEUED).count() == 1


def test_right_address_is_mailed_and_a_wrong_one_stays_as_typed(house: House, sign_in: SignIn) -> None:
    client = sign_in(house.recruiter)
    invitation = expired(house)

    wrong = client.post(f"{LIST}{invitation.pk}/", {"do": "correct", "email": "ella@@example"})
    taken = client.post(f"{LIST}{invitation.pk}/", {"do": "correct", "email": "nora@example.com"})
    page = client.post(
        f"{LIST}{invitation.pk}/", {"do": "correct", "email": "ella@example.com"}, follow=True
    ).content.decode()

    assert 'value="ella@@example"' in wrong.content.decode()
    assert "belongs to another person" in taken.content.decode()
    assert "The address of Ella Expired is corrected." in page
    assert Message.objects.latest("pk").to_address == "ella@example.com"


@pytest.mark.parametrize("who", ["manager", "other_recruiter"])
def test_acting_is_for_recruiters_of_the_job(house: House, sign_in: SignIn, who: str) -> None:
    invitation = expired(house)

    answer = sign_in(getattr(house, who)).post(f"{LIST}{invitation.pk}/", {"do": "extend"})

    assert answer.status_code == 404
    invitation.refresh_from_db()
    assert invitation.expires_at < timezone.now()


def test_invitation_that_is_still_open_is_not_found_here(house: House, sign_in: SignIn) -> None:
    invitation = invite(house.application, house.assessment, now=timezone.now())

    answer = sign_in(house.recruiter).post(f"{LIST}{invitation.pk}/", {"do": "extend"})

    assert answer.status_code == 404
