"""Whether two requests of one sitting come from the same device, network and browser, without keeping from which."""

from __future__ import annotations

import hmac
import ipaddress
import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings

# A phone gets another address now and then inside the same network; a household's is a /48 at most.
_IPV4_NETWORK, _IPV6_NETWORK = 24, 48
# Enough to tell a handful apart, too little to find out what was put in by trying.
_MARK_LENGTH = 8
# Browsers renew themselves in the middle of a test: numbers of versions do not make another one.
_VERSION_NUMBERS = re.compile(r"[\d._]+")

DEVICE, NETWORK, BROWSER = "d", "n", "b"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a request came from, as long as it is answered: the device's random id, the address, the user agent."""

    device: str
    address: str
    agent: str


def origin_marks(origin: Origin, *, salt: int) -> list[str]:
    """Return a mark for each part of `origin` that is known: a letter for its kind and a short digest.

    The digest is keyed with the first link key and salted with `salt`, so marks of two sittings cannot be compared,
    and nobody who has the database finds the address by trying all of them.
    """
    return [_mark(settings.LINK_KEYS[0], part, salt) for part in _parts(origin)]


def new_marks(origin: Origin, *, salt: int, known: Sequence[str]) -> list[str]:
    """Return the marks of those parts of `origin` that are not among the `known` ones.

    A part whose mark was made with an older link key is known: an attempt goes on while keys change, as its link does.
    """
    return [
        _mark(settings.LINK_KEYS[0], part, salt)
        for part in _parts(origin)
        if not any(_mark(key, part, salt) in known for key in settings.LINK_KEYS)
    ]


def _parts(origin: Origin) -> list[tuple[str, str]]:
    parts = {
        DEVICE: origin.device,
        NETWORK: _network(origin.address),
        BROWSER: _VERSION_NUMBERS.sub("", origin.agent),
    }
    return [(kind, value) for kind, value in parts.items() if value]


def _network(address: str) -> str:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped is not None:
        parsed = parsed.ipv4_mapped
    length = _IPV4_NETWORK if parsed.version == 4 else _IPV6_NETWORK
    rest = parsed.max_prefixlen - length
    return f"{type(parsed)(int(parsed) >> rest << rest)}/{length}"


def _mark(key: str, part: tuple[str, str], salt: int) -> str:
    kind, value = part
    text = f"{salt}|{kind}|{value}".encode(errors="replace")
    return kind + hmac.digest(f"assessments.origins|{key}".encode(), text, "sha256").hex()[:_MARK_LENGTH]
