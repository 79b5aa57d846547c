from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError

from accounts.enums import Role
from accounts.models import Actor
from assessments import operations, queries
from assessments.enums import AccommodationState
from assessments.models import AccommodationRequest, Invitation
from candidates.operations import erase_person, export_person
from outbox.enums import MessageState
from outbox.models import Event, Message
from tests.factories.accounts import make_organisation, make_user
from tests.factories.assessments import make_attempt, make_invitation, make_person
from tests.factories.questions import NOW

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system()
LATER = NOW + timedelta(hours=1)


def ask(invitation: Invitation, text: str = "I read slowly", **fields: object) -> AccommodationRequest:
    return operations.ask_for_accommodation(invitation=invitation, text=text, now=NOW, **fields)  # type: ignore[arg-type]


def test_asking_keeps_what_was_asked_and_records_no_word_of_it() -> None:
    invitation = make_invitation()

    request = ask(invitation, "I read slowly", wished_minutes=15)

    assert (request.state, request.text, request.wished_minutes) == ("open", "I read slowly", 15)
    event = Event.objects.get(kind="accommodation.asked")
    assert event.data == {"request": request.pk}
    assert (event.actor_kind, event.person_ref) == ("link", invitation.candidate.public_id)


def test_asking_twice_while_one_waits_is_one_request() -> None:
    invitation = make_invitation()

    assert ask(invitation) == ask(invitation, "Something else")
    assert AccommodationRequest.objects.count() == 1


