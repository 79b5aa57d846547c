"""Files of people that somebody uploaded, and what they said of the columns of such files before."""

from __future__ import annotations

from typing import Final

from accounts.models import User
from hiring.enums import AnswerKind
from hiring.formats.mapping import QUESTION
from hiring.models import ApplicationQuestion, Job
from hiring.queries.careers import form_questions
from outbox.models import Work

# Under this family it is kept what the columns of files are; those with the same headers share a name.
REMEMBERED: Final = "import"


def remembered_columns(user: User, read: Work) -> dict[str, str] | None:
    """Return what `user` said last that the columns of such a file are, by letter; None when they never did.

    A column that is not in it was left out. Costs no query.
    """
    name = f"{REMEMBERED}:{read.result.get('digest', '')}"
    kept = user.list_columns.get(name) if isinstance(user.list_columns, dict) else None
    if not isinstance(kept, list):
        return None
    pairs = (str(word).partition("=") for word in kept)
    return {letter: code for letter, _sign, code in pairs}


def questions_for_columns(job: Job | None) -> dict[str, str]:
    """Return the questions of a job's form that a column of a file can answer, their words by code. One query."""
    return {code: question.text for code, question in questions_by_code(job).items()}


def questions_by_code(job: Job | None) -> dict[str, ApplicationQuestion]:
    """Return the same questions themselves. A file cannot hold files. One query."""
    asked = [] if job is None else form_questions(job.pk)
    return {f"{QUESTION}{question.pk}": question for question in asked if question.kind != AnswerKind.FILE}
