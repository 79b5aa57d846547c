"""What authors hand in, and how right answers become shares."""

from questions.rules.codes import free_codes
from questions.rules.drafts import KeyDraft, OptionDraft, QuestionDraft
from questions.rules.pictures import picture_code
from questions.rules.shares import marks_otherwise, right_codes, shares_for
from questions.rules.words import question_words

__all__ = [
    "KeyDraft",
    "OptionDraft",
    "QuestionDraft",
    "free_codes",
    "marks_otherwise",
    "picture_code",
    "question_words",
    "right_codes",
    "shares_for",
]
