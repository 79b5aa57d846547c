"""Which questions of the list are looked at."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Model, Q
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.models import Actor
from questions.enums import Exposure, Kind, Level, QuestionFlag, Status
from questions.models import QuestionBank, QuestionTag, Skill
from questions.queries.finding import QUESTION_SORTS, QuestionFilter
from shell.filters import ListFilterForm

# Of skills and tags so many are offered while somebody types; every one is found by its name.
OFFERED = 300


class NamedRowField(forms.ModelChoiceField):
    """A row that is typed by its name, with those there are offered below: for lists that are too long to look through.

    `names` are the columns that may hold what was typed, however its letters are.
    """

    default_error_messages = {"invalid_choice": _("There is no “%(value)s”. Choose one of those offered.")}

    def __init__(self, queryset: Any, *, names: tuple[str, ...], offers: str, **kwargs: Any) -> None:
        widget = forms.TextInput({"list": offers, "autocomplete": "off", "maxlength": 120})
        super().__init__(queryset, widget=widget, **kwargs)
        self.names = names

    def to_python(self, value: Any) -> Model | None:
        if value in self.empty_values:
            return None
        words = str(value).strip()[:120]
        named = Q()
        for name in self.names:
            named |= Q(**{f"{name}__iexact": words})
        rows: Any = self.queryset
        found: Model | None = rows.filter(named).order_by("pk").first()
        if found is None:
            raise forms.ValidationError(
                self.error_messages["invalid_choice"], code="invalid_choice", params={"value": words}
            )
        return found

    def prepare_value(self, value: Any) -> Any:
        return str(value) if isinstance(value, Model) else value


class QuestionFilterForm(ListFilterForm):
    """Which questions are listed, and in which order."""

    USUAL = {"sort": "-changed"}
    MORE = ("skill", "tag", "kind", "exposure")

    q = forms.CharField(label=_("Id or words"), max_length=200, required=False)
    bank = forms.ModelChoiceField(
        QuestionBank.objects.none(), label=_("Bank"), required=False, empty_label=_("Every bank")
    )
    status = forms.ChoiceField(
        label=_("Status"), required=False, choices=[("", _("Every status")), *Status.choices]
    )
    level = forms.ChoiceField(
        label=_("Level"), required=False, choices=[("", _("Every level")), *Level.choices]
    )
    flag = forms.ChoiceField(
        label=_("To look at"), required=False, choices=[("", _("All of them")), *QuestionFlag.choices]
    )
    skill = NamedRowField(
        Skill.objects.none(),
        names=("name", "slug"),
        offers="skills-offered",
        label=_("Skill"),
        required=False,
    )
    tag = NamedRowField(
        QuestionTag.objects.none(), names=("name",), offers="tags-offered", label=_("Tag"), required=False
    )
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[("", _("Every kind")), *Kind.choices])
    exposure = forms.ChoiceField(
        label=_("How often shown"), required=False, choices=[("", _("However often")), *Exposure.choices]
    )
    sort = forms.ChoiceField(
        required=False, choices=[(name, name) for name in QUESTION_SORTS], widget=forms.HiddenInput
    )

    def __init__(self, data: QueryDict, *, actor: Actor) -> None:
        super().__init__(data)
        for name, model in (("bank", QuestionBank), ("skill", Skill), ("tag", QuestionTag)):
            rows = model.objects.visible_to(actor).order_by("name", "pk")
            self.fields[name].queryset = rows  # type: ignore[attr-defined]

    def wanted(self) -> QuestionFilter:
        """The same for `queries.finding.narrowed`."""
        chosen = self.chosen()
        return QuestionFilter(
            search=chosen["q"],
            bank=chosen["bank"],
            skill=chosen["skill"],
            tag=chosen["tag"],
            kind=chosen["kind"] or "",
            level=chosen["level"] or "",
            status=chosen["status"] or "",
            exposure=chosen["exposure"] or "",
            flag=chosen["flag"] or "",
        )

    @property
    def offers(self) -> list[tuple[str, list[str]]]:
        """The names that are offered below a field, by the id of their list. Two queries."""
        return [
            (
                self.fields[name].widget.attrs["list"],
                list(self.fields[name].queryset.values_list("name", flat=True)[:OFFERED]),  # type: ignore[attr-defined]
            )
            for name in ("skill", "tag")
        ]
