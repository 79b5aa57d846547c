"""What long work says when it is done: who was left out, and why, without a name in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from hiring.queries.selections import Skip
from hiring.rules import skip_text

# The page shows so many; the numbers count all of them.
SHOWN = 200


@dataclass
class Tally:
    """How far a piece of work got."""

    done: int = 0
    mailed: int = 0
    withdrawn: int = 0
    reused: int = 0
    skipped: list[Skip] = field(default_factory=list)
    # Whom the work changed, each with the number of the transition: what it can be asked to take back.
    changed: list[tuple[int, int]] = field(default_factory=list)

    def counts(self) -> list[list[Any]]:
        """Return how many were left out for each reason, in words."""
        by_code = Counter(skip.code for skip in self.skipped)
        return [[skip_text(code), count] for code, count in by_code.most_common()]


def skip_rows(skipped: Sequence[Skip]) -> dict[str, Any]:
    """Return the rows of those who were left out: the application's public id, a code, the words."""
    return {
        "skipped_count": len(skipped),
        "skipped": [
            {
                "application": skip.application.public_id if skip.application else "",
                "code": skip.code,
                "text": skip.text,
            }
            for skip in skipped[:SHOWN]
        ],
    }
