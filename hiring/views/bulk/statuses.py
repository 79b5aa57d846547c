"""Putting many people on hold, marking them as withdrawn, restoring them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.http import HttpResponse
from django.utils.translation import gettext as _

from hiring import operations, queries
from hiring.enums import ApplicationStatus, Capability
from hiring.forms import BulkStatusForm
from hiring.models import Application
from hiring.operations.bulk_statuses import STATUS
from hiring.views.bulk.bases import SHOWN, BulkPage
from outbox.models import Work


class _StatusesView(BulkPage):
    """Give people one status."""

    needs = Capability.DECIDE
    kind = STATUS
    template_name = "hiring/status_change.html"
    to_status: ApplicationStatus

    def preview(self, people: list[Application], token: uuid.UUID, *, confirmed: bool) -> HttpResponse:
        form = BulkStatusForm(self.request.POST if confirmed else None)
        if confirmed and form.is_valid():
            work = self._queue(form, people, token)
            if work is not None:
                return self.to_work(work)
        found = queries.preview_statuses(
            job=self.job,
            application_ids=[row.pk for row in people],
            to_status=self.to_status,
            actor=self.actor,
            now=self.now,
        )
        context = self.get_context_data(
            form=form,
            to_status=self.to_status,
            frozen=self.frozen(people, token),
            found=found,
            fate=found.fate,
            will=found.will[:SHOWN],
            more=max(0, len(found.will) - SHOWN),
        )
        return self.render_to_response(context)

    def _queue(self, form: BulkStatusForm, people: Sequence[Application], token: uuid.UUID) -> Work | None:
        return self.queued(
            form,
            lambda: operations.queue_bulk_status(
                job=self.job,
                seen=[(row.pk, row.version) for row in people],
                to_status=self.to_status,
                intent=self.intent(token),
                by=self.actor,
                now=self.now,
                **form.cleaned_data,
            ),
        )


class HoldView(_StatusesView):
    """Put people on hold."""

    to_status = ApplicationStatus.ON_HOLD

    def get_title(self) -> str:
        return _("Put on hold")


class WithdrawView(_StatusesView):
    """Mark people as withdrawn."""

    to_status = ApplicationStatus.WITHDRAWN

    def get_title(self) -> str:
        return _("Mark as withdrawn")


class RestoreView(_StatusesView):
    """Go on with people who were on hold, rejected or withdrawn."""

    to_status = ApplicationStatus.ACTIVE

    def get_title(self) -> str:
        return _("Restore applications")
