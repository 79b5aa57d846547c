"""How a colleague signs in, for administrators: the mail with their link, a link to hand over, a lost second step."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.generic import TemplateView, View

from accounts import queries as accounts
from accounts.enums import Role
from accounts.models import ApiKey, User
from accounts.operations import invite_user, remove_second_step
from outbox import operations, queries
from shell.list_files import ChangeListFile
from shell.views import ShellPage


class ColleaguesFile(ChangeListFile):
    """The list of colleagues as a file."""

    model = User
    taken = staticmethod(operations.COLLEAGUES.take)


class ApiKeysFile(ChangeListFile):
    """The list of API keys as a file."""

    model = ApiKey
    taken = staticmethod(operations.API_KEYS.take)


class ColleaguePage(ShellPage):
    """A page about one colleague, for administrators alone."""

    kwargs: dict[str, Any]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if self.test_func() and not self.actor.has_role(Role.ADMINISTRATOR):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def colleague(self) -> User:
        """The colleague of the address."""
        user: User = get_object_or_404(User.objects.all().visible_to(self.actor), pk=self.kwargs["pk"])
        return user

    def get_crumbs(self) -> list[tuple[Any, str]]:
        change = reverse("admin:accounts_user_change", args=[self.colleague.pk])
        return [
            (_("Colleagues"), reverse("admin:accounts_user_changelist")),
            (self.colleague.get_full_name(), change),
        ]


class SignInPage(ColleaguePage, TemplateView):
    """Where a colleague's way in stands. Its form makes a link to hand over, which is shown this once."""

    template_name = "outbox/sign_in.html"

    def get_title(self) -> str:
        return _("How %(name)s signs in") % {"name": self.colleague.get_full_name()}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            link = operations.hand_over_link(user=self.colleague, by=self.actor, now=timezone.now())
        except operations.LinkRefused as refused:
            messages.error(request, str(refused))
            return redirect("outbox:sign-in", pk=self.colleague.pk)
        response = self.render_to_response(
            self.get_context_data(address=queries.link_url(link), link=link, **kwargs)
        )
        patch_cache_control(response, no_store=True)
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        mail = queries.message_state_for("accounts.user", [self.colleague.pk]).get(self.colleague.pk)
        return super().get_context_data(**kwargs) | {
            "colleague": self.colleague,
            "has_password": self.colleague.has_usable_password(),
            "second_step": accounts.has_second_step(self.colleague),
            "mail": mail,
        }


class ColleagueAction(ColleaguePage, View):
    """Something that is done about a colleague's way in, by POST alone."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        try:
            messages.success(request, self.act())
        except ValidationError as refusal:
            messages.error(request, " ".join(refusal.messages))
        return redirect("outbox:sign-in", pk=pk)

    def act(self) -> str:
        """Do it and return what to tell the administrator."""
        raise NotImplementedError


class MailLink(ColleagueAction):
    def act(self) -> str:
        invite_user(user=self.colleague, by=self.actor, now=timezone.now())
        if accounts.organisation().mail_is_local:
            return _("The mail is in the mail box here: none leaves this machine.")
        return _("A mail to %(address)s is on its way.") % {"address": self.colleague.email}


class RemoveSecondStep(ColleagueAction):
    def act(self) -> str:
        remove_second_step(user=self.colleague, by=self.actor, now=timezone.now())
        return _("The second step is off. They can set up a new one.")
