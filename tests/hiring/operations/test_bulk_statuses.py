from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from assessments.models import Invitation
from hiring import operations, queries
from hiring.enums import ApplicationStatus
from hiring.models import Application, Job
from hiring.operations.bulk_statuses import do_bulk_status
from outbox.models import Work
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
)

pytestmark = pytest.mark.django_db

ACTIVE, HELD = ApplicationStatus.ACTIVE, ApplicationStatus.ON_HOLD
REJECTED, WITHDRAWN = ApplicationStatus.REJECTED, ApplicationStatus.WITHDRAWN
HIRED = ApplicationStatus.HIRED


def change(job: Job, rows: list[Application], to_status: ApplicationStatus, **fields: object) -> dict:
    for row in rows:
        row.refresh_from_db()
    work = operations.queue_bulk_status(
        job=job,
        seen=[(row.pk, row.version) for row in rows],
        to_status=to_status,
        intent="form-1",
        by=SYSTEM,
        now=NOW,
        **fields,
    )
    return do_bulk_status(work, SYSTEM, lambda done, total: None, now=NOW)


def codes(result: dict) -> dict[str, str]:
    return {row["application"]: row["code"] for row in result["skipped"]}


def test_a_selection_is_put_on_hold_with_comment_and_open_invitations_withdrawn() -> None:
    job, assessment = make_test_job()
    rows = [make_application(job) for _ in range(3)]
    invitation = invite(rows[0], assessment)

    result = change(job, rows, HELD, comment="Until May", withdraw_invitations=True)

    assert result["changed"] == 3
    assert set(Application.objects.values_list("status", flat=True)) == {HELD}
    assert rows[1].transitions.get(number=2).comment == "Until May"
    assert list(Invitation.objects.exclude(revoked_at=None)) == [invitation]


def test_whoever_cannot_be_is_left_out_and_named() -> None:
    job = make_job()
    active, held, rejected, hired = (make_application(job) for _ in range(4))
    set_status(held, HELD)
    set_status(rejected, REJECTED)
    set_status(move(hired, "Offer"), HIRED)
    rows = [active, held, rejected, hired]
    for row in rows:
        row.refresh_from_db()
    preview = queries.preview_statuses(
        job=job, application_ids=[row.pk for row in rows], to_status=HELD, actor=SYSTEM, now=NOW
    )

    result = change(job, rows, HELD)

    expected = {
        held.public_id: "already_so",
        rejected.public_id: "not_active",
        hired.public_id: "hired",
    }
    assert preview.will == [active]
    assert {skip.application.public_id: skip.code for skip in preview.skipped if skip.application} == expected
    assert codes(result) == expected


def test_restoring_leaves_out_who_is_hired_or_has_applied_again() -> None:
    job = make_job()
    rejected, withdrawn, again, hired = (make_application(job) for _ in range(4))
    set_status(rejected, REJECTED)
    set_status(withdrawn, WITHDRAWN)
    set_status(again, WITHDRAWN)
    set_status(move(hired, "Offer"), HIRED)
    make_application(job, email=again.candidate.emails.get().address, again_reason="Asked to")

    result = change(job, [rejected, withdrawn, again, hired], ACTIVE)

    assert result["changed"] == 2
    assert codes(result) == {again.public_id: "other_live", hired.public_id: "hired"}
    for row in (rejected, withdrawn):
        row.refresh_from_db()
        assert row.status == ACTIVE


def test_who_was_changed_since_the_preview_is_left_out() -> None:
    job = make_job()
    same, moved = make_application(job), make_application(job)
    seen = [(row.pk, row.version) for row in (same, moved)]
    move(moved, "Screen")
    work = operations.queue_bulk_status(
        job=job, seen=seen, to_status=WITHDRAWN, intent="form-1", by=SYSTEM, now=NOW
    )

    result = do_bulk_status(work, SYSTEM, lambda done, total: None, now=NOW)

    moved.refresh_from_db()
    assert codes(result) == {moved.public_id: "changed"}
    assert (result["changed"], moved.status) == (1, ACTIVE)


def test_work_that_runs_again_changes_nobody_twice() -> None:
    job = make_job()
    rows = [make_application(job) for _ in range(3)]
    first = change(job, rows, HELD)

    second = do_bulk_status(Work.objects.get(), SYSTEM, lambda done, total: None, now=NOW)

    assert first == second
    assert {row.transitions.count() for row in rows} == {2}


def test_many_are_neither_rejected_nor_hired_like_this_and_only_by_recruiters_of_the_job() -> None:
    job = make_job()
    application = make_application(job)
    for status in (REJECTED, HIRED):
        with pytest.raises(ValidationError) as refused:
            change(job, [application], status)
        assert list(refused.value.message_dict) == ["status"]
    for by in (actor(make_manager(job)), actor(make_recruiter())):
        with pytest.raises(PermissionDenied):
            operations.queue_bulk_status(
                job=job, seen=[(application.pk, 1)], to_status=HELD, intent="x", by=by, now=NOW
            )
