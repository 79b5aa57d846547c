"""What authors hand in, and how right answers become shares."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from fractions import Fraction

from questions.enums import Kind, Marking


@dataclass(frozen=True, slots=True)
class OptionDraft:
    """An option as its author wrote it. `code` is stable: answers and keys refer to it."""

    code: str
    text: str
    place: str = ""

    def stored(self) -> dict[str, str]:
        """The option as a version keeps it."""
        return {"code": self.code, "text": self.text, "place": self.place}


@dataclass(frozen=True, slots=True)
class KeyDraft:
    """What is right about a question. `shares` are exact fractions as text: {"a": "1", "b": "0"}."""

    shares: Mapping[str, str] = field(default_factory=dict)
    feedback: Mapping[str, str] = field(default_factory=dict)
    marking: str = Marking.ALL_OR_NOTHING.value
    explanation: str = ""
    source: str = ""
    model_answer: str = ""
    look_fors: Sequence[str] = ()
    warning_signs: Sequence[str] = ()
    follow_ups: Sequence[str] = ()


def shares_for(codes: Sequence[str], right: Collection[str], *, kind: str) -> dict[str, str]:
    """Return the shares of options of which `right` are right.

    Choose one: 1 for a right option, 0 for a wrong one. Choose all: 1/right and -1/wrong, so that partial marking is
    max(0, hits/right - false/wrong).
    """
    wrong = [code for code in codes if code not in right]
    if kind == Kind.SINGLE or not right:
        return {code: "1" if code in right else "0" for code in codes}
    each = Fraction(1, len([code for code in codes if code in right]) or 1)
    loss = Fraction(-1, len(wrong)) if wrong else Fraction(0)
    return {code: str(each if code in right else loss) for code in codes}


def right_codes(shares: Mapping[str, str]) -> list[str]:
    """Return the codes that earn something."""
    return [code for code, share in shares.items() if Fraction(share) > 0]


@dataclass(frozen=True, slots=True)
class QuestionDraft:
    """A whole question as a file or a form says it. `skills` are short names, `tags` are words."""

    external_id: str
    kind: str
    level: str
    difficulty: int
    skills: Sequence[str]
    stem: str
    options: Sequence[OptionDraft]
    key: KeyDraft
    tags: Sequence[str] = ()

    def digest(self) -> str:
        """A fingerprint of everything in it: two drafts that say the same have the same one."""
        facts = asdict(self) | {"skills": sorted(self.skills), "tags": sorted(self.tags)}
        return hashlib.sha256(json.dumps(facts, sort_keys=True, default=list).encode()).hexdigest()
