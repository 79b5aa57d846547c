"""What the journeys of faults ask the product's own code, in a process with the settings of a running system.

`serve()` reads one call a line (a name and arguments as JSON) and answers with one line; `faulty.Desk` is the
other end.
"""

from __future__ import annotations

import json
import sys
import traceback
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import close_old_connections, connection
from django.db.models import Count, Q
from django.test import override_settings
from django.utils import timezone

from accounts.enums import Role, Scope
from accounts.models import Actor, GuessCount, User
from accounts.operations import create_api_key, create_user
from assessments import operations as tests_of
from assessments.enums import SubmittedBy
from assessments.models import AnswerRevision, Assessment, Attempt, AttemptQuestion, Invitation
from assessments.taking.own_order import places_of
from candidates.models import Candidate, CandidateEmail
from hiring import operations
from hiring.enums import JobRole, StageKind, TestOutcome
from hiring.models import Application, ApplicationAssessment, ApplicationTransition, Job
from hiring.rules import default_stages
from outbox.enums import WorkState
from outbox.models import AccessLink, Event, Message, Sign, Work
from outbox.operations import nudge, run_due_work
from outbox.queries import link_url
from outbox.rules import link_token
from tests.factories.sittings import make_pieces
from tests.journeys import inside_imports, inside_pipeline
from tests.journeys.walk import PASSWORD

SYSTEM = Actor.system()
FLASK = "flask"


def serve(calls: Mapping[str, Callable[..., Any]] | None = None) -> None:
    """Answer `calls` (else those of this file) until there are no more. What is printed goes to the error stream."""
    known = CALLS if calls is None else calls
    replies, sys.stdout = sys.stdout, sys.stderr
    for line in sys.stdin:
        name, arguments = json.loads(line)
        close_old_connections()
        try:
            reply = {"result": known[name](**arguments)}
        except Exception:  # noqa: BLE001 -- whoever asked is told
            reply = {"error": traceback.format_exc()}
        replies.write(json.dumps(reply, default=str) + "\n")
        replies.flush()


def hire(*, email: str, name: str) -> str:
    """Add a recruiter who has a password, unless they are there, and return the token of an API key of theirs."""
    now = timezone.now()
    user = User.objects.filter(email=email).first() or create_user(
        email=email, full_name=name, password=PASSWORD, roles=[Role.RECRUITER], by=SYSTEM, now=now
    )
    _key, token = create_api_key(
        name="Faults", owner=user, scopes=list(Scope), expires_at=now + timedelta(days=1), by=SYSTEM, now=now
    )
    return token


def backend() -> int:
    """The process of PostgreSQL that answers this one."""
    connection.ensure_connection()
    return int(connection.connection.info.backend_pid)


def forget_guesses() -> None:
    """Count wrong sign-ins from nothing again: everybody here comes from one network."""
    GuessCount.objects.all().delete()


def open_job(*, title: str, recruiter: str, prefix: str, people: int) -> dict[str, Any]:
    """Open a job whose test is the Flask one, with so many people added from a file: `prefix`1@…, `prefix`2@…"""
    now = timezone.now()
    owner = User.objects.get(email=recruiter)
    test = Assessment.objects.get(slug=FLASK).pk
    stages = [
        replace(stage, assessment_id=test) if stage.kind == StageKind.ASSESSMENT else stage
        for stage in default_stages()
    ]
    job = operations.create_job(
        title=title, members=[(owner, JobRole.RECRUITER)], stages=stages, by=SYSTEM, now=now
    )
    operations.open_job(job=job, by=SYSTEM, now=now)
    rows = [
        f"{prefix.title()} Person {number},{prefix}{number}@example.net" for number in range(1, people + 1)
    ]
    file = ContentFile("\n".join(["name,email", *rows]).encode(), name="people.csv")
    work = operations.queue_import(job=job, file=file, dry_run=False, by=SYSTEM, now=now)
    while Work.objects.filter(pk=work.pk, state__in=WorkState.open_states).exists():
        run_due_work(now=timezone.now())
    found = Application.objects.filter(job=job).order_by("pk").select_related("candidate")
    addresses = dict(CandidateEmail.objects.values_list("candidate", "address"))
    return {
        "pk": job.pk,
        "slug": job.slug,
        "test": test,
        "people": [
            {
                "pk": row.pk,
                "id": row.public_id,
                "email": addresses[row.candidate_id],
                "name": row.candidate.full_name,
            }
            for row in found
        ],
    }


