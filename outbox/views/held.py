"""Pages about mail that is held, for administrators."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import ListView, View

from accounts.enums import Role
from outbox import operations, queries
from outbox.enums import MessageState
from outbox.forms import HeldMailForm
from outbox.models import Message
from shell.views import ShellPage


class AdministratorPage(ShellPage):
    """A page about the installation itself."""

    def test_func(self) -> bool:
        return super().test_func() and self.actor.has_role(Role.ADMINISTRATOR)


class HeldMailPage(AdministratorPage, ListView):
    """What would go out if mail were released now, oldest first."""

    title = gettext_lazy("Mail is held")
    template_name = "outbox/held_mail.html"
    context_object_name = "mail"
    paginate_by = 50

    def get_queryset(self) -> QuerySet[Message]:
        self.hold = queries.mail_hold()
        self.form = HeldMailForm(self.request.GET)
        self.before = self.form.cleaned_data["before"] if self.form.is_valid() else None
        self.waiting = Message.objects.visible_to(self.actor).filter(state=MessageState.QUEUED).defer("body")
        found = self.waiting.filter(created_at__lt=self.before) if self.before else self.waiting
        return found.order_by("created_at", "pk")

    def get_crumbs(self) -> list[tuple[str, str]]:
        return [(_("Mail"), reverse("outbox:mail"))]

    def get_title(self) -> str:
        return super().get_title() if self.hold else _("Mail is not held")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        kept = self.request.GET.copy()
        kept.pop("page", None)
        cut_at = self.hold.cut_at if self.hold else None
        return context | {
            "hold": self.hold,
            "form": self.form,
            "before": self.before,
            "before_given": self.request.GET.get("before", ""),
            "kept": kept.urlencode(),
            "waiting": self.waiting.count(),
            # A whole second later, because a form knows no fractions.
            "cut": timezone.localtime(cut_at + timedelta(seconds=1)) if cut_at else None,
            "old": self.waiting.filter(created_at__lte=cut_at).count() if cut_at else 0,
        }


class HoldMail(AdministratorPage, View):
    """Let nothing go out until somebody releases it."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        if queries.mail_hold() is None:
            operations.hold_mail(by=self.actor, now=timezone.now())
            messages.success(request, _("Mail is held. Nothing goes out until you release it."))
        return redirect("outbox:held-mail")


class ReleaseMail(AdministratorPage, View):
    """Let mail go out again."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        if operations.release_mail(by=self.actor, now=timezone.now()):
            messages.success(request, _("Mail goes out again."))
        return redirect("outbox:mail")


class CancelHeldMail(AdministratorPage, View):
    """Cancel what was written before a moment and waits."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        form = HeldMailForm(request.POST)
        before = form.cleaned_data["before"] if form.is_valid() else None
        if before is None:
            messages.error(
                request, _("Say first up to when the messages were written that you want to cancel.")
            )
        else:
            count = operations.cancel_waiting(written_before=before, by=self.actor, now=timezone.now())
            messages.success(
                request,
                ngettext("%(count)d message is cancelled.", "%(count)d messages are cancelled.", count)
                % {"count": count},
            )
        return redirect("outbox:held-mail")
