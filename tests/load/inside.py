"""What a load run asks the product's own code, in a process with the settings of the running system.

It is served as the journeys' own calls are: see `tests.journeys.inside`.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.core.files.base import ContentFile
from django.core.management import call_command
from django.db import connection
from django.db.models import Max
from django.utils import timezone

from accounts.enums import Role
from accounts.models import Actor, User
from accounts.operations import create_user
from assessments.enums import AttemptState, SubmittedBy
from assessments.models import AnswerRevision, Assessment, Attempt, AttemptQuestion, DrawRule, Invitation
from assessments.operations import (
    RuleDraft,
    create_assessment,
    draft_version,
    publish_version,
    replace_rules,
    save_answer,
    start_attempt,
    submit_attempt,
)
from assessments.scoring import AnsweredQuestion, MarkingKey, score_attempt_parts
from hiring import operations
from hiring.enums import JobRole, ScoreRule, StageKind, TestOutcome
from hiring.models import Application, ApplicationAssessment, Job
from hiring.rules import default_stages
from outbox.enums import MessageState, WorkState
from outbox.models import Message, Work
from outbox.operations import run_due_work
from questions.enums import Marking
from questions.models import AnswerKey
from tests.journeys import inside

SYSTEM = Actor.system()
LEAD = "load.lead@example.org"
STARTER = "flask"


def serve() -> None:
    inside.serve(CALLS)


# --- Before ----------------------------------------------------------------------------------------------------


def prepare(*, name: str, minutes: int) -> None:
    """Publish a test like the starter one with `minutes` of time, and open a job that asks for it; both are `name`.

    It takes one question by each rule of the starter's: 24, as many as the figures of the peer are of.
    """
    now = timezone.now()
    lead = User.objects.filter(email=LEAD).first() or create_user(
        email=LEAD, full_name="Load Lead", password=None, roles=[Role.RECRUITER], by=SYSTEM, now=now
    )
    test = create_assessment(slug=name, name=f"Load {name}", minutes=minutes, by=SYSTEM, now=now)
    starter = Assessment.objects.get(slug=STARTER)
    rules = DrawRule.objects.filter(section__version=starter.current_version_id)
    drafts = [
        RuleDraft(rule.bank, 1, rule.skill, rule.level, rule.difficulty, rule.marks)
        for rule in rules.select_related("bank", "skill").order_by("section__position", "position")
    ]
    draft = draft_version(assessment=test, by=SYSTEM, now=now)
    replace_rules(version=draft, rules=drafts, by=SYSTEM, now=now)
    publish_version(version=draft, by=SYSTEM, now=now)
    stages = [
        replace(stage, assessment_id=test.pk, on_score=ScoreRule.ADVANCE_PASSED)
        if stage.kind == StageKind.ASSESSMENT
        else stage
        for stage in default_stages()
    ]
    job = operations.create_job(
        title=f"Load {name}",
        slug=name,
        members=[(lead, JobRole.RECRUITER)],
        stages=stages,
        by=SYSTEM,
        now=now,
    )
    operations.open_job(job=job, by=SYSTEM, now=now)


def invite(*, name: str, people: int) -> list[dict[str, Any]]:
    """Invite so many people with the product's own command, and return their invitations and links."""
    said = io.StringIO()
    call_command(
        "invite",
        *("--assessment", name, "--job", name, "--name", "Load Person", "--json"),
        *("--email", f"{name}@example.net", "--count", str(people)),
        stdout=said,
    )
    return [
        {"invitation": each["invitation"], "link": each["link"]}
        for each in json.loads(said.getvalue())["invitations"]
    ]


def add_people(*, name: str, people: int) -> list[int]:
    """Add so many people to the job from a file, and return their applications."""
    job = Job.objects.get(slug=name)
    rows = [f"Queued Person {number},queued{number}.{name}@example.net" for number in range(people)]
    file = ContentFile("\n".join(["name,email", *rows]).encode(), name="people.csv")
    work = operations.queue_import(job=job, file=file, dry_run=False, by=SYSTEM, now=timezone.now())
    while Work.objects.filter(pk=work.pk, state__in=WorkState.open_states).exists():
        run_due_work(now=timezone.now())
    found = Application.objects.filter(job=job, candidate__emails__normalised__startswith="queued")
    return list(found.order_by("pk").values_list("pk", flat=True))


