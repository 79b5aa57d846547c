"""Behind a link that a colleague was mailed or given: choosing a password. Nobody is signed in here."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, TypeVar

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.generic import FormView, View

from accounts.operations import take_guess
from outbox import operations
from outbox.enums import LinkPurpose
from outbox.forms import ChoosePasswordForm
from outbox.models import AccessLink
from outbox.queries import find_link

ResponseT = TypeVar("ResponseT", bound=HttpResponseBase)

COOKIE = "shortlist_password"
SALT = "outbox.passwords"
# Time to think of a password; the link decides what still opens.
COOKIE_LIFE = timedelta(hours=1)


@method_decorator(login_not_required, name="dispatch")
class EnterView(View):
    """Where the link leads: hands its token over to a cookie and shows an address without it.

    A good link changes nothing, however often it is opened: mail scanners open links too. A wrong one counts as
    a guess.
    """

    purpose: LinkPurpose = LinkPurpose.JOIN
    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        now = timezone.now()
        if find_link(token, purpose=self.purpose, now=now) is None:
            if not take_guess(peer=get_adapter().get_client_ip(request), now=now):
                return private(render(request, "429.html", status=429), referrer="no-referrer")
            return private(dead_link(request), referrer="no-referrer")
        path = reverse("doors:choose-password")
        response = redirect(path)
        response.set_signed_cookie(
            COOKIE,
            f"{self.purpose}:{token}",
            salt=SALT,
            path=path,
            max_age=COOKIE_LIFE,
            httponly=True,
            samesite="Lax",
            secure=settings.HTTPS or request.is_secure(),
        )
        return private(response, referrer="no-referrer")


@method_decorator(login_not_required, name="dispatch")
class ChoosePasswordView(FormView):
    """Choose a password with the link in the cookie. Afterwards one signs in with it, second step and all."""

    template_name = "outbox/choose_password.html"
    form_class = ChoosePasswordForm
    link: AccessLink

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.now = timezone.now()
        link = link_in_cookie(request, now=self.now)
        if link is None or not link.is_open(now=self.now) or link.user is None or not link.user.is_active:
            return private(dead_link(request))
        self.link = link
        return private(super().dispatch(request, *args, **kwargs))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "colleague": self.link.user,
            "is_new": self.link.purpose == LinkPurpose.JOIN,
        }

    def form_valid(self, form: ChoosePasswordForm) -> HttpResponse:
        try:
            operations.choose_password(link=self.link, password=form.cleaned_data["password"], now=self.now)
        except ValidationError as error:
            form.add_error("password", error.message_dict.get("password", error.messages))
            return self.form_invalid(form)
        except operations.LinkRefused:
            return dead_link(self.request)
        messages.success(self.request, _("Your password is set. Sign in with it."))
        response = redirect("account_login")
        response.delete_cookie(COOKIE, path=self.request.path)
        return response


def link_in_cookie(request: HttpRequest, *, now: Any) -> AccessLink | None:
    """Return the link whose token the cookie holds, open or not."""
    kept = request.get_signed_cookie(COOKIE, default=None, salt=SALT, max_age=COOKIE_LIFE)
    purpose, _colon, token = (kept or "").partition(":")
    if purpose not in LinkPurpose.of_colleagues:
        return None
    return find_link(token, purpose=LinkPurpose(purpose), now=now)


def dead_link(request: HttpRequest) -> HttpResponse:
    """The one page for a link that never worked, or works no more: it tells nobody which."""
    return render(request, "outbox/dead_link.html", status=404)


def private(response: ResponseT, *, referrer: str = "same-origin") -> ResponseT:
    """Keep the page out of caches and search engines, and its address away from other sites."""
    response["Cache-Control"] = "no-store, private"
    response["Referrer-Policy"] = referrer
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    patch_vary_headers(response, ["Cookie"])
    return response
