"""Choosing a password behind a link, and asking for a new one."""

from __future__ import annotations

import re
from statistics import median
from time import monotonic

import pytest
from django.contrib.sessions.models import Session
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from accounts import operations as accounts
from accounts.models import Actor, GuessCount, User
from outbox import forms, operations
from outbox.models import AccessLink, Event, Message
from outbox.rules import link_token
from tests.factories.accounts import PASSWORD, make_administrator, make_recruiter

pytestmark = pytest.mark.django_db
NEW = "a long enough sentence"
RESET = "/accounts/password/reset/"
FORM = "/choose-password/"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forms, "SAME_SECONDS", 0.0)


def invited(**fields: object) -> tuple[User, str]:
    user = make_recruiter(password=None, **fields)
    accounts.invite_user(user=user, by=Actor.system(), now=timezone.now())
    return user, f"/join/{link_token(AccessLink.objects.get(user=user))}/"


def words(response: HttpResponse) -> str:
    return re.sub(r"\s+", " ", re.sub(r'value="[^"]*"', "", response.content.decode()))


def test_the_link_leads_to_a_form_and_the_form_to_signing_in(client: Client) -> None:
    user, address = invited()

    assert client.get(address)["Location"] == FORM
    page = client.get(FORM)
    saved = client.post(FORM, {"password": NEW, "again": NEW})

    assert user.email in page.content.decode()
    assert saved["Location"] == "/accounts/login/"
    assert "Your password is set" in client.get(saved["Location"]).content.decode()
    assert User.objects.get(pk=user.pk).check_password(NEW)
    assert Client().get(address, follow=True).status_code == 404
    assert client.post("/accounts/login/", {"login": user.email, "password": NEW})["Location"] == "/admin/"


def test_case_38_prefetch_start_opening_the_link_changes_nothing(client: Client) -> None:
    user, address = invited()
    before = (
        AccessLink.objects.values().get(),
        User.objects.values().get(pk=user.pk),
        Event.objects.count(),
        Session.objects.count(),
        GuessCount.objects.count(),
    )

    for _time in range(20):
        Client().get(address, headers={"user-agent": "LinkScanner/1.0"})
    client.head(address)
    client.get(address, follow=True)

    after = (
        AccessLink.objects.values().get(),
        User.objects.values().get(pk=user.pk),
        Event.objects.count(),
        Session.objects.count(),
        GuessCount.objects.count(),
    )
    assert after == before


def test_case_41_token_referer_the_address_with_the_token_sends_nothing_on(client: Client) -> None:
    _user, address = invited()

    entered = client.get(address)
    page = client.get(FORM)

    assert (entered["Referrer-Policy"], page["Referrer-Policy"]) == ("no-referrer", "same-origin")
    assert entered["Cache-Control"] == page["Cache-Control"] == "no-store, private"
    cookie = client.cookies["shortlist_password"]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == (FORM, True, "Lax")


def test_case_46_session_fixation_a_planted_session_is_not_signed_in(client: Client) -> None:
    user, address = invited()
    victim = Client()
    victim.get("/accounts/login/")
    victim.session["planted"] = True
    victim.session.save()
    planted = victim.session.session_key

    victim.get(address)
    victim.post(FORM, {"password": NEW, "again": NEW})
    victim.post("/accounts/login/", {"login": user.email, "password": NEW})

    assert victim.session["_auth_user_id"] == str(user.pk)
    assert victim.session.session_key != planted
    assert not Session.objects.filter(session_key=planted).exists()


def test_case_46_session_fixation_another_persons_session_does_not_become_theirs(client: Client) -> None:
    administrator = make_administrator()
    client.force_login(administrator)
    user, address = invited()

    client.get(address)
    client.post(FORM, {"password": NEW, "again": NEW})

    assert client.session["_auth_user_id"] == str(administrator.pk)
    assert User.objects.get(pk=user.pk).check_password(NEW)
    assert User.objects.get(pk=administrator.pk).check_password(PASSWORD)


def test_what_is_wrong_is_said_and_the_link_stays_open(client: Client) -> None:
    user, address = invited()
    client.get(address)

    other = client.post(FORM, {"password": NEW, "again": "something else"})
    weak = client.post(FORM, {"password": "12345", "again": "12345"})

    assert "This is not the same" in other.content.decode()
    assert "too short" in weak.content.decode()
    assert not User.objects.get(pk=user.pk).has_usable_password()
    assert client.get(FORM).status_code == 200


def test_two_browsers_with_one_link_set_one_password(client: Client) -> None:
    user, address = invited()
    first, second = Client(), Client()
    for browser in (first, second):
        browser.get(address)
    first.post(FORM, {"password": NEW, "again": NEW})

    late = second.post(FORM, {"password": "the other sentence", "again": "the other sentence"})

    assert late.status_code == 404
    assert User.objects.get(pk=user.pk).check_password(NEW)


