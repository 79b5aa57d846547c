from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.core.exceptions import ValidationError

from accounts.enums import Role
from accounts.models import Actor
from assessments import operations, queries, registries, tasks
from assessments.enums import SubmittedBy
from assessments.models import Assessment, AssessmentVersion, Attempt, Invitation
from assessments.rules import NotAgain, next_reminder, reminder_once_allowed
from candidates.models import Candidate, CandidateEmail
from candidates.operations import erase_person
from outbox.models import Event, Message
from outbox.operations import hold_mail, release_mail
from tests.factories.accounts import make_organisation, make_user
from tests.factories.assessments import make_assessment, make_invitation, make_person
from tests.factories.questions import NOW

SYSTEM = Actor.system()
DAY = timedelta(days=1)
ENDS = NOW + 14 * DAY


def look(now: datetime) -> int:
    return operations.send_due_reminders(now=now)


def reminders() -> list[str]:
    mails = Message.objects.filter(kind="test_reminder").order_by("pk")
    return list(mails.values_list("intent", flat=True))


@pytest.mark.parametrize(
    ("days", "ends", "after", "not_before", "expected"),
    [
        ([4, 1], 14, 0, None, 10),
        ([4, 1], 14, 10, None, 13),
        ([4, 1], 14, 13, None, None),
        ([], 14, 0, None, None),
        # An end at another hour: still at the hour of the invitation, and never later than the days say.
        ([1], 2.5, 0, None, 1),
        # Nothing on the day of the invitation itself.
        ([4, 1], 1.5, 0, None, None),
        # Nothing before the test opens.
        ([4, 1], 14, 0, 11, 13),
    ],
)
def test_next_reminder_is_at_the_hour_of_the_invitation(days, ends, after, not_before, expected) -> None:
    found = next_reminder(
        invited_at=NOW,
        expires_at=NOW + ends * DAY,
        days=days,
        after=NOW + after * DAY,
        not_before=None if not_before is None else NOW + not_before * DAY,
    )

    assert found == (None if expected is None else NOW + expected * DAY)


@pytest.mark.django_db
def test_reminders_go_out_when_they_are_due_and_end_with_the_last() -> None:
    make_organisation(time_zone="Europe/Berlin")
    invitation = make_invitation()
    assert invitation.remind_at == ENDS - 4 * DAY

    assert look(ENDS - 4 * DAY - timedelta(seconds=1)) == 0
    assert look(ENDS - 4 * DAY) == 1
    assert look(ENDS - 4 * DAY) == 0
    invitation.refresh_from_db()
    assert (invitation.remind_at, invitation.reminders_sent) == (ENDS - DAY, 1)
    assert look(ENDS - DAY) == 1

    invitation.refresh_from_db()
    assert (invitation.remind_at, invitation.reminders_sent) == (None, 2)
    assert reminders() == [f"invitation:{invitation.pk}:reminder:{number}" for number in (1, 2)]
    mail = Message.objects.filter(kind="test_reminder").first()
    assert mail.link == invitation.link
    assert "you have not started it yet" in mail.body
    assert " CE" in mail.body
    assert Event.objects.filter(kind="invitation.reminded").count() == 2


@pytest.mark.django_db
def test_reminder_that_was_missed_for_days_goes_out_once() -> None:
    make_invitation()

    look(ENDS - timedelta(hours=2))
    look(ENDS - timedelta(hours=1))

    assert len(reminders()) == 1
    assert Invitation.objects.get().remind_at is None


@pytest.mark.django_db
def test_clock_that_jumps_back_reminds_nobody_twice() -> None:
    make_invitation()
    look(ENDS - 4 * DAY)

    for hours in (-48, -1, 0, 1, 2):
        look(ENDS - 4 * DAY + timedelta(hours=hours))

    assert len(reminders()) == 1


@pytest.mark.django_db
def test_two_schedulers_that_read_the_same_row_write_one_reminder() -> None:
    make_invitation()
    stale = list(Invitation.objects.select_related("candidate", "link", "version__assessment"))
    look(ENDS - 4 * DAY)
    home = make_organisation()

    from assessments.operations.reminding import _take

    taken = [_take(row, home, is_quiet=False, now=ENDS - 4 * DAY) for row in stale]

    assert taken == [False]
    assert len(reminders()) == 1


@pytest.mark.django_db
def test_task_that_is_delivered_twice_reminds_once(freeze) -> None:
    make_invitation()
    freeze(ENDS - 4 * DAY)

    tasks.send_reminders()
    tasks.send_reminders(redelivered=True)

    assert len(reminders()) == 1


