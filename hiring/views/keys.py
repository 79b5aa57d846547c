"""A new API key. Here, because a key can be limited to jobs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.generic import FormView

from hiring import operations
from hiring.forms import NewApiKeyForm
from hiring.views.bases import HiringPage, add_errors


class NewApiKeyView(HiringPage, FormView):
    """Make a key for a program of one's own; its token is shown once, in the answer to this form."""

    template_name = "hiring/api_key.html"
    form_class = NewApiKeyForm

    def get_title(self) -> str:
        return _("New API key")

    def get_crumbs(self) -> Sequence[tuple[Any, str]]:
        return [(_("API keys"), reverse("admin:accounts_apikey_changelist"))]

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"actor": self.actor, "today": self.now}

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        response = super().dispatch(request, *args, **kwargs)
        patch_cache_control(response, no_store=True)
        return response

    def form_valid(self, form: NewApiKeyForm) -> HttpResponse:
        owner: Any = self.request.user
        try:
            key, token = operations.create_limited_key(
                name=form.cleaned_data["name"],
                owner=owner,
                scopes=form.cleaned_data["scopes"],
                expires_at=form.expires_at(),
                jobs=form.cleaned_data["jobs"],
                by=self.actor,
                now=self.now,
            )
        except ValidationError as error:
            add_errors(form, _renamed(error))
            return self.form_invalid(form)
        return self.render_to_response(
            self.get_context_data(form=form, key=key, token=token, scopes=form.cleaned_data["scopes"])
        )


def _renamed(error: ValidationError) -> ValidationError:
    """The form asks for a day where the key has a moment."""
    if not hasattr(error, "error_dict"):
        return error
    names = {"expires_at": "expires"}
    return ValidationError({names.get(field, field): errors for field, errors in error.error_dict.items()})
