"""The forms with which colleagues prove who they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import ChangePasswordForm as LibraryChangePasswordForm
from allauth.account.forms import LoginForm
from allauth.account.forms import ReauthenticateForm as LibraryReauthenticateForm
from allauth.account.forms import SetPasswordForm as LibrarySetPasswordForm
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.forms import Field
    from django.utils.functional import _StrPromise as StrPromise


class PlainLabels:
    """The library's forms with labels that stand alone: a placeholder is gone as soon as one types."""

    labels: Mapping[str, StrPromise] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Field] = self.fields  # type: ignore[attr-defined]
        for name, field in fields.items():
            field.label = self.labels.get(name, field.label)
            field.widget.attrs.pop("placeholder", None)


class SignInForm(PlainLabels, LoginForm):
    """Signing in."""

    labels = {
        "login": _("Email address"),
        "password": _("Password"),
        "remember": _("Stay signed in on this device"),
    }


class AgainForm(PlainLabels, LibraryReauthenticateForm):
    """The password once more, before something delicate."""


class FirstPasswordForm(PlainLabels, LibrarySetPasswordForm):
    """A password for somebody who came in without one."""

    labels = {"password1": _("New password"), "password2": _("New password again")}


class SetUpSecondStepForm(PlainLabels, ActivateTOTPForm):
    """The first code of an app that was just set up."""

    labels = {"code": _("The six digits")}


class CountedCode(PlainLabels):
    """Counts wrong codes of the second step together with wrong passwords of the same person."""

    labels = {"code": _("Code")}
    user: Any

    def clean_code(self) -> str:
        adapter = get_adapter()
        adapter.take_guess(self.user.email)
        code: str = super().clean_code()  # type: ignore[misc]
        adapter.give_back(self.user.email)
        return code


class SecondStepForm(CountedCode, AuthenticateForm):
    """The code of the second step when signing in."""


class SecondStepAgainForm(CountedCode, ReauthenticateForm):
    """The code of the second step before something delicate."""


class ChangePasswordForm(PlainLabels, LibraryChangePasswordForm):
    """A new password for somebody who knows the old one. Whoever found an open session may not guess at it."""

    labels = {
        "oldpassword": _("Password until now"),
        "password1": _("New password"),
        "password2": _("New password again"),
    }

    def clean_oldpassword(self) -> str:
        adapter = get_adapter()
        adapter.take_guess(self.user.email)
        password: str = super().clean_oldpassword()
        adapter.give_back(self.user.email)
        return password