@pytest.mark.django_db
@pytest.mark.parametrize("how", ["start", "withdraw", "expire", "erase"])
def test_nobody_is_reminded_any_more_after(how: str) -> None:
    invitation = make_invitation()
    moment = ENDS - 4 * DAY
    if how == "start":
        operations.start_attempt(invitation=invitation, consented=True, now=NOW + DAY)
    elif how == "withdraw":
        operations.revoke_invitation(invitation=invitation, by=SYSTEM, now=NOW + DAY)
    elif how == "expire":
        moment = ENDS
    else:
        admin = Actor.of_user(make_user(Role.ADMINISTRATOR))
        erase_person(candidate=invitation.candidate, by=admin, now=NOW + DAY)

    look(moment)

    assert reminders() == []
    assert Invitation.objects.get().remind_at is None


@pytest.mark.django_db
def test_start_that_nobody_told_the_reminder_of_is_seen_all_the_same() -> None:
    invitation = make_invitation()
    operations.start_attempt(invitation=invitation, consented=True, now=NOW + DAY)
    Invitation.objects.update(remind_at=NOW + 2 * DAY)

    look(NOW + 3 * DAY)

    assert reminders() == []
    assert Invitation.objects.get().remind_at is None


@pytest.mark.django_db
def test_extending_sets_the_reminders_anew() -> None:
    invitation = make_invitation()
    look(ENDS - DAY)

    operations.extend_invitation(invitation=invitation, expires_at=ENDS + 7 * DAY, by=SYSTEM, now=ENDS - DAY)

    assert Invitation.objects.get().remind_at == ENDS + 3 * DAY
    look(ENDS + 3 * DAY)
    assert len(reminders()) == 2


@pytest.mark.django_db
def test_replacing_the_link_keeps_what_is_still_to_come_and_mails_the_new_link() -> None:
    invitation = make_invitation()
    operations.reissue_invitation(invitation=invitation, reason="Lost", by=SYSTEM, now=NOW + DAY)

    look(ENDS - 4 * DAY)

    message = Message.objects.get(kind="test_reminder")
    assert message.link.generation == 2


@pytest.mark.django_db
def test_held_mail_holds_reminders_back_and_then_sends_one() -> None:
    make_invitation()
    hold_mail(by=SYSTEM, now=NOW)

    assert look(ENDS - 4 * DAY) == 0
    assert reminders() == []
    release_mail(by=SYSTEM, now=ENDS - 3 * DAY)
    look(ENDS - 3 * DAY)

    assert len(reminders()) == 1


@pytest.mark.django_db
def test_what_is_kept_quiet_is_passed_over_until_the_next_reminder(monkeypatch) -> None:
    invitation = make_invitation()
    monkeypatch.setitem(registries._quiet, "a test", lambda ids: ids)
    look(ENDS - 4 * DAY)
    assert reminders() == []

    monkeypatch.delitem(registries._quiet, "a test")
    look(ENDS - DAY)

    assert reminders() == [f"invitation:{invitation.pk}:reminder:1"]


@pytest.mark.parametrize(
    ("allowed", "expected"),
    [
        (None, None),
        (14, None),
        (15, None),
        (10, 10),
        # At the hour of the invitation, and never before they may.
        (10.25, 11),
        # Too late for that hour.
        (13.25, 13.25),
    ],
)
def test_reminder_of_somebody_who_may_start_later(allowed, expected) -> None:
    found = reminder_once_allowed(
        invited_at=NOW,
        expires_at=ENDS - timedelta(hours=2),
        allowed_at=None if allowed is None else NOW + allowed * DAY,
    )

    assert found == (None if expected is None else NOW + expected * DAY)


def took(assessment: Assessment, person: Candidate, *, after: timedelta) -> Attempt:
    """An attempt by another invitation, begun and handed in."""
    other = make_invitation(assessment, person=person)
    attempt = operations.start_attempt(invitation=other, consented=True, now=NOW + after)
    return operations.submit_attempt(
        attempt_id=attempt.pk, submitted_by=SubmittedBy.CANDIDATE, now=NOW + after
    )


def ruled(**rules: int) -> Assessment:
    assessment = make_assessment()
    AssessmentVersion.objects.filter(assessment=assessment).update(**rules)
    return assessment


