"""One of everything, and one person of each kind who may try to open it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from accounts.enums import Role
from accounts.models import Actor, User
from accounts.queries import organisation
from assessments.operations import ask_for_accommodation, create_open_link
from candidates import operations as people
from hiring.models import Application, Approval, Job, Stage
from hiring.operations import (
    ask_for_interview,
    create_tracking_link,
    follow_job,
    queue_letters,
    save_filter,
    set_interviewers,
)
from outbox.models import Event, Message, Notification
from outbox.operations import save_template
from questions.models import QuestionTag
from tests.architecture.applicants import make_other_job, make_ran_out, say_all
from tests.factories.accounts import NOW, make_api_key, make_organisation, make_user
from tests.factories.assessments import make_regrade, make_report
from tests.factories.candidates import make_candidate
from tests.factories.documents import make_document_of, make_draft
from tests.factories.hiring import (
    SYSTEM,
    ask,
    invite,
    make_application,
    make_interviewer,
    make_letter,
    make_manager,
    make_pipeline,
    make_read_file,
    make_reason,
    make_stage_action,
    make_test_job,
    make_typed_letter,
    move,
    sit,
)
from tests.factories.outbox import make_work
from tests.factories.questions import make_question, make_question_file


@dataclass
class World:
    """A job with a recruiter, a manager, an interviewer, and an applicant who finished the test of its stage."""

    users: dict[str, User] = field(default_factory=dict)
    ids: dict[str, Any] = field(default_factory=dict)
    # The same of another job.
    other: dict[str, Any] = field(default_factory=dict)
    cookies: dict[str, Any] = field(default_factory=dict)
    # What was asked for already, so that a page is made once for all that looks at it.
    seen: dict[tuple[str, str], Any] = field(default_factory=dict)


def make_world() -> World:
    make_organisation()
    world = World()
    users = world.users
    users["administrator"] = make_user(Role.ADMINISTRATOR)
    # Recruits for another job, with people of its own.
    users["recruiter"] = make_user(Role.RECRUITER)
    users["author"] = make_user(Role.QUESTION_AUTHOR)
    users["analyst"] = make_user(Role.ANALYST)
    users["outsider"] = make_user()
    users["job_recruiter"] = make_user(Role.RECRUITER)
    job, assessment = make_test_job(recruiter=users["job_recruiter"])
    users["manager"] = make_manager(job)
    users["interviewer"] = make_interviewer(job)
    follow_job(job=job, wanted=True, by=Actor.of_user(users["administrator"]))
    Stage.objects.filter(job=job, name="Interview").update(needs_approval=True)
    application = make_application(job)
    move(application, "Test")
    attempt = sit(invite(application, assessment), right=9)
    fresh = make_application(job)
    invitation = invite(move(fresh, "Test"), assessment)
    interview = ask_for_interview(application=application, title="Team", by=SYSTEM, now=NOW)
    set_interviewers(interview=interview, users=[users["interviewer"]], by=SYSTEM, now=NOW)
    # Where transactions end, the stage's rule has asked already.
    approval = Approval.objects.first() or ask(
        application, by=users["job_recruiter"], note="The best of all so far"
    )
    tag = people.set_tags(candidate=application.candidate, names=["Remote"], by=SYSTEM, now=NOW)[0]
    twin = make_candidate()
    people.merge_people(kept=application.candidate, merged=twin, by=SYSTEM, now=NOW)
    key, _token = make_api_key(users["job_recruiter"])
    question = make_question()
    world.ids = {
        "job": job,
        "application": Application.objects.get(pk=application.pk),
        "approval": approval,
        "candidate": application.candidate,
        "twin": twin,
        "assessment": assessment,
        "attempt": attempt,
        "invitation": invitation,
        "ran_out": make_ran_out(job, assessment),
        "open_link": create_open_link(assessment=assessment, title="Autumn", by=SYSTEM, now=NOW),
        "asked": ask_for_accommodation(invitation=invitation, text="A quiet room", now=NOW),
        "problem": make_report(attempt, now=NOW),
        "regrade": make_regrade(attempt),
        "tag": tag,
        "key": key,
        "user": users["outsider"],
        "organisation": organisation(),
        "reason": make_reason(),
        "question": question,
        "skill": question.skills.first(),
        "question_tag": QuestionTag.objects.create(name="Warm-up"),
        "kept_filter": save_filter(
            job=job,
            name="Late",
            query="late=on",
            is_shared=True,
            by=Actor.of_user(users["job_recruiter"]),
            now=NOW,
        ),
        "work": make_work("hiring.import", by=Actor.of_user(users["job_recruiter"])),
        "import_file": make_read_file(job, by=Actor.of_user(users["job_recruiter"])),
        "question_file": make_question_file(question.bank, by=Actor.of_user(users["author"])),
        "people_file": make_read_file(None, by=Actor.of_user(users["job_recruiter"])),
        "message": Message.objects.order_by("pk").first(),
        "notification": Notification.objects.filter(
            user=users["job_recruiter"], kind="application_new"
        ).earliest("pk"),
        "event": Event.objects.order_by("pk").first(),
        "template": make_template(),
        "letter": make_letter(),
        "tracking_link": create_tracking_link(job=job, name="Newsletter", by=SYSTEM, now=NOW),
        "all_jobs_link": create_tracking_link(job=None, name="Fair", by=SYSTEM, now=NOW),
        "stage_action": make_stage_action(application),
        "pipeline": make_pipeline(),
        "letters": queue_letters(
            job=job,
            application_ids=[application.pk],
            letter=make_typed_letter(),
            intent="letters",
            by=Actor.of_user(users["job_recruiter"]),
            now=NOW,
        ),
        "document": make_document_of(application, pages=1, text="Ada"),
        "draft": make_draft(job),
    }
    world.other = make_other_job(assessment, users["recruiter"])
    say_all(world.ids, lambda field: field.text)
    say_all(world.other, lambda field: field.of_other())
    return world


def make_template() -> Any:
    from outbox.registries import message_kinds

    kind = next(kind for kind in message_kinds() if kind.kind == "test_invitation")
    return save_template(
        template=None,
        kind=kind.kind,
        language="en",
        subject=str(kind.subject),
        body=str(kind.body),
        button=str(kind.button),
        by=SYSTEM,
        now=NOW,
    )


__all__ = ["Job", "World", "make_world"]
