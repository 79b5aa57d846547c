"""What the journeys through the pipeline ask the product's own code; see `inside`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from fractions import Fraction
from typing import Any

from django.db.models import Q
from django.utils import timezone

from accounts.models import Actor, User
from accounts.operations import create_user
from assessments.models import Assessment, AttemptQuestion, Invitation
from assessments.operations import ask_for_accommodation
from candidates.enums import NoteAudience
from candidates.operations import add_note
from hiring import operations
from hiring.enums import JobRole, ScoreRule, StageActionState, StageKind
from hiring.models import Application, Interview, Job, StageAction
from hiring.operations.stage_entry import LOOK
from hiring.queries import current_stages
from hiring.registries import LETTER
from hiring.rules import StageDraft
from outbox.models import Message
from outbox.operations import nudge, save_template
from questions.queries import keys_for
from tests.factories.assessments import make_assessment
from tests.journeys.walk import PASSWORD

SYSTEM = Actor.system()


def join(*, email: str, name: str) -> None:
    """Add a colleague without a role of their own, who has a password."""
    create_user(email=email, full_name=name, password=PASSWORD, roles=[], by=SYSTEM, now=timezone.now())


def open_busy_job(
    *, title: str, recruiter: str, manager: str = "", sends: str = "test", questions: int = 10, **details: Any
) -> dict[str, Any]:
    """Open a job whose stage "Test" does what `sends` says with whoever enters, and moves who passes to "Interview".

    "test" sends a test of so many questions, "all" a letter and asks for an interview besides, "" does nothing.
    """
    now = timezone.now()
    test = make_assessment(questions=questions)
    letter = None
    if sends == "all":
        letter = save_template(
            template=None,
            kind=LETTER,
            name=f"What comes next, {title}",
            language="en",
            subject="What comes next at {{ organisation }}",
            body="Hello {{ candidate_name }}, this is what comes next.",
            button="",
            by=SYSTEM,
            now=now,
        ).pk
    stages = [
        StageDraft("Applied", StageKind.APPLIED, 3),
        StageDraft(
            "Test",
            StageKind.ASSESSMENT,
            30,
            test.pk,
            ScoreRule.ADVANCE_PASSED,
            sends_test=bool(sends),
            entry_mail_id=letter,
            entry_interviews=("First talk",) if sends == "all" else (),
        ),
        StageDraft("Interview", StageKind.INTERVIEW, 10),
    ]
    members = [(recruiter, JobRole.RECRUITER), (manager, JobRole.HIRING_MANAGER)]
    job = operations.create_job(
        title=title,
        members=[(User.objects.get(email=email), role) for email, role in members if email],
        stages=stages,
        by=SYSTEM,
        now=now,
        **details,
    )
    operations.open_job(job=job, by=SYSTEM, now=now)
    return {
        "slug": job.slug,
        "test": test.pk,
        "stages": {stage.name: stage.pk for stage in current_stages(job.pk)},
    }


def add_person(
    *, job: str, name: str, email: str, phone: str = "", days_ago: float = 0, note: str = ""
) -> dict[str, Any]:
    """Somebody who applied so many days ago; `note` is for recruiters only."""
    now = timezone.now()
    application, _is_new = operations.apply(
        job=Job.objects.get(slug=job),
        full_name=name,
        email=email,
        phone=phone,
        by=SYSTEM,
        now=now,
        applied_at=now - timedelta(days=days_ago),
    )
    if note:
        audience = NoteAudience.RECRUITERS
        add_note(candidate=application.candidate, body=note, audience=audience, by=SYSTEM, now=now)
    return {
        "pk": application.pk,
        "id": application.public_id,
        "person": application.candidate.public_id,
        "email": email,
        "name": name,
    }


def invite_then(*, application: int, test: int, days_ago: int = 0, asks_for: str = "") -> None:
    """Invite somebody so many days ago; they ask for more time with `asks_for` as the reason."""
    invitation = operations.invite_to_test(
        application=Application.objects.get(pk=application),
        assessment=Assessment.objects.get(pk=test),
        by=SYSTEM,
        now=timezone.now() - timedelta(days=days_ago),
    )
    if asks_for:
        ask_for_accommodation(invitation=invitation, text=asks_for, wished_minutes=20, now=timezone.now())


def move_people(*, applications: list[int], stage: str) -> None:
    """Move people one by one, as a page does. What the stage does with them waits until that can be undone no more."""
    for application in Application.objects.filter(pk__in=applications).order_by("pk"):
        to_stage = next(each for each in current_stages(application.job_id) if each.name == stage)
        operations.move_to_stage(
            application=application, to_stage=to_stage, seen_version=None, by=SYSTEM, now=timezone.now()
        )


def hurry_actions(*, job: str, dead: bool = False) -> None:
    """Let what waits at the stages of a job be due now, and ask a worker to look. `dead`: also what somebody has in
    hand who will not come back.
    """
    past = timezone.now() - timedelta(seconds=1)
    waiting = StageAction.objects.filter(application__job__slug=job, state=StageActionState.WAITING)
    waiting.filter(lease_until=None).update(due_at=past)
    if dead:
        waiting.filter(lease_until__gt=past).update(due_at=past, lease_until=past)
    nudge(LOOK)


def stage_actions(*, applications: list[int]) -> list[dict[str, Any]]:
    """What stages do for these applications, and what came of each."""
    rows = StageAction.objects.filter(application__in=applications).order_by("application", "kind", "pk")
    return list(rows.values("application", "kind", "state", "code", "tries", "lease_until"))


def came_of(*, application: int) -> dict[str, int]:
    """Count what the stages did for one application."""
    invitations = Invitation.objects.filter(application_link__application=application)
    mails = Message.objects.filter(about="hiring.application", about_id=application)
    return {
        "invitations": invitations.count(),
        "invitation mails": Message.objects.filter(link__in=invitations.values("link")).count(),
        "letters": mails.filter(kind=LETTER).count(),
        "interviews": Interview.objects.filter(application=application).count(),
    }


def right_places(*, email: str) -> list[list[str]]:
    """The places of the right options in every question that this person was given, in their order."""
    rows = AttemptQuestion.objects.filter(attempt__invitation__candidate__emails__normalised=email)
    keys = keys_for(rows.values_list("question_version_id", flat=True))
    return [
        [
            str(place)
            for place, code in enumerate(row.option_order, start=1)
            if Fraction(keys[row.question_version_id].shares.get(code, "0")) > 0
        ]
        for row in rows.order_by("position")
    ]


def people_of(*, job: str) -> int:
    return Application.objects.filter(job__slug=job).count()


def standing(*, application: int) -> dict[str, Any]:
    """Where an application stands, whose it is, and the states of the mail about it."""
    row = Application.objects.select_related("stage", "candidate").get(pk=application)
    mails = Message.objects.filter(Q(about="hiring.application", about_id=application)).order_by("pk")
    return {
        "status": row.status,
        "stage": row.stage.name,
        "person": row.candidate.public_id,
        "mails": list(mails.values_list("state", flat=True)),
    }


CALLS: dict[str, Callable[..., Any]] = {
    call.__name__: call
    for call in (
        *(join, open_busy_job, add_person, invite_then, move_people),
        *(hurry_actions, stage_actions, came_of, right_places, people_of, standing),
    )
}
