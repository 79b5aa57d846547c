"""What files of questions cost: the last part of `make bench`.

Ten thousand questions are read from a file of each of some formats, written into a bank of a database of its own, and
read once more, all of it changed. See `tests.load.taking_in`, which does it in a process of its own.
"""

from __future__ import annotations

from tests.load.pages import in_own_database

QUESTIONS = 10_000
_TAKE_IN = "import django; django.setup(); from tests.load.taking_in import main; raise SystemExit(main({questions}))"


def bench_question_files(database: str, questions: int | None = None) -> int:
    """Fill a database with questions of files, and print what it took; return 1 for a statement too many."""
    return in_own_database(database, _TAKE_IN.format(questions=questions or QUESTIONS))
