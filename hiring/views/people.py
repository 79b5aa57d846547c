"""Everything about one person that the viewer may see."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from assessments.enums import InvitationState
from assessments.models import Invitation
from assessments.queries import invitation_rows
from candidates.models import Candidate
from candidates.operations import change_tags
from candidates.queries import addresses_of, links_of, notes_for, timeline, with_main_address
from candidates.queries.duplicates import duplicates_of, may_merge
from hiring import queries
from hiring.forms import BulkTagsForm
from hiring.models import Application, ApplicationAssessment, Follow
from hiring.queries.merging import kept_person, merges_of
from hiring.queries.rows import person_rows
from hiring.views.bases import HiringPage

TIMELINE_LENGTH = 100
# A page of a list of the admin.
MOST_CHOSEN = 200


class PersonView(HiringPage, TemplateView):
    """A person: their applications, tests outside of any job, notes and what happened."""

    template_name = "hiring/person.html"

    @cached_property
    def candidate(self) -> Candidate:
        # Whoever sees the person who was kept may come by the address of one who was merged into them.
        named = get_object_or_404(Candidate, public_id=self.kwargs["public_id"])
        followed = Follow.objects.filter(candidate=OuterRef("pk"), user=self.actor.user)
        people = Candidate.objects.all().visible_to(self.actor).annotate(is_followed=Exists(followed))
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


class PeopleTagsView(HiringPage, TemplateView):
    """Change the tags of people who were chosen in a list of the admin, after a look at who they are."""

    title = gettext_lazy("Change tags")
    template_name = "hiring/people_tags.html"
    http_method_names = ["get", "post"]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if self.test_func() and not request.user.has_perm("candidates.change_candidate"):
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get_crumbs(self) -> Sequence[tuple[Any, str]]:
        return [(_("People"), reverse("admin:candidates_candidate_changelist"))]

    @cached_property
    def ids(self) -> list[str]:
        """Whom the address or the form names."""
        named = self.request.POST.get("ids") or self.request.GET.get("ids", "")
        return list(dict.fromkeys(word[:16] for word in named.split(",") if word))[:MOST_CHOSEN]

    @cached_property
    def people(self) -> list[Candidate]:
        """Those of them whom the actor sees."""
        seen = Candidate.objects.filter(public_id__in=self.ids).visible_to(self.actor).present()
        return list(with_main_address(seen).prefetch_related("tags").order_by("full_name", "pk"))

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.people:
            messages.info(request, _("Choose people in the list first."))
            return HttpResponseRedirect(reverse("admin:candidates_candidate_changelist"))
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = BulkTagsForm(request.POST)
        if not self.people or not form.is_valid():
            return self.get(request, form=form) if self.people else self.get(request)
        given, taken = change_tags(people=self.people, by=self.actor, now=self.now, **form.cleaned_data)
        words = _("Tags given: %(given)d. Tags taken: %(taken)d.")
        messages.success(request, words % {"given": given, "taken": taken})
        return HttpResponseRedirect(reverse("admin:candidates_candidate_changelist"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        counts = Counter(tag.name for person in self.people for tag in person.tags.all())
        return super().get_context_data(
            **{
                "form": BulkTagsForm(),
                "ids": ",".join(person.public_id for person in self.people),
                "people": self.people,
                "tags": sorted(counts.items(), key=lambda pair: pair[0].casefold()),
                **kwargs,
            }
        )
