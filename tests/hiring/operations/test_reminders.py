from __future__ import annotations

from datetime import timedelta

import pytest

from assessments.operations import send_due_reminders
from hiring.enums import ApplicationStatus
from outbox.models import Message
from tests.factories.hiring import NOW, invite, make_application, make_test_job, set_status

DUE = NOW + timedelta(days=10)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "status", [ApplicationStatus.ON_HOLD, ApplicationStatus.REJECTED, ApplicationStatus.WITHDRAWN]
)
def test_application_that_does_not_go_on_is_not_reminded(status: ApplicationStatus) -> None:
    job, assessment = make_test_job()
    held, active = make_application(job), make_application(job)
    for application in (held, active):
        invite(application, assessment)
    set_status(held, status)

    send_due_reminders(now=DUE)

    reminded = Message.objects.filter(kind="test_reminder").values_list("person_ref", flat=True)
    assert list(reminded) == [active.candidate.public_id]
