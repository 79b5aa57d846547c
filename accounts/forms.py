"""The forms with which colleagues prove who they are."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import ChangePasswordForm as LibraryChangePasswordForm
from allauth.account.forms import LoginForm
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from django.utils.translation import gettext_lazy as _


class SignInForm(LoginForm):
    """The library's form with labels that stand alone: a placeholder is gone as soon as one types."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("Email address")
        if "remember" in self.fields:
            self.fields["remember"].label = _("Stay signed in on this device")
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)


class CountedCode:
    """Counts wrong codes of the second step together with wrong passwords of the same person."""

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


class ChangePasswordForm(LibraryChangePasswordForm):
    """A new password for somebody who knows the old one. Whoever found an open session may not guess at it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["oldpassword"].label = _("Password until now")
        self.fields["password1"].label = _("New password")
        self.fields["password2"].label = _("New password again")
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)

    def clean_oldpassword(self) -> str:
        adapter = get_adapter()
        adapter.take_guess(self.user.email)
        password: str = super().clean_oldpassword()
        adapter.give_back(self.user.email)
        return password
