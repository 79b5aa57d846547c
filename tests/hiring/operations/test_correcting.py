"""A mail that came back is written to the right address, in one step."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from assessments.models import Invitation
from hiring import operations
from hiring.models import Application
from hiring.queries.undelivered import where_to_correct
from hiring.rules import job_scope
from outbox.enums import Audience, LinkPurpose, MessageState
from outbox.models import Message
from outbox.operations import MessageRefused, create_link, queue_message, receive_mail, revoke_link
from outbox.queries import address_came_back, find_link
from outbox.rules import link_token
from tests.factories.accounts import NOW, actor, make_administrator, make_recruiter
from tests.factories.candidates import make_candidate
from tests.factories.hiring import SYSTEM, invite, make_application, make_manager, make_test_job
from tests.factories.inbound import make_report
from tests.factories.outbox import make_attachment

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(hours=2)


@pytest.fixture
def application() -> Application:
    job, _assessment = make_test_job(recruiter=make_recruiter())
    return make_application(job, full_name="Ada Lovelace", email="adda@example.com")


def invited(application: Application) -> Message:
    """The invitation of somebody to the test of their job, which came back."""
    assessment = application.job.stages.exclude(assessment=None).get().assessment
    invitation = invite(application, assessment)
    return came_back(Message.objects.get(about="assessments.invitation", about_id=invitation.pk))


def written(application: Application, **fields: object) -> Message:
    """A mail about an application, which came back."""
    candidate = application.candidate
    values: dict[str, object] = {
        "intent": "application:1:rejected:1",
        "kind": "rejection",
        "audience": Audience.CANDIDATE,
        "to_name": candidate.full_name,
        "to_address": "adda@example.com",
        "person_ref": candidate.public_id,
        "about": "hiring.application",
        "about_id": application.pk,
        "scope": job_scope(application.job_id),
        "context": dict.fromkeys(("candidate_name", "job_title", "organisation", "contact"), "x"),
        "by": SYSTEM,
        "now": NOW,
    }
    return came_back(queue_message(**values | fields))  # type: ignore[arg-type]


def came_back(message: Message) -> Message:
    Message.objects.filter(pk=message.pk).update(state=MessageState.SENT)
    receive_mail(public_id=message.public_id, raw=make_report(), envelope_sender="", now=NOW)
    return Message.objects.select_related("link").get(pk=message.pk)


def correct(
    message: Message, email: str = "ada@example.com", now: datetime = LATER, **fields: object
) -> Message:
    return operations.correct_mail_and_resend(
        **{"message": message, "email": email, "by": SYSTEM, "now": now} | fields  # type: ignore[arg-type]
    )


def test_right_address_becomes_the_main_one_and_gets_the_mail_with_a_new_link(
    application: Application,
) -> None:
    old = invited(application)
    assert old.link is not None
    token = link_token(old.link)

    new = correct(old)

    addresses = application.candidate.emails.values_list("address", "is_primary")
    assert list(addresses) == [("ada@example.com", True)]
    assert (new.to_address, new.state, new.created_at) == ("ada@example.com", MessageState.QUEUED, LATER)
    assert (new.subject, new.body, new.about_id) == (old.subject, old.body, old.about_id)
    assert find_link(token, purpose=LinkPurpose.TEST, now=LATER) is None
    assert new.link is not None
    new.link.refresh_from_db()
    assert find_link(link_token(new.link), purpose=LinkPurpose.TEST, now=LATER) == new.link
    old.refresh_from_db()
    assert (old.state, old.settled_at) == (MessageState.BOUNCED, LATER)
    assert address_came_back("adda@example.com")


def test_link_of_a_status_page_is_made_anew_as_well(application: Application) -> None:
    ref = application.candidate.public_id
    link = create_link(purpose=LinkPurpose.STATUS, person_ref=ref, by=SYSTEM, now=NOW, expires_at=None)
    token = link_token(link)
    old = written(application, kind="application_received", link=link)

    new = correct(old)

    assert new.link == link
    assert find_link(token, purpose=LinkPurpose.STATUS, now=LATER) is None


def test_invitation_that_ran_out_meanwhile_can_be_started_some_days_more(application: Application) -> None:
    old = invited(application)
    late = NOW + timedelta(days=30)

    new = correct(old, now=late)

    invitation = Invitation.objects.get(pk=old.about_id)
    assert invitation.expires_at == late + timedelta(days=7)
    assert (new.to_address, new.about_id) == ("ada@example.com", old.about_id)
    old.refresh_from_db()
    assert old.settled_at == late


def test_files_go_along_and_other_addresses_stay(application: Application) -> None:
    old = written(application)
    make_attachment(old, filename="Offer.pdf")
    application.candidate.emails.create(address="ada@home.example", normalised="ada@home.example")

    new = correct(old)

    [file] = new.attachments.all()
    assert (file.filename, file.file.read()) == ("Offer.pdf", b"%PDF-")
    addresses = application.candidate.emails.order_by("-is_primary").values_list("address", flat=True)
    assert list(addresses) == ["ada@example.com", "ada@home.example"]


@pytest.mark.parametrize(
    ("email", "words"),
    [
        ("no address", "email address"),
        ("known@example.com", "belongs to another person"),
        ("Adda@example.com", "Mail to this address came back"),
    ],
)
def test_what_cannot_be_the_address_changes_nothing(application: Application, email: str, words: str) -> None:
    make_candidate(email="known@example.com")
    old = invited(application)
    assert old.link is not None

    with pytest.raises(ValidationError) as refused:
        correct(old, email)

    assert list(refused.value.message_dict) == ["email"]
    assert words in str(refused.value)
    generation = old.link.generation
    old.link.refresh_from_db()
    assert old.link.generation == generation
    assert application.candidate.emails.get().address == "adda@example.com"


def test_second_press_and_withdrawn_links_are_refused(application: Application) -> None:
    first, second = written(application), invited(application)
    assert second.link is not None
    correct(first)
    revoke_link(link=second.link, by=SYSTEM, now=NOW)

    with pytest.raises(MessageRefused, match="needs no other address"):
        correct(first, "ada@elsewhere.example")
    with pytest.raises(MessageRefused, match="not open any more"):
        correct(Message.objects.select_related("link").get(pk=second.pk), "ada@elsewhere.example")

    assert application.candidate.emails.get().address == "ada@example.com"


def test_who_does_not_recruit_for_the_job_may_not(application: Application) -> None:
    old = written(application)
    stranger, manager = make_recruiter(), make_manager(application.job)

    for user in (stranger, manager):
        assert where_to_correct(actor(user), old) is None
        with pytest.raises(PermissionDenied):
            correct(old, by=actor(user))

    found = where_to_correct(actor(make_administrator()), old)
    assert found is not None
    assert found.address == "adda@example.com"
