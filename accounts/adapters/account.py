"""Signing in by password: who may sign up, what counts as a guess, how mail goes out."""

from __future__ import annotations

import logging
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context as library
from allauth.mfa.adapter import DefaultMFAAdapter
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import operations, queries
from accounts.models import Actor
from accounts.rules import GuessDoor

logger = logging.getLogger(__name__)


class AccountAdapter(DefaultAccountAdapter):
    """Nobody signs up by themselves: colleagues are invited. Guesses are counted in one place for every door."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": _("The email address or the password is not right."),
        "too_many_login_attempts": _("Too many wrong tries. Wait five minutes, then try again."),
        "too_many_resets": _(
            "A new password was asked for too often. Wait a quarter of an hour, then try again."
        ),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        try:
            return str(super().get_client_ip(request))
        except ImproperlyConfigured:
            # Somebody came past the proxies: then the peer is who they are.
            return str(request.META["REMOTE_ADDR"])

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Mail goes through the outbox alone; what the library would send on its own nobody asked for."""
        logger.warning("The sign-in library wanted to send %s, which this site does not.", template_prefix)

    def set_password(self, user: Any, password: str) -> None:
        """Change the password of somebody who is signed in, by the operation that also closes their mailed links."""
        operations.set_password(
            user=user, encoded=make_password(password), by=Actor.of_user(user), now=timezone.now()
        )

    def take_guess(self, address: str, *, door: GuessDoor = GuessDoor.SIGN_IN) -> None:
        """Count a guess of this request at `address`. Raises `ValidationError` when there were too many."""
        peer = self.get_client_ip(library.request)
        if not operations.take_guess(peer=peer, address=address, door=door, now=timezone.now()):
            raise self.validation_error(
                "too_many_login_attempts" if door is GuessDoor.SIGN_IN else "too_many_resets"
            )

    def give_back(self, address: str) -> None:
        """Take back the guess of this request: it was right."""
        operations.give_back(peer=self.get_client_ip(library.request), address=address)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        self.take_guess(str(credentials.get("email", "")))

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        user = super().authenticate(request, **credentials)
        if user is None:
            operations.note_failed_sign_in(now=timezone.now())
        else:
            self.give_back(str(credentials.get("email", "")))
        return user


class SecondStepAdapter(DefaultMFAAdapter):
    """The second step, as it is called in people's apps."""

    def get_totp_issuer(self) -> str:
        return queries.organisation().name
