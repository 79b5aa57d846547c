"""Links with which colleagues choose a password, and the mail that brings them.

A colleague has at most one link of a purpose. While it is open it stays the same, however often it is mailed or handed
over; once it was used, has expired or was closed, the next one is a new generation and the older token opens nothing.
"""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.enums import Role
from accounts.models import Actor, User
from accounts.operations import check_password_for, set_password
from accounts.queries import active_user, organisation
from outbox.enums import Audience, LinkPurpose
from outbox.models import AccessLink, Message
from outbox.operations.events import record_event
from outbox.operations.messages import queue_message
from outbox.registries import COLLEAGUE_INVITATION, NEW_PASSWORD
from outbox.rules import COLLEAGUE_LINK_LIVES

_MINUTE = 60


class LinkRefused(Exception):  # noqa: N818 -- a refusal, not a fault
    """The link opens nothing any more; the text says so to a person."""


@transaction.atomic
def mail_password_link(*, user: User, by: Actor, now: datetime) -> Message:
    """Queue the mail with which `user` chooses a password, and return it.

    Somebody who never had a password is welcomed and told who invited them; everybody else is told that a new one was
    asked for. Asked twice within a minute it is one mail.
    """
    purpose = LinkPurpose.RESET if user.has_usable_password() else LinkPurpose.JOIN
    link = open_colleague_link(user=user, purpose=purpose, by=by, now=now)
    home = organisation()
    life = COLLEAGUE_LINK_LIVES[purpose]
    if life.days:
        lasts = ngettext("%(count)d day", "%(count)d days", life.days) % {"count": life.days}
    else:
        hours = life.seconds // 3600
        lasts = ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours}
    return queue_message(
        intent=f"password:{link.pk}:{link.generation}:{int(now.timestamp()) // _MINUTE}",
        kind=COLLEAGUE_INVITATION if purpose == LinkPurpose.JOIN else NEW_PASSWORD,
        audience=Audience.STAFF,
        to_name=user.full_name,
        to_address=user.email,
        context={
            "name": user.full_name,
            "organisation": home.name,
            "address": home.address,
            "invited_by": by.user.full_name if by.user else home.name,
            "lasts": lasts,
        },
        link=link,
        about="accounts.user",
        about_id=user.pk,
        language=user.language or home.staff_language,
        by=by,
        now=now,
    )


def ask_for_new_password(*, address: str, now: datetime) -> None:
    """Mail a link to the active colleague who signs in with `address`; where there is none do nothing.

    Whoever asks must not learn which it was: the page says the same, after the same time.
    """
    user = active_user(address)
    if user is not None:
        mail_password_link(user=user, by=Actor.system(), now=now)


@transaction.atomic
def hand_over_link(*, user: User, by: Actor, now: datetime) -> AccessLink:
    """Return the link with which `user` chooses a password, for an administrator to hand over.

    Raises `PermissionDenied` unless an administrator or the system asks, `LinkRefused` for somebody who is not active.
    """
    if not by.has_role(Role.ADMINISTRATOR) or by.api_key is not None:
        raise PermissionDenied
    if not user.is_active:
        raise LinkRefused(_("This colleague is not active. Switch “active” on first."))
    purpose = LinkPurpose.RESET if user.has_usable_password() else LinkPurpose.JOIN
    link = open_colleague_link(user=user, purpose=purpose, by=by, now=now)
    _record("accounts.link_handed_over", link, by, now)
    return link


@transaction.atomic
def open_colleague_link(*, user: User, purpose: LinkPurpose, by: Actor, now: datetime) -> AccessLink:
    """Return the link of `purpose` of `user`, open from now on for as long as such links are."""
    expires = now + COLLEAGUE_LINK_LIVES[purpose]
    rows = AccessLink.objects.filter(user=user, purpose=purpose)
    if not rows.filter(revoked_at=None, expires_at__gte=now).update(expires_at=expires) and not rows.update(
        generation=F("generation") + 1, created_at=now, expires_at=expires, revoked_at=None
    ):
        try:
            with transaction.atomic():
                link = AccessLink.objects.create(
                    user=user, purpose=purpose, created_at=now, expires_at=expires
                )
        except IntegrityError:
            # Somebody else asked for it at this moment.
            link = rows.get()
        return link
    return rows.get()


def choose_password(*, link: AccessLink, password: str, now: datetime) -> User:
    """Give the holder of `link` this password, use the link up, and return the holder.

    Side effects: every other link of theirs closes, their sessions end.
    Raises: `ValidationError` keyed "password" when it is too weak; `LinkRefused` when the link is not open any more,
    or somebody was quicker with it.
    """
    user = link.user
    if user is None or not user.is_active or not link.is_open(now=now):
        raise LinkRefused(_("This link was used or has expired."))
    check_password_for(user, password)
    encoded = make_password(password)
    with transaction.atomic():
        mine = AccessLink.objects.filter(
            pk=link.pk, generation=link.generation, revoked_at=None, expires_at__gte=now
        )
        if not mine.update(revoked_at=now):
            raise LinkRefused(_("This link was used or has expired."))
        _record("link.used", link, Actor.of_user(user), now)
        set_password(user=user, encoded=encoded, by=Actor.of_user(user), now=now)
    return user


def close_colleague_links(*, user_id: int, now: datetime) -> int:
    """Let no link of this colleague open anything any more; return how many were open."""
    return AccessLink.objects.filter(user_id=user_id, revoked_at=None).update(revoked_at=now)


def _record(kind: str, link: AccessLink, by: Actor, now: datetime) -> None:
    record_event(
        kind=kind,
        by=by,
        now=now,
        about="accounts.user",
        about_id=link.user_id,
        data={"purpose": link.purpose, "generation": link.generation},
    )
