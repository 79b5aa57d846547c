"""What was found in the questions of the bench: of every kind, open, accepted and mended."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from questions.enums import FindingKind, FindingState, Weight

# Of each kind how much it matters, where it is and what its words are made of.
_KINDS: Final[dict[FindingKind, tuple[Weight, str, dict[str, Any]]]] = {
    FindingKind.NO_KEY: (Weight.ERROR, "key", {}),
    FindingKind.SEVERAL_KEYS: (Weight.ERROR, "key", {"options": ["a", "c"]}),
    FindingKind.SHARES_SUM: (Weight.ATTENTION, "key", {"sum": "2/3"}),
    FindingKind.EMPTY_OPTION: (Weight.ERROR, "option.d", {}),
    FindingKind.DUPLICATE_OPTIONS: (Weight.ERROR, "option.c", {"other": "a"}),
    FindingKind.ALL_NONE_UNPINNED: (Weight.ERROR, "option.d", {}),
    FindingKind.REFERS_TO_LETTERS: (Weight.ERROR, "option.c", {"letters": "A and B"}),
    FindingKind.NEGATIVE_PLAIN: (Weight.ATTENTION, "stem", {"words": ["not"]}),
    FindingKind.ABSOLUTE_WORD: (Weight.ATTENTION, "option.b", {"words": ["always"]}),
    FindingKind.NO_EXPLANATION: (Weight.ATTENTION, "explanation", {}),
    FindingKind.NO_SKILL: (Weight.ATTENTION, "skills", {}),
    FindingKind.FENCE_OPEN: (Weight.ERROR, "stem.code.2", {}),
    FindingKind.CODE_BROKEN: (
        Weight.ERROR,
        "stem.code.1",
        {"language": "python", "line": 3, "why": "not_closed", "sign": "("},
    ),
    FindingKind.UNKNOWN_LANGUAGE: (Weight.ATTENTION, "option.a.code.1", {"language": "klingon"}),
    FindingKind.PICTURE_REMOTE: (Weight.ERROR, "stem", {"address": "https://pictures.example/1.png"}),
    FindingKind.PICTURE_MISSING: (Weight.ERROR, "explanation", {"address": "/pictures/none"}),
    FindingKind.PICTURE_UNDESCRIBED: (Weight.ATTENTION, "stem.picture.1", {}),
    FindingKind.TOO_LONG: (Weight.ATTENTION, "stem", {"seconds": 190, "most": 150}),
    FindingKind.NEAR_DUPLICATE: (Weight.ATTENTION, "stem", {"percent": 84}),
}
_TELLS: Final[dict[FindingKind, dict[str, Any]]] = {
    FindingKind.LENGTH_TELLS: {"hits": 31, "questions": 60, "expected": "15.0"},
    FindingKind.POSITION_TELLS: {"hits": 29, "questions": 60, "expected": "15.0", "number": 2},
}
# So large a part of all questions has something: a bank that came as a file, before anybody looked at it.
FOUND = 0.4


def finding_rows(draw: random.Random, at: datetime, *, other: int) -> Iterator[tuple[Any, ...]]:
    """Yield what was found in one question: nothing, or up to four things; `other` is one that it may be like."""
    if draw.random() > FOUND:
        return
    for kind in draw.sample(list(_KINDS), draw.randint(1, 4)):
        weight, place, values = _KINDS[kind]
        if kind is FindingKind.NEAR_DUPLICATE:
            values = {**values, "other": other}
        yield _row(kind, place, values, weight, _state(draw), at)


def tells_rows(at: datetime) -> Iterator[tuple[Any, ...]]:
    """Yield what was found in a bank as a whole."""
    for kind, values in _TELLS.items():
        yield _row(kind, "bank", values, Weight.ATTENTION, FindingState.OPEN, at)


def _state(draw: random.Random) -> FindingState:
    return draw.choice([FindingState.OPEN] * 6 + [FindingState.GONE] * 3 + [FindingState.ACCEPTED])


def _row(
    kind: FindingKind, place: str, values: dict[str, Any], weight: Weight, state: FindingState, at: datetime
) -> tuple[Any, ...]:
    accepted = (at, "It is meant so.") if state is FindingState.ACCEPTED else (None, "")
    return (
        *(kind, place, values, weight, state, at),
        *(at if state is FindingState.GONE else None, *accepted),
    )
