"""The sample company: leaving it for a real one."""

from __future__ import annotations

from datetime import datetime

from allauth.account.models import EmailAddress
from django.contrib.sessions.models import Session
from django.db import transaction

from accounts.enums import Role
from accounts.models import Actor, Organisation, User
from accounts.operations.access import require_administrator
from accounts.operations.organisation import set_organisation
from accounts.operations.passwords import check_password_for
from accounts.operations.roles import set_roles
from accounts.operations.telling import tell
from accounts.rules import normalise_email, tidy
from accounts.validators import clean_name

# No address ends in it (RFC 2606): what does was made up for the sample company.
MADE_UP = ".example"


class NotSampleData(Exception):  # noqa: N818 -- nothing broke, the answer is no
    """The organisation is a real one. What clears sample data away never touches it."""


def only_sample_data(*, by: Actor) -> None:
    """Return when an administrator or the system asks and everything here is made up. One query.

    The operations of every room that clear sample data call it first. Raises `PermissionDenied`, `NotSampleData`.
    """
    require_administrator(by)
    if not Organisation.objects.filter(pk=1, is_sample=True).exists():
        raise NotSampleData


def draft_administrator(*, email: str, full_name: str, password: str, by: Actor, now: datetime) -> User:
    """Return the first real administrator, checked and with the password hashed, for `leave_sample_data` to store.

    Raises as `create_user`; an address of the sample company is free, because all its colleagues go.
    """
    only_sample_data(by=by)
    user = User(email=normalise_email(email), full_name=clean_name(full_name), date_joined=now)
    check_password_for(user, password)
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
        tell("accounts.user_created", administrator, by=system, now=now)
        set_roles(user=administrator, roles=[Role.ADMINISTRATOR], by=system, now=now)
    fields: dict[str, object] = {"name": tidy(name) or Organisation._meta.get_field("name").default}
    kept = Organisation.objects.get(pk=1)
    fields |= {
        field: ""
        for field in ("sender", "reply_to", "privacy_contact")
        if getattr(kept, field).rstrip(">").endswith(MADE_UP)
    }
    set_organisation(by=system, now=now, **fields)
