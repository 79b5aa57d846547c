"""Reporting a problem with a question: the small form below it, with and without scripts."""

from __future__ import annotations

from datetime import datetime

from django.http import QueryDict
from django.utils.translation import gettext as _

from assessments.enums import ProblemKind
from assessments.operations import report_problem

# What the button of the question's form says.
MOVE = "report"


def report(data: QueryDict, *, attempt_id: int, position: int, now: datetime) -> None:
    """Store what a candidate says is wrong with a question.

    Raises `ValidationError` with words, `AttemptClosed` and `AttemptQuestion.DoesNotExist`.
    """
    report_problem(
        attempt_id=attempt_id,
        position=position,
        kind=data.get("problem_kind", ""),
        text=data.get("problem_text", ""),
        now=now,
    )


def thanks() -> str:
    """What somebody reads who has reported a problem."""
    return _("Thank you. Your report is stored for the people who write the questions.")


def form_of(data: QueryDict | None = None) -> dict[str, object]:
    """What the template needs to show the form; `problem` is what was typed, None where it stands closed."""
    typed = {"kind": data.get("problem_kind", ""), "text": data.get("problem_text", "")} if data else None
    return {"problem_kinds": ProblemKind.choices, "problem": typed}
