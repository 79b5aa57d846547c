"""Importing questions from a file into a bank: read, compared, and written all at once or not at all."""

from questions.operations.importing.asking import (
    CHECK,
    EXPORT,
    IMPORT,
    digest_of,
    do_check,
    do_export,
    do_import,
    form_intent,
    queue_check,
    queue_export,
)
from questions.operations.importing.clearing import forget_left_behind
from questions.operations.importing.columns import columns_said, recheck
from questions.operations.importing.deciding import begin_import, confirm_import, discard_import, import_of
from questions.operations.importing.drafting import ImportChoices
from questions.operations.importing.following import FollowedImport, followed, slugs_of
from questions.operations.importing.lines import forget_old_lines
from questions.operations.importing.reporting import differences_of
from questions.operations.importing.running import (
    ImportRefused,
    Outcome,
    check_import,
    may_author,
    resume_import,
    run_import,
)

__all__ = [
    "CHECK",
    "EXPORT",
    "IMPORT",
    "FollowedImport",
    "ImportChoices",
    "ImportRefused",
    "Outcome",
    "begin_import",
    "check_import",
    "columns_said",
    "confirm_import",
    "differences_of",
    "digest_of",
    "discard_import",
    "do_check",
    "do_export",
    "do_import",
    "followed",
    "forget_left_behind",
    "forget_old_lines",
    "form_intent",
    "import_of",
    "may_author",
    "queue_check",
    "queue_export",
    "recheck",
    "resume_import",
    "run_import",
    "slugs_of",
]
