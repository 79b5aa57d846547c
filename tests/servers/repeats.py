"""Finds the page that asks the same once for each row, whichever test happens to ask it with some rows."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from django.db import connection
from django.http import HttpResponse
from django.test import Client

# Twice may be chance: a list and its head, two forms with the same choices.
MOST = 3
TRANSACTIONS = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "SET LOCAL")
# allauth asks at every turn whether somebody has a second step, and which providers there are: as often with one row as
# with a thousand.
_OF_LIBRARIES = ('FROM "mfa_authenticator"', 'FROM "socialaccount_socialapp"')
# How many there are in a list and how many rows are wanted does not make another statement.
_LITERALS = re.compile(r"(?:%s(?:, )?)+|'(?:[^']|'')*'|\b\d+\b")


class RepeatedStatementError(AssertionError):
    """A page asked the database the same more than `MOST` times, with other values."""


def watching(ask: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Return `Client.request` that fails a GET whose page asks the same again and again."""

    def request(client: Client, **parts: Any) -> HttpResponse:
        if parts.get("REQUEST_METHOD") != "GET":
            return ask(client, **parts)
        counts: Counter[str] = Counter()

        def note(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
            counts[sql] += 1
            return execute(sql, params, many, context)

        with connection.execute_wrapper(note):
            response = ask(client, **parts)
        repeated = repeats(counts)
        if repeated:
            raise RepeatedStatementError(_words(parts, repeated))
        return response

    return request


def repeats(counts: Counter[str]) -> dict[str, int]:
    """Return the statements that were asked too often, whatever their values, with how often."""
    if counts.total() <= MOST:
        return {}
    alike: Counter[str] = Counter()
    for sql, count in counts.items():
        if not sql.startswith(TRANSACTIONS):
            alike[without_values(sql)] += count
    return {
        sql: count
        for sql, count in alike.items()
        if count > MOST and not any(part in sql for part in _OF_LIBRARIES)
    }


@lru_cache(maxsize=5_000)
def without_values(sql: str) -> str:
    """Return a statement without its values: the same for any of them."""
    # The same few thousand statements are asked all through a run.
    return _LITERALS.sub("?", sql)


def _words(parts: dict[str, Any], repeated: dict[str, int]) -> str:
    query = parts.get("QUERY_STRING") or ""
    page = f"{parts.get('PATH_INFO')}{'?' if query else ''}{query}"
    lines = [f"  {count} times: {sql[:1500]}" for sql, count in repeated.items()]
    return "\n".join([f"{page} asks the database the same again and again:", *lines])