def bulk_invite(*, name: str, applications: list[int]) -> int:
    """Ask for all of these to be invited as the page does, and return the work."""
    work = operations.queue_bulk_invite(
        job=Job.objects.get(slug=name),
        assessment=Assessment.objects.get(slug=name),
        application_ids=applications,
        intent=f"load:{name}",
        by=SYSTEM,
        now=timezone.now(),
    )
    return work.pk


# --- Meanwhile -------------------------------------------------------------------------------------------------


def work_is_done(*, pk: int) -> bool:
    return not Work.objects.filter(pk=pk, state__in=WorkState.open_states).exists()


def mails_waiting() -> int:
    return Message.objects.filter(state__in=MessageState.open_states).count()


def unscored(*, invitations: list[int]) -> int:
    """Count the attempts that are over and have no score, or whose score has not reached the application yet."""
    mine = Attempt.objects.filter(invitation__in=invitations, state=AttemptState.SUBMITTED)
    pending = ApplicationAssessment.objects.filter(invitation__attempts__in=mine, outcome=TestOutcome.PENDING)
    return mine.filter(current_score=None).count() + pending.count()


def take(*, invitations: list[int]) -> None:
    """Take these tests with the operations that the pages call, an answer for each question, without any page."""
    for invitation in Invitation.objects.filter(pk__in=invitations).order_by("pk"):
        attempt = start_attempt(invitation=invitation, consented=True, now=timezone.now())
        tab = uuid4()
        for row in AttemptQuestion.objects.filter(attempt=attempt).order_by("position"):
            save_answer(
                attempt_id=attempt.pk,
                position=row.position,
                answer=row.option_order[:1],
                base_version=0,
                save_id=uuid4(),
                page_id=uuid4(),
                tab_id=tab,
                seconds=1,
                now=timezone.now(),
            )
        submit_attempt(attempt_id=attempt.pk, submitted_by=SubmittedBy.CANDIDATE, now=timezone.now())


# --- After -----------------------------------------------------------------------------------------------------


def last_score_after(*, invitations: list[int]) -> float:
    """Return how many seconds after the last submit the last score was written."""
    mine = Attempt.objects.filter(invitation__in=invitations)
    ends = mine.aggregate(submitted=Max("submitted_at"), scored=Max("current_score__created_at"))
    return float((ends["scored"] - ends["submitted"]).total_seconds())


def check(*, told: str) -> dict[str, Any]:
    """Compare what people were told with what is stored; `told` is a file with a list of `players.Player.account()`.

    Every acknowledged save is a revision of that number and content; nothing is stored that nobody sent; the answer
    in force is the latest revision; every score is what the stored keys give. Returns the counts and what is wrong.
    """
    wrong: list[str] = []
    counts = {"attempts": 0, "acknowledged": 0, "revisions": 0, "scores": 0}
    for account in json.loads(Path(told).read_text()):
        attempt = (
            Attempt.objects.filter(invitation=account["invitation"]).select_related("current_score").first()
        )
        if attempt is None:
            wrong.append(f"invitation {account['invitation']} has no attempt")
            continue
        rows = _rows(attempt)
        counts["attempts"] += 1
        counts["acknowledged"] += sum(1 for each in account["told"] if each["version"])
        counts["revisions"] += sum(row.answer_version for row in rows)
        found = [*_lost(account["told"], rows, _revisions(attempt)), *_ended_wrong(account, attempt)]
        if attempt.current_score is not None:
            counts["scores"] += 1
            found += _scored_wrong(attempt, rows)
        wrong += [f"attempt {attempt.pk}: {each}" for each in found]
    return {"counts": counts, "wrong": wrong[:50], "wrongs": len(wrong)}


def _rows(attempt: Attempt) -> list[AttemptQuestion]:
    rows = AttemptQuestion.objects.filter(attempt=attempt).select_related("rule", "question_version")
    return list(rows.order_by("position"))


def _revisions(attempt: Attempt) -> dict[tuple[int, str], tuple[int, list[str]]]:
    """Return number and answer of each revision of an attempt, by place and save."""
    rows = AnswerRevision.objects.filter(attempt=attempt)
    return {(row.position, str(row.save_id)): (row.number, row.answer) for row in rows}


