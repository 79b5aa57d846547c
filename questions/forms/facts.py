"""Everything of a question but its options."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from questions.enums import Kind, Level, Marking
from questions.forms.fields import LinesField, TextField, WordsField
from questions.models import Question, QuestionBank, Skill
from questions.rules import QuestionDraft
from questions.validators import LONGEST_SOURCE, LONGEST_TEXT

DIFFICULTIES = [
    (1, _("1, easy")),
    (2, "2"),
    (3, "3"),
    (4, "4"),
    (5, _("5, hard")),
]


# In the order of the page these come after the options.
BELOW_OPTIONS = {
    "marking",
    "explanation",
    "source",
    "model_answer",
    "look_fors",
    "warning_signs",
    "follow_ups",
    "reason",
    "level",
    "intended_difficulty",
    "skills",
    "tags",
    "name",
    "category",
}


class FactsForm(forms.Form):
    """What a question is about, what it says, and what those read who mark it or ask it."""

    # What the author began from, and what of theirs is kept without being saved.
    base = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)
    unsaved = forms.CharField(required=False, max_length=16, widget=forms.HiddenInput)

    bank = forms.ModelChoiceField(
        label=_("Bank"),
        queryset=QuestionBank.objects.none(),
        error_messages={"required": _("Choose the bank that it belongs to.")},
    )
    external_id = forms.CharField(
        label=_("Id"),
        required=False,
        max_length=120,
        help_text=_(
            "Short and unique in its bank, as flask-hook-order. Left empty, it is made of the question."
        ),
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=Kind.choices, initial=Kind.SINGLE)
    level = forms.ChoiceField(label=_("Level"), choices=Level.choices, initial=Level.JUNIOR)
    intended_difficulty = forms.TypedChoiceField(
        label=_("Intended difficulty"), choices=DIFFICULTIES, coerce=int, initial=3
    )
    skills = forms.ModelMultipleChoiceField(
        label=_("Skills"),
        queryset=Skill.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Results are reported by skill; a question that is ready has one at least."),
    )
    tags = WordsField(
        label=_("Tags"),
        help_text=_("With commas between them. New ones are made."),
        widget=forms.TextInput({"list": "tag-offers", "autocomplete": "off"}),
    )
    name = forms.CharField(
        label=_("Name"),
        required=False,
        max_length=200,
        help_text=_("What lists call it; empty for its first words."),
    )
    category = forms.CharField(label=_("Category"), required=False, max_length=200)

    stem = TextField(
        label=_("Question"),
        rows=8,
        max_length=LONGEST_TEXT,
        help_text=_("Markdown. Code stands between lines of ``` with its language: ```python"),
        error_messages={"required": _("Write the question.")},
    )
    own_shares = forms.BooleanField(
        label=_("Set the share of each option myself"),
        required=False,
        help_text=_("Otherwise they follow from what is marked as right."),
    )
    marking = forms.ChoiceField(
        label=_("Marking"), choices=Marking.choices, required=False, initial=Marking.ALL_OR_NOTHING
    )
    explanation = TextField(
        label=_("Explanation"),
        rows=4,
        max_length=LONGEST_TEXT,
        required=False,
        help_text=_(
            "Why the right options are right. For those who mark and review; candidates do not see it."
        ),
    )
    source = forms.CharField(
        label=_("Source"),
        required=False,
        max_length=LONGEST_SOURCE,
        help_text=_("Where an expert would look it up."),
    )
    reason = forms.CharField(
        label=_("What was wrong with the key"),
        required=False,
        max_length=300,
        help_text=_("Whoever asks later why a score changed reads this."),
    )
    model_answer = TextField(
        label=_("Model answer"),
        rows=6,
        max_length=LONGEST_TEXT,
        required=False,
        help_text=_("What a good answer says."),
    )
    look_fors = LinesField(label=_("Look-fors"), help_text=_("What a good answer shows. One a line."))
    warning_signs = LinesField(label=_("Warning signs"), help_text=_("One a line."))
    follow_ups = LinesField(label=_("Follow-up questions"), help_text=_("One a line."))

    def __init__(self, *args: Any, question: Question | None, banks: Any, skills: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if question is not None:
            del self.fields["bank"], self.fields["external_id"]
        else:
            self.fields["bank"].queryset = banks  # type: ignore[attr-defined]
        self.fields["skills"].queryset = skills  # type: ignore[attr-defined]


def facts_as_typed(draft: QuestionDraft, skills: dict[str, int]) -> dict[str, Any]:
    """Return what is stored of a question as the form shows it; `skills` are their keys by short name."""
    key = draft.key
    return {
        "kind": draft.kind,
        "level": draft.level,
        "intended_difficulty": draft.difficulty,
        "skills": [skills[slug] for slug in draft.skills if slug in skills],
        "tags": list(draft.tags),
        "name": draft.name,
        "category": draft.category,
        "stem": draft.stem,
        "marking": key.marking,
        "explanation": key.explanation,
        "source": key.source,
        "model_answer": key.model_answer,
        "look_fors": list(key.look_fors),
        "warning_signs": list(key.warning_signs),
        "follow_ups": list(key.follow_ups),
    }
