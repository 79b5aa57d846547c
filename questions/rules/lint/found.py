"""What looking through a question finds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from questions.enums import FindingKind, Weight


@dataclass(frozen=True, slots=True)
class Found:
    """Something to mend: what it is, where, how much it matters, and the numbers and words that a sentence is made of.

    A `place` is "stem", "stem.code.2", "stem.picture.1", "option.b", "option.b.code.1", "option.b.feedback",
    "explanation", "model_answer", "key", "skills" or "bank".
    """

    kind: FindingKind
    place: str
    weight: Weight = Weight.ATTENTION
    values: Mapping[str, object] = field(default_factory=dict)


def error(kind: FindingKind, place: str, **values: object) -> Found:
    """Return what asks or marks wrongly."""
    return Found(kind, place, Weight.ERROR, values)


def attention(kind: FindingKind, place: str, **values: object) -> Found:
    """Return what could be better."""
    return Found(kind, place, Weight.ATTENTION, values)
