"""Jobs and applications for tests."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import count
from typing import Any

from django.core.files.base import ContentFile

from accounts.models import Actor, User
from assessments import operations as tests_of
from assessments.enums import SubmittedBy
from assessments.models import Assessment, Attempt, AttemptQuestion, Invitation
from hiring import operations
from hiring.enums import ApplicationStatus, JobRole, ScoreRule, StageActionKind, StageActionState
from hiring.models import (
    Application,
    ApplicationAssessment,
    Approval,
    Job,
    PipelineTemplate,
    RejectionReason,
    Stage,
    StageAction,
)
from hiring.operations.importing import do_import_read
from hiring.queries import current_stages
from hiring.registries import LETTER
from hiring.rules import Letter, StageDraft
from outbox.enums import WorkState
from outbox.models import MessageTemplate, Work
from outbox.operations import save_template
from tests.factories.accounts import NOW, make_user
from tests.factories.assessments import make_assessment, save

_numbers = count(1)
SYSTEM = Actor.system()


def make_job(*, recruiter: User | None = None, opened: bool = True, openings: int = 10, **fields: Any) -> Job:
    """An open job with the default stages: Applied, Screen, Test, Interview, Offer. It has room for many."""
    members = list(fields.pop("members", ()))
    if recruiter is not None:
        members.append((recruiter, JobRole.RECRUITER))
    job = operations.create_job(
        title=fields.pop("title", f"Job {next(_numbers)}"),
        members=members,
        by=fields.pop("by", SYSTEM),
        now=fields.pop("now", NOW - timedelta(days=90)),
        **fields,
    )
    if openings > 1:
        operations.add_openings(job=job, count=openings - 1, by=SYSTEM, now=NOW - timedelta(days=90))
    return operations.open_job(job=job, by=SYSTEM, now=NOW - timedelta(days=90)) if opened else job


def make_member(job: Job, role: JobRole, user: User | None = None) -> User:
    user = user or make_user()
    operations.add_member(job=job, user=user, role=role, by=SYSTEM, now=NOW)
    return user


def make_manager(job: Job) -> User:
    return make_member(job, JobRole.HIRING_MANAGER)


def make_interviewer(job: Job) -> User:
    return make_member(job, JobRole.INTERVIEWER)


def make_application(job: Job | None = None, **fields: Any) -> Application:
    number = next(_numbers)
    application, _is_new = operations.apply(
        job=job or make_job(),
        full_name=fields.pop("full_name", f"Applicant {number}"),
        email=fields.pop("email", f"applicant{number}@example.com"),
        by=fields.pop("by", SYSTEM),
        now=fields.pop("now", NOW),
        **fields,
    )
    return application


def stages(job: Job) -> dict[str, Stage]:
    return {stage.name: stage for stage in current_stages(job.pk)}


def move(
    application: Application, stage_name: str, *, now: datetime = NOW, by: Actor = SYSTEM, **fields: Any
) -> Application:
    return operations.move_to_stage(
        application=application,
        to_stage=stages(application.job)[stage_name],
        seen_version=fields.pop("seen_version", None),
        by=by,
        now=now,
        **fields,
    )


def make_approved_job(*, gated: str = "Interview", **fields: Any) -> tuple[Job, User, User]:
    """A job with a stage that takes people with an approval only, its recruiter and its hiring manager."""
    recruiter = fields.pop("recruiter", None) or make_user()
    job = make_job(recruiter=recruiter, **fields)
    Stage.objects.filter(job=job, name=gated).update(needs_approval=True)
    return job, recruiter, make_manager(job)


def ask(
    application: Application, *, by: User | None, stage_name: str = "Interview", **fields: Any
) -> Approval:
    """Somebody's question for the approval that a stage needs."""
    return operations.ask_approval(
        application=application,
        to_stage=stages(application.job)[stage_name],
        seen_version=fields.pop("seen_version", None),
        by=fields.pop("as_actor", None) or (Actor.of_user(by) if by is not None else SYSTEM),
        now=fields.pop("now", NOW),
        **fields,
    )


def make_stage_action(application: Application, **fields: Any) -> StageAction:
    """A letter of the stage where the application stands, that could not be sent."""
    values = {
        "stage_id": application.stage_id,
        "transition_number": application.version,
        "kind": StageActionKind.MAIL,
        "state": StageActionState.FAILED,
        "code": "no_address",
        "created_at": NOW,
        "due_at": NOW,
    }
    return StageAction.objects.create(application=application, **(values | fields))


def make_letter(name: str = "", **fields: Any) -> MessageTemplate:
    """A letter that stages can send."""
    return save_template(
        template=None,
        kind=LETTER,
        name=name or f"Letter {next(_numbers)}",
        language=fields.pop("language", "en"),
        subject=fields.pop("subject", "About {{ job_title }}"),
        body=fields.pop("body", "Hello {{ candidate_name }}"),
        button="",
        by=SYSTEM,
        now=NOW,
        **fields,
    )


