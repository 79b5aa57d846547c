from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied

from assessments.models import Invitation
from assessments.operations import InvitationRefused, revoke_invitation, start_attempt
from hiring import operations, queries
from hiring.operations.bulk import do_bulk_reject
from outbox.models import Work
from tests.factories.accounts import NOW, actor, make_recruiter
from tests.factories.hiring import SYSTEM, invite, make_application, make_reason, make_test_job

pytestmark = pytest.mark.django_db


def reject(job, applications, **fields) -> Work:
    work = operations.queue_bulk_reject(
        job=job,
        seen=[(row.pk, row.version) for row in applications],
        reason=make_reason(),
        intent="form-1",
        by=SYSTEM,
        now=NOW,
        **fields,
    )
    do_bulk_reject(work, SYSTEM, lambda done, total: None, now=NOW)
    return work


def test_rejecting_withdraws_what_nobody_started_and_lets_a_running_test_go_on() -> None:
    job, assessment = make_test_job()
    waiting, running, other = (make_application(job) for _ in range(3))
    rows = {row.pk: invite(row, assessment) for row in (waiting, running, other)}
    start_attempt(invitation=rows[running.pk], consented=True, now=NOW)
    for row in (waiting, running, other):
        row.refresh_from_db()
    preview = queries.preview_rejects(
        job=job, application_ids=[waiting.pk, running.pk], actor=SYSTEM, now=NOW
    )

    reject(job, [waiting, running], withdraw_invitations=True)

    assert (preview.fate.unstarted, preview.fate.running) == (1, 1)
    revoked = Invitation.objects.exclude(revoked_at=None)
    assert list(revoked) == [rows[waiting.pk]]
    assert rows[running.pk].link.revoked_at is None


def test_rejecting_without_the_tick_leaves_invitations_open() -> None:
    job, assessment = make_test_job()
    application = make_application(job)
    invite(application, assessment)
    application.refresh_from_db()

    reject(job, [application])

    assert not Invitation.objects.exclude(revoked_at=None).exists()


def test_invitation_that_ran_out_is_left_as_it_is() -> None:
    job, assessment = make_test_job()
    application = make_application(job)
    invite(application, assessment, now=NOW - timedelta(days=20))

    withdrawn = operations.withdraw_open_invitations(applications=[application], by=SYSTEM, now=NOW)

    assert withdrawn == 0


def test_withdrawing_asks_for_the_rights_on_the_job() -> None:
    job, _assessment = make_test_job()

    with pytest.raises(PermissionDenied):
        operations.withdraw_open_invitations(
            applications=[make_application(job)], by=actor(make_recruiter()), now=NOW
        )


def test_started_invitation_is_refused_so_that_nobody_is_stopped_in_the_middle_of_a_test() -> None:
    job, assessment = make_test_job()
    invitation = invite(make_application(job), assessment)
    start_attempt(invitation=invitation, consented=True, now=NOW)

    with pytest.raises(InvitationRefused):
        revoke_invitation(invitation=invitation, by=SYSTEM, now=NOW)

    invitation.link.refresh_from_db()
    assert invitation.link.revoked_at is None
