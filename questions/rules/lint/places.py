"""Places of findings, and the texts that stand there."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Sequence

from questions.rules.drafts import QuestionDraft
from questions.rules.lint import texts


def text_at(draft: QuestionDraft, place: str) -> str:
    """Return what stands at the place of a finding; "" where nothing is written."""
    whole, _, inner = place.partition(".code.")
    if inner:
        blocks = texts.read(text_at(draft, whole)).blocks
        return blocks[int(inner) - 1].code if int(inner) <= len(blocks) else ""
    whole, _, inner = place.partition(".picture.")
    if inner:
        pictures = texts.read(text_at(draft, whole)).pictures
        return repr(pictures[int(inner) - 1]) if int(inner) <= len(pictures) else ""
    match place.split("."):
        case ["stem"]:
            return draft.stem
        case ["explanation"]:
            return draft.key.explanation
        case ["model_answer"]:
            return draft.key.model_answer
        case ["key"]:
            return json.dumps([dict(draft.key.shares), draft.key.marking], sort_keys=True)
        case ["option", code]:
            return next((option.text for option in draft.options if option.code == code), "")
        case ["option", code, "feedback"]:
            return draft.key.feedback.get(code, "")
    return ""


def line_at(draft: QuestionDraft, place: str, words: Collection[str] = ()) -> int:
    """Return in which line of its text something was found, from 1; 0 where it is the text as a whole.

    Arguments: `words`, those that a finding names: the first line with one of them is meant.
    """
    for inner in (".code.", ".picture."):
        whole, found, number = place.partition(inner)
        if found:
            text = texts.read(text_at(draft, whole))
            parts: Sequence[texts.CodeBlock | texts.Picture] = (
                text.blocks if inner == ".code." else text.pictures
            )
            return parts[int(number) - 1].line if int(number) <= len(parts) else 0
    if words:
        named = re.compile(rf"\b(?:{'|'.join(map(re.escape, words))})\b", re.IGNORECASE)
        lines = text_at(draft, place).split("\n")
        return next((at for at, line in enumerate(lines, start=1) if named.search(line)), 0)
    return 0


def fingerprint(draft: QuestionDraft, place: str) -> str:
    """Return what is equal as long as the text at `place` is the same."""
    return hashlib.sha256(text_at(draft, place).encode()).hexdigest()[:16]
