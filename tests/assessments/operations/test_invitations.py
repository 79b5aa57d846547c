from __future__ import annotations

import time
from datetime import timedelta
from functools import partial

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Actor
from accounts.operations import set_organisation
from assessments.enums import InvitationState, SubmittedBy
from assessments.models import Invitation
from assessments.operations import (
    CannotInvite,
    InvitationDraft,
    InvitationRefused,
    extend_invitation,
    invite,
    invite_many,
    reissue_invitation,
    resend_invitation,
    retire_assessment,
    revoke_invitation,
    set_extra_time,
    submit_attempt,
    void_attempt,
)
from assessments.queries import attempt_for_link, latest_attempt, with_state
from candidates.models import Candidate, CandidateEmail
from outbox.enums import LinkPurpose, MessageState
from outbox.models import AccessLink, Event, Message
from outbox.queries import find_link
from outbox.rules import link_token, with_confidential
from tests.factories.accounts import make_recruiter
from tests.factories.assessments import (
    make_assessment,
    make_attempt,
    make_draft,
    make_invitation,
    make_person,
)
from tests.factories.questions import NOW
from tests.servers.parallel import run_parallel

pytestmark = pytest.mark.django_db

SYSTEM = Actor.system()


def state_of(invitation: Invitation, now) -> InvitationState:
    fresh = Invitation.objects.get(pk=invitation.pk)
    return fresh.state(latest_attempt(fresh.pk), now=now)


def test_invite_writes_link_invitation_event_and_mail_together() -> None:
    person, assessment = make_person("Ada Sample"), make_assessment(minutes=40)
    by = Actor.of_user(make_recruiter())
    set_organisation(by=SYSTEM, now=NOW, name="Acme", reply_to="jobs@acme.example")

    invitation = invite(
        candidate=person, assessment=assessment, intent="one", by=by, now=NOW, extra_seconds=600
    )

    mail = Message.objects.get()
    assert (invitation.version, invitation.expires_at) == (
        assessment.current_version,
        NOW + timedelta(days=14),
    )
    assert (invitation.link.person_ref, invitation.link.expires_at) == (
        person.public_id,
        invitation.expires_at,
    )
    assert (mail.to_address, mail.about, mail.about_id) == (
        person.emails.get().address,
        "assessments.invitation",
        invitation.pk,
    )
    assert mail.link == invitation.link
    assert mail.subject == f"Your test for Acme: {assessment.name}"
    for words in ("Ada Sample", "3 questions", "50 minutes", "10 minutes of extra time", "jobs@acme.example"):
        assert words in with_confidential(mail.body)
    assert "16 March 2026, 09:00 UTC" in mail.body
    assert link_token(invitation.link) not in mail.body
    assert Event.objects.get(kind="invitation.created").actor_user == by.user


def test_invite_tells_the_time_in_the_persons_zone() -> None:
    person = make_person()
    Candidate.objects.filter(pk=person.pk).update(time_zone="Asia/Kolkata")
    person.refresh_from_db()

    make_invitation(person=person)

    assert "14:30 IST" in Message.objects.get().body


def test_invite_twice_for_one_intent_is_one_invitation() -> None:
    person, assessment = make_person(), make_assessment()

    first = make_invitation(assessment, person=person, intent="same")
    second = make_invitation(assessment, person=person, intent="same")

    assert first == second
    assert (AccessLink.objects.count(), Message.objects.count()) == (1, 1)


def test_invite_at_once_for_one_intent_is_one_invitation(transactional_db, race_rounds) -> None:
    assessment = make_assessment()
    for round_ in range(race_rounds):
        person = make_person()

        outcomes = run_parallel(
            partial(make_invitation, assessment, person=person, intent=f"same {round_}"), 4
        )

        assert len({invitation.pk for invitation in outcomes}) == 1
        assert Message.objects.filter(person_ref=person.public_id).count() == 1
        assert AccessLink.objects.filter(person_ref=person.public_id).count() == 1


def test_invite_to_what_is_not_published_or_retired_is_refused_in_words() -> None:
    draft, retired = make_draft(), make_assessment()
    retire_assessment(assessment=retired, by=SYSTEM, now=NOW)

    for assessment in (draft, retired):
        with pytest.raises(CannotInvite, match="is not published"):
            make_invitation(assessment)

    assert not Invitation.objects.exists()


