"""What authors hand in."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from questions.enums import Marking
from rendering.characters import clean_line, clean_text

# Made once: `json.dumps` makes one anew for each call that sorts.
_as_json = json.JSONEncoder(sort_keys=True).encode


@dataclass(frozen=True, slots=True)
class OptionDraft:
    """An option as its author wrote it. `code` is stable: answers and keys refer to it."""

    code: str
    text: str
    place: str = ""

    def stored(self) -> dict[str, str]:
        """The option as a version keeps it."""
        return {"code": self.code, "text": self.text, "place": self.place}

    def cleaned(self) -> OptionDraft:
        """The same without characters that break storage or mislead the eye."""
        text = clean_text(self.text)
        return self if text == self.text else replace(self, text=text)


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

    def cleaned(self) -> KeyDraft:
        """The same without characters that break storage or mislead the eye."""
        # Named one by one, here and below: ten thousand questions of a file are cleaned while somebody waits.
        return KeyDraft(
            shares=self.shares,
            feedback={code: clean_text(text) for code, text in self.feedback.items()},
            marking=self.marking,
            explanation=clean_text(self.explanation),
            source=clean_line(self.source),
            model_answer=clean_text(self.model_answer),
            look_fors=[clean_text(line) for line in self.look_fors],
            warning_signs=[clean_text(line) for line in self.warning_signs],
            follow_ups=[clean_text(line) for line in self.follow_ups],
        )


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
    name: str = ""
    category: str = ""

    def cleaned(self) -> QuestionDraft:
        """The same without characters that break storage or mislead the eye, and each tag once."""
        return QuestionDraft(
            external_id=clean_line(self.external_id),
            kind=self.kind,
            level=self.level,
            difficulty=self.difficulty,
            skills=self.skills,
            stem=clean_text(self.stem),
            options=[option.cleaned() for option in self.options],
            key=self.key.cleaned(),
            tags=[tag for tag in dict.fromkeys(clean_line(tag) for tag in self.tags) if tag],
            name=clean_line(self.name),
            category=clean_line(self.category),
        )

    def called(self, external_id: str) -> QuestionDraft:
        """The same with another id."""
        return replace(self, external_id=external_id)

    def digest(self) -> str:
        """A fingerprint of everything in it: two drafts that say the same have the same one."""
        key = self.key
        facts = [
            *(self.external_id, self.kind, self.level, self.difficulty, self.name, self.category, self.stem),
            *(sorted(self.skills), sorted(self.tags)),
            [[option.code, option.text, option.place] for option in self.options],
            *(
                dict(key.shares),
                dict(key.feedback),
                key.marking,
                key.explanation,
                key.source,
                key.model_answer,
            ),
            *(list(key.look_fors), list(key.warning_signs), list(key.follow_ups)),
        ]
        return hashlib.sha256(_as_json(facts).encode()).hexdigest()


def key_fields(key: KeyDraft) -> dict[str, object]:
    """Return what is stored of a key: no feedback that says nothing, shares as text."""
    return {
        "shares": {code: str(share) for code, share in key.shares.items()},
        "feedback": {code: text for code, text in key.feedback.items() if text},
        "marking": key.marking,
        "explanation": key.explanation,
        "source": key.source,
        "model_answer": key.model_answer,
        "look_fors": list(key.look_fors),
        "warning_signs": list(key.warning_signs),
        "follow_ups": list(key.follow_ups),
    }


def plain_key(key: KeyDraft) -> KeyDraft:
    """Return a key as it reads again once it is stored."""
    return KeyDraft(**key_fields(key))  # type: ignore[arg-type]
