"""Correcting where an application comes from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import FormView

from hiring import operations
from hiring.enums import Capability, Source
from hiring.forms import CorrectSourceForm
from hiring.views.bases import REFUSALS, ApplicationPage, add_errors


class CorrectSourceView(ApplicationPage, FormView):
    """Say where somebody really comes from, and why it is corrected."""

    needs = Capability.ADD
    template_name = "hiring/source.html"
    form_class = CorrectSourceForm

    def get_title(self) -> str:
        return _("Where %s comes from") % self.application.candidate

    def get_crumbs(self) -> Sequence[tuple[Any, str]]:
        job = self.application.job
        return [
            (job.title, reverse("hiring:job", args=[job.slug])),
            (self.application.candidate, self.application_url),
        ]

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"actor": self.actor}

    def get_initial(self) -> dict[str, Any]:
        application = self.application
        return {
            "source": application.source,
            "referred_by": application.referred_by_id,
            "agency": application.agency,
        }

    def form_valid(self, form: CorrectSourceForm) -> HttpResponse:
        try:
            corrected = operations.correct_source(
                application=self.application,
                credit=form.credit(form.cleaned_data),
                reason=form.cleaned_data["reason"],
                by=self.actor,
                now=self.now,
            )
        except ValidationError as error:
            add_errors(form, error)
            return self.form_invalid(form)
        except (*REFUSALS, PermissionDenied) as refusal:
            form.add_error(None, str(refusal))
            return self.form_invalid(form)
        words = _("The source is “%s” now.") % Source(corrected.source).label
        messages.success(self.request, words)
        return HttpResponseRedirect(self.application_url)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        application = self.application
        parts = [application.referred_by, application.agency, application.tracking_link]
        words = [str(part) for part in (Source(application.source).label, *parts) if part]
        return super().get_context_data(now_words=", ".join(words), **kwargs)
