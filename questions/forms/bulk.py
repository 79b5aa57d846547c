"""What is to be done with many questions."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from accounts.models import Actor
from questions.enums import BulkAction, Level
from questions.formats import WRITERS
from questions.forms.files import FORMATS
from questions.models import QuestionBank
from questions.operations.writing.content import LONGEST_TAG
from questions.operations.writing.flags import LONGEST_PLACE
from questions.registries import places


class FrozenForm(forms.Form):
    """The frozen choice of questions that a preview page sends on. What may be done with them is asked again."""

    frozen = forms.RegexField(r"^\d{1,18}:\d{1,9}(,\d{1,18}:\d{1,9})*$", widget=forms.HiddenInput)
    token = forms.UUIDField(widget=forms.HiddenInput)

    def seen(self) -> list[tuple[int, int]]:
        """The key and the edit of each question, as the preview showed them."""
        parts = (part.split(":") for part in self.cleaned_data["frozen"].split(","))
        return list({int(key): (int(key), int(edit)) for key, edit in parts}.values())


class BulkValuesForm(forms.Form):
    """What an action wants to know; the fields of other actions are taken out."""

    FIELDS = {
        BulkAction.TAG: ("add", "take"),
        BulkAction.LEVEL: ("level",),
        BulkAction.DIFFICULTY: ("difficulty",),
        BulkAction.LEAKED: ("note",),
        BulkAction.MOVE: ("bank",),
        BulkAction.ASK: ("section",),
        BulkAction.EXPORT: ("format",),
    }
    # What happens to each question depends on what is chosen here: it is chosen first, then looked at.
    FIRST = frozenset(FIELDS) - {BulkAction.LEAKED}

    add = forms.CharField(
        label=_("Tags that they get"), max_length=500, required=False, help_text=_("Separated by commas.")
    )
    take = forms.CharField(
        label=_("Tags that are taken from them"),
        max_length=500,
        required=False,
        help_text=_("Separated by commas. Questions without them stay as they are."),
    )
    level = forms.ChoiceField(label=_("Level"), choices=Level.choices)
    difficulty = forms.TypedChoiceField(
        label=_("Intended difficulty"),
        choices=[(number, str(number)) for number in range(1, 6)],
        coerce=int,
        help_text=_("From 1 (easy) to 5 (hard)."),
    )
    note = forms.CharField(label=_("Where they were found"), max_length=LONGEST_PLACE, required=False)
    bank = forms.ModelChoiceField(
        QuestionBank.objects.none(), label=_("Bank that they move to"), empty_label=_("Choose a bank")
    )
    section = forms.ChoiceField(
        label=_("Section that they are added to"),
        help_text=_("Of the drafts of tests. Everybody who takes the test is asked these questions."),
    )
    format = forms.ChoiceField(label=_("Format"), choices=[(name, FORMATS[name]) for name in WRITERS])

    def __init__(self, data: Any, *, action: BulkAction, actor: Actor) -> None:
        super().__init__(data)
        kept = self.FIELDS.get(action, ())
        self.fields = {name: field for name, field in self.fields.items() if name in kept}
        if "bank" in self.fields:
            banks: Any = QuestionBank.objects.all().visible_to(actor).order_by("name", "pk")
            self.fields["bank"].queryset = banks  # type: ignore[attr-defined]
        if "section" in self.fields:
            taker = places()
            self.fields["section"].choices = [  # type: ignore[attr-defined]
                (str(place.key), place.label) for place in (taker.all(actor) if taker else ())
            ]

    @property
    def lacks_choice(self) -> bool:
        """Whether there is no section to choose."""
        return "section" in self.fields and not self.fields["section"].choices  # type: ignore[attr-defined]

    def values(self) -> dict[str, Any]:
        """What was typed, as plain data."""
        return {
            name: value.pk if isinstance(value, Model) else value for name, value in self.cleaned_data.items()
        }

    def chosen(self) -> list[tuple[str, str]]:
        """What was chosen first, as labels and words."""
        words = []
        for name, field in self.fields.items():
            value = self.cleaned_data[name]
            if name in ("add", "take"):
                words.append((str(field.label), ", ".join(value) or "–"))
                continue
            is_choice = name in ("section", "format", "level")
            labels: dict[Any, Any] = dict(field.choices) if is_choice else {}  # type: ignore[attr-defined]
            words.append((str(field.label), str(labels.get(value, value))))
        return words

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for name in ("add", "take"):
            if name in self.fields:
                words = [" ".join(word.split()) for word in data.get(name, "").split(",")]
                data[name] = list(dict.fromkeys(word for word in words if word))
                if any(len(word) > LONGEST_TAG for word in data[name]):
                    self.add_error(
                        name, _("Shorten each tag to %(most)d characters.") % {"most": LONGEST_TAG}
                    )
        if "add" in self.fields and not self.errors and not data["add"] and not data["take"]:
            self.add_error("add", _("Write a tag in one of the two fields."))
        if set(data.get("add", ())) & set(data.get("take", ())):
            self.add_error("take", _("A tag is given or taken, not both."))
        return data