def _lost(
    told: list[dict[str, Any]],
    rows: list[AttemptQuestion],
    stored: dict[tuple[int, str], tuple[int, list[str]]],
) -> list[str]:
    wrong = []
    orders = {row.position: row.option_order for row in rows}
    for each in told:
        found = stored.get((each["position"], each["save_id"]))
        chosen = _codes(each["answer"], orders[each["position"]])
        if found is not None and set(found[1]) != chosen:
            wrong.append(f"save {each['save_id']} holds {found[1]}, sent was {sorted(chosen)}")
        if each["version"] and (found is None or found[0] != each["version"]):
            wrong.append(f"save {each['save_id']} was acknowledged as {each['version']} and is {found}")
    sent = {(each["position"], each["save_id"]) for each in told}
    wrong += [f"revision {place} was sent by nobody" for place in stored.keys() - sent]
    for row in rows:
        mine = [kept for (position, _save), kept in stored.items() if position == row.position]
        number, answer = max(mine, default=(0, []))
        if (row.answer_version, row.answer) != (number, answer):
            wrong.append(f"question {row.position} holds {row.answer}, its latest revision is {answer}")
        if len(mine) != number:
            wrong.append(f"question {row.position} has {len(mine)} revisions up to {number}")
    return wrong


def _codes(places: list[str], order: list[str]) -> set[str]:
    """Return the stored codes of options that pages name by their place in the person's own order."""
    named = {str(place): code for place, code in enumerate(order, start=1)}
    return {named.get(place, place) for place in places}


def _ended_wrong(account: dict[str, Any], attempt: Attempt) -> list[str]:
    if attempt.state != AttemptState.SUBMITTED:
        return [f"it is {attempt.state}"]
    if account["submitted_at"] and attempt.submitted_by != SubmittedBy.CANDIDATE:
        return [f"it was handed in before the deadline and counts as ended by {attempt.submitted_by}"]
    if attempt.current_score is None:
        return ["it has no score"]
    return []


def _scored_wrong(attempt: Attempt, rows: list[AttemptQuestion]) -> list[str]:
    """Mark the stored answers again with the keys that the score names."""
    score = attempt.current_score
    assert score is not None
    keys = AnswerKey.objects.in_bulk(score.keys)
    marked = score_attempt_parts(
        [
            AnsweredQuestion(
                position=row.position,
                chosen=tuple(row.answer),
                marks=Fraction(row.rule.marks),
                key=_key(keys[key]),
            )
            for row, key in zip(rows, score.keys, strict=True)
        ]
    )
    right = [marked.by_question[row.position] for row in rows]
    if [Fraction(mark) for mark in score.by_question] != right:
        return [f"its marks are {score.by_question}, they should be {[str(mark) for mark in right]}"]
    percent = 100 * marked.marks / marked.possible
    # The stored percent is cut to three places.
    if not 0 <= percent - Fraction(score.percent) < Fraction(1, 1000):
        return [f"its score is {score.percent} %, it should be {float(percent):.3f}"]
    return []


def _key(key: AnswerKey) -> MarkingKey:
    shares = {code: Fraction(share) for code, share in key.shares.items()}
    return MarkingKey(shares, partial=key.marking == Marking.PARTIAL)


def stored_bytes() -> dict[str, int]:
    """Return the bytes of every table with its indexes, after everything dead was removed."""
    connection.close_if_unusable_or_obsolete()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("VACUUM (FULL, ANALYZE)")
            cursor.execute(
                "SELECT relname, pg_total_relation_size(oid) FROM pg_class"
                " WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
            )
        else:
            cursor.execute("VACUUM")
            cursor.execute(
                "SELECT tbl_name, sum(pgsize) FROM dbstat JOIN sqlite_schema USING (name) GROUP BY tbl_name"
            )
        return dict(cursor.fetchall())


CALLS: dict[str, Callable[..., Any]] = {
    call.__name__: call
    for call in (
        *(prepare, invite, add_people, bulk_invite, take, work_is_done, mails_waiting, unscored),
        *(last_score_after, check, stored_bytes),
    )
}
