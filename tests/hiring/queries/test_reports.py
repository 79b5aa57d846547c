"""Reports: each agrees with the slow reference, its counts open as many rows, and it costs a handful of statements."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from accounts.enums import Role, Scope
from accounts.models import Actor, User
from assessments.enums import SubmittedBy
from assessments.models import Attempt
from hiring import queries
from hiring.enums import ApplicationStatus, Cohort, InterviewState, Source, WaitsFor
from hiring.models import ApiKeyJob, Application, Interview, Job, Stage, TrackingLink
from hiring.queries.access import counted, counted_jobs
from hiring.queries.funnel import EVER, Period
from hiring.queries.reports import (
    REPORTS,
    Report,
    ReportFilter,
    Unit,
    read_report,
    reported_jobs,
    rows_behind,
)
from hiring.queries.reports.shape import middle
from tests.factories.accounts import NOW, make_administrator, make_api_key, make_user
from tests.factories.assessments import make_assessment
from tests.factories.hiring import (
    SYSTEM,
    invite,
    make_application,
    make_interviewer,
    make_job,
    make_manager,
    make_stage_action,
    make_test_job,
    move,
    set_status,
    sit,
)
from tests.factories.hiring import ask as ask_approval
from tests.hiring.queries.reference import (
    Told,
    make_history,
    of_cohort,
    slow_ageing,
    slow_funnel,
    slow_hires,
    slow_left,
    slow_middle,
    slow_passing,
    slow_sources,
    slow_stays,
    tell,
    wrong_stays,
)

pytestmark = pytest.mark.django_db

PERIOD = Period(NOW - timedelta(days=60), NOW - timedelta(days=30))


def ask(
    name: str,
    *,
    actor: Actor = SYSTEM,
    job: Job | None = None,
    period: Period = EVER,
    cohort: Cohort | None = None,
    source: str = "",
    link: TrackingLink | None = None,
) -> Report:
    kind = REPORTS[name]
    jobs = reported_jobs(actor)
    return read_report(
        name,
        ReportFilter(
            actor=actor,
            now=NOW,
            jobs=list(jobs if job is None else jobs.filter(pk=job.pk)),
            job=job,
            period=period,
            cohort=cohort or (kind.cohorts[0] if kind.cohorts else Cohort.APPLIED),
            source=source,
            link=link,
        ),
    )


def table(report: Report, count: str) -> dict[str, dict[str, Any]]:
    """The lines where `count` is not nought."""
    return {row.key: dict(row.values) for row in report.rows if row.values[count]}


def counts(report: Report) -> Iterator[tuple[str, str, float]]:
    for row in report.rows:
        for column in report.columns:
            if column.unit == Unit.COUNT:
                yield row.key, column.key, row.values[column.key] or 0


def near(expected: dict[str, dict[str, Any]]) -> Any:
    return {key: pytest.approx(values, abs=0.006) for key, values in expected.items()}


# --- Against the reference ---


@pytest.mark.parametrize("seed", range(50))
def test_reports_agree_with_a_slow_reference_on_generated_histories(seed: int) -> None:
    jobs = make_history(seed)
    rows = Application.objects.select_related("job", "stage", "candidate").order_by("pk")
    told = tell(list(rows))
    assert wrong_stays() == []

    job = jobs[0] if seed % 2 else None
    of_job = [each for each in told if job is None or each.application.job_id == job.pk]
    period = (PERIOD, EVER, PERIOD, Period(start=PERIOD.start), Period(end=PERIOD.end))[seed % 5]
    agree(of_job, job, period)
    if seed % 5 == 0:
        link = TrackingLink.objects.get()
        agree([each for each in of_job if each.application.tracking_link_id == link.pk], job, period, link)
    period = Period(PERIOD.start, NOW)
    together = queries.funnel(SYSTEM, period=period, jobs=jobs)
    inside = of_cohort(told, Cohort.APPLIED, period)
    assert (together.n, [(step.name, step.reached) for step in together.steps]) == (
        len(inside),
        slow_funnel(inside, None) if inside else [(step.name, 0) for step in together.steps],
    )


def agree(told: list[Told], job: Job | None, period: Period, link: TrackingLink | None = None) -> None:
    for cohort in (Cohort.APPLIED, Cohort.LEFT):
        asked: dict[str, Any] = {"job": job, "period": period, "cohort": cohort, "link": link}
        inside = of_cohort(told, cohort, period)

        funnel = ask("funnel", **asked)
        assert funnel.n == len(inside)
        if job is not None:
            reached = [(row.name, row.values["reached"]) for row in funnel.rows]
            assert reached == slow_funnel(inside, job)
        passed, stood = ask("pass-through", **asked), ask("time-in-stage", **asked)
        assert table(passed, "left") == near(slow_passing(told, cohort, period, job))
        assert table(stood, "n") == near(slow_stays(told, cohort, period, job))
        assert (passed.n, stood.n) == (
            slow_left(told, cohort, period, chosen=True),
            slow_left(told, cohort, period, chosen=False),
        )
        assert table(ask("sources", **asked), "applications") == near(slow_sources(told, cohort, period))
    for cohort in (Cohort.APPLIED, Cohort.HIRED):
        hires = slow_hires(told, cohort, period)
        if job is not None:
            hires.pop("all", None)
        assert table(ask("time-to-hire", job=job, period=period, cohort=cohort, link=link), "n") == near(
            hires
        )
    ageing = {
        key: {name: values[name] for name in ("n", "late", "median", "longest")}
        for key, values in table(ask("ageing", job=job, link=link), "n").items()
    }
    assert ageing == near(slow_ageing(told, NOW, job))


def test_quartiles_are_those_of_the_reference_and_none_of_four() -> None:
    days = [8.0, 1.5, 4.0, 30.25, 2.0, 9.75, 5.0]

    for count in range(1, len(days) + 1):
        assert middle(days[:count]) == pytest.approx(slow_middle(days[:count]), abs=0.006)
    assert middle(days[:4]) == {"lower": None, "median": 6.0, "upper": None}
    assert middle([]) == {"lower": None, "median": None, "upper": None}


# --- The definitions, one by one ---


def days_ago(days: float) -> Any:
    return NOW - timedelta(days=days)


def value(report: Report, name: str, column: str) -> float | None:
    return next(row for row in report.rows if row.name == name).values[column]


def test_time_on_hold_and_a_second_stay_are_part_of_the_time_at_a_stage() -> None:
    job = make_job()
    person = make_application(job, now=days_ago(20))
    set_status(person, ApplicationStatus.ON_HOLD, now=days_ago(19))
    set_status(person, ApplicationStatus.ACTIVE, now=days_ago(17))
    move(person, "Screen", now=days_ago(16))
    move(person, "Applied", now=days_ago(13))
    move(person, "Interview", now=days_ago(12))

    report = ask("time-in-stage", job=job)

    assert report.n == 1
    assert value(report, "Applied", "median") == pytest.approx(5)
    assert value(report, "Screen", "median") == pytest.approx(3)
    assert value(report, "Interview", "n") == 0


def test_a_restored_application_goes_on_and_its_stay_begins_anew() -> None:
    job = make_job()
    person = move(make_application(job, now=days_ago(20)), "Screen", now=days_ago(18))
    set_status(person, ApplicationStatus.REJECTED, now=days_ago(15))
    set_status(person, ApplicationStatus.ACTIVE, now=days_ago(5))
    move(person, "Interview", now=days_ago(4))

    passed = ask("pass-through", job=job)

    assert value(ask("time-in-stage", job=job), "Screen", "median") == pytest.approx(4)
    assert (value(passed, "Screen", "left"), value(passed, "Screen", "further")) == (1, 1)
    assert value(ask("funnel", job=job), "Interview", "reached") == 1


def test_whoever_applies_again_counts_twice() -> None:
    job = make_job()
    first = make_application(job, email="ada@example.com", now=days_ago(30))
    set_status(first, ApplicationStatus.REJECTED, now=days_ago(29))
    make_application(job, email="ada@example.com", again_reason="Learnt it.", source=Source.REFERRAL)

    sources = ask("sources")

    assert (ask("funnel", job=job).n, sources.n) == (2, 2)
    assert [(row.key, row.values["applications"]) for row in sources.rows] == [("added", 1), ("referral", 1)]


def test_the_cohort_is_of_those_who_applied_or_of_those_who_left() -> None:
    job = make_job()
    move(make_application(job, now=days_ago(50)), "Screen", now=days_ago(5))
    make_application(job, now=days_ago(4))
    lately = Period(start=days_ago(10))

    assert ask("funnel", job=job, period=lately).n == 1
    assert value(ask("funnel", job=job, period=lately), "Screen", "reached") == 0
    assert value(ask("funnel", job=job, period=lately, cohort=Cohort.LEFT), "Screen", "reached") == 1
    assert ask("pass-through", job=job, period=lately).n == 1
    assert ask("pass-through", job=job, period=lately, cohort=Cohort.APPLIED).n == 0


def test_recruiter_and_source_narrow_every_report_down() -> None:
    recruiter = make_user(Role.RECRUITER)
    job = make_job(recruiter=recruiter)
    make_application(job, source=Source.AGENCY)
    make_application(job)
    make_application()

    mine = reported_jobs(SYSTEM, recruiter=recruiter.pk)

    assert list(mine) == [job]
    assert (ask("funnel").n, ask("funnel", source="agency").n, ask("ageing", source="agency").n) == (3, 1, 1)


# --- Who is waited for ---


@pytest.fixture
def waiting() -> Job:
    """Somebody for each thing that is waited for."""
    job, assessment = make_test_job(make_assessment(questions=2))
    make_application(job)
    for_test = [move(make_application(job), "Test") for _ in range(4)]
    invite(for_test[1], assessment)
    sit(invite(for_test[2], assessment), right=0)
    sit(invite(for_test[3], assessment), right=2, score=False)
    asked = move(make_application(job), "Interview")
    Interview.objects.create(
        application=asked, stage=asked.stage, title="Talk", state=InterviewState.ASKED, created_at=NOW
    )
    make_stage_action(make_application(job))
    Stage.objects.filter(job=job, name="Interview").update(needs_approval=True)
    ask_approval(for_test[0], by=None)
    ask_approval(make_application(job), by=None)
    set_status(make_application(job), ApplicationStatus.ON_HOLD)
    return job


@pytest.mark.usefixtures("waiting")
def test_ageing_waits_for_whom_the_cards_of_the_board_wait(waiting: Job) -> None:
    active = Application.objects.filter(status="active").select_related("candidate", "stage", "job")
    cards = queries.cards_of(active.order_by("pk"), SYSTEM, now=NOW)

    report = ask("ageing", job=waiting)

    for row in report.rows:
        here = [card for card in cards if str(card.row.application.stage_id) == row.key]
        assert row.values["n"] == len(here)
        for who in (WaitsFor.CANDIDATE, WaitsFor.RECRUITER, WaitsFor.APPROVER, WaitsFor.PROGRAM):
            assert row.values[who.value] == sum(card.waits_for == who for card in here), (row.name, who)
    assert {card.waits_for for card in cards} == set(WaitsFor) - {WaitsFor.NOBODY}
    assert [row.values["approver"] for row in report.rows] == [1, 1, 0]


# --- Tests ---


def test_tests_count_the_newest_invitation_and_the_scores_of_those_who_finished() -> None:
    job, assessment = make_test_job(make_assessment(questions=10))
    for right in (0, 5, 10, 10, 10):
        sit(invite(make_application(job), assessment), right=right)
    invite(make_application(job), assessment)
    invite(make_application(job), assessment, now=NOW - timedelta(days=60))
    make_application(job)

    report = ask("tests")

    [row] = report.rows
    assert (report.n, row.key, row.name) == (7, assessment.slug, assessment.name)
    found = {name: row.values[name] for name in ("invited", "started", "finished", "expired")}
    assert found == {"invited": 7, "started": 5, "finished": 5, "expired": 1}
    assert sum(row.values[band] or 0 for band in ("passed", "borderline", "below")) == 5
    assert (row.values["lower"], row.values["median"], row.values["upper"]) == (50, 100, 100)


# --- Rows behind the counts, sight, statements ---


@pytest.mark.parametrize("of_one_job", [False, True])
def test_counts_of_histories_open_as_many_rows(of_one_job: bool) -> None:
    jobs = make_history(7)
    job = jobs[0] if of_one_job else None

    opened = 0
    for name, kind in REPORTS.items():
        for cohort in kind.cohorts or (Cohort.APPLIED,):
            report = ask(name, job=job, period=PERIOD if kind.has_period else EVER, cohort=cohort)
            for row, column, count in counts(report):
                if count:
                    rows = rows_behind(report, row=row, column=column)
                    assert rows.count() == count, (name, cohort, row, column)
                    opened += 1
    assert opened > 20


@pytest.mark.usefixtures("waiting")
def test_counts_of_tests_and_of_who_waits_open_as_many_rows() -> None:
    for name in ("ageing", "tests"):
        report = ask(name)
        for row, column, count in counts(report):
            assert rows_behind(report, row=row, column=column).count() == count, (name, row, column)


def test_all_applications_of_the_jobs_that_count_for_somebody_count_for_them() -> None:
    job, other = make_job(), make_job()
    for each in (job, job, other):
        make_application(each)
    gone = make_manager(job)
    User.objects.filter(pk=gone.pk).update(is_active=False)
    gone.refresh_from_db()
    key, _token = make_api_key(make_administrator(), Scope.READ)
    ApiKeyJob.objects.create(api_key=key, job=job)
    readers = [
        SYSTEM,
        Actor.of_key(key),
        *(
            Actor.of_user(user)
            for user in (make_manager(job), make_interviewer(job), gone, make_administrator())
        ),
        *(Actor.of_user(make_user(role)) for role in Role),
    ]

    for actor in readers:
        of_jobs = Application.objects.all()
        jobs = counted_jobs(actor)
        if jobs is not None:
            of_jobs = of_jobs.filter(job__in=jobs)
        assert set(of_jobs) == set(counted(actor)), actor


def test_rows_of_a_column_or_row_that_is_not_there_are_refused() -> None:
    make_application()
    report = ask("funnel")

    for row, column in (("nothing", "reached"), ("applied", "share"), ("applied", "nothing")):
        with pytest.raises(KeyError):
            rows_behind(report, row=row, column=column)


def test_reports_count_what_their_reader_may_read() -> None:
    job, other = make_job(), make_job()
    make_application(job)
    make_application(other)
    analyst = make_user(Role.ANALYST)
    readers = {
        make_manager(job): 1,
        make_interviewer(job): 0,
        analyst: 2,
        make_user(Role.RECRUITER): 0,
        make_user(Role.QUESTION_AUTHOR): 0,
        make_administrator(): 2,
    }

    for user, n in readers.items():
        actor = Actor.of_user(user)
        assert (
            ask("funnel", actor=actor).n,
            ask("ageing", actor=actor).n,
            ask("sources", actor=actor).n,
        ) == (
            n,
            n,
            n,
        )
    report = ask("funnel", actor=Actor.of_user(analyst))
    assert rows_behind(report, row="applied", column="reached").count() == 0
    unnamed = rows_behind(report, row="applied", column="reached", without_names=True)
    assert unnamed.count() == 2


# Whose they are to be, the jobs and the roles of whoever asks come first; then
STATEMENTS = {
    "funnel": 4,  # groups, stages
    "pass-through": 4,  # ways, stages
    "time-in-stage": 4,  # stays, stages
    "time-to-hire": 3,  # hires
    "ageing": 6,  # targets, combinations, moments, stages
    "sources": 5,  # groups, stages, hires
    "tests": 4,  # counts, tests
    "scores": 4,  # counts, tests
    "time-ran-out": 4,  # counts, tests
}


def test_reports_take_as_many_statements_for_many_as_for_few(django_assert_num_queries: Any) -> None:
    job, assessment = make_test_job(make_assessment(questions=2))
    manager = make_manager(job)

    def people(count: int) -> None:
        for number in range(count):
            person = make_application(job)
            if number % 3 == 1:
                sit(invite(person, assessment), right=1)
            if number % 3 == 2:
                set_status(move(person, "Interview"), ApplicationStatus.HIRED)
        Attempt.objects.update(submitted_by=SubmittedBy.DEADLINE)

    for more in (3, 6):
        people(more)
        for name, statements in STATEMENTS.items():
            actor = Actor.of_user(type(manager).objects.get(pk=manager.pk))
            with django_assert_num_queries(statements, info=name):
                ask(name, actor=actor)
