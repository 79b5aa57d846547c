"""Résumés that are dropped on a job: the list of its drafts, and each looked over until its person is added."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import TemplateView, View

from hiring import operations
from hiring.enums import Capability, DraftState
from hiring.forms import ResumesForm
from hiring.models import Application, ResumeDraft
from hiring.queries import drafts as queries
from hiring.rules.drafts import DRAFTS_KEPT_FOR, MOST_AT_ONCE
from hiring.views.adding import AddingPage
from hiring.views.bases import JobPage, told
from hiring.views.documents import private
from shell.columns import page_links

PAGE_SIZE = 50


class DraftsView(JobPage, TemplateView):
    """The drafts of a job, and where résumés are dropped to become some."""

    needs = Capability.ADD
    http_method_names = ["get", "head", "post"]
    # Said where so many came that nothing of them was read.
    most_files = MOST_AT_ONCE

    def get_template_names(self) -> list[str]:
        # While some are read the list asks again for itself alone.
        is_part = getattr(self.request, "htmx", False)
        return ["hiring/parts/drafts.html" if is_part else "hiring/drafts.html"]

    def get_title(self) -> str:
        return _("Résumés dropped")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = ResumesForm(request.POST, request.FILES)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form))
        files = form.cleaned_data["resumes"]
        dropped = told(
            request,
            lambda: operations.drop_resumes(job=self.job, uploads=files, by=self.actor, now=self.now),
        )
        if dropped is not None:
            self._tell(dropped)
        return HttpResponseRedirect(request.path)

    def _tell(self, dropped: operations.DroppedResumes) -> None:
        made, known = len(dropped.made), [draft for draft in dropped.known if draft.state != DraftState.USED]
        used = len(dropped.known) - len(known)
        if made:
            words = ngettext("%d résumé is a draft now.", "%d résumés are drafts now.", made)
            messages.success(self.request, words % made)
        if known:
            words = ngettext("%d file is a draft already.", "%d files are drafts already.", len(known))
            messages.info(self.request, words % len(known))
        if used:
            words = ngettext(
                "The person of %d file was added to this job before.",
                "The people of %d files were added to this job before.",
                used,
            )
            messages.info(self.request, words % used)
        for words in dropped.refused:
            messages.error(self.request, words)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        drafts = queries.waiting_drafts(self.job, self.actor).defer("text")
        pages = Paginator(drafts, PAGE_SIZE)
        page = pages.get_page(self.request.GET.get("page"))
        reading = drafts.filter(state=DraftState.READING).count()
        return super().get_context_data(
            **{
                "form": ResumesForm(),
                "lines": queries.draft_lines(list(page.object_list), self.actor),
                "count": pages.count,
                "reading": reading,
                "read": pages.count - reading,
                "page": page,
                "page_links": page_links(page, self.request.GET),
                "most": MOST_AT_ONCE,
                "days": DRAFTS_KEPT_FOR.days,
                **kwargs,
            }
        )


class _DraftPage(JobPage):
    """A page about one draft of the job."""

    @cached_property
    def draft(self) -> ResumeDraft:
        """The draft of the address, if the actor may see it. One that was discarded is not there."""
        drafts = ResumeDraft.objects.filter(job=self.job).exclude(state=DraftState.DROPPED)
        rows = drafts.visible_to(self.actor).select_related("job", "application")
        draft: ResumeDraft = get_object_or_404(rows, public_id=self.kwargs["public_id"])
        return draft

    @property
    def list_url(self) -> str:
        return reverse("hiring:drafts", args=[self.job.slug])


class DraftView(_DraftPage, AddingPage):
    """Look over what was guessed from a résumé, mend it, and add its person to the job."""

    template_name = "hiring/draft.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if self.test_func() and self.needs in self.rights and self.draft.state == DraftState.USED:
            return self._go_where_it_went()
        return super().dispatch(request, *args, **kwargs)

    def _go_where_it_went(self) -> HttpResponse:
        messages.info(self.request, _("The person of this draft was added already."))
        used = self.draft.application
        address = self.list_url
        if used is not None and Application.objects.filter(pk=used.pk).visible_to(self.actor).exists():
            address = reverse("hiring:application", args=[used.public_id])
        return HttpResponseRedirect(address)

    def get_title(self) -> str:
        return self.draft.full_name or self.draft.filename

    def get_crumbs(self) -> Sequence[tuple[Any, str]]:
        return [*super().get_crumbs(), (_("Résumés dropped"), self.list_url)]

    def get_initial(self) -> dict[str, Any]:
        return {name: getattr(self.draft, name) for name in ("full_name", "email", "phone")}

    def add(self, data: dict[str, Any]) -> tuple[Application, bool]:
        return operations.use_draft(draft=self.draft, by=self.actor, now=self.now, **data)

    def after(self, application: Application, *, is_new: bool) -> str:
        following = queries.waiting_drafts(self.job, self.actor).filter(state=DraftState.READY)
        draft = following.defer("text").first() if "following" in self.request.POST else None
        if draft is None:
            return super().after(application, is_new=is_new)
        return reverse("hiring:draft", args=[self.job.slug, draft.public_id])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        [line] = queries.draft_lines([self.draft], self.actor)
        others = queries.waiting_drafts(self.job, self.actor).exclude(pk=self.draft.pk)
        return super().get_context_data(
            **{
                "draft": self.draft,
                "line": line,
                "has_others": others.filter(state=DraftState.READY).exists(),
                **kwargs,
            }
        )


class DraftFileView(_DraftPage, View):
    """The file as it was dropped, for those who may take it with them. The history says who did."""

    needs = Capability.ADD
    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest, slug: str, public_id: str) -> HttpResponseBase:
        if Capability.DOWNLOAD not in self.rights or self.draft.state == DraftState.USED:
            raise Http404
        try:
            file = operations.open_draft(draft=self.draft, by=self.actor, now=self.now)
        except FileNotFoundError:
            messages.error(request, _("The file is not there any more. Discard the draft."))
            return HttpResponseRedirect(reverse("hiring:draft", args=[slug, public_id]))
        return private(
            FileResponse(
                file,
                as_attachment=True,
                filename=self.draft.filename,
                content_type=self.draft.media_type,
            )
        )


class DiscardDraftView(_DraftPage, View):
    """Delete a draft with its file."""

    needs = Capability.ADD
    http_method_names = ["post"]

    def post(self, request: HttpRequest, slug: str, public_id: str) -> HttpResponse:
        if self.draft.state == DraftState.USED:
            raise Http404
        operations.discard_draft(draft=self.draft, by=self.actor, now=self.now)
        messages.success(request, _("“%s” is discarded.") % self.draft.filename)
        return HttpResponseRedirect(self.list_url)
