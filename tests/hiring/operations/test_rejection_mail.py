from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from hiring import operations
from hiring.enums import ApplicationStatus
from hiring.models import Application, Job
from hiring.operations.bulk import do_bulk_reject
from outbox.enums import MessageState
from outbox.models import Message
from outbox.operations import deliver_due
from tests.factories.accounts import NOW
from tests.factories.hiring import SYSTEM, make_application, make_job, make_reason, set_status

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def reject(job: Job, application: Application, *, intent: str = "form-1", now=NOW, **fields: object) -> None:
    application.refresh_from_db()
    work = operations.queue_bulk_reject(
        job=job,
        seen=[(application.pk, application.version)],
        reason=make_reason(),
        intent=intent,
        by=SYSTEM,
        now=now,
        **fields,
    )
    do_bulk_reject(work, SYSTEM, lambda done, total: None, now=now)


def states() -> list[str]:
    return list(Message.objects.filter(kind="rejection").order_by("pk").values_list("state", flat=True))


def test_mail_waits_for_as_many_days_as_were_said() -> None:
    job = make_job()
    reject(job, make_application(job), mail_in_days=3)

    early = deliver_due(now=NOW + 3 * DAY - timedelta(minutes=1))
    waiting = states()
    deliver_due(now=NOW + 3 * DAY)

    assert (early, waiting) == (0, [MessageState.QUEUED])
    assert states() != [MessageState.QUEUED]


def test_mail_for_now_goes_out_when_the_rejection_can_be_undone_no_more() -> None:
    job = make_job()
    reject(job, make_application(job))

    assert deliver_due(now=NOW + timedelta(seconds=11)) == 0
    assert deliver_due(now=NOW + timedelta(seconds=13)) == 1


def test_restoring_takes_the_waiting_mail_back_and_a_second_rejection_has_its_own() -> None:
    job = make_job()
    application = make_application(job)
    reject(job, application, mail_in_days=3)

    set_status(application, ApplicationStatus.ACTIVE, now=NOW + DAY)
    cancelled = states()
    reject(job, application, intent="form-2", now=NOW + 2 * DAY, mail_in_days=3)
    deliver_due(now=NOW + 4 * DAY)

    assert cancelled == [MessageState.CANCELLED]
    assert states() == [MessageState.CANCELLED, MessageState.QUEUED]
    assert Message.objects.order_by("pk").first().reason == "The application was restored."


def test_restoring_leaves_a_mail_alone_that_is_out_and_those_of_others() -> None:
    job = make_job()
    one, other = make_application(job), make_application(job)
    reject(job, one, mail_in_days=1)
    reject(job, other, intent="form-2", mail_in_days=3)
    deliver_due(now=NOW + DAY)
    before = states()

    set_status(one, ApplicationStatus.ACTIVE, now=NOW + 2 * DAY)

    assert states() == before
    assert before[1] == MessageState.QUEUED


def test_more_days_than_there_may_be_are_refused() -> None:
    job = make_job()
    for days in (-1, 31):
        with pytest.raises(ValidationError) as refused:
            reject(job, make_application(job), intent=f"form{days}", mail_in_days=days)
        assert list(refused.value.message_dict) == ["days"]
    assert not Message.objects.exists()
