"""The list of results beside the plain rule: each invitation looked at alone, with its newest attempt."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db.models import QuerySet
from django.http import QueryDict
from django.template.loader import get_template

from accounts.enums import Role
from accounts.models import User
from assessments import operations
from assessments.enums import AttemptState, InvitationState, SubmittedBy
from assessments.models import Assessment, Attempt, Invitation
from assessments.queries.parts import part_percent
from assessments.queries.reading import time_used
from assessments.queries.result_lists import ResultList
from assessments.queries.result_tables import RESULTS_OF_TEST, ResultKind
from assessments.rules import whole_percent
from hiring.models import Job
from hiring.queries.results import RESULTS_OF_JOB, results_of_job
from tests.factories.accounts import actor, make_administrator, make_recruiter, make_user
from tests.factories.assessments import make_assessment
from tests.factories.hiring import SYSTEM, invite, make_application, make_job, make_manager, move, sit
from tests.factories.questions import NOW, make_bank, make_question, make_skill

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
FAMILIES = ("Marlow", "Quinlan", "Okafor")
SORTS = (
    *("person", "state", "score", "skills", "time", "extra_time"),
    *("test", "version", "invited", "expires", "started", "finished"),
)


class Plain:
    """What is known of one invitation."""

    def __init__(self, invitation: Invitation, skill: int, now: datetime) -> None:
        self.pk = invitation.pk
        attempt = invitation.attempts.order_by("number").last()
        self.attempt_id = attempt.pk if attempt else None
        self.state = invitation.state(attempt, now=now)
        self.test_id = invitation.version.assessment_id
        is_valid = attempt is not None and attempt.state == AttemptState.SUBMITTED
        score = attempt.current_score if attempt is not None and is_valid else None
        self.percent = score.percent if score else None
        self.band = score.band if score else "none"
        self.skill = part_percent(score.by_skill, "skill", skill) if score else None
        self.keys: dict[str, Any] = {
            "person": invitation.candidate.full_name.casefold(),
            "state": InvitationState.values.index(self.state),
            "score": self.percent,
            "skills": self.skill,
            "time": time_used(attempt, attempt.adjustments.all()) if attempt else None,
            "extra_time": invitation.extra_seconds or None,
            "test": (invitation.version.assessment.name.casefold(), invitation.version.number),
            "version": invitation.version.number,
            "invited": invitation.created_at,
            "expires": invitation.expires_at,
            "started": attempt.started_at if attempt else None,
            "finished": attempt.submitted_at if attempt else None,
            "stage": invitation.application_link.application.stage.position,
        }


def ordered(rows: list[Plain], name: str) -> list[int]:
    key = name.lstrip("-")
    newest = sorted(rows, key=lambda row: -row.pk)
    known = sorted(
        (row for row in newest if row.keys[key] is not None),
        key=lambda row: row.keys[key],
        reverse=name.startswith("-"),
    )
    return [row.pk for row in [*known, *(row for row in newest if row.keys[key] is None)]]


def ranks_among(rows: list[Plain]) -> dict[int, int] | None:
    scored = [row for row in rows if row.percent is not None]
    if len({row.test_id for row in scored}) > 1:
        return None
    whole = [whole_percent(row.percent) for row in scored if row.percent is not None]
    return {percent: 1 + sum(other > percent for other in whole) for percent in whole}


def fill(job: Job, tests: list[Assessment], chance: random.Random) -> None:
    """People of every state, with everything that may have happened to a sitting."""
    for number, fate in enumerate((*FATES, *chance.sample(FATES, 3))):
        application = make_application(
            job, full_name=f"{chance.choice('aBcÄ')}{number} {FAMILIES[number % 3]}"
        )
        if chance.random() < 0.4:
            move(application, "Interview")
        invitation = invite(application, chance.choice(tests), now=NOW + chance.randrange(40) * HOUR)
        now = NOW + (50 + number) * HOUR
        fields = {
            "revoked": {"revoked_at": now},
            "expired": {"expires_at": now},
            "waiting": {"not_before": NOW + 200 * HOUR},
        }.get(fate, {"extra_seconds": chance.choice([0, 0, 300, 600])})
        Invitation.objects.filter(pk=invitation.pk).update(**fields)
        invitation.refresh_from_db()
        if fate in SATS:
            SATS[fate](invitation, chance.randrange(4), now)


def started(invitation: Invitation, right: int, now: datetime) -> Attempt:
    return operations.start_attempt(invitation=invitation, consented=True, now=now)


def scored(invitation: Invitation, right: int, now: datetime) -> Attempt:
    return sit(invitation, right=right, now=now)


def unscored(invitation: Invitation, right: int, now: datetime) -> Attempt:
    return sit(invitation, right=right, now=now, score=False)


def ended(attempt: Attempt, now: datetime) -> Attempt:
    operations.submit_attempt(attempt_id=attempt.pk, submitted_by=SubmittedBy.CANDIDATE, now=now)
    operations.score_submitted(now=now)
    return attempt


def paused(invitation: Invitation, right: int, now: datetime) -> Attempt:
    attempt = started(invitation, right, now)
    operations.pause_attempt(attempt=attempt, reason="Fire", by=SYSTEM, now=now + MINUTE)
    operations.resume_attempt(attempt=attempt, reason="It is over", by=SYSTEM, now=now + HOUR)
    return ended(attempt, now + HOUR + MINUTE)


def reopened(invitation: Invitation, right: int, now: datetime) -> Attempt:
    attempt = scored(invitation, right, now)
    operations.reopen_attempt(attempt=attempt, minutes=9, reason="Fire", by=SYSTEM, now=now + HOUR)
    return ended(attempt, now + HOUR + MINUTE)


def void(invitation: Invitation, right: int, now: datetime) -> Attempt:
    attempt = scored(invitation, right, now)
    operations.void_attempt(attempt=attempt, reason="Fire", by=SYSTEM, now=now + HOUR)
    return attempt


def second(invitation: Invitation, right: int, now: datetime) -> Attempt:
    """Another sitting of the same invitation, which no page begins: the newest counts."""
    attempt = void(invitation, right, now)
    attempt.refresh_from_db()
    attempt.pk, attempt.number, attempt.state = None, 2, AttemptState.SUBMITTED
    attempt.started_at, attempt.submitted_at = now + 2 * HOUR, now + 3 * HOUR
    attempt.deadline_at = now + 4 * HOUR
    attempt.save()
    return attempt


SATS = {sat.__name__: sat for sat in (started, scored, unscored, paused, reopened, void, second)}
FATES = ("invited", "revoked", "expired", "waiting", *SATS)


def test_list_says_what_the_plain_rule_says() -> None:
    chance = random.Random(7)
    skill, other = make_skill(), make_skill()
    bank = make_bank()
    for number in range(3):
        make_question(bank, skills=[skill if number else other])
    tests = [make_assessment(bank=bank, count=3), make_assessment(questions=2)]
    recruiter = make_recruiter()
    job, strange = make_job(recruiter=recruiter), make_job()
    fill(job, tests, chance)
    fill(strange, tests[:1], chance)
    now = NOW + 70 * HOUR
    of_job = plain(Invitation.objects.filter(application_link__application__job=job), skill.pk, now)

    of = listing(job, make_administrator(), now)
    for name in [sign + name for name in (*SORTS, "stage") for sign in ("", "-")]:
        found = of(sort=name, skill=str(skill.pk)) if "skills" in name else of(sort=name)
        wanted = [row for row in of_job if row.skill is not None] if "skills" in name else of_job
        assert [line.pk for line in found.lines] == ordered(wanted, name), name
    for state in InvitationState.values:
        assert {line.pk for line in of(state=state).lines} == {row.pk for row in of_job if row.state == state}
    some = [row for row in of_job if row.keys["person"].endswith("quinlan")]
    assert [line.pk for line in of(q="Quinlan").lines] == ordered(some, "-score")
    for test in tests:
        narrow = of(test=str(test.pk), q="Quinlan")
        assert narrow.ranks == ranks_among([row for row in of_job if row.test_id == test.pk])
    for moment in ("started", "finished", "invited"):
        day = (NOW + 60 * HOUR).date()
        since = {row.pk for row in of_job if row.keys[moment] and row.keys[moment].date() >= day}
        assert {line.pk for line in of(moment=moment, since=day.isoformat()).lines} == since
    for user in (make_administrator(), recruiter, make_manager(job)):
        found = listing(job, user, now)()
        assert [line.pk for line in found.lines] == ordered(of_job, "-score")
        assert (found.ranks, found.bands) == (ranks_among(of_job), Counter(row.band for row in of_job))
    for user in (make_manager(strange), make_recruiter(), make_user(Role.ANALYST), make_user()):
        assert listing(job, user, now)().lines == ()


@pytest.mark.parametrize("kind", [RESULTS_OF_TEST, RESULTS_OF_JOB], ids=lambda kind: kind.name)
def test_cells_stand_in_the_order_of_the_headings(kind: ResultKind) -> None:
    templates = ["assessments/results.html", "hiring/results.html"]
    written = "".join(get_template(name).template.source for name in templates)
    cells = re.findall(r"{% if shown\.(\w+) %}", written)

    assert [key for key in cells if key in {column.key for column in kind.columns}] == [
        column.key for column in kind.columns
    ]


def plain(invitations: QuerySet[Invitation], skill: int, now: datetime) -> list[Plain]:
    return [Plain(invitation, skill, now) for invitation in invitations.order_by("pk")]


def listing(job: Job, user: User, now: datetime) -> Callable[..., ResultList]:
    def found(**parameters: str) -> ResultList:
        query = QueryDict(urlencode(parameters))
        return results_of_job(job, actor=actor(user), parameters=query, now=now).found

    return found
