"""Reads of question banks. `keys_for` is the only door to answer keys."""

from questions.queries.drafts import (
    edit_base,
    key_draft,
    option_drafts,
    outcome_of,
    question_draft,
    skills_and_tags,
)
from questions.queries.finding import saying, with_stem
from questions.queries.finding_words import FindingWords, finding_words, words_of
from questions.queries.findings import (
    ShownFinding,
    chosen_findings,
    findings_of,
    open_findings,
    with_words,
)
from questions.queries.keys import (
    key_history,
    key_rows_for,
    keys_by_id,
    keys_for,
    may_read_keys,
    revisions_of,
    versions_with_keys,
)
from questions.queries.lists import banks_with_counts, ready_questions, tag_names
from questions.queries.naming import free_external_id
from questions.queries.queue import QueuedQuestion, WantedQueue, findings_of_banks, queued, review_queue
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
    "FindingWords",
    "HistoryLine",
    "QueuedQuestion",
    "ShownFinding",
    "WantedQueue",
    "banks_with_counts",
    "chosen_findings",
    "edit_base",
    "finding_words",
    "findings_of",
    "findings_of_banks",
    "free_external_id",
    "history_of",
    "key_draft",
    "key_history",
    "key_rows_for",
    "keys_by_id",
    "keys_for",
    "latest_version",
    "may_read_keys",
    "open_findings",
    "option_drafts",
    "outcome_of",
    "plain_stem",
    "question_draft",
    "queued",
    "ready_questions",
    "rendered",
    "rendered_draft",
    "review_queue",
    "revisions_of",
    "saying",
    "skills_and_tags",
    "tag_names",
    "typed_before",
    "used_codes",
    "versions_of",
    "versions_with_keys",
    "with_stem",
    "with_words",
    "words_of",
]
