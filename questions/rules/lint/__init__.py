"""Looking through questions for mistakes and for what could be better. Pure: drafts in, findings out."""

from __future__ import annotations

from collections.abc import Collection

from questions.rules.drafts import QuestionDraft
from questions.rules.lint.bank import BankTally, chance_of_at_least
from questions.rules.lint.blocks import check_blocks, texts_of
from questions.rules.lint.duplicates import NEAR, NearDuplicates, likeness, near_duplicate, trigrams
from questions.rules.lint.found import Found
from questions.rules.lint.keys import check_completeness, check_key
from questions.rules.lint.length import check_length, reading_seconds
from questions.rules.lint.options import check_options
from questions.rules.lint.places import fingerprint, line_at, text_at
from questions.rules.lint.wording import check_absolutes, check_negatives

__all__ = [
    "NEAR",
    "BankTally",
    "Found",
    "NearDuplicates",
    "chance_of_at_least",
    "fingerprint",
    "likeness",
    "line_at",
    "look_through",
    "near_duplicate",
    "reading_seconds",
    "text_at",
    "texts_of",
    "trigrams",
]


def look_through(draft: QuestionDraft, *, pictures: Collection[str] | None = None) -> list[Found]:
    """Return what is found in one question, each kind once at a place.

    Arguments: `pictures`, the addresses of the pictures that there are; without it nobody asks whether they are
    there.
    """
    found = [
        *check_key(draft),
        *check_options(draft),
        *check_negatives(draft),
        *check_absolutes(draft),
        *check_completeness(draft),
        *check_blocks(draft, pictures),
        *check_length(draft),
    ]
    return list({(one.kind, one.place): one for one in found}.values())
