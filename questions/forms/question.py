"""The whole form of a question: its facts and texts, and a row for each option.

Rows are named by keys that stay with them; their order is the order in which the keys are sent. So a row can be moved,
and a new one can come, and what was typed everywhere else stays as it was typed.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import ErrorDict
from django.http import QueryDict
from django.utils.translation import gettext as _

from questions.enums import Kind
from questions.forms.drafting import typed_draft
from questions.forms.facts import BELOW_OPTIONS, FactsForm, facts_as_typed
from questions.forms.options import OptionForm, option_as_typed
from questions.models import Question
from questions.rules import QuestionDraft, right_codes, row_keys, same_shares, shares_for
from questions.validators import FEWEST_OPTIONS, MOST_OPTIONS

NEW_ROWS = 4


@dataclass
class Row:
    """An option as it is being written; `earns` is the share that follows from the ticks."""

    key: str
    form: OptionForm
    number: int = 0
    is_first: bool = False
    is_last: bool = False


class QuestionForm:
    """Everything on the page of a question. Without `data` it shows `stored`.

    Arguments: `question`, None for a new one; `stored`, what it says now; `codes`, those that its options have or had;
    `banks` and `skills`, what may be chosen.
    """

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        question: Question | None,
        stored: QuestionDraft | None,
        base: str = "",
        codes: Collection[str] = (),
        banks: Any,
        skills: Any,
        initial: dict[str, Any] | None = None,
    ) -> None:
        self.question, self.stored, self._codes = question, stored, codes
        self.is_sent = data is not None
        offers = {"question": question, "banks": banks, "skills": skills}
        self._skills = {skill.slug: skill.pk for skill in skills} if stored else {}
        if data is not None:
            self.facts = FactsForm(data, **offers)
            self.rows = [Row(key, OptionForm(data, prefix=key)) for key in row_keys(data)]
        else:
            self.facts = FactsForm(initial=self._facts() | {"base": base} | (initial or {}), **offers)
            self.rows = self._stored_rows()
        self.option_errors: list[str] = []
        self.errors: list[str] = []
        self._number()

    # --- What is stored ---

    def _facts(self) -> dict[str, Any]:
        if self.stored is None:
            return {}
        return facts_as_typed(self.stored, self._skills) | {"own_shares": not self._follows_from_ticks()}

    def _follows_from_ticks(self) -> bool:
        stored = self.stored
        if stored is None or not stored.key.shares:
            return True
        codes = [option.code for option in stored.options]
        right = right_codes(stored.key.shares, kind=stored.kind)
        return same_shares(stored.key.shares, shares_for(codes, right, kind=stored.kind))

    def _stored_rows(self) -> list[Row]:
        if self.stored is None:
            return [Row(f"o{number}", OptionForm(prefix=f"o{number}")) for number in range(1, NEW_ROWS + 1)]
        right = right_codes(self.stored.key.shares, kind=self.stored.kind)
        rows = []
        for number, option in enumerate(self.stored.options, start=1):
            typed = option_as_typed(option, self.stored.key, is_right=option.code in right)
            rows.append(Row(f"o{number}", OptionForm(prefix=f"o{number}", initial=typed)))
        return rows

    @property
    def blank_row(self) -> Row:
        """A row for scripts to copy."""
        return Row("__key__", OptionForm(prefix="__key__"))

    # --- Rows are added, moved and removed without anything being written ---

    def change(self, wish: str) -> None:
        """Do to the rows what a button asks for: "add", "up o2", "down o2", "remove o2"."""
        what, _space, key = wish.partition(" ")
        place = next((place for place, row in enumerate(self.rows) if row.key == key), None)
        if what == "add":
            used = {row.key for row in self.rows}
            new = next(key for number in range(1, 1000) if (key := f"o{number}") not in used)
            self.rows.append(Row(new, OptionForm(prefix=new)))
        elif place is not None and what == "remove":
            del self.rows[place]
        elif place is not None and what in ("up", "down"):
            other = place + (-1 if what == "up" else 1)
            if 0 <= other < len(self.rows):
                self.rows[place], self.rows[other] = self.rows[other], self.rows[place]
        self._number()
        self.hush()

    def hush(self) -> None:
        """Show what was typed without finding fault with it: its author is not done."""
        every: list[Any] = [self.facts, *(row.form for row in self.rows)]
        for form in every:
            if form.is_bound:
                form._errors = ErrorDict()

    def _number(self) -> None:
        for number, row in enumerate(self.rows, start=1):
            row.number, row.is_first, row.is_last = number, number == 1, number == len(self.rows)

    # --- What was typed ---

    def is_valid(self) -> bool:
        """Look through what was typed; what is wrong stands at its field afterwards."""
        is_good = self.facts.is_valid()
        self._check_rows()
        if is_good and not self.option_errors and not any(row.form.errors for row in self.rows):
            self._check_key()
        return is_good and not self.option_errors and not any(row.form.errors for row in self.rows)

    def _written(self) -> list[Row]:
        return [row for row in self.rows if not (row.form.is_valid() and row.form.is_blank)]

    def _check_rows(self) -> None:
        seen: dict[str, int] = {}
        for row in self._written():
            text = " ".join(row.form.text_typed.split())
            if not text and "text" not in row.form.errors:
                row.form.add_error("text", _("This option has no text. Write it, or remove the option."))
            elif text in seen:
                words = _("It reads as option %(number)d does. Change one of them.") % {"number": seen[text]}
                row.form.add_error("text", words)
            seen.setdefault(text, row.number)

    def _check_key(self) -> None:
        kind, rows = self.facts.cleaned_data["kind"], self._written()
        if kind == Kind.OPEN:
            if rows:
                words = _("An open question has no options. Remove them, or choose another kind.")
                self.option_errors.append(words)
            return
        if len(rows) < FEWEST_OPTIONS:
            self.option_errors.append(_("Write at least %(count)d options.") % {"count": FEWEST_OPTIONS})
        elif len(rows) > MOST_OPTIONS:
            self.option_errors.append(_("Keep to %(count)d options at most.") % {"count": MOST_OPTIONS})
        elif self.facts.cleaned_data["own_shares"]:
            self._check_shares(kind, rows)
        else:
            self._check_ticks(kind, rows)

    def _check_shares(self, kind: str, rows: Sequence[Row]) -> None:
        shares = [row.form.cleaned_data["share"] or 0 for row in rows]
        if kind == Kind.SINGLE and max(shares) != 1:
            self.option_errors.append(
                _("Where one is chosen, at least one option earns the whole mark: give it the share 1.")
            )
        elif max(shares) <= 0:
            self.option_errors.append(_("Give at least one option a share above nothing."))

    def _check_ticks(self, kind: str, rows: Sequence[Row]) -> None:
        ticked = [row.form.cleaned_data["code"] for row in rows if row.form.cleaned_data["right"]]
        stored = self.stored.key.shares if self.stored and self.stored.kind == kind else {}
        if not ticked:
            self.option_errors.append(_("Mark at least one option as right."))
        elif kind == Kind.SINGLE and len(ticked) > 1 and ticked != right_codes(stored, kind=kind):
            self.option_errors.append(
                _(
                    "Mark exactly one option as right, or let people choose all that apply. Where several are right "
                    "and one is chosen, set the share of each option yourself."
                )
            )

    def draft(self) -> QuestionDraft:
        """Return the question as it was typed, as far as it can be understood."""
        self.is_valid()
        rows = [row.form.cleaned_data for row in self._written()]
        return typed_draft(
            self.facts.cleaned_data,
            rows,
            external_id=self.question.external_id if self.question else "",
            stored=self.stored,
            codes=self._codes,
        )

    # --- What is wrong ---

    def refuse(self, refusal: ValidationError) -> None:
        """Show what an operation refused at the fields that it names."""
        if not hasattr(refusal, "error_dict"):
            self.errors.extend(refusal.messages)
            return
        for name, errors in refusal.error_dict.items():
            said = [message for error in errors for message in error.messages]
            if name in self.facts.fields:
                self.facts.add_error(name, forms.ValidationError(said))
            elif name in ("options", "key"):
                self.option_errors.extend(said)
            else:
                self.errors.extend(said)

    def focus_first(self) -> None:
        """Let the page open at the first field that is wrong."""
        forms_in_order = [self.facts, *(row.form for row in self.rows)]
        for form in forms_in_order:
            for field in form:
                if field.errors and not field.is_hidden:
                    field.field.widget.attrs["autofocus"] = True
                    return

    def faults(self) -> list[tuple[str, str]]:
        """Return everything that is wrong, in the order of the page: the place on it, and the words."""
        above: list[tuple[str, str]] = []
        below: list[tuple[str, str]] = []
        for field in self.facts:
            side = below if field.name in BELOW_OPTIONS else above
            side += [
                (field.id_for_label or field.auto_id, f"{field.label}: {error}") for error in field.errors
            ]
        rows = [
            (
                field.auto_id,
                _("Option %(number)d, %(field)s: %(error)s")
                % {"number": row.number, "field": str(field.label).lower(), "error": error},
            )
            for row in self.rows
            for field in row.form
            for error in field.errors
        ]
        whole = [("options-title", error) for error in self.option_errors]
        return [*(("", error) for error in self.errors), *above, *whole, *rows, *below]
