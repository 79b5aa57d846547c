"""One attempt as staff see it, and what they can do about it."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import TemplateView, View

from accounts.registries import may_see_field
from assessments import queries
from assessments.enums import AttemptState, Band
from assessments.exports import attempt_pdf
from assessments.models import Attempt, Invitation
from assessments.queries.integrity import read_sitting
from assessments.queries.neighbours import place_in_list
from assessments.queries.reading import time_used
from shell.turning import Place
from shell.views import ShellPage


class AttemptPage(ShellPage):
    """Base of the pages of one attempt that the actor may see."""

    request: Any
    kwargs: dict[str, Any]

    @cached_property
    def attempt(self) -> Attempt:
        """The attempt; 404 when it may not be seen."""
        attempts = queries.attempt_rows(Attempt.objects.all().visible_to(self.actor))
        return get_object_or_404(attempts, pk=self.kwargs["pk"])

    @cached_property
    def may_change(self) -> bool:
        """Whether the actor may give time or declare it void."""
        return bool(self.request.user.has_perm("assessments.change_invitation"))

    def get_title(self) -> str:
        invitation = self.attempt.invitation
        return _("%(person)s: %(test)s") % {
            "person": invitation.candidate,
            "test": invitation.version.assessment.name,
        }

    def get_crumbs(self) -> list[tuple[str, str]]:
        return [(_("Invitations"), reverse("admin:assessments_invitation_changelist"))]

    def back(self) -> HttpResponse:
        """Go to the attempt's page."""
        return redirect("assessments:attempt", self.attempt.pk)


class AttemptReadingPage(AttemptPage):
    """What there is to read of an attempt, and how much of it for whom."""

    @cached_property
    def now(self) -> datetime:
        """The moment of this request."""
        return timezone.now()

    @cached_property
    def with_keys(self) -> bool:
        """Whether the actor reads what is right."""
        return may_see_field(Attempt._meta.label, "keys", self.actor, self.attempt)

    @cached_property
    def with_extra_time(self) -> bool:
        """Whether the actor reads that somebody had more time from the beginning."""
        return may_see_field(Invitation._meta.label, "extra_seconds", self.actor, self.attempt.invitation)

    @cached_property
    def reading(self) -> queries.AttemptReading:
        """Everything about it."""
        return queries.read_attempt(self.attempt, with_keys=self.with_keys)


class AttemptView(AttemptReadingPage, TemplateView):
    """Every question as the person saw it, the answer, the mark; the key for those who may see it."""

    template_name = "assessments/attempt.html"

    @cached_property
    def place(self) -> Place | None:
        """Where it stands in the list of results that it was opened from."""
        return place_in_list(self.attempt.pk, actor=self.actor, parameters=self.request.GET, now=self.now)

    def get_crumbs(self) -> list[tuple[str, str]]:
        if self.place is None:
            return super().get_crumbs()
        return [(_("Results: %(title)s") % {"title": self.place.title}, self.place.url)]

    def get_menu_path(self) -> str:
        # The list of a test or of a job that it was opened from.
        return self.place.url if self.place else super().get_menu_path()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        attempt, reading, place = self.attempt, self.reading, self.place
        return super().get_context_data(
            **kwargs,
            reading=reading,
            sitting=read_sitting(attempt),
            attempt=attempt,
            invitation=attempt.invitation,
            state=AttemptState(attempt.state),
            band=Band(reading.score.band) if reading.score else None,
            with_keys=self.with_keys,
            with_extra_time=self.with_extra_time,
            scores=list(attempt.scores.order_by("-created_at", "-pk")),
            is_timed=any(question.seconds is not None for question in reading.questions),
            time_used=time_used(attempt, reading.adjustments),
            place=place,
            problems=list(queries.problems_of(attempt, self.actor)),
            may_settle=self.may_change or self.request.user.has_perm("questions.change_question"),
            person_address=_person_address(attempt),
            steps=self.steps(),
            now=self.now,
        )

    def steps(self) -> list[tuple[str, str]]:
        """Name and address of what the actor can do about the attempt as it stands."""
        if not self.may_change:
            return []
        attempt, names = self.attempt, []
        if attempt.state == AttemptState.IN_PROGRESS:
            paused = attempt.paused_at is not None
            names = [("add-time", _("Give more time"))]
            names += [("resume", _("Let it go on"))] if paused else [("pause", _("Pause"))]
        elif attempt.state == AttemptState.SUBMITTED:
            names = [("reopen", _("Reopen"))]
        if attempt.state != AttemptState.VOID:
            names.append(("void", _("Declare void")))
        return [(label, reverse(f"assessments:{name}", args=[attempt.pk])) for name, label in names]


class AttemptFileView(AttemptReadingPage, View):
    """The same as a PDF: what is to be read without the product, by those who may read it here."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        content = attempt_pdf(
            self.reading, title=self.get_title(), with_extra_time=self.with_extra_time, now=self.now
        )
        name = f"{self.attempt.invitation.version.assessment.slug}-{self.attempt.pk}.pdf"
        response = HttpResponse(content, content_type="application/pdf")
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return response


def _person_address(attempt: Attempt) -> str:
    try:
        return reverse("hiring:person", args=[attempt.invitation.candidate.public_id])
    except NoReverseMatch:
        return ""
