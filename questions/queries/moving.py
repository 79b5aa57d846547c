"""What keeps a question in its bank."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from accounts.enums import Role
from accounts.models import Actor
from questions.models import Question, QuestionBank
from questions.registries import MovedUse


def why_not_moved(before: QuestionBank, bank: QuestionBank, actor: Actor) -> str:
    """Say why the actor may not move questions of one bank to the other, "" where they may. Costs no query.

    Through a bank where nobody else reviews, an author could make their own questions ready and move them back.
    """
    if (
        before.second_reviewer == bank.second_reviewer
        or actor.is_system
        or actor.has_role(Role.ADMINISTRATOR)
    ):
        return ""
    strict, lax = (before, bank) if before.second_reviewer else (bank, before)
    return _(
        "In %(strict)s somebody else reviews, in %(lax)s nobody has to. Ask an administrator to move it."
    ) % {"strict": strict.name, "lax": lax.name}


def clash_words(bank: QuestionBank, external_id: str) -> str:
    """Say that a bank has a question with this id."""
    return _("%(bank)s has a question with the id %(id)s already.") % {"bank": bank.name, "id": external_id}


def move_words(question: Question, bank: QuestionBank, uses: Iterable[MovedUse]) -> list[str]:
    """Say what follows for a question, its usage loaded, if it moves to `bank`. Costs no query."""
    words = [
        _("%(test)s: %(what)s") % {"test": use.test, "what": use.what}
        for use in uses
        if question.pk in use.question_ids
    ]
    shown = question.usage.shown if hasattr(question, "usage") else 0
    is_over = bank.rests_after is not None and shown >= bank.rests_after
    if is_over and question.rests_after is None and question.rested_at is None:
        said = _("Shown %(shown)s times; the limit of %(bank)s is %(limit)s. It rests when it is shown next.")
        words.append(said % {"shown": shown, "bank": bank.name, "limit": bank.rests_after})
    return words


def clashing(questions: Iterable[Question], bank: QuestionBank) -> set[int]:
    """Return those of `questions` that cannot be in `bank` for their id: another one there has it, or would have it by
    then. One query."""
    coming = [question for question in questions if question.bank_id != bank.pk]
    ids = [question.external_id for question in coming]
    taken = set(Question.objects.filter(bank=bank, external_id__in=ids).values_list("external_id", flat=True))
    found = set()
    for question in coming:
        if question.external_id in taken:
            found.add(question.pk)
        taken.add(question.external_id)
    return found
