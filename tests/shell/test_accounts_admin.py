from __future__ import annotations

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.enums import Role
from accounts.models import ApiKey, Organisation, User
from outbox.models import Message
from tests.factories.accounts import (
    PASSWORD,
    make_administrator,
    make_api_key,
    make_organisation,
    make_recruiter,
    make_user,
)

pytestmark = pytest.mark.django_db
COLLEAGUES = "/admin/accounts/user/"
KEYS = "/admin/accounts/apikey/"
FORM = {
    "full_name": "Ada",
    "email": "ada@example.org",
    "roles": ["recruiter"],
    "time_zone": "",
    "language": "",
}


@pytest.fixture
def administrator(client: Client) -> User:
    user = make_administrator()
    client.force_login(user)
    return user


@pytest.mark.parametrize("count", [1, 3])
def test_colleagues_cost_the_same_for_one_and_three(
    client: Client, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    users = [make_administrator(), *(make_recruiter() for _number in range(count - 1))]
    client.force_login(users[0])
    client.get(COLLEAGUES)

    # Session, user, roles, count, colleagues, their roles, organisation, signs.
    with django_assert_num_queries(8):
        response = client.get(COLLEAGUES)

    assert len(response.context["cl"].result_list) == count


def test_add_invites_by_mail_and_leads_to_how_they_sign_in(client: Client, administrator: User) -> None:
    response = client.post(f"{COLLEAGUES}add/", FORM)

    ada = User.objects.get(email="ada@example.org")
    assert response["Location"] == reverse("outbox:sign-in", args=[ada.pk])
    mail = Message.objects.get()
    assert (mail.kind, mail.to_address, mail.created_by) == (
        "colleague_invitation",
        "ada@example.org",
        administrator,
    )
    assert (ada.role_names(), ada.has_usable_password()) == ({"recruiter"}, False)
    assert LogEntry.objects.count() == 0


def test_change_sets_roles_and_shuts_out(client: Client, administrator: User) -> None:
    user = make_recruiter()

    client.post(f"{COLLEAGUES}{user.pk}/change/", {**FORM, "roles": ["analyst"]})

    user = User.objects.get(pk=user.pk)
    assert (user.email, user.role_names(), user.is_active) == ("ada@example.org", {"analyst"}, False)


def test_what_an_operation_refuses_stands_in_the_form_and_nothing_is_written(
    client: Client, administrator: User
) -> None:
    response = client.post(
        f"{COLLEAGUES}{administrator.pk}/change/", {**FORM, "roles": ["recruiter"], "is_active": "on"}
    )

    assert response.status_code == 200
    form = response.context["adminform"].form
    assert list(form.errors) == ["roles"]
    assert form["full_name"].value() == "Ada"
    administrator.refresh_from_db()
    assert (administrator.email != "ada@example.org", administrator.is_superuser) == (True, True)


def test_case_67_escalate_self_by_posting_more_than_the_form_has(client: Client, administrator: User) -> None:
    user = make_recruiter(email="ada@example.org")
    forged = {
        "is_superuser": "on",
        "is_staff": "",
        "groups": ["1"],
        "password": "x",
        "user_permissions": ["1"],
    }

    client.post(f"{COLLEAGUES}{user.pk}/change/", {**FORM, **forged, "is_active": "on"})

    user = User.objects.get(pk=user.pk)
    assert (user.is_superuser, user.is_staff, user.role_names()) == (False, True, {"recruiter"})
    assert user.check_password(PASSWORD)


@pytest.mark.parametrize("role", [None, Role.RECRUITER, Role.ANALYST, Role.QUESTION_AUTHOR])
def test_case_67_escalate_self_by_the_form_of_colleagues(client: Client, role: Role | None) -> None:
    make_administrator()
    user = make_user(*([role] if role else []), email="ada@example.org")
    client.force_login(user)
    forged = {**FORM, "roles": ["administrator"], "is_active": "on"}

    answers = [
        client.post(f"{COLLEAGUES}{user.pk}/change/", forged),
        client.post(f"{COLLEAGUES}add/", {**forged, "email": "new@example.org"}),
        client.post(reverse("outbox:sign-in", args=[user.pk])),
        client.post("/admin/accounts/organisation/1/change/", {"name": "Mine"}),
        client.get(f"/admin/password_change/?user={user.pk}", follow=True),
    ]

    assert [answer.status_code for answer in answers[:4]] == [403, 403, 403, 403]
    user = User.objects.get(pk=user.pk)
    assert (user.is_superuser, user.check_password(PASSWORD)) == (False, True)
    assert User.objects.count() == 2


def test_recruiter_sees_colleagues_without_their_settings(client: Client) -> None:
    user = make_recruiter()
    client.force_login(user)

    page = client.get(f"{COLLEAGUES}{user.pk}/change/").content.decode()

    assert user.email in page
    assert 'name="roles"' not in page
    assert "argon2" not in page
    assert "md5$" not in page


def test_no_page_shows_a_password_or_a_keys_secret(client: Client, administrator: User) -> None:
    key, token = make_api_key(administrator)
    secret = token.split("_", 2)[2]

    for path in (COLLEAGUES, f"{COLLEAGUES}{administrator.pk}/change/", KEYS, f"{KEYS}{key.pk}/change/"):
        page = client.get(path).content.decode()
        for hidden in (administrator.password, key.secret_hash, secret):
            assert hidden not in page, path


def test_case_69_admin_action_forge_revokes_only_ones_own_keys(client: Client) -> None:
    recruiter = make_recruiter()
    own, _token = make_api_key(recruiter)
    other, _token = make_api_key(make_administrator())
    client.force_login(recruiter)
    assert [key.pk for key in client.get(KEYS).context["cl"].result_list] == [own.pk]

    client.post(KEYS, {"action": "revoke", "_selected_action": [own.pk, other.pk], "select_across": "1"})

    assert ApiKey.objects.get(pk=own.pk).revoked_at is not None
    assert ApiKey.objects.get(pk=other.pk).revoked_at is None


@pytest.mark.parametrize("count", [1, 3])
def test_keys_cost_the_same_for_one_and_three(
    client: Client, administrator: User, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _number in range(count):
        make_api_key(administrator)
    client.get(KEYS)

    # Session, user, roles, count, keys with their owners, organisation, signs.
    with django_assert_num_queries(7):
        client.get(KEYS)


def test_the_organisation_has_one_form(client: Client, administrator: User) -> None:
    assert client.get("/admin/accounts/organisation/")["Location"] == "/admin/accounts/organisation/1/change/"
    form = {"name": "Larkfield", "accent": "#4f46e5", "time_zone": "Europe/Berlin", "language": "en"}

    response = client.post("/admin/accounts/organisation/1/change/", form)

    assert response.status_code == 302
    assert Organisation.objects.get().name == "Larkfield"
    assert client.get("/admin/accounts/organisation/2/change/").status_code == 302
    assert client.get("/admin/accounts/organisation/add/").status_code == 403


def test_every_page_says_sample_data_when_it_is(client: Client, administrator: User) -> None:
    pages = [
        "/accounts/login/",
        "/nothing/",
        COLLEAGUES,
        f"{COLLEAGUES}add/",
        "/admin/accounts/organisation/1/change/",
    ]
    make_organisation(is_sample=False)
    assert not any("Sample data" in client.get(path, follow=True).content.decode() for path in pages)

    make_organisation(is_sample=True)

    assert all("Sample data" in client.get(path, follow=True).content.decode() for path in pages)


def test_case_17_eval_input_code_for_the_ids_of_keys_revokes_none(
    client: Client, administrator: User, code_as_text: list[str]
) -> None:
    key, _token = make_api_key(administrator)

    answers = [
        client.post(KEYS, {"action": action, "_selected_action": [text]})
        for text in code_as_text
        for action in ("revoke", text)
    ]

    assert {answer.status_code for answer in answers} == {302}
    assert ApiKey.objects.get(pk=key.pk).revoked_at is None


@pytest.mark.parametrize("who", ["recruiter", "administrator"])
@pytest.mark.parametrize(
    ("address", "lookup"),
    [
        (COLLEAGUES, "password__startswith"),
        (COLLEAGUES, "password__gt"),
        (COLLEAGUES, "is_superuser__exact"),
        (COLLEAGUES, "last_login__gt"),
        (KEYS, "secret_hash__startswith"),
        (KEYS, "owner__password__startswith"),
    ],
)
def test_case_70_admin_lookup_of_what_a_list_does_not_show_is_refused(
    client: Client, who: str, address: str, lookup: str
) -> None:
    user = make_recruiter() if who == "recruiter" else make_administrator()
    make_api_key(user)
    client.force_login(user)

    # Whether it finds somebody or nobody would be an answer, and letter by letter the whole of it.
    answers = {client.get(address, {lookup: value}).status_code for value in ("a", "2020-01-01", "1", "z")}

    assert answers == {400}
    assert client.get(COLLEAGUES, {"is_active__exact": "1", "full_name": user.full_name}).status_code == 200
