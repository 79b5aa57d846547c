"""Hiring many people, one opening after the other."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied

from accounts.models import User
from accounts.operations import set_role_rules
from hiring import operations, queries
from hiring.enums import ApplicationStatus, Capability, ClosingReason, JobStatus
from hiring.models import Application, Job, Opening
from hiring.operations import MoveRefused
from hiring.operations.bulk_hiring import do_bulk_hire
from outbox.models import Message, Work
from tests.factories.accounts import NOW, actor, make_recruiter
from tests.factories.hiring import SYSTEM, make_application, make_job, make_manager, move, set_status

pytestmark = pytest.mark.django_db

HIRED = ApplicationStatus.HIRED


@pytest.fixture
def recruiter() -> User:
    return make_recruiter()


def at_the_end(job: Job, count: int = 1, **fields: object) -> list[Application]:
    return [move(make_application(job, **fields), "Offer") for _ in range(count)]


def ask(job: Job, rows: list[Application], by: User, **fields: object) -> Work:
    seen = [(row.pk, row.version) for row in rows]
    return operations.queue_bulk_hire(job=job, seen=seen, intent="form-1", by=actor(by), now=NOW, **fields)


def do(work: Work, by: User) -> dict:
    return do_bulk_hire(work, actor(by), lambda done, total: None, now=NOW)


def filled(job: Job) -> list[int | None]:
    return list(Opening.objects.filter(job=job).order_by("number").values_list("filled_by", flat=True))


def test_each_fills_the_lowest_free_opening_and_the_last_closes_the_job(recruiter: User) -> None:
    job = make_job(recruiter=recruiter, openings=3)
    first, second, third = at_the_end(job, 3)
    work = ask(job, [second, first], recruiter, comment="Welcome")

    result = do(work, recruiter)
    again = do(work, recruiter)
    job.refresh_from_db()
    still_open = job.status
    last = do(ask_again(job, third, recruiter), recruiter)

    job.refresh_from_db()
    assert result == again
    assert (result["hired"], result["closed_job"], last["closed_job"]) == (2, False, True)
    assert filled(job) == [second.pk, first.pk, third.pk]
    assert (still_open, job.status, job.closing_reason) == (
        JobStatus.OPEN,
        JobStatus.CLOSED,
        ClosingReason.FILLED,
    )
    assert first.transitions.get(to_status=HIRED).comment == "Welcome"
    assert not Message.objects.exists()


def ask_again(job: Job, row: Application, by: User) -> Work:
    return operations.queue_bulk_hire(
        job=job, seen=[(row.pk, row.version)], intent="form-2", by=actor(by), now=NOW
    )


def test_with_fewer_openings_than_people_nobody_is_hired(recruiter: User) -> None:
    job = make_job(recruiter=recruiter, openings=2)
    rows = at_the_end(job, 3)
    ids = [row.pk for row in rows]
    preview = queries.preview_hires(job=job, application_ids=ids, actor=actor(recruiter), now=NOW)

    with pytest.raises(MoveRefused) as refused:
        ask(job, rows, recruiter)

    assert (preview.too_few, preview.openings) == (True, [1, 2])
    assert refused.value.code == "too_few_openings"
    assert ": 2; people to hire: 3." in str(refused.value)
    assert not Work.objects.exists()
    assert filled(job) == [None, None]


def test_openings_that_are_gone_by_then_are_nobodys(recruiter: User) -> None:
    job = make_job(recruiter=recruiter, openings=2)
    rows = at_the_end(job, 2)
    other = at_the_end(job)[0]
    work = ask(job, rows, recruiter)
    set_status(other, HIRED)

    result = do(work, recruiter)

    assert filled(job) == [other.pk, rows[0].pk]
    assert [(skip["application"], skip["code"]) for skip in result["skipped"]] == [
        (rows[1].public_id, "no_opening")
    ]


def test_case_66_nobody_hires_themselves_or_whom_they_referred_with_many_others(recruiter: User) -> None:
    job = make_job(recruiter=recruiter)
    themselves = at_the_end(job, email=recruiter.email)[0]
    referred = at_the_end(job)[0]
    Application.objects.filter(pk=referred.pk).update(referred_by=recruiter)
    early = make_application(job)
    held = set_status(at_the_end(job)[0], ApplicationStatus.ON_HOLD)
    before, changed, fine = at_the_end(job, 3)
    set_status(before, HIRED)
    elsewhere = at_the_end(make_job())[0]
    rows = [themselves, referred, early, held, before, changed, fine, elsewhere]
    for row in rows:
        row.refresh_from_db()
    work = ask(job, rows, recruiter)
    set_status(changed, ApplicationStatus.ON_HOLD)
    set_status(changed, ApplicationStatus.ACTIVE)

    result = do(work, recruiter)

    codes = {skip["application"]: skip["code"] for skip in result["skipped"]}
    assert codes == {
        themselves.public_id: "own",
        referred.public_id: "referred",
        early.public_id: "not_last_stage",
        held.public_id: "not_active",
        before.public_id: "already_so",
        changed.public_id: "changed",
        "": "not_yours",
    }
    assert result["hired"] == 1
    assert Application.objects.get(pk=fine.pk).status == HIRED
    assert filled(job).count(None) == 8


def test_managers_whose_role_says_so_hire_many_and_close_the_job_with_its_last_opening(
    recruiter: User,
) -> None:
    job = make_job(recruiter=recruiter, openings=2)
    manager = make_manager(job)
    rows = at_the_end(job, 2)
    with pytest.raises(PermissionDenied):
        ask(job, rows, manager)
    set_role_rules(allowed={("hiring_manager", Capability.DECIDE): True}, by=SYSTEM, now=NOW)

    # Which rules there are is asked once for each time that somebody comes.
    manager = User.objects.get(pk=manager.pk)
    result = do(ask(job, rows, manager), manager)

    job.refresh_from_db()
    assert (result["hired"], job.status, job.closing_reason) == (2, JobStatus.CLOSED, ClosingReason.FILLED)
    assert result["skipped"] == []