def make_typed_letter(**fields: Any) -> Letter:
    """What somebody typed to write to people."""
    words = {"subject": "About {{ job_title }}", "body": "Dear {{ candidate_name }},\n\nplease call us."}
    return Letter(**{**words, "language": "en", **fields})


def make_busy_job(
    assessment: Assessment | None = None, *, letter: MessageTemplate | None = None, **fields: Any
) -> tuple[Job, Assessment]:
    """A job whose stage "Test" sends a test of ten questions; "Interview" sends a letter and asks for an interview."""
    assessment = assessment or make_assessment(questions=10)
    test = StageDraft(
        "Test",
        "assessment",
        7,
        assessment.pk,
        ScoreRule.ADVANCE_PASSED,
        sends_test=True,
        wants_new_test=fields.pop("wants_new_test", False),
    )
    interview = StageDraft(
        "Interview",
        "interview",
        entry_mail_id=(letter or make_letter()).pk,
        entry_mail_days=fields.pop("days", 0),
        entry_interviews=("Technical interview",),
    )
    return make_job(stages=[StageDraft("Applied", "applied", 3), test, interview], **fields), assessment


def make_pipeline(name: str = "", *drafts: StageDraft) -> PipelineTemplate:
    """Stages that jobs can begin with: Applied and Interview, or those given."""
    return operations.save_pipeline_template(
        template=None,
        name=name or f"Pipeline {next(_numbers)}",
        stages=drafts or [StageDraft("Applied", "applied"), StageDraft("Interview", "interview")],
        by=SYSTEM,
        now=NOW,
    )


def make_reason(name: str = "") -> RejectionReason:
    return operations.save_rejection_reason(
        reason=None, name=name or f"Reason {next(_numbers)}", by=SYSTEM, now=NOW
    )


def set_status(
    application: Application,
    status: ApplicationStatus,
    *,
    now: datetime = NOW,
    by: Actor = SYSTEM,
    **fields: Any,
) -> Application:
    if status == ApplicationStatus.REJECTED and "reason" not in fields:
        fields["reason"] = make_reason()
    return operations.change_status(
        application=application,
        to_status=status,
        seen_version=fields.pop("seen_version", None),
        by=by,
        now=now,
        **fields,
    )


def make_test_job(
    assessment: Assessment | None = None, *, rule: ScoreRule = ScoreRule.ADVANCE_PASSED, **fields: Any
) -> tuple[Job, Assessment]:
    """A job whose stage "Test" asks for a test of ten questions and moves those who passed."""
    assessment = assessment or make_assessment(questions=10)
    drafts = [
        StageDraft("Applied", "applied", 3),
        StageDraft("Test", "assessment", 7, assessment.pk, rule),
        StageDraft("Interview", "interview", 10),
    ]
    return make_job(stages=drafts, **fields), assessment


def invite(
    application: Application, assessment: Assessment, *, now: datetime = NOW, by: Actor = SYSTEM
) -> Invitation:
    return operations.invite_to_test(application=application, assessment=assessment, by=by, now=now)


def sit(invitation: Invitation, *, right: int, now: datetime = NOW, score: bool = True) -> Attempt:
    """Take the test with `right` right answers ("a" is right), submit it, and score it unless told otherwise."""
    attempt = tests_of.start_attempt(invitation=invitation, consented=True, now=now)
    moment = now + timedelta(minutes=5)
    positions = AttemptQuestion.objects.filter(attempt=attempt).order_by("position")
    for number, position in enumerate(list(positions.values_list("position", flat=True))):
        save(attempt, position, ["a"] if number < right else ["b"], now=moment)
    tests_of.submit_attempt(attempt_id=attempt.pk, submitted_by=SubmittedBy.CANDIDATE, now=moment)
    if score:
        tests_of.score_submitted(now=moment)
    attempt.refresh_from_db()
    return attempt


def make_read_file(
    job: Job | None, *, by: Actor = SYSTEM, text: str = "Name,E-Mail,Shoe size\nAda,ada@example.com,38\n"
) -> Work:
    """A file of people that was uploaded and whose columns were read."""
    work = operations.queue_reading(
        job=job, file=ContentFile(text.encode(), name="people.csv"), by=by, now=NOW
    )
    result = do_import_read(work, by, lambda done, total: None, now=NOW)
    Work.objects.filter(pk=work.pk).update(state=WorkState.DONE, result=result, finished_at=NOW)
    work.refresh_from_db()
    return work


def tie_of(invitation: Invitation) -> ApplicationAssessment:
    return ApplicationAssessment.objects.select_related("application__stage", "stage").get(
        invitation=invitation
    )
