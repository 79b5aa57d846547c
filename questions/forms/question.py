"""The whole form of a question: its facts and texts, and a row for each option."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import ErrorDict
from django.http import QueryDict
from django.utils.translation import gettext as _

from questions.forms.drafting import typed_draft
from questions.forms.facts import BELOW_OPTIONS, FactsForm, facts_as_typed
from questions.forms.rows import (
    Row,
    blank_row,
    change_rows,
    check_texts,
    key_faults,
    number_rows,
    sent_rows,
    stored_rows,
    written_rows,
)
from questions.models import Question
from questions.rules import QuestionDraft, right_codes, same_shares, shares_for


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
            self.rows = sent_rows(data)
        else:
            self.facts = FactsForm(initial=self._facts() | {"base": base} | (initial or {}), **offers)
            self.rows = stored_rows(stored)
        self.option_errors: list[str] = []
        self.errors: list[str] = []
        number_rows(self.rows)

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

    @property
    def blank_row(self) -> Row:
        """A row for scripts to copy."""
        return blank_row("__key__")

    # --- Rows are added, moved and removed without anything being written ---

    def change(self, wish: str) -> None:
        """Do to the rows what a button asks for: "add", "up o2", "down o2", "remove o2"."""
        change_rows(self.rows, wish)
        number_rows(self.rows)
        self.hush()

    def hush(self) -> None:
        """Show what was typed without finding fault with it: its author is not done."""
        every: list[Any] = [self.facts, *(row.form for row in self.rows)]
        for form in every:
            if form.is_bound:
                form._errors = ErrorDict()

    # --- What was typed ---

    def is_valid(self) -> bool:
        """Look through what was typed; what is wrong stands at its field afterwards."""
        is_good, written = self.facts.is_valid(), written_rows(self.rows)
        check_texts(written)
        if is_good and not self.option_errors and not any(row.form.errors for row in self.rows):
            self.option_errors += key_faults(written, self.facts.cleaned_data, self.stored)
        return is_good and not self.option_errors and not any(row.form.errors for row in self.rows)

    def draft(self) -> QuestionDraft:
        """Return the question as it was typed, as far as it can be understood."""
        self.is_valid()
        rows = [row.form.cleaned_data for row in written_rows(self.rows)]
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
