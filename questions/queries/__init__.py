"""Reads of question banks. `keys_for` is the only door to answer keys."""

from questions.queries.drafts import edit_base, key_draft, option_drafts, question_draft
from questions.queries.finding import saying, with_stem
from questions.queries.keys import key_history, keys_for
from questions.queries.lists import banks_with_counts, ready_questions
from questions.queries.versions import (
    HistoryLine,
    history_of,
    latest_version,
    rendered,
    used_codes,
    versions_of,
)
from questions.queries.words import plain_stem

__all__ = [
    "HistoryLine",
    "banks_with_counts",
    "edit_base",
    "history_of",
    "key_draft",
    "key_history",
    "keys_for",
    "latest_version",
    "option_drafts",
    "plain_stem",
    "question_draft",
    "ready_questions",
    "rendered",
    "saying",
    "used_codes",
    "versions_of",
    "with_stem",
]