def test_invite_of_somebody_without_an_address_is_refused_unless_no_mail_is_wanted() -> None:
    person, assessment = make_person(), make_assessment()
    CandidateEmail.objects.all().delete()

    with pytest.raises(CannotInvite, match="no email address"):
        make_invitation(assessment, person=person)

    assert make_invitation(assessment, person=person, send_mail=False).pk
    assert not Message.objects.exists()


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"expires_at": NOW}, "expires_at"),
        ({"not_before": NOW + timedelta(days=20)}, "not_before"),
        ({"extra_seconds": -1}, "extra_seconds"),
        ({"extra_seconds": 90_000}, "extra_seconds"),
    ],
)
def test_invite_with_dates_that_make_no_sense_is_refused_at_the_field(fields, field) -> None:
    with pytest.raises(ValidationError) as refused:
        make_invitation(**fields)

    assert list(refused.value.message_dict) == [field]


def test_invite_many_is_made_of_batches_and_can_be_run_again() -> None:
    assessment = make_assessment(questions=1)
    people = Candidate.objects.bulk_create(
        Candidate(full_name=f"Person {number}", created_at=NOW) for number in range(600)
    )
    drafts = [
        InvitationDraft(person.pk, f"bulk:{person.pk}", person.full_name, f"p{person.pk}@example.com")
        for person in people
    ]
    make_invitation(assessment, person=people[0], intent=drafts[0].intent, send_mail=False)

    with CaptureQueriesContext(connection) as captured:
        result = invite_many(drafts=drafts, assessment=assessment, by=SYSTEM, now=NOW)
    again = invite_many(drafts=drafts, assessment=assessment, by=SYSTEM, now=NOW)

    assert (len(result.created), len(result.existing)) == (599, 1)
    assert (len(again.created), len(again.existing)) == (0, 600)
    assert Message.objects.count() == 599
    assert Event.objects.filter(kind="invitation.created").count() == 600
    # Twelve batches, short so that a save beside them gets its turn, each with a dozen statements or so.
    assert len(captured) <= 12 * 15
    one = Invitation.objects.get(intent=drafts[5].intent)
    assert Message.objects.get(about_id=one.pk).to_address == drafts[5].to_address
    assert Message.objects.get(about_id=one.pk).link_id == one.link_id


@pytest.mark.stress
def test_invite_many_thousands_take_seconds() -> None:
    assessment = make_assessment(questions=1)
    people = Candidate.objects.bulk_create(
        Candidate(full_name=f"Person {number}", created_at=NOW) for number in range(5000)
    )
    drafts = [
        InvitationDraft(person.pk, f"bulk:{person.pk}", person.full_name, f"p{person.pk}@example.com")
        for person in people
    ]

    started = time.monotonic()
    invite_many(drafts=drafts, assessment=assessment, by=SYSTEM, now=NOW)

    print(f"5,000 invitations in {time.monotonic() - started:.1f} s")
    assert time.monotonic() - started < 30


# --- Change ---


def test_revoke_closes_the_link_and_keeps_the_first_moment() -> None:
    invitation = make_invitation()

    revoke_invitation(invitation=invitation, by=SYSTEM, now=NOW)
    revoke_invitation(invitation=invitation, by=SYSTEM, now=NOW + timedelta(days=1))

    invitation.refresh_from_db()
    assert invitation.revoked_at == NOW
    assert not AccessLink.objects.get().is_open(now=NOW)
    assert Event.objects.filter(kind="invitation.revoked").count() == 1


def test_revoke_after_the_start_is_refused_in_words() -> None:
    attempt = make_attempt()

    with pytest.raises(InvitationRefused, match="started already"):
        revoke_invitation(invitation=attempt.invitation, by=SYSTEM, now=NOW)

    attempt.invitation.refresh_from_db()
    assert attempt.invitation.revoked_at is None


def test_extend_opens_an_expired_invitation_again_with_the_same_link() -> None:
    invitation = make_invitation()
    token = link_token(invitation.link)
    late = NOW + timedelta(days=20)
    assert state_of(invitation, late) == InvitationState.EXPIRED

    extend_invitation(invitation=invitation, expires_at=late + timedelta(days=3), by=SYSTEM, now=late)

    assert state_of(invitation, late) == InvitationState.INVITED
    link = find_link(token, purpose=LinkPurpose.TEST, now=late)
    assert link is not None
    assert link.is_open(now=late)


@pytest.mark.parametrize("days", [0, -1])
def test_extend_to_the_past_is_refused(days) -> None:
    with pytest.raises(ValidationError):
        extend_invitation(
            invitation=make_invitation(), expires_at=NOW + timedelta(days=days), by=SYSTEM, now=NOW
        )


def test_extend_and_resend_of_what_is_over_are_refused() -> None:
    revoked, attempt = make_invitation(), make_attempt()
    revoke_invitation(invitation=revoked, by=SYSTEM, now=NOW)
    submit_attempt(attempt_id=attempt.pk, submitted_by=SubmittedBy.CANDIDATE, now=NOW)

    for invitation in (revoked, attempt.invitation):
        with pytest.raises(InvitationRefused):
            extend_invitation(invitation=invitation, expires_at=NOW + timedelta(days=30), by=SYSTEM, now=NOW)
        with pytest.raises(InvitationRefused):
            resend_invitation(invitation=invitation, by=SYSTEM, now=NOW)
        with pytest.raises(InvitationRefused):
            reissue_invitation(invitation=invitation, reason="Lost", by=SYSTEM, now=NOW)


