"""Taking a test again, and the window of a test."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Actor
from assessments import operations, queries
from assessments.enums import StartRefusal, SubmittedBy
from assessments.models import Assessment, AssessmentVersion, Attempt, Invitation
from assessments.operations import AttemptRefused, InvitationDraft, NotInvitedAgain
from assessments.rules import NotAgain, Taken, why_not_again
from outbox.models import Event, Message
from outbox.rules import with_confidential
from tests.factories.assessments import make_assessment, make_finished, make_invitation, make_person
from tests.factories.questions import NOW
from tests.servers.parallel import run_all

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system()
DAY = timedelta(days=1)


def ruled(**rules: Any) -> Assessment:
    assessment = make_assessment()
    AssessmentVersion.objects.filter(assessment=assessment).update(**rules)
    return assessment


@pytest.mark.parametrize(
    ("times", "days_ago", "most", "after", "expected"),
    [
        (0, None, 1, 0, None),
        (1, 5, 1, 0, ("no_more", None)),
        (1, 5, 2, 0, None),
        (1, 5, 2, 30, ("too_early", 25)),
        (1, 30, 2, 30, None),
        (2, 5, 2, 30, ("no_more", None)),
    ],
)
def test_retake_rule(times, days_ago, most, after, expected) -> None:
    last = None if days_ago is None else NOW - days_ago * DAY

    found = why_not_again(Taken(times, last), most=most, after_days=after, now=NOW)

    if expected is None:
        assert found is None
    else:
        allowed_at = None if expected[1] is None else NOW + expected[1] * DAY
        assert found == NotAgain(expected[0], allowed_at)


def test_person_who_took_a_test_once_is_not_invited_again_whatever_led_there() -> None:
    assessment, person = ruled(), make_person()
    first = make_finished(assessment, person=person)

    with pytest.raises(NotInvitedAgain) as refusal:
        make_invitation(assessment, person=person)

    assert refusal.value.why.reason == "no_more"
    # Another test, and another person, are another matter; the older attempt is kept.
    make_invitation(person=person)
    make_invitation(assessment)
    assert Attempt.objects.get(pk=first.pk).state == "submitted"


def test_void_attempts_do_not_count() -> None:
    assessment, person = ruled(), make_person()
    attempt = make_finished(assessment, person=person)
    operations.void_attempt(attempt=attempt, reason="A fire alarm", by=SYSTEM, now=NOW)

    assert make_invitation(assessment, person=person)


def test_days_between_two_times_are_waited_for_and_named() -> None:
    assessment, person = ruled(most_attempts=3, retake_after_days=30), make_person()
    attempt = make_finished(assessment, person=person)
    again = attempt.submitted_at + 30 * DAY

    with pytest.raises(NotInvitedAgain) as refusal:
        make_invitation(assessment, person=person, now=again - timedelta(seconds=1))

    assert refusal.value.why == NotAgain("too_early", again)
    assert "again from" in str(refusal.value)
    assert make_invitation(assessment, person=person, now=again)


# --- Asked again at the start -------------------------------------------------------------------------------------


def started(invitation: Invitation, *, after: timedelta = timedelta()) -> Attempt:
    return operations.start_attempt(invitation=invitation, consented=True, now=NOW + after)


def test_of_two_open_invitations_one_is_started_and_the_other_refused() -> None:
    assessment, person = ruled(), make_person()
    first, second, anybody = (
        make_invitation(assessment, person=person),
        make_invitation(assessment, person=person),
        make_invitation(assessment),
    )
    begun = started(first)

    with pytest.raises(AttemptRefused) as while_it_runs:
        started(second)
    operations.submit_attempt(attempt_id=begun.pk, submitted_by=SubmittedBy.CANDIDATE, now=NOW + 0.5 * DAY)
    with pytest.raises(AttemptRefused) as afterwards:
        started(second, after=DAY)

    assert [refusal.value.reason for refusal in (while_it_runs, afterwards)] == [StartRefusal.NOT_AGAIN] * 2
    assert list(Attempt.objects.filter(invitation__candidate=person)) == [begun]
    assert started(anybody)


def test_second_invitation_is_started_once_the_days_between_are_over() -> None:
    assessment, person = ruled(most_attempts=2, retake_after_days=7), make_person()
    first, second = (make_invitation(assessment, person=person) for _ in range(2))
    begun = started(first)
    operations.submit_attempt(attempt_id=begun.pk, submitted_by=SubmittedBy.CANDIDATE, now=NOW)

    with pytest.raises(AttemptRefused):
        started(second, after=7 * DAY - timedelta(seconds=1))

    assert queries.kept_from_starting(second, now=NOW + DAY) == NotAgain("too_early", NOW + 7 * DAY)
    assert started(second, after=7 * DAY)


def test_start_of_what_was_allowed_knowingly_or_after_a_void_attempt_is_not_refused() -> None:
    assessment, person, unlucky = ruled(), make_person(), make_person()
    first = make_finished(assessment, person=person)
    allowed = make_invitation(assessment, person=person, again_reason="Her network broke")
    lost, other = (make_invitation(assessment, person=unlucky) for _ in range(2))
    operations.void_attempt(attempt=started(lost), reason="A fire alarm", by=SYSTEM, now=NOW)

    assert started(allowed, after=DAY).pk != first.pk
    assert started(other)


def test_two_invitations_started_at_one_moment_make_one_attempt(transactional_db, race_rounds) -> None:
    assessment = ruled()
    for _ in range(max(1, race_rounds // 4)):
        person = make_person()
        pair = [make_invitation(assessment, person=person) for _ in range(2)]

        outcomes = run_all([partial(started, invitation) for invitation in pair])

        assert Attempt.objects.filter(invitation__in=pair).count() == 1, outcomes
        assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Attempt", "AttemptRefused"]


def test_start_asks_the_rule_only_where_there_was_another_invitation() -> None:
    assessment, person = ruled(most_attempts=2), make_person()
    once = make_invitation(assessment)
    twice, _other = (make_invitation(assessment, person=person) for _ in range(2))

    with CaptureQueriesContext(connection) as plain:
        started(once)
    with CaptureQueriesContext(connection) as asked:
        started(twice)

    # The invitations of the person are held, and what they began is counted.
    assert len(asked) == len(plain) + 2


def test_one_more_is_allowed_with_a_reason_that_is_kept_on_the_invitation_alone() -> None:
    assessment, person = ruled(), make_person()
    make_finished(assessment, person=person)

    invitation = make_invitation(assessment, person=person, again_reason="Her network broke")

    assert invitation.again_reason == "Her network broke"
    event = Event.objects.get(kind="invitation.allowed_again")
    assert event.about_id == invitation.pk
    assert "network" not in str(event.data)


def test_many_are_invited_without_those_whom_the_rule_leaves_out() -> None:
    assessment, taker, fresh = ruled(), make_person(), make_person()
    make_finished(assessment, person=taker)
    drafts = [
        InvitationDraft(
            candidate_id=person.pk, intent=f"again-{person.pk}", to_name="", to_address="a@example.com"
        )
        for person in (taker, fresh)
    ]

    def invite(**terms: Any) -> operations.InviteResult:
        return operations.invite_many(drafts=drafts, assessment=assessment, by=SYSTEM, now=NOW + DAY, **terms)

    result = invite()
    assert [row.candidate for row in result.created] == [fresh]
    assert result.refused == [f"again-{taker.pk}"]
    allowed = invite(again_reason="Asked by the team")
    assert [row.candidate for row in allowed.created] == [taker]
    assert [row.candidate for row in allowed.existing] == [fresh]


@pytest.mark.parametrize(
    ("opens", "closes", "starts", "ends", "expected"),
    [
        (None, None, None, None, (None, 14)),
        (2, 10, None, None, (2, 10)),
        (2, 10, 3, 20, (3, 10)),
        (2, 10, 1, 5, (2, 5)),
    ],
)
def test_window_of_a_test_cuts_both_ends_of_an_invitation(opens, closes, starts, ends, expected) -> None:
    def at(days: int | None) -> datetime | None:
        return None if days is None else NOW + days * DAY

    assessment = ruled(opens_at=at(opens), closes_at=at(closes))

    invitation = make_invitation(assessment, not_before=at(starts), expires_at=at(ends))

    assert (invitation.not_before, invitation.expires_at) == (at(expected[0]), at(expected[1]))
    body = Message.objects.get().body
    assert ("It opens on" in body) == (expected[0] is not None)


def test_nobody_is_invited_to_a_test_that_closed_or_opens_after_the_end() -> None:
    with pytest.raises(operations.CannotInvite):
        make_invitation(ruled(closes_at=NOW))
    with pytest.raises(ValidationError) as refusal:
        make_invitation(ruled(opens_at=NOW + 20 * DAY))
    assert list(refusal.value.error_dict) == ["not_before"]


def test_extending_past_the_closing_of_the_test_goes_knowingly_alone() -> None:
    invitation = make_invitation(ruled(closes_at=NOW + 10 * DAY))

    with pytest.raises(ValidationError):
        operations.extend_invitation(invitation=invitation, expires_at=NOW + 12 * DAY, by=SYSTEM, now=NOW)
    operations.extend_invitation(
        invitation=invitation, expires_at=NOW + 12 * DAY, beyond_closing=True, by=SYSTEM, now=NOW
    )

    assert Invitation.objects.get().expires_at == NOW + 12 * DAY


def test_extra_time_and_why_are_kept_and_only_its_minutes_are_mailed() -> None:
    invitation = make_invitation(extra_seconds=600, extra_reason="words about health")

    assert invitation.extra_reason == "words about health"
    body = with_confidential(Message.objects.get().body)
    assert "This includes 10 minutes of extra time for you." in body
    assert "health" not in body
    operations.set_extra_time(invitation=invitation, seconds=300, reason="another", by=SYSTEM, now=NOW)
    operations.set_extra_time(invitation=invitation, seconds=360, by=SYSTEM, now=NOW)
    invitation.refresh_from_db()
    assert (invitation.extra_seconds, invitation.extra_reason) == (360, "another")
    assert not any("health" in str(event.data) for event in Event.objects.all())


def test_reasons_longer_than_a_line_are_refused() -> None:
    for field in ("extra_reason", "again_reason"):
        with pytest.raises(ValidationError) as refusal:
            make_invitation(**{field: "x" * 301})
        assert list(refusal.value.error_dict) == [field]


def test_language_of_an_invitation_comes_before_that_of_the_person() -> None:
    with pytest.raises(ValidationError):
        make_invitation(language="xx")

    assert make_invitation(language="en").language == "en"
    assert Message.objects.get().language == "en"


def test_showing_a_link_returns_it_and_is_recorded_without_it() -> None:
    invitation = make_invitation()

    address = operations.show_link(invitation=invitation, by=SYSTEM, now=NOW)

    assert f"/t/{invitation.link.public_id}." in address
    event = Event.objects.get(kind="invitation.link_shown")
    assert address not in str(event.data)
    operations.revoke_invitation(invitation=invitation, by=SYSTEM, now=NOW)
    with pytest.raises(operations.InvitationRefused):
        operations.show_link(invitation=invitation, by=SYSTEM, now=NOW)
