"""Rejecting many people."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.http import HttpResponse
from django.utils.translation import gettext as _

from accounts.queries import organisation
from hiring import operations, queries
from hiring.enums import Capability
from hiring.forms import RejectForm
from hiring.models import Application
from hiring.operations.bulk import REJECT, rejection_mail
from hiring.registries import REJECTION
from hiring.views.bulk.bases import SHOWN, BulkPage
from hiring.views.bulk.samples import MailSample, mail_sample
from outbox.models import Work


class RejectView(BulkPage):
    """Reject people with a reason, and tell them by mail if wished."""

    needs = Capability.DECIDE
    kind = REJECT
    template_name = "hiring/reject.html"

    def get_title(self) -> str:
        return _("Reject applications")

    def preview(self, people: list[Application], token: uuid.UUID, *, confirmed: bool) -> HttpResponse:
        form = RejectForm(self.request.POST if confirmed else None, actor=self.actor)
        found = queries.preview_rejects(
            job=self.job, application_ids=[row.pk for row in people], actor=self.actor, now=self.now
        )
        if confirmed and form.is_valid():
            work = self._reject(form, people, token)
            if work is not None:
                return self.to_work(work)
        context = self.get_context_data(
            form=form,
            frozen=self.frozen(people, token),
            found=found,
            fate=found.fate,
            will=found.will[:SHOWN],
            more=max(0, len(found.will) - SHOWN),
            others=len(found.mailed) - 1,
            sample=self._sample(found.mailed[0]) if found.mailed else None,
        )
        return self.render_to_response(context)

    def _reject(self, form: RejectForm, people: Sequence[Application], token: uuid.UUID) -> Work | None:
        return self.queued(
            form,
            lambda: operations.queue_bulk_reject(
                job=self.job,
                seen=[(row.pk, row.version) for row in people],
                intent=self.intent(token),
                by=self.actor,
                now=self.now,
                **form.terms(),
            ),
        )

    def _sample(self, application: Application) -> MailSample:
        mail = rejection_mail(application, organisation())
        return mail_sample(
            REJECTION, mail.context, to_name=mail.to_name, language=mail.language, scope=mail.scope
        )
