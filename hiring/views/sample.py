"""Leaving the sample company behind. Here, because this is the highest room that keeps something of it."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import login
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.generic import FormView

from accounts.enums import Role
from accounts.models import Actor
from accounts.operations import NotSampleData
from accounts.queries import organisation
from hiring import operations, queries
from hiring.forms import StartForRealForm
from hiring.views.bases import HiringPage, add_errors


class StartForRealView(HiringPage, FormView):
    """Say what goes and what stays, ask for the first administrator, do it, and sign them in.

    It is done in this request: for the sample company it takes less than a second, and work of a worker would have to
    keep the password.
    """

    template_name = "hiring/start_for_real.html"
    form_class = StartForRealForm

    def get_title(self) -> str:
        return _("Start for real")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if self.test_func():
            if not self.actor.has_role(Role.ADMINISTRATOR):
                raise PermissionDenied
            if not organisation().is_sample:
                return redirect("admin:index")
        response = super().dispatch(request, *args, **kwargs)
        patch_cache_control(response, no_store=True)
        return response

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"company": organisation().name}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        if "started" not in kwargs:
            kwargs |= {"removed": queries.sample_parts(), "kept": queries.kept_parts()}
        return super().get_context_data(**kwargs)

    def form_valid(self, form: StartForRealForm) -> HttpResponse:
        try:
            started = operations.start_for_real(
                name=form.cleaned_data["name"],
                administrator=form.administrator(),
                by=self.actor,
                now=self.now,
            )
        except NotSampleData:
            return redirect("admin:index")
        except ValidationError as error:
            add_errors(form, error)
            return self.form_invalid(form)
        # Whoever asked has no account any more. The new administrator has just chosen the password.
        self.request.session.flush()
        login(self.request, started.administrator)
        self.actor = Actor.of_user(started.administrator)  # type: ignore[arg-type]
        self.title = _("You have started for real")
        return self.render_to_response(self.get_context_data(started=started, title=self.title, form=None))
