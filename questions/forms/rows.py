"""The rows of options on the page of a question.

Rows are named by keys that stay with them; their order is the order in which the keys are sent. So a row can be moved,
and a new one can come, and what was typed everywhere else stays as it was typed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from questions.enums import Kind
from questions.forms.options import OptionForm, option_as_typed
from questions.rules import QuestionDraft, right_codes, row_keys
from questions.validators import FEWEST_OPTIONS, MOST_OPTIONS

NEW_ROWS = 4


@dataclass
class Row:
    """An option as it is being written."""

    key: str
    form: OptionForm
    number: int = 0
    is_first: bool = False
    is_last: bool = False


def blank_row(key: str) -> Row:
    """Return a row in which nothing is written."""
    return Row(key, OptionForm(prefix=key))


def sent_rows(data: QueryDict) -> list[Row]:
    """Return the rows that were sent, in their order."""
    return [Row(key, OptionForm(data, prefix=key)) for key in row_keys(data)]


def stored_rows(stored: QuestionDraft | None) -> list[Row]:
    """Return a row for each option that is stored, or those that a new question begins with."""
    if stored is None:
        return [blank_row(f"o{number}") for number in range(1, NEW_ROWS + 1)]
    right = right_codes(stored.key.shares, kind=stored.kind)
    rows = []
    for option in stored.options:
        typed = option_as_typed(option, stored.key, is_right=option.code in right)
        # By its code, so that what was found in it leads there.
        rows.append(Row(key := f"option-{option.code}", OptionForm(prefix=key, initial=typed)))
    return rows


def change_rows(rows: list[Row], wish: str) -> None:
    """Do to the rows what a button asks for: "add", "up o2", "down o2", "remove o2"."""
    what, _space, key = wish.partition(" ")
    place = next((place for place, row in enumerate(rows) if row.key == key), None)
    if what == "add":
        used = {row.key for row in rows}
        rows.append(blank_row(next(key for number in range(1, 1000) if (key := f"o{number}") not in used)))
    elif place is not None and what == "remove":
        del rows[place]
    elif place is not None and what in ("up", "down"):
        other = place + (-1 if what == "up" else 1)
        if 0 <= other < len(rows):
            rows[place], rows[other] = rows[other], rows[place]


def number_rows(rows: Sequence[Row]) -> None:
    """Tell the rows their places."""
    for number, row in enumerate(rows, start=1):
        row.number, row.is_first, row.is_last = number, number == 1, number == len(rows)


def written_rows(rows: Sequence[Row]) -> list[Row]:
    """Return the rows in which something is written."""
    return [row for row in rows if not (row.form.is_valid() and row.form.is_blank)]


def check_texts(rows: Sequence[Row]) -> None:
    """Find fault with written rows that have no text, or that of another."""
    seen: dict[str, int] = {}
    for row in rows:
        text = " ".join(row.form.text_typed.split())
        if not text and "text" not in row.form.errors:
            row.form.add_error("text", _("This option has no text. Write it, or remove the option."))
        elif text in seen:
            words = _("It reads as option %(number)d does. Change one of them.") % {"number": seen[text]}
            row.form.add_error("text", words)
        seen.setdefault(text, row.number)


def key_faults(rows: Sequence[Row], facts: dict[str, Any], stored: QuestionDraft | None) -> Iterator[str]:
    """Return what is wrong with the options as a whole: how many they are, and what is right among them."""
    kind = facts["kind"]
    if kind == Kind.OPEN:
        if rows:
            yield _("An open question has no options. Remove them, or choose another kind.")
    elif len(rows) < FEWEST_OPTIONS:
        yield _("Write at least %(count)d options.") % {"count": FEWEST_OPTIONS}
    elif len(rows) > MOST_OPTIONS:
        yield _("Keep to %(count)d options at most.") % {"count": MOST_OPTIONS}
    elif facts["own_shares"]:
        yield from _share_faults(kind, rows)
    else:
        yield from _tick_faults(kind, rows, stored)


def _share_faults(kind: str, rows: Sequence[Row]) -> Iterator[str]:
    shares = [row.form.cleaned_data["share"] or 0 for row in rows]
    if kind == Kind.SINGLE and max(shares) != 1:
        yield _("Where one is chosen, at least one option earns the whole mark: give it the share 1.")
    elif max(shares) <= 0:
        yield _("Give at least one option a share above nothing.")


def _tick_faults(kind: str, rows: Sequence[Row], stored: QuestionDraft | None) -> Iterator[str]:
    ticked = [row.form.cleaned_data["code"] for row in rows if row.form.cleaned_data["right"]]
    shares = stored.key.shares if stored and stored.kind == kind else {}
    if not ticked:
        yield _("Mark at least one option as right.")
    elif kind == Kind.SINGLE and len(ticked) > 1 and ticked != right_codes(shares, kind=kind):
        yield _(
            "Mark exactly one option as right, or let people choose all that apply. Where several are right "
            "and one is chosen, set the share of each option yourself."
        )
