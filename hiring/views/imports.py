"""Importing people: upload, say what the columns are, look at what is wrong by row and column, then import the very
file that was checked. Into a job, or people alone.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any, ClassVar

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView, TemplateView, View

from accounts.enums import Role
from hiring import operations
from hiring.enums import Capability, Source
from hiring.formats import mapping
from hiring.forms import ColumnsForm, ImportForm
from hiring.models import Job
from hiring.operations.importing import IMPORT_CHECK, IMPORT_READ
from hiring.queries.imports import questions_for_columns, remembered_columns
from hiring.views.bases import HiringPage, JobPage, add_errors, told
from outbox.enums import WorkState
from outbox.models import Work
from outbox.rules import SAMPLE
from rendering.tables import write_csv
from shell.file_columns import COLUMN


class _OfJob(JobPage):
    """A page of an import into a job."""

    needs = Capability.ADD

    @property
    def into(self) -> Job | None:
        return self.job

    def page(self, name: str, *parts: str) -> str:
        return reverse(f"hiring:{name}", args=[self.job.slug, *parts])


class _OfPeople(HiringPage):
    """A page of an import of people without a job, for those who see people without a job."""

    into: ClassVar[Job | None] = None

    def page(self, name: str, *parts: str) -> str:
        return reverse(f"hiring:{name.replace('import', 'import-people', 1)}", args=parts)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if self.test_func() and not self.actor.has_role(Role.RECRUITER, Role.ADMINISTRATOR):
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get_crumbs(self) -> Sequence[tuple[Any, str]]:
        return [(_("People"), reverse("admin:candidates_candidate_changelist"))]


class _Import:
    """What the pages of an import share."""

    request: HttpRequest
    actor: Any
    into: Any
    page: Any

    def works(self, kind: str) -> Any:
        """The work of this kind that the actor may see."""
        return Work.objects.filter(kind=kind).visible_to(self.actor)

    def is_here(self, work: Work) -> bool:
        """Whether it is about the job of this page."""
        return bool(work.arguments.get("job") == (self.into.pk if self.into else None))

    def intent(self) -> str:
        """A form sent twice is one piece of work; every form is a new one."""
        try:
            token = uuid.UUID(self.request.POST.get("token", ""))
        except ValueError:
            token = uuid.uuid4()
        user = self.request.user
        return f"{self.into.pk if self.into else 'people'}:{user.pk}:{token.hex}"

    def context(self) -> dict[str, Any]:
        """What every page of an import shows."""
        return {
            "into": self.into,
            "token": uuid.uuid4(),
            "import_url": self.page("import"),
            "sample_url": self.page("import-sample"),
        }


class _UploadPage(_Import, FormView):
    """Upload a file, and import it once its check found nothing wrong."""

    template_name = "hiring/import.html"
    form_class = ImportForm
    title: Any
    now: Any

    @cached_property
    def check(self) -> Work | None:
        """The finished check that the address names, if it is one of this page's and the actor's."""
        wanted = self.request.POST.get("check") or self.request.GET.get("check")
        check: Work | None = (
            self.works(IMPORT_CHECK).filter(public_id=wanted[:16]).first() if wanted else None
        )
        return check if check is not None and self.is_here(check) else None

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        check = self.check
        if check is None:
            return super().post(request, *args, **kwargs)
        entry_actions = request.POST.get("stage_actions") == "on"
        work = told(
            request,
            lambda: operations.confirm_import(
                check=check, by=self.actor, now=self.now, entry_actions=entry_actions
            ),
        )
        if work is None:
            return HttpResponseRedirect(request.path)
        return HttpResponseRedirect(reverse("outbox:work", args=[work.public_id]))

    def form_valid(self, form: ImportForm) -> HttpResponse:
        try:
            work = operations.queue_reading(
                job=self.into,
                file=form.cleaned_data["file"],
                intent=self.intent(),
                back={"url": self.request.path, "label": str(self.title)},
                by=self.actor,
                now=self.now,
            )
        except ValidationError as error:
            add_errors(form, error)
            return self.form_invalid(form)
        except operations.HiringRefused as refusal:
            form.add_error(None, str(refusal))
            return self.form_invalid(form)
        return HttpResponseRedirect(reverse("outbox:work", args=[work.public_id]))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        check = self.check
        is_good = check is not None and check.state == WorkState.DONE and bool(check.result.get("ok"))
        read = str(check.arguments.get("read", "")) if check else ""
        return super().get_context_data(
            check=check if is_good else None,
            result=check.result if check and is_good else {},
            columns_url=self.page("import-columns", read) if read else "",
            columns=_columns(self.into),
            **self.context(),
            **kwargs,
        )


class ImportView(_OfJob, _UploadPage):
    """Import applicants into a job."""

    title = gettext_lazy("Import applicants")


class ImportPeopleView(_OfPeople, _UploadPage):
    """Import people who apply for nothing yet."""

    title = gettext_lazy("Import people")


class _ColumnsPage(_Import, TemplateView):
    """Say what each column of a file is, with what stands in it, before it is checked."""

    template_name = "hiring/import_columns.html"
    now: Any
    kwargs: dict[str, Any]

    @cached_property
    def read(self) -> Work:
        """The file of the address, if the actor uploaded it here."""
        read: Work = get_object_or_404(self.works(IMPORT_READ), public_id=self.kwargs["public_id"])
        if not self.is_here(read):
            raise Http404
        return read

    @cached_property
    def columns(self) -> list[dict[str, Any]]:
        columns: list[dict[str, Any]] = self.read.result.get(SAMPLE, [])
        return columns

    @cached_property
    def questions(self) -> dict[str, str]:
        return questions_for_columns(self.into)

    @cached_property
    def remembered(self) -> dict[str, str] | None:
        return remembered_columns(self.request.user, self.read)  # type: ignore[arg-type]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.read.is_open:
            return HttpResponseRedirect(reverse("outbox:work", args=[self.read.public_id]))
        if not self.columns:
            messages.error(request, _("The file is not kept any more. Upload it again."))
            return HttpResponseRedirect(self.page("import"))
        kwargs.pop("public_id", None)
        return self.render_to_response(self.get_context_data(form=self._form(), **kwargs))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self._form(request.POST)
        if not self.columns or not form.is_valid():
            return self._again(form)
        try:
            work = operations.queue_check(
                read=self.read, mapping=form.mapping(), intent=self.intent(), by=self.actor, now=self.now
            )
        except ValidationError as error:
            if hasattr(error, "error_dict"):
                error = ValidationError(
                    {f"{COLUMN}{letter}": words for letter, words in error.error_dict.items()}
                )
            add_errors(form, error)
            return self._again(form)
        except operations.HiringRefused as refusal:
            form.add_error(None, str(refusal))
            return self._again(form)
        return HttpResponseRedirect(reverse("outbox:work", args=[work.public_id]))

    def _again(self, form: ColumnsForm) -> HttpResponse:
        if not self.columns:
            return self.get(self.request)
        return self.render_to_response(self.get_context_data(form=form))

    def _form(self, data: Any = None) -> ColumnsForm:
        headers = {column["letter"]: column["header"] for column in self.columns}
        begin = mapping.guessed(headers, questions=self.questions, of_job=self.into is not None)
        if self.remembered is not None:
            known = mapping.known_codes(list(self.questions), of_job=self.into is not None)
            said = {letter: self.remembered.get(letter, mapping.LEFT_OUT) for letter in begin}
            # What was a question of another job is guessed.
            begin = {letter: code if code in known else begin[letter] for letter, code in said.items()}
        return ColumnsForm(
            data,
            columns=self.columns,
            questions=self.questions,
            of_job=self.into is not None,
            initial={f"{COLUMN}{letter}": code for letter, code in begin.items()},
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            read=self.read,
            is_remembered=self.remembered is not None,
            **self.context(),
            **kwargs,
        )


class ImportColumnsView(_OfJob, _ColumnsPage):
    """Say what the columns of a file of applicants are."""

    title = gettext_lazy("What the columns are")


class ImportPeopleColumnsView(_OfPeople, _ColumnsPage):
    """Say what the columns of a file of people are."""

    title = gettext_lazy("What the columns are")


class _SamplePage(_Import, View):
    """A file to start from."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        sample = {
            "name": "Ada Example",
            "email": "ada@example.org",
            "phone": "+44 20 7946 0000",
            "tags": "python, flask",
        }
        headers = mapping.columns(of_job=self.into is not None)
        content = write_csv(headers, [[sample.get(column, "") for column in headers]])
        response = HttpResponse(content, content_type="text/csv; charset=utf-8")
        name = "applicants" if self.into else "people"
        response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
        return response


