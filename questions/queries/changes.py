"""What an action would change of each of many questions: from what, to what."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from questions.enums import BulkAction, Level, Status
from questions.models import Question
from questions.queries.bulk import Known, Values


@dataclass(frozen=True, slots=True)
class Change:
    """A fact of a question, with what it says now and what it would say then."""

    label: str
    before: str
    after: str


def change_of(question: Question, action: BulkAction, values: Values, known: Known) -> Change | None:
    """Return what `action` would change of a question with which it is done; `values` are as for `queue_bulk`.

    None for an action that leaves the question itself as it is. Costs no query where its bank and tags are loaded.
    """
    return _CHANGES[action](question, values, known) if action in _CHANGES else None


def _tags(question: Question, values: Values, _known: Known) -> Change:
    now = {tag.name for tag in question.tags.all()}
    then = (now | set(values["add"])) - set(values["take"])
    return Change(_("Tags"), *(", ".join(sorted(names)) or "–" for names in (now, then)))


def _level(question: Question, values: Values, _known: Known) -> Change:
    return Change(_("Level"), *(str(Level(level).label) for level in (question.level, values["level"])))


def _difficulty(question: Question, values: Values, _known: Known) -> Change:
    return Change(_("Intended difficulty"), str(question.intended_difficulty), str(values["difficulty"]))


def _move(question: Question, _values: Values, known: Known) -> Change:
    return Change(_("Bank"), question.bank.name, known.bank.name if known.bank is not None else "–")


def _review(question: Question, _values: Values, _known: Known) -> Change:
    if question.status == Status.READY:
        # The version in force stays as it is.
        return Change(_("Next version"), str(Status.DRAFT.label), str(Status.IN_REVIEW.label))
    return _status(question, Status.IN_REVIEW)


def _status(question: Question, then: Status) -> Change:
    return Change(_("Status"), str(Status(question.status).label), str(then.label))


def _drawn() -> str:
    return pgettext("whether tests draw a question", "Drawn")


def _resting() -> str:
    return pgettext("whether tests draw a question", "Resting")


_CHANGES: Final[Mapping[BulkAction, Callable[[Question, Any, Known], Change]]] = {
    BulkAction.TAG: _tags,
    BulkAction.LEVEL: _level,
    BulkAction.DIFFICULTY: _difficulty,
    BulkAction.MOVE: _move,
    BulkAction.REVIEW: _review,
    BulkAction.RETIRE: lambda question, _values, _known: _status(question, Status.RETIRED),
    BulkAction.REST: lambda _question, _values, _known: Change(_("Tests"), _drawn(), _resting()),
    BulkAction.WAKE: lambda _question, _values, _known: Change(_("Tests"), _resting(), _drawn()),
    BulkAction.LEAKED: lambda _question, _values, _known: Change(_("Leak"), "–", _("Marked as leaked")),
    BulkAction.CLEAR: lambda _question, _values, _known: Change(_("Leak"), _("Marked as leaked"), "–"),
}
