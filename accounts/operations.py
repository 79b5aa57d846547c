"""Writes of accounts: people, their roles, the organisation, keys of programs."""

from __future__ import annotations

import secrets
import zoneinfo
from collections.abc import Iterable
from datetime import datetime, timedelta

from allauth.account import app_settings
from allauth.account.models import EmailAddress
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.contrib.auth.password_validation import validate_password
from django.contrib.sessions.models import Session
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.enums import Role, Scope
from accounts.models import Actor, ApiKey, Organisation, User
from accounts.registries import role_permissions
from accounts.rules import has_unwanted_characters, hash_secret, normalise_email, random_code, tidy
from accounts.signals import changed

KEY_USE_STEP = timedelta(hours=1)
# No address ends in it (RFC 2606): what does was made up for the sample company.
MADE_UP = ".example"


class NotSampleData(Exception):  # noqa: N818 -- nothing broke, the answer is no
    """The organisation is a real one. What clears sample data away never touches it."""


@transaction.atomic
def create_user(
    *,
    email: str,
    full_name: str,
    password: str | None,
    roles: Iterable[Role],
    by: Actor,
    now: datetime,
    time_zone: str = "",
    language: str = "",
) -> User:
    """Create a colleague with organisation `roles`; without a password they must set one through a reset.

    Raises `PermissionDenied` unless an administrator or the system asks, `ValidationError` keyed by field when the
    address is taken or malformed, the name is empty or unreadable, or the password is weak.
    """
    _only_administrators(by)
    user = User(
        email=normalise_email(email),
        full_name=_clean_name(full_name),
        time_zone=_clean_time_zone(time_zone),
        language=_clean_language(language),
        date_joined=now,
    )
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
    # A second factor needs an address that is known to be theirs; whoever adds a colleague vouches for it.
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    _tell("accounts.user_created", user, by=by, now=now)
    set_roles(user=user, roles=roles, by=by, now=now)
    return user


@transaction.atomic
def update_user(
    *, user: User, email: str, full_name: str, time_zone: str, language: str, by: Actor, now: datetime
) -> User:
    """Change who a colleague is: name, address, zone, language.

    Raises `PermissionDenied` unless an administrator asks, `ValidationError` keyed by field for values that cannot be.
    """
    _only_administrators(by)
    user.email = normalise_email(email)
    user.full_name = _clean_name(full_name)
    user.time_zone = _clean_time_zone(time_zone)
    user.language = _clean_language(language)
    user.full_clean(exclude=["password"])
    user.save(update_fields=["email", "full_name", "time_zone", "language"])
    EmailAddress.objects.filter(user=user).exclude(email__iexact=user.email).delete()
    EmailAddress.objects.update_or_create(
        user=user, defaults={"email": user.email, "verified": True, "primary": True}
    )
    _tell("accounts.user_changed", user, by=by, now=now)
    return user


@transaction.atomic
def set_roles(*, user: User, roles: Iterable[Role], by: Actor, now: datetime) -> None:
    """Give `user` exactly the organisation `roles`. The administrator's role is a superuser of Django's admin.

    Raises `PermissionDenied` unless an administrator or the system asks, `ValidationError` when nobody would be left
    who administers. The same roles again change nothing.
    """
    _only_administrators(by)
    names = {Role(role).value for role in roles}
    user.__dict__.pop("_role_names", None)
    before = set(user.role_names())
    if names == before and user.is_superuser == (Role.ADMINISTRATOR in names):
        return
    if Role.ADMINISTRATOR in before and Role.ADMINISTRATOR not in names:
        _someone_must_administer(without=user, field="roles")
    for name in sorted(names):
        Group.objects.get_or_create(name=name)
    user.groups.set([*user.groups.exclude(name__in=Role.values), *Group.objects.filter(name__in=names)])
    user.is_superuser = Role.ADMINISTRATOR in names
    user.save(update_fields=["is_superuser"])
    user.__dict__.pop("_role_names", None)
    _tell(
        "accounts.roles_changed",
        user,
        by=by,
        now=now,
        data={"added": sorted(names - before), "removed": sorted(before - names)},
    )


@transaction.atomic
def deactivate_user(*, user: User, by: Actor, now: datetime) -> None:
    """Shut `user` out from the next request on: sessions end, the password opens nothing, their keys are revoked.

    What they did stays theirs in the history. Doing it twice changes nothing more. Raises `PermissionDenied` unless an
    administrator or the system asks, `ValidationError` for oneself and for the last administrator.
    """
    _only_administrators(by)
    if by.user is not None and by.user.pk == user.pk:
        raise ValidationError(_("You cannot deactivate yourself. Ask another administrator."))
    if user.is_superuser:
        _someone_must_administer(without=user, field="is_active")
    if not User.objects.filter(pk=user.pk, is_active=True).update(is_active=False):
        return
    user.is_active = False
    # Every session carries a digest of the password: another password ends all of them, also after a return.
    user.set_unusable_password()
    user.save(update_fields=["password"])
    ApiKey.objects.filter(owner=user, revoked_at=None).update(revoked_at=now)
    _tell("accounts.user_deactivated", user, by=by, now=now)


