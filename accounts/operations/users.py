"""Colleagues: adding, changing, shutting out and letting back in."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.enums import Role
from accounts.models import Actor, ApiKey, User
from accounts.operations.access import require_administrator, require_owner
from accounts.operations.passwords import check_password_for
from accounts.operations.roles import set_roles, someone_must_administer
from accounts.operations.telling import tell
from accounts.rules import normalise_email
from accounts.validators import clean_language, clean_name, clean_time_zone

# What of a person's own choice of columns is kept.
LONGEST_NAME, MOST_COLUMNS, MOST_LISTS = 40, 60, 20


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
    """Create a colleague with organisation `roles`; without a password they choose one by a link (`invite_user`).

    Raises `PermissionDenied` unless an administrator or the system asks, `ValidationError` keyed by field when the
    address is taken or malformed, the name is empty or unreadable, or the password is weak.
    """
    require_administrator(by)
    user = User(
        email=normalise_email(email),
        full_name=clean_name(full_name),
        time_zone=clean_time_zone(time_zone),
        language=clean_language(language),
        date_joined=now,
    )
    if password is None:
        user.set_unusable_password()
    else:
        check_password_for(user, password)
        user.set_password(password)
    user.full_clean(exclude=["password"])
    user.save()
    # A second factor needs an address that is known to be theirs; whoever adds a colleague vouches for it.
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    tell("accounts.user_created", user, by=by, now=now)
    set_roles(user=user, roles=roles, by=by, now=now)
    return user


@transaction.atomic
def update_user(
    *, user: User, email: str, full_name: str, time_zone: str, language: str, by: Actor, now: datetime
) -> User:
    """Change who a colleague is: name, address, zone, language.

    With another address, whatever the older one opened opens nothing more: links that were mailed to it, and the
    account of single sign-on that was found by it.
    Raises `PermissionDenied` unless an administrator asks, `ValidationError` keyed by field for values that cannot be.
    """
    require_administrator(by)
    before = User.objects.values_list("email", flat=True).get(pk=user.pk)
    user.email = normalise_email(email)
    user.full_name = clean_name(full_name)
    user.time_zone = clean_time_zone(time_zone)
    user.language = clean_language(language)
    user.full_clean(exclude=["password"])
    user.save(update_fields=["email", "full_name", "time_zone", "language"])
    EmailAddress.objects.filter(user=user).exclude(email__iexact=user.email).delete()
    EmailAddress.objects.update_or_create(
        user=user, defaults={"email": user.email, "verified": True, "primary": True}
    )
    if user.email != before:
        SocialAccount.objects.filter(user=user).delete()
        tell("accounts.address_changed", user, by=by, now=now)
    tell("accounts.user_changed", user, by=by, now=now)
    return user


@transaction.atomic
def set_profile(
    *, user: User, full_name: str, time_zone: str, language: str, by: Actor, now: datetime
) -> User:
    """Change what everyone may change of themselves: name, zone, language.

    Raises `PermissionDenied` for another's profile unless an administrator asks, `ValidationError` keyed by field.
    """
    require_owner(user, by)
    user.full_name = clean_name(full_name)
    user.time_zone = clean_time_zone(time_zone)
    user.language = clean_language(language)
    user.full_clean(exclude=["password", "email"])
    user.save(update_fields=["full_name", "time_zone", "language"])
    tell("accounts.user_changed", user, by=by, now=now)
    return user


def choose_columns(*, user: User, name: str, columns: Iterable[str] | None, by: Actor) -> User:
    """Remember which `columns` of the list `name` somebody wants to see; None for what everybody sees.

    Only short words are kept, and few of them: what a list does not know it leaves out when it is shown.
    Raises `PermissionDenied` for another's lists unless an administrator asks.
    """
    require_owner(user, by)
    kept = {key: value for key, value in user.list_columns.items() if key != name}
    if columns is not None:
        kept[name] = list(dict.fromkeys(column for column in columns if len(column) <= LONGEST_NAME))[
            :MOST_COLUMNS
        ]
    user.list_columns = dict(list(kept.items())[-MOST_LISTS:])
    user.save(update_fields=["list_columns"])
    return user


def remember_columns(
    *, user: User, family: str, name: str, words: Iterable[str], by: Actor, most: int = 5
) -> User:
    """Remember what `user` said of the columns of a file, under `name` for files like it.

    Of a `family` of files as many as `most` are kept: the oldest goes. Raises as `choose_columns`.
    """
    others = [
        kept for kept in user.list_columns if kept.startswith(f"{family}:") and kept != f"{family}:{name}"
    ]
    for oldest in others[: max(0, len(others) - most + 1)]:
        choose_columns(user=user, name=oldest, columns=None, by=by)
    return choose_columns(user=user, name=f"{family}:{name}", columns=words, by=by)


@transaction.atomic
def end_sessions(*, user: User, by: Actor, now: datetime) -> None:
    """End every session of `user`; whoever wants to keep their own writes its new digest into it.

    Raises `PermissionDenied` for another's sessions unless an administrator asks.
    """
    require_owner(user, by)
    User.objects.filter(pk=user.pk).update(session_round=F("session_round") + 1)
    user.refresh_from_db(fields=["session_round"])
    tell("accounts.sessions_ended", user, by=by, now=now)


@transaction.atomic
def remove_second_step(*, user: User, by: Actor, now: datetime) -> None:
    """Let `user`, who lost both their app and their recovery codes, sign in by password alone and set up a new step.

    Raises `PermissionDenied` unless an administrator or the system asks. Where there is none nothing changes.
    """
    require_administrator(by)
    if Authenticator.objects.filter(user=user).delete()[0]:
        tell("accounts.second_step_removed", user, by=by, now=now)


@transaction.atomic
def deactivate_user(*, user: User, by: Actor, now: datetime) -> None:
    """Shut `user` out from the next request on: sessions end, the password opens nothing, their keys are revoked.

    What they did stays theirs in the history. Doing it twice changes nothing more. Raises `PermissionDenied` unless an
    administrator or the system asks, `ValidationError` for oneself and for the last administrator.
    """
    require_administrator(by)
    if by.user is not None and by.user.pk == user.pk:
        raise ValidationError(_("You cannot deactivate yourself. Ask another administrator."))
    if user.is_superuser:
        someone_must_administer(without=user, field="is_active")
    if not User.objects.filter(pk=user.pk, is_active=True).update(is_active=False):
        return
    user.is_active = False
    # Every session carries a digest of the password: another password ends all of them, also after a return.
    user.set_unusable_password()
    user.save(update_fields=["password"])
    ApiKey.objects.filter(owner=user, revoked_at=None).update(revoked_at=now)
    tell("accounts.user_deactivated", user, by=by, now=now)


@transaction.atomic
def activate_user(*, user: User, by: Actor, now: datetime) -> None:
    """Let a deactivated colleague come back: their roles are as they were, the password has to be set anew.

    Raises `PermissionDenied` unless an administrator or the system asks. Doing it twice changes nothing more.
    """
    require_administrator(by)
    if User.objects.filter(pk=user.pk, is_active=False).update(is_active=True):
        user.is_active = True
        tell("accounts.user_activated", user, by=by, now=now)
