"""Keys of programs."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import OperationalError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.enums import Scope
from accounts.models import Actor, ApiKey, User
from accounts.operations.access import require_owner
from accounts.operations.telling import tell
from accounts.rules import hash_secret, random_code
from accounts.validators import clean_name

logger = logging.getLogger(__name__)

KEY_USE_STEP = timedelta(hours=1)


@transaction.atomic
def create_api_key(
    *, name: str, owner: User, scopes: Iterable[Scope], expires_at: datetime, by: Actor, now: datetime
) -> tuple[ApiKey, str]:
    """Create a key for `owner` and return it with its token, which is shown once and stored nowhere.

    Raises `PermissionDenied` when somebody who does not administer asks for another's key, `ValidationError` keyed by
    field when the key would have no scope, no readable name, or be expired from the start.
    """
    require_owner(owner, by)
    chosen = sorted({Scope(scope).value for scope in scopes})
    if not chosen:
        raise ValidationError({"scopes": _("Choose at least one thing that the key may do.")})
    if expires_at <= now:
        raise ValidationError({"expires_at": _("Choose a moment in the future.")})
    secret = secrets.token_urlsafe(32)
    key = ApiKey(
        public_id=random_code(),
        secret_hash=hash_secret(secret),
        name=clean_name(name, field="name"),
        owner=owner,
        scopes=chosen,
        created_at=now,
        expires_at=expires_at,
    )
    key.full_clean(exclude=["secret_hash", "public_id"])
    key.save()
    tell("accounts.key_created", key, by=by, now=now, data={"scopes": chosen})
    return key, f"sl_{key.public_id}_{secret}"


@transaction.atomic
def revoke_api_key(*, key: ApiKey, by: Actor, now: datetime) -> None:
    """Make `key` useless from now on. Doing it twice keeps the first moment.

    Raises `PermissionDenied` when somebody who does not administer asks for another's key.
    """
    require_owner(key.owner, by)
    if ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=now):
        key.revoked_at = now
        tell("accounts.key_revoked", key, by=by, now=now)


def note_key_use(*, key: ApiKey, now: datetime) -> None:
    """Keep when `key` was last used, to the hour: reading must not cost a write each time. At most one query."""
    before = now - KEY_USE_STEP
    if key.last_used_at is not None and key.last_used_at > before:
        return
    unnoted = ApiKey.objects.filter(Q(last_used_at=None) | Q(last_used_at__lte=before), pk=key.pk)
    try:
        noted = unnoted.update(last_used_at=now)
    except OperationalError:
        # A database that takes no writes still reads, and reading is what most keys are for.
        logger.warning("The use of API key %s was not noted.", key.pk)
        return
    if noted:
        key.last_used_at = now
