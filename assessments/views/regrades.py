"""Keys that were mended: what they would change, marking attempts again, and leaving marks as they are."""

from __future__ import annotations

import uuid
from functools import cached_property, partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView, View

from assessments import operations
from assessments.enums import RegradeState
from assessments.exports import REGRADES
from assessments.forms import MarksForm
from assessments.models import RegradeRequest
from assessments.queries.regrading import (
    changes_seen,
    may_mark_again,
    open_regrades,
    read_regrades,
    regrade_rows,
)
from outbox.models import Work
from questions.queries import plain_stem
from shell.list_files import file_or_words
from shell.views import ShellPage

PAGE_SIZE = 50
LONGEST_TITLE = 80


class _Regrades(ShellPage):
    """For those who hire or write questions; whom a request concerns is seen by who sees these people."""

    request: Any

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        may = request.user.is_authenticated and any(
            request.user.has_perm(name)
            for name in ("questions.change_question", "assessments.change_invitation")
        )
        if request.user.is_authenticated and self.test_func() and not may:
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)


class _List(_Regrades):
    """The mended keys that wait for a decision, the oldest first; with `?all` the decided ones too."""

    @property
    def shows_all(self) -> bool:
        """Whether the decided ones are asked for, too."""
        return "all" in self.request.GET

    def regrades(self) -> QuerySet[RegradeRequest]:
        """Those that the address asks for. Lazy."""
        return regrade_rows(self.actor) if self.shows_all else open_regrades(self.actor)


class RegradesFile(_List, View):
    """The same as a file."""

    def get(self, request: HttpRequest, format: str) -> HttpResponseBase:
        take = partial(
            REGRADES.take,
            self.regrades(),
            filters=["all"] if self.shows_all else [],
            format=format,
            by=self.actor,
            now=timezone.now(),
        )
        return file_or_words(
            request, take, back=f"{reverse('assessments:regrades')}?{request.GET.urlencode()}"
        )


class RegradesView(_List, TemplateView):
    """The same as a page."""

    title = gettext_lazy("Mended keys")
    template_name = "assessments/regrades.html"

    def get_crumbs(self) -> list[tuple[str, str]]:
        return [(_("Questions"), reverse("admin:questions_question_changelist"))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = Paginator(self.regrades(), PAGE_SIZE).get_page(self.request.GET.get("page"))
        readings = read_regrades(page.object_list, self.actor)
        return super().get_context_data(
            **kwargs,
            page=page,
            shows_all=self.shows_all,
            rows=[
                {
                    "reading": reading,
                    "asked": plain_stem(reading.request.question_version.stem),
                    "state": RegradeState(reading.request.state),
                }
                for reading in readings
            ],
        )


class RegradeView(_Regrades, TemplateView):
    """One mended key: whom it concerns, what it would change for those whom the reader sees, and the decision."""

    template_name = "assessments/regrade.html"

    @cached_property
    def regrade(self) -> RegradeRequest:
        """The request; 404 when it may not be seen."""
        return get_object_or_404(regrade_rows(self.actor), pk=self.kwargs["pk"])

    def get_title(self) -> str:
        words = plain_stem(self.regrade.question_version.stem)
        return _("Mended key: %(question)s") % {"question": Truncator(words).chars(LONGEST_TITLE)}

    def get_crumbs(self) -> list[tuple[str, str]]:
        return [
            (_("Questions"), reverse("admin:questions_question_changelist")),
            (_("Mended keys"), reverse("assessments:regrades")),
        ]

    def get_menu_path(self) -> str:
        return reverse("assessments:regrades")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        regrade = self.regrade
        look = operations.latest_look(regrade)
        work = Work.objects.filter(public_id=regrade.work).first() if regrade.work else None
        is_open = regrade.state == RegradeState.OPEN
        is_running = is_open and work is not None and work.is_open
        rows, hidden = changes_seen(look, self.actor)
        kwargs.setdefault("form", MarksForm())
        version, revision = regrade.question_version.number, regrade.key.revision
        return super().get_context_data(
            **kwargs,
            regrade=regrade,
            state=RegradeState(regrade.state),
            reading=read_regrades([regrade], self.actor)[0],
            look=look,
            is_look_old=look is not None and look.result.get("key") != regrade.key_id,
            counts=self.counts(look),
            rows=rows,
            hidden=hidden,
            work=work,
            is_running=is_running,
            has_failed=is_open and work is not None and not work.is_open,
            may_decide=is_open and not is_running and may_mark_again(self.actor, regrade),
            is_open=is_open,
            token=uuid.uuid4().hex,
            differences=reverse("questions:differences", args=[regrade.question_version.question_id])
            + f"?from={version}.{max(1, revision - 1)}&to={version}.{revision}",
            now=timezone.now(),
        )

    def counts(self, look: Work | None) -> list[tuple[str, int]]:
        """What the newest look counted, in words."""
        tally = look.result.get("tally", {}) if look is not None else {}
        return [(label, tally.get(code, 0)) for code, label in operations.look_labels()] if tally else []


class LookView(RegradeView):
    """Let a worker find out what would change."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        work = operations.look_at_regrade(
            request=self.regrade,
            intent=f"{request.user.pk}:{request.POST.get('token', '')[:36]}",
            by=self.actor,
            now=timezone.now(),
        )
        return redirect("outbox:work", work.public_id)


class _Decision(RegradeView):
    """A decision with its reason; one without comes back to the page of the request."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not may_mark_again(self.actor, self.regrade):
            raise PermissionDenied
        form = MarksForm(request.POST)
        if form.is_valid():
            try:
                return self.decide(form.cleaned_data["reason"])
            except ValidationError as refusal:
                form.add_error("reason", refusal.messages)
            except operations.RegradeClosed as refusal:
                messages.error(request, str(refusal))
                return redirect("assessments:regrade", self.regrade.pk)
        return self.render_to_response(self.get_context_data(form=form))

    def decide(self, reason: str) -> HttpResponse:
        raise NotImplementedError


class MarkAgainView(_Decision):
    """Mark all attempts concerned by the newest key."""

    def decide(self, reason: str) -> HttpResponse:
        work = operations.mark_again(request=self.regrade, reason=reason, by=self.actor, now=timezone.now())
        return redirect("outbox:work", work.public_id)


class LeaveMarksView(_Decision):
    """Let the scores stay as they are."""

    def decide(self, reason: str) -> HttpResponse:
        operations.leave_marks(request=self.regrade, reason=reason, by=self.actor, now=timezone.now())
        messages.success(self.request, _("The scores stay as they are."))
        return redirect("assessments:regrade", self.regrade.pk)
