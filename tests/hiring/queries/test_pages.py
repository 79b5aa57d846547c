"""What pages and reports read: the right rows, and as many statements at 1,000 rows as at 10."""

from dataclasses import asdict
from datetime import timedelta
from importlib import import_module

import pytest

from assessments.models import AssessmentVersion, Attempt, Invitation, Score
from candidates.models import Candidate, CandidateEmail
from candidates.operations.searching import index_people
from hiring import enums, operations, queries
from hiring.enums import ApplicationStatus
from hiring.models import Application, ApplicationAssessment, ApplicationTransition
from hiring.queries import Period
from outbox.models import AccessLink, Message
from tests.factories.accounts import NOW, actor, make_recruiter
from tests.factories.hiring import (
    SYSTEM,
    invite,
    make_application,
    make_job,
    make_manager,
    make_test_job,
    move,
    set_status,
    sit,
    stages,
)

DAY = timedelta(days=1)


@pytest.fixture
def three_results():
    """Somebody who passed, somebody borderline, somebody below the line, and somebody who let it run out."""
    recruiter = make_recruiter()
    job, assessment = make_test_job(recruiter=recruiter)
    people = {}
    for name, right in (("passed", 8), ("borderline", 5), ("below", 1)):
        people[name] = make_application(job, full_name=name)
        sit(invite(people[name], assessment), right=right)
    people["expired"] = make_application(job, full_name="expired")
    invite(people["expired"], assessment, now=NOW - 20 * DAY)
    operations.apply_pending_scores(now=NOW)
    return job, assessment, actor(recruiter), people


@pytest.mark.django_db
def test_the_start_page_shows_what_waits_and_nothing_else(three_results):
    job, _assessment, by, people = three_results
    Message.objects.filter(person_ref=people["passed"].candidate.public_id).update(state="failed")

    page = queries.start_page(by, now=NOW)

    waiting = {item.code: (item.count, item.names) for item in page.waiting}
    # Whoever let the invitation run out has also been at the stage for longer than its seven days.
    assert waiting == {
        "mail": (1, ("passed",)),
        **{code: (1, (code,)) for code in ("borderline", "below", "expired")},
        "ageing": (1, ("expired",)),
    }
    assert [row.job for row in page.jobs] == [job]
    assert {count.stage.name: count.active for count in page.jobs[0].stages} == {
        "Applied": 0,
        "Test": 3,
        "Interview": 1,
    }
    assert {tie.application.candidate.full_name for tie in page.results} == {"passed", "borderline", "below"}


@pytest.mark.django_db
def test_results_of_each_kind_are_shown_however_many_of_another_wait(three_results, monkeypatch):
    job, assessment, by, _people = three_results
    for name in ("earlier", "earlier still"):
        sit(invite(make_application(job, full_name=name), assessment), right=1)
    operations.apply_pending_scores(now=NOW - DAY)
    monkeypatch.setattr(import_module("hiring.queries.dashboard"), "NAMED", 2)

    page = queries.start_page(by, now=NOW)

    waiting = {item.code: item for item in page.waiting}
    assert (waiting["below"].count, waiting["below"].names) == (3, ("earlier", "earlier still"))
    assert (waiting["borderline"].count, waiting["borderline"].names) == (1, ("borderline",))


@pytest.mark.django_db
def test_whoever_was_decided_about_waits_for_nobody(three_results):
    _job, _assessment, by, people = three_results
    for name in ("borderline", "below"):
        set_status(people[name], ApplicationStatus.REJECTED)
    move(people["expired"], "Interview")

    assert queries.start_page(by, now=NOW).waiting == ()


@pytest.mark.django_db
def test_ageing_is_longer_than_the_stage_s_own_target():
    job = make_job()
    late = make_application(job, now=NOW - 4 * DAY)
    make_application(job, now=NOW - 2 * DAY)
    move(make_application(job, now=NOW - 9 * DAY), "Test", now=NOW - 8 * DAY)

    rows = list(queries.ageing(SYSTEM, now=NOW, job=job))

    assert rows == [late]
    assert queries.jobs_by_stage([job], SYSTEM, now=NOW)[0].over_target == 1


@pytest.mark.django_db
def test_people_are_found_filtered_and_sorted(three_results):
    job, _assessment, by, _people = three_results
    Candidate.objects.filter(full_name="below").update(phone="+49 30 90018273")
    index_people(Candidate.objects.filter(full_name="below"))

    def names(**fields):
        return [row.candidate.full_name for row in queries.people_of_job(job, by, **fields)]

    assert names(search="EXP") == ["expired"]
    assert names(search="90018273") == names(search="+49309001") == ["below"]
    assert names(search="@example.com", sort="name") == ["below", "borderline", "expired", "passed"]
    assert names(outcome="borderline") == ["borderline"]
    assert names(stage=stages(job)["Interview"]) == ["passed"]
    assert names(sort="score")[:3] == ["passed", "borderline", "below"]
    assert names(status="hired") == []
    assert names(search="\x00") == names()


