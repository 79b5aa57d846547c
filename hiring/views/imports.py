"""Importing applicants: upload, look at what is wrong by row and column, then import the very file that was checked."""

from __future__ import annotations

import uuid
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import FormView, View

from hiring import operations
from hiring.enums import Capability, Source
from hiring.formats.applicants import COLUMNS
from hiring.forms import ImportForm
from hiring.operations.importing import IMPORT_CHECK
from hiring.views.bases import JobPage, add_errors, told
from outbox.enums import WorkState
from outbox.models import Work
from rendering.tables import write_csv


class ImportView(JobPage, FormView):
    """Upload a file, and import it once its check found nothing wrong."""

    needs = Capability.ADD
    template_name = "hiring/import.html"
    form_class = ImportForm

    def get_title(self) -> str:
        return _("Import applicants")

    @cached_property
    def check(self) -> Work | None:
        """The finished check that the address names, if it is one of this job's and the actor's."""
        wanted = self.request.POST.get("check") or self.request.GET.get("check")
        if not wanted:
            return None
        mine = Work.objects.filter(kind=IMPORT_CHECK, public_id=wanted[:16]).visible_to(self.actor)
        check: Work | None = mine.first()
        return check if check is not None and check.arguments.get("job") == self.job.pk else None

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
            return HttpResponseRedirect(self.request.path)
        return HttpResponseRedirect(reverse("outbox:work", args=[work.public_id]))

    def form_valid(self, form: ImportForm) -> HttpResponse:
        try:
            work = operations.queue_import(
                job=self.job,
                file=form.cleaned_data["file"],
                intent=self._intent(),
                by=self.actor,
                now=self.now,
                dry_run=True,
            )
        except ValidationError as error:
            add_errors(form, error)
            return self.form_invalid(form)
        except operations.HiringRefused as refusal:
            form.add_error(None, str(refusal))
            return self.form_invalid(form)
        return HttpResponseRedirect(reverse("outbox:work", args=[work.public_id]))

    def _intent(self) -> str:
        """A form sent twice is one check; every form is a new one."""
        try:
            token = uuid.UUID(self.request.POST.get("token", ""))
        except ValueError:
            token = uuid.uuid4()
        return f"{self.job.pk}:{self.request.user.pk}:{token.hex}"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        check = self.check
        is_good = check is not None and check.state == WorkState.DONE and bool(check.result.get("ok"))
        return super().get_context_data(
            check=check if is_good else None,
            result=check.result if check and is_good else {},
            token=uuid.uuid4(),
            columns=_columns(),
            **kwargs,
        )


def _columns() -> list[tuple[str, str]]:
    words = {
        "name": _("Needed. The whole name."),
        "email": _("Needed. Somebody with this address who is known already is linked."),
        "phone": _("If you have it."),
        "source": _("One of: %s. “Imported” when left empty.") % ", ".join(Source.values),
        "stage": _("The name of a stage of this job; the first one when left empty."),
        "applied_at": _("A date such as 2026-03-12; today when left empty."),
        "tags": _("Words to sort people by, separated by commas."),
        "test": _("The short name of a test: whoever has one is invited to it once they are imported."),
        "opens_at": _("From when on that test can be started; at once when left empty."),
        "expires_at": _("Until when it can be started; for 14 days when left empty."),
    }
    return [(column, words.get(column, "")) for column in COLUMNS]


class ImportSampleView(JobPage, View):
    """A file to start from."""

    needs = Capability.ADD

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        sample = {
            "name": "Ada Example",
            "email": "ada@example.org",
            "phone": "+44 20 7946 0000",
            "tags": "python, flask",
        }
        content = write_csv(list(COLUMNS), [[sample.get(column, "") for column in COLUMNS]])
        response = HttpResponse(content, content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = 'attachment; filename="applicants.csv"'
        return response
