"""How the preview of a test would be marked."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.registries import may_see_field
from assessments import queries
from assessments.enums import Band
from assessments.models import AssessmentVersion, Attempt
from assessments.queries import PREVIEW_KEY, Preview
from assessments.views.authoring import TestPage


class PreviewMarksView(TestPage):
    """Every question of the colleague's own preview with the key and the mark, for those who may see keys."""

    template_name = "assessments/preview_marks.html"
    title = gettext_lazy("How your preview would be marked")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not may_see_field(Attempt._meta.label, "keys", self.actor):
            raise PermissionDenied
        stored = request.session.get(PREVIEW_KEY) or {}
        version = self.assessment.versions.filter(pk=stored.get("version_id", 0)).first()
        preview = Preview.of(stored, version) if version is not None else None
        if version is None or preview is None:
            return self.start_first(queries.draft_of(self.assessment) or self.assessment.current_version)
        reading = queries.read_preview(preview, version, now=timezone.now())
        if reading is None or reading.score is None:
            return self.start_first(version)
        return self.render_to_response(
            self.get_context_data(
                reading=reading, version=version, band=Band(reading.score.band), back=self.address
            )
        )

    def start_first(self, version: AssessmentVersion | None) -> HttpResponse:
        """Lead to where a preview begins."""
        if version is None:
            raise Http404
        messages.info(self.request, _("Start the preview and choose some answers first."))
        return redirect("preview:test", version.pk)
