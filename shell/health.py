"""How the parts of the installation are: rooms say what they know, probes and metrics ask all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _


class HealthState(models.TextChoices):
    """What a part means for people."""

    OK = "ok", _("In order")
    # People are served, something waits.
    DEGRADED = "degraded", _("Degraded")
    # Nobody can be served.
    DOWN = "down", _("Down")


@dataclass(frozen=True)
class Health:
    """How one part is. `note` and `numbers` are for operators: codes and counts, never a name."""

    state: HealthState = HealthState.OK
    note: str = ""
    numbers: Mapping[str, float | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Measure:
    """A number for programs that watch: its name without prefix, what it means, its values with their labels.

    Labels are states and names of parts; whatever a visitor can choose, or that names a person, is none.
    """

    name: str
    meaning: str
    values: Iterable[tuple[Mapping[str, str], float]]


HealthCheck = Callable[[datetime], Mapping[str, Health]]
Measures = Callable[[datetime], Iterable[Measure]]

_checks: dict[str, HealthCheck] = {}
_measures: dict[str, Measures] = {}


def register_health(room: str, check: HealthCheck, measures: Measures) -> None:
    """Let probes ask `check(now)` for the parts that a room knows, and metrics `measures(now)`. Few reads both."""
    _checks[room] = check
    _measures[room] = measures


def health_checks() -> dict[str, HealthCheck]:
    """Return the checks by room, in the order of registration."""
    return dict(_checks)


def all_measures(*, now: datetime) -> list[Measure]:
    """Return what every room measures at `now`."""
    return [measure for measures in _measures.values() for measure in measures(now)]


def worst(parts: Iterable[Health]) -> HealthState:
    """Return the state of the whole: that of its worst part."""
    order = list(HealthState)
    return max((part.state for part in parts), key=order.index, default=HealthState.OK)


def seconds_since(moment: datetime | None, *, now: datetime) -> float | None:
    """Return how long ago `moment` was; less than nothing for one that is still to come, None for none."""
    return None if moment is None else round((now - moment).total_seconds(), 1)
