from __future__ import annotations

from typing import Self, TypeVar

from django.db import models

from accounts.models.actors import Actor
from accounts.registries import visible

_M = TypeVar("_M", bound=models.Model)


class VisibleQuerySet(models.QuerySet[_M]):
    """Rows that only the right people see; every model that a page shows reads through this."""

    def visible_to(self, actor: Actor, *, walked: bool = False) -> Self:
        """Only what `actor` may see. Lazy. `walked` says that it is a long list of which the first rows are read."""
        return visible(self, actor, walked=walked)  # type: ignore[return-value]
