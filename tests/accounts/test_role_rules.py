from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from accounts import operations
from accounts.models import Actor, RoleRule, User
from accounts.registries import _capabilities, register_capability, roles_with
from outbox.models import Event
from tests.factories.accounts import NOW, make_administrator, make_recruiter

pytestmark = pytest.mark.django_db
CODE = "tests.juggle"


@pytest.fixture(autouse=True)
def juggling() -> Iterator[None]:
    register_capability(CODE, "Juggle", ("recruiter",), group="Circus", changeable=("recruiter", "analyst"))
    yield
    _capabilities.pop(CODE)


def rule(role: str, *, allowed: bool, by: User | None = None) -> int:
    who = Actor.system() if by is None else Actor.of_user(by)
    return operations.set_role_rules(allowed={(role, CODE): allowed}, by=who, now=NOW)


def roles() -> set[str]:
    return set(roles_with(CODE, Actor.of_user(make_recruiter())))


def test_a_rule_is_what_differs_from_the_default_and_is_told() -> None:
    administrator = make_administrator()

    assert roles() == {"recruiter"}
    assert rule("analyst", allowed=True, by=administrator) == 1
    assert roles() == {"recruiter", "analyst"}
    assert rule("recruiter", allowed=False, by=administrator) == 1
    assert roles() == {"analyst"}
    assert rule("recruiter", allowed=False, by=administrator) == 0
    assert rule("recruiter", allowed=True, by=administrator) == 1
    assert roles() == {"recruiter", "analyst"}
    assert [(row.role, row.allowed, row.changed_by) for row in RoleRule.objects.all()] == [
        ("analyst", True, administrator)
    ]
    told = Event.objects.filter(kind="role.changed").order_by("pk")
    assert [(event.actor_user, event.data) for event in told] == [
        (administrator, {"role": role, "capability": CODE, "allowed": allowed})
        for role, allowed in (("analyst", True), ("recruiter", False), ("recruiter", True))
    ]


def test_what_is_fixed_stays_and_only_administrators_change_the_rest() -> None:
    with pytest.raises(ValidationError):
        rule("interviewer", allowed=True)
    with pytest.raises(ValidationError):
        operations.set_role_rules(allowed={("recruiter", "tests.fly"): True}, by=Actor.system(), now=NOW)
    with pytest.raises(PermissionDenied):
        rule("analyst", allowed=True, by=make_recruiter())

    assert roles() == {"recruiter"}
    assert not RoleRule.objects.exists()


def test_roles_and_rules_come_in_one_query(django_assert_num_queries) -> None:
    rule("analyst", allowed=True)
    actor = Actor.of_user(User.objects.get(pk=make_recruiter().pk))

    with django_assert_num_queries(1):
        assert actor.roles == {"recruiter"}
        assert roles_with(CODE, actor) == {"recruiter", "analyst"}
