"""Reads of tests, invitations and attempts. Nothing here loads an answer key."""

from assessments.queries.drawing import frozen_pools, open_pools, rule_words, rules_in_order
from assessments.queries.lists import (
    attempt_questions,
    attempt_rows,
    invitation_rows,
    overdue,
    percent_words,
    results,
    unscored,
    with_state,
)
from assessments.queries.taking import (
    OverviewRow,
    QuestionPage,
    Sitting,
    attempt_for_link,
    last_answered,
    latest_attempt,
    overview,
    question_count,
    question_counts,
    question_page,
)

__all__ = [
    "OverviewRow",
    "QuestionPage",
    "Sitting",
    "attempt_for_link",
    "attempt_questions",
    "attempt_rows",
    "frozen_pools",
    "invitation_rows",
    "last_answered",
    "latest_attempt",
    "open_pools",
    "overdue",
    "overview",
    "percent_words",
    "question_count",
    "question_counts",
    "question_page",
    "results",
    "rule_words",
    "rules_in_order",
    "unscored",
    "with_state",
]
