"""What authors hand in, and how right answers become shares."""

from questions.rules.codes import free_codes
from questions.rules.drafts import KeyDraft, OptionDraft, QuestionDraft, key_fields, plain_key
from questions.rules.pictures import LONGEST_ALT, PICTURES, picture_code, picture_markdown, pictures_in
from questions.rules.shares import marks_otherwise, right_codes, same_shares, shares_for
from questions.rules.typed import ROW, ShownDraft, field_at, row_keys, shown_draft
from questions.rules.words import question_words

__all__ = [
    "LONGEST_ALT",
    "PICTURES",
    "ROW",
    "KeyDraft",
    "OptionDraft",
    "QuestionDraft",
    "ShownDraft",
    "field_at",
    "free_codes",
    "key_fields",
    "marks_otherwise",
    "picture_code",
    "picture_markdown",
    "pictures_in",
    "plain_key",
    "question_words",
    "right_codes",
    "row_keys",
    "same_shares",
    "shares_for",
    "shown_draft",
]
