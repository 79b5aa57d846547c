from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from hiring import operations
from hiring.enums import ApplicationStatus, ClosingReason, JobStatus
from hiring.models import Application, Job, Opening
from hiring.operations import JobRefused, MoveRefused
from outbox.models import Event
from tests.factories.accounts import NOW, actor, make_recruiter
from tests.factories.hiring import (
    SYSTEM,
    make_application,
    make_job,
    make_manager,
    make_test_job,
    move,
    set_status,
)
from tests.servers.parallel import run_all

HIRED, ACTIVE = ApplicationStatus.HIRED, ApplicationStatus.ACTIVE


def at_the_end(job: Job) -> Application:
    return move(make_application(job), "Offer")


def filled(job: Job) -> dict[int, int | None]:
    return dict(Opening.objects.filter(job=job).values_list("number", "filled_by"))


@pytest.mark.django_db
def test_who_is_hired_fills_the_lowest_free_opening() -> None:
    job = make_job(openings=4)
    operations.close_opening(
        opening=Opening.objects.get(job=job, number=1), reason="cancelled", by=SYSTEM, now=NOW
    )
    first, second = at_the_end(job), at_the_end(job)

    set_status(first, HIRED)
    set_status(second, HIRED)

    assert filled(job) == {1: None, 2: first.pk, 3: second.pk, 4: None}
    assert Opening.objects.get(filled_by=first).filled_at == NOW


@pytest.mark.django_db
def test_without_a_free_opening_nobody_is_hired_and_the_mend_is_said() -> None:
    job = make_job(openings=1, title="Gardener")
    application = at_the_end(job)
    operations.close_opening(opening=Opening.objects.get(job=job), reason="postponed", by=SYSTEM, now=NOW)

    with pytest.raises(MoveRefused) as refused:
        set_status(application, HIRED)

    assert refused.value.code == "no_opening"
    assert "“Gardener” has no free opening. Add one" in str(refused.value)
    application.refresh_from_db()
    assert (application.status, application.version) == (ACTIVE, 2)
    assert not Event.objects.filter(kind="application.hired").exists()


@pytest.mark.django_db
def test_with_the_last_opening_the_job_is_closed_as_filled_and_nobody_else_changes() -> None:
    job = make_job(openings=2)
    first, second, other = at_the_end(job), at_the_end(job), make_application(job)

    one = set_status(first, HIRED)
    two = set_status(second, HIRED)

    job.refresh_from_db()
    other.refresh_from_db()
    assert (one.job.status, two.job.status) == (JobStatus.OPEN, JobStatus.CLOSED)
    assert (job.status, job.closing_reason, job.closed_at) == (JobStatus.CLOSED, ClosingReason.FILLED, NOW)
    assert other.status == ACTIVE
    assert Event.objects.get(kind="job.closed").data == {"from": "open", "reason": "filled"}


@pytest.mark.django_db
def test_restoring_who_was_hired_frees_the_opening_and_leaves_the_job_closed() -> None:
    job = make_job(openings=1)
    hired = set_status(at_the_end(job), HIRED)

    restored = set_status(hired, ACTIVE)

    job.refresh_from_db()
    assert (filled(job), job.status) == ({1: None}, JobStatus.CLOSED)
    assert set_status(restored, HIRED).status == HIRED
    assert filled(job) == {1: hired.pk}


@pytest.mark.django_db
def test_openings_are_added_with_the_next_numbers_and_told_in_the_history() -> None:
    job = make_job(openings=1)

    added = operations.add_openings(job=job, count=2, by=SYSTEM, now=NOW)

    assert [opening.number for opening in added] == [2, 3]
    assert Event.objects.get(kind="job.openings_added").data == {"openings": [2, 3]}


@pytest.mark.django_db
def test_openings_too_many_at_once_or_of_a_closed_job_are_refused() -> None:
    job = make_job(openings=1)

    with pytest.raises(ValidationError) as many:
        operations.add_openings(job=job, count=51, by=SYSTEM, now=NOW)
    operations.close_job(job=job, by=SYSTEM, now=NOW)
    with pytest.raises(JobRefused) as closed:
        operations.add_openings(job=job, by=SYSTEM, now=NOW)

    assert list(many.value.message_dict) == ["count"]
    assert closed.value.code == "closed"
    assert filled(job) == {1: None}


@pytest.mark.django_db
def test_an_opening_that_is_filled_or_closed_is_not_closed_again() -> None:
    job = make_job(openings=2)
    set_status(at_the_end(job), HIRED)
    taken, free = Opening.objects.filter(job=job).order_by("number")

    operations.close_opening(opening=free, reason="cancelled", by=SYSTEM, now=NOW)
    for opening in (taken, free):
        with pytest.raises(JobRefused) as refused:
            operations.close_opening(opening=opening, reason="other", by=SYSTEM, now=NOW)
        assert refused.value.code == "not_free"

    free.refresh_from_db()
    assert free.close_reason == ClosingReason.CANCELLED


@pytest.mark.django_db
def test_openings_are_for_recruiters_of_the_job() -> None:
    job = make_job(openings=1)
    for by in (actor(make_manager(job)), actor(make_recruiter())):
        with pytest.raises(PermissionDenied):
            operations.add_openings(job=job, by=by, now=NOW)
        with pytest.raises(PermissionDenied):
            operations.close_opening(opening=Opening.objects.get(job=job), reason="other", by=by, now=NOW)


@pytest.mark.django_db
def test_case_66_self_approve_whoever_referred_somebody_does_not_hire_them() -> None:
    recruiter = make_recruiter()
    job = make_job(recruiter=recruiter)
    application = at_the_end(job)
    Application.objects.filter(pk=application.pk).update(referred_by=recruiter)

    with pytest.raises(PermissionDenied):
        set_status(application, HIRED, by=actor(recruiter))
    held = set_status(application, ApplicationStatus.ON_HOLD, by=actor(recruiter))

    assert held.status == ApplicationStatus.ON_HOLD
    assert not Opening.objects.exclude(filled_by=None).exists()


@pytest.mark.django_db(transaction=True)
def test_case_81_two_hires_for_one_opening_one_is_hired_and_the_other_is_told(race_rounds: int) -> None:
    recruiter = make_recruiter()
    for round_number in range(race_rounds):
        job, _assessment = make_test_job(recruiter=recruiter, openings=1)
        people = [move(make_application(job), "Interview") for _ in range(2)]

        def hire(application: Application) -> Application:
            return set_status(application, HIRED, by=actor(recruiter))

        outcomes = run_all([lambda person=person: hire(person) for person in people])

        won = [outcome for outcome in outcomes if isinstance(outcome, Application)]
        lost = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
        assert len(won) == 1, (round_number, outcomes)
        assert [getattr(error, "code", error) for error in lost] == ["no_opening"], round_number
        assert filled(job) == {1: won[0].pk}
        job.refresh_from_db()
        assert (job.status, job.closing_reason) == (JobStatus.CLOSED, ClosingReason.FILLED)
        statuses = Application.objects.filter(job=job).values_list("status", flat=True)
        assert sorted(statuses) == [ACTIVE, HIRED]
