"""The words that mail has for the people of one job: seen together, changed one by one, tried on a real person."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from hiring import operations, queries
from hiring.enums import Capability
from hiring.forms import JobWordsOfMailForm, TryWordsForm
from hiring.models import Application
from hiring.registries import LETTER, MAIL_OF_JOBS
from hiring.views.bases import HiringPage, JobPage, add_errors
from hiring.views.bulk.samples import MailSample, tried_on
from outbox.models import MessageTemplate
from outbox.operations.templates import Words, words_of
from outbox.registries import kind_title, message_kind

# Whom words can be tried on: the latest who applied.
PEOPLE_SHOWN = 100


def _latest(seen: QuerySet[Application]) -> QuerySet[Application]:
    keys = seen.order_by("-applied_at", "-pk").values_list("pk", flat=True)[:PEOPLE_SHOWN]
    found = Application.objects.filter(pk__in=list(keys)).select_related("candidate", "job", "stage")
    return found.order_by("-applied_at", "-pk")


class JobMailView(JobPage, TemplateView):
    """Every mail whose words this job can have of its own."""

    needs = Capability.CHANGE_JOB
    title = gettext_lazy("Words of mail")
    template_name = "hiring/job_mail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(mails=queries.job_mail(self.job, self.actor), LETTER=LETTER, **kwargs)


class JobWordsView(JobPage, TemplateView):
    """Change the words of one mail for this job, or write a new letter for it."""

    needs = Capability.CHANGE_JOB
    template_name = "hiring/job_words.html"

    @cached_property
    def which(self) -> dict[str, str]:
        """Which mail the address names; 404 where there is none such."""
        kind, language = self.request.GET.get("kind", ""), self.request.GET.get("language", "")
        if kind not in MAIL_OF_JOBS or language not in dict(settings.CANDIDATE_LANGUAGES):
            raise Http404
        name = self.request.GET.get("name", "") if kind == LETTER else ""
        if "\x00" in name:
            raise Http404
        return {"kind": kind, "language": language, "name": name[:120]}

    @property
    def is_new(self) -> bool:
        """Whether it is a letter that has no name yet."""
        return self.which["kind"] == LETTER and not self.which["name"]

    @cached_property
    def people(self) -> QuerySet[Application]:
        """On whom the words can be tried."""
        return _latest(Application.objects.filter(job=self.job).visible_to(self.actor))

    def get_title(self) -> str:
        if self.is_new:
            return _("A letter of this job")
        return self.which["name"] or str(kind_title(self.which["kind"]))

    def get_crumbs(self) -> list[tuple[Any, str]]:
        return [*super().get_crumbs(), (_("Words of mail"), self.list_url)]

    @property
    def list_url(self) -> str:
        return reverse("hiring:job-mail", args=[self.job.slug])

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        words, _is_own = queries.words_of_job(self.job, **self.which)
        initial = {name: getattr(words, name) for name in ("subject", "body", "button")}
        return self._show(self._form(initial=initial))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        words, is_own = queries.words_of_job(self.job, **self.which)
        if "drop" in request.POST and is_own:
            operations.drop_job_words(job=self.job, template=words, by=self.actor, now=self.now)
            messages.success(
                request, _("The job’s own words are out of use. Those that hold everywhere hold here, too.")
            )
            return HttpResponseRedirect(self.list_url)
        form = self._form(request.POST)
        if form.is_valid() and "save" in request.POST:
            try:
                operations.save_job_words(
                    job=self.job,
                    **{**self.which, "name": form.cleaned_data.get("name") or self.which["name"]},
                    **form.words(),
                    by=self.actor,
                    now=self.now,
                )
            except ValidationError as error:
                add_errors(form, error)
            else:
                messages.success(
                    request, _("The words are saved. They count from the next mail of this job on.")
                )
                return HttpResponseRedirect(self.list_url)
        return self._show(form)

    def _form(self, *args: Any, **kwargs: Any) -> JobWordsOfMailForm:
        kind = message_kind(self.which["kind"])
        return JobWordsOfMailForm(*args, kind=kind, people=self.people, is_new=self.is_new, **kwargs)

    def _show(self, form: JobWordsOfMailForm) -> HttpResponse:
        _words, is_own = queries.words_of_job(self.job, **self.which)
        return self.render_to_response(
            self.get_context_data(
                form=form,
                is_own=is_own,
                language=dict(settings.CANDIDATE_LANGUAGES)[self.which["language"]],
                fields=message_kind(self.which["kind"]).fields.items(),
                has_link=bool(message_kind(self.which["kind"]).button),
                is_link_by_choice=message_kind(self.which["kind"]).link_by_choice,
                sample=self._sample(form),
                back=self.list_url,
            )
        )

    def _sample(self, form: JobWordsOfMailForm) -> MailSample | None:
        """The words as the person reads them who was chosen."""
        if not form.is_bound or not form.is_valid() or not form.cleaned_data["application"]:
            return None
        words, language = Words(**form.words()), self.which["language"]
        try:
            return tried_on(
                form.cleaned_data["application"], words, self.which["kind"], language=language, now=self.now
            )
        except ValidationError as error:
            add_errors(form, error)
            return None


class TryWordsView(HiringPage, TemplateView):
    """Saved words of a mail as somebody reads them who applied. Nothing is sent."""

    template_name = "hiring/try_words.html"
    kwargs: dict[str, Any]

    @cached_property
    def words(self) -> MessageTemplate:
        """The words of the address, those that hold everywhere."""
        seen = MessageTemplate.objects.filter(kind__in=MAIL_OF_JOBS, scope="").visible_to(self.actor)
        words: MessageTemplate = get_object_or_404(seen, pk=self.kwargs["pk"])
        return words

    def get_title(self) -> str:
        return self.words.name or str(kind_title(self.words.kind))

    def get_crumbs(self) -> list[tuple[Any, str]]:
        return [
            (_("Templates"), reverse("admin:outbox_messagetemplate_changelist")),
            (self.get_title(), reverse("admin:outbox_messagetemplate_change", args=[self.words.pk])),
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        people = _latest(Application.objects.all().visible_to(self.actor))
        data = self.request.GET if "application" in self.request.GET else None
        form = TryWordsForm(data, people=people)
        sample = None
        if form.is_valid():
            application, saved = form.cleaned_data["application"], self.words
            try:
                sample = tried_on(
                    application, words_of(saved), saved.kind, language=saved.language, now=self.now
                )
            except ValidationError as error:
                add_errors(form, error)
        return super().get_context_data(form=form, sample=sample, **kwargs)
