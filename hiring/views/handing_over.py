"""A colleague's work goes to somebody else: what there is, and to whom."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import FormView

from accounts.enums import Role
from accounts.models import User
from accounts.registries import HandOverPart, hand_over_parts
from hiring import operations
from hiring.forms import HandOverForm
from hiring.views.bases import HiringPage, add_errors


class HandOverView(HiringPage, FormView):
    """Preview and form in one; for administrators alone."""

    template_name = "hiring/hand_over.html"
    form_class = HandOverForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if self.test_func() and not self.actor.has_role(Role.ADMINISTRATOR):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def colleague(self) -> User:
        """Whose work it is."""
        user: User = get_object_or_404(User.objects.all().visible_to(self.actor), pk=self.kwargs["pk"])
        return user

    @property
    def colleague_url(self) -> str:
        return reverse("admin:accounts_user_change", args=[self.colleague.pk])

    def get_title(self) -> str:
        return _("Hand over the work of %(name)s") % {"name": self.colleague.get_full_name()}

    def get_crumbs(self) -> Sequence[tuple[Any, str]]:
        return [
            (_("Colleagues"), reverse("admin:accounts_user_changelist")),
            (self.colleague.get_full_name(), self.colleague_url),
        ]

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"actor": self.actor, "colleague": self.colleague}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        parts: list[tuple[HandOverPart, Sequence[Any]]] = [
            (part, items) for part in hand_over_parts() if (items := part.items(self.colleague))
        ]
        return super().get_context_data(**kwargs) | {
            "colleague": self.colleague,
            "colleague_url": self.colleague_url,
            "parts": parts,
            "count": sum(len(items) for _part, items in parts),
        }

    def form_valid(self, form: HandOverForm) -> HttpResponse:
        to: User = form.cleaned_data["to"]
        try:
            moved = operations.hand_over(user=self.colleague, to=to, by=self.actor, now=self.now)
        except ValidationError as error:
            add_errors(form, error)
            return self.form_invalid(form)
        count = sum(moved.values())
        words = ngettext(
            "%(count)d thing is the work of %(name)s now.",
            "%(count)d things are the work of %(name)s now.",
            count,
        )
        if count:
            messages.success(self.request, words % {"count": count, "name": to.get_full_name()})
        else:
            messages.info(self.request, _("There was nothing left to hand over."))
        return HttpResponseRedirect(self.colleague_url)
