"""Reports of tests agree with a slow reference: state by state, the newest invitation and the newest attempt alone."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Collection
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from assessments.enums import AttemptState, InvitationState, SubmittedBy
from assessments.models import Assessment, Attempt, AttemptQuestion, Invitation
from hiring.models import Application, ApplicationAssessment, Job
from hiring.queries.funnel import EVER, Period
from hiring.queries.reports import rows_behind
from tests.factories.accounts import NOW
from tests.factories.assessments import make_assessment, make_attempt, make_invitation, write_score
from tests.factories.hiring import make_application, make_test_job
from tests.hiring.queries.reference import slow_middle
from tests.hiring.queries.test_reports import ask, counts, near, table

pytestmark = pytest.mark.django_db

QUESTIONS = 4
LATELY = Period(NOW - timedelta(days=60), NOW - timedelta(days=20))
PERCENTS = ("0", "9.99", "10", "49.5", "50", "89.99", "90", "100")


def days_ago(days: float) -> Any:
    return NOW - timedelta(days=days)


def make_sittings(seed: int) -> list[Job]:
    """Two jobs whose people were invited to two tests, some of them again, and sat them, some of them again."""
    rng = random.Random(seed)
    tests = [make_assessment(questions=QUESTIONS) for _ in range(2)]
    drawn = {test.pk: list(make_attempt(test, now=days_ago(200)).questions.all()) for test in tests}
    jobs = [make_test_job(test)[0] for test in tests]
    for job in jobs:
        for _person in range(6):
            application = make_application(job, now=days_ago(100))
            for _sent in range(rng.choice((0, 1, 1, 2, 3))):
                test = rng.choice(tests)
                _invite(application, test, drawn[test.pk], rng)
    return jobs


def _invite(
    application: Application, test: Assessment, drawn: list[AttemptQuestion], rng: random.Random
) -> None:
    invitation = make_invitation(
        test, person=application.candidate, now=days_ago(rng.uniform(1, 90)), again_reason="Once more."
    )
    ApplicationAssessment.objects.create(
        application=application, invitation=invitation, stage=application.stage
    )
    if rng.random() < 0.2:
        Invitation.objects.filter(pk=invitation.pk).update(revoked_at=NOW)
    for number in range(rng.choice((0, 0, 1, 1, 2))):
        _sit(invitation, number + 1, drawn, rng)


def _sit(invitation: Invitation, number: int, drawn: list[AttemptQuestion], rng: random.Random) -> None:
    is_last = number == 2
    state = (
        rng.choice(AttemptState.values)
        if is_last
        else rng.choice((AttemptState.VOID, AttemptState.SUBMITTED))
    )
    attempt = _attempt(
        invitation,
        drawn,
        {row.position for row in drawn if rng.random() < 0.5},
        number=number,
        state=state,
        submitted_by=rng.choice((SubmittedBy.CANDIDATE, SubmittedBy.DEADLINE)),
    )
    if state != AttemptState.IN_PROGRESS and rng.random() < 0.8:
        write_score(attempt, percent=rng.choice(PERCENTS), band=rng.choice(("passed", "borderline", "below")))


def _attempt(
    invitation: Invitation,
    drawn: list[AttemptQuestion],
    answered: Collection[int],
    *,
    number: int = 1,
    state: str = AttemptState.SUBMITTED,
    submitted_by: str = SubmittedBy.DEADLINE,
) -> Attempt:
    is_over = state == AttemptState.SUBMITTED
    attempt = Attempt.objects.create(
        invitation=invitation,
        number=number,
        state=state,
        seed=1,
        started_at=invitation.created_at,
        deadline_at=invitation.created_at + timedelta(hours=1),
        open_to=QUESTIONS,
        submitted_at=NOW if is_over else None,
        submitted_by=submitted_by if is_over else "",
    )
    AttemptQuestion.objects.bulk_create(
        AttemptQuestion(
            attempt=attempt,
            position=row.position,
            rule=row.rule,
            question_version=row.question_version,
            option_order=row.option_order,
            answer=["a"] if row.position in answered else [],
        )
        for row in drawn
    )
    return attempt


# --- The same, slowly ------------------------------------------------------------------------------------------


def slow_newest(job: Job | None, period: Period) -> list[tuple[Assessment, Invitation, Attempt | None]]:
    newest = {}
    for tie in ApplicationAssessment.objects.order_by("pk"):
        test = tie.invitation.version.assessment
        newest[tie.application_id, test.pk] = (tie, test)
    found = []
    for tie, test in newest.values():
        invitation = tie.invitation
        is_late = period.end is not None and invitation.created_at >= period.end
        is_early = period.start is not None and invitation.created_at < period.start
        if is_late or is_early or (job is not None and tie.application.job_id != job.pk):
            continue
        attempts = sorted(invitation.attempts.all(), key=lambda attempt: attempt.number)
        found.append((test, invitation, attempts[-1] if attempts else None))
    return found


def slow_tests(sent: list[tuple[Assessment, Invitation, Attempt | None]]) -> dict[str, dict[str, Any]]:
    rows: dict[str, Counter[str]] = defaultdict(Counter)
    percents: dict[str, list[float]] = defaultdict(list)
    for test, invitation, attempt in sent:
        row, state = rows[test.slug], invitation.state(attempt, now=NOW)
        row["invited"] += 1
        row["started"] += attempt is not None
        row["finished"] += state == InvitationState.FINISHED
        row["expired"] += state == InvitationState.EXPIRED
        if state == InvitationState.FINISHED and attempt and attempt.current_score:
            row[attempt.current_score.band] += 1
            percents[test.slug].append(float(attempt.current_score.percent))
    columns = ("invited", "started", "finished", "expired", "passed", "borderline", "below")
    return {
        slug: {**{column: row[column] for column in columns}, **slow_middle(percents[slug])}
        for slug, row in rows.items()
    }


def slow_scores(sent: list[tuple[Assessment, Invitation, Attempt | None]]) -> dict[str, dict[str, Any]]:
    percents: dict[str, list[Decimal]] = defaultdict(list)
    for test, _invitation, attempt in sent:
        if attempt and attempt.state == AttemptState.SUBMITTED and attempt.current_score:
            percents[test.slug].append(attempt.current_score.percent)
    return {
        slug: {
            "n": len(values),
            **{
                f"from-{start}": sum(
                    start <= value < (101 if start == 90 else start + 10) for value in values
                )
                for start in range(0, 100, 10)
            },
            "median": slow_middle([float(value) for value in values])["median"],
        }
        for slug, values in percents.items()
    }


def slow_stopping(sent: list[tuple[Assessment, Invitation, Attempt | None]]) -> dict[str, dict[str, Any]]:
    stopped: Counter[tuple[str, int]] = Counter()
    for test, _invitation, attempt in sent:
        if (
            attempt
            and attempt.state == AttemptState.SUBMITTED
            and attempt.submitted_by == SubmittedBy.DEADLINE
        ):
            places = [row.position for row in attempt.questions.all() if row.answer]
            stopped[test.slug, max(places, default=0)] += 1
    of_test = Counter(dict.fromkeys((slug for slug, _place in stopped), 0))
    for (slug, _place), count in stopped.items():
        of_test[slug] += count
    return {
        f"{place}-{slug}": {"stopped": count, "share": count / of_test[slug]}
        for (slug, place), count in stopped.items()
    }


@pytest.mark.parametrize("seed", range(8))
def test_reports_of_tests_agree_with_a_slow_reference_and_open_their_rows(seed: int) -> None:
    jobs = make_sittings(seed)
    opened = 0
    for job, period in ((None, EVER), (jobs[0], EVER), (None, LATELY), (jobs[1], Period(start=LATELY.start))):
        sent = slow_newest(job, period)
        expected = {
            "tests": slow_tests(sent),
            "scores": slow_scores(sent),
            "time-ran-out": slow_stopping(sent),
        }
        for name, counted in (("tests", "invited"), ("scores", "n"), ("time-ran-out", "stopped")):
            report = ask(name, job=job, period=period)
            assert table(report, counted) == near(expected[name]), name
            assert report.n == sum(row[counted] for row in expected[name].values())
            for row, column, count in counts(report):
                if count:
                    assert rows_behind(report, row=row, column=column).count() == count, (name, row, column)
                    opened += 1
    assert opened > 20


def test_words_of_what_is_counted() -> None:
    job, test = make_test_job(make_assessment(questions=QUESTIONS))
    drawn = list(make_attempt(test, now=days_ago(200)).questions.all())
    for places, percent in (((), "100"), ((1, 3), "9.99"), ((1, 2, 3), "89.99")):
        invitation = make_invitation(test, now=days_ago(5))
        ApplicationAssessment.objects.create(
            application=make_application(job), invitation=invitation, stage=job.stages.get(name="Test")
        )
        write_score(_attempt(invitation, drawn, places), percent=percent)

    stopped, scores = ask("time-ran-out"), ask("scores")

    assert [(row.name, row.values["stopped"]) for row in stopped.rows] == [
        (f"Nothing answered: {test.name}", 1),
        (f"Question 3: {test.name}", 2),
    ]
    titles = {column.key: column.title for column in scores.columns}
    [row] = scores.rows
    assert {titles[key]: value for key, value in row.values.items() if key.startswith("from-") and value} == {
        "0–9 %": 1,
        "80–89 %": 1,
        "90–100 %": 1,
    }
