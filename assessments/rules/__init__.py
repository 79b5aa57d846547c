"""Rules of tests that need no database: time, draws, orders, answers, bands."""

from assessments.rules.answers import AnswerRefused, checked_answer
from assessments.rules.bands import band_for, percent_of
from assessments.rules.drawing import (
    Drawn,
    Form,
    PoolItem,
    RuleNeed,
    draw_form,
    option_order,
    unmet_rules,
)
from assessments.rules.timing import (
    INVITATION_DAYS,
    LATE_ALLOWANCE,
    check_after,
    deadline_for,
    is_in_time,
    last_good_deadline,
)

__all__ = [
    "INVITATION_DAYS",
    "LATE_ALLOWANCE",
    "AnswerRefused",
    "Drawn",
    "Form",
    "PoolItem",
    "RuleNeed",
    "band_for",
    "check_after",
    "checked_answer",
    "deadline_for",
    "draw_form",
    "is_in_time",
    "last_good_deadline",
    "option_order",
    "percent_of",
    "unmet_rules",
]
