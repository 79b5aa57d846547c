"""Everything about one person that the viewer may see."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from assessments.enums import InvitationState
from assessments.models import Invitation
from assessments.queries import invitation_rows
from candidates.models import Candidate
from candidates.queries import addresses_of, links_of, notes_for, timeline
from candidates.queries.duplicates import duplicates_of, may_merge
from hiring import queries
from hiring.models import Application, ApplicationAssessment
from hiring.queries.merging import kept_person, merges_of
from hiring.queries.rows import person_rows
from hiring.views.bases import HiringPage

TIMELINE_LENGTH = 100


class PersonView(HiringPage, TemplateView):
    """A person: their applications, tests outside of any job, notes and what happened."""

    template_name = "hiring/person.html"

    @cached_property
    def candidate(self) -> Candidate:
        # Whoever sees the person who was kept may come by the address of one who was merged into them.
        named = get_object_or_404(Candidate, public_id=self.kwargs["public_id"])
        people = Candidate.objects.all().visible_to(self.actor)
        candidate: Candidate = get_object_or_404(people, pk=kept_person(named).pk)
        return candidate

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        kept = self.candidate
        if kept.public_id != self.kwargs["public_id"]:
            return HttpResponseRedirect(reverse("hiring:person", args=[kept.public_id]))
        return super().get(request, *args, **kwargs)

    def get_title(self) -> str:
        return self.candidate.full_name or _("An erased person")

    def get_crumbs(self) -> Sequence[tuple[Any, str]]:
        return [(_("People"), reverse("admin:candidates_candidate_changelist"))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        candidate = self.candidate
        applications = Application.objects.filter(candidate=candidate).visible_to(self.actor)
        tied = ApplicationAssessment.objects.filter(application__candidate=candidate)
        loose = Invitation.objects.filter(candidate=candidate).exclude(pk__in=tied.values("invitation"))
        story = timeline(candidate, self.actor)
        addresses = addresses_of(candidate)
        return super().get_context_data(
            candidate=candidate,
            may_edit=self.request.user.has_perm("candidates.change_candidate"),
            addresses=addresses,
            links=links_of(candidate),
            duplicates=duplicates_of(candidate, self.actor, addresses=addresses),
            may_merge=may_merge(self.actor),
            merges=merges_of(candidate, self.actor, now=self.now),
            tags=sorted(candidate.tags.values_list("name", flat=True), key=str.casefold),
            rows=person_rows(
                queries.with_list_columns(applications).order_by("-applied_at", "-pk"),
                self.actor,
                now=self.now,
            ),
            invitations=[
                (row, InvitationState(row.state_now))  # type: ignore[attr-defined]
                for row in invitation_rows(loose.visible_to(self.actor), self.now)
            ],
            notes=notes_for(candidate, self.actor),
            timeline=story[:TIMELINE_LENGTH],
            timeline_more=max(0, len(story) - TIMELINE_LENGTH),
            **kwargs,
        )
