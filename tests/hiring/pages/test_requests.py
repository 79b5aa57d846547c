"""Requests for more time or another format, as those who answer them meet them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Actor, User
from accounts.registries import may_see_field
from assessments import operations, queries
from assessments.models import AccommodationRequest
from hiring import queries as hiring
from outbox.models import Message
from outbox.rules import link_token
from tests.factories.hiring import invite, make_application
from tests.hiring.pages.house import House

REQUESTS = "/admin/requests/"
SignIn = Callable[[User], Client]


def ask(house: House, words: str = "I read slowly") -> AccommodationRequest:
    application = make_application(house.job)
    invitation = invite(application, house.assessment, now=timezone.now())
    return operations.ask_for_accommodation(invitation=invitation, text=words, now=timezone.now())


def test_recruiter_finds_a_request_on_the_start_page_and_grants_it_in_one_step(
    house: House, sign_in: SignIn
) -> None:
    asked = ask(house)
    client = sign_in(house.recruiter)

    start = client.get("/admin/").content.decode()
    page = client.get(f"{REQUESTS}{asked.pk}/").content.decode()
    client.post(f"{REQUESTS}{asked.pk}/", {"minutes": "15", "answer": "", "grant": "1"})

    assert "Asked for more time or another format" in start
    assert f'href="{REQUESTS}"' in start
    assert "I read slowly" in page
    asked.refresh_from_db()
    assert (asked.state, asked.answered_by, asked.extra_seconds) == ("granted", house.recruiter, 900)
    assert "Asked for more time" not in client.get("/admin/").content.decode()


def test_declining_without_a_word_says_so_beside_the_field(house: House, sign_in: SignIn) -> None:
    asked = ask(house)

    response = sign_in(house.recruiter).post(
        f"{REQUESTS}{asked.pk}/", {"minutes": "15", "answer": "", "decline": "1"}
    )

    assert "Say why, in words for the candidate." in response.content.decode()
    assert 'value="15"' in response.content.decode()
    asked.refresh_from_db()
    assert asked.is_open


def test_hiring_manager_and_others_never_learn_that_somebody_asked(house: House) -> None:
    asked = ask(house)

    for user in (house.manager, house.other_recruiter, house.interviewer, house.author, house.analyst):
        actor = Actor.of_user(user)
        assert not queries.accommodation_rows(actor).exists()
        assert "requests" not in {item.code for item in hiring.start_page(actor, now=timezone.now()).waiting}
        assert not may_see_field("assessments.Invitation", "extra_reason", actor)
    assert list(queries.accommodation_rows(Actor.of_user(house.recruiter))) == [asked]
    assert list(queries.accommodation_rows(Actor.of_user(house.administrator))) == [asked]


def test_answered_request_shows_its_words_to_administrators_only(house: House, sign_in: SignIn) -> None:
    asked = ask(house, "words about health")
    operations.grant_accommodation(request=asked, minutes=5, by=Actor.system(), now=timezone.now())

    assert "words about health" not in sign_in(house.recruiter).get(f"{REQUESTS}{asked.pk}/").content.decode()
    assert "words about health" in sign_in(house.administrator).get(f"{REQUESTS}{asked.pk}/").content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_list_of_requests_costs_the_same_for_one_and_three_rows(
    house: House, sign_in: SignIn, rows: int, django_assert_num_queries: object
) -> None:
    for _ in range(rows):
        ask(house)
    client = sign_in(house.recruiter)
    client.get(REQUESTS)

    # Session, user, roles, permissions (2), organisation, signs, how many, rows.
    with django_assert_num_queries(9):  # type: ignore[operator]
        response = client.get(REQUESTS)

    assert len(response.context["page"].object_list) == rows


def test_link_of_an_invitation_is_shown_by_post_alone_and_never_kept(
    house: House, sign_in: SignIn, caplog: pytest.LogCaptureFixture
) -> None:
    invitation = invite(make_application(house.job), house.assessment, now=timezone.now())
    address = f"/admin/invitations/{invitation.pk}/link/"
    client = sign_in(house.recruiter)

    shown = client.post(address)

    text = shown.content.decode()
    token = link_token(invitation.link)
    assert token in text
    assert "no-store" in shown["Cache-Control"]
    assert token not in caplog.text
    assert client.get(address).status_code == 405
    assert token not in client.get(f"/admin/assessments/invitation/{invitation.pk}/change/").content.decode()
    assert sign_in(house.manager).post(address).status_code == 403
    assert sign_in(house.other_recruiter).post(address).status_code == 404


def test_why_extra_time_is_for_administrators_alone(house: House, sign_in: SignIn) -> None:
    invitation = invite(make_application(house.job), house.assessment, now=timezone.now())
    change = f"/admin/invitations/extra-time/?ids={invitation.pk}"
    sign_in(house.recruiter).get(change)
    sign_in(house.recruiter).post(
        change, {"ids": str(invitation.pk), "minutes": "12", "reason": "words about health"}
    )

    page = f"/admin/assessments/invitation/{invitation.pk}/change/"
    seen = {
        name: sign_in(getattr(house, name)).get(page).content.decode()
        for name in ("administrator", "recruiter", "manager")
    }

    assert {name: "words about health" in text for name, text in seen.items()} == {
        "administrator": True,
        "recruiter": False,
        "manager": False,
    }
    assert "12 min" in seen["administrator"]
    assert "12 min" not in seen["manager"]


def test_list_of_invitations_shows_extra_time_to_administrators_alone(house: House, sign_in: SignIn) -> None:
    invitation = invite(make_application(house.job), house.assessment, now=timezone.now())
    operations.set_extra_time(
        invitation=invitation, seconds=720, by=Actor.of_user(house.recruiter), now=timezone.now()
    )

    seen = {
        name: sign_in(getattr(house, name)).get("/admin/assessments/invitation/").content.decode()
        for name in ("administrator", "recruiter", "manager")
    }

    assert {name: "12 min" in text for name, text in seen.items()} == {
        "administrator": True,
        "recruiter": False,
        "manager": False,
    }
    assert [name for name, text in seen.items() if "column-extra_time" in text] == ["administrator"]


@pytest.mark.parametrize(
    "lookup",
    [
        {"extra_seconds__gt": "0"},
        {"extra_seconds": "0"},
        {"extra_reason__icontains": "health"},
        {"accommodations__isnull": "False"},
    ],
)
def test_address_of_the_list_of_invitations_finds_nobody_by_extra_time(
    house: House, sign_in: SignIn, lookup: dict[str, str]
) -> None:
    ask(house)

    recruiter, address = sign_in(house.recruiter), "/admin/assessments/invitation/"

    assert recruiter.get(address, lookup).status_code == 400
    assert recruiter.get(address, {"revoked_at__isnull": "True"}).status_code == 200


def test_list_of_invitations_filters_by_extra_time_for_administrators(house: House, sign_in: SignIn) -> None:
    with_time, without = (
        invite(make_application(house.job), house.assessment, now=timezone.now()) for _ in range(2)
    )
    operations.set_extra_time(invitation=with_time, seconds=720, by=Actor.system(), now=timezone.now())

    found = sign_in(house.administrator).get("/admin/assessments/invitation/", {"extra_seconds__gt": "0"})

    assert list(found.context["cl"].result_list) == [with_time]
    assert without.extra_seconds == 0


def test_mail_that_answers_a_request_is_read_by_those_who_may_answer_it(
    house: House, sign_in: SignIn
) -> None:
    asked = ask(house)
    operations.grant_accommodation(request=asked, minutes=5, by=Actor.system(), now=timezone.now())
    answer = Message.objects.get(kind="accommodation_answer")
    invitation = Message.objects.get(kind="test_invitation", about_id=asked.invitation_id)

    def shown(user: User, message: Message) -> int:
        return sign_in(user).get(reverse("outbox:message", args=[message.public_id])).status_code

    assert [shown(user, answer) for user in (house.administrator, house.recruiter)] == [200, 200]
    assert [shown(user, invitation) for user in (house.manager, house.recruiter)] == [200, 200]
    assert shown(house.manager, answer) == 404
    page = sign_in(house.manager).get(f"/admin/assessments/invitation/{asked.invitation_id}/change/")
    assert invitation.public_id in page.content.decode()
    assert answer.public_id not in page.content.decode()
