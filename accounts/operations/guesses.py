"""Guesses at passwords, codes and keys, counted once for every door.

In the database, not in the cache: signing in needs the database anyway, so the count is there whenever somebody can
try at all. A cache that is empty, full or away would let guesses pass, or shut everybody out.
"""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.crypto import salted_hmac

from accounts.models import GuessCount
from accounts.rules import GUESS_LIMITS, KEEP_GUESSES, GuessDoor, GuessLimit, network_of, normalise_email

_FORGET_AT_ONCE = 50


def take_guess(
    *, peer: str | None, address: str = "", door: GuessDoor = GuessDoor.SIGN_IN, now: datetime
) -> bool:
    """Count a guess before it is tried, and return whether it may be.

    Arguments: `peer` is the network address that the request comes from, None where it was counted before; `address` is
    the email address that is guessed at, if any. Whoever turns out to be right gets it back by `give_back`. Counting
    first is what holds up many guesses at one moment. What is refused for its address counts against the peer all the
    same.
    """
    limits = GUESS_LIMITS[door]
    allowed = peer is None or _take(_peer_key(door, peer), limits.peer, now)
    if allowed and address:
        allowed = _take(_address_key(door, address), limits.address, now)
    return allowed


def give_back(*, peer: str, address: str = "", door: GuessDoor = GuessDoor.SIGN_IN) -> None:
    """Take back one guess that was right. Earlier wrong ones stay: a right one of one's own must not buy more."""
    keys = [_peer_key(door, peer)] + ([_address_key(door, address)] if address else [])
    for key in keys:
        GuessCount.objects.filter(key=key, count__gt=0).update(count=F("count") - 1)


def forget_guesses(*, address: str) -> None:
    """Forget wrong guesses at `address`: its owner has proven themselves by a link that was mailed to them."""
    GuessCount.objects.filter(key=_address_key(GuessDoor.SIGN_IN, address)).delete()


def _take(key: str, limit: GuessLimit, now: datetime) -> bool:
    begin = now - limit.within
    rows = GuessCount.objects.filter(key=key)
    for _try in range(2):
        if rows.filter(since__gt=begin, count__lt=limit.guesses).update(count=F("count") + 1):
            return True
        if rows.filter(since__lte=begin).update(count=1, since=now):
            return True
        if rows.filter(since__gt=begin).exists():
            return False
        try:
            with transaction.atomic():
                GuessCount.objects.create(key=key, count=1, since=now)
        except IntegrityError:
            # Somebody else began to count the same at this moment.
            continue
        _forget_old(now)
        return True
    return False


def _forget_old(now: datetime) -> None:
    old = (
        GuessCount.objects.filter(since__lt=now - KEEP_GUESSES).order_by("since").values_list("pk", flat=True)
    )
    GuessCount.objects.filter(pk__in=list(old[:_FORGET_AT_ONCE])).delete()


def _peer_key(door: GuessDoor, peer: str) -> str:
    return _digest(f"{door}|peer|{network_of(peer)}")


def _address_key(door: GuessDoor, address: str) -> str:
    # Hashed: people type passwords into the wrong box, and none of it is to lie around.
    return _digest(f"{door}|address|{normalise_email(address)}")


def _digest(text: str) -> str:
    return salted_hmac("accounts.guesses", text, algorithm="sha256").hexdigest()
