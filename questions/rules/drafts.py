"""What authors hand in."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field

from questions.enums import Marking


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
