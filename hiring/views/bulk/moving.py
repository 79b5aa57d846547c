"""Moving many people to a stage."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.utils.translation import gettext as _

from hiring import operations, queries
from hiring.enums import ApplicationStatus, Capability
from hiring.forms import BulkMoveForm
from hiring.models import Application, Stage
from hiring.operations.bulk_moves import MOVE
from hiring.views.bases import REFUSALS
from hiring.views.bulk.bases import SHOWN, BulkPage


@dataclass(frozen=True, slots=True)
class Busy:
    """A stage that does something with whoever enters, and what."""

    stage: Stage
    words: str


@dataclass(frozen=True, slots=True)
class Gated:
    """A stage, and how many of those chosen come there with an approval only that the actor cannot give."""

    stage: Stage
    count: int


class MoveView(BulkPage):
    """Move people to a stage."""

    needs = Capability.MOVE
    kind = MOVE
    template_name = "hiring/move.html"

    def get_title(self) -> str:
        return _("Move to another stage")

    def preview(self, people: list[Application], token: uuid.UUID, *, confirmed: bool) -> HttpResponse:
        stages = Stage.objects.filter(job=self.job, retired_at=None).order_by("position", "pk")
        stages = stages.select_related("assessment", "entry_mail")
        form = BulkMoveForm(
            self.request.POST if "stage" in self.request.POST else None,
            initial={"stage": self._following(stages, people)},
            stages=stages,
        )
        if confirmed and form.is_valid():
            try:
                work = operations.queue_bulk_move(
                    job=self.job,
                    seen=[(row.pk, row.version) for row in people],
                    to_stage=form.cleaned_data["stage"],
                    note=form.cleaned_data["note"],
                    intent=self.intent(token),
                    by=self.actor,
                    now=self.now,
                )
            except (*REFUSALS, ValidationError) as error:
                form.add_error(None, str(error) if isinstance(error, REFUSALS) else error.messages)
            else:
                return self.to_work(work)
        rows = Application.objects.filter(pk__in=[row.pk for row in people])
        shown = list(
            queries.with_list_columns(rows).order_by("stage__position", "candidate__full_name", "pk")
        )
        live = [row for row in shown if row.status in ApplicationStatus.live]
        context = self.get_context_data(
            form=form,
            frozen=self.frozen(people, token),
            will=live[:SHOWN],
            count=len(live),
            more=max(0, len(live) - SHOWN),
            gated=self._gated(stages, live),
            busy=[Busy(stage, "; ".join(words)) for stage in stages if (words := queries.entry_words(stage))],
            skipped=[row for row in shown if row.status not in ApplicationStatus.live],
        )
        return self.render_to_response(context)

    def _following(self, stages: Iterable[Stage], people: list[Application]) -> Stage | None:
        """The stage that comes after those where people stand; the last one where none does."""
        there = {row.stage_id for row in people if row.status in ApplicationStatus.live}
        order = list(stages)
        places = [place for place, stage in enumerate(order) if stage.pk in there]
        return order[min(max(places) + 1, len(order) - 1)] if places else None

    def _gated(self, stages: Iterable[Stage], people: list[Application]) -> list[Gated]:
        """For each stage that needs an approval, how many would be asked for instead of moved."""
        needing = [stage for stage in stages if stage.needs_approval]
        if not needing:
            return []
        _let_in, others = queries.whom_one_lets_in(self.actor, self.job, people)
        counts = ((stage, sum(row.stage_id != stage.pk for row in others)) for stage in needing)
        return [Gated(stage, count) for stage, count in counts if count]