def test_extend_of_a_test_that_was_started_is_refused() -> None:
    attempt = make_attempt()

    with pytest.raises(InvitationRefused, match="Started"):
        extend_invitation(
            invitation=attempt.invitation, expires_at=NOW + timedelta(days=30), by=SYSTEM, now=NOW
        )


def test_resend_keeps_the_link_and_writes_a_mail_only_when_none_waits() -> None:
    invitation = make_invitation()
    first = Message.objects.get()

    waiting = resend_invitation(invitation=invitation, by=SYSTEM, now=NOW)
    Message.objects.update(state=MessageState.SENT)
    again = resend_invitation(invitation=invitation, by=SYSTEM, now=NOW)

    assert waiting == first
    assert again.pk != first.pk
    assert again.link == first.link
    assert again.link.generation == 1


def test_resend_tries_a_failed_mail_again() -> None:
    invitation = make_invitation()
    Message.objects.update(state=MessageState.FAILED, reason="no such box")

    again = resend_invitation(invitation=invitation, by=SYSTEM, now=NOW)

    assert (again.pk, again.state) == (Message.objects.get().pk, MessageState.QUEUED)


def test_case_43_token_reuse_reissue_kills_the_old_link() -> None:
    invitation = make_invitation()
    old = link_token(invitation.link)

    reissue_invitation(invitation=invitation, reason="Lost", by=SYSTEM, now=NOW)

    link = AccessLink.objects.get()
    assert find_link(old, purpose=LinkPurpose.TEST, now=NOW) is None
    assert find_link(link_token(link), purpose=LinkPurpose.TEST, now=NOW) == link
    assert Message.objects.count() == 2
    assert attempt_for_link(link).invitation == invitation


@pytest.mark.parametrize("reason", ["", "  ", "x" * 301])
def test_new_link_wants_a_reason_that_is_kept_with_the_invitation_alone(reason: str) -> None:
    invitation = make_invitation()

    with pytest.raises(ValidationError) as refused:
        reissue_invitation(invitation=invitation, reason=reason, by=SYSTEM, now=NOW)
    assert list(refused.value.message_dict) == ["reason"]
    assert (Message.objects.count(), AccessLink.objects.get().generation) == (1, 1)
    reissue_invitation(invitation=invitation, reason=" Sent on to a friend ", by=SYSTEM, now=NOW)

    invitation.refresh_from_db()
    assert invitation.reissue_reason == "Sent on to a friend"
    event = Event.objects.get(kind="invitation.reissued")
    assert (event.about_id, event.data) == (invitation.pk, {})
    assert "friend" not in str(list(Message.objects.values()))


def test_extra_time_before_the_start_counts_and_afterwards_is_refused() -> None:
    invitation = make_invitation(make_assessment(minutes=40))
    set_extra_time(invitation=invitation, seconds=1200, by=SYSTEM, now=NOW)

    attempt = make_attempt(invitation=invitation)
    with pytest.raises(InvitationRefused):
        set_extra_time(invitation=invitation, seconds=0, by=SYSTEM, now=NOW)

    assert attempt.deadline_at == NOW + timedelta(minutes=60)
    assert Invitation.objects.get().extra_seconds == 1200


# --- State ---


def test_state_in_the_database_is_the_state_in_python_at_every_edge() -> None:
    assessment = make_assessment(questions=1)
    later = NOW + timedelta(days=1)
    waiting = make_invitation(assessment, not_before=later)
    revoked, started, finished, void = (make_invitation(assessment) for _ in range(4))
    make_invitation(assessment, expires_at=later)
    revoke_invitation(invitation=revoked, by=SYSTEM, now=NOW)
    make_attempt(invitation=started)
    submit_attempt(
        attempt_id=make_attempt(invitation=finished).pk, submitted_by=SubmittedBy.CANDIDATE, now=NOW
    )
    void_attempt(attempt=make_attempt(invitation=void), reason="x", by=SYSTEM, now=NOW)

    tick = timedelta(microseconds=1)
    seen = set()
    for now in (NOW, later - tick, later, later + tick, NOW + timedelta(days=15)):
        for invitation in with_state(Invitation.objects.all(), now):
            state = state_of(invitation, now)
            seen.add(state)
            assert invitation.state_now == state

    assert seen == set(InvitationState)
    assert state_of(waiting, later) == InvitationState.INVITED
