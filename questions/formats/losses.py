"""What a format has no place for, found field by field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from questions.formats.drafts import ALL_OR_NOTHING, ParsedQuestion

_EMPTY: Mapping[str, object] = {"difficulty": None, "marking": ALL_OR_NOTHING}


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


def without(question: ParsedQuestion, fields: Sequence[str]) -> ParsedQuestion:
    """Return `question` with nothing in `fields`, which are called as by `not_held`; "shares" are what options earn."""
    for field in fields:
        if field == "places":
            question = _options(question, place="")
        elif field == "feedback":
            question = _options(question, feedback="")
        elif field == "shares":
            question = _options(question, share=0)
        else:
            empty: Any = () if isinstance(getattr(question, field), tuple) else _EMPTY.get(field, "")
            question = replace(question, **{field: empty})
    return question


def _options(question: ParsedQuestion, **values: Any) -> ParsedQuestion:
    options = [replace(option, **values) for option in question.options]
    return replace(question, options=tuple(options))
