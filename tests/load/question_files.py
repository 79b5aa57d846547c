"""What files of questions cost: the last part of `make bench`, and, by itself, what very large ones cost.

Ten thousand questions are read from a file of each of some formats, written into a bank of a database of its own, and
read once more, all of it changed. See `tests.load.taking_in`, which does it in a process of its own.
"""

from __future__ import annotations

from pathlib import Path

from tests.load.pages import in_own_database

QUESTIONS, TAKEN_OUT = 10_000, 100_000
_TAKE_OUT = (
    "import django; django.setup(); from tests.load.taking_out import main;"
    " raise SystemExit(main({questions}, {only!r}))"
)
_TAKE_IN = "import django; django.setup(); from tests.load.taking_in import main; raise SystemExit(main({questions}))"


def bench_question_files(database: str, questions: int | None = None) -> int:
    """Fill a database with questions of files, and print what it took; return 1 for a statement too many."""
    return in_own_database(database, _TAKE_IN.format(questions=questions or QUESTIONS))


def bench_questions_out(
    database: str, questions: int | None = None, *, keep: Path | None = None, only: str = ""
) -> int:
    """Write all questions of a database, filled as for the list of questions, as a file of each format.

    `keep` is as in `bench_questions`, whose folder is asked alike; `only` is part of the names of formats.
    """
    command = _TAKE_OUT.format(questions=questions or TAKEN_OUT, only=only)
    return in_own_database(database, command, keep=keep)