@pytest.mark.parametrize("text", ["", " \n ", "x" * 1001])
def test_asking_without_words_or_with_too_many_is_refused(text: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        ask(make_invitation(), text)

    assert list(refusal.value.error_dict) == ["text"]


def test_asking_after_the_start_or_a_withdrawal_is_refused() -> None:
    started = make_attempt().invitation
    withdrawn = operations.revoke_invitation(invitation=make_invitation(), by=SYSTEM, now=NOW)

    for invitation in (started, withdrawn):
        with pytest.raises(operations.AccommodationRefused):
            ask(invitation)
    assert not AccommodationRequest.objects.exists()


def test_granting_gives_the_time_mails_it_and_says_who_answered() -> None:
    make_organisation(reply_to="people@example.com")
    recruiter = make_user(Role.ADMINISTRATOR)
    request = ask(make_invitation())

    granted = operations.grant_accommodation(
        request=request, minutes=15, answer="Take your time.", by=Actor.of_user(recruiter), now=LATER
    )

    assert (granted.state, granted.extra_seconds, granted.answered_by) == ("granted", 900, recruiter)
    assert granted.answered_at == LATER
    assert Invitation.objects.get().extra_seconds == 900
    mail = Message.objects.get(kind="accommodation_answer")
    assert "You have 15 minutes of extra time." in mail.body
    assert "Take your time." in mail.body
    assert "The time limit is 55 minutes for you." in mail.body
    assert mail.intent == f"accommodation:{request.pk}:answer"
    kinds = Event.objects.filter(about="assessments.invitation").order_by("pk").values_list("kind", flat=True)
    assert list(kinds)[-3:] == ["accommodation.asked", "invitation.extra_time", "accommodation.granted"]


def test_answer_that_cannot_be_delivered_is_not_what_is_sent_again_as_the_invitation() -> None:
    make_organisation(reply_to="people@example.com")
    request = ask(make_invitation())
    Message.objects.update(state=MessageState.SENT)
    recruiter = Actor.of_user(make_user(Role.ADMINISTRATOR))
    operations.decline_accommodation(request=request, answer="It is short already.", by=recruiter, now=LATER)
    Message.objects.filter(kind="accommodation_answer").update(
        state=MessageState.FAILED, reason="no such box"
    )

    again = operations.resend_invitation(invitation=request.invitation, by=recruiter, now=LATER)

    assert (again.kind, again.state) == ("test_invitation", MessageState.QUEUED)
    assert Message.objects.get(kind="accommodation_answer").state == MessageState.FAILED


def test_granting_another_format_needs_a_word_and_no_minutes() -> None:
    request = ask(make_invitation(extra_seconds=300))

    with pytest.raises(ValidationError) as refusal:
        operations.grant_accommodation(request=request, minutes=0, by=SYSTEM, now=LATER)
    assert list(refusal.value.error_dict) == ["minutes"]
    granted = operations.grant_accommodation(
        request=request, minutes=0, answer="We send you a large print.", by=SYSTEM, now=LATER
    )

    assert granted.extra_seconds == 0
    assert "We can offer what you asked for." in Message.objects.get(kind="accommodation_answer").body


def test_declining_needs_a_word_and_changes_no_time() -> None:
    request = ask(make_invitation(extra_seconds=300))

    with pytest.raises(ValidationError) as refusal:
        operations.decline_accommodation(request=request, answer="  ", by=SYSTEM, now=LATER)
    assert list(refusal.value.error_dict) == ["answer"]
    declined = operations.decline_accommodation(
        request=request, answer="Call us first.", by=SYSTEM, now=LATER
    )

    assert (declined.state, declined.extra_seconds) == ("declined", 300)
    assert Invitation.objects.get().extra_seconds == 300
    body = Message.objects.get(kind="accommodation_answer").body
    assert "We cannot grant what you asked for." in body
    assert "Call us first." in body


def test_answering_twice_keeps_the_first_answer() -> None:
    request = ask(make_invitation())
    operations.grant_accommodation(request=request, minutes=15, by=SYSTEM, now=LATER)

    with pytest.raises(operations.AccommodationRefused):
        operations.grant_accommodation(request=request, minutes=60, by=SYSTEM, now=LATER)

    assert Invitation.objects.get().extra_seconds == 900
    assert Message.objects.filter(kind="accommodation_answer").count() == 1


def test_asking_again_after_an_answer_is_a_second_request() -> None:
    invitation = make_invitation()
    operations.grant_accommodation(request=ask(invitation), minutes=15, by=SYSTEM, now=NOW)

    second = ask(invitation, "It is not enough")

    assert second.is_open
    assert queries.latest_accommodation(invitation.pk) == second
    assert list(queries.waiting_accommodations(SYSTEM)) == [second]


def test_granting_once_the_test_runs_is_refused_and_leaves_the_request() -> None:
    invitation = make_invitation()
    request = ask(invitation)
    operations.start_attempt(invitation=invitation, consented=True, now=NOW)

    with pytest.raises(operations.InvitationRefused):
        operations.grant_accommodation(request=request, minutes=15, by=SYSTEM, now=LATER)

    request.refresh_from_db()
    assert request.is_open
    assert not queries.waiting_accommodations(SYSTEM).exists()


def test_only_one_request_of_an_invitation_can_wait() -> None:
    request = ask(make_invitation())

    with pytest.raises(IntegrityError):
        AccommodationRequest.objects.create(invitation=request.invitation, text="x", asked_at=NOW)


def test_answering_is_refused_to_whoever_may_not_see_it() -> None:
    request = ask(make_invitation())

    with pytest.raises(PermissionDenied):
        operations.grant_accommodation(
            request=request, minutes=15, by=Actor.of_user(make_user(Role.ANALYST)), now=LATER
        )


def test_erasing_blanks_what_was_asked_and_answered() -> None:
    admin = Actor.of_user(make_user(Role.ADMINISTRATOR))
    person = make_person()
    request = ask(make_invitation(person=person), "a word about health")
    operations.decline_accommodation(request=request, answer="an answer", by=SYSTEM, now=LATER)
    told = str(export_person(candidate=person, by=admin, now=LATER))

    erase_person(candidate=person, by=admin, now=LATER)

    request.refresh_from_db()
    assert "a word about health" in told
    assert "an answer" in told
    assert (request.text, request.answer, request.state) == ("", "", AccommodationState.DECLINED)
