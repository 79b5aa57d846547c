"""Reads of accounts."""

from __future__ import annotations

from datetime import datetime
from hmac import compare_digest

from accounts.models import ApiKey, Organisation
from accounts.rules import hash_secret


def organisation() -> Organisation:
    """Return the organisation; its defaults where nobody has set anything yet. One query."""
    return Organisation.objects.filter(pk=1).first() or Organisation(pk=1)


def find_key(token: str, *, now: datetime) -> ApiKey | None:
    """Return the good key that `token` ("sl_<public id>_<secret>") opens, or None. One query, constant-time compare."""
    prefix, _, rest = token.partition("_")
    public_id, _, secret = rest.partition("_")
    if prefix != "sl" or not public_id or not secret:
        return None
    key = ApiKey.objects.select_related("owner").filter(public_id=public_id).first()
    if key is None or not compare_digest(key.secret_hash, hash_secret(secret)):
        return None
    return key if key.is_good(now=now) else None
