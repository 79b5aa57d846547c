"""What a format has no place for, found field by field."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from questions.formats.drafts import ParsedQuestion


def not_held(question: ParsedQuestion, fields: Sequence[str]) -> Iterator[str]:
    """Yield which of `fields`, for which a format has no place, say something in this question.

    "places" is where options are pinned, "feedback" what they say to who chose them.
    """
    for field in fields:
        if field == "places":
            has_it = any(option.place for option in question.options)
        elif field == "feedback":
            has_it = any(option.feedback for option in question.options)
        else:
            has_it = bool(getattr(question, field))
        if has_it:
            yield field
