"""What candidates answered to mail, and which of it nobody has seen to yet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import TemplateView, View

from accounts.rules import is_code
from hiring import operations
from hiring.queries import replies
from hiring.views.bases import HiringPage
from shell.admin import LongListPaginator
from shell.columns import page_links, way_back

PAGE_SIZE = 25


class AnswersView(HiringPage, TemplateView):
    """The list. Whoever writes for the job says that an answer is seen to; others read it."""

    template_name = "hiring/answers.html"

    def get_title(self) -> str:
        return _("Answers of candidates")

    def get_crumbs(self) -> Sequence[tuple[Any, str]]:
        return [(_("Start"), reverse("admin:index"))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        shows_all = self.request.GET.get("show") == "all"
        found = replies.answers(self.actor, unread=not shows_all)
        # Which they are says how many there are, too. Nobody turns further.
        keys = list(found.values_list("pk", flat=True)[: LongListPaginator.MOST + 1])
        page = Paginator(keys[: LongListPaginator.MOST], PAGE_SIZE).get_page(self.request.GET.get("page"))
        rows = replies.answer_rows(replies.part_of_answers(page.object_list), self.actor)
        return super().get_context_data(
            page=page,
            has_more=len(keys) > LongListPaginator.MOST,
            rows=rows,
            codes=[row.reply.public_id for row in rows if row.may_read],
            read_codes=[row.reply.public_id for row in rows if row.may_unread],
            shows_all=shows_all,
            page_links=page_links(page, self.request.GET),
            **kwargs,
        )


class ReadAnswersView(HiringPage, View):
    """Note that one answer, or all that the page showed, are seen to. By POST alone."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        codes = [code for code in request.POST.getlist("codes")[:PAGE_SIZE] if is_code(code)]
        messages.success(request, self.mark(codes))
        return HttpResponseRedirect(way_back(request, reverse("hiring:answers")))

    def mark(self, codes: Sequence[str]) -> str:
        """Do it and return what to tell the colleague."""
        count = operations.mark_answers_read(public_ids=codes, by=self.actor, now=self.now)
        words = ngettext("%(count)d answer is seen to.", "%(count)d answers are seen to.", count)
        return words % {"count": count}


class UnreadAnswersView(ReadAnswersView):
    """Let one answer, or all that the page showed, wait again. By POST alone."""

    def mark(self, codes: Sequence[str]) -> str:
        count = operations.mark_answers_unread(public_ids=codes, by=self.actor, now=self.now)
        words = ngettext("%(count)d answer is unread again.", "%(count)d answers are unread again.", count)
        return words % {"count": count}
