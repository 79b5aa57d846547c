"""The checklist of the first day on the start page."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.generic import View

from accounts.enums import Role
from accounts.operations import set_step_aside
from hiring import queries
from hiring.views.bases import HiringPage


class SetStepAsideView(HiringPage, View):
    """Say for everybody that a step is not needed, or that it is after all."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        if not self.actor.has_role(Role.ADMINISTRATOR):
            raise PermissionDenied
        if code not in queries.OPTIONAL:
            raise Http404
        set_step_aside(code=code, aside=request.POST.get("aside") == "yes", by=self.actor, now=self.now)
        return redirect(f"{reverse('admin:index')}#first-day")
