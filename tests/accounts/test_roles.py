from __future__ import annotations

import pytest
from django.contrib.auth.models import Group, Permission

from accounts import operations
from accounts.enums import Role
from accounts.registries import register_role_permissions, role_permissions
from tests.factories.accounts import make_recruiter

pytestmark = pytest.mark.django_db


def test_roles_have_their_permissions_after_migrating() -> None:
    for role in Role:
        group = Group.objects.get(name=role.value)
        held = {
            (app, model, codename.split("_")[0])
            for app, model, codename in group.permissions.values_list(
                "content_type__app_label", "content_type__model", "codename"
            )
        }
        wanted = {(*label, action) for label, actions in role_permissions(role).items() for action in actions}
        assert held == wanted, role


def test_sync_roles_takes_back_what_is_not_registered() -> None:
    recruiter = make_recruiter()
    stray = Permission.objects.get(codename="delete_user", content_type__app_label="accounts")
    Group.objects.get(name=Role.RECRUITER).permissions.add(stray)

    operations.sync_roles()

    assert not recruiter.has_perm("accounts.delete_user")
    assert recruiter.has_perm("accounts.view_user")


def test_sync_roles_of_one_app_leaves_the_others() -> None:
    before = set(Group.objects.get(name=Role.RECRUITER).permissions.values_list("pk", flat=True))

    operations.sync_roles(app_label="outbox")

    assert set(Group.objects.get(name=Role.RECRUITER).permissions.values_list("pk", flat=True)) == before


def test_register_role_permissions_refuses_unknown_actions() -> None:
    with pytest.raises(ValueError, match="Unknown actions"):
        register_role_permissions(Role.ANALYST, {"accounts.User": {"peek"}})
