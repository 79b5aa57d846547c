"""Rules of outbox that need no database: tokens of links, merge fields of texts, delays between tries."""

from __future__ import annotations

import hashlib
import hmac
import re
from base64 import b32encode, b64encode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import Final, NamedTuple, Protocol

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from outbox.enums import Life, LinkPurpose, MailTrouble, NotifyBy
from rendering.mail import LINK_PLACE

# Where a link of each purpose leads, before its token.
LINK_PATHS: Final = {
    LinkPurpose.TEST.value: "/t/",
    LinkPurpose.CONFIRM.value: "/confirm/",
    LinkPurpose.STATUS.value: "/status/",
    LinkPurpose.JOIN.value: "/join/",
    LinkPurpose.RESET.value: "/new-password/",
}
# How long a link opens an account of ours. Asking for a new password is quick; a new colleague may be on leave.
COLLEAGUE_LINK_LIVES: Final = {
    LinkPurpose.JOIN.value: timedelta(days=7),
    LinkPurpose.RESET.value: timedelta(hours=6),
}

# 22 characters of base64 carry 132 bits.
MAC_LENGTH: Final = 22
_TOKEN = re.compile(rf"([2-9a-hjkmnp-z]{{16}})\.([A-Za-z0-9_-]{{{MAC_LENGTH}}})", re.ASCII)

LINK_MARK: Final = LINK_PLACE
# Around what a kept text shows to few. Braces in values are broken up and those of templates are checked, so nobody
# can write one.
_CONFIDENTIAL: Final = ("{{ [ }}", "{{ ] }}")
_CONFIDENTIAL_PART = re.compile(r"\{\{ \[ \}\}(.*?)\{\{ \] \}\}", re.DOTALL)
# What stands in the place of a confidential part.
LEFT_OUT: Final = "[…]"
_FIELD = re.compile(r"\{\{\s*([a-z][a-z0-9_]*)\s*\}\}", re.ASCII)
_LEFTOVER = re.compile(r"[{}]|%\(")

# What an address of ours is for, behind its plus: answers to a message, or word that it came back.
REPLIES: Final = "r"
BOUNCES: Final = "b"
# Mail servers may write an address in small letters, so its MAC has no others: 20 of base32 carry 100 bits.
_PLUS_MAC_LENGTH: Final = 20
_PLUS = re.compile(rf"([rb])-([2-9a-hjkmnp-z]{{16}})-([a-z2-7]{{{_PLUS_MAC_LENGTH}}})", re.ASCII)
# What one mail may bring, in bytes.
INBOUND_LIMIT: Final = 10 * 1024 * 1024
# What is read within this time needs no mail.
NEWS_DELAY: Final = timedelta(minutes=2)
# When the mail of a day is due, by the clock of its reader.
NEWS_AT: Final = time(8)
# How long a notification is kept after it was read.
READ_NEWS_LIFE: Final = timedelta(days=90)
# Up to here the bell counts; what is beyond it is "more".
BELL_COUNTS: Final = 99

# What goes with one mail at most: more is refused by many mail servers.
MOST_ATTACHMENTS: Final = 5
MOST_ATTACHED_BYTES: Final = 10 * 1024 * 1024

