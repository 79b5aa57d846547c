"""The parts of a blueprint's form: a section, a line that draws questions, a line that asks one of everybody."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from assessments.models import AssessmentSection
from assessments.operations import RuleDraft
from assessments.queries import BlueprintRow
from questions.enums import Level
from questions.models import Question, QuestionBank, Skill


class SectionForm(forms.Form):
    """What a section is called, and the limits of its own."""

    title = forms.CharField(label=_("Title"), max_length=120, required=False)
    minutes = forms.IntegerField(
        label=_("Time limit in minutes"),
        min_value=1,
        max_value=600,
        required=False,
        help_text=_("Empty for none. Who leaves a section with a limit does not come back to it."),
    )
    cut_off = forms.DecimalField(
        label=_("Least percent"),
        min_value=0,
        max_value=100,
        max_digits=5,
        decimal_places=2,
        required=False,
        help_text=_("Empty for none. Who stays below it is below the line, whatever the whole."),
    )


class RowChoice(forms.ChoiceField):
    """A choice among rows that were loaded once: twenty lines ask the database no more than one does."""

    def __init__(self, *, empty: Any, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)
        self.empty = empty
        self.rows: dict[str, QuestionBank | Skill] = {}

    def offer(self, rows: Iterable[QuestionBank | Skill]) -> None:
        """Offer `rows`, in their order."""
        self.rows = {str(row.pk): row for row in rows}
        self.choices = [("", self.empty), *((key, row.name) for key, row in self.rows.items())]

    def clean(self, value: Any) -> QuestionBank | Skill | None:
        """Return the chosen row, None for none."""
        return self.rows.get(super().clean(value))


class RuleForm(forms.Form):
    """A line that draws questions. A line without a bank is no rule."""

    bank = RowChoice(label=_("Bank"), empty=_("No rule"))
    skill = RowChoice(label=_("Skill"), empty=_("Any"))
    level = forms.ChoiceField(label=_("Level"), choices=[("", _("Any")), *Level.choices], required=False)
    difficulty = forms.IntegerField(
        label=_("Difficulty"),
        min_value=1,
        max_value=5,
        required=False,
        error_messages={
            "min_value": _("From 1 to 5, or empty for any."),
            "max_value": _("From 1 to 5, or empty for any."),
        },
    )
    count = forms.IntegerField(label=_("Questions"), min_value=1, max_value=200, initial=1)
    marks = forms.DecimalField(label=_("Marks each"), max_digits=6, decimal_places=2, initial=1)
    expected_seconds = forms.IntegerField(
        label=_("Seconds each"), min_value=1, max_value=3600, initial=75, required=False
    )

    is_fixed = False

    def __init__(self, *args: Any, banks: Any, skills: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, rows in (("bank", banks), ("skill", skills)):
            if name in self.fields:
                self.fields[name].offer(rows)  # type: ignore[attr-defined]

    def clean_marks(self) -> Any:
        if self.cleaned_data["marks"] <= 0:
            raise ValidationError(gettext("More than nothing."))
        return self.cleaned_data["marks"]

    def clean_expected_seconds(self) -> int:
        return self.cleaned_data["expected_seconds"] or int(self.fields["expected_seconds"].initial)

    def draft(self) -> RuleDraft | None:
        """Return the rule that was typed, or None for an empty line or one with a mistake."""
        data = self.cleaned_data
        if not self.is_valid() or not data["bank"]:
            return None
        return RuleDraft(
            data["bank"],
            count=data["count"],
            skill=data["skill"],
            level=data["level"],
            difficulty=data["difficulty"],
            marks=data["marks"],
            expected_seconds=data["expected_seconds"],
        )


class FixedForm(RuleForm):
    """A line that gives everybody one question."""

    question = forms.CharField(
        label=_("Question, by its id"),
        max_length=120,
        required=False,
        widget=forms.TextInput({"list": "ready-questions", "autocomplete": "off", "spellcheck": "false"}),
    )
    skill = level = difficulty = count = None  # type: ignore[assignment]

    is_fixed = True

    def __init__(
        self, *args: Any, find: Callable[[QuestionBank, str], Question | None], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.find = find

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        bank, wanted = data.get("bank"), data.get("question", "")
        if wanted and "bank" in data and bank is None:
            self.add_error("bank", gettext("Choose the bank of this question."))
        elif bank is not None and not wanted:
            self.add_error("question", gettext("Say which question, by its id, or remove the line."))
        elif bank is not None:
            data["found"] = self.find(bank, wanted)
            if data["found"] is None:
                self.add_error(
                    "question",
                    gettext("The bank “%(bank)s” has no question “%(question)s”.")
                    % {"bank": bank.name, "question": wanted},
                )
        return data

    def draft(self) -> RuleDraft | None:
        data = self.cleaned_data
        if not self.is_valid() or not data["bank"]:
            return None
        return RuleDraft.fixed(data["found"], marks=data["marks"], expected_seconds=data["expected_seconds"])


def section_as_typed(section: AssessmentSection) -> dict[str, Any]:
    """Return a stored section as its form shows it."""
    cut_off = section.cut_off.normalize() if section.cut_off is not None else None
    return {
        "title": section.title,
        "minutes": section.minutes,
        "cut_off": f"{cut_off:f}" if cut_off is not None else None,
    }


def rule_as_typed(row: BlueprintRow) -> dict[str, Any]:
    """Return a stored rule as its line shows it."""
    rule = row.rule
    return {
        "bank": rule.bank_id,
        "question": rule.question.external_id if rule.question else "",
        "skill": rule.skill_id,
        "level": rule.level,
        "difficulty": rule.difficulty,
        "count": rule.count,
        "marks": f"{rule.marks.normalize():f}",
        "expected_seconds": rule.expected_seconds,
    }
