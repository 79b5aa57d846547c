from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied

from accounts.models import Actor
from assessments.models import Invitation
from assessments.operations import start_attempt
from hiring import operations, queries
from hiring.enums import ApplicationStatus, ClosingReason, JobStatus
from hiring.models import Application
from hiring.operations.closing import WITHDRAW, do_withdrawals
from outbox.models import Work
from tests.factories.accounts import NOW, actor, make_recruiter
from tests.factories.hiring import SYSTEM, invite, make_application, make_test_job, set_status, sit

pytestmark = pytest.mark.django_db


def run_work() -> dict[str, object]:
    return do_withdrawals(Work.objects.get(kind=WITHDRAW), SYSTEM, lambda done, total: None, now=NOW)


def test_closing_withdraws_what_nobody_started_and_rejects_nobody() -> None:
    job, assessment = make_test_job()
    waiting, running, _plain = (make_application(job) for _ in range(3))
    invitations = {row.pk: invite(row, assessment) for row in (waiting, running)}
    start_attempt(invitation=invitations[running.pk], consented=True, now=NOW)
    fate = queries.invitations_fate_of_job(job, now=NOW)

    closed = operations.close_with_invitations(
        job=job, reason="cancelled", comment="No budget", by=SYSTEM, now=NOW
    )
    result = run_work()

    assert (fate.unstarted, fate.running) == (1, 1)
    assert (closed.status, closed.closing_reason, closed.closing_comment) == (
        JobStatus.CLOSED,
        ClosingReason.CANCELLED,
        "No budget",
    )
    assert result["withdrawn"] == 1
    assert list(Invitation.objects.exclude(revoked_at=None)) == [invitations[waiting.pk]]
    assert set(Application.objects.values_list("status", flat=True)) == {ApplicationStatus.ACTIVE}
    assert run_work()["withdrawn"] == 0


def test_a_test_that_runs_when_the_job_closes_may_finish_and_moves_nobody() -> None:
    job, assessment = make_test_job()
    application = make_application(job)
    invitation = invite(application, assessment)
    stage = Application.objects.get(pk=application.pk).stage
    operations.close_with_invitations(job=job, reason="other", withdraw_invitations=False, by=SYSTEM, now=NOW)

    attempt = sit(invitation, right=10)
    tie = operations.apply_score(attempt_id=attempt.pk, now=NOW + timedelta(hours=1))

    assert tie is not None
    assert (tie.outcome, tie.why_stayed) == ("passed", "job_closed")
    assert Application.objects.get(pk=application.pk).stage == stage


def test_closing_without_the_tick_or_without_invitations_asks_for_no_work() -> None:
    job, assessment = make_test_job()
    invite(make_application(job), assessment)
    empty, _same = make_test_job(assessment)

    operations.close_with_invitations(job=job, reason="other", withdraw_invitations=False, by=SYSTEM, now=NOW)
    operations.close_with_invitations(job=empty, reason="other", by=SYSTEM, now=NOW)

    assert not Work.objects.exists()


def test_withdrawing_is_for_recruiters_of_the_job() -> None:
    job, _assessment = make_test_job()

    with pytest.raises(PermissionDenied):
        operations.queue_withdrawals(job=job, by=actor(make_recruiter()), now=NOW)


@pytest.mark.parametrize("status", [ApplicationStatus.WITHDRAWN, ApplicationStatus.REJECTED])
def test_invitations_of_those_who_are_out_already_are_withdrawn_with_the_job(
    status: ApplicationStatus,
) -> None:
    job, assessment = make_test_job()
    application = make_application(job)
    invite(application, assessment)
    application.refresh_from_db()
    set_status(application, status, by=Actor.system())

    operations.close_with_invitations(job=job, reason="other", by=SYSTEM, now=NOW)

    assert run_work()["withdrawn"] == 1