# A claim that is older than this is lost. Above the hard limit of a task, so that nobody takes what is being done.
MAIL_LEASE: Final = timedelta(seconds=120)
# Renewed by every report of progress; a worker that was killed is replaced after this long.
WORK_LEASE: Final = timedelta(seconds=60)
# Together more than four hours: a mail server that is being repaired loses nothing.
MAIL_DELAYS: Final = (
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(hours=1),
    timedelta(hours=3),
)
WORK_DELAYS: Final = (timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=5))
# Files of finished work, uploaded or made, are needed for looking into what went wrong, and then no more.
WORK_FILE_LIFE: Final = timedelta(days=7)
# Under it the result of a piece of work says that somebody threw it away.
DISCARDED: Final = "discarded"
# What the result of work keeps of its file under this name is deleted with the file.
SAMPLE: Final = "sample"
# How often the scheduler and each worker say that they live, and after how long without a word people are told.
SIGN_EVERY: Final = timedelta(seconds=30)
SILENT_AFTER: Final = timedelta(minutes=2)
# What is due and was not taken up for so long says that something is the matter.
WAITS_LONG: Final = timedelta(minutes=5)
# A machine that is off over a weekend is no trouble.
BACKUP_LATE_AFTER: Final = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that lies in private storage and goes with mail; `media_type` is what its content was found to be."""

    file: str
    filename: str
    media_type: str
    size: int


class LinkFacts(Protocol):
    """What of a link goes into its token."""

    purpose: str
    public_id: str
    generation: int


def link_token(link: LinkFacts) -> str:
    """Return what opens `link`: its public id and a MAC under the first of `LINK_KEYS`. Stored nowhere."""
    return f"{link.public_id}.{_mac(settings.LINK_KEYS[0], link)}"


def split_token(token: object) -> tuple[str, str] | None:
    """Return the public id and the MAC of a well-formed token, or None."""
    if not isinstance(token, str):
        return None
    found = _TOKEN.fullmatch(token)
    return (found[1], found[2]) if found else None


def mac_opens(mac: str, link: LinkFacts) -> bool:
    """Whether `mac` is right for `link` under any key. Takes the same time whichever character or key is wrong."""
    opens = False
    for key in settings.LINK_KEYS:
        opens |= hmac.compare_digest(_mac(key, link), mac)
    return opens


def _mac(key: str, link: LinkFacts) -> str:
    text = f"{link.purpose}|{link.public_id}|{link.generation}"
    digest = hmac.new(key.encode(), text.encode(), hashlib.sha256).digest()
    return urlsafe_b64encode(digest).decode()[:MAC_LENGTH]


def plus_address(purpose: str, public_id: str) -> str:
    """Return the address of ours that belongs to a message: `REPLIES` or `BOUNCES`. "" where no mail is received."""
    name, _at, domain = settings.INBOUND_ADDRESS.rpartition("@")
    if not name:
        return ""
    return f"{name}+{purpose}-{public_id}-{_plus_mac(settings.LINK_KEYS[0], purpose, public_id)}@{domain}"


class PlusParts(NamedTuple):
    """What an address of ours is for, `REPLIES` or `BOUNCES`, and the public id of its message."""

    purpose: str
    public_id: str


def plus_parts(address: str) -> PlusParts | None:
    """Return what `address` is for and which message it belongs to, or None for one that we did not make."""
    name, _at, domain = address.lower().rpartition("@")
    ours, _plus, rest = name.partition("+")
    found = _PLUS.fullmatch(rest)
    if not found or f"{ours}@{domain}" != settings.INBOUND_ADDRESS.lower():
        return None
    purpose, public_id, mac = found.groups()
    opens = False
    for key in settings.LINK_KEYS:
        opens |= hmac.compare_digest(_plus_mac(key, purpose, public_id), mac)
    return PlusParts(purpose, public_id) if opens else None


def without_tokens(text: str) -> str:
    """Return what came by mail without what opens a link: whoever answers often quotes what they got."""
    return _TOKEN.sub(LEFT_OUT, text)


def _plus_mac(key: str, purpose: str, public_id: str) -> str:
    # Two parts, where a link's token has three: neither opens what the other does.
    digest = hmac.new(key.encode(), f"mail-{purpose}|{public_id}".encode(), hashlib.sha256).digest()
    return b32encode(digest).decode().lower()[:_PLUS_MAC_LENGTH]


def used_fields(text: str) -> set[str]:
    """Return the names of the merge fields in `text`; `{{ link }}` is not one of them."""
    return set(_FIELD.findall(text)) - {"link"}


def has_link(text: str) -> bool:
    """Whether a link is to stand somewhere in `text`."""
    return "link" in _FIELD.findall(text)


def has_leftovers(text: str) -> bool:
    """Whether `text` holds braces or %(…) that are no merge field: a mistyped one, or somebody trying things."""
    return bool(_LEFTOVER.search(_FIELD.sub("", text)))


def fill(text: str, values: Mapping[str, str]) -> str:
    """Return `text` with its merge fields replaced, in one pass: nothing in a value is looked at again.

    `{{ link }}` stays, in its one spelling. Raises `KeyError` for a field without a value.
    """
    return _FIELD.sub(lambda found: LINK_MARK if found[1] == "link" else values[found[1]], text)


def mark_confidential(value: str) -> str:
    """Return `value` marked as what a kept text shows to few; the mail that goes out says it without the mark."""
    return value.join(_CONFIDENTIAL)


def with_confidential(text: str) -> str:
    """Return the whole text, without the marks."""
    return _CONFIDENTIAL_PART.sub(r"\1", text)


def without_confidential(text: str) -> str:
    """Return the text with LEFT_OUT in the place of each confidential part, whether it says something or not."""
    return _CONFIDENTIAL_PART.sub(LEFT_OUT, text)


def next_delay(delays: tuple[timedelta, ...], tries: int) -> timedelta | None:
    """Return how long to wait after the `tries`-th try went wrong, or None when it was the last."""
    return delays[tries - 1] if 0 < tries <= len(delays) else None


def life(at: datetime | None, *, now: datetime) -> Life:
    """Judge a part by its last sign. Clocks of several machines may differ by as much as a silence may last."""
    if at is None:
        return Life.NEVER
    if at - now > SILENT_AFTER:
        return Life.AHEAD
    return Life.SILENT if now - at > SILENT_AFTER else Life.ALIVE


class SealBrokenError(Exception):
    """What was sealed cannot be opened: `SECRET_KEY` changed and the old one is not among its fallbacks."""


def seal(text: str) -> str:
    """Return `text` so that only who has `SECRET_KEY` can read it: a copy of the database alone tells nothing."""
    return _seals().encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """Return what was sealed under `SECRET_KEY` or one of its fallbacks. Raises `SealBrokenError`."""
    try:
        return _seals().decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise SealBrokenError from error


def _seals() -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(urlsafe_b64encode(_derive(key))) for key in keys])


def _derive(key: str) -> bytes:
    # A key of its own: nothing that SECRET_KEY signs elsewhere says anything about it.
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"shortlist mail password").derive(
        key.encode()
    )


def without_secrets(text: str, *secrets: str) -> str:
    """Return what a mail server said without what was told it in confidence, which some repeat."""
    for secret in filter(None, secrets):
        told = (secret, b64encode(secret.encode()).decode().rstrip("="))
        for form in sorted(told, key=len, reverse=True):
            text = text.replace(form, "•••")
    return text


# What to do about it, for whoever set the mail server up.
MENDS: Final = {
    MailTrouble.NO_SUCH_SERVER: _(
        "Look at the spelling of the server's name. Your mail provider's help says what it is."
    ),
    MailTrouble.NOBODY_ANSWERS: _(
        "The name may be right and the port not: 587 goes with STARTTLS, 465 with TLS. A firewall in between, often "
        "that of your hosting provider, can also refuse mail: ask there."
    ),
    MailTrouble.TIMEOUT: _(
        "Most often the port and the encryption do not belong together: 587 goes with STARTTLS, 465 with TLS. Some "
        "hosting providers let no mail out at all until they are asked."
    ),
    MailTrouble.CERTIFICATE: _(
        "Use the name that the certificate was made for, which is the one your provider publishes, not a number "
        "or an alias. The clock of this machine has to be right. The check cannot be switched off: without it anybody "
        "in between could read the password."
    ),
    MailTrouble.NO_TLS: _("Use 587 with STARTTLS, or 465 with TLS."),
    MailTrouble.NOT_OFFERED: _(
        "Use 587 with STARTTLS, or 465 with TLS. If the server takes mail without a user name, leave user name and "
        "password empty."
    ),
    MailTrouble.PASSWORD_LOST: _("Type the password again and save."),
    MailTrouble.SIGN_IN: _(
        "Type user name and password again. The user name is often the whole email address. Many providers ask for a "
        "password made for one program (an app password) when the account has a second step, or have to be told that "
        "programs may send."
    ),
    MailTrouble.SENDER: _(
        "The sender has to be an address that this account may send from. Set it under Settings, Organisation, Sender."
    ),
    MailTrouble.RECIPIENT: _(
        "The server does not pass mail on to this address. It may need a user name and a password, or a sender that it "
        "knows."
    ),
    MailTrouble.BUSY: _(
        "Wait some minutes and try again. If it stays like this, ask your provider with these words."
    ),
    MailTrouble.REFUSED: _(
        "Ask your provider with these words. Often the sender is the reason: Settings, Organisation."
    ),
    MailTrouble.BROKE: _("Look into the mail box: it may have arrived. If it did not, try once more."),
}


def news_due(how: NotifyBy, *, zone: tzinfo, now: datetime) -> datetime | None:
    """Return when a colleague in `zone` is mailed about what happened `now`, unless they read it before; None: never.

    Once a day is at eight by their clock, so whatever happens between one eight and the next is one mail, also on the
    two days of the year that are longer or shorter.
    """
    if how is NotifyBy.OFF:
        return None
    if how is NotifyBy.AT_ONCE:
        return now + NEWS_DELAY
    today = now.astimezone(zone).date()
    due = datetime.combine(today, NEWS_AT, zone).astimezone(UTC)
    return due if due > now else datetime.combine(today + timedelta(days=1), NEWS_AT, zone).astimezone(UTC)
