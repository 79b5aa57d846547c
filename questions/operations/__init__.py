"""The verbs of question banks. Every write goes through one of them."""

from questions.formats.starter import StarterContentError
from questions.operations.banks import create_bank, save_skill, update_bank
from questions.operations.loading import LoadResult, load_questions
from questions.operations.starter import StarterLoad, load_starter_bank
from questions.operations.usage import forget_usage, record_reports, record_usage
from questions.operations.writing import (
    QuestionLocked,
    add_question,
    edit_question,
    make_ready,
    mend_key,
    retire_question,
    send_to_review,
)

__all__ = [
    "LoadResult",
    "QuestionLocked",
    "StarterContentError",
    "StarterLoad",
    "add_question",
    "create_bank",
    "edit_question",
    "forget_usage",
    "load_questions",
    "load_starter_bank",
    "make_ready",
    "mend_key",
    "record_reports",
    "record_usage",
    "retire_question",
    "save_skill",
    "send_to_review",
    "update_bank",
]