@pytest.mark.django_db
def test_whom_the_retake_rule_keeps_waiting_is_reminded_once_they_may_start() -> None:
    assessment, person = ruled(most_attempts=2, retake_after_days=9), make_person()
    invitation = make_invitation(assessment, person=person)
    took(assessment, person, after=2.5 * DAY)

    # Due four days before the end, allowed to start two and a half before it, so reminded at the hour after that.
    look(ENDS - 4 * DAY)

    invitation.refresh_from_db()
    assert (invitation.remind_at, invitation.reminders_sent) == (ENDS - 2 * DAY, 0)
    assert reminders() == []
    look(ENDS - 2 * DAY)
    look(ENDS - DAY)
    assert reminders() == [f"invitation:{invitation.pk}:reminder:{number}" for number in (1, 2)]


@pytest.mark.django_db
def test_whom_the_retake_rule_keeps_for_good_is_not_reminded_unless_the_attempt_is_void() -> None:
    assessment, lucky, other = ruled(), make_person(), make_person()
    invitations = {person.pk: make_invitation(assessment, person=person) for person in (lucky, other)}
    void, _counts = (took(assessment, person, after=DAY) for person in (lucky, other))
    look(ENDS - 4 * DAY)
    assert reminders() == []

    operations.void_attempt(attempt=void, reason="A fire alarm", by=SYSTEM, now=ENDS - 2 * DAY)
    look(ENDS - DAY)

    assert reminders() == [f"invitation:{invitations[lucky.pk].pk}:reminder:1"]
    assert not Invitation.objects.exclude(remind_at=None).exists()


@pytest.mark.django_db
def test_whom_a_colleague_allowed_one_more_is_reminded() -> None:
    assessment, person = ruled(), make_person()
    took(assessment, person, after=timedelta())
    invitation = make_invitation(assessment, person=person, again_reason="Her network broke")

    look(ENDS - 4 * DAY)

    assert reminders() == [f"invitation:{invitation.pk}:reminder:1"]


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 3])
def test_whom_the_rule_keeps_is_asked_in_one_statement(count: int, django_assert_num_queries) -> None:
    assessment = ruled(most_attempts=2, retake_after_days=30)
    people = [make_person() for _ in range(count)]
    waiting = [make_invitation(assessment, person=person) for person in people]
    for person in people:
        took(assessment, person, after=DAY)
    # One who did nothing, and one whose own attempt is no reason to keep them from it.
    free = make_invitation(assessment)
    own = make_invitation(assessment)
    operations.start_attempt(invitation=own, consented=True, now=NOW + DAY)
    ids = [invitation.pk for invitation in (*waiting, free, own)]
    due = list(Invitation.objects.filter(pk__in=ids).select_related("version"))

    with django_assert_num_queries(1):
        kept = queries.all_kept_from_starting(due, now=NOW + 2 * DAY)

    assert kept == {invitation.pk: NotAgain("too_early", NOW + 31 * DAY) for invitation in waiting}


@pytest.mark.django_db
def test_somebody_without_an_address_holds_up_nobody() -> None:
    assessment = make_assessment()
    lost, other = make_person(), make_person()
    make_invitation(assessment, person=lost)
    make_invitation(assessment, person=other)
    CandidateEmail.objects.filter(candidate=lost).delete()

    look(ENDS - 4 * DAY)

    assert [message.person_ref for message in Message.objects.filter(kind="test_reminder")] == [
        other.public_id
    ]
    assert Invitation.objects.get(candidate=lost).remind_at is None


@pytest.mark.django_db
def test_days_are_the_author_s_and_count_for_invitations_from_then_on() -> None:
    assessment = make_assessment()
    assert assessment.reminder_days == [4, 1]

    operations.set_reminders(assessment=assessment, days=[1, 7, 7], by=SYSTEM, now=NOW)

    assert Assessment.objects.get().reminder_days == [7, 1]
    assert make_invitation(assessment).remind_at == ENDS - 7 * DAY
    operations.set_reminders(assessment=assessment, days=[], by=SYSTEM, now=NOW)
    assert make_invitation(assessment).remind_at is None
    assert Event.objects.filter(kind="assessment.reminders_set").count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize("days", [[0], [91], [1, 2, 3, 4, 5, 6]])
def test_days_that_make_no_sense_are_refused(days: list[int]) -> None:
    with pytest.raises(ValidationError) as refusal:
        operations.set_reminders(assessment=make_assessment(), days=days, by=SYSTEM, now=NOW)

    assert list(refusal.value.error_dict) == ["reminder_days"]