def invite(*, applications: list[int]) -> None:
    """Invite people one by one, as a page or the API does."""
    assessment = Assessment.objects.get(slug=FLASK)
    for application in Application.objects.filter(pk__in=applications).order_by("pk"):
        operations.invite_to_test(
            application=application, assessment=assessment, by=SYSTEM, now=timezone.now()
        )


def invite_to_pieces(*, email: str, questions: int) -> None:
    """Invite somebody, without a mail, to a test that is taken one question after the other and never back."""
    assessment = make_pieces((questions, None), navigation="forward")
    tests_of.invite(
        candidate=Candidate.objects.get(emails__normalised=email),
        assessment=assessment,
        intent=f"faults:{assessment.pk}",
        by=SYSTEM,
        now=timezone.now(),
        send_mail=False,
    )
    # Others who choose among the tests need not find it.
    tests_of.retire_assessment(assessment=assessment, by=SYSTEM, now=timezone.now())


def bulk_invite(*, job: int, applications: list[int]) -> int:
    """Ask for many people to be invited as long work, and return it."""
    work = operations.queue_bulk_invite(
        job=Job.objects.get(pk=job),
        assessment=Assessment.objects.get(slug=FLASK),
        application_ids=applications,
        intent=f"faults:{job}:{applications[0]}",
        by=SYSTEM,
        now=timezone.now(),
    )
    return work.pk


def start(*, emails: list[str]) -> list[int]:
    """Press Start for people who are invited, and return the attempts."""
    found = [_invitation(email) for email in emails]
    return [tests_of.start_attempt(invitation=each, consented=True, now=timezone.now()).pk for each in found]


def sat(*, email: str) -> list[dict[str, Any]]:
    """Every attempt of this person, the oldest first."""
    rows = Attempt.objects.filter(invitation__candidate__emails__normalised=email).order_by("pk")
    return list(
        rows.values("pk", "state", "started_at", "deadline_at", "submitted_at", "open_from", "open_to")
    )


def submit(*, attempts: list[int]) -> None:
    for attempt in attempts:
        tests_of.submit_attempt(attempt_id=attempt, submitted_by=SubmittedBy.CANDIDATE, now=timezone.now())


def spoil(*, attempt: int) -> None:
    """Leave an answer behind that nobody could have sent, so that scoring the attempt fails each time."""
    AttemptQuestion.objects.filter(attempt=attempt, position=1).update(answer=5)


def mend(*, attempt: int) -> None:
    """Take away again what `spoil` left."""
    AttemptQuestion.objects.filter(attempt=attempt, position=1).update(answer=[])


def leave_seconds(*, attempt: int, seconds: float) -> datetime:
    """Take so much time away that `seconds` are left, and return the deadline."""
    running = Attempt.objects.get(pk=attempt)
    left = (running.deadline_at - timezone.now()).total_seconds()
    changed = tests_of.add_time(
        attempt=running, seconds=-int(left - seconds), reason="Faults", by=SYSTEM, now=timezone.now()
    )
    return changed.deadline_at


def link(*, email: str, keys: list[str] | None = None) -> str:
    """Return the link of the invitation of this person, signed by the first of `keys` (else as the system does)."""
    with override_settings(LINK_KEYS=keys or settings.LINK_KEYS):
        return link_url(_invitation(email).link)


def mails(*, addresses: list[str]) -> list[dict[str, Any]]:
    rows = Message.objects.filter(to_address__in=addresses).order_by("pk")
    return list(rows.values("to_address", "state", "reason", "tries"))


def attempts(*, ids: list[int]) -> list[dict[str, Any]]:
    """What became of attempts: how they ended, how many scores and events there are, what the pipeline made of it."""
    rows = Attempt.objects.filter(pk__in=ids).annotate(score_count=Count("scores")).order_by("pk")
    ties = ApplicationAssessment.objects.filter(invitation__attempts__in=ids).exclude(
        outcome=TestOutcome.PENDING
    )
    outcomes = dict(ties.values_list("invitation", "outcome"))
    return [
        {
            "state": row.state,
            "submitted_by": row.submitted_by,
            "submitted_at": row.submitted_at,
            "deadline_at": row.deadline_at,
            "late": _late(row),
            "scored": row.current_score_id is not None,
            "score_tries": row.score_tries,
            "scores": row.score_count,
            "scored_events": _events(row, "attempt.scored"),
            "submitted_events": _events(row, "attempt.submitted"),
            "outcome": outcomes.get(row.invitation_id, ""),
        }
        for row in rows
    ]


def work(*, pk: int) -> dict[str, Any]:
    found = Work.objects.get(pk=pk)
    return {"state": found.state, "done": found.done, "tries": found.tries, "result": found.result}


