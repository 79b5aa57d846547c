"""Which people of a job are looked at: on its page, on its board, in a file, and by whoever acts on a list."""

from __future__ import annotations

from datetime import datetime

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.models import Actor
from candidates.models import Tag
from hiring.enums import ApplicationStatus, Source, TestOutcome
from hiring.models import Job, Stage
from hiring.queries.lists import LIVE, NOT_INVITED, PEOPLE_SORTS, PeopleFilter
from shell.filters import ListFilterForm


class PeopleFilterForm(ListFilterForm):
    """Which people of a job are listed, and in which order."""

    USUAL = {"status": LIVE, "sort": "stage"}
    MORE = ("source", "tag", "flagged")

    q = forms.CharField(label=_("Name, email or words"), max_length=200, required=False)
    stage = forms.ModelChoiceField(
        Stage.objects.none(), label=_("Stage"), required=False, empty_label=_("Every stage")
    )
    status = forms.ChoiceField(
        label=_("Status"),
        required=False,
        choices=[(LIVE, _("Still in it")), *ApplicationStatus.choices, ("all", _("Every status"))],
    )
    result = forms.ChoiceField(
        label=_("Test result"),
        required=False,
        choices=[("", _("Every result")), *TestOutcome.choices, (NOT_INVITED, _("Not invited"))],
    )
    late = forms.BooleanField(label=_("Over target days"), required=False)
    source = forms.ChoiceField(
        label=_("Source"), required=False, choices=[("", _("Every source")), *Source.choices]
    )
    tag = forms.ModelChoiceField(
        Tag.objects.none(),
        label=_("Tag"),
        required=False,
        to_field_name="name",
        empty_label=_("With and without tags"),
    )
    flagged = forms.BooleanField(label=_("An answer asks for a second look"), required=False)
    sort = forms.ChoiceField(
        required=False, choices=[(name, name) for name in PEOPLE_SORTS], widget=forms.HiddenInput
    )

    def __init__(self, data: QueryDict, *, job: Job, actor: Actor) -> None:
        super().__init__(data)
        stages = Stage.objects.filter(job=job, retired_at=None).order_by("position", "pk")
        self.fields["stage"].queryset = stages  # type: ignore[attr-defined]
        self.fields["tag"].queryset = Tag.objects.all().visible_to(actor).order_by("name", "pk")  # type: ignore[attr-defined]
        self.job = job

    def wanted(self, *, now: datetime) -> PeopleFilter:
        """The same for `queries.narrowed`."""
        chosen = self.chosen()
        return PeopleFilter(
            job=self.job,
            search=chosen["q"],
            stage=chosen.get("stage"),
            status="" if chosen["status"] == "all" else chosen["status"],
            outcome=chosen["result"] or "",
            source=chosen["source"] or "",
            tag=chosen["tag"],
            is_flagged=bool(chosen["flagged"]),
            over_target_at=now if chosen["late"] else None,
        )


class BoardFilterForm(PeopleFilterForm):
    """Which people stand on the board: those who are still in it, by what the list is narrowed down by, too."""

    def __init__(self, data: QueryDict, *, job: Job, actor: Actor) -> None:
        super().__init__(data, job=job, actor=actor)
        live = [
            (LIVE, _("Still in it")),
            *((each, ApplicationStatus(each).label) for each in ApplicationStatus.live),
        ]
        self.fields["status"].choices = live  # type: ignore[attr-defined]
        # The stages are its columns, and who waits longest comes first.
        del self.fields["stage"]
