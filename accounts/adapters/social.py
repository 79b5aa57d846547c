"""Single sign-on: who of those whom the provider knows is one of us."""

from __future__ import annotations

from typing import Any, NoReturn

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.providers.base import AuthError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts import operations, queries


class SocialAdapter(DefaultSocialAccountAdapter):
    """Lets in active colleagues alone: by the account that is linked, else by an address that the provider verified."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        if sociallogin.is_existing:
            if not sociallogin.user.is_active:
                refuse(request, "inactive")
            return
        address = next((email.email for email in sociallogin.email_addresses if email.verified), "")
        if not address:
            refuse(request, "unverified")
        user = queries.user_of(address)
        if user is None:
            refuse(request, "unknown", address=address)
        if not user.is_active:
            refuse(request, "inactive")
        account = operations.link_account(user=user, subject=sociallogin.account.uid, now=timezone.now())
        sociallogin.account, sociallogin.user = account, user

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,
        error: Any = None,
        exception: Exception | None = None,
        extra_context: dict[str, Any] | None = None,
    ) -> NoReturn:
        refuse(request, "cancelled" if error == AuthError.CANCELLED else "failed")


def refuse(request: HttpRequest, reason: str, *, address: str = "") -> NoReturn:
    """End the request with the page that says why nobody was signed in, and how to go on."""
    raise ImmediateHttpResponse(refusal(request, reason, address=address))


def refusal(request: HttpRequest, reason: str, *, address: str = "") -> HttpResponse:
    """Return that page. Nothing that the provider said is repeated but the address it vouches for."""
    status = 503 if reason == "away" else 403
    context = {"reason": reason, "address": address}
    return render(request, "account/single_sign_on_refused.html", context, status=status)
