"""Hiring many people."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.http import HttpResponse
from django.utils.translation import gettext as _

from hiring import operations, queries
from hiring.enums import Capability
from hiring.forms import BulkStatusForm
from hiring.models import Application
from hiring.operations.bulk_hiring import HIRE
from hiring.views.bulk.bases import SHOWN, BulkPage
from outbox.models import Work


class HireManyView(BulkPage):
    """Hire people: which openings they fill, and what becomes of their invitations."""

    needs = Capability.DECIDE
    kind = HIRE
    template_name = "hiring/hire_many.html"

    def get_title(self) -> str:
        return _("Hire people")

    def preview(self, people: list[Application], token: uuid.UUID, *, confirmed: bool) -> HttpResponse:
        form = BulkStatusForm(self.request.POST if confirmed else None)
        if confirmed and form.is_valid():
            work = self._queue(form, people, token)
            if work is not None:
                return self.to_work(work)
        found = queries.preview_hires(
            job=self.job, application_ids=[row.pk for row in people], actor=self.actor, now=self.now
        )
        filled = [str(number) for number in found.openings[: len(found.will)]]
        context = self.get_context_data(
            form=form,
            frozen=self.frozen(people, token),
            found=found,
            fate=found.fate,
            filled=", ".join(filled),
            will=found.will[:SHOWN],
            more=max(0, len(found.will) - SHOWN),
        )
        return self.render_to_response(context)

    def _queue(self, form: BulkStatusForm, people: Sequence[Application], token: uuid.UUID) -> Work | None:
        return self.queued(
            form,
            lambda: operations.queue_bulk_hire(
                job=self.job,
                seen=[(row.pk, row.version) for row in people],
                intent=self.intent(token),
                by=self.actor,
                now=self.now,
                **form.cleaned_data,
            ),
        )
