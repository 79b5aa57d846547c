"""The cards of a board.

There are a hundred of them on a page, so that what a card says is worked out here, once wherever many say the same: a
template that looks up, translates and reverses it for each of them takes longer than everything else on the page.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cached_property
from typing import Any, Final

from django import template
from django.urls import reverse
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.models import Actor
from assessments.queries import score_shown
from hiring.enums import ApplicationStatus, NextStep, TestOutcome
from hiring.models import Approval, Job, Stage
from hiring.queries.application_tests import RowTest
from hiring.queries.approvals import approvers
from hiring.queries.board import Card
from hiring.templatetags.hiring import days
from rendering.moments import relative_time
from shell.templatetags.shell import state_pill

register = template.Library()

_SELECTED: Final = SafeString(" selected")
# Stands in an address for the code of an application.
_CODE: Final = "CODE"


class CardFaces:
    """What the cards of a page say of its job, of where they can be moved and of what the page is narrowed to."""

    def __init__(
        self, job: Job, stages: Sequence[Stage], *, actor: Actor, now: datetime, query: str, list_query: str
    ) -> None:
        self._job, self._actor, self._now = job, actor, now
        self._stages, self._query, self._list_query = stages, query, list_query
        self._application = reverse("hiring:application", args=[_CODE]).rsplit(_CODE, 1)
        self._move = reverse("hiring:card-move", args=[job.slug, _CODE]).rsplit(_CODE, 1)
        self._late, self._stage_for = _("%(days)s, over target"), _("Stage for %(name)s")
        self._options: dict[int, SafeString] = {}
        self._pills: dict[str, SafeString | str] = {}
        self._steps: dict[NextStep, tuple[str, str]] = {}
        self.words = {
            "look_twice": _("Look twice"),
            "tags": _("Tags"),
            "move_to": _("Move to…"),
            "move": _("Move"),
        }

    def of(self, card: Card) -> dict[str, Any]:
        """Return what stands on a card, by its place there. No query, but for the first that waits for an approval."""
        row, application = card.row, card.row.application
        code, name, since = application.public_id, str(application.candidate), days(row.days)
        if card.step not in self._steps:
            self._steps[card.step] = (str(card.step.label), str(card.waits_for.label))
        step, waits_for = self._steps[card.step]
        if card.approval is not None:
            step, waits_for = self._approval(card.approval)
        is_held = application.status != ApplicationStatus.ACTIVE
        return {
            "code": code,
            "stage": str(application.stage_id),
            "version": str(application.version),
            "name": conditional_escape(name),
            "address": code.join(self._application) + f"?{self._list_query}&stage={application.stage_id}",
            "is_late": row.is_late,
            "since": self._late % {"days": since} if row.is_late else since,
            "held": self._pill(row.status) if is_held else "",
            "is_flagged": application.is_flagged,
            "result": self._result(row.test),
            "step": step,
            "waits_for": waits_for,
            "move": code.join(self._move) + (f"?{self._query}" if self._query else ""),
            "options": self.options(application.stage),
            "stage_for": self._stage_for % {"name": name},
        }

    @cached_property
    def _approvers(self) -> str:
        """Those who approve for the job, for all cards. One query or two."""
        names = [str(user) for user in approvers(self._job, self._actor)[:3]]
        return ", ".join(names) or _("an administrator")

    def _approval(self, approval: Approval) -> tuple[str, str]:
        """What is waited for, and by whose word since when."""
        waits = _("Waiting for the approval of %(names)s, %(since)s")
        since = relative_time(approval.asked_at, self._now) if approval.asked_at else ""
        return (
            _("Approval for “%s”") % approval.stage.name,
            waits % {"names": self._approvers, "since": since},
        )

    def options(self, stage: Stage) -> SafeString:
        """Return where whoever stands at `stage` can be moved, as options of a menu; the next one is chosen."""
        if stage.pk not in self._options:
            others = [other for other in self._stages if other.pk != stage.pk]
            following = next((other for other in others if other.position > stage.position), None)
            self._options[stage.pk] = format_html_join(
                "",
                '<option value="{}"{}>{}</option>',
                ((other.pk, _SELECTED if other is following else "", other.name) for other in others),
            )
        return self._options[stage.pk]

    def _result(self, test: RowTest | None) -> SafeString | str:
        if test is None:
            return ""
        outcome = TestOutcome(test.outcome)
        if test.percent is not None:
            return format_html('<span class="score">{}</span> {}', score_shown(test), self._pill(outcome))
        return "" if outcome == TestOutcome.PENDING else self._pill(outcome)

    def _pill(self, state: ApplicationStatus | TestOutcome) -> SafeString | str:
        # No two of these states are called the same.
        if state.value not in self._pills:
            self._pills[state.value] = state_pill(state)
        return self._pills[state.value]


@register.simple_tag
def card_face(faces: CardFaces, card: Card) -> dict[str, Any]:
    """Return what stands on a card."""
    return faces.of(card)
