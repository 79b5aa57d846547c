"""Pipelines that jobs begin with, and copies of jobs."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from assessments import operations as tests_of
from hiring import operations
from hiring.enums import FieldRule, JobRole
from hiring.models import Application, ApplicationQuestion, Job, PipelineTemplate
from hiring.queries import current_stages
from hiring.rules import StageDraft
from outbox.models import MessageTemplate
from tests.factories.accounts import NOW, actor, make_recruiter, make_user
from tests.factories.hiring import (
    SYSTEM,
    make_application,
    make_busy_job,
    make_job,
    make_letter,
    make_manager,
    make_pipeline,
)


def names(stages: object) -> list[str]:
    return [stage.name for stage in stages]  # type: ignore[attr-defined]


@pytest.mark.django_db
def test_a_job_begins_with_the_stages_of_a_pipeline_and_keeps_them_when_it_changes() -> None:
    letter = make_letter("Welcome")
    pipeline = make_pipeline(
        "Trainees",
        StageDraft("Applied", "applied", 2, public_name="Received", entry_mail_id=letter.pk),
        StageDraft("Talk", "interview", entry_interviews=("With the team",)),
    )
    usable = operations.stages_to_begin_with(pipeline)
    job = make_job(stages=usable.stages)

    operations.save_pipeline_template(
        template=pipeline, name="Trainees", stages=[StageDraft("Only", "applied")], by=SYSTEM, now=NOW
    )

    first, second = current_stages(job.pk)
    assert (first.name, first.public_name, first.entry_mail, first.target_days) == (
        "Applied",
        "Received",
        letter,
        2,
    )
    assert second.entry_interviews == ["With the team"]
    assert names(pipeline.stages.all()) == ["Only"]
    assert usable.left_out == []


@pytest.mark.django_db
def test_a_pipeline_leaves_out_the_test_and_the_letter_that_are_in_use_no_more() -> None:
    letter = make_letter("Old words")
    job, assessment = make_busy_job(letter=letter)
    pipeline = operations.template_from_job(job=job, name="As before", by=SYSTEM, now=NOW)
    tests_of.retire_assessment(assessment=assessment, by=SYSTEM, now=NOW)
    MessageTemplate.objects.filter(pk=letter.pk).update(is_active=False)

    usable = operations.stages_to_begin_with(pipeline)

    assert usable.left_out == [assessment.name, "Old words"]
    assert [draft.name for draft in usable.stages] == ["Applied", "Test", "Interview"]
    assert not any(draft.assessment_id or draft.sends_test or draft.entry_mail_id for draft in usable.stages)
    assert usable.stages[2].entry_interviews == ("Technical interview",)


@pytest.mark.django_db
def test_two_pipelines_of_one_name_are_refused_beside_the_field() -> None:
    make_pipeline("Trainees")

    with pytest.raises(ValidationError) as refused:
        make_pipeline("trainees ")

    assert list(refused.value.message_dict) == ["name"]
    assert PipelineTemplate.objects.count() == 1


@pytest.mark.parametrize(
    "draft",
    [
        StageDraft("", "applied"),
        StageDraft("Test", "assessment", sends_test=True),
        StageDraft("Mail", "applied", entry_mail_id=10**9),
        StageDraft("Mail", "applied", entry_mail_days=61),
        StageDraft("Talk", "interview", entry_interviews=("One", "one")),
        StageDraft("Talk", "interview", entry_interviews=tuple("abcdef")),
    ],
)
@pytest.mark.django_db
def test_what_no_stage_can_do_is_refused_in_a_pipeline_and_in_a_job(draft: StageDraft) -> None:
    job = make_job()

    for save in (
        lambda: make_pipeline("Trainees", draft),
        lambda: operations.save_stages(job=job, stages=[draft], by=SYSTEM, now=NOW),
    ):
        with pytest.raises(ValidationError) as refused:
            save()
        assert list(refused.value.message_dict) == ["stages"]


@pytest.mark.django_db
def test_a_letter_of_another_kind_is_no_letter_of_a_stage() -> None:
    job = make_job()
    built_in = MessageTemplate.objects.create(kind="rejection", language="en", subject="No", body="No")

    with pytest.raises(ValidationError) as refused:
        operations.save_stages(
            job=job,
            stages=[StageDraft("Applied", "applied", entry_mail_id=built_in.pk)],
            by=SYSTEM,
            now=NOW,
        )

    assert list(refused.value.message_dict) == ["stages"]


@pytest.mark.django_db
def test_only_recruiters_and_administrators_save_pipelines() -> None:
    recruiter = make_recruiter()
    job = make_job(recruiter=recruiter)
    somebody = actor(make_user())

    for save in (
        lambda: operations.save_pipeline_template(
            template=None, name="Mine", stages=[StageDraft("A", "applied")], by=somebody, now=NOW
        ),
        lambda: operations.template_from_job(job=job, name="Mine", by=actor(make_recruiter()), now=NOW),
        lambda: operations.copy_job(job=job, title="Mine", by=actor(make_recruiter()), now=NOW),
    ):
        with pytest.raises(PermissionDenied):
            save()
    assert not PipelineTemplate.objects.exists()


@pytest.mark.django_db
def test_u15_a_copied_job_is_set_up_alike_and_holds_nothing_of_people() -> None:
    recruiter = make_recruiter()
    job, assessment = make_busy_job(
        recruiter=recruiter,
        title="Gardener",
        team="Parks",
        salary_min=30_000,
        salary_max=40_000,
        salary_currency="EUR",
        salary_period="year",
        reply_to="parks@example.com",
        openings=3,
    )
    manager, away = make_manager(job), make_manager(job)
    away.is_active = False
    away.save(update_fields=["is_active"])
    Job.objects.filter(pk=job.pk).update(resume_rule=FieldRule.REQUIRED)
    ApplicationQuestion.objects.create(job=job, position=1, kind="yes_no", text="A licence?", flags=["no"])
    ApplicationQuestion.objects.create(job=job, position=2, kind="text", text="Old", retired_at=NOW)
    MessageTemplate.objects.create(
        kind="rejection", language="en", scope=f"job:{job.pk}", subject="No", body="No"
    )
    make_application(job)

    copied = operations.copy_job(job=job, title="Gardener, evenings", by=actor(recruiter), now=NOW)

    copy = copied.job
    assert (copy.status, copy.title, copy.team, copy.reply_to) == (
        "draft",
        "Gardener, evenings",
        "Parks",
        "parks@example.com",
    )
    assert (copy.salary_min, copy.salary_period, copy.resume_rule) == (30_000, "year", "required")
    assert copy.slug != job.slug
    assert names(current_stages(copy.pk)) == names(current_stages(job.pk))
    assert [stage.assessment for stage in current_stages(copy.pk)] == [None, assessment, None]
    assert set(copy.members.values_list("user", "role")) == {
        (recruiter.pk, JobRole.RECRUITER),
        (manager.pk, JobRole.HIRING_MANAGER),
    }
    assert list(copy.questions.values_list("text", "flags")) == [("A licence?", ["no"])]
    assert MessageTemplate.objects.filter(scope=f"job:{copy.pk}").count() == 1
    assert copy.openings.count() == 1
    assert not Application.objects.filter(job=copy).exists()
    assert copied.left_out == []
