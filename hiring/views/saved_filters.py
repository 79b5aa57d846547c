"""Keeping a filter under a name, and forgetting it."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.generic import View

from hiring import operations
from hiring.forms import PeopleFilterForm
from hiring.models import SavedFilter
from hiring.views.bases import JobPage, told
from shell.columns import way_back


class SaveFilterView(JobPage, View):
    """Keep what the list is narrowed down to, as its own form understands it."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        form = PeopleFilterForm(
            QueryDict(request.POST.get("query", "")[:4000]), job=self.job, actor=self.actor
        )
        try:
            saved = told(
                request,
                lambda: operations.save_filter(
                    job=self.job,
                    name=request.POST.get("name", ""),
                    # Somebody's name would outlast their erasure there.
                    query=form.query(without=("q",)),
                    is_shared="is_shared" in request.POST,
                    by=self.actor,
                    now=self.now,
                ),
            )
        except PermissionDenied as error:
            raise Http404 from error
        if saved:
            words = _("The filter “%s” is kept, without what you searched for.")
            plain = _("The filter “%s” is kept.")
            messages.success(request, (words if "q" in form.used else plain) % saved.name)
        return HttpResponseRedirect(way_back(request, self.job_url))


class ForgetFilterView(JobPage, View):
    """Forget one's own filter."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, slug: str, pk: int) -> HttpResponse:
        mine = SavedFilter.objects.filter(job=self.job, owner=self.actor.user).visible_to(self.actor)
        saved = get_object_or_404(mine, pk=pk)
        operations.forget_filter(saved=saved, by=self.actor)
        messages.success(request, _("The filter “%s” is forgotten.") % saved.name)
        return HttpResponseRedirect(way_back(request, self.job_url))
