from __future__ import annotations

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts import operations
from accounts.models import Actor, User
from tests.factories.accounts import (
    NOW,
    PASSWORD,
    make_administrator,
    make_api_key,
    make_recruiter,
    make_user,
)

pytestmark = pytest.mark.django_db
PROFILE = "/admin/profile/"
FORM = {"full_name": "Ada King", "time_zone": "Europe/Berlin", "language": "en"}


def signed_in(user: User) -> Client:
    client = Client()
    client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    assert client.get(PROFILE).status_code == 200
    return client


def test_everybody_changes_their_own_name_zone_and_language() -> None:
    user = make_user(full_name="Ada")
    client = signed_in(user)

    response = client.post(PROFILE, FORM, follow=True)

    user.refresh_from_db()
    assert (user.full_name, user.time_zone, user.language) == ("Ada King", "Europe/Berlin", "en")
    assert "Your profile is saved." in response.content.decode()


def test_case_67_escalate_self_the_profile_takes_nothing_else() -> None:
    user = make_user(email="ada@example.org")
    forged = {"email": "root@example.org", "is_superuser": "on", "roles": ["administrator"], "is_staff": ""}

    signed_in(user).post(PROFILE, {**FORM, **forged, "pk": "1", "user": "1"})

    user = User.objects.get(pk=user.pk)
    assert (user.email, user.is_superuser, user.role_names(), user.is_staff) == (
        "ada@example.org",
        False,
        frozenset(),
        True,
    )


@pytest.mark.parametrize(
    ("field", "value"),
    [("full_name", ""), ("full_name", "a\x00b"), ("time_zone", "Mars/Crater"), ("language", "xx")],
)
def test_what_is_wrong_stands_at_its_field_and_nothing_is_lost(field: str, value: str) -> None:
    user = make_user(full_name="Ada")

    response = signed_in(user).post(PROFILE, {**FORM, field: value})

    assert list(response.context["form"].errors) == [field]
    assert 'value="Ada King"' in response.content.decode() or field == "full_name"
    assert User.objects.get(pk=user.pk).full_name == "Ada"


def test_signing_out_elsewhere_ends_every_other_session_and_no_key() -> None:
    user = make_recruiter()
    here, there = signed_in(user), signed_in(user)
    _key, token = make_api_key(user, expires_at=NOW.replace(year=2040))

    here.post(reverse("shell:sign-out-elsewhere"))

    assert here.get(PROFILE).status_code == 200
    assert there.get(PROFILE).status_code == 302
    assert Client().get("/api/v1/", headers={"authorization": f"Bearer {token}"}).status_code == 200
    assert signed_in(user).get(PROFILE).status_code == 200


def test_nobody_ends_another_persons_sessions() -> None:
    user, other = make_recruiter(), make_recruiter()

    with pytest.raises(PermissionDenied):
        operations.end_sessions(user=other, by=Actor.of_user(user), now=NOW)


def test_changing_the_password_signs_out_everywhere_else() -> None:
    user = make_recruiter()
    here, there = signed_in(user), signed_in(user)

    here.post(
        reverse("account_change_password"),
        {"oldpassword": PASSWORD, "password1": "another long sentence", "password2": "another long sentence"},
    )

    assert here.get(PROFILE).status_code == 200
    assert there.get(PROFILE).status_code == 302


def test_case_72_revoked_now_ends_a_live_session_and_a_live_key() -> None:
    make_administrator()
    user = make_recruiter()
    client = signed_in(user)
    _key, token = make_api_key(user, expires_at=NOW.replace(year=2040))
    bearer = {"authorization": f"Bearer {token}"}
    assert Client().get("/api/v1/", headers=bearer).status_code == 200

    operations.deactivate_user(user=user, by=Actor.system(), now=NOW)

    assert client.get(PROFILE).status_code == 302
    assert client.get("/api/v1/").status_code in (401, 403)
    assert Client().get("/api/v1/", headers=bearer).status_code == 401
    operations.activate_user(user=user, by=Actor.system(), now=NOW)
    assert client.get(PROFILE).status_code == 302
    assert Client().get("/api/v1/", headers=bearer).status_code == 401


def test_the_second_step_stands_with_what_is_left_of_the_codes() -> None:
    user = make_recruiter()
    client = signed_in(user)
    assert "Set up the second step" in client.get(PROFILE).content.decode()

    TOTP.activate(user, generate_totp_secret())
    RecoveryCodes.activate(user)

    page = client.get(PROFILE).content.decode()
    assert "10 recovery codes are left" in page
    assert reverse("mfa_deactivate_totp") in page


def test_an_administrator_switches_a_lost_second_step_off(client: Client) -> None:
    user = make_recruiter()
    TOTP.activate(user, generate_totp_secret())
    RecoveryCodes.activate(user)
    client.force_login(make_administrator())

    client.post(reverse("outbox:remove-second-step", args=[user.pk]))

    assert "Set up the second step" in signed_in(user).get(PROFILE).content.decode()


@pytest.mark.parametrize("name", ["account_email", "mfa_index"])
def test_what_stands_on_the_profile_has_no_page_of_its_own(name: str) -> None:
    assert signed_in(make_user()).get(reverse(name))["Location"] == PROFILE


def test_the_profile_costs_a_fixed_number_of_queries(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    client = signed_in(make_recruiter())

    # Session, user, the profile, roles, how they sign in, when they are mailed,
    # organisation, signs with what is unread.
    with django_assert_num_queries(8):
        client.get(PROFILE)
