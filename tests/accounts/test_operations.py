from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied, ValidationError

from accounts import operations, queries
from accounts.enums import Role, Scope
from accounts.models import Actor, ApiKey, Organisation, User
from outbox.models import Event
from tests.factories.accounts import (
    NOW,
    make_administrator,
    make_api_key,
    make_organisation,
    make_recruiter,
    make_user,
)
from tests.servers.parallel import run_all

pytestmark = pytest.mark.django_db


def test_create_user_writes_address_and_event() -> None:
    user = make_user(Role.RECRUITER, email=" Ada.Lovelace@Example.ORG ", full_name="  Ada   Lovelace ")

    assert (user.email, user.full_name) == ("ada.lovelace@example.org", "Ada Lovelace")
    assert user.role_names() == {"recruiter"}
    assert list(EmailAddress.objects.values_list("email", "verified", "primary")) == [
        (user.email, True, True)
    ]
    kinds = Event.objects.filter(about_id=user.pk).order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["accounts.user_created", "accounts.roles_changed"]


def test_create_user_without_password_opens_nothing() -> None:
    user = make_user(password=None)

    assert not user.has_usable_password()


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"email": "not an address"}, "email"),
        ({"email": "taken@example.org"}, "email"),
        ({"full_name": "   "}, "full_name"),
        ({"full_name": "Ada\r\nBcc: all@example.org"}, "full_name"),
        ({"password": "short"}, "password"),
        ({"password": "password1234"}, "password"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"language": "tlh"}, "language"),
    ],
)
def test_create_user_with_bad_input_names_the_field(fields: dict[str, str], field: str) -> None:
    make_user(email="taken@example.org")

    with pytest.raises(ValidationError) as refused:
        make_user(**fields)

    assert list(refused.value.message_dict) == [field]
    assert User.objects.count() == 1


@pytest.mark.parametrize("text", ["a\x00b", "a\ud800b", "a\u202eb", "a\u2028b", "a\x1b[31mb"])
def test_case_21_nul_bytes_in_a_colleagues_name_are_refused(text: str) -> None:
    with pytest.raises(ValidationError) as refused:
        make_user(full_name=text)

    assert list(refused.value.message_dict) == ["full_name"]


def test_case_21_nul_bytes_twins_of_one_name_are_stored_alike() -> None:
    composed, decomposed = (
        make_user(full_name="Zo\u00eb \U0001f642"),
        make_user(full_name="Zoe\u0308 \U0001f642"),
    )

    assert composed.full_name == decomposed.full_name


def test_set_roles_gives_exactly_these() -> None:
    make_administrator()
    user = make_user(Role.RECRUITER, Role.ANALYST)
    Group.objects.get_or_create(name="from another system")[0].user_set.add(user)

    operations.set_roles(user=user, roles=[Role.ADMINISTRATOR], by=Actor.system(), now=NOW)

    user = User.objects.get(pk=user.pk)
    assert user.role_names() == {"administrator"}
    assert user.is_superuser
    assert user.groups.filter(name="from another system").exists()
    event = Event.objects.filter(kind="accounts.roles_changed").latest("pk")
    assert event.data == {"added": ["administrator"], "removed": ["analyst", "recruiter"]}


def test_case_67_escalate_self_by_any_operation_is_refused() -> None:
    administrator, recruiter = make_administrator(), make_recruiter()
    key, _token = make_api_key(administrator)
    words = {"email": "x@example.org", "full_name": "X", "time_zone": "", "language": ""}
    for by in (Actor.of_user(recruiter), Actor.of_key(key)):
        for call in (
            partial(operations.set_roles, user=recruiter, roles=[Role.ADMINISTRATOR]),
            partial(operations.create_user, **words, password=None, roles=[Role.ADMINISTRATOR]),
            partial(operations.update_user, user=administrator, **words),
            partial(operations.deactivate_user, user=administrator),
            partial(operations.activate_user, user=administrator),
            partial(operations.invite_user, user=administrator),
            partial(operations.set_organisation, name="Mine"),
        ):
            with pytest.raises(PermissionDenied):
                call(by=by, now=NOW)

    assert not User.objects.get(pk=recruiter.pk).is_superuser
    assert User.objects.get(pk=administrator.pk).is_active


def test_the_last_administrator_stays() -> None:
    administrator = make_administrator()
    make_administrator(email="gone@example.org")
    operations.deactivate_user(
        user=User.objects.get(email="gone@example.org"), by=Actor.of_user(administrator), now=NOW
    )

    with pytest.raises(ValidationError):
        operations.set_roles(user=administrator, roles=[Role.RECRUITER], by=Actor.system(), now=NOW)
    with pytest.raises(ValidationError):
        operations.deactivate_user(user=administrator, by=Actor.system(), now=NOW)

    assert User.objects.filter(is_superuser=True, is_active=True).count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_administrators_who_demote_each_other_leave_one(race_rounds: int) -> None:
    for _round in range(race_rounds):
        pair = [make_administrator(), make_administrator()]
        User.objects.filter(is_superuser=True).exclude(pk__in=[user.pk for user in pair]).update(
            is_superuser=False
        )

        run_all(
            [partial(operations.set_roles, user=user, roles=[], by=Actor.system(), now=NOW) for user in pair]
        )

        assert User.objects.filter(is_superuser=True).count() == 1