@pytest.mark.django_db
def test_a_row_of_a_list_has_address_and_result(three_results):
    job, _assessment, by, people = three_results

    row = queries.below_the_line(job, by).get()

    assert row == people["below"]
    assert (row.email, row.outcome, float(row.percent)) == (row.candidate.emails.get().address, "below", 10.0)


@pytest.mark.django_db
def test_the_tests_of_an_application_come_with_state_and_mail(three_results):
    _job, _assessment, by, people = three_results
    links = ApplicationAssessment.objects.filter(application=people["expired"]).visible_to(by)

    (test,) = queries.application_tests(links, now=NOW)

    assert (test.state, test.message.state) == ("expired", "queued")


@pytest.mark.django_db
def test_the_board_has_every_stage_and_the_longest_waiting_first():
    job = make_job()
    for days in (1, 5, 3):
        make_application(job, full_name=f"{days} days", now=NOW - days * DAY)

    columns = queries.job_board(job, SYSTEM, now=NOW, per_stage=2)

    assert [column.stage.name for column in columns] == list(stages(job))
    assert (columns[0].count, columns[0].over_target) == (3, 1)
    assert [card.row.application.candidate.full_name for card in columns[0].cards] == ["5 days", "3 days"]
    assert [card.row.is_late for card in columns[0].cards] == [True, False]


@pytest.mark.django_db
def test_the_report_of_a_test_adds_up(three_results):
    _job, assessment, by, _people = three_results

    report = queries.assessment_report(assessment, by, now=NOW)

    assert (report.invited, report.finished, report.expired, report.started, report.open) == (4, 3, 1, 0, 0)
    assert report.bands == {"passed": 1, "borderline": 1, "below": 1}
    assert (report.scores_n, report.median) == (3, 50.0)
    assert report.mean == pytest.approx(140 / 3)
    assert sum(report.histogram) == 3
    assert [(skill.skill, skill.n, skill.mean_percent) for skill in report.skills] == [
        ("python", 3, pytest.approx(140 / 3))
    ]
    assert queries.assessment_report(assessment, by, now=NOW, period=Period(NOW, None)).invited == 3
    assert queries.assessment_report(assessment, actor(make_recruiter()), now=NOW).invited == 0


@pytest.mark.django_db
def test_the_pipeline_report_is_plain_data_about_the_actor_s_jobs(three_results):
    job, _assessment, by, _people = three_results
    make_application(make_job())

    report = queries.pipeline_report(by, now=NOW)
    plain = asdict(report)

    assert [row["job"] for row in plain["jobs"]] == [job.slug]
    assert plain["jobs"][0]["by_status"]["active"] == 4
    assert {stage["name"]: stage["active"] for stage in plain["jobs"][0]["stages"]} == {
        "Applied": 0,
        "Test": 3,
        "Interview": 1,
    }
    assert plain["total"]["n"] == plain["jobs"][0]["funnel"]["n"] == 4


# --- Statements ---


