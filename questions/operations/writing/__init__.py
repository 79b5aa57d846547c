"""Writing questions. What somebody was shown is frozen: an edit of it starts a new version."""

from questions.operations.writing.content import QuestionLocked, key_fields
from questions.operations.writing.keys import mend_key
from questions.operations.writing.retiring import retire_question
from questions.operations.writing.reviewing import make_ready, send_to_review
from questions.operations.writing.saving import add_question, edit_question

__all__ = [
    "QuestionLocked",
    "add_question",
    "edit_question",
    "key_fields",
    "make_ready",
    "mend_key",
    "retire_question",
    "send_to_review",
]
