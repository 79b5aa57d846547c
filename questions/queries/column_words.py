"""What the columns of a table of questions can be, in words, and what a colleague said of such a table before."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from questions.formats import limits
from questions.formats.tables.columns import LEFT_OUT

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

    from accounts.models import User

# Under this family it is kept what the columns of tables are.
REMEMBERED: Final = "questions"
# So many options are offered one by one; those who have more say so as a list in one cell.
_OFFERED: Final = limits.OPTIONS

_QUESTION: Final[Mapping[str, _StrOrPromise]] = {
    "stem": gettext_lazy("Text of the question"),
    "type": gettext_lazy("Kind: single, multiple or open"),
    "external_id": gettext_lazy("Id"),
    "name": gettext_lazy("Name"),
    "explanation": gettext_lazy("Explanation"),
    "category": gettext_lazy("Category"),
    "tags": gettext_lazy("Tags"),
    "level": gettext_lazy("Level"),
    "difficulty": gettext_lazy("Difficulty, 1 to 5"),
    "skills": gettext_lazy("Skills, by their short names"),
    "source": gettext_lazy("Source"),
    "points": gettext_lazy("Points, which are not kept"),
}
_ANSWERS: Final[Mapping[str, _StrOrPromise]] = {
    "correct": gettext_lazy("Right options, seen from each cell"),
    "correct_letters": gettext_lazy("Right options, by letter"),
    "correct_numbers": gettext_lazy("Right options, by number from 1"),
    "correct_from_zero": gettext_lazy("Right options, by number from 0"),
    "correct_texts": gettext_lazy("Right options, by their texts"),
    "shares": gettext_lazy("Share of the mark of each option"),
    "weights": gettext_lazy("Percentage of the mark of each option"),
    "marking": gettext_lazy("How several right options are marked"),
}
_OPEN: Final[Mapping[str, _StrOrPromise]] = {
    "model_answer": gettext_lazy("Model answer"),
    "look_fors": gettext_lazy("Look-fors, one a line"),
    "warning_signs": gettext_lazy("Warning signs, one a line"),
    "follow_ups": gettext_lazy("Follow-ups, one a line"),
}
_WHOLE_OPTIONS: Final[Mapping[str, _StrOrPromise]] = {
    "options": gettext_lazy("All options, one a line"),
    "right_option": gettext_lazy("An option that is right"),
    "wrong_option": gettext_lazy("An option that is wrong"),
}


def column_choices() -> list[tuple[_StrOrPromise, list[tuple[str, str]]]]:
    """Return what a column can be, in groups, each code with what people call it."""
    numbers = range(1, _OFFERED + 1)
    options = [(f"option_{number}", column_words(f"option_{number}")) for number in numbers]
    feedback = [(f"feedback_{number}", column_words(f"feedback_{number}")) for number in numbers]
    return [
        (_("The question"), _said(_QUESTION)),
        (_("The options"), [*_said(_WHOLE_OPTIONS), *options]),
        (_("What is right"), _said(_ANSWERS)),
        (_("Feedback of options"), feedback),
        (_("Open questions"), _said(_OPEN)),
    ]


def column_words(code: str) -> str:
    """Return what people call what a column is."""
    what, _sign, number = code.rpartition("_")
    if number.isdigit():
        words = _("Option %(letter)s") if what == "option" else _("Feedback of option %(letter)s")
        return words % {"letter": chr(ord("A") + int(number) - 1)}
    known = {**_QUESTION, **_WHOLE_OPTIONS, **_ANSWERS, **_OPEN, LEFT_OUT: _("Leave out")}
    return str(known.get(code, code))


def headings_digest(headers: Sequence[str]) -> str:
    """Return by what a table with this set of headings is known again, in whatever order they stand."""
    return hashlib.sha256("\n".join(_in_order(headers)).encode()).hexdigest()[:16]


def remembered_columns(user: User | None, headers: Sequence[str]) -> dict[str, str] | None:
    """Return what `user` said last that the columns of such a table are, by header; None when they never did.

    Costs no query.
    """
    kept = user.list_columns.get(f"{REMEMBERED}:{headings_digest(headers)}") if user else None
    if not isinstance(kept, list):
        return None
    codes = dict(str(word).split("=", 1) for word in kept if "=" in str(word))
    places = {folded: str(place) for place, folded in enumerate(_in_order(headers))}
    return {header: codes.get(places[header.casefold()], LEFT_OUT) for header in headers}


def words_to_remember(said: Mapping[str, str]) -> list[str]:
    """Return what is kept of what was said of the columns: short words, whatever the headings are."""
    places = {folded: place for place, folded in enumerate(_in_order(list(said)))}
    return [f"{places[header.casefold()]}={code}" for header, code in said.items() if code]


def _said(words: Mapping[str, _StrOrPromise]) -> list[tuple[str, str]]:
    return [(code, str(text)) for code, text in words.items()]


def _in_order(headers: Sequence[str]) -> list[str]:
    return sorted(header.casefold() for header in headers)
