"""All that waits for an author: reviews, what came back, what was found, what candidates reported, what is spared."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views import View
from django.views.generic import TemplateView

from questions import operations, queries
from questions.enums import QueueReason
from questions.forms import AcceptForm, QueueForm
from questions.models import QuestionBank
from shell.admin import ChainedPages
from shell.columns import page_links, way_back
from shell.views import ShellPage

PAGE_SIZE = 25
LARGEST_ID = 2**31 - 1


class _ForAuthors(ShellPage):
    """For those who write questions."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if (
            request.user.is_authenticated
            and self.test_func()
            and not request.user.has_perm("questions.change_question")
        ):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)


class ReviewQueue(_ForAuthors, TemplateView):
    """The queue, question by question, narrowed down by bank, by what it is, and by words."""

    title = gettext_lazy("Questions to review")
    template_name = "questions/review_queue.html"

    def get_crumbs(self) -> Sequence[tuple[Any, str]]:
        return [(_("Questions"), reverse("admin:questions_question_changelist"))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = QueueForm(self.request.GET, actor=self.actor)
        wanted = form.wanted()
        number = self.request.GET.get("page", "1")
        pages = ChainedPages(queries.review_queue(self.actor, wanted), PAGE_SIZE)
        pages.reach(number, ChainedPages.NEAR)
        page = pages.get_page(number)
        entries = queries.queued(list(page.object_list), self.actor)
        of_banks = queries.findings_of_banks(self.actor, wanted) if page.number == 1 else []
        return super().get_context_data(
            form=form,
            bank=form.cleaned_data.get("bank"),
            is_narrow=any((wanted.bank, wanted.kind, wanted.weight, wanted.mine, wanted.words)),
            page=page,
            has_more=pages.has_more,
            is_about_reviews=wanted.kind in QueueReason.reviews,
            entries=entries,
            of_banks=of_banks,
            has_findings=bool(of_banks) or any(entry.findings for entry in entries),
            page_links=page_links(page, self.request.GET),
            now=timezone.now(),
            **kwargs,
        )


class AcceptFindings(_ForAuthors, TemplateView):
    """Leave what was found as it is, one or many, with a reason."""

    http_method_names = ["post", "options"]
    title = gettext_lazy("Leave as it is")
    template_name = "questions/accept_findings.html"

    def get_crumbs(self) -> Sequence[tuple[Any, str]]:
        return [(_("Questions to review"), self.back)]

    def get_menu_path(self) -> str:
        return reverse("questions:review-queue")

    @cached_property
    def back(self) -> str:
        """Where the form said to go afterwards."""
        return way_back(self.request, reverse("questions:review-queue"))

    def post(self, request: HttpRequest) -> HttpResponse:
        given = request.POST.getlist("finding")[: operations.MOST_ACCEPTED]
        ids = [int(text) for text in given if text.isascii() and text.isdigit() and int(text) <= LARGEST_ID]
        chosen = queries.chosen_findings(ids, self.actor)
        if not chosen:
            messages.error(
                request, _("Choose at least one thing that was found; what was chosen may be mended by now.")
            )
            return HttpResponseRedirect(self.back)
        # Nothing was typed yet where only the choice was sent: then it is asked for, and nothing is refused.
        form = AcceptForm(request.POST if "reason" in request.POST else None)
        if form.is_valid():
            try:
                count = operations.accept_findings(
                    finding_ids=[shown.row.pk for shown in chosen],
                    reason=form.cleaned_data["reason"],
                    by=self.actor,
                    now=timezone.now(),
                )
            except ValidationError as error:
                for field, texts in error.message_dict.items():
                    for text in texts:
                        form.add_error(field if field in form.fields else None, text)
            else:
                words = ngettext("%d finding stays as it is.", "%d findings stay as they are.", count)
                messages.success(request, words % count)
                return HttpResponseRedirect(self.back)
        return self.render_to_response(self.get_context_data(form=form, chosen=chosen, back=self.back))


class TakeAcceptanceBack(_ForAuthors, View):
    """Put something accepted before authors again."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        if operations.take_acceptance_back(finding_id=pk, by=self.actor, now=timezone.now()):
            messages.success(request, _("It waits for an author again."))
        else:
            messages.info(request, _("It is not accepted any more."))
        return HttpResponseRedirect(way_back(request, reverse("questions:review-queue")))


class LookThroughBank(_ForAuthors, View):
    """Ask a worker to look through a whole bank, and show how far it is."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        bank = get_object_or_404(QuestionBank.objects.visible_to(self.actor), pk=pk)
        back = {
            "url": f"{reverse('questions:review-queue')}?bank={bank.pk}",
            "label": _("What is to review in this bank"),
        }
        work = operations.queue_bank_look(bank=bank, back=back, by=self.actor, now=timezone.now())
        return HttpResponseRedirect(reverse("outbox:work", args=[work.public_id]))