def fill(job, assessment, count):
    """So many people at the stages of a job, each with a finished test, written without operations to be quick."""
    placed = list(stages(job).values())
    known = Candidate.objects.count()
    version = AssessmentVersion.objects.get(assessment=assessment)
    people = Candidate.objects.bulk_create(
        Candidate(full_name=f"Person {known + number}", created_at=NOW) for number in range(count)
    )
    CandidateEmail.objects.bulk_create(
        CandidateEmail(
            candidate=row, address=f"p{row.pk}@x.example", normalised=f"p{row.pk}@x.example", is_primary=True
        )
        for row in people
    )
    applications = Application.objects.bulk_create(
        Application(
            candidate=row,
            job=job,
            stage=placed[number % len(placed)],
            furthest_stage=placed[number % len(placed)],
            applied_at=NOW - 30 * DAY,
            stage_entered_at=NOW - (number % 40) * DAY,
        )
        for number, row in enumerate(people)
    )
    ApplicationTransition.objects.bulk_create(
        ApplicationTransition(
            application=row,
            number=1,
            to_stage=row.stage,
            to_status="active",
            cause="applied",
            at=row.applied_at,
        )
        for row in applications
    )
    links = AccessLink.objects.bulk_create(
        AccessLink(purpose="test", person_ref=row.public_id, created_at=NOW) for row in people
    )
    invitations = Invitation.objects.bulk_create(
        Invitation(
            intent=f"fill:{link.pk}",
            candidate=row,
            version=version,
            link=link,
            created_at=NOW - 20 * DAY,
            expires_at=NOW - 6 * DAY,
        )
        for row, link in zip(people, links, strict=True)
    )
    attempts = Attempt.objects.bulk_create(
        Attempt(
            invitation=row,
            state="submitted",
            seed=1,
            open_to=10,
            started_at=NOW - 10 * DAY,
            deadline_at=NOW - 9 * DAY,
            submitted_at=NOW - 9 * DAY,
            submitted_by="candidate",
        )
        for row in invitations
        if row.pk % 4
    )
    scores = Score.objects.bulk_create(
        Score(
            attempt=row,
            cause="submitted",
            keys_digest="x",
            marks=1,
            marks_possible=10,
            percent=10,
            band="below",
            created_at=NOW - 9 * DAY,
        )
        for row in attempts
    )
    for row, score in zip(attempts, scores, strict=True):
        row.current_score = score
    Attempt.objects.bulk_update(attempts, ["current_score"])
    by_invitation = {score.attempt.invitation_id: score for score in scores}
    ApplicationAssessment.objects.bulk_create(
        ApplicationAssessment(
            application=application,
            invitation=invitation,
            stage=application.stage,
            score=by_invitation.get(invitation.pk),
            outcome=enums.TestOutcome.BELOW if invitation.pk in by_invitation else enums.TestOutcome.PENDING,
        )
        for application, invitation in zip(applications, invitations, strict=True)
    )


def everything(page):
    """Touch what a template would show of each row."""
    return [(str(row.candidate), row.job.title, row.stage.name, row.email, row.outcome) for row in page]


READS = {
    # Roles, jobs, whether people are seen, latest results (2), answers, mail, approvals, results, expired, targets,
    # ageing (2), names, stages, targets again, numbers by stage.
    "start page": (17, lambda job, by, test: queries.start_page(by, now=NOW)),
    # Roles, jobs, targets twice, ageing (2), stages, numbers, the funnel, latest results, how many wait.
    "dashboard": (10, lambda job, by, test: queries.dashboard(by, now=NOW)),
    "dashboard of a job": (9, lambda job, by, test: queries.dashboard(by, now=NOW, job=job)),
    # Roles and the list; of words also how common they are.
    "jobs": (2, lambda job, by, test: [row.active_count for row in queries.jobs_with_counts(by)]),
    "people": (2, lambda job, by, test: everything(queries.people_of_job(job, by)[:50])),
    "people found": (3, lambda job, by, test: everything(queries.applications(by, search="person 1")[:50])),
    "below": (2, lambda job, by, test: everything(queries.below_the_line(job, by)[:50])),
    # Roles, stages, numbers, first of each stage, their rows; tests, invitations, mail; tags, actions, interviews,
    # approvals.
    "board": (12, lambda job, by, test: [card.step for card in queries.job_board(job, by, now=NOW)[0].cards]),
    # Roles, groups, stages.
    "funnel": (3, lambda job, by, test: queries.funnel(by, job=job)),
    # Roles, jobs, groups, stages, targets, numbers.
    "pipeline report": (6, lambda job, by, test: queries.pipeline_report(by, now=NOW)),
    # Roles, states, scores.
    "report of a test": (3, lambda job, by, test: queries.assessment_report(test, by, now=NOW)),
}


@pytest.mark.django_db
def test_statements_do_not_grow_with_the_rows(django_assert_num_queries):
    job, assessment = make_test_job()
    manager = make_manager(job)
    recruiter = job.members.first().user
    for count in (10, 990):
        fill(job, assessment, count)
        for name, (statements, read) in READS.items():
            fresh = type(recruiter).objects.get(pk=manager.pk)
            with django_assert_num_queries(statements, info=f"{name} at {count}"):
                read(job, actor(fresh), assessment)


@pytest.mark.django_db
def test_a_preview_of_a_thousand_takes_a_handful_of_statements(django_assert_max_num_queries):
    job, assessment = make_test_job()
    fill(job, assessment, 1000)
    ids = list(Application.objects.values_list("pk", flat=True))

    # The version of the test; whether its stage needs an approval; for each 500 applications, addresses, states, how
    # often they took it.
    with django_assert_max_num_queries(16):
        preview = queries.preview_invites(
            job=job, application_ids=ids, assessment=assessment, actor=SYSTEM, now=NOW
        )

    assert len(preview.will) + len(preview.skipped) == 1000
