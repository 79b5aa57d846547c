"""Single sign-on against a real provider: a process of its own, asked over HTTP."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.socialaccount.models import SocialAccount
from django.http import HttpResponse
from django.test import Client
from pytest_django import Settings

from accounts import operations
from accounts.models import Actor, User
from outbox.models import Event
from tests.factories.accounts import NOW, PASSWORD, make_administrator, make_recruiter
from tests.servers import openid
from tests.servers.openid import CLIENT_ID, CLIENT_SECRET, OpenIdProvider
from tests.servers.ports import free_port

pytestmark = pytest.mark.django_db
START = "/accounts/single-sign-on/"
BACK = "/accounts/single-sign-on/back/"
ADA = {"email": "Ada@Example.org", "email_verified": True, "name": "Ada at the provider"}


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenIdProvider]:
    with openid.serve(tmp_path_factory.mktemp("openid")) as running:
        yield running


def set_up(settings: Settings, issuer: str, secret: str = CLIENT_SECRET) -> None:
    settings.OIDC_ISSUER = issuer
    settings.SINGLE_SIGN_ON = "Example ID"
    settings.SITE_ADDRESS = "http://testserver"
    settings.SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": {
            "OAUTH_PKCE_ENABLED": True,
            "APPS": [
                {
                    "provider_id": "sso",
                    "name": "Example ID",
                    "client_id": CLIENT_ID,
                    "secret": secret,
                    "settings": {"server_url": issuer, "scope": ["openid", "email"]},
                }
            ],
        }
    }


@pytest.fixture
def sso(provider: OpenIdProvider, settings: Settings) -> OpenIdProvider:
    set_up(settings, provider.address)
    return provider


@pytest.fixture
def ada() -> User:
    return make_recruiter(email="ada@example.org", full_name="Ada Lovelace", password=None)


def start(client: Client, **data: str) -> str:
    """Press the button and return where the page in between leads."""
    page = client.post(START, data)
    assert page.status_code == 200, page.content
    found = re.search(r'http-equiv="refresh" content="0;url=([^"]+)"', page.content.decode())
    assert found, page.content
    return html.unescape(found[1])


def back(client: Client, address: str) -> HttpResponse:
    """Follow the provider's answer."""
    parts = urlsplit(address)
    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == f"http://testserver{BACK}"
    return client.get(f"{parts.path}?{parts.query}")


def sign_in(client: Client, sso: OpenIdProvider, subject: str, **data: str) -> HttpResponse:
    return back(client, sso.sign_in(start(client, **data), subject))


def changed(url: str, **values: str) -> str:
    parts = urlsplit(url)
    query = {name: found[0] for name, found in parse_qs(parts.query).items()} | values
    return urlunsplit(parts._replace(query=urlencode(query)))


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_a_colleague_with_a_verified_address_comes_in(client: Client, sso: OpenIdProvider, ada: User) -> None:
    sso.know("ada-1", **ADA)

    response = sign_in(client, sso, "ada-1", next="/admin/mail/")

    assert response["Location"] == "/admin/mail/"
    assert client.session["_auth_user_id"] == str(ada.pk)
    kept = SocialAccount.objects.get(user=ada)
    assert (kept.extra_data, "ada-1" in kept.uid) == ({}, False)
    assert Event.objects.filter(kind="accounts.single_sign_on_linked", about_id=ada.pk).count() == 1
    assert User.objects.get(pk=ada.pk).full_name == "Ada Lovelace"


def test_afterwards_the_subject_is_who_it_is(client: Client, sso: OpenIdProvider, ada: User) -> None:
    other = make_recruiter(email="other@example.org")
    sso.know("ada-2", **ADA)
    sign_in(Client(), sso, "ada-2")
    sso.know("ada-2", email="other@example.org", email_verified=True)

    sign_in(client, sso, "ada-2")

    assert client.session["_auth_user_id"] == str(ada.pk)
    assert not SocialAccount.objects.filter(user=other).exists()


