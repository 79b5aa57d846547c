"""Small facts about identities that need no database."""

from __future__ import annotations

import hashlib
import ipaddress
import re
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

_HOST_NAME = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))*", re.ASCII)

CODE_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
CODE_LENGTH = 16
# What the sign-in library calls the one provider; people read its name from the settings.
SINGLE_SIGN_ON: Final = "sso"

# Characters that nobody types in a name and that break storage, headers or reading order: controls, separators of lines
# and paragraphs, overrides of the reading direction, lone halves of surrogate pairs, what is no character at all. The
# plain direction marks and joiners, which some scripts need, stay.
UNWANTED = re.compile(
    "[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufdd0-\ufdef\ufeff\ufffe\uffff]"
)


def random_code() -> str:
    """Return a public id: 16 characters, 79 bits, no letters that read alike."""
    return "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))


def is_code(text: str) -> bool:
    """Whether `text` could be a public id. Anything else is not worth a query."""
    return len(text) == CODE_LENGTH and set(text) <= set(CODE_ALPHABET)


def normalise_email(address: str) -> str:
    """Return `address` as it is compared: trimmed and case-folded (nobody runs mail boxes that differ by case)."""
    return unicodedata.normalize("NFC", address).strip().casefold()


def has_unwanted_characters(text: str) -> bool:
    """Whether `text` holds characters that no name or title may hold."""
    return UNWANTED.search(text) is not None


def tidy(text: str) -> str:
    """Return `text` composed (NFC), so that twins are equal, with single spaces and none around it."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def hash_secret(secret: str) -> str:
    """Return the SHA-256 of a random secret. Only for secrets of 128 bits or more, never for passwords."""
    return hashlib.sha256(secret.encode()).hexdigest()


@dataclass(frozen=True)
class GuessLimit:
    """So many guesses in such a time."""

    guesses: int
    within: timedelta


@dataclass(frozen=True)
class GuessLimits:
    """What one address takes, and what one network may do."""

    address: GuessLimit
    peer: GuessLimit


class GuessDoor(StrEnum):
    """What is guessed at. Everything that lets somebody in is one door."""

    SIGN_IN = "sign_in"
    # Asking for mail lets nobody in; too much of it is a nuisance for whoever it reaches.
    RESET = "reset"
    SIGN_UP = "sign_up"
    # So is an application, which writes a file as well.
    APPLY = "apply"
    # Mail that answers applications, to an address of which nobody has shown that it is theirs.
    APPLY_MAIL = "apply_mail"


GUESS_LIMITS: Final = {
    GuessDoor.SIGN_IN: GuessLimits(
        address=GuessLimit(5, timedelta(minutes=5)), peer=GuessLimit(10, timedelta(minutes=1))
    ),
    GuessDoor.RESET: GuessLimits(
        address=GuessLimit(3, timedelta(minutes=15)), peer=GuessLimit(20, timedelta(minutes=1))
    ),
    # A class that signs up in one room comes from one network.
    GuessDoor.SIGN_UP: GuessLimits(
        address=GuessLimit(3, timedelta(minutes=15)), peer=GuessLimit(60, timedelta(minutes=10))
    ),
    GuessDoor.APPLY: GuessLimits(
        address=GuessLimit(5, timedelta(hours=1)), peer=GuessLimit(20, timedelta(hours=1))
    ),
    # Networks are counted at the form.
    GuessDoor.APPLY_MAIL: GuessLimits(
        address=GuessLimit(3, timedelta(days=1)), peer=GuessLimit(20, timedelta(hours=1))
    ),
}
# No shorter than any limit looks back.
KEEP_GUESSES: Final = timedelta(days=1)
# Whoever has one address of version 6 has all of its network.
IPV6_NETWORK: Final = 64


def network_of(peer: str) -> str:
    """Return what counts as one peer: the address, or its /64 in version 6. What is no address stays as it is."""
    try:
        address = ipaddress.ip_address(peer)
    except ValueError:
        return peer
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(ipaddress.IPv6Network((address, IPV6_NETWORK), strict=False).network_address)
    return str(address)


def is_loopback(host: str) -> bool:
    """Whether `host` means the very machine that asks, so that no other could follow a link to it."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
    return address.is_loopback or address.is_unspecified


def is_host(text: str) -> bool:
    """Whether `text` can name a machine."""
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return len(text) <= 253 and _HOST_NAME.fullmatch(text) is not None
    return True
