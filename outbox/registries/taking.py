"""Which mail somebody takes along as a file: the app above knows, by what it is about."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Q, QuerySet

from accounts.models import Actor
from accounts.registries import Everything

# Of the mail, and of the answers to it, that the actor sees.
Takes = Callable[[Actor], Q | Everything]
_takes: list[Takes] = []


def register_taking(takes: Takes) -> None:
    """Let the app above say which mail of those they see colleagues take along as a file. There is one."""
    _takes[:] = [takes]


def takeable_mail(rows: QuerySet[Any], actor: Actor) -> QuerySet[Any]:
    """Return those of `rows` (mail or answers that the actor sees) that the actor may take along as a file. Lazy."""
    for takes in _takes:
        taken = takes(actor)
        rows = rows.filter(taken) if isinstance(taken, Q) else rows
    return rows
