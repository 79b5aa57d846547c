"""What colleagues recommend about an application."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from accounts.models import Actor
from accounts.registries import unveiled
from hiring.enums import Verdict
from hiring.models import Application, Recommendation


@dataclass(frozen=True, slots=True)
class Recommended:
    """The latest word of a colleague."""

    said: Recommendation

    @property
    def verdict(self) -> Verdict:
        """For the pill."""
        return Verdict(self.said.verdict)


def recommendations_of(application: Application, actor: Actor) -> Sequence[Recommended]:
    """Return the latest word of each colleague about an application, which the actor sees, newest first. One query."""
    rows = (
        unveiled(Recommendation.objects.filter(application=application), actor)
        .select_related("by")
        .order_by("-at", "-pk")
    )
    # Those who left are told apart no more: each of their words stands.
    latest: dict[object, Recommendation] = {}
    for row in rows:
        latest.setdefault(row.by_id or f"somebody {row.pk}", row)
    return [Recommended(row) for row in latest.values()]