def test_another_address_here_forgets_the_link(client: Client, sso: OpenIdProvider, ada: User) -> None:
    sso.know("ada-3", **ADA)
    sign_in(Client(), sso, "ada-3")

    operations.update_user(
        user=ada,
        email="eve@example.org",
        full_name="Eve",
        time_zone="",
        language="",
        by=Actor.system(),
        now=NOW,
    )
    refused = sign_in(client, sso, "ada-3")

    assert refused.status_code == 403
    assert not is_signed_in(client)


def test_an_address_that_only_userinfo_tells_is_taken(client: Client, sso: OpenIdProvider, ada: User) -> None:
    sso.know("ada-4", in_userinfo=True, **ADA)

    sign_in(client, sso, "ada-4")

    assert client.session["_auth_user_id"] == str(ada.pk)


@pytest.mark.parametrize(
    ("claims", "words"),
    [
        ({"email": "unknown@example.org", "email_verified": True}, "no colleague here has this address"),
        ({"email": "ada@example.org", "email_verified": False}, "has not confirmed"),
        ({"email": "ada@example.org"}, "has not confirmed"),
        ({"email": "ada@example.org", "email_verified": "no"}, "has not confirmed"),
        ({}, "has not confirmed"),
    ],
)
def test_nobody_else_comes_in_and_is_told_why(
    client: Client, sso: OpenIdProvider, ada: User, claims: dict[str, object], words: str
) -> None:
    sso.know("somebody", **claims)
    users = User.objects.count()

    response = sign_in(client, sso, "somebody")

    assert response.status_code == 403
    assert words in re.sub(r"\s+", " ", response.content.decode())
    assert not is_signed_in(client)
    assert (User.objects.count(), SocialAccount.objects.count()) == (users, 0)


@pytest.mark.parametrize("linked", [False, True])
def test_case_72_revoked_now_a_deactivated_colleague_stays_out(
    client: Client, sso: OpenIdProvider, ada: User, linked: bool
) -> None:
    make_administrator()
    sso.know("ada-5", **ADA)
    if linked:
        sign_in(Client(), sso, "ada-5")
    operations.deactivate_user(user=ada, by=Actor.system(), now=NOW)

    response = sign_in(client, sso, "ada-5")

    assert response.status_code == 403
    assert "not active any more" in response.content.decode()
    assert not is_signed_in(client)


def test_the_second_step_is_asked_for_all_the_same(client: Client, sso: OpenIdProvider, ada: User) -> None:
    TOTP.activate(ada, generate_totp_secret())
    sso.know("ada-6", **ADA)

    response = sign_in(client, sso, "ada-6")

    assert response["Location"] == "/accounts/2fa/authenticate/"
    assert not is_signed_in(client)


def test_the_question_asks_for_a_code_with_pkce_and_a_nonce(client: Client, sso: OpenIdProvider) -> None:
    asked = {name: values[0] for name, values in parse_qs(urlsplit(start(client)).query).items()}

    assert asked["response_type"] == "code"
    assert asked["code_challenge_method"] == "S256"
    assert set(asked["scope"].split()) == {"openid", "email"}
    assert asked["redirect_uri"] == f"http://testserver{BACK}"
    assert len(asked["nonce"]) == 32
    assert CLIENT_SECRET not in asked.values()


def test_an_answer_to_another_question_is_refused(client: Client, sso: OpenIdProvider, ada: User) -> None:
    sso.know("ada-7", **ADA)
    url = changed(start(client), nonce="x" * 32)

    response = back(client, sso.sign_in(url, "ada-7"))

    assert response.status_code == 403
    assert not is_signed_in(client)


@pytest.mark.parametrize("state", ["", "x" * 16])
def test_a_wrong_state_is_refused(client: Client, sso: OpenIdProvider, ada: User, state: str) -> None:
    sso.know("ada-8", **ADA)
    answer = changed(sso.sign_in(start(client), "ada-8"), state=state)

    response = back(client, answer)

    assert response.status_code == 403
    assert "in another browser" in response.content.decode()
    assert not is_signed_in(client)