@transaction.atomic
def activate_user(*, user: User, by: Actor, now: datetime) -> None:
    """Let a deactivated colleague come back: their roles are as they were, the password has to be set anew.

    Raises `PermissionDenied` unless an administrator or the system asks. Doing it twice changes nothing more.
    """
    _only_administrators(by)
    if User.objects.filter(pk=user.pk, is_active=False).update(is_active=True):
        user.is_active = True
        _tell("accounts.user_activated", user, by=by, now=now)


@transaction.atomic
def make_sign_in_key(*, user: User, by: Actor, now: datetime) -> str:
    """Return "uid-token" for the page on which `user` sets a password; it works once and for a few days.

    Nothing that opens anything is stored. Raises `PermissionDenied` unless an administrator or the system asks,
    `ValidationError` for somebody who is not active.
    """
    _only_administrators(by)
    if not user.is_active:
        raise ValidationError(_("This colleague is not active. Switch “active” on first."))
    token = app_settings.PASSWORD_RESET_TOKEN_GENERATOR().make_token(user)
    _tell("accounts.sign_in_link_made", user, by=by, now=now)
    return f"{user_pk_to_url_str(user)}-{token}"


@transaction.atomic
def create_api_key(
    *, name: str, owner: User, scopes: Iterable[Scope], expires_at: datetime, by: Actor, now: datetime
) -> tuple[ApiKey, str]:
    """Create a key for `owner` and return it with its token, which is shown once and stored nowhere.

    Raises `PermissionDenied` when somebody who does not administer asks for another's key, `ValidationError` keyed by
    field when the key would have no scope, no readable name, or be expired from the start.
    """
    _own_or_administrator(owner, by)
    chosen = sorted({Scope(scope).value for scope in scopes})
    if not chosen:
        raise ValidationError({"scopes": _("Choose at least one thing that the key may do.")})
    if expires_at <= now:
        raise ValidationError({"expires_at": _("Choose a moment in the future.")})
    secret = secrets.token_urlsafe(32)
    key = ApiKey(
        public_id=random_code(),
        secret_hash=hash_secret(secret),
        name=_clean_name(name, field="name"),
        owner=owner,
        scopes=chosen,
        created_at=now,
        expires_at=expires_at,
    )
    key.full_clean(exclude=["secret_hash", "public_id"])
    key.save()
    _tell("accounts.key_created", key, by=by, now=now, data={"scopes": chosen})
    return key, f"sl_{key.public_id}_{secret}"


@transaction.atomic
def revoke_api_key(*, key: ApiKey, by: Actor, now: datetime) -> None:
    """Make `key` useless from now on. Doing it twice keeps the first moment.

    Raises `PermissionDenied` when somebody who does not administer asks for another's key.
    """
    _own_or_administrator(key.owner, by)
    if ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=now):
        key.revoked_at = now
        _tell("accounts.key_revoked", key, by=by, now=now)


def note_key_use(*, key: ApiKey, now: datetime) -> None:
    """Keep when `key` was last used, to the hour: reading must not cost a write each time. At most one query."""
    before = now - KEY_USE_STEP
    if key.last_used_at is not None and key.last_used_at > before:
        return
    unnoted = ApiKey.objects.filter(Q(last_used_at=None) | Q(last_used_at__lte=before), pk=key.pk)
    if unnoted.update(last_used_at=now):
        key.last_used_at = now


@transaction.atomic
def set_organisation(*, by: Actor, now: datetime, **fields: object) -> Organisation:
    """Change the one row of the organisation and return it.

    Raises `PermissionDenied` unless an administrator or the system asks, `ValidationError` keyed by field.
    """
    _only_administrators(by)
    organisation = Organisation.objects.filter(pk=1).first() or Organisation(pk=1)
    for field, value in fields.items():
        setattr(organisation, field, value)
    if has_unwanted_characters(organisation.name):
        raise ValidationError({"name": _unreadable()})
    organisation.time_zone = _clean_time_zone(organisation.time_zone) or "UTC"
    organisation.full_clean(validate_constraints=False, validate_unique=False)
    organisation.save()
    _tell("accounts.organisation_changed", organisation, by=by, now=now, data={"fields": sorted(fields)})
    return organisation


def only_sample_data(*, by: Actor) -> None:
    """Return when an administrator or the system asks and everything here is made up. One query.

    The operations of every room that clear sample data call it first. Raises `PermissionDenied`, `NotSampleData`.
    """
    _only_administrators(by)
    if not Organisation.objects.filter(pk=1, is_sample=True).exists():
        raise NotSampleData