def invited(*, applications: list[int]) -> dict[str, int]:
    """Count the parts of which an invitation consists, for these applications."""
    ties = ApplicationAssessment.objects.filter(application__in=applications)
    invitations = Invitation.objects.filter(pk__in=ties.values("invitation"))
    return {
        "ties": ties.count(),
        "people": ties.values("application").distinct().count(),
        "invitations": invitations.count(),
        "links": AccessLink.objects.filter(pk__in=invitations.values("link")).count(),
        "moves": ApplicationTransition.objects.filter(
            application__in=applications, to_stage__kind=StageKind.ASSESSMENT
        ).count(),
        "mails": Message.objects.filter(link__in=invitations.values("link")).count(),
    }


def hurry(*, addresses: Any = (), attempts: Any = (), work: Any = ()) -> None:
    """Make due now what waits for a lease or a next try, and ask workers to look: minutes, otherwise."""
    now = timezone.now()
    past = now - timedelta(seconds=1)
    waiting = Message.objects.filter(to_address__in=addresses)
    waiting.filter(state="sending").update(lease_until=past)
    waiting.filter(state="queued").update(due_at=past)
    Attempt.objects.filter(pk__in=attempts, score_due_at__gt=now).update(score_due_at=past)
    Work.objects.filter(pk__in=work, state__in=WorkState.open_states).update(due_at=past)
    for task in ("outbox.deliver_messages", "outbox.run_work", "assessments.score_submitted"):
        nudge(task)


def answers(*, ids: list[int]) -> list[dict[str, Any]]:
    """Everything that was saved in these attempts, in the order in which it was, as the person's pages say it."""
    rows = AttemptQuestion.objects.filter(attempt__in=ids).order_by("attempt", "position")
    revisions = AnswerRevision.objects.filter(attempt__in=ids).order_by("attempt", "position", "number")
    orders = {(row.attempt_id, row.position): row.option_order for row in rows}
    saved: dict[tuple[int, int], list[dict[str, Any]]] = {}
    for each in revisions:
        places = places_of(each.answer, orders[each.attempt_id, each.position])
        one = {"save_id": str(each.save_id), "answer": places, "number": each.number}
        saved.setdefault((each.attempt_id, each.position), []).append(one)
    return [
        {
            "attempt": row.attempt_id,
            "position": row.position,
            "answer": places_of(row.answer, row.option_order),
            "version": row.answer_version,
            "saved": saved.get((row.attempt_id, row.position), []),
        }
        for row in rows
    ]


def secrets() -> dict[str, list[str]]:
    """What no log may hold: the tokens of all links under every key, the addresses and names of all people."""
    tokens = []
    for key in settings.LINK_KEYS:
        with override_settings(LINK_KEYS=[key]):
            tokens += [link_token(each) for each in AccessLink.objects.order_by("pk")]
    staff = User.objects.order_by("pk")
    return {
        "tokens": tokens,
        "addresses": [
            *CandidateEmail.objects.order_by("pk").values_list("address", flat=True),
            *staff.values_list("email", flat=True),
        ],
        "names": [
            *Candidate.objects.order_by("pk").values_list("full_name", flat=True),
            *staff.values_list("full_name", flat=True),
        ],
    }


def kept() -> str:
    """Everything that the history, long work and signs keep in their free columns."""
    columns = [(Event, "data"), (Work, "arguments"), (Sign, "data")]
    return json.dumps([list(model.objects.values_list(column, flat=True)) for model, column in columns])


def _invitation(email: str) -> Invitation:
    return Invitation.objects.filter(candidate__emails__normalised=email).select_related("link").latest("pk")


def _late(attempt: Attempt) -> float | None:
    """How long after the deadline somebody closed it."""
    closed = Event.objects.filter(
        about_id=attempt.pk, about="assessments.attempt", kind="attempt.submitted"
    ).first()
    return (closed.at - attempt.deadline_at).total_seconds() if closed else None


def _events(attempt: Attempt, kind: str) -> int:
    return Event.objects.filter(Q(about_id=attempt.pk), about="assessments.attempt", kind=kind).count()


_CALLS = (
    *(hire, backend, forget_guesses, open_job, invite, invite_to_pieces, bulk_invite, start, sat, submit),
    *(spoil, mend, leave_seconds, link, kept, mails, attempts, work, invited, hurry, answers, secrets),
)
CALLS: dict[str, Callable[..., Any]] = {
    **{call.__name__: call for call in _CALLS},
    **inside_pipeline.CALLS,
    **inside_imports.CALLS,
}
