"""Two rows that are one person: looking at both, making them one, parting them again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import TemplateView, View

from candidates.models import Candidate, CandidateMerge
from candidates.operations import unmerge_people
from candidates.queries import with_main_address
from candidates.queries.duplicates import duplicates_of, may_merge
from candidates.queries.words import search_people
from hiring import operations
from hiring.models import Application
from hiring.queries.merging import MergePreview, preview_merge
from hiring.views.bases import HiringPage, told

LONGEST_SEARCH = 100
SHOWN = 10


class _MergingPage(HiringPage):
    """A page about somebody who is kept. For recruiters who see them; to everybody else there is no such page."""

    kwargs: dict[str, Any]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if self.test_func() and not may_merge(self.actor):
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def candidate(self) -> Candidate:
        """The person of the address."""
        candidate: Candidate = get_object_or_404(self._people(), public_id=self.kwargs["public_id"])
        return candidate

    @property
    def person_url(self) -> str:
        return reverse("hiring:person", args=[self.candidate.public_id])

    def _people(self) -> Any:
        return with_main_address(Candidate.objects.all().visible_to(self.actor).present())


class MergeView(_MergingPage, TemplateView):
    """Choose who is the same person, see what moves, then merge."""

    template_name = "hiring/merge.html"

    def get_title(self) -> str:
        return _("Merge with %s") % self.candidate if self.other is None else _("Merge two people")

    def get_crumbs(self) -> Sequence[tuple[Any, str]]:
        people = reverse("admin:candidates_candidate_changelist")
        return [(_("People"), people), (self.candidate.full_name, self.person_url)]

    @cached_property
    def other(self) -> Candidate | None:
        """The person who would be merged into the one of the address; None as long as nobody is chosen."""
        chosen = self.request.POST.get("with") or self.request.GET.get("with")
        if not chosen:
            return None
        others = self._people().exclude(pk=self.candidate.pk)
        other: Candidate = get_object_or_404(others, public_id=chosen[:16])
        return other

    @cached_property
    def preview(self) -> MergePreview:
        assert self.other is not None
        return preview_merge(kept=self.candidate, merged=self.other, actor=self.actor)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        candidate, other = self.candidate, self.other
        if other is not None:
            return super().get_context_data(
                candidate=candidate, other=other, preview=self.preview, both=(candidate, other), **kwargs
            )
        words = " ".join(self.request.GET.get("q", "")[:LONGEST_SEARCH].split())
        found = list(search_people(self.actor, words)[: SHOWN + 1]) if words else []
        return super().get_context_data(
            candidate=candidate,
            words=words,
            found=[person for person in found if person.pk != candidate.pk][:SHOWN],
            duplicates=duplicates_of(candidate, self.actor),
            **kwargs,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        kept, other = self.candidate, self.other
        if other is None:
            messages.error(request, _("Choose who is the same person first."))
            return HttpResponseRedirect(request.path)
        ending = self._ending()
        if ending is None:
            messages.error(request, _("Say for each job which of the two applications goes on."))
            return self.render_to_response(self.get_context_data())
        try:
            merged = told(
                request,
                lambda: operations.merge_candidates(
                    kept=kept, merged=other, ending=ending, by=self.actor, now=self.now
                ),
            )
        except PermissionDenied as error:
            messages.error(request, str(error) or _("Ask a colleague to merge these two."))
            merged = None
        if merged is None:
            return HttpResponseRedirect(f"{request.path}?with={other.public_id}")
        words = _("%(other)s is one person with %(kept)s now. It can be undone for a week, below.")
        messages.success(request, words % {"other": other.full_name, "kept": kept.full_name})
        return HttpResponseRedirect(self.person_url)

    def _ending(self) -> list[Application] | None:
        """The applications that end, one for each clash; None as long as one of them is not decided."""
        ending = []
        for clash in self.preview.clashes:
            goes_on = self.request.POST.get(f"goes_on_{clash.of_kept.public_id}")
            others = [row for row in clash.pair if row.public_id != goes_on]
            if len(others) != 1:
                return None
            ending += others
        return ending


class UndoMergeView(_MergingPage, View):
    """Part two people who were merged."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, public_id: str, merged_id: str) -> HttpResponse:
        merges = CandidateMerge.objects.filter(kept=self.candidate, merged__public_id=merged_id)
        merge = merges.visible_to(self.actor).select_related("merged").order_by("-at", "-pk").first()
        if merge is None:
            raise Http404
        undone = told(request, lambda: self._undo(merge))
        if undone:
            messages.success(
                request,
                _("%(other)s and %(kept)s are two people again.")
                % {"other": merge.merged.full_name, "kept": self.candidate.full_name},
            )
        return HttpResponseRedirect(self.person_url)

    def _undo(self, merge: CandidateMerge) -> bool:
        unmerge_people(merge=merge, by=self.actor, now=self.now)
        return True
