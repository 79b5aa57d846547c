"""What the form of a question sends."""

from __future__ import annotations

from questions import queries
from questions.models import Question
from tests.factories.questions import make_skill


def typed(
    question: Question | None = None, texts: tuple[str, ...] = ("2", "3", "11"), **changes: object
) -> dict[str, object]:
    """Return what the form sends for a question with the options a (right), b and c."""
    data: dict[str, object] = {
        "kind": "single",
        "level": "junior",
        "intended_difficulty": "2",
        "skills": [make_skill("python").pk],
        "stem": "What is `1 + 1`?",
        "marking": "all_or_nothing",
        "option": [f"o{number}" for number in range(1, len(texts) + 1)],
        "o1-right": "on",
    }
    if question is not None:
        stored = Question.objects.get(pk=question.pk)
        data["base"] = queries.edit_base(stored, queries.latest_version(stored))
    for number, (code, text) in enumerate(zip("abcdefghij", texts, strict=False), start=1):
        data[f"o{number}-code"] = code if question else ""
        data[f"o{number}-text"] = text
    return data | changes
