"""Where mail goes: to a mail server or nowhere, whether that works, and what was kept here before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.enums import MailSecurity, Role
from accounts.models import Actor, Organisation
from accounts.operations import set_organisation
from accounts.queries import organisation
from accounts.rules import is_host, is_loopback, random_code
from outbox.enums import Audience, MessageState
from outbox.models import Message
from outbox.operations.messages import queue_message, record_about
from outbox.operations.nudges import MAIL, nudge
from outbox.queries import kept_mail
from outbox.registries import TEST_MAIL
from outbox.rules import seal

HIGHEST_PORT = 65535


class MailServerFixed(Exception):  # noqa: N818 -- a refusal, not a fault
    """Where mail goes is not decided here; the text says by what."""


@transaction.atomic
def set_mail_server(
    *, host: str, port: int, security: MailSecurity, user: str, password: str, by: Actor, now: datetime
) -> Organisation:
    """Let mail go out through this server from now on, and return the organisation.

    An empty `password` keeps the stored one, as long as it goes to the same server and user. It is stored sealed, and
    named by nothing that is recorded. Mail that waits for its next try is tried at once.
    Raises: `PermissionDenied` unless an administrator asks; `MailServerFixed`; `ValidationError` keyed by field, keyed
    "site_address" when nobody else could open the links in the mail.
    """
    home = _open_for_change(by)
    _check_server(host=host, port=port, security=security, user=user)
    keeps = bool(home.mail_password) and bool(user) and not password
    if keeps and (home.mail_host, home.mail_user) != (host, user):
        raise ValidationError(
            {"password": _("Type the password again: the stored one is for another server or user name.")}
        )
    if user and not (password or keeps):
        raise ValidationError({"password": _("Type the password that goes with the user name.")})
    if not home.is_reachable:
        raise ValidationError(
            {
                "site_address": _(
                    "Links in mail would lead to %(address)s, which no other machine can open. Set the site address "
                    "first, under Settings, Organisation."
                )
                % {"address": home.address}
            }
        )
    sealed = home.mail_password if keeps else seal(password) if user else ""
    saved = set_organisation(
        mail_goes_out=True,
        mail_host=host,
        mail_port=port,
        mail_security=security,
        mail_user=user,
        mail_password=sealed,
        by=by,
        now=now,
    )
    Message.objects.filter(state=MessageState.QUEUED, tries__gt=0).update(due_at=now)
    nudge(MAIL)
    return saved


@transaction.atomic
def keep_mail_here(*, by: Actor, now: datetime) -> Organisation:
    """Let mail stay on this machine from now on; the server stays typed in for later. Returns the organisation.

    Raises: `PermissionDenied` unless an administrator asks; `MailServerFixed`.
    """
    _open_for_change(by)
    return set_organisation(mail_goes_out=False, by=by, now=now)


@transaction.atomic
def send_test_mail(*, by: Actor, now: datetime) -> Message:
    """Queue a mail to whoever asks, to be tried once, and return it. Earlier ones that failed are over with it.

    Raises: `PermissionDenied` unless an administrator asks; `MailServerFixed` where mail stays here.
    """
    _only_administrators(by)
    home = organisation()
    if home.mail_is_local:
        raise MailServerFixed(_("Mail stays on this machine. Set up a mail server first."))
    assert by.user is not None
    Message.objects.filter(kind=TEST_MAIL, state__in=MessageState.needs_you).update(
        state=MessageState.CANCELLED, finished_at=now
    )
    return queue_message(
        intent=f"test_mail:{random_code()}",
        kind=TEST_MAIL,
        audience=Audience.STAFF,
        to_name=by.user.full_name,
        to_address=by.user.email,
        context={"name": by.user.full_name, "organisation": home.name, "address": home.address},
        language=by.user.language or home.staff_language,
        by=by,
        now=now,
    )


@transaction.atomic
def send_kept_mail(*, codes: Sequence[str], by: Actor, now: datetime) -> int:
    """Let messages that were kept here (by public id) go out after all, and return how many will.

    What cannot go any more, because its link is not open or somebody else was quicker, is left as it is.
    Raises: `PermissionDenied` unless an administrator asks; `MailServerFixed` where mail stays here.
    """
    _only_administrators(by)
    if organisation().mail_is_local:
        raise MailServerFixed(_("Mail stays on this machine. Set up a mail server first."))
    sent = 0
    for message in kept_mail(by, now=now).filter(public_id__in=list(codes)):
        kept = Message.objects.filter(pk=message.pk, state=MessageState.KEPT_HERE)
        if kept.update(state=MessageState.QUEUED, due_at=now, tries=0, finished_at=None, lease_until=None):
            record_about(message, kind="message.resent", by=by, now=now)
            sent += 1
    if sent:
        nudge(MAIL)
    return sent


def _open_for_change(by: Actor) -> Organisation:
    _only_administrators(by)
    if settings.EMAIL_URL:
        raise MailServerFixed(_("EMAIL_URL in the environment decides where mail goes."))
    home = organisation()
    if home.is_sample:
        raise MailServerFixed(_("Everything here is made up, and made-up people must not be mailed."))
    return home


def _only_administrators(by: Actor) -> None:
    if by.user is None or by.api_key is not None or not by.has_role(Role.ADMINISTRATOR):
        raise PermissionDenied


def _check_server(*, host: str, port: int, security: MailSecurity, user: str) -> None:
    if not is_host(host):
        raise ValidationError({"host": _("Write the name of the server alone, for example smtp.example.com")})
    if not 0 < port <= HIGHEST_PORT:
        raise ValidationError({"port": _("Write a number from 1 to 65535; 587 and 465 are usual.")})
    if user and security == MailSecurity.NONE and not is_loopback(host):
        raise ValidationError(
            {
                "security": _(
                    "Without encryption anybody in between could read the password. Choose STARTTLS or TLS."
                )
            }
        )
