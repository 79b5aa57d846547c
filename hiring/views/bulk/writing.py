"""Writing to many people of a job."""

from __future__ import annotations

import uuid

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from hiring import operations
from hiring.enums import Capability
from hiring.models import Application
from hiring.operations.letters import LETTERS
from hiring.rules import Letter
from hiring.views.bulk.bases import BulkPage
from hiring.views.letters import LetterDesk
from outbox.models import Work


class WriteView(LetterDesk, BulkPage):
    """Write a letter to people, each with their own name in it."""

    needs = Capability.MAIL
    kind = LETTERS
    template_name = "hiring/letter.html"

    def get_title(self) -> str:
        return _("Write to people")

    def preview(self, people: list[Application], token: uuid.UUID, *, confirmed: bool) -> HttpResponse:
        return self.desk(
            people,
            job=self.job,
            send=(lambda letter: self._send(letter, people, token)) if confirmed else None,
            frozen=self.frozen(people, token),
            back=self.job_url,
        )

    def _send(self, letter: Letter, people: list[Application], token: uuid.UUID) -> HttpResponse:
        work = operations.queue_letters(
            job=self.job,
            application_ids=[row.pk for row in people],
            letter=letter,
            intent=self.intent(token),
            by=self.actor,
            now=self.now,
        )
        return self.to_work(work)

    def to_work(self, work: Work) -> HttpResponse:
        return HttpResponseRedirect(reverse("hiring:letters-sent", args=[work.public_id]))
