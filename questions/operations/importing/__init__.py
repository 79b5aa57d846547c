"""Importing questions from a file into a bank: read, compared, and written all at once or not at all."""

from questions.operations.importing.drafting import ImportChoices
from questions.operations.importing.running import (
    ImportRefused,
    Outcome,
    check_import,
    may_author,
    resume_import,
    run_import,
)
from questions.operations.importing.staging import forget_left_behind

__all__ = [
    "ImportChoices",
    "ImportRefused",
    "Outcome",
    "check_import",
    "forget_left_behind",
    "may_author",
    "resume_import",
    "run_import",
]
