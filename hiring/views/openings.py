"""The places that a job has to fill, as a part of its page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import View

from accounts.models import Actor
from hiring import operations, queries
from hiring.enums import Capability
from hiring.forms import AddOpeningsForm, CloseOpeningForm
from hiring.models import Job, Opening
from hiring.views.bases import JobPage, told

# How many of those that are filled or closed are shown beside the free ones.
_DONE: Final = 20


@dataclass(frozen=True, slots=True)
class OpeningsPart:
    """What the page of a job shows of its openings: the free ones and the last of the others by number, and how many
    there are besides.
    """

    rows: Sequence[Opening]
    free: Sequence[Opening]
    filled: int
    earlier: int
    add_form: AddOpeningsForm
    close_form: CloseOpeningForm


def openings_part(job: Job, actor: Actor) -> OpeningsPart:
    """Return the part about openings of the page of a job. One query, however many there were."""
    rows = list(queries.openings_shown(job, actor, done=_DONE))
    free = [row for row in rows if row.filled_by_id is None and row.closed_at is None]
    every, filled = (rows[0].every, rows[0].filled) if rows else (0, 0)
    return OpeningsPart(rows, free, filled, every - len(rows), AddOpeningsForm(), CloseOpeningForm())


class OpeningsView(JobPage, View):
    """Add openings, or close one that nobody fills."""

    needs = Capability.CHANGE_JOB
    http_method_names = ["post"]

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        if "close" in request.POST:
            self._close(CloseOpeningForm(request.POST))
        else:
            self._add(AddOpeningsForm(request.POST))
        return HttpResponseRedirect(f"{self.job_url}#openings-title")

    def _add(self, form: AddOpeningsForm) -> None:
        if not form.is_valid():
            self._say(form)
            return
        count = form.cleaned_data["count"]
        added = told(
            self.request,
            lambda: operations.add_openings(job=self.job, count=count, by=self.actor, now=self.now),
        )
        if added:
            words = ngettext("%(count)d opening was added.", "%(count)d openings were added.", len(added))
            messages.success(self.request, words % {"count": len(added)})

    def _close(self, form: CloseOpeningForm) -> None:
        if not form.is_valid():
            self._say(form)
            return
        mine = Opening.objects.filter(job=self.job).visible_to(self.actor).select_related("job")
        opening = get_object_or_404(mine, number=form.cleaned_data["number"])
        closed = told(
            self.request,
            lambda: operations.close_opening(
                opening=opening, reason=form.cleaned_data["reason"], by=self.actor, now=self.now
            ),
        )
        if closed:
            words = _("Opening %d is closed. Nobody is hired for it any more.")
            messages.success(self.request, words % closed.number)

    def _say(self, form: AddOpeningsForm | CloseOpeningForm) -> None:
        for field, errors in form.errors.items():
            label = form.fields[field].label or field
            messages.error(self.request, f"{label}: {' '.join(map(str, errors))}")
