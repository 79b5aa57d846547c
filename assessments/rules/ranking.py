"""Who shares a rank with whom."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal


def whole_percent(percent: Decimal) -> int:
    """Round to whole percents, halves upwards: finer differences than that say nothing about people."""
    return int(percent.quantize(Decimal(1), ROUND_HALF_UP))


def shared_ranks(percents: Iterable[Decimal]) -> dict[int, int]:
    """Return the rank of each whole percent: one more than how many did better, so 1, 2, 2, 4."""
    counts: Counter[int] = Counter()
    for percent, count in Counter(percents).items():
        counts[whole_percent(percent)] += count
    ranks: dict[int, int] = {}
    better = 0
    for whole in sorted(counts, reverse=True):
        ranks[whole] = better + 1
        better += counts[whole]
    return ranks