def draft_administrator(*, email: str, full_name: str, password: str, by: Actor, now: datetime) -> User:
    """Return the first real administrator, checked and with the password hashed, for `leave_sample_data` to store.

    Raises as `create_user`; an address of the sample company is free, because all its colleagues go.
    """
    only_sample_data(by=by)
    user = User(email=normalise_email(email), full_name=_clean_name(full_name), date_joined=now)
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise ValidationError({"password": error.messages}) from error
    user.set_password(password)
    user.full_clean(exclude=["password"], validate_unique=False)
    return user


@transaction.atomic
def leave_sample_data(*, name: str, administrator: User | None, by: Actor, now: datetime) -> None:
    """Remove everybody who signs in with their keys and sessions, and make the organisation a real one.

    `administrator` (from `draft_administrator`) is the one account that there is afterwards; without one the next
    start asks for it. `name` is the organisation's, "" to leave that open; addresses that were made up go too, other
    settings stay. Rows that named a colleague as their author name nobody. Raises `PermissionDenied`,
    `NotSampleData`, also for whoever comes second of two at one moment; `ValidationError` keyed "name".
    """
    only_sample_data(by=by)
    Session.objects.all().delete()
    User.objects.all().delete()
    if not Organisation.objects.filter(pk=1, is_sample=True).update(is_sample=False):
        raise NotSampleData
    system = Actor.system()
    if administrator is not None:
        administrator.save()
        EmailAddress.objects.create(
            user=administrator, email=administrator.email, verified=True, primary=True
        )
        _tell("accounts.user_created", administrator, by=system, now=now)
        set_roles(user=administrator, roles=[Role.ADMINISTRATOR], by=system, now=now)
    fields: dict[str, object] = {"name": tidy(name) or Organisation._meta.get_field("name").default}
    kept = Organisation.objects.get(pk=1)
    fields |= {
        field: ""
        for field in ("sender", "reply_to", "privacy_contact")
        if getattr(kept, field).rstrip(">").endswith(MADE_UP)
    }
    set_organisation(by=system, now=now, **fields)


@transaction.atomic
def sync_roles(*, app_label: str | None = None) -> None:
    """Make the groups of the roles, with exactly the permissions that apps registered for them.

    With `app_label` only the permissions of that app's models are looked at. Run after every migration.
    """
    permissions = Permission.objects.select_related("content_type")
    if app_label is not None:
        permissions = permissions.filter(content_type__app_label=app_label)
    by_code = {
        (permission.content_type.app_label, permission.content_type.model, permission.codename): permission
        for permission in permissions
    }
    for role in Role:
        group, _created = Group.objects.get_or_create(name=role.value)
        wanted = {
            by_code[app, model, f"{action}_{model}"]
            for (app, model), actions in role_permissions(role).items()
            for action in actions
            if (app, model, f"{action}_{model}") in by_code
        }
        held = set(group.permissions.filter(pk__in=[permission.pk for permission in by_code.values()]))
        group.permissions.remove(*(held - wanted))
        group.permissions.add(*(wanted - held))


def _only_administrators(by: Actor) -> None:
    if not by.has_role(Role.ADMINISTRATOR) or by.api_key is not None:
        raise PermissionDenied


def _own_or_administrator(owner: User, by: Actor) -> None:
    own = by.user is not None and by.user.pk == owner.pk and by.user.is_active and by.api_key is None
    if not own:
        _only_administrators(by)


def _someone_must_administer(*, without: User, field: str) -> None:
    # Locked, so that two administrators who shut each other out at one moment do not both succeed.
    administrators = User.objects.select_for_update().filter(is_superuser=True, is_active=True).order_by("pk")
    if {administrator.pk for administrator in administrators} <= {without.pk}:
        raise ValidationError(
            {field: _("Nobody else administers this site. Make another colleague an administrator first.")}
        )


def _unreadable() -> str:
    return _("This holds characters that cannot be shown. Please type it again by hand.")


def _clean_name(name: str, *, field: str = "full_name") -> str:
    if has_unwanted_characters(name.strip()):
        raise ValidationError({field: _unreadable()})
    cleaned = tidy(name)
    if not cleaned:
        raise ValidationError({field: _("Give a name.")})
    return cleaned


def _clean_time_zone(name: str) -> str:
    if name and name not in zoneinfo.available_timezones():
        raise ValidationError({"time_zone": _("Choose a time zone from the list.")})
    return name


def _clean_language(code: str) -> str:
    if code and code not in dict(settings.LANGUAGES):
        raise ValidationError({"language": _("Choose a language from the list.")})
    return code


def _tell(
    kind: str,
    row: User | ApiKey | Organisation,
    *,
    by: Actor,
    now: datetime,
    data: dict[str, object] | None = None,
) -> None:
    changed.send(
        sender=type(row), kind=kind, by=by, now=now, about=row._meta.label, about_id=row.pk, data=data or {}
    )