def test_an_answer_in_another_browser_or_a_second_time_is_refused(
    client: Client, sso: OpenIdProvider, ada: User
) -> None:
    sso.know("ada-9", **ADA)
    answer = sso.sign_in(start(client), "ada-9")
    thief = Client()

    stolen = back(thief, answer)
    back(client, answer)
    client.post("/accounts/logout/")
    again = back(client, answer)

    assert (stolen.status_code, again.status_code) == (403, 403)
    assert not is_signed_in(thief)
    assert not is_signed_in(client)


def test_a_token_that_the_published_key_did_not_sign_is_refused(
    client: Client, settings: Settings, tmp_path: Path, ada: User
) -> None:
    with openid.serve(tmp_path) as forger:
        set_up(settings, forger.address)
        forger.know("ada", **ADA)
        forger.turn_keys()

        response = sign_in(client, forger, "ada")

    assert response.status_code == 403
    assert not is_signed_in(client)


def test_a_provider_that_is_another_than_it_was_set_up_as_is_refused(
    client: Client, sso: OpenIdProvider, settings: Settings
) -> None:
    set_up(settings, sso.address.replace("127.0.0.1", "localhost"))

    response = client.post(START)

    assert response.status_code == 403
    assert "You are not signed in" in response.content.decode()


def test_a_wrong_secret_of_ours_is_a_clear_page(
    client: Client, sso: OpenIdProvider, settings: Settings, ada: User
) -> None:
    set_up(settings, sso.address, secret="another secret")
    sso.know("ada-10", **ADA)

    response = sign_in(client, sso, "ada-10")

    assert response.status_code == 403
    assert CLIENT_SECRET not in response.content.decode()
    assert not is_signed_in(client)


def test_whoever_stops_at_the_provider_is_told_so(client: Client, sso: OpenIdProvider) -> None:
    response = back(client, sso.sign_in(start(client), None))

    assert response.status_code == 403
    assert "You stopped at Example ID" in response.content.decode()


def test_a_provider_that_is_down_leaves_the_password(client: Client, settings: Settings) -> None:
    set_up(settings, f"http://127.0.0.1:{free_port()}")
    user = make_recruiter()

    response = client.post(START)

    assert response.status_code == 503
    assert "does not answer" in response.content.decode()
    assert (
        client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})["Location"] == "/admin/"
    )


def test_a_provider_that_goes_down_on_the_way_is_a_clear_page(
    client: Client, settings: Settings, tmp_path: Path, ada: User
) -> None:
    with openid.serve(tmp_path) as short:
        set_up(settings, short.address)
        short.know("ada", **ADA)
        answer = short.sign_in(start(client), "ada")

    response = back(client, answer)

    assert response.status_code == 503
    assert not is_signed_in(client)


def test_case_75_open_redirect_after_single_sign_on_stays_here(
    client: Client, sso: OpenIdProvider, ada: User
) -> None:
    sso.know("ada-11", **ADA)

    for target in ("//evil.example", "https://evil.example/", "/\\evil.example", "javascript:alert(1)"):
        response = sign_in(client, sso, "ada-11", next=target)
        assert response["Location"] == "/admin/", target


def test_case_46_session_fixation_single_sign_on_makes_a_new_session(
    client: Client, sso: OpenIdProvider, ada: User
) -> None:
    sso.know("ada-12", **ADA)
    url = start(client)
    planted = client.session.session_key

    back(client, sso.sign_in(url, "ada-12"))

    assert is_signed_in(client)
    assert client.session.session_key != planted


def test_case_73_csrf_all_the_button_needs_its_token(sso: OpenIdProvider) -> None:
    strict = Client(enforce_csrf_checks=True)

    assert strict.post(START).status_code == 403
    assert strict.get(START).status_code == 405


@pytest.mark.parametrize("name", ["", "Example ID"])
def test_the_button_is_there_where_a_provider_is(client: Client, settings: Settings, name: str) -> None:
    settings.SINGLE_SIGN_ON = name

    page = client.get("/accounts/login/").content.decode()

    assert ("Sign in with Example ID" in page) == bool(name)
    assert (START in page) == bool(name)


def test_where_no_provider_is_set_up_there_is_no_such_page(client: Client) -> None:
    assert client.post(START).status_code == client.get(BACK).status_code == 404
