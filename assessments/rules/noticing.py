"""What of a sitting is worth a look, and how much of it. Signals for people; no rule reads them."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assessments.enums import IntegrityGrade, IntegrityThing

# Our own rule: nearly twice the 238 words a minute at which adults read silently (Brysbaert 2019, "How many words do we
# read per minute?"), and two lines of code a second. Whoever answers faster has hardly read all of it.
WORDS_A_SECOND = 7
CODE_LINES_A_SECOND = 2
LONGEST_READING = 60
# Below this, a quick eye and a short question explain everything.
SHORTEST_READING = 3
# So few people say nothing about what is usual.
FEWEST_PEOPLE = 10
# From where on a count is worth a look.
MANY_TIMES_AWAY = 5
LONG_AWAY = 60
MUCH_COPIED = 20
MANY_QUICK = 3

_CODE_BLOCK = re.compile(r"^(```|~~~)[^\n]*\n(.*?)^\1", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Noticed:
    """What was noticed in one sitting, in numbers. `copied` counts copies of some length from the question itself."""

    away: int = 0
    away_seconds: int = 0
    copied: int = 0
    devices: int = 0
    networks: int = 0
    browsers: int = 0
    quick: int = 0
    is_measured: bool = False


def reading_seconds(texts: Iterable[str]) -> int:
    """Return how many whole seconds a very quick reader needs for `texts` in Markdown, at most `LONGEST_READING`."""
    words, lines = 0, 0
    for text in texts:
        for _fence, code in _CODE_BLOCK.findall(text):
            lines += sum(1 for line in code.splitlines() if line.strip())
        words += len(_CODE_BLOCK.sub(" ", text).split())
    return min(int(words / WORDS_A_SECOND + lines / CODE_LINES_A_SECOND), LONGEST_READING)


def is_quick(seconds: int | None, reading: int) -> bool:
    """Whether a question that was answered was in sight for less than its reading time."""
    return seconds is not None and reading >= SHORTEST_READING and seconds < reading


def things_to_look_at(noticed: Noticed) -> list[IntegrityThing]:
    """Return what of `noticed` is worth a look, each kind once."""
    found = {
        IntegrityThing.AWAY: noticed.away >= MANY_TIMES_AWAY or noticed.away_seconds >= LONG_AWAY,
        IntegrityThing.COPIED: noticed.copied > 0,
        IntegrityThing.DEVICE: noticed.devices > 0,
        IntegrityThing.NETWORK: noticed.networks > 0,
        IntegrityThing.BROWSER: noticed.browsers > 0,
        IntegrityThing.QUICK: noticed.quick >= MANY_QUICK,
    }
    return [thing for thing, is_found in found.items() if is_found]


def grade_of(things: Sequence[IntegrityThing], *, is_measured: bool) -> IntegrityGrade:
    """Return how much there is to look at. Where the browser told nothing, nothing found is not "nothing unusual"."""
    if len(things) >= 3:
        return IntegrityGrade.SEVERAL
    if things:
        return IntegrityGrade.FEW
    return IntegrityGrade.NOTHING if is_measured else IntegrityGrade.UNKNOWN


def half_reach(values: Sequence[int]) -> int:
    """Return the largest number that at least half of `values` reach."""
    return sorted(values, reverse=True)[math.ceil(len(values) / 2) - 1]
