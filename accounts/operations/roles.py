"""Roles in the organisation: who has which, and what code says that each may do."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.contrib.auth.models import Group, Permission
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.enums import Role
from accounts.models import Actor, User
from accounts.operations.access import require_administrator
from accounts.operations.telling import tell
from accounts.registries import role_permissions


@transaction.atomic
def set_roles(*, user: User, roles: Iterable[Role], by: Actor, now: datetime) -> None:
    """Give `user` exactly the organisation `roles`. The administrator's role is a superuser of Django's admin.

    Raises `PermissionDenied` unless an administrator or the system asks, `ValidationError` when nobody would be left
    who administers. The same roles again change nothing.
    """
    require_administrator(by)
    names = {Role(role).value for role in roles}
    user.forget_roles()
    before = set(user.role_names())
    if names == before and user.is_superuser == (Role.ADMINISTRATOR in names):
        return
    if Role.ADMINISTRATOR in before and Role.ADMINISTRATOR not in names:
        someone_must_administer(without=user, field="roles")
    for name in sorted(names):
        Group.objects.get_or_create(name=name)
    user.groups.set([*user.groups.exclude(name__in=Role.values), *Group.objects.filter(name__in=names)])
    user.is_superuser = Role.ADMINISTRATOR in names
    user.save(update_fields=["is_superuser"])
    user.forget_roles()
    tell(
        "accounts.roles_changed",
        user,
        by=by,
        now=now,
        data={"added": sorted(names - before), "removed": sorted(before - names)},
    )


def someone_must_administer(*, without: User, field: str) -> None:
    # Locked, so that two administrators who shut each other out at one moment do not both succeed.
    administrators = User.objects.select_for_update().filter(is_superuser=True, is_active=True).order_by("pk")
    if {administrator.pk for administrator in administrators} <= {without.pk}:
        raise ValidationError(
            {field: _("Nobody else administers this site. Make another colleague an administrator first.")}
        )


@transaction.atomic
def sync_roles(*, app_label: str | None = None) -> None:
    """Make the groups of the roles, with exactly the permissions that apps registered for them.

    With `app_label` only the permissions of that app's models are looked at. Run after every migration.
    """
    permissions = Permission.objects.select_related("content_type")
    if app_label is not None:
        permissions = permissions.filter(content_type__app_label=app_label)
    by_code = {
        (permission.content_type.app_label, permission.content_type.model, permission.codename): permission
        for permission in permissions
    }
    for role in Role:
        group, _created = Group.objects.get_or_create(name=role.value)
        wanted = {
            by_code[app, model, f"{action}_{model}"]
            for (app, model), actions in role_permissions(role).items()
            for action in actions
            if (app, model, f"{action}_{model}") in by_code
        }
        held = set(group.permissions.filter(pk__in=[permission.pk for permission in by_code.values()]))
        group.permissions.remove(*(held - wanted))
        group.permissions.add(*(wanted - held))
