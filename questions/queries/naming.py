"""What a question is called in its bank."""

from __future__ import annotations

from itertools import count

from django.utils.text import slugify

from questions.models import Question, QuestionBank
from questions.queries.words import plain_stem

LONGEST_MADE = 60


def free_external_id(bank: QuestionBank, stem: str) -> str:
    """Return an id for a question of `bank` that is made of its first words and not taken. One query."""
    words = slugify(plain_stem(stem))[: LONGEST_MADE + 1].rpartition("-")
    made = (words[0] if len("".join(words)) > LONGEST_MADE and words[0] else "".join(words)) or "question"
    begin = made[:LONGEST_MADE].strip("-")
    taken = set(
        Question.objects.filter(bank=bank, external_id__startswith=begin).values_list(
            "external_id", flat=True
        )
    )
    return next(
        name for number in count(1) if (name := begin if number == 1 else f"{begin}-{number}") not in taken
    )
