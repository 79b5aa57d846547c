"""Where mail goes, whether it arrives, and what was kept here before: for administrators."""

from __future__ import annotations

from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import FormView, TemplateView, View

from accounts.enums import MailSecurity
from accounts.models import Organisation
from outbox import operations, queries
from outbox.enums import MessageState
from outbox.forms import KeptMailForm, MailServerForm
from outbox.models import Message
from outbox.views.held import AdministratorPage
from shell.home import home_of

KEPT_SHOWN = 200
# A worker looks at once, the scheduler within a quarter of a minute; longer means that nobody looks.
NOBODY_LOOKS_AFTER = 45


class HomePage(AdministratorPage):
    """A page about where the organisation's mail goes."""

    @property
    def home(self) -> Organisation:
        return home_of(self.request)


class MailServerPage(HomePage, FormView):
    """The form of the mail server; without one where the environment decides, or where everybody is made up."""

    title = gettext_lazy("Mail server")
    template_name = "outbox/mail_server.html"
    form_class = MailServerForm

    @property
    def is_fixed(self) -> bool:
        return bool(settings.EMAIL_URL) or self.home.is_sample

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"home": self.home}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        now = timezone.now()
        kept = 0 if self.home.mail_is_local else queries.kept_mail(self.actor, now=now).count()
        return super().get_context_data(
            is_fixed=self.is_fixed,
            environment=environment_server() if settings.EMAIL_URL else None,
            last=queries.last_test_mail(self.actor),
            kept=kept,
            **kwargs,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.is_fixed:
            return redirect("outbox:mail-server")
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: MailServerForm) -> HttpResponse:
        data, now = form.cleaned_data, timezone.now()
        try:
            operations.set_mail_server(
                host=data["host"],
                port=data["port"],
                security=MailSecurity(data["security"]),
                user=data["user"],
                password=data["password"],
                by=self.actor,
                now=now,
            )
        except ValidationError as refusal:
            for field, errors in refusal.error_dict.items():
                form.add_error(field if field in form.fields else None, errors)
            return self.form_invalid(form)
        if "test" not in self.request.POST:
            messages.success(self.request, _("Saved. Mail goes out through this server from now on."))
            return redirect("outbox:mail-server")
        test = operations.send_test_mail(by=self.actor, now=now)
        return redirect("outbox:test-mail", public_id=test.public_id)


class MailServerAction(HomePage, View):
    """Something that is done about mail as a whole, by POST alone."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        try:
            return self.act()
        except operations.MailServerFixed as refused:
            messages.error(request, str(refused))
            return redirect("outbox:mail-server")

    def act(self) -> HttpResponse:
        """Do it and return where to go on."""
        raise NotImplementedError


class KeepMailHere(MailServerAction):
    def act(self) -> HttpResponse:
        operations.keep_mail_here(by=self.actor, now=timezone.now())
        messages.success(self.request, _("Mail stays on this machine from now on."))
        return redirect("outbox:mail-server")


class SendTestMail(MailServerAction):
    def act(self) -> HttpResponse:
        test = operations.send_test_mail(by=self.actor, now=timezone.now())
        return redirect("outbox:test-mail", public_id=test.public_id)


class TestMailPage(HomePage, TemplateView):
    """What becomes of a test mail. Asks again by itself until that is known."""

    title = gettext_lazy("Test mail")

    @cached_property
    def found(self) -> queries.TestMailResult:
        found = queries.last_test_mail(self.actor, self.kwargs["public_id"])
        if found is None:
            raise Http404
        return found

    def get_template_names(self) -> list[str]:
        is_part = getattr(self.request, "htmx", False)
        return ["outbox/parts/test_mail.html" if is_part else "outbox/test_mail.html"]

    def get_crumbs(self) -> list[tuple[str, str]]:
        return [(_("Mail server"), reverse("outbox:mail-server"))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        mail = self.found.message
        waited = (timezone.now() - mail.created_at).total_seconds()
        is_open = mail.state in MessageState.open_states
        return super().get_context_data(
            last=self.found,
            mail=mail,
            is_open=is_open,
            nobody_looks=is_open and waited > NOBODY_LOOKS_AFTER,
            **kwargs,
        )


class KeptMailPage(HomePage, FormView):
    """What was kept here and could still go out: shown first, then sent."""

    title = gettext_lazy("Mail that was kept here")
    template_name = "outbox/kept_mail.html"
    form_class = KeptMailForm

    @cached_property
    def kept(self) -> list[Message]:
        return list(queries.kept_mail(self.actor, now=timezone.now())[:KEPT_SHOWN])

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if self.test_func() and self.home.mail_is_local:
            return redirect("outbox:mail-server")
        return super().dispatch(request, *args, **kwargs)

    def get_crumbs(self) -> list[tuple[str, str]]:
        return [(_("Mail server"), reverse("outbox:mail-server"))]

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"kept": self.kept}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(kept=self.kept, is_all=len(self.kept) < KEPT_SHOWN, **kwargs)

    def form_valid(self, form: KeptMailForm) -> HttpResponse:
        sent = operations.send_kept_mail(codes=form.cleaned_data["codes"], by=self.actor, now=timezone.now())
        words = ngettext("%(count)d message goes out now.", "%(count)d messages go out now.", sent)
        messages.success(self.request, words % {"count": sent})
        return redirect("outbox:mail")


def environment_server() -> dict[str, Any]:
    """What EMAIL_URL says, without the password."""
    url = urlsplit(settings.EMAIL_URL)
    security = MailSecurity.NONE
    if settings.EMAIL_USE_TLS:
        security = MailSecurity.STARTTLS
    elif settings.EMAIL_USE_SSL:
        security = MailSecurity.TLS
    return {"host": url.hostname, "port": settings.EMAIL_PORT, "security": security, "user": url.username}
