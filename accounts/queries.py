"""Reads of accounts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hmac import compare_digest
from time import monotonic

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.enums import Role, Scope
from accounts.models import Actor, ApiKey, Organisation, User
from accounts.registries import EVERYTHING, Everything
from accounts.rules import hash_secret, is_code, normalise_email

LATELY = 3.0
_lately: tuple[float, Organisation] | None = None


def organisation() -> Organisation:
    """Return the organisation; its defaults where nobody has set anything yet. One query.

    The careers introduction is long and stands on one page alone: reading it costs another.
    """
    return Organisation.objects.defer("careers_introduction").filter(pk=1).first() or Organisation(pk=1)


def organisation_lately(*, within: float = LATELY) -> Organisation:
    """Return the organisation as this process read it, at most `within` seconds ago. One query every so often.

    For pages that thousands of people open at one time, and that tell nobody what was saved a moment ago.
    """
    global _lately  # noqa: PLW0603 -- one a process
    kept = _lately
    if kept is None or monotonic() - kept[0] > within:
        _lately = kept = (monotonic(), organisation())
    return kept[1]


def forget_organisation() -> None:
    """Let the next `organisation_lately` read it anew."""
    global _lately  # noqa: PLW0603 -- one a process
    _lately = None


def role_words(user: User) -> str:
    """Return the names of a colleague's roles in the organisation, "" without any. No query where groups are there."""
    names = {group.name for group in user.groups.all()}
    return ", ".join(str(role.label) for role in Role if role.value in names)


def key_standing(key: ApiKey) -> tuple[str, str]:
    """Return whether an API key (with its owner) opens anything, in words, and the tone of it. Costs no query."""
    if key.revoked_at is not None:
        return _("Revoked"), "bad"
    if key.expires_at <= timezone.now():
        return _("Expired"), "attention"
    if not key.owner.is_active:
        return _("Owner is not active"), "bad"
    return _("Good"), "good"


def scope_words(key: ApiKey) -> str:
    """Return what an API key may do, in one line. Costs no query."""
    return "; ".join(str(Scope(scope).label) for scope in key.scopes if scope in Scope.values)


def user_of(address: str) -> User | None:
    """Return the colleague who has `address`, active or not, or None. One query."""
    user: User | None = User.objects.filter(email=normalise_email(address)).first()
    return user


def active_user(address: str) -> User | None:
    """Return the colleague who signs in with `address`, or None for nobody and those who are shut out. One query."""
    user: User | None = User.objects.filter(email=normalise_email(address), is_active=True).first()
    return user


def has_second_step(user: User) -> bool:
    """Whether `user` is asked for a code besides the password. One query."""
    return bool(Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists())


@dataclass(frozen=True)
class WaysIn:
    """How somebody may prove who they are, besides a password."""

    second_step_since: datetime | None
    codes_left: int
    # What people call the provider; "" where there is none.
    single_sign_on: str
    is_linked: bool


def ways_in(user: User) -> WaysIn:
    """Return how `user` signs in besides the password. Two queries, one without single sign-on."""
    held = {authenticator.type: authenticator for authenticator in Authenticator.objects.filter(user=user)}
    step, codes = held.get(Authenticator.Type.TOTP), held.get(Authenticator.Type.RECOVERY_CODES)
    return WaysIn(
        second_step_since=step.created_at if step else None,
        codes_left=len(codes.wrap().get_unused_codes()) if codes else 0,
        single_sign_on=settings.SINGLE_SIGN_ON,
        is_linked=bool(settings.SINGLE_SIGN_ON) and SocialAccount.objects.filter(user=user).exists(),
    )


def find_key(token: str, *, now: datetime) -> ApiKey | None:
    """Return the good key that `token` ("sl_<public id>_<secret>") opens, or None. One query, constant-time compare."""
    key = _key_of(token)
    return key if key is not None and key.is_good(now=now) else None


def has_ended(token: str) -> bool:
    """Whether `token` is a key that was good once: revoked, expired, or of somebody who left. One query."""
    return _key_of(token) is not None


def _key_of(token: str) -> ApiKey | None:
    prefix, _, rest = token.partition("_")
    public_id, _, secret = rest.partition("_")
    if prefix != "sl" or not is_code(public_id) or not secret:
        return None
    key = ApiKey.objects.select_related("owner").filter(public_id=public_id).first()
    if key is None or not compare_digest(key.secret_hash, hash_secret(secret)):
        return None
    return key


def users_for_colleagues(actor: Actor) -> Everything | None:
    """Grant: everyone who signs in, and their keys, may see who else does."""
    return EVERYTHING if actor.user is not None else None


def organisation_for_colleagues(actor: Actor) -> Everything | None:
    """Grant: everyone who signs in may see what the organisation says of itself."""
    return EVERYTHING if actor.user is not None else None


def keys_of_owner(actor: Actor) -> Q | Everything | None:
    """Grant: one's own API keys, all of them for administrators. A key sees no keys."""
    if actor.user is None or actor.api_key is not None:
        return None
    return EVERYTHING if actor.has_role(Role.ADMINISTRATOR) else Q(owner_id=actor.user.pk)
