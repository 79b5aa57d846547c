from datetime import timedelta

import pytest

from hiring import queries
from hiring.enums import ApplicationStatus
from hiring.queries import Period
from tests.factories.accounts import NOW
from tests.factories.hiring import SYSTEM, make_application, make_job, move, set_status


def steps(funnel):
    return [(step.name, step.reached) for step in funnel.steps]


@pytest.mark.django_db
def test_skipped_stages_count_and_moves_back_take_nothing_away():
    job = make_job()
    move(make_application(job), "Interview")
    move(move(make_application(job), "Test"), "Applied")
    set_status(move(make_application(job), "Offer"), ApplicationStatus.HIRED)
    set_status(make_application(job), ApplicationStatus.REJECTED)

    funnel = queries.funnel(SYSTEM, job=job)

    assert steps(funnel) == [
        ("Applied", 4),
        ("Screen", 3),
        ("Test", 3),
        ("Interview", 2),
        ("Offer", 1),
        ("Hired", 1),
    ]
    assert [step.share for step in funnel.steps[:2]] == [1.0, 0.75]
    assert funnel.steps[3].pass_through == pytest.approx(2 / 3)
    assert funnel.definition


@pytest.mark.django_db
def test_the_period_is_half_open_and_of_the_application():
    job = make_job()
    make_application(job, now=NOW - timedelta(days=10))
    make_application(job, now=NOW)

    period = Period(NOW - timedelta(days=10), NOW)

    assert queries.funnel(SYSTEM, period=period, job=job).n == 1


@pytest.mark.django_db
def test_the_rows_behind_a_step_are_as_many_as_its_number():
    job = make_job()
    for name in ("Applied", "Screen", "Interview", "Offer"):
        application = make_application(job)
        application = application if name == "Applied" else move(application, name)
    set_status(application, ApplicationStatus.HIRED)

    funnel = queries.funnel(SYSTEM, job=job)

    for step in funnel.steps:
        assert queries.funnel_applications(SYSTEM, step=step.key, job=job).count() == step.reached, step


@pytest.mark.django_db
def test_an_empty_funnel_divides_by_nothing():
    funnel = queries.funnel(SYSTEM, job=make_job())

    assert funnel.n == 0
    assert {step.share for step in funnel.steps} == {None}
