"""What is stored of a question, as an author edits it."""

from __future__ import annotations

from questions.models import AnswerKey, QuestionVersion
from questions.rules import KeyDraft, OptionDraft


def option_drafts(version: QuestionVersion) -> list[OptionDraft]:
    """Return the options of a version as an author edits them."""
    return [
        OptionDraft(option["code"], option["text"], option.get("place", "")) for option in version.options
    ]


def key_draft(key: AnswerKey) -> KeyDraft:
    """Return a key as an author edits it."""
    return KeyDraft(
        shares=dict(key.shares),
        feedback=dict(key.feedback),
        marking=key.marking,
        explanation=key.explanation,
        source=key.source,
        model_answer=key.model_answer,
        look_fors=list(key.look_fors),
        warning_signs=list(key.warning_signs),
        follow_ups=list(key.follow_ups),
    )
