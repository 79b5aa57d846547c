from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from assessments.models import AssessmentVersion, Invitation
from assessments.operations import InvitationRefused, start_attempt
from hiring import operations
from hiring.models import Application
from outbox.models import Message
from outbox.rules import link_token
from tests.factories.accounts import NOW, actor, make_recruiter
from tests.factories.hiring import SYSTEM, invite, make_application, make_manager, make_test_job

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(days=20)


@pytest.fixture
def expired() -> tuple[Application, Invitation]:
    job, assessment = make_test_job()
    application = make_application(job, email="adda@example.com")
    return application, invite(application, assessment)


def test_more_days_and_the_same_link_in_a_new_mail(expired: tuple[Application, Invitation]) -> None:
    application, invitation = expired
    Message.objects.update(state="sent")
    token = link_token(invitation.link)

    mail = operations.extend_and_remind(application=application, invitation=invitation, by=SYSTEM, now=LATER)

    invitation = Invitation.objects.select_related("link").get(pk=invitation.pk)
    assert invitation.expires_at == LATER + timedelta(days=7)
    assert (mail.created_at, mail.to_address) == (LATER, "adda@example.com")
    assert link_token(invitation.link) == token


def test_more_days_end_when_the_test_closes(expired: tuple[Application, Invitation]) -> None:
    application, invitation = expired
    closes_at = LATER + timedelta(days=2)
    AssessmentVersion.objects.update(closes_at=closes_at)
    invitation = Invitation.objects.select_related("version").get(pk=invitation.pk)

    operations.extend_and_remind(application=application, invitation=invitation, by=SYSTEM, now=LATER)
    ends = Invitation.objects.get(pk=invitation.pk).expires_at
    with pytest.raises(ValidationError) as closed:
        operations.extend_and_remind(
            application=application,
            invitation=invitation,
            by=SYSTEM,
            now=closes_at + timedelta(hours=1),
        )

    assert ends == closes_at
    assert list(closed.value.message_dict) == ["expires_at"]


def test_right_address_gets_a_new_link_and_the_old_one_opens_nothing(
    expired: tuple[Application, Invitation],
) -> None:
    application, invitation = expired
    token = link_token(invitation.link)

    mail = operations.correct_and_resend(
        application=application, invitation=invitation, email="ada@example.com", by=SYSTEM, now=LATER
    )

    invitation = Invitation.objects.select_related("link").get(pk=invitation.pk)
    addresses = application.candidate.emails.values_list("address", flat=True)
    assert list(addresses) == ["ada@example.com"]
    assert mail.to_address == "ada@example.com"
    assert link_token(invitation.link) != token
    assert invitation.expires_at == LATER + timedelta(days=7)


@pytest.mark.parametrize("email", ["no address", "known@example.com"])
def test_address_that_is_none_or_of_somebody_else_changes_nothing(
    expired: tuple[Application, Invitation], email: str
) -> None:
    application, invitation = expired
    make_application(email="known@example.com")
    before = Message.objects.count()

    with pytest.raises(ValidationError) as refused:
        operations.correct_and_resend(
            application=application, invitation=invitation, email=email, by=SYSTEM, now=LATER
        )

    assert list(refused.value.message_dict) == ["email"]
    assert application.candidate.emails.get().address == "adda@example.com"
    assert Message.objects.count() == before


def test_a_test_that_was_started_meanwhile_is_left_alone(expired: tuple[Application, Invitation]) -> None:
    application, invitation = expired
    start_attempt(invitation=invitation, consented=True, now=NOW)

    with pytest.raises(InvitationRefused):
        operations.correct_and_resend(
            application=application, invitation=invitation, email="ada@example.com", by=SYSTEM, now=LATER
        )

    assert application.candidate.emails.get().address == "adda@example.com"


def test_chasing_is_for_recruiters_of_the_job(expired: tuple[Application, Invitation]) -> None:
    application, invitation = expired
    for by in (actor(make_manager(application.job)), actor(make_recruiter())):
        with pytest.raises(PermissionDenied):
            operations.extend_and_remind(application=application, invitation=invitation, by=by, now=LATER)
        with pytest.raises(PermissionDenied):
            operations.correct_and_resend(
                application=application, invitation=invitation, email="a@example.com", by=by, now=LATER
            )
