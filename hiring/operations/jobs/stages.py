"""The stages of a job."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Actor
from accounts.rules import random_code
from assessments.models import Assessment
from hiring.enums import Capability, ScoreRule, StageKind
from hiring.models import Approval, Job, Stage, StageBase
from hiring.operations.access import require_may
from hiring.operations.jobs.events import record_job_event
from hiring.operations.letting_in import withdraw_waiting
from hiring.operations.retiring import AT_ONCE, move_away, queue_moves_away
from hiring.operations.stays import renew_stays
from hiring.operations.transitions import renew_furthest
from hiring.queries.jobs import current_stages, people_at
from hiring.queries.stage_actions import letters
from hiring.rules import INTERVIEWS_A_STAGE, LETTER_DAYS, StageDraft
from outbox.models import Work
from rendering.characters import clean_line

_NAME_LENGTH = 80


@dataclass(frozen=True, slots=True)
class SavedStages:
    """The stages as they are now, and the long work that moves people away from those left out, where they are many."""

    stages: list[Stage]
    work: Work | None = None


@transaction.atomic
def save_stages(
    *,
    job: Job,
    stages: Sequence[StageDraft],
    by: Actor,
    now: datetime,
    people_go_to: int | Mapping[int, int] | None = None,
) -> SavedStages:
    """Give the job exactly these stages in this order and return them. Stages left out are retired, never deleted.

    Changed rules apply from now on. Where stages with live applications are left out, `people_go_to` says the place in
    `stages` (from 0) to which they move: one for all, or one for each stage by its id. Each move is recorded; what
    stages do with whoever enters is not done for them, and nobody goes to one that needs an approval. Approvals that
    wait for a stage left out are withdrawn. More than a few hundred are moved by a worker.
    Raises: `PermissionDenied`; `ValidationError` keyed "stages" or "people_go_to".
    """
    require_may(by, Capability.CHANGE_JOB, job)
    drafts = list(stages)
    before = {stage.pk: stage for stage in current_stages(job.pk)}
    places = {pk: stage.position for pk, stage in before.items()}
    kinds = {pk: stage.kind for pk, stage in before.items()}
    _check_known(drafts, before)
    check_stages(drafts)
    kept = {draft.pk for draft in drafts if draft.pk is not None}
    leaving = [pk for pk in before if pk not in kept]
    people = people_at(leaving)
    goes_to = _goes_to(people, people_go_to, len(drafts))
    _require_open_to_all([drafts[place] for place in goes_to.values()])
    Stage.objects.filter(pk__in=leaving).update(retired_at=now)
    withdraw_waiting(Approval.objects.filter(stage__in=leaving), by=by, now=now)
    written = write_stages(job, drafts, by=by, now=now)
    if any(stage.pk in places and stage.position != places[stage.pk] for stage in written):
        renew_furthest(job)
    if any(stage.pk in kinds and stage.kind != kinds[stage.pk] for stage in written):
        renew_stays(job)
    moves = {pk: written[place] for pk, place in goes_to.items()}
    work = None
    if sum(people.values()) > AT_ONCE:
        work = queue_moves_away(job=job, moves=moves, total=sum(people.values()), by=by, now=now)
    else:
        for pk, stage in moves.items():
            # Again for whoever was changed at this very moment.
            while move_away(before[pk], stage, by=by, now=now):
                pass
    record_job_event(
        "job.stages_saved", job, by=by, now=now, data={"stages": [stage.pk for stage in written]}
    )
    return SavedStages(written, work)


def _goes_to(
    people: Mapping[int, int], people_go_to: int | Mapping[int, int] | None, count: int
) -> dict[int, int]:
    """Return, by stage left out, the place to which its people go. Raises where it is not said of every one."""
    if people_go_to is None or isinstance(people_go_to, int):
        places = dict.fromkeys(people, people_go_to)
    else:
        places = {pk: people_go_to.get(pk) for pk in people}
    known = {pk: place for pk, place in places.items() if place is not None and 0 <= place < count}
    if len(known) == len(people):
        return known
    total = sum(number for pk, number in people.items() if pk not in known)
    message = ngettext(
        "%(count)d person is at a stage that you remove. Choose where they go.",
        "%(count)d people are at stages that you remove. Choose where they go.",
        total,
    )
    raise ValidationError({"people_go_to": message % {"count": total}})


def _require_open_to_all(drafts: Sequence[StageDraft]) -> None:
    """Raise `ValidationError` where people of stages left out would go to one that needs an approval."""
    closed = next((draft for draft in drafts if draft.needs_approval), None)
    if closed is not None:
        words = _(
            "“%s” takes people with an approval only. Choose another stage for those of a stage you remove."
        )
        raise ValidationError({"people_go_to": words % clean_line(closed.name)})


def _check_known(drafts: Sequence[StageDraft], before: Mapping[int, Stage]) -> None:
    unknown = [draft for draft in drafts if draft.pk is not None and draft.pk not in before]
    if unknown:
        raise ValidationError({"stages": _("“%s” is not a stage of this job any more.") % unknown[0].name})


def check_stages(drafts: Sequence[StageDraft]) -> None:
    """Raise `ValidationError` keyed "stages" for drafts that cannot be the stages of a job or of a template."""
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
    if drafts[0].needs_approval:
        words = _("Everybody who applies comes to “%s”, the first stage. It cannot need an approval.")
        raise ValidationError({"stages": words % clean_line(drafts[0].name)})
    _check_what_exists(drafts)
    for draft in drafts:
        problem = _problem_on_entry(draft)
        if problem:
            raise ValidationError({"stages": f"{clean_line(draft.name)}: {problem}"})


def _check_what_exists(drafts: Sequence[StageDraft]) -> None:
    tests = {draft.assessment_id for draft in drafts if draft.assessment_id is not None}
    if tests - set(Assessment.objects.filter(pk__in=tests).values_list("pk", flat=True)):
        raise ValidationError({"stages": _("Choose a test that exists.")})
    mails = {draft.entry_mail_id for draft in drafts if draft.entry_mail_id is not None}
    if mails - set(letters().filter(pk__in=mails).values_list("pk", flat=True)):
        raise ValidationError({"stages": _("Choose a letter that is in use.")})


def _problem_on_entry(draft: StageDraft) -> str:
    """Return what is wrong with what a stage does with whoever enters it, in words; empty when nothing is."""
    titles = [clean_line(title) for title in draft.entry_interviews]
    checks = (
        (draft.sends_test and draft.assessment_id is None, _("Choose the test that is sent.")),
        (
            not 0 <= draft.entry_mail_days <= LETTER_DAYS,
            _("The mail waits between 0 and %d days.") % LETTER_DAYS,
        ),
        (
            len(titles) > INTERVIEWS_A_STAGE,
            _("A stage asks for at most %d interviews.") % INTERVIEWS_A_STAGE,
        ),
        (
            any(not title or len(title) > _NAME_LENGTH for title in titles),
            _("Give each interview a short title."),
        ),
        (len({title.casefold() for title in titles}) < len(titles), _("Two interviews have the same title.")),
    )
    return next((words for is_wrong, words in checks if is_wrong), "")


def write_stages(job: Job, drafts: Sequence[StageDraft], *, by: Actor, now: datetime) -> list[Stage]:
    """Write checked drafts in their order. Places are put aside first, so that two stages may swap theirs."""
    existing = {stage.pk: stage for stage in Stage.objects.filter(job=job, retired_at=None)}
    for number, pk in enumerate(sorted(existing), start=10_000):
        Stage.objects.filter(pk=pk).update(position=number, name=f"{random_code()}")
    written: list[Stage] = []
    for position, draft in enumerate(drafts, start=1):
        stage = existing.get(draft.pk) if draft.pk is not None else None
        stage = stage or Stage(job=job)
        fill_stage(stage, draft, position)
        try:
            stage.full_clean(exclude=["job"], validate_constraints=False)
        except ValidationError as error:
            raise ValidationError({"stages": [f"{stage.name}: {text}" for text in error.messages]}) from error
        stage.save()
        written.append(stage)
    return written


def fill_stage(stage: StageBase, draft: StageDraft, position: int) -> None:
    """Let a stage of a job or of a template be what a draft says."""
    stage.name, stage.public_name = clean_line(draft.name), clean_line(draft.public_name)
    stage.kind, stage.position = StageKind(draft.kind), position
    stage.target_days, stage.assessment_id = draft.target_days, draft.assessment_id
    stage.on_score = ScoreRule(draft.on_score or ScoreRule.NONE)
    stage.needs_approval = draft.needs_approval
    stage.sends_test, stage.wants_new_test = draft.sends_test, draft.wants_new_test
    stage.entry_mail_id, stage.entry_mail_days = draft.entry_mail_id, draft.entry_mail_days
    stage.entry_interviews = [clean_line(title) for title in draft.entry_interviews]


def draft_of(stage: StageBase) -> StageDraft:
    """Return a stage as a draft of a new one like it."""
    return StageDraft(
        name=stage.name,
        kind=stage.kind,
        target_days=stage.target_days,
        assessment_id=stage.assessment_id,
        on_score=stage.on_score,
        public_name=stage.public_name,
        sends_test=stage.sends_test,
        wants_new_test=stage.wants_new_test,
        entry_mail_id=stage.entry_mail_id,
        entry_mail_days=stage.entry_mail_days,
        entry_interviews=tuple(stage.entry_interviews),
        needs_approval=stage.needs_approval,
    )
