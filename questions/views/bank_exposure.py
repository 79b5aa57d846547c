"""How often the questions of a bank were shown, those first that are nearest to their limit; limits are set here."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property, partial
from typing import Any, Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import TemplateView, View

from outbox.operations import ListFile, take_list
from questions import operations
from questions.exports import BANKS
from questions.forms import LimitsForm
from questions.models import Question, QuestionBank
from questions.queries.exposure import by_nearness, exposed, next_words
from questions.views.listing import PAGE_SIZE, QuestionsPage, title_of
from rendering.tables import TableColumn
from shell.columns import page_links
from shell.list_files import ChangeListFile, file_or_words


class BanksFile(ChangeListFile):
    """The list of banks as a file."""

    model = QuestionBank
    taken = staticmethod(BANKS.take)


class _BankExposure(QuestionsPage):
    """The questions of a bank that are in use, those first that have used most of their limit."""

    kwargs: dict[str, Any]

    @cached_property
    def bank(self) -> QuestionBank:
        """The bank of the address; 404 when it may not be seen."""
        return get_object_or_404(QuestionBank.objects.all().visible_to(self.actor), slug=self.kwargs["slug"])

    @cached_property
    def keys(self) -> QuerySet[Question, int]:
        """Which they are, in this order. Lazy."""
        keys: QuerySet[Question, int] = by_nearness(self.bank, self.actor).values_list("pk", flat=True)
        return keys


class BankExposureView(_BankExposure, TemplateView):
    """The table of a bank. Whoever may change questions changes their limits here."""

    template_name = "questions/bank_exposure.html"
    title = gettext_lazy("Exposure")
    http_method_names = ["get", "head", "post", "options"]

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
        return Paginator(self.keys, PAGE_SIZE).get_page(self.request.GET.get("page"))

    @cached_property
    def shown(self) -> list[Any]:
        """The questions of the page; of a form that was sent, those that stood in it."""
        keys = list(self.page.object_list) if self.request.method != "POST" else self.sent
        return _in_order(keys)

    @cached_property
    def sent(self) -> list[int]:
        """The questions of the bank whose limits were sent."""
        named = [name.removeprefix("limit-") for name in self.request.POST if name.startswith("limit-")]
        keys = [
            int(name) for name in named[:PAGE_SIZE] if name.isascii() and name.isdigit() and len(name) < 19
        ]
        known = set(self.keys.filter(pk__in=keys))
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
            lines=[(each, title_of(each), next_words(each), form.of(each)) for each in self.shown],
            page=self.page,
            page_links=page_links(self.page, self.request.GET),
            may_change=self.may_change,
            **kwargs,
        )


def _usage(question: Any, name: str) -> Any:
    """What is counted of a question's use, None for one that nobody has seen."""
    return getattr(getattr(question, "usage", None), name, None)


def _in_order(keys: Sequence[int]) -> list[Any]:
    rows = exposed(keys)
    return [rows[key] for key in keys if key in rows]


_COLUMNS: Final[Sequence[TableColumn[Any]]] = (
    TableColumn(gettext_lazy("Question"), lambda question: question.external_id),
    TableColumn(gettext_lazy("Name or beginning"), title_of),
    TableColumn(gettext_lazy("Shown"), lambda question: _usage(question, "shown") or 0),
    TableColumn(gettext_lazy("Last shown"), lambda question: _usage(question, "last_shown_at")),
    TableColumn(gettext_lazy("Limit"), lambda question: question.cap),
    TableColumn(gettext_lazy("Next"), next_words),
    TableColumn(gettext_lazy("Resting since"), lambda question: question.rested_at),
    TableColumn(gettext_lazy("Leaked since"), lambda question: question.leaked_at),
)


class BankExposureFile(_BankExposure, View):
    """The table of a bank as a file."""

    def get(self, request: HttpRequest, slug: str, format: str) -> HttpResponseBase:
        taken = ListFile(
            listed="exposure of questions",
            name=f"{slug}-exposure",
            sheet=_("Exposure"),
            columns=_COLUMNS,
            keys=list(self.keys),
            rows=_in_order,
            about=QuestionBank._meta.label,
            about_id=self.bank.pk,
        )
        take = partial(take_list, taken, format=format, by=self.actor, now=timezone.now())
        return file_or_words(request, take, back=reverse("questions:bank-exposure", args=[slug]))
