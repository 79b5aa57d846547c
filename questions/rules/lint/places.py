"""Places of findings, and the texts that stand there."""

from __future__ import annotations

import hashlib
import json

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


def fingerprint(draft: QuestionDraft, place: str) -> str:
    """Return what is equal as long as the text at `place` is the same."""
    return hashlib.sha256(text_at(draft, place).encode()).hexdigest()[:16]