def test_choosing_a_password_ends_open_sessions(client: Client) -> None:
    user = make_recruiter()
    client.force_login(user)
    operations.ask_for_new_password(address=user.email, now=timezone.now())
    theirs = Client()
    theirs.get(f"/new-password/{link_token(AccessLink.objects.get())}/")

    theirs.post(FORM, {"password": NEW, "again": NEW})

    assert client.get("/admin/")["Location"].startswith("/admin/login/")


def test_changing_the_password_while_signed_in_closes_a_link_that_was_mailed(client: Client) -> None:
    user = make_recruiter()
    operations.ask_for_new_password(address=user.email, now=timezone.now())
    address = f"/new-password/{link_token(AccessLink.objects.get())}/"
    client.force_login(user)
    form = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}

    client.post("/accounts/password/change/", form)

    assert User.objects.get(pk=user.pk).check_password(NEW)
    assert Client().get(address, follow=True).status_code == 404
    assert client.get("/admin/profile/").status_code == 200
    assert Event.objects.filter(kind="accounts.password_set", about_id=user.pk).count() == 1


def test_case_79_user_enum_asking_for_a_new_password_says_the_same() -> None:
    make_recruiter(email="known@example.org")

    answers = []
    for email in ("known@example.org", "unknown@example.org"):
        answer = Client().post(RESET, {"email": email}, follow=True)
        answers.append((answer.status_code, answer.redirect_chain, words(answer)))

    assert answers[0] == answers[1]
    assert Message.objects.get().to_address == "known@example.org"


def test_case_79_user_enum_asking_for_a_new_password_takes_as_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forms, "SAME_SECONDS", 0.15)
    make_recruiter(email="known@example.org")

    def seconds(email: str) -> float:
        started = monotonic()
        Client().post(RESET, {"email": email})
        return monotonic() - started

    known = median(seconds("known@example.org") for _time in range(3))
    unknown = median(seconds("unknown@example.org") for _time in range(3))

    assert min(known, unknown) >= 0.15
    assert abs(known - unknown) < 0.1


def test_case_79_user_enum_too_many_mails_are_refused_alike() -> None:
    make_recruiter(email="known@example.org")

    said = []
    for email in ("known@example.org", "unknown@example.org"):
        for _time in range(3):
            assert Client().post(RESET, {"email": email}).status_code == 302
        said.append(words(Client().post(RESET, {"email": email})))

    assert "asked for too often" in said[0]
    assert said[0] == said[1]
    assert Message.objects.count() == 1


def test_no_mail_server_is_met_in_the_request(settings: Settings) -> None:
    make_recruiter(email="known@example.org")
    settings.EMAIL_URL = "smtp://mail.example.com"
    settings.EMAIL_BACKEND = "tests.outbox.test_passwords.NoServer"

    answer = Client().post(RESET, {"email": "known@example.org"})

    assert answer.status_code == 302


class NoServer:
    def __init__(self, *args: object, **kwargs: object) -> None:
        raise AssertionError("a request reached for the mail server")


@pytest.mark.parametrize("address", ["/join/nothing/", "/new-password/nothing/", "/choose-password/"])
def test_a_wrong_link_says_no_more_than_that(client: Client, address: str) -> None:
    answer = client.get(address)

    assert answer.status_code == 404
    assert "This link does not work" in answer.content.decode()


def test_case_78_staff_brute_wrong_links_count_with_wrong_passwords(client: Client) -> None:
    user = make_recruiter()
    codes = [client.get(f"/join/{'z' * 16}.{'A' * 21}{number}/").status_code for number in range(10)]
    assert codes == [404] * 10

    refused = client.get("/join/nothing/")
    signing_in = client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})

    assert refused.status_code == 429
    assert "_auth_user_id" not in client.session
    assert "Too many wrong tries" in signing_in.content.decode()


def test_case_21_nul_bytes_in_the_link_are_wrong_not_broken(client: Client) -> None:
    _user, address = invited()

    assert client.get(address + "%00").status_code in (400, 404)
    client.get(address)
    assert client.post(FORM, {"password": "a\x00" * 10, "again": "a\x00" * 10}).status_code == 200


def test_the_page_of_how_somebody_signs_in_makes_a_link_and_mails(client: Client) -> None:
    administrator, (user, _address) = make_administrator(), invited()
    client.force_login(administrator)
    page = reverse("outbox:sign-in", args=[user.pk])
    assert "Send the invitation again" in client.get(page).content.decode()

    made = client.post(page)
    client.post(reverse("outbox:sign-in-mail", args=[user.pk]))

    address = made.context["address"]
    assert "no-store" in made["Cache-Control"]
    assert address in made.content.decode()
    theirs = Client()
    theirs.get(re.sub(r"^https?://[^/]+", "", address))
    assert theirs.get(FORM).context["colleague"] == user


def test_how_somebody_signs_in_costs_a_fixed_number_of_queries(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client.force_login(make_administrator())
    user, _address = invited()
    page = reverse("outbox:sign-in", args=[user.pk])
    client.get(page)

    # Session, user, roles, the colleague, their mail, their second step, the organisation, what the house has to say.
    with django_assert_num_queries(8):
        client.get(page)