class ImportSampleView(_OfJob, _SamplePage):
    """A file of applicants to start from."""


class ImportPeopleSampleView(_OfPeople, _SamplePage):
    """A file of people to start from."""


def _columns(job: Job | None) -> list[tuple[str, str]]:
    languages = ", ".join(code for code, _name in settings.CANDIDATE_LANGUAGES)
    words = {
        "name": _("Needed, unless the two below are there. The whole name."),
        "first_name": _("Where the file has the name in two columns."),
        "last_name": _("The other one."),
        "email": _("Needed. Somebody with this address who is known already is linked."),
        "phone": _("If you have it."),
        "profile": _("The address of a profile or page of theirs."),
        "language": _("In which they are written to; one of: %s.") % languages,
        "tags": _("Words to sort people by, separated by commas."),
        "note": _("What everyone who sees the person may read."),
        "private_note": _("What recruiters alone may read."),
        "source": _("One of: %s. “Imported” when left empty.") % ", ".join(Source.values),
        "agency": _("The agency that sent them."),
        "referred_by": _("The address with which the colleague signs in who referred them."),
        "external_id": _("What another system calls the application: a row with it is found again."),
        "stage": _("The name of a stage of this job; the first one when left empty."),
        "applied_at": _("A date such as 2026-03-12; today when left empty."),
        "test": _("The short name of a test: whoever has one is invited to it once they are imported."),
        "opens_at": _("From when on that test can be started; at once when left empty."),
        "expires_at": _("Until when it can be started; for 14 days when left empty."),
    }
    return [(column, words.get(column, "")) for column in mapping.columns(of_job=job is not None)]
