"""Documents of applicants: adding one, its pages as pictures, and the file itself for those who may take it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.generic import View

from candidates.models import Document, DocumentPage
from hiring import operations, queries
from hiring.enums import Capability
from hiring.forms import DocumentForm
from hiring.views.applications import ApplicationView
from hiring.views.bases import HiringPage
from rendering.documents.sniffing import DocumentRefused, Kind

# Whatever a file holds may do nothing, even where a browser opens it by itself.
_HARMLESS = "sandbox; default-src 'none'"


class AddDocumentView(ApplicationView):
    """Add a document to the application."""

    needs = Capability.ADD
    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = DocumentForm(request.POST, request.FILES)
        if form.is_valid():
            try:
                document = operations.add_to_application(
                    application=self.application,
                    kind=form.cleaned_data["kind"],
                    upload=form.cleaned_data["file"],
                    by=self.actor,
                    now=self.now,
                )
            except DocumentRefused as refusal:
                form.add_error("file", refusal.words)
            else:
                words = _("“%(name)s” is kept. It shows here as soon as it is read.")
                messages.success(request, words % {"name": document.filename})
                return HttpResponseRedirect(self.application_url)
        return self.render_to_response(self.get_context_data(documents_form=form))


class _DocumentView(HiringPage, View):
    """Something of one document. What the actor may not see is a 404, as what there is not."""

    http_method_names = ["get", "head"]
    kwargs: dict[str, Any]

    def rows(self) -> QuerySet[Document]:
        return Document.objects.all().visible_to(self.actor)

    def document(self) -> Document:
        """The document of the address, whose person it must be."""
        rows = self.rows().defer("text").select_related("candidate")
        document: Document = get_object_or_404(
            rows, candidate__public_id=self.kwargs["public_id"], public_id=self.kwargs["document_id"]
        )
        return document


class DocumentPageView(_DocumentView):
    """A page as a picture, to be looked at in the page of the application."""

    def get(self, request: HttpRequest, public_id: str, document_id: str, number: int) -> HttpResponseBase:
        page = get_object_or_404(DocumentPage, document=self.document(), number=number)
        try:
            response = FileResponse(page.file.open("rb"), content_type=Kind.PNG.media_type)
        except FileNotFoundError as error:
            raise Http404 from error
        return private(response)


class DocumentDownloadView(_DocumentView):
    """The file as it was sent, for those who may take it with them. The history says who did."""

    def rows(self) -> QuerySet[Document]:
        return queries.documents_to_take(self.actor)

    def get(self, request: HttpRequest, public_id: str, document_id: str) -> HttpResponseBase:
        document = self.document()
        try:
            file = operations.open_document(document=document, by=self.actor, now=self.now)
        except FileNotFoundError:
            messages.error(request, _("The file is not there any more. Ask the person to send it again."))
            return HttpResponseRedirect(reverse("hiring:person", args=[public_id]))
        name = document.filename or f"document.{Kind.of(document.media_type).value}"
        return private(
            FileResponse(file, as_attachment=True, filename=name, content_type=document.media_type)
        )


def private(response: FileResponse) -> FileResponse:
    """Let nothing that `response` holds run or be kept by anybody on its way."""
    response["Content-Security-Policy"] = _HARMLESS
    response["X-Content-Type-Options"] = "nosniff"
    patch_cache_control(response, private=True, no_store=True)
    return response
