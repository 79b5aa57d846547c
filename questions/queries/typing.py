"""What authors typed and did not save."""

from __future__ import annotations

from typing import Final

from accounts.models import Actor
from questions.models import Question, UnsavedEdit

MOST_SHOWN: Final = 5


def typed_before(question: Question | None, actor: Actor) -> list[UnsavedEdit]:
    """Return what `actor` typed into the form of a question and did not save, the latest first. One query.

    Without a question it is what they typed into forms of new ones.
    """
    mine = UnsavedEdit.objects.all().visible_to(actor).filter(question=question)
    return list(mine.order_by("-kept_at", "-pk")[:MOST_SHOWN])
