"""What authors hand in, and how right answers become shares."""

from questions.rules.drafts import KeyDraft, OptionDraft, QuestionDraft
from questions.rules.shares import right_codes, shares_for

__all__ = [
    "KeyDraft",
    "OptionDraft",
    "QuestionDraft",
    "right_codes",
    "shares_for",
]
