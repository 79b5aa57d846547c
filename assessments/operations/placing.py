"""Questions that were chosen in a list become lines of a draft."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.models import Actor
from assessments.models import DrawRule
from assessments.operations.versions import VersionLocked, locked_draft, record_change
from assessments.queries.editions import BLUEPRINT
from assessments.queries.places import (
    asked_of_everybody,
    draft_sections,
    fixed_rule,
    left_out_of,
    look_at_section,
    section_places,
)
from questions.models import Question
from questions.registries import Place, PlaceLook


@transaction.atomic
def add_fixed(*, section_id: int, questions: Sequence[Question], by: Actor, now: datetime) -> dict[int, str]:
    """Ask everybody who takes a test these questions, at the end of a section of its draft; return why some were left
    out, by their ids. What is asked of everybody already stays as it is. A fixed number of statements, and one event.
    """
    section = draft_sections(by).filter(pk=section_id).first()
    try:
        current = locked_draft(section.version) if section is not None else None
    except VersionLocked as refusal:
        return {each.pk: str(refusal) for each in questions}
    # Held now: whoever saved the blueprint meanwhile wrote its sections anew.
    section = draft_sections(by).filter(pk=section_id).first()
    if current is None or section is None:
        gone = _("This section is not there any more. Somebody changed the test.")
        return {each.pk: gone for each in questions}
    already = asked_of_everybody(section)
    reasons = left_out_of(section, questions, already)
    coming = [each for each in questions if each.pk not in already and each.pk not in reasons]
    highest = section.rules.aggregate(highest=Max("position"))["highest"] or 0
    DrawRule.objects.bulk_create(
        fixed_rule(section, each, position) for position, each in enumerate(coming, start=highest + 1)
    )
    if coming:
        record_change(current.assessment, what=BLUEPRINT, by=by, now=now)
    return reasons


class DraftSections:
    """What takes questions: the sections of drafts."""

    def all(self, actor: Actor) -> Sequence[Place]:
        return section_places(actor)

    def look(self, key: int, questions: Sequence[Question], actor: Actor) -> PlaceLook | None:
        return look_at_section(key, questions, actor)

    def put(self, key: int, questions: Sequence[Question], *, by: Actor, now: datetime) -> Mapping[int, str]:
        return add_fixed(section_id=key, questions=questions, by=by, now=now)
