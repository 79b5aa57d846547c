"""What roles may do in this installation, where it differs from the code."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Actor, RoleRule
from accounts.operations.access import require_administrator
from accounts.operations.telling import tell
from accounts.registries import Capability, capabilities


@transaction.atomic
def set_role_rules(*, allowed: Mapping[tuple[str, str], bool], by: Actor, now: datetime) -> int:
    """Let roles have capabilities or not, by (role, code), and return how many of them that changed.

    What is not named stays as it is. It counts from the next request of everybody on. Side effects: an event of each
    change. Raises `PermissionDenied` unless an administrator or the system asks, `ValidationError` for what is fixed.
    """
    require_administrator(by)
    known = {capability.code: capability for capability in capabilities()}
    kept = {(rule.role, rule.capability): rule for rule in RoleRule.objects.order_by("pk")}
    changes = 0
    for (role, code), is_allowed in allowed.items():
        capability = known.get(code)
        if capability is None or role not in capability.changeable:
            raise ValidationError(_("“%s” cannot be changed for this role.") % _title(capability, code))
        is_default = role in capability.defaults
        rule = kept.get((role, code))
        if is_allowed == (rule.allowed if rule else is_default):
            continue
        changes += 1
        if is_allowed == is_default:
            RoleRule.objects.filter(role=role, capability=code).delete()
            rule = RoleRule(role=role, capability=code)
        else:
            rule, _created = RoleRule.objects.update_or_create(
                role=role,
                capability=code,
                defaults={"allowed": is_allowed, "changed_by": by.user, "changed_at": now},
            )
        data: dict[str, object] = {"role": role, "capability": code, "allowed": is_allowed}
        tell("role.changed", rule, by=by, now=now, data=data)
    if by.user is not None:
        by.user.forget_roles()
    return changes


def _title(capability: Capability | None, code: str) -> str:
    return str(capability.title) if capability else code
