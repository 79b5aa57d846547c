"""Moving people who were chosen in the results of a test: a stage belongs to a job, so it is asked job by job."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from assessments.models import Assessment
from assessments.queries.neighbours import KIND, OF_TEST, WHICH, opened_list
from hiring.enums import Capability
from hiring.forms import BulkForm
from hiring.models import Application, Job
from hiring.queries import jobs_where
from hiring.rules import BULK_LIMIT
from hiring.views.bases import HiringPage

# A statement takes no more values than the database has room for.
_PART = 5_000


@dataclass(frozen=True, slots=True)
class OfJob:
    """Who of those chosen applied for one job; `form` carries them to the page that moves people of it."""

    job: Job
    count: int
    form: BulkForm | None

    @property
    def is_too_many(self) -> bool:
        """Whether that page would refuse them for their number."""
        return self.form is None


class MoveOfTestView(HiringPage, TemplateView):
    """Part those who were chosen in the results of a test by their jobs, and lead on to the move of each."""

    template_name = "hiring/move_of_test.html"
    http_method_names = ["get", "post"]
    kwargs: dict[str, Any]

    @cached_property
    def assessment(self) -> Assessment:
        """The test; 404 when it may not be seen."""
        return get_object_or_404(Assessment.objects.all().visible_to(self.actor), slug=self.kwargs["slug"])

    @property
    def back(self) -> str:
        """The results, narrowed as they were."""
        listed = QueryDict(self.request.POST.get("query", ""), mutable=True)
        for name in (KIND, WHICH):
            listed.pop(name, None)
        address = reverse("assessments:results", args=[self.assessment.slug])
        return f"{address}?{listed.urlencode()}" if listed else address

    def get_title(self) -> str:
        return _("Move to another stage")

    def get_crumbs(self) -> list[tuple[str, str]]:
        results = _("Results: %(test)s") % {"test": self.assessment.name}
        return [(results, reverse("assessments:results", args=[self.assessment.slug]))]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if self.test_func() and not jobs_where(self.actor, Capability.MOVE).exists():
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        messages.info(request, _("Choose people in the list first."))
        return HttpResponseRedirect(self.back)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        chosen = self._chosen(request.POST)
        if not chosen:
            return self.get(request)
        by_job: dict[int, list[Application]] = {}
        for row in sorted(self._people(chosen).values(), key=lambda row: (row.job.title, row.job_id, row.pk)):
            by_job.setdefault(row.job_id, []).append(row)
        movable = set(jobs_where(self.actor, Capability.MOVE).values_list("pk", flat=True))
        return self.render_to_response(
            self.get_context_data(
                jobs=[_of_job(found) for pk, found in by_job.items() if pk in movable],
                fixed=[_of_job(found) for pk, found in by_job.items() if pk not in movable],
                limit=BULK_LIMIT,
                back=self.back,
            )
        )

    def _people(self, invitations: Sequence[int]) -> dict[int, Application]:
        """Whom these were sent to, by number: once, however many tests they have. A query for each `_PART` of them."""
        seen = Application.objects.all().visible_to(self.actor).select_related("job")
        narrow = seen.only("public_id", "version", "job__title", "job__slug")
        return {
            row.pk: row
            for start in range(0, len(invitations), _PART)
            for row in narrow.filter(assessments__invitation__in=invitations[start : start + _PART])
        }

    def _chosen(self, data: QueryDict) -> list[int]:
        """The invitations that were ticked, or all that the list holds now."""
        if not data.get("everyone"):
            return [int(word) for word in data.getlist("invitations") if word.isdecimal() and len(word) < 19]
        parameters = QueryDict(data.get("query", ""))
        if (parameters.get(KIND), parameters.get(WHICH)) != (OF_TEST, self.assessment.slug):
            raise Http404
        opened = opened_list(parameters, actor=self.actor, now=self.now)
        return [line.pk for line in opened.table.found.lines] if opened is not None else []


def _of_job(people: list[Application]) -> OfJob:
    ids = ",".join(f"{row.public_id}:{row.version}" for row in people)
    form = BulkForm(initial={"ids": ids, "token": uuid.uuid4()}) if len(people) <= BULK_LIMIT else None
    return OfJob(people[0].job, len(people), form)
