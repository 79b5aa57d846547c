from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied

from assessments.models import Invitation, SignUp
from assessments.operations import CannotInvite, confirm_sign_up, sign_up
from hiring import operations
from hiring.enums import ApplicationStatus, ClosingReason, JobStatus
from hiring.models import Application, ApplicationAssessment, Job
from hiring.operations import JobRefused
from tests.factories.accounts import NOW, actor, make_recruiter
from tests.factories.hiring import SYSTEM, invite, make_application, make_test_job, set_status

pytestmark = pytest.mark.django_db


def come(link, email: str = "ada@example.com") -> Invitation:
    sign_up(link=link, full_name="Ada Lovelace", email=email, now=NOW)
    return confirm_sign_up(asked=SignUp.objects.latest("pk"), now=NOW)


def make_link(job, assessment, **fields):
    return operations.create_job_link(
        job=job, assessment=assessment, title="Autumn", now=NOW, **{"by": SYSTEM, **fields}
    )


def test_whoever_comes_by_a_link_of_a_job_applies_for_it_at_the_stage_of_the_test() -> None:
    job, assessment = make_test_job()

    invitation = come(make_link(job, assessment))

    application = Application.objects.get()
    assert (application.source, application.stage.name) == ("open_link", "Test")
    assert ApplicationAssessment.objects.get().invitation == invitation


def test_live_application_and_open_invitation_are_gone_on_with() -> None:
    job, assessment = make_test_job()
    application = make_application(job)
    sent = invite(application, assessment)

    came = come(make_link(job, assessment), application.candidate.emails.get().address)

    assert came == sent
    assert Application.objects.count() == 1


def test_who_applied_recently_is_told_from_when_on_they_may_again() -> None:
    job, assessment = make_test_job()
    over = set_status(make_application(job), ApplicationStatus.REJECTED)
    link, email = make_link(job, assessment), over.candidate.emails.get().address

    with pytest.raises(CannotInvite) as refusal:
        come(link, email)
    Job.objects.update(apply_again_days=0)
    come(link, email)

    assert "You can apply again from" in str(refusal.value)
    assert "reject" not in str(refusal.value).lower()
    assert Application.objects.get(previous=over).source == "open_link"


def test_application_on_hold_and_closed_job_are_refused_without_a_word_about_why() -> None:
    job, assessment = make_test_job()
    held = set_status(make_application(job), ApplicationStatus.ON_HOLD)
    link = make_link(job, assessment)

    with pytest.raises(CannotInvite) as refusal:
        come(link, held.candidate.emails.get().address)
    assert "hold" not in str(refusal.value)
    Job.objects.update(status=JobStatus.CLOSED, closing_reason=ClosingReason.OTHER)
    with pytest.raises(CannotInvite):
        come(link)
    with pytest.raises(JobRefused):
        make_link(job, assessment)


def test_only_recruiters_of_the_job_make_links() -> None:
    job, assessment = make_test_job()

    with pytest.raises(PermissionDenied):
        make_link(job, assessment, by=actor(make_recruiter()))
