"""Reads of question banks. `keys_for` is the only door to answer keys."""

from questions.queries.drafts import key_draft, option_drafts
from questions.queries.keys import key_history, keys_for
from questions.queries.lists import banks_with_counts, ready_questions, saying, with_stem
from questions.queries.versions import HistoryLine, history_of, latest_version, rendered, versions_of
from questions.queries.words import plain_stem

__all__ = [
    "HistoryLine",
    "banks_with_counts",
    "history_of",
    "key_draft",
    "key_history",
    "keys_for",
    "latest_version",
    "option_drafts",
    "plain_stem",
    "ready_questions",
    "rendered",
    "saying",
    "versions_of",
    "with_stem",
]
