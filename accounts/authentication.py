"""How programs sign in to the API, and what their scopes allow."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from allauth.account.adapter import get_adapter
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, Throttled
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from accounts import operations, queries
from accounts.enums import Scope
from accounts.models import ApiKey, User
from accounts.rules import GUESS_LIMITS, GuessDoor

if TYPE_CHECKING:
    from rest_framework.views import APIView

KEYWORD = "Bearer"


class ApiKeyAuthentication(BaseAuthentication):
    """`Authorization: Bearer sl_…`. A key in the address is never read: addresses end up in logs."""

    def authenticate(self, request: Request) -> tuple[User, ApiKey] | None:
        keyword, _space, token = request.headers.get("Authorization", "").partition(" ")
        if keyword.lower() != KEYWORD.lower():
            return None
        now = timezone.now()
        key = queries.find_key(token.strip(), now=now)
        if key is None:
            # A program that goes on with a key that ended is no guess, or it would shut out all of its network.
            if not queries.has_ended(token.strip()):
                self.count_guess(request, now)
            # The same words for unknown, revoked and expired keys.
            raise AuthenticationFailed(
                _("This API key is not valid. Make a new one under Settings, API keys.")
            )
        operations.note_key_use(key=key, now=now)
        return key.owner, key

    def count_guess(self, request: Request, now: datetime) -> None:
        """Count a wrong key with what else this network guesses at. Raises `Throttled` when it was too much.

        A good key is never asked how often others of its network were wrong.
        """
        if not operations.take_guess(peer=get_adapter().get_client_ip(request._request), now=now):
            raise Throttled(wait=GUESS_LIMITS[GuessDoor.SIGN_IN].peer.within.total_seconds())

    def authenticate_header(self, request: Request) -> str:
        return KEYWORD


class HasScope(BasePermission):
    """Signed-in colleagues pass (what they may do is the operation's matter); keys need the scope of the call.

    A view names what writing takes in `write_scope`; without one it is read-only for keys.
    """

    def has_permission(self, request: Request, view: APIView) -> bool:
        if not request.user.is_authenticated or not request.user.is_staff:
            return False
        if not isinstance(request.auth, ApiKey):
            return True
        if not hasattr(view, str(request.method).lower()):
            # Nobody may: the answer is that there is no such method here.
            return True
        needed = Scope.READ if request.method in SAFE_METHODS else getattr(view, "write_scope", None)
        return needed is not None and needed in request.auth.scopes
