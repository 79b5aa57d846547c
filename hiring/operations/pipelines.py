"""Pipelines that jobs begin with, and jobs that begin as another one was set up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Actor
from hiring.enums import Capability, JobRole, ScoreRule
from hiring.models import ApplicationQuestion, Job, JobMember, PipelineTemplate, StageBase, TemplateStage
from hiring.operations.access import require_may, require_recruiter
from hiring.operations.jobs.making import create_job
from hiring.operations.jobs.stages import check_stages, draft_of, fill_stage
from hiring.queries.jobs import current_stages
from hiring.queries.stage_actions import letters
from hiring.rules import JobDetails, StageDraft, job_scope
from outbox.models import MessageTemplate
from outbox.operations import record_event
from rendering.characters import clean_line

_WORDS: tuple[str, ...] = tuple(JobDetails.__annotations__)
_FORM = ("form_introduction", "resume_rule", "phone_rule")


@dataclass(frozen=True, slots=True)
class Usable:
    """Stages without the tests and letters that are in use no more, and what those were called."""

    stages: list[StageDraft]
    left_out: list[str]


def stages_to_begin_with(template: PipelineTemplate) -> Usable:
    """Return the stages of a pipeline for a new job, as `usable_stages` does."""
    rows = TemplateStage.objects.filter(template=template).select_related("assessment", "entry_mail")
    return usable_stages(rows.order_by("position", "pk"))


def usable_stages(stages: Iterable[StageBase]) -> Usable:
    """Return stages as drafts of new ones. A test that takes nobody any more and a letter out of use are left out."""
    drafts: list[StageDraft] = []
    left_out: list[str] = []
    in_use = set(letters().values_list("pk", flat=True))
    for stage in stages:
        draft = draft_of(stage)
        test = stage.assessment
        if test is not None and (test.retired_at is not None or test.current_version_id is None):
            left_out.append(test.name)
            draft = replace(draft, assessment_id=None, sends_test=False, on_score=ScoreRule.NONE)
        if stage.entry_mail_id is not None and stage.entry_mail_id not in in_use:
            left_out += [stage.entry_mail.name] if stage.entry_mail else []
            draft = replace(draft, entry_mail_id=None)
        drafts.append(draft)
    return Usable(drafts, list(dict.fromkeys(left_out)))


@transaction.atomic
def save_pipeline_template(
    *,
    template: PipelineTemplate | None,
    name: str,
    stages: Sequence[StageDraft],
    is_active: bool = True,
    by: Actor,
    now: datetime,
) -> PipelineTemplate:
    """Save stages that new jobs can begin with and return them; None as `template` makes new ones.

    Jobs that began with them stay as they are.
    Raises: `PermissionDenied`; `ValidationError` keyed "name" or "stages".
    """
    require_recruiter(by)
    check_stages(stages)
    template = template or PipelineTemplate(created_by=by.user, created_at=now)
    template.name, template.is_active = clean_line(name), is_active
    same = PipelineTemplate.objects.filter(name__iexact=template.name).exclude(pk=template.pk)
    if same.exists():
        raise ValidationError({"name": _("There is a pipeline of this name already. Choose another.")})
    template.full_clean()
    template.save()
    TemplateStage.objects.filter(template=template).delete()
    rows = []
    for position, draft in enumerate(stages, start=1):
        stage = TemplateStage(template=template)
        fill_stage(stage, draft, position)
        try:
            stage.full_clean(exclude=["template"], validate_constraints=False)
        except ValidationError as error:
            raise ValidationError({"stages": [f"{stage.name}: {text}" for text in error.messages]}) from error
        rows.append(stage)
    TemplateStage.objects.bulk_create(rows)
    record_event(
        kind="pipeline.saved",
        by=by,
        now=now,
        about="hiring.pipelinetemplate",
        about_id=template.pk,
        data={"stages": len(rows)},
    )
    return template


def template_from_job(*, job: Job, name: str, by: Actor, now: datetime) -> PipelineTemplate:
    """Save the stages of a job for others to begin with, and return them. Raises as `save_pipeline_template`."""
    require_may(by, Capability.CHANGE_JOB, job)
    return save_pipeline_template(
        template=None, name=name, stages=[draft_of(stage) for stage in current_stages(job.pk)], by=by, now=now
    )


@dataclass(frozen=True, slots=True)
class Copied:
    """A job made like another one, and the tests and letters it does not have because they are in use no more."""

    job: Job
    left_out: list[str]


@transaction.atomic
def copy_job(*, job: Job, title: str, by: Actor, now: datetime) -> Copied:
    """Make a job in draft that is set up as `job` is, and return it. It holds nothing of the people of the other one.

    Words and terms, stages in use, colleagues who still sign in, the questions of its form and its own words of mail
    are copied; openings, links and whatever came of them are not.
    Raises: `PermissionDenied`; `ValidationError` keyed "title".
    """
    require_may(by, Capability.CHANGE_JOB, job)
    job = Job.objects.get(pk=job.pk)
    usable = usable_stages(current_stages(job.pk))
    members = JobMember.objects.filter(job=job, user__is_active=True).select_related("user").order_by("pk")
    details: JobDetails = {name: getattr(job, name) for name in _WORDS}  # type: ignore[assignment]
    details["title"] = title
    copy = create_job(
        members=[(member.user, JobRole(member.role)) for member in members],
        stages=usable.stages,
        by=by,
        now=now,
        **details,
    )
    Job.objects.filter(pk=copy.pk).update(**{name: getattr(job, name) for name in _FORM})
    _copy_questions(job, copy)
    _copy_mail(job, copy)
    record_event(
        kind="job.copied", by=by, now=now, about="hiring.job", about_id=copy.pk, data={"from": job.pk}
    )
    copy.refresh_from_db()
    return Copied(copy, usable.left_out)


def _copy_questions(job: Job, copy: Job) -> None:
    fields = ("position", "kind", "text", "help_text", "is_required", "options", "flags")
    rows = ApplicationQuestion.objects.filter(job=job, retired_at=None).order_by("position", "pk")
    ApplicationQuestion.objects.bulk_create(
        [ApplicationQuestion(job=copy, **{name: getattr(row, name) for name in fields}) for row in rows]
    )


def _copy_mail(job: Job, copy: Job) -> None:
    """Words of mail that hold for one job alone hold for its copy, too."""
    fields = ("kind", "language", "name", "is_active", "subject", "body", "button")
    rows = MessageTemplate.objects.filter(scope=job_scope(job.pk)).order_by("pk")
    MessageTemplate.objects.bulk_create(
        [
            MessageTemplate(scope=job_scope(copy.pk), **{name: getattr(row, name) for name in fields})
            for row in rows
        ]
    )
