"""The form of a question: its options as rows, its key among them."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from questions import queries
from questions.enums import Kind, Marking
from questions.forms.fields import LinesField, OptionField, OptionRow
from questions.models import AnswerKey, Question, QuestionVersion
from questions.rules import KeyDraft, OptionDraft, free_codes, right_codes, shares_for

ROWS = 8


def _text(rows: int, label: Any, help_text: Any = "", *, required: bool = False) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=required,
        max_length=20_000,
        strip=False,
        widget=UnfoldAdminTextareaWidget({"rows": rows}),
        help_text=help_text,
    )


def _option(number: int) -> OptionField:
    return OptionField(label=format_lazy(_("Option {number}"), number=number))


class QuestionForm(forms.ModelForm):
    """A whole question. `drafts()` gives what the operations take."""

    stem = _text(
        10,
        _("Question"),
        _("Markdown; code between ``` lines is highlighted: ```python"),
        required=True,
    )
    option_1 = _option(1)
    option_2 = _option(2)
    option_3 = _option(3)
    option_4 = _option(4)
    option_5 = _option(5)
    option_6 = _option(6)
    option_7 = _option(7)
    option_8 = _option(8)
    marking = forms.ChoiceField(
        label=_("Marking"),
        choices=Marking.choices,
        required=False,
        widget=UnfoldAdminSelectWidget,
        help_text=_("For questions with several right options."),
    )
    explanation = _text(4, _("Explanation"), _("Why the right options are right. Candidates never see it."))
    source = forms.CharField(
        label=_("Source"), required=False, max_length=500, widget=UnfoldAdminTextInputWidget()
    )
    reason = forms.CharField(
        label=_("What was wrong with the key"),
        required=False,
        max_length=300,
        widget=UnfoldAdminTextInputWidget(),
        help_text=_(
            "Needed where a question was ready and only what is right about it changes, or why: the version stays, "
            "and scores that were given by the old key can be looked at."
        ),
    )
    model_answer = _text(6, _("Model answer"), _("What a good answer says."))
    look_fors = LinesField(label=_("Look-fors"), required=False, help_text=_("One a line."))
    warning_signs = LinesField(label=_("Warning signs"), required=False, help_text=_("One a line."))
    follow_ups = LinesField(label=_("Follow-up questions"), required=False, help_text=_("One a line."))

    class Meta:
        model = Question
        fields = ("bank", "external_id", "kind", "level", "intended_difficulty", "skills", "tags")
        widgets = {
            "intended_difficulty": UnfoldAdminIntegerFieldWidget({"min": 1, "max": 5}),
        }
        help_texts = {"external_id": _("Short and unique in its bank, for example flask-hook-order.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.version, self.key = _content(self.instance)
        self.lost = lost_by_form(self.instance.kind, self.version, self.key)
        for name, value in _initial(self.instance.kind, self.version, self.key).items():
            self.initial.setdefault(name, value)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if self.lost:
            raise ValidationError([*self.lost, gettext("Nothing was saved.")])
        ticked = [row.code for row in self._rows() if row.is_right]
        stored = right_codes(self.key.shares, kind=self.instance.kind) if self.key else []
        if cleaned.get("kind") == Kind.SINGLE and len(ticked) > 1 and ticked != stored:
            raise ValidationError(
                gettext("Mark exactly one option as right, or let people choose all that apply.")
            )
        frozen = self.instance.pk and QuestionVersion.objects.filter(
            question=self.instance, frozen_at__isnull=False
        )
        if frozen and "kind" in self.changed_data and frozen.exists():
            self.add_error(
                "kind",
                gettext("The kind of a question that was ready does not change. Add a new question instead."),
            )
        return cleaned

    def _post_clean(self) -> None:
        """The operation checks and writes; the instance stays as it is stored."""

    def drafts(self) -> tuple[str, list[OptionDraft], KeyDraft]:
        """Return stem, options and key as they were typed."""
        data = self.cleaned_data
        rows = self._rows()
        kind = data["kind"]
        options = [OptionDraft(row.code, row.text, "last" if row.is_last else "") for row in rows]
        right = [row.code for row in rows if row.is_right]
        is_open = kind == Kind.OPEN
        key = KeyDraft(
            shares={} if is_open else shares_for([row.code for row in rows], right, kind=kind),
            feedback={row.code: row.feedback for row in rows if row.feedback},
            marking=data.get("marking") or Marking.ALL_OR_NOTHING.value,
            explanation=_plain(data["explanation"]),
            source=data["source"],
            model_answer=_plain(data["model_answer"]) if is_open else "",
            look_fors=data["look_fors"] if is_open else [],
            warning_signs=data["warning_signs"] if is_open else [],
            follow_ups=data["follow_ups"] if is_open else [],
        )
        return _plain(data["stem"]), options, key

    def _rows(self) -> list[OptionRow]:
        rows = [self.cleaned_data.get(f"option_{number}") for number in range(1, ROWS + 1)]
        known = {option["code"] for option in self.version.options} if self.version else set()
        used = {row.code for row in rows if row is not None and row.code in known}
        # A code that an option had once is never another's: attempts refer to it.
        free = free_codes(queries.used_codes(self.instance) if self.instance.pk else ())
        named = []
        for row in rows:
            if row is None:
                continue
            code = row.code
            if code not in used:
                code = next(free)
            used.discard(code)
            named.append(OptionRow(code, row.text, row.is_right, row.feedback, row.is_last))
        return named


def _content(question: Question) -> tuple[QuestionVersion | None, AnswerKey | None]:
    if question.pk is None:
        return None, None
    version = queries.latest_version(question)
    return version, queries.keys_for([version.pk]).get(version.pk) if version else None


def lost_by_form(kind: str, version: QuestionVersion | None, key: AnswerKey | None) -> list[str]:
    """Return what of a question has no place in this form and would be lost by saving it, in words."""
    lost = []
    if version is not None and len(version.options) > ROWS:
        lost.append(gettext("This question has more options than this form can hold."))
    if version is not None and any(option.get("place", "") not in ("", "last") for option in version.options):
        lost.append(gettext("Options of this question have places that this form cannot hold."))
    if key is not None and key.shares:
        ticks = shares_for(list(key.shares), right_codes(key.shares, kind=kind), kind=kind)
        if any(Fraction(ticks[code]) != Fraction(share) for code, share in key.shares.items()):
            lost.append(
                gettext("Options of this question earn shares of the mark that this form cannot hold.")
            )
    return lost


def _initial(kind: str, version: QuestionVersion | None, key: AnswerKey | None) -> Mapping[str, Any]:
    if version is None:
        return {}
    initial: dict[str, Any] = {"stem": version.stem}
    right = right_codes(key.shares, kind=kind) if key else []
    for number, option in enumerate(version.options, start=1):
        feedback = key.feedback.get(option["code"], "") if key else ""
        initial[f"option_{number}"] = OptionRow(
            option["code"], option["text"], option["code"] in right, feedback, option.get("place") == "last"
        )
    if key is not None:
        names = (
            "marking",
            "explanation",
            "source",
            "model_answer",
            "look_fors",
            "warning_signs",
            "follow_ups",
        )
        initial |= {name: getattr(key, name) for name in names}
    return initial


def _plain(text: str) -> str:
    """The text as files keep it: browsers send line ends of their own."""
    return text.replace("\r\n", "\n").strip("\n")
