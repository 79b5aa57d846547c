"""Words that mail about tests has for the people of one job."""

from __future__ import annotations

from datetime import timedelta

import pytest

from assessments.operations import (
    ask_for_accommodation,
    create_open_link,
    grant_accommodation,
    reissue_invitation,
    send_due_reminders,
    sign_up,
)
from assessments.registries import ACCOMMODATION_ANSWER, SIGN_UP, TEST_INVITATION, TEST_REMINDER
from hiring import operations
from hiring.operations.bulk_inviting import do_bulk_invite
from outbox.models import Message
from outbox.operations import save_template
from tests.factories.accounts import NOW, actor, make_recruiter
from tests.factories.hiring import SYSTEM, invite, make_application, make_job, make_test_job

pytestmark = pytest.mark.django_db


def subjects(application) -> list[str]:
    mail = Message.objects.filter(person_ref=application.candidate.public_id).order_by("pk")
    return list(mail.values_list("subject", flat=True))


def test_mail_about_a_test_has_the_words_of_the_job_it_was_sent_for() -> None:
    recruiter = make_recruiter()
    job, assessment = make_test_job(recruiter=recruiter)
    other = make_job(recruiter=recruiter)
    for kind in (TEST_INVITATION, TEST_REMINDER, ACCOMMODATION_ANSWER):
        words = {"subject": f"{kind} of the job", "body": "Here:\n\n{{ link }}", "button": "Go"}
        operations.save_job_words(job=job, kind=kind, language="en", **words, by=actor(recruiter), now=NOW)
    everywhere = {"subject": "Everywhere", "body": "Here:\n\n{{ link }}", "button": "Go"}
    save_template(
        template=None, kind=TEST_INVITATION, language="en", **everywhere, by=actor(recruiter), now=NOW
    )
    ada, grace, elsewhere = make_application(job), make_application(job), make_application(other)

    invitation = invite(ada, assessment)
    invite(elsewhere, assessment)
    work = operations.queue_bulk_invite(
        job=job,
        assessment=assessment,
        application_ids=[grace.pk],
        intent="form-1",
        by=actor(recruiter),
        now=NOW,
    )
    do_bulk_invite(work, actor(recruiter), lambda done, total: None, now=NOW)
    request = ask_for_accommodation(
        invitation=invitation, text="More time, please", wished_minutes=10, now=NOW
    )
    grant_accommodation(request=request, minutes=10, by=SYSTEM, now=NOW)
    reissue_invitation(invitation=invitation, reason="Lost", by=SYSTEM, now=NOW)
    send_due_reminders(now=NOW + timedelta(days=12))

    invited, reminded = "test_invitation of the job", "test_reminder of the job"
    assert subjects(ada) == [invited, "accommodation_answer of the job", invited, reminded]
    assert subjects(grace) == [invited, reminded]
    assert subjects(elsewhere)[0] == "Everywhere"
    assert reminded not in subjects(elsewhere)


def test_confirmation_of_an_address_at_an_open_link_has_the_words_of_its_job() -> None:
    recruiter = make_recruiter()
    job, assessment = make_test_job(recruiter=recruiter)
    words = {"subject": "Confirm for {{ title }}", "body": "Here:\n\n{{ link }}", "button": "Go"}
    operations.save_job_words(job=job, kind=SIGN_UP, language="en", **words, by=actor(recruiter), now=NOW)
    link = operations.create_job_link(job=job, assessment=assessment, title="Autumn", by=SYSTEM, now=NOW)
    without_job = create_open_link(assessment=assessment, title="Winter", by=SYSTEM, now=NOW)

    sign_up(link=link, full_name="Ada Lovelace", email="ada@example.com", now=NOW)
    sign_up(link=without_job, full_name="Grace Hopper", email="grace@example.com", now=NOW)

    subjects_of = dict(Message.objects.filter(kind=SIGN_UP).values_list("to_address", "subject"))
    assert subjects_of == {
        "ada@example.com": "Confirm for Autumn",
        "grace@example.com": "Confirm your address: Winter",
    }
