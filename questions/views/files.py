"""Questions of a bank as files: upload, look at what would happen, import the very file that was checked; and out."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView

from outbox.enums import WorkState
from outbox.models import Work
from outbox.rules import SAMPLE
from questions.forms.files import ColumnsForm, ExportForm, ImportForm
from questions.models import QuestionBank
from questions.operations import importing
from questions.operations.exporting import Which
from questions.views.import_report import import_report
from shell.file_columns import COLUMN
from shell.views import ShellPage


class _BankPage(ShellPage, FormView):
    """A page of a bank, for those who write its questions."""

    kwargs: dict[str, Any]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if self.test_func() and not importing.may_author(self.actor):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def bank(self) -> QuestionBank:
        """The bank of the address; 404 when it may not be seen."""
        banks = QuestionBank.objects.all().visible_to(self.actor)
        return get_object_or_404(banks, slug=self.kwargs["slug"])

    def get_crumbs(self) -> Sequence[tuple[str, str]]:
        return [
            (_("Question banks"), reverse("admin:questions_questionbank_changelist")),
            (self.bank.name, reverse("admin:questions_questionbank_change", args=[self.bank.pk])),
        ]

    def get_menu_path(self) -> str:
        return reverse("admin:questions_questionbank_changelist")

    def asked(self) -> dict[str, Any]:
        """Who asks for work when, from which page, and by which form: one sent twice is one piece of work."""
        return {
            "by": self.actor,
            "now": timezone.now(),
            "intent": importing.form_intent(self.bank, self.actor, self.request.POST.get("token", "")),
            "back": {"url": self.request.path, "label": str(self.title)},
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(bank=self.bank, token=uuid4().hex, **kwargs)


class ImportView(_BankPage):
    """Upload a file; look at what its check found, and import it."""

    title = gettext_lazy("Import questions")
    template_name = "questions/import.html"
    form_class = ImportForm

    @cached_property
    def check(self) -> Work | None:
        """The finished check that the address names, if it is one of this bank's and the actor's."""
        wanted = self.request.POST.get("check") or self.request.GET.get("check") or ""
        works = Work.objects.filter(kind=importing.CHECK, state=WorkState.DONE).visible_to(self.actor)
        check: Work | None = works.filter(public_id=wanted[:16]).first() if wanted else None
        return check if check is not None and check.arguments["bank"] == self.bank.pk else None

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        check = self.check
        if check is None or "again" in request.POST:
            return super().post(request, *args, **kwargs)
        try:
            work = importing.confirm_import(check=check, by=self.actor, now=timezone.now())
        except importing.ImportRefused as refusal:
            messages.error(request, str(refusal))
            return redirect(request.path)
        return redirect("outbox:work", work.public_id)

    def get_form_kwargs(self) -> dict[str, Any]:
        if self.check is None:
            return super().get_form_kwargs()
        arguments = self.check.arguments
        initial = {**arguments["choices"], "format": arguments["format"]}
        kept = arguments["filename"] if self.check.file else ""
        return {**super().get_form_kwargs(), "initial": initial, "kept": kept}

    def form_valid(self, form: ImportForm) -> HttpResponse:
        data = form.cleaned_data
        try:
            if data["file"] or self.check is None:
                work = importing.queue_check(
                    bank=self.bank,
                    file=data["file"],
                    format=data["format"],
                    choices=form.choices(),
                    **self.asked(),
                )
            else:
                work = importing.recheck(
                    check=self.check, format=data["format"], choices=form.choices(), **self.asked()
                )
        except ValidationError as error:
            form.add_error(None, error)
            return self.form_invalid(form)
        except importing.ImportRefused as refusal:
            form.add_error("file", str(refusal))
            return self.form_invalid(form)
        return redirect("outbox:work", work.public_id)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        check = self.check
        result = check.result if check else {}
        columns = check.public_id if check and result.get(SAMPLE) else ""
        return super().get_context_data(
            check=check,
            result=result,
            report=result.get("report", {}),
            columns_url=reverse("questions:import-columns", args=[self.bank.slug, columns])
            if columns
            else "",
            **(import_report(check, self.request.GET) if check else {}),
            **kwargs,
        )


class ColumnsView(_BankPage):
    """Say what each column of a table is, with what stands in it, before it is checked."""

    title = gettext_lazy("What the columns are")
    template_name = "questions/import_columns.html"
    form_class = ColumnsForm

    @cached_property
    def check(self) -> Work:
        """The check of the address, if the actor may see it and it is one of this bank's."""
        works = Work.objects.filter(kind=importing.CHECK).visible_to(self.actor)
        check: Work = get_object_or_404(works, public_id=self.kwargs["public_id"])
        if check.arguments["bank"] != self.bank.pk:
            raise Http404
        return check

    @cached_property
    def columns(self) -> list[dict[str, Any]]:
        """The columns of its table; none once the file is gone."""
        columns: list[dict[str, Any]] = self.check.result.get(SAMPLE, [])
        return columns

    def get_crumbs(self) -> Sequence[tuple[str, str]]:
        page = reverse("questions:import", args=[self.bank.slug])
        return [*super().get_crumbs(), (_("Import questions"), page)]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().get(request, *args, **kwargs) if self.columns else self._gone()

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().post(request, *args, **kwargs) if self.columns else self._gone()

    def _gone(self) -> HttpResponse:
        if self.check.is_open:
            return redirect("outbox:work", self.check.public_id)
        messages.error(self.request, _("The file is not kept any more. Upload it again."))
        return redirect("questions:import", self.bank.slug)

    def get_form_kwargs(self) -> dict[str, Any]:
        codes = self.check.result.get("taken", {})
        initial = {f"{COLUMN}{column['letter']}": codes.get(column["header"], "") for column in self.columns}
        return {**super().get_form_kwargs(), "columns": self.columns, "initial": initial}

    def form_valid(self, form: ColumnsForm) -> HttpResponse:
        try:
            work = importing.recheck(check=self.check, columns=form.mapping(by="header"), **self.asked())
        except ValidationError as error:
            form.add_refusal(error)
            return self.form_invalid(form)
        except importing.ImportRefused as refusal:
            form.add_error(None, str(refusal))
            return self.form_invalid(form)
        return redirect("outbox:work", work.public_id)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        result = self.check.result
        return super().get_context_data(
            check=self.check, is_said=bool(result.get("columns")), is_asked="why" in result, **kwargs
        )


class ExportView(_BankPage):
    """Choose a format and which questions; a worker makes the file."""

    title = gettext_lazy("Export questions")
    template_name = "questions/export.html"
    form_class = ExportForm

    def form_valid(self, form: ExportForm) -> HttpResponse:
        data = form.cleaned_data
        work = importing.queue_export(
            bank=self.bank,
            name=data["format"],
            which=Which(data["which"]),
            is_trial="look" in self.request.POST,
            **self.asked(),
        )
        return redirect("outbox:work", work.public_id)
