"""What the history says of colleagues, roles and the organisation, whose room lies below this one."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from accounts.models import Actor, User
from accounts.registries import capabilities, role_titles
from shell.registries import Subject, register_events, register_subjects


def register() -> None:
    """Register the words and the ways. Called once, when the shell is ready."""
    register_events(
        "sign_ins",
        _("Signing in"),
        {
            "accounts.signed_in": _("Signed in"),
            "accounts.signed_out": _("Signed out"),
            "accounts.sign_in_failed": _("Could not sign in"),
            "accounts.sessions_ended": _("Signed out everywhere"),
            "accounts.password_set": _("Password set"),
            "accounts.second_step_removed": _("Second step removed"),
            "accounts.single_sign_on_linked": _("Single sign-on linked"),
            "accounts.link_handed_over": _("Sign-in link made, to hand over"),
        },
    )
    register_events(
        "permissions",
        _("Colleagues and what they may do"),
        {
            "accounts.user_created": _("Colleague added"),
            "accounts.user_invited": _("Colleague invited"),
            "accounts.user_changed": _("Colleague changed"),
            "accounts.user_activated": _("Colleague let in again"),
            "accounts.user_deactivated": _("Colleague shut out"),
            "accounts.address_changed": _("Address of a colleague changed"),
            "accounts.roles_changed": _("Roles of a colleague changed"),
            "role.changed": _("What a role may do changed"),
            "accounts.key_created": _("API key made"),
            "accounts.key_revoked": _("API key ended"),
            "accounts.work_handed_over": _("Work handed over"),
            "accounts.organisation_changed": _("Organisation changed"),
        },
        {"accounts.roles_changed": _roles, "role.changed": _rule},
    )
    register_subjects("accounts.user", _colleagues)


def _roles(data: Mapping[str, Any]) -> str:
    titles = {role.value: str(role.label) for role in Role}
    parts = [
        words % ", ".join(titles.get(code, code) for code in data.get(key, []))
        for key, words in (("added", gettext("given: %s")), ("removed", gettext("taken: %s")))
        if data.get(key)
    ]
    return "; ".join(parts)


def _rule(data: Mapping[str, Any]) -> str:
    titles = {capability.code: str(capability.title) for capability in capabilities()}
    code, role = str(data.get("capability", "")), str(data.get("role", ""))
    words = gettext("%(role)s: %(what)s, yes") if data.get("allowed") else gettext("%(role)s: %(what)s, no")
    return words % {"role": role_titles().get(role, role), "what": titles.get(code, code)}


def _colleagues(ids: Collection[int], actor: Actor) -> Mapping[int, Subject]:
    may_open = actor.has_role(Role.ADMINISTRATOR)
    rows = User.objects.filter(pk__in=ids).visible_to(actor)
    return {
        user.pk: Subject(str(user), reverse("admin:accounts_user_change", args=[user.pk]) if may_open else "")
        for user in rows
    }
