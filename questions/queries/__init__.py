"""Reads of question banks. `keys_for` is the only door to answer keys."""

from questions.queries.drafts import edit_base, key_draft, option_drafts, outcome_of, question_draft
from questions.queries.finding import saying, with_stem
from questions.queries.keys import key_history, keys_by_id, keys_for
from questions.queries.lists import banks_with_counts, ready_questions
from questions.queries.naming import free_external_id
from questions.queries.typing import typed_before
from questions.queries.versions import (
    HistoryLine,
    history_of,
    latest_version,
    rendered,
    rendered_draft,
    used_codes,
    versions_of,
)
from questions.queries.words import plain_stem

__all__ = [
    "HistoryLine",
    "banks_with_counts",
    "edit_base",
    "free_external_id",
    "history_of",
    "key_draft",
    "key_history",
    "keys_by_id",
    "keys_for",
    "latest_version",
    "option_drafts",
    "outcome_of",
    "plain_stem",
    "question_draft",
    "ready_questions",
    "rendered",
    "rendered_draft",
    "saying",
    "typed_before",
    "used_codes",
    "versions_of",
    "with_stem",
]
