from __future__ import annotations

import base64
import re
import time
from collections.abc import Iterator

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core import signing
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries, Settings

from accounts import operations
from accounts.models import Actor, User
from tests.factories.accounts import NOW, PASSWORD, make_administrator, make_recruiter

pytestmark = pytest.mark.django_db
LOGIN = "/accounts/login/"


@pytest.fixture(autouse=True)
def own_cache(settings: Settings) -> Iterator[None]:
    """Limits are counted in the cache; no test inherits another's tries."""
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    yield
    cache.clear()


def sign_in(client: Client, email: str, password: str = PASSWORD, **data: str) -> HttpResponse:
    return client.post(LOGIN, {"login": email, "password": password, **data})


def words(response: HttpResponse) -> str:
    """What a person reads: without the form's token and what was typed."""
    text = re.sub(r'value="[^"]*"', "", response.content.decode())
    return re.sub(r"\s+", " ", text)


def test_signing_in_by_email_leads_to_the_start_page(client: Client) -> None:
    user = make_recruiter(email="kay@example.org")

    response = sign_in(client, " KAY@example.org ")

    assert (response.status_code, response["Location"]) == (302, "/admin/")
    assert client.session["_auth_user_id"] == str(user.pk)


def test_the_admins_own_sign_in_leads_to_the_one_door(client: Client) -> None:
    response = client.get("/admin/login/?next=/admin/accounts/user/")

    assert response.status_code == 302
    assert response["Location"].startswith(LOGIN)


def test_no_password_alone_passes_the_second_step(client: Client) -> None:
    user = make_administrator()
    secret = generate_totp_secret()
    TOTP.activate(user, secret)

    for door in (LOGIN, "/admin/login/"):
        client.post(
            door, {"login": user.email, "username": user.email, "password": PASSWORD, "next": "/admin/"}
        )

        assert "_auth_user_id" not in client.session
        assert client.get(reverse("admin:accounts_user_changelist")).status_code == 302

    sign_in(client, user.email)
    code = format_hotp_value(hotp_value(secret, int(time.time()) // 30))
    client.post(reverse("mfa_authenticate"), {"code": code})
    assert client.session["_auth_user_id"] == str(user.pk)
    assert Authenticator.objects.filter(user=user).count() == 1


def test_nobody_signs_up_by_themselves(client: Client) -> None:
    page = client.get("/accounts/signup/")
    client.post("/accounts/signup/", {"email": "new@example.org", "password1": PASSWORD})

    assert "made by an administrator" in page.content.decode()
    assert not User.objects.filter(email="new@example.org").exists()


def test_case_72_revoked_now_ends_the_session_at_the_next_request(client: Client) -> None:
    user = make_recruiter()
    client.force_login(user)
    assert client.get(reverse("admin:candidates_candidate_changelist")).status_code == 200

    operations.deactivate_user(user=user, by=Actor.system(), now=NOW)
    refused = client.get(reverse("admin:candidates_candidate_changelist"))
    operations.activate_user(user=user, by=Actor.system(), now=NOW)
    again = client.get(reverse("admin:candidates_candidate_changelist"))

    assert [refused.status_code, again.status_code] == [302, 302]
    assert again["Location"].startswith(LOGIN)


def test_case_72_revoked_now_ends_a_role_at_the_next_request(client: Client) -> None:
    make_administrator()
    user = make_administrator()
    client.force_login(user)
    assert client.get(reverse("admin:accounts_user_add")).status_code == 200

    operations.set_roles(user=user, roles=[], by=Actor.system(), now=NOW)

    assert client.get(reverse("admin:accounts_user_add")).status_code == 403


def test_case_73_csrf_all_every_form_of_signing_in_needs_its_token() -> None:
    user = make_administrator()
    strict = Client(enforce_csrf_checks=True)
    for path in (LOGIN, "/accounts/password/reset/", "/admin/login/"):
        assert strict.post(path, {"login": user.email, "password": PASSWORD}).status_code in (302, 403)
        assert "_auth_user_id" not in strict.session

    strict.force_login(user)
    for path in (
        "/accounts/logout/",
        "/admin/logout/",
        reverse("admin:accounts_user_add"),
        reverse("outbox:sign-in", args=[user.pk]),
    ):
        assert strict.post(path, {}, headers={"origin": "https://evil.example"}).status_code == 403
        assert strict.post(path, "{}", content_type="text/plain").status_code == 403
    assert strict.session["_auth_user_id"] == str(user.pk)


def test_case_73_csrf_all_signing_out_is_no_get(client: Client) -> None:
    user = make_administrator()
    client.force_login(user)

    for path in ("/accounts/logout/", "/admin/logout/"):
        client.get(path)
        assert client.session["_auth_user_id"] == str(user.pk)

    client.post("/accounts/logout/")
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https:evil.example",
        "https://evil.example/",
        "http://127.0.0.1@evil.example/",
        "javascript:alert(1)",
        "data:text/html,x",
        "/admin/\r\nSet-Cookie: a=b",
        "\x00//evil.example",
        " //evil.example",
    ],
)
def test_case_75_open_redirect_after_signing_in_stays_here(client: Client, target: str) -> None:
    user = make_recruiter()

    response = sign_in(client, user.email, next=target)

    assert response.status_code in (302, 400)
    if response.status_code == 302:
        assert re.fullmatch(r"/(?![/\\])[^\\\r\n\x00]*", response["Location"]), response["Location"]
    assert "a" not in response.cookies


def test_case_79_user_enum_signing_in_says_the_same(client: Client) -> None:
    make_recruiter(email="known@example.org")

    known = sign_in(Client(), "known@example.org", "wrong wrong")
    unknown = sign_in(Client(), "unknown@example.org", "wrong wrong")

    assert (known.status_code, unknown.status_code) == (200, 200)
    assert words(known) == words(unknown)


@pytest.mark.parametrize(
    "text", ["\x00", "a\x00@example.org", "\u202e@example.org", "a@b@c", "a" * 5000, "'; DROP TABLE", "<b>"]
)
def test_case_21_nul_bytes_in_the_sign_in_are_wrong_not_broken(client: Client, text: str) -> None:
    response = client.post(LOGIN, {"login": text, "password": text})

    assert response.status_code == 200
    assert "_auth_user_id" not in client.session


def test_opening_the_sign_in_page_changes_nothing(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    # The organisation's name is the one thing read.
    with django_assert_num_queries(1):
        response = client.get(LOGIN)

    assert "unsafe-inline" not in response["Content-Security-Policy"]
    assert "<script>" not in response.content.decode()
    assert "style=" not in response.content.decode()


def test_case_19_unsafe_deserialise_a_pickle_for_a_session_is_no_session(
    client: Client, pickled_code: bytes
) -> None:
    client.force_login(make_recruiter())
    salt = SessionStore().key_salt

    # Even somebody who knows the key and can write into the table gets no code run.
    for data in (
        base64.b64encode(pickled_code).decode(),
        signing.TimestampSigner(salt=salt).sign(signing.b64_encode(pickled_code).decode()),
    ):
        Session.objects.update(session_data=data)
        assert client.get("/admin/", follow=True).redirect_chain[-1] == (f"{LOGIN}?next=%2Fadmin%2F", 302)


def test_case_19_unsafe_deserialise_sessions_are_stored_as_json(client: Client) -> None:
    user = make_recruiter()
    client.force_login(user)

    stored = Session.objects.get().session_data
    plain = signing.loads(stored, salt=SessionStore().key_salt, serializer=signing.JSONSerializer)

    assert plain["_auth_user_id"] == str(user.pk)
