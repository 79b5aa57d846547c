"""Forms that decide about people, one by one and many at a time."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Actor
from assessments.models import Assessment
from hiring.enums import ApplicationStatus, TellThem
from hiring.forms.choices import published_tests
from hiring.forms.fates import InvitationsFateForm
from hiring.models import RejectionReason, Stage
from hiring.queries.lists import rejection_reasons
from hiring.rules import MAIL_DAYS
from rendering.characters import clean_line


class BulkForm(forms.Form):
    """The frozen choice of people that a preview page sends on. What may be done with them is asked again."""

    ids = forms.CharField(widget=forms.HiddenInput)
    token = forms.UUIDField(widget=forms.HiddenInput)


def _moment(label: Any, help_text: Any) -> forms.DateTimeField:
    return forms.DateTimeField(
        label=label,
        required=False,
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=help_text,
    )


class InviteForm(forms.Form):
    """Which test people are invited to, and on which terms."""

    TERMS = ("not_before", "expires_at", "extra_minutes", "extra_reason", "language", "again_reason")

    assessment = forms.ModelChoiceField(Assessment.objects.none(), label=_("Test"), empty_label=None)
    not_before = _moment(_("Opens at"), _("In your time zone. Empty means at once."))
    expires_at = _moment(_("Can be started until"), _("In your time zone. Empty means for 14 days."))
    extra_minutes = forms.IntegerField(
        label=_("Extra time in minutes"),
        min_value=0,
        max_value=24 * 60,
        required=False,
        help_text=_("For everybody who is invited here."),
    )
    extra_reason = forms.CharField(
        label=_("Why extra time"),
        max_length=300,
        required=False,
        help_text=_("Only administrators read it later."),
    )
    language = forms.ChoiceField(
        label=_("Language"),
        required=False,
        choices=[("", _("As known of each person")), *settings.CANDIDATE_LANGUAGES],
    )
    again_reason = forms.CharField(
        label=_("Why once more"),
        max_length=300,
        required=False,
        help_text=_(
            "Invites those too who took this test before or are about to for another job. It is recorded."
        ),
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["assessment"].queryset = published_tests(actor)  # type: ignore[attr-defined]

    def terms(self) -> dict[str, Any]:
        """What was typed, for the operation."""
        data = self.cleaned_data
        return {
            "not_before": data["not_before"],
            "expires_at": data["expires_at"],
            "extra_seconds": (data["extra_minutes"] or 0) * 60,
            "extra_reason": data["extra_reason"],
            "language": data["language"],
            "again_reason": data["again_reason"],
        }


class RejectForm(InvitationsFateForm):
    """Why applications are rejected, and whether and when the people are told."""

    reason = forms.ModelChoiceField(
        RejectionReason.objects.none(),
        label=_("Reason"),
        empty_label=_("Choose a reason"),
        help_text=_("For you and your colleagues. The mail does not repeat it."),
    )
    comment = forms.CharField(
        label=_("Comment"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Stays with the application. Only colleagues read it."),
    )
    tell = forms.ChoiceField(
        label=_("Tell them by mail"),
        choices=TellThem.choices,
        initial=TellThem.NOW,
        widget=forms.RadioSelect,
        help_text=_("A mail that waits is cancelled on the page of the application, or by restoring it."),
    )
    days = forms.IntegerField(
        label=_("In how many days, if later"),
        min_value=1,
        max_value=MAIL_DAYS,
        required=False,
        error_messages={
            "min_value": _("Choose between 1 and 30 days."),
            "max_value": _("Choose between 1 and 30 days."),
        },
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].queryset = rejection_reasons().visible_to(actor)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("tell") == TellThem.LATER and not data.get("days") and "days" not in self.errors:
            self.add_error("days", _("Say in how many days they are told."))
        return data

    def terms(self) -> dict[str, Any]:
        """What was decided, for the operation."""
        data = self.cleaned_data
        return {
            "reason": data["reason"],
            "comment": data["comment"],
            "send_mail": data["tell"] != TellThem.NEVER,
            "mail_in_days": data["days"] if data["tell"] == TellThem.LATER else 0,
            "withdraw_invitations": data["withdraw_invitations"],
        }


class RejectionReasonForm(forms.ModelForm):
    """The words of a reason; two in use never read the same."""

    class Meta:
        model = RejectionReason
        fields = ("name", "is_active")

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        others = RejectionReason.objects.filter(name__iexact=clean_line(data.get("name", "")), is_active=True)
        if data.get("is_active") and others.exclude(pk=self.instance.pk).exists():
            self.add_error("name", _("There is a reason with these words already."))
        return data


class MoveForm(forms.Form):
    """To which stage."""

    stage = forms.ModelChoiceField(Stage.objects.none(), label=_("Move to"), empty_label=None)

    def __init__(self, *args: Any, stages: QuerySet[Stage], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["stage"].queryset = stages  # type: ignore[attr-defined]


class BulkMoveForm(MoveForm):
    """To which stage, and what is said to those who approve where it needs that."""

    note = forms.CharField(
        label=_("Note for those who approve"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("It goes along with each approval that is asked for, and stays with each application."),
    )


class StageMoveForm(MoveForm):
    """A move of one application, with the version its person was looking at."""

    version = forms.IntegerField(widget=forms.HiddenInput)


class StatusForm(InvitationsFateForm):
    """Another status for one application."""

    status = forms.ChoiceField(choices=ApplicationStatus.choices)
    version = forms.IntegerField()
    comment = forms.CharField(max_length=1000, required=False)


class BulkStatusForm(InvitationsFateForm):
    """Another status for many applications."""

    comment = forms.CharField(
        label=_("Comment"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Stays with each application. Only colleagues read it."),
    )


class HireForm(InvitationsFateForm):
    """Hiring somebody, with the version that their page showed."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    comment = forms.CharField(
        label=_("Comment"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Stays with the application. Only colleagues read it."),
    )
