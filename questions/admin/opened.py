"""A question as its page finds it."""

from __future__ import annotations

import re

from questions import queries
from questions.models import AnswerKey, Question, QuestionFinding, QuestionVersion
from questions.rules import QuestionDraft, field_at, lint


class Opened:
    """A question as it is stored while its page is made; of a new one nothing is. Five queries."""

    def __init__(self, question: Question | None) -> None:
        self.question = question
        self.latest: QuestionVersion | None = None
        self.key: AnswerKey | None = None
        self.stored: QuestionDraft | None = None
        self.codes: set[str] = set()
        if question is None:
            return
        self.latest = queries.latest_version(question)
        if self.latest is not None:
            self.key = queries.keys_for([self.latest.pk]).get(self.latest.pk)
            self.stored = queries.question_draft(question, self.latest, self.key)
        self.codes = queries.used_codes(question)

    @property
    def base(self) -> str:
        """What names it as it is: who saves hands it back."""
        return queries.edit_base(self.question, self.latest) if self.question is not None else ""


def sought_place(finding: str, opened: Opened) -> dict[str, str | int]:
    """Return the field and the line in which a finding of the opened question lies, for scripts; nothing for none.

    Arguments: `finding`, its number as an address says it. One query where there is one.
    """
    if opened.stored is None or not re.fullmatch(r"[0-9]{1,9}", finding, re.ASCII):
        return {}
    found = QuestionFinding.objects.filter(pk=finding, question=opened.question).first()
    if found is None:
        return {}
    line = lint.line_at(opened.stored, found.place, found.values.get("words", ()))
    return {"sought": field_at(found.place), "sought_line": line} if line else {}
