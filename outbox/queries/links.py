"""Links: finding the one a token opens, and where links lead."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.urls import reverse

from accounts.models import Organisation
from accounts.queries import organisation
from outbox.enums import LinkPurpose
from outbox.models import AccessLink, Message
from outbox.rules import (
    LINK_PATHS,
    link_token,
    mac_opens,
    split_token,
)


def find_link(token: object, *, purpose: LinkPurpose, now: datetime) -> AccessLink | None:
    """Return the link that `token` belongs to, or None for one that is unknown, malformed or of an older generation.

    A revoked or expired link is returned, so that its page can say a friendly word: ask `link.is_open(now=now)` before
    showing anything of it. One query; none for a malformed token.
    """
    parts = split_token(token)
    if parts is None:
        return None
    public_id, mac = parts
    link = AccessLink.objects.select_related("user").filter(public_id=public_id, purpose=purpose).first()
    # The same work for a link that does not exist.
    facts = link or AccessLink(public_id=public_id, purpose=purpose)
    return link if mac_opens(mac, facts) else None


def link_url(link: AccessLink, path_prefix: str = "") -> str:
    """Return the full address that opens `link`. It starts with the site's own, never with what a request says."""
    return f"{settings.SITE_ADDRESS}{path_prefix or LINK_PATHS[link.purpose]}{link_token(link)}/"


def logo_url(home: Organisation) -> str:
    """Return the full address of the organisation's logo, for mail; "" without one."""
    return f"{home.address}{reverse('logo', args=[home.logo_digest])}" if home.logo_digest else ""


def mailbox_url(message: Message, *, now: datetime) -> str:
    """Return the address of the mail's link for reading it in the shell, where mail stays on this machine; else "".

    Only for a message that came from `visible_to`: whoever reads it may take the candidate's test.
    """
    if message.link is None or not message.link.is_open(now=now) or not organisation().mail_is_local:
        return ""
    return link_url(message.link)
