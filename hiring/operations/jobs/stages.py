"""The stages of a job."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Actor
from accounts.rules import random_code
from assessments.models import Assessment
from hiring.enums import ScoreRule, StageKind, TransitionCause
from hiring.models import Application, Job, Stage
from hiring.operations.access import require_manager
from hiring.operations.jobs.events import record_job_event
from hiring.operations.moves import move_to_stage
from hiring.operations.transitions import renew_furthest
from hiring.queries.jobs import current_stages
from hiring.rules import StageDraft
from rendering.characters import clean_line


@transaction.atomic
def save_stages(
    *,
    job: Job,
    stages: Sequence[StageDraft],
    by: Actor,
    now: datetime,
    people_go_to: int | None = None,
) -> list[Stage]:
    """Give the job exactly these stages in this order and return them. Stages left out are retired, never deleted.

    Changed rules apply from now on. Where a stage with live applications is left out, `people_go_to` says the place in
    `stages` (from 0) to which they move; each move is recorded.
    Raises: `PermissionDenied`; `ValidationError` keyed "stages" or "people_go_to".
    """
    require_manager(by, job)
    drafts = list(stages)
    before = {stage.pk: stage for stage in current_stages(job.pk)}
    places = {pk: stage.position for pk, stage in before.items()}
    _check_stages(drafts, before)
    kept = {draft.pk for draft in drafts if draft.pk is not None}
    leaving = [stage for pk, stage in before.items() if pk not in kept]
    people = list(
        Application.objects.filter(stage__in=leaving, status__in=["active", "on_hold"]).order_by("pk")
    )
    if people and (people_go_to is None or not 0 <= people_go_to < len(drafts)):
        message = ngettext(
            "%(count)d person is at a stage that you remove. Choose where they go.",
            "%(count)d people are at stages that you remove. Choose where they go.",
            len(people),
        )
        raise ValidationError({"people_go_to": message % {"count": len(people)}})
    Stage.objects.filter(pk__in=[stage.pk for stage in leaving]).update(retired_at=now)
    written = write_stages(job, drafts, by=by, now=now)
    if any(stage.pk in places and stage.position != places[stage.pk] for stage in written):
        renew_furthest(job)
    for application in people:
        move_to_stage(
            application=application,
            to_stage=written[people_go_to or 0],
            seen_version=None,
            by=by,
            now=now,
            cause=TransitionCause.STAGE_RETIRED,
        )
    record_job_event(
        "job.stages_saved", job, by=by, now=now, data={"stages": [stage.pk for stage in written]}
    )
    return written


def _check_stages(drafts: Sequence[StageDraft], before: dict[int, Stage]) -> None:
    if not drafts:
        raise ValidationError({"stages": _("A job needs at least one stage.")})
    names = [clean_line(draft.name).casefold() for draft in drafts]
    if any(not name for name in names):
        raise ValidationError({"stages": _("Give every stage a name.")})
    again = next(
        (draft.name for draft, name in zip(drafts, names, strict=True) if names.count(name) > 1), None
    )
    if again is not None:
        raise ValidationError({"stages": _("Two stages are called “%s”. Rename one.") % again})
    unknown = [draft for draft in drafts if draft.pk is not None and draft.pk not in before]
    if unknown:
        raise ValidationError({"stages": _("“%s” is not a stage of this job any more.") % unknown[0].name})


def write_stages(job: Job, drafts: Sequence[StageDraft], *, by: Actor, now: datetime) -> list[Stage]:
    """Write the drafts in their order. Places are put aside first, so that two stages may swap theirs."""
    _check_tests(drafts)
    existing = {stage.pk: stage for stage in Stage.objects.filter(job=job, retired_at=None)}
    for number, pk in enumerate(sorted(existing), start=10_000):
        Stage.objects.filter(pk=pk).update(position=number, name=f"{random_code()}")
    written: list[Stage] = []
    for position, draft in enumerate(drafts, start=1):
        stage = existing.get(draft.pk) if draft.pk is not None else None
        stage = stage or Stage(job=job)
        stage.name, stage.kind, stage.position = clean_line(draft.name), StageKind(draft.kind), position
        stage.target_days, stage.assessment_id = draft.target_days, draft.assessment_id
        stage.on_score = ScoreRule(draft.on_score or ScoreRule.NONE)
        try:
            stage.full_clean(exclude=["job"], validate_constraints=False)
        except ValidationError as error:
            raise ValidationError({"stages": [f"{stage.name}: {text}" for text in error.messages]}) from error
        stage.save()
        written.append(stage)
    return written


def _check_tests(drafts: Sequence[StageDraft]) -> None:
    wanted = {draft.assessment_id for draft in drafts if draft.assessment_id is not None}
    if wanted - set(Assessment.objects.filter(pk__in=wanted).values_list("pk", flat=True)):
        raise ValidationError({"stages": _("Choose a test that exists.")})
