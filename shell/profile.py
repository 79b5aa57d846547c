"""The page that everyone who signs in has of themselves."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView, View

from accounts import operations, queries
from accounts.models import User
from shell.admin.bases import add_refusal
from shell.columns import way_back
from shell.forms import ProfileForm
from shell.registries import profile_parts
from shell.views import ShellPage


class OwnPage(ShellPage):
    """A page of whoever asks, about themselves alone."""

    @cached_property
    def user(self) -> User:
        """Who asks, as they are stored: the form must not change who is signed in before it is saved."""
        return User.objects.get(pk=self.request.user.pk)


class ProfilePage(OwnPage, FormView):
    """Name, language and zone; the ways to the password and the second step; where one is signed in."""

    title = gettext_lazy("Your profile")
    template_name = "shell/profile.html"
    form_class = ProfileForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"instance": self.user}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "has_password": self.user.has_usable_password(),
            "sign_in": queries.ways_in(self.user),
            "parts": profile_parts(self.user),
        }

    def form_valid(self, form: ProfileForm) -> HttpResponse:
        user = User.objects.get(pk=self.user.pk)
        try:
            operations.set_profile(user=user, **form.cleaned_data, by=self.actor, now=timezone.now())
        except ValidationError as refusal:
            add_refusal(form, refusal)
            return self.form_invalid(form)
        messages.success(self.request, _("Your profile is saved."))
        return redirect("shell:profile")


class SignOutElsewhere(OwnPage, View):
    """End every other session of one's own."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        operations.end_sessions(user=self.user, by=self.actor, now=timezone.now())
        update_session_auth_hash(request, self.user)
        messages.success(request, _("Everywhere else you are signed out."))
        return redirect("shell:profile")


class ChooseColumns(OwnPage, View):
    """Remember which columns of a list one wants to see, and show the list again."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, name: str) -> HttpResponse:
        chosen = None if "usual" in request.POST else request.POST.getlist("columns")
        operations.choose_columns(user=self.user, name=name, columns=chosen, by=self.actor)
        return redirect(way_back(request, reverse("admin:index")))