def test_deactivate_user_ends_password_and_keys() -> None:
    administrator, user = make_administrator(), make_user()
    key, token = make_api_key(user)

    operations.deactivate_user(user=user, by=Actor.of_user(administrator), now=NOW)

    key.refresh_from_db()
    assert (user.is_active, user.has_usable_password(), key.revoked_at) == (False, False, NOW)
    assert queries.find_key(token, now=NOW) is None


def test_deactivate_oneself_is_refused() -> None:
    make_administrator()
    administrator = make_administrator()

    with pytest.raises(ValidationError):
        operations.deactivate_user(user=administrator, by=Actor.of_user(administrator), now=NOW)


def test_activate_user_keeps_roles_and_opens_no_old_door() -> None:
    user = make_recruiter()
    _key, token = make_api_key(user)
    operations.deactivate_user(user=user, by=Actor.system(), now=NOW)

    operations.activate_user(user=user, by=Actor.system(), now=NOW)

    user = User.objects.get(pk=user.pk)
    assert (user.is_active, user.has_usable_password(), user.role_names()) == (True, False, {"recruiter"})
    assert queries.find_key(token, now=NOW) is None


def test_api_key_opens_until_it_expires() -> None:
    key, token = make_api_key(make_user(), Scope.READ, expires_at=NOW + timedelta(days=1))

    assert queries.find_key(token, now=NOW) == key
    assert queries.find_key(token, now=NOW + timedelta(days=1)) is None
    assert token not in str(ApiKey.objects.values())


@pytest.mark.parametrize(
    "token", ["", "sl_", "sl_x_y", "sl__", "x" * 5000, "sl_\x00_\x00", "Bearer", "sl_ü_ß"]
)
def test_case_62_none_equals_none_for_keys(token: str) -> None:
    make_api_key(make_user())

    assert queries.find_key(token, now=NOW) is None


def test_api_key_of_somebody_else_is_refused() -> None:
    owner, colleague = make_recruiter(), make_recruiter()
    key, _token = make_api_key(owner)

    with pytest.raises(PermissionDenied):
        operations.revoke_api_key(key=key, by=Actor.of_user(colleague), now=NOW)
    with pytest.raises(PermissionDenied):
        operations.create_api_key(
            name="Mine",
            owner=owner,
            scopes=[Scope.READ],
            expires_at=NOW + timedelta(days=1),
            by=Actor.of_user(colleague),
            now=NOW,
        )


def test_revoke_api_key_twice_keeps_the_first_moment() -> None:
    owner = make_recruiter()
    key, _token = make_api_key(owner)

    for moment in (NOW, NOW + timedelta(hours=1)):
        operations.revoke_api_key(key=key, by=Actor.of_user(owner), now=moment)

    key.refresh_from_db()
    assert key.revoked_at == NOW
    assert Event.objects.filter(kind="accounts.key_revoked").count() == 1


def test_set_organisation_changes_the_one_row() -> None:
    make_organisation(name="First")
    organisation = make_organisation(name="Second")

    assert Organisation.objects.get() == organisation
    assert queries.organisation().name == "Second"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "A\nB"),
        ("name", ""),
        ("site_address", "not an address"),
        ("time_zone", "Nowhere"),
        ("reply_to", "a@b@c"),
        ("privacy_contact", "nobody"),
    ],
)
def test_set_organisation_with_bad_input_names_the_field(field: str, value: str) -> None:
    with pytest.raises(ValidationError) as refused:
        make_organisation(**{field: value})

    assert list(refused.value.message_dict) == [field]


def test_grants_of_accounts() -> None:
    administrator, recruiter, outsider = make_administrator(), make_recruiter(), make_user()
    own, _token = make_api_key(recruiter)
    other, _token = make_api_key(outsider)

    def keys(actor: Actor) -> set[int]:
        return set(ApiKey.objects.visible_to(actor).values_list("pk", flat=True))

    assert keys(Actor.of_user(administrator)) == {own.pk, other.pk}
    assert keys(Actor.of_user(recruiter)) == {own.pk}
    assert keys(Actor.of_key(own)) == set()
    assert keys(Actor.of_link(link_id=1, person_ref="x")) == set()
    assert User.objects.visible_to(Actor.of_link(link_id=1, person_ref="x")).count() == 0
    assert User.objects.visible_to(Actor.of_user(outsider)).count() == 3


def test_choose_columns_keeps_few_short_words_of_each_list() -> None:
    user = make_user()
    choose = partial(operations.choose_columns, user=user, by=Actor.of_user(user))

    choose(name="people", columns=["a", "a", "b", "x" * 41, *map(str, range(100))])
    choose(name="tests", columns=[])
    choose(name="mail", columns=["c"])
    choose(name="mail", columns=None)

    kept = User.objects.get(pk=user.pk).list_columns
    assert kept == {"people": ["a", "b", *map(str, range(58))], "tests": []}


def test_choose_columns_is_for_oneself() -> None:
    with pytest.raises(PermissionDenied):
        operations.choose_columns(user=make_user(), name="x", columns=[], by=Actor.of_user(make_user()))
