"""Doing something with many people: who is affected, who is skipped and why, what will be mailed; then long work.

The preview freezes who it is about: what is sent on is the list that was shown, and every right is asked again then.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from assessments.queries.neighbours import KIND, WHICH, OpenedList, opened_list
from assessments.queries.result_words import filter_words
from hiring.forms import BulkForm
from hiring.models import Application, ApplicationAssessment
from hiring.queries.results import OF_JOB
from hiring.rules import BULK_LIMIT
from hiring.views.bases import REFUSALS, JobPage, add_errors
from hiring.views.choosing import chosen_people
from outbox.models import Work
from outbox.queries import asked_work

# How many names a preview lists; the numbers are always of all.
SHOWN = 200


class BulkPage(JobPage, TemplateView):
    """A preview of what happens to the people chosen on the job's page, and the button that does it."""

    # Of the work that does it.
    kind = ""
    http_method_names = ["get", "post"]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        messages.info(request, _("Choose people in the list first."))
        return HttpResponseRedirect(self.job_url)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        frozen = BulkForm(request.POST)
        confirmed = frozen.is_valid() and "confirm" in request.POST
        if frozen.is_valid():
            people, token = self._frozen(frozen.cleaned_data["ids"]), frozen.cleaned_data["token"]
        else:
            people, token = self._chosen(request.POST), uuid.uuid4()
        if confirmed and self.query is not None:
            listed = self._listed(self.query)
            if {row.pk for row in listed} != {row.pk for row in people}:
                asked = asked_work(self.kind, self.intent(token))
                if asked is not None:
                    # Pressed twice: what the first press did has changed the list.
                    return self.to_work(asked)
                self._say_changed(len(people), len(listed))
                people, token, confirmed = listed, uuid.uuid4(), False
        if not people:
            return self.get(request)
        if len(people) > BULK_LIMIT:
            words = _(
                "That is %(count)d people; at most %(limit)d at once. Choose fewer, for example by stage."
            )
            messages.error(request, words % {"count": len(people), "limit": BULK_LIMIT})
            return HttpResponseRedirect(self.job_url)
        return self.preview(people, token, confirmed=confirmed)

    @cached_property
    def query(self) -> str | None:
        """Which list everybody was chosen of, narrowed how; None for people chosen one by one."""
        return self.request.POST.get("query", "") if self.request.POST.get("everyone") else None

    @cached_property
    def opened(self) -> OpenedList | None:
        """The list of results where everybody was chosen, as it is now; 404 for one of another job."""
        parameters = QueryDict(self.query or "")
        if KIND not in parameters:
            return None
        if (parameters[KIND], parameters.get(WHICH)) != (OF_JOB, self.job.slug):
            raise Http404
        return opened_list(parameters, actor=self.actor, now=self.now)

    def _say_changed(self, before: int, now: int) -> None:
        words = _(
            "The list has changed: people when you looked: %(before)d, now: %(now)d, and they may be others. "
            "Nothing was done yet. Look again, then decide."
        )
        messages.warning(self.request, words % {"before": before, "now": now})

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        listed = {}
        if self.opened is not None:
            words = [*filter_words(self.opened.table), *self.opened.words]
            listed = {"listed_words": words, "total": len(self.opened.table.found.lines)}
        return super().get_context_data(**{"query": self.query, "opened": self.opened, **listed, **kwargs})

    def preview(self, people: list[Application], token: uuid.UUID, *, confirmed: bool) -> HttpResponse:
        """Show what would happen, or do it."""
        raise NotImplementedError

    def frozen(self, people: Sequence[Application], token: uuid.UUID) -> BulkForm:
        """The hidden part of the form that carries the choice on."""
        ids = ",".join(f"{row.public_id}:{row.version}" for row in people)
        return BulkForm(initial={"ids": ids, "token": token})

    def intent(self, token: uuid.UUID) -> str:
        """The same preview sent twice is one piece of work."""
        return f"{self.job.pk}:{self.request.user.pk}:{token.hex}"

    def queued(self, form: Form, ask: Callable[[], Work]) -> Work | None:
        """Ask for the work. What refuses it stands on the form, beside its field or above; None then."""
        try:
            return ask()
        except REFUSALS as refusal:
            form.add_error(None, str(refusal))
        except ValidationError as error:
            add_errors(form, error)
        return None

    def to_work(self, work: Work) -> HttpResponse:
        return HttpResponseRedirect(reverse("outbox:work", args=[work.public_id]))

    def _chosen(self, data: QueryDict) -> list[Application]:
        if self.query is not None:
            return self._listed(self.query)
        invitations = [
            int(word) for word in data.getlist("invitations") if word.isdecimal() and len(word) < 19
        ]
        if invitations:
            # Chosen in the list of results, where a line is an invitation.
            links = ApplicationAssessment.objects.filter(invitation__in=invitations).visible_to(self.actor)
            return self._of([row.application.public_id for row in links.select_related("application")])
        return self._of(data.getlist("ids"))

    def _listed(self, query: str) -> list[Application]:
        """Everybody of the job's page, or of its results, who matches now."""
        if self.opened is not None:
            # A person may stand in the results more than once, with several tests.
            tied = ApplicationAssessment.objects.filter(application__job=self.job, invitation__isnull=False)
            people = dict(tied.values_list("invitation", "application__public_id"))
            return self._of([people[line.pk] for line in self.opened.table.found.lines if line.pk in people])
        rows = chosen_people(self.job, self.actor, QueryDict(query), now=self.now)
        return list(rows.select_related(None).only("pk", "public_id", "version")[: BULK_LIMIT + 1])

    def _frozen(self, ids: str) -> list[Application]:
        """The people a preview showed, with the version that it showed, whatever happened to them since."""
        shown = dict(part.partition(":")[::2] for part in ids.split(","))
        people = self._of(list(shown))
        for person in people:
            if shown[person.public_id].isdecimal():
                person.version = int(shown[person.public_id])
        return people

    def _of(self, public_ids: Sequence[str]) -> list[Application]:
        wanted = list(dict.fromkeys(public_ids))[: BULK_LIMIT + 1]
        mine = Application.objects.filter(job=self.job, public_id__in=wanted).visible_to(self.actor)
        found = {row.public_id: row for row in mine.only("pk", "public_id", "version")}
        return [found[public_id] for public_id in wanted if public_id in found]
