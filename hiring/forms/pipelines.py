"""Forms about stages, of a job and of pipelines that jobs begin with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.models import Actor
from assessments.models import Assessment
from hiring.enums import ScoreRule, StageKind
from hiring.forms.choices import published_tests
from hiring.models import Stage, StageBase
from hiring.queries import letters
from hiring.rules import LETTER_DAYS, StageDraft
from outbox.models import MessageTemplate


class _Offered:
    """What every stage of a form can choose from, looked up once for all of them."""

    def __init__(self, actor: Actor) -> None:
        self.tests = [(test.pk, str(test)) for test in published_tests(actor)]
        seen = MessageTemplate.objects.filter(pk=OuterRef("pk")).visible_to(actor)
        self._letters = [
            (letter.pk, _letter_label(letter), letter.is_seen)
            for letter in letters().annotate(is_seen=Exists(seen))
        ]

    def letters(self, chosen: int | None) -> list[tuple[int, str]]:
        """The letters that whoever asks may choose. What is chosen already stays, whoever saves the stage."""
        return [(pk, label) for pk, label, is_seen in self._letters if is_seen or pk == chosen]


class StageForm(forms.Form):
    """A stage of a job."""

    pk = forms.IntegerField(required=False, widget=forms.HiddenInput)
    name = forms.CharField(label=_("Name"), max_length=80)
    # What a browser sends of a choice that nobody made is its first line: as the initial value it is no change, and the
    # empty form below the stages stays empty.
    kind = forms.ChoiceField(label=_("Kind"), choices=StageKind.choices, initial=StageKind.choices[0][0])
    target_days = forms.IntegerField(
        label=_("Target days"),
        min_value=1,
        max_value=365,
        required=False,
    )
    assessment = forms.ModelChoiceField(
        Assessment.objects.none(), label=_("Test"), required=False, empty_label=_("No test")
    )
    on_score = forms.ChoiceField(
        label=_("When a score arrives"),
        choices=ScoreRule.choices,
        required=False,
        initial=ScoreRule.NONE.value,
    )
    needs_approval = forms.BooleanField(
        label=_("A hiring manager approves who comes here"),
        required=False,
        help_text=_("Whoever may not give it asks for it instead of moving somebody here."),
    )
    public_name = forms.CharField(
        label=_("Name for candidates"),
        max_length=80,
        required=False,
        help_text=_("What they are told of it. Left empty, they read that their application is in progress."),
    )
    sends_test = forms.BooleanField(label=_("Send the test to whoever enters"), required=False)
    wants_new_test = forms.BooleanField(
        label=_("Ask for the test anew, although there is a valid result"), required=False
    )
    entry_mail = forms.ModelChoiceField(
        MessageTemplate.objects.none(),
        label=_("Send a letter to whoever enters"),
        required=False,
        empty_label=_("No letter"),
    )
    entry_mail_days = forms.IntegerField(
        label=_("Days until the letter"),
        min_value=0,
        max_value=LETTER_DAYS,
        required=False,
        help_text=_("It does not go out to somebody who has left the stage by then."),
    )
    entry_interviews = forms.CharField(
        label=_("Interviews to ask for"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("One on each line, for example: Technical interview"),
    )

    def __init__(self, *args: Any, actor: Actor, offered: _Offered, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        letters_offered = offered.letters(self.initial.get("entry_mail"))
        self._offer("assessment", published_tests(actor), offered.tests)
        self._offer(
            "entry_mail", letters().filter(pk__in=[pk for pk, _label in letters_offered]), letters_offered
        )

    def _offer(self, name: str, rows: QuerySet[Any], choices: Sequence[tuple[int, str]]) -> None:
        """Let a field take `rows` and show them as `choices`, so that no form looks up what the others show too."""
        field: Any = self.fields[name]
        field.queryset = rows
        field.choices = [("", field.empty_label), *choices]

    def draft(self) -> StageDraft:
        """What was typed, for the operation."""
        data = self.cleaned_data
        return StageDraft(
            name=data["name"],
            kind=data["kind"],
            target_days=data["target_days"],
            assessment_id=data["assessment"].pk if data["assessment"] else None,
            on_score=data["on_score"] or ScoreRule.NONE,
            pk=data.get("pk"),
            public_name=data["public_name"],
            needs_approval=data["needs_approval"],
            sends_test=data["sends_test"],
            wants_new_test=data["wants_new_test"],
            entry_mail_id=data["entry_mail"].pk if data["entry_mail"] else None,
            entry_mail_days=data["entry_mail_days"] or 0,
            entry_interviews=tuple(line for line in data["entry_interviews"].splitlines() if line.strip()),
        )


def _letter_label(letter: MessageTemplate) -> str:
    return f"{letter.name} ({letter.language})"


def stage_initial(stage: StageBase) -> dict[str, Any]:
    """Return what a form of a stage starts with."""
    fields = (
        "pk",
        "name",
        "kind",
        "target_days",
        "on_score",
        "public_name",
        "needs_approval",
        "sends_test",
        "wants_new_test",
        "entry_mail_days",
    )
    return {name: getattr(stage, name) for name in fields} | {
        "assessment": stage.assessment_id,
        "entry_mail": stage.entry_mail_id,
        "entry_interviews": "\n".join(stage.entry_interviews),
    }


def kept_forms(formset: Any) -> list[Any]:
    """The stages that stay, in the order that was typed; the empty one for a new stage is left out."""
    return [form for form in formset.ordered_forms if form.has_changed() or form.cleaned_data.get("pk")]


class _StagesFormSet(forms.BaseFormSet):
    @cached_property
    def _offered(self) -> _Offered:
        return _Offered(self.form_kwargs["actor"])

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        return {**super().get_form_kwargs(index), "offered": self._offered}

    def add_fields(self, form: forms.Form, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields["ORDER"].label = _("Place")
        form.fields["DELETE"].label = _("Remove this stage")


StageFormSet = forms.formset_factory(
    StageForm,
    formset=_StagesFormSet,
    extra=1,
    can_order=True,
    can_delete=True,
    min_num=1,
    validate_min=True,
    max_num=20,
    validate_max=True,
)


class PipelineForm(forms.Form):
    """What a pipeline is called."""

    name = forms.CharField(label=_("Name"), max_length=120)
    is_active = forms.BooleanField(label=_("New jobs can begin with it"), required=False, initial=True)


class PeopleGoToForm(forms.Form):
    """Where the people of each removed stage go: a place in the stages that stay, from 0."""

    def __init__(
        self, *args: Any, leaving: Sequence[tuple[Stage, int]], names: Sequence[str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for stage, count in leaving:
            words = ngettext(
                "%(count)d person at “%(stage)s” goes to", "%(count)d people at “%(stage)s” go to", count
            )
            self.fields[f"people_go_to_{stage.pk}"] = forms.TypedChoiceField(
                label=words % {"count": count, "stage": stage.name},
                choices=[("", _("Choose a stage")), *enumerate(names)],
                coerce=int,
                empty_value=None,
                required=False,
            )

    def places(self) -> dict[int, int]:
        """What was chosen, by stage; stages of which nothing was said are left out."""
        return {
            int(name.removeprefix("people_go_to_")): place
            for name, place in self.cleaned_data.items()
            if place is not None
        }
