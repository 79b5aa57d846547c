"""Reads of accounts."""

from __future__ import annotations

from datetime import datetime
from hmac import compare_digest

from allauth.mfa.models import Authenticator
from django.db.models import Q

from accounts.enums import Role
from accounts.models import Actor, ApiKey, Organisation, User
from accounts.registries import EVERYTHING, Everything
from accounts.rules import hash_secret, is_code, normalise_email


def organisation() -> Organisation:
    """Return the organisation; its defaults where nobody has set anything yet. One query."""
    return Organisation.objects.filter(pk=1).first() or Organisation(pk=1)


def active_user(address: str) -> User | None:
    """Return the colleague who signs in with `address`, or None for nobody and those who are shut out. One query."""
    user: User | None = User.objects.filter(email=normalise_email(address), is_active=True).first()
    return user


def has_second_step(user: User) -> bool:
    """Whether `user` is asked for a code besides the password. One query."""
    return bool(Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists())


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
