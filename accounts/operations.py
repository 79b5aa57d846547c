"""Writes of accounts: people, their roles, the organisation, keys of programs."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime

from django.contrib.auth.models import Group
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.enums import Role, Scope
from accounts.models import Actor, ApiKey, Organisation, User
from accounts.rules import hash_secret, normalise_email, random_code


@transaction.atomic
def create_user(
    *, email: str, full_name: str, password: str | None, roles: Iterable[Role], by: Actor, now: datetime
) -> User:
    """Create a colleague with organisation `roles`; without a password they must set one through a reset.

    Raises `ValidationError` keyed by field when the address is taken or malformed or the password is weak.
    """
    user = User(email=normalise_email(email), full_name=full_name.strip(), date_joined=now)
    if password is None:
        user.set_unusable_password()
    else:
        try:
            validate_password(password, user)
        except ValidationError as error:
            raise ValidationError({"password": error.messages}) from error
        user.set_password(password)
    user.full_clean(exclude=["password"])
    user.save()
    set_roles(user=user, roles=roles, by=by)
    return user


def set_roles(*, user: User, roles: Iterable[Role], by: Actor) -> None:
    """Give `user` exactly the organisation `roles`. The administrator's role is a superuser of Django's admin."""
    names = {Role(role).value for role in roles}
    for name in sorted(names):
        Group.objects.get_or_create(name=name)
    user.groups.set([*user.groups.exclude(name__in=Role.values), *Group.objects.filter(name__in=names)])
    user.is_superuser = Role.ADMINISTRATOR in names
    user.save(update_fields=["is_superuser"])
    user.__dict__.pop("_role_names", None)


def create_api_key(
    *, name: str, owner: User, scopes: Iterable[Scope], expires_at: datetime, by: Actor, now: datetime
) -> tuple[ApiKey, str]:
    """Create a key for `owner` and return it with its token, which is shown once and stored nowhere.

    Raises `ValidationError` when the key would have no scope or be expired from the start.
    """
    chosen = sorted({Scope(scope).value for scope in scopes})
    if not chosen:
        raise ValidationError({"scopes": _("Choose at least one thing that the key may do.")})
    if expires_at <= now:
        raise ValidationError({"expires_at": _("Choose a moment in the future.")})
    secret = secrets.token_urlsafe(32)
    key = ApiKey(
        public_id=random_code(),
        secret_hash=hash_secret(secret),
        name=name.strip(),
        owner=owner,
        scopes=chosen,
        created_at=now,
        expires_at=expires_at,
    )
    key.full_clean(exclude=["secret_hash", "public_id"])
    key.save()
    return key, f"sl_{key.public_id}_{secret}"


def revoke_api_key(*, key: ApiKey, by: Actor, now: datetime) -> None:
    """Make `key` useless from now on. Doing it twice keeps the first moment."""
    if ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=now):
        key.revoked_at = now


def set_organisation(*, by: Actor, **fields: object) -> Organisation:
    """Change the one row of the organisation and return it. Raises `ValidationError` keyed by field."""
    organisation = Organisation.objects.filter(pk=1).first() or Organisation(pk=1)
    for field, value in fields.items():
        setattr(organisation, field, value)
    organisation.full_clean(validate_constraints=False)
    organisation.save()
    return organisation
