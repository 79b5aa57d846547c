"""How often the questions of a bank were shown, those first that are nearest to their limit; limits are set here."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import TemplateView

from questions import operations
from questions.forms import LimitsForm
from questions.models import Question, QuestionBank
from questions.queries import plain_stem
from questions.queries.exposure import by_nearness, exposed, next_words
from questions.views.listing import EXCERPT, PAGE_SIZE, QuestionsPage
from shell.columns import page_links


class BankExposureView(QuestionsPage, TemplateView):
    """The table of a bank. Whoever may change questions changes their limits here."""

    template_name = "questions/bank_exposure.html"
    title = gettext_lazy("Exposure")
    http_method_names = ["get", "head", "post", "options"]
    kwargs: dict[str, Any]

    @cached_property
    def bank(self) -> QuestionBank:
        """The bank of the address; 404 when it may not be seen."""
        return get_object_or_404(QuestionBank.objects.all().visible_to(self.actor), slug=self.kwargs["slug"])

    @cached_property
    def may_change(self) -> bool:
        return self.request.user.has_perm("questions.change_question")

    def get_crumbs(self) -> Sequence[tuple[str, str]]:
        return [
            (_("Question banks"), reverse("admin:questions_questionbank_changelist")),
            (self.bank.name, reverse("admin:questions_questionbank_change", args=[self.bank.pk])),
        ]

    def get_menu_path(self) -> str:
        return reverse("admin:questions_questionbank_changelist")

    @cached_property
    def page(self) -> Any:
        """The keys of a page of the table."""
        keys = by_nearness(self.bank, self.actor).values_list("pk", flat=True)
        return Paginator(keys, PAGE_SIZE).get_page(self.request.GET.get("page"))

    @cached_property
    def shown(self) -> list[Any]:
        """The questions of the page; of a form that was sent, those that stood in it."""
        keys = list(self.page.object_list) if self.request.method != "POST" else self.sent
        rows = exposed(keys)
        return [rows[key] for key in keys if key in rows]

    @cached_property
    def sent(self) -> list[int]:
        """The questions of the bank whose limits were sent."""
        named = [name.removeprefix("limit-") for name in self.request.POST if name.startswith("limit-")]
        keys = [
            int(name) for name in named[:PAGE_SIZE] if name.isascii() and name.isdigit() and len(name) < 19
        ]
        known = set(by_nearness(self.bank, self.actor).filter(pk__in=keys).values_list("pk", flat=True))
        return [key for key in keys if key in known]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.may_change:
            raise PermissionDenied
        form = LimitsForm(request.POST, questions=self.shown)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form))
        saved, theirs = 0, list[Question]()
        for question, before, limit in form.changes():
            if question.rests_after != before:
                theirs.append(question)
                continue
            operations.set_exposure_cap(question=question, times=limit, by=self.actor, now=timezone.now())
            saved += 1
        if saved:
            said = ngettext("%(count)d limit is saved.", "%(count)d limits are saved.", saved)
            messages.success(request, said % {"count": saved})
        for question in theirs:
            words = _("A colleague changed the limit of %(id)s meanwhile. It stays as they left it.")
            messages.warning(request, words % {"id": question.external_id})
        return redirect(request.get_full_path())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = kwargs.pop("form", None) or LimitsForm(questions=self.shown)
        return super().get_context_data(
            bank=self.bank,
            form=form,
            lines=[(each, self.called(each), next_words(each), form.of(each)) for each in self.shown],
            page=self.page,
            page_links=page_links(self.page, self.request.GET),
            may_change=self.may_change,
            **kwargs,
        )

    def called(self, question: Any) -> str:
        """What a question is called in the table."""
        words = question.name or plain_stem(question.stem or "")
        return Truncator(words).chars(EXCERPT) or question.external_id
