"""Giving tags to many people, and taking tags from them."""

from __future__ import annotations

import uuid

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.utils.translation import gettext as _

from hiring import operations, queries
from hiring.enums import Capability
from hiring.forms import BulkTagsForm
from hiring.models import Application
from hiring.operations.bulk_tags import TAGS
from hiring.views.bases import REFUSALS, add_errors
from hiring.views.bulk.bases import SHOWN, BulkPage


class TagView(BulkPage):
    """Change the tags of people."""

    needs = Capability.ADD
    kind = TAGS
    template_name = "hiring/tags_change.html"

    def get_title(self) -> str:
        return _("Change tags")

    def preview(self, people: list[Application], token: uuid.UUID, *, confirmed: bool) -> HttpResponse:
        form = BulkTagsForm(self.request.POST if confirmed else None)
        if confirmed and form.is_valid():
            try:
                work = operations.queue_bulk_tags(
                    job=self.job,
                    application_ids=[row.pk for row in people],
                    intent=self.intent(token),
                    by=self.actor,
                    now=self.now,
                    **form.cleaned_data,
                )
            except REFUSALS as refusal:
                form.add_error(None, str(refusal))
            except ValidationError as error:
                add_errors(form, error)
            else:
                return self.to_work(work)
        rows = Application.objects.filter(pk__in=[row.pk for row in people])
        shown = queries.with_list_columns(rows).order_by("candidate__full_name", "pk")
        context = self.get_context_data(
            form=form,
            frozen=self.frozen(people, token),
            tags=queries.tags_of(rows),
            will=shown[:SHOWN],
            count=len(people),
            more=max(0, len(people) - SHOWN),
        )
        return self.render_to_response(context)
