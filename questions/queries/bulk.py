"""What would happen to each of many questions: done already, or why it cannot be."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Actor
from outbox.models import Work
from outbox.registries import LeftOut
from questions.enums import BulkAction, Status
from questions.models import Question, QuestionBank, QuestionVersion
from questions.queries.moving import clash_words, clashing, why_not_moved
from questions.registries import PlaceLook, places

Values = Mapping[str, Any]


def _has_tags(question: Question, values: Values) -> bool:
    # As they are prefetched.
    names = {tag.name for tag in question.tags.all()}
    return names.issuperset(values["add"]) and names.isdisjoint(values["take"])


@dataclass(frozen=True, slots=True)
class Known:
    """What is asked once for all the questions that an action is about."""

    drafts: Collection[int] = ()
    bank: QuestionBank | None = None
    clashing: Collection[int] = ()
    look: PlaceLook | None = None


def known_for(action: BulkAction, values: Values, questions: Mapping[int, Question], actor: Actor) -> Known:
    """Return what `why_not` wants to know. At most three queries.

    Raises `ValidationError` where what was chosen is not there any more.
    """
    match action:
        case BulkAction.REVIEW:
            return Known(drafts=with_next_draft(list(questions)))
        case BulkAction.MOVE:
            bank = QuestionBank.objects.filter(pk=values["bank"]).visible_to(actor).first()
            if bank is None:
                raise ValidationError(_("This bank is not there any more. Choose another."))
            return Known(bank=bank, clashing=clashing(questions.values(), bank))
        case BulkAction.ASK:
            taker = places()
            look = taker.look(int(values["section"]), list(questions.values()), actor) if taker else None
            if look is None:
                raise ValidationError(
                    _("This section is not there any more. Somebody changed the test. Choose again.")
                )
            return Known(look=look)
        case _others:
            return Known()


_DONE: Final[Mapping[BulkAction, Callable[[Question, Values], bool]]] = {
    BulkAction.TAG: _has_tags,
    BulkAction.LEVEL: lambda question, values: question.level == values["level"],
    BulkAction.DIFFICULTY: lambda question, values: question.intended_difficulty == values["difficulty"],
    BulkAction.REVIEW: lambda question, values: question.review_asked_at is not None,
    BulkAction.MOVE: lambda question, values: question.bank_id == values["bank"],
    BulkAction.RETIRE: lambda question, values: question.status == Status.RETIRED,
    BulkAction.REST: lambda question, values: question.rested_at is not None,
    BulkAction.WAKE: lambda question, values: question.rested_at is None,
    BulkAction.LEAKED: lambda question, values: question.leaked_at is not None,
    BulkAction.CLEAR: lambda question, values: question.leaked_at is None,
}


def is_done(question: Question, action: BulkAction, values: Values, known: Known) -> bool:
    """Whether a question, its tags loaded, is already as `action` would leave it. Costs no query."""
    if known.look is not None:
        return question.pk in known.look.already
    return _DONE[action](question, values) if action in _DONE else False


def with_next_draft(ids: list[int]) -> set[int]:
    """Return which of these questions have a version that is not frozen. One query."""
    drafts = QuestionVersion.objects.filter(question__in=ids, frozen_at=None)
    return set(drafts.values_list("question_id", flat=True))


def why_not(question: Question, known: Known, action: BulkAction, actor: Actor) -> str:
    """Say why a question, its bank loaded, is left out of `action`, "" where it is not. Costs no query."""
    if action is BulkAction.REVIEW:
        has_draft = question.status == Status.READY and question.pk in known.drafts
        return "" if has_draft or question.status == Status.DRAFT else _("There is no draft of it to review.")
    if known.look is not None:
        return known.look.refused.get(question.pk, "")
    if known.bank is None:
        return ""
    if question.pk in known.clashing:
        return clash_words(known.bank, question.external_id)
    return why_not_moved(question.bank, known.bank, actor)


def left_out(actor: Actor, work: Work) -> list[LeftOut]:
    """Return which questions were left out and why, named where the actor sees them. One query."""
    rows = work.result.get("skipped", [])
    seen = Question.objects.visible_to(actor).in_bulk([row["question"] for row in rows])
    return [
        LeftOut(
            seen[row["question"]].external_id if row["question"] in seen else "",
            reverse("admin:questions_question_change", args=[row["question"]])
            if row["question"] in seen
            else "",
            row["text"],
        )
        for row in rows
    ]
