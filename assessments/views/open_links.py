"""Open links of a test: made, copied, closed, and how many came by them."""

from __future__ import annotations

from functools import cached_property, partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView, View

from assessments import operations, queries
from assessments.forms.open_links import OpenLinkForm
from assessments.models import Assessment, OpenLink
from shell.columns import way_back
from shell.list_files import file_or_words
from shell.views import ShellPage


class _OpenLinks(ShellPage):
    """For those who invite; which links they see is the grants' matter."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        may = request.user.is_authenticated and request.user.has_perm("assessments.change_invitation")
        if request.user.is_authenticated and self.test_func() and not may:
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)


class _OfTest(_OpenLinks):
    """The open links of one test."""

    kwargs: dict[str, Any]

    @cached_property
    def assessment(self) -> Assessment:
        """The test of the address."""
        seen = Assessment.objects.all().visible_to(self.actor)
        test: Assessment = get_object_or_404(seen, slug=self.kwargs["slug"])
        return test

    def links(self) -> QuerySet[OpenLink]:
        """Those that the actor sees. Lazy."""
        return OpenLink.objects.filter(assessment=self.assessment).visible_to(self.actor)


class OpenLinksFile(_OfTest, View):
    """The same as a file."""

    def get(self, request: HttpRequest, slug: str, format: str) -> HttpResponseBase:
        take = partial(
            operations.take_open_links,
            self.links(),
            of=self.assessment,
            format=format,
            by=self.actor,
            now=timezone.now(),
        )
        return file_or_words(request, take, back=reverse("assessments:open-links", args=[slug]))


class OpenLinksView(_OfTest, TemplateView):
    """The same as a page, and a form for another."""

    title = gettext_lazy("Open links")
    template_name = "assessments/open_links.html"

    def get_crumbs(self) -> list[tuple[str, str]]:
        return [
            (_("Tests"), reverse("admin:assessments_assessment_changelist")),
            (
                self.assessment.name,
                reverse("admin:assessments_assessment_change", args=[self.assessment.pk]),
            ),
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("form", OpenLinkForm())
        now = timezone.now()
        return super().get_context_data(
            **kwargs,
            lines=queries.open_link_lines(queries.open_link_rows(self.links()), now=now),
            assessment=self.assessment,
            here=self.request.path,
            file="assessments:open-links-file",
            links_of=self.assessment.slug,
            now=now,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = OpenLinkForm(request.POST)
        if form.is_valid():
            try:
                operations.create_open_link(
                    assessment=self.assessment, by=self.actor, now=timezone.now(), **form.cleaned_data
                )
            except ValidationError as error:
                for field, errors in error.error_dict.items():
                    form.add_error(field if field in form.fields else None, errors)
            except operations.CannotInvite as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, _("The link is made. Copy it into your posting."))
                return redirect(request.path)
        return self.render_to_response(self.get_context_data(form=form))


class CloseOpenLinkView(_OpenLinks, View):
    """Let nobody new in by a link."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        link = get_object_or_404(OpenLink.objects.select_related("assessment").visible_to(self.actor), pk=pk)
        operations.close_open_link(link=link, by=self.actor, now=timezone.now())
        messages.success(request, _("The link is closed. Whoever came by it keeps their invitation."))
        return redirect(way_back(request, reverse("assessments:open-links", args=[link.assessment.slug])))
