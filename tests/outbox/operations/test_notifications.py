"""Telling colleagues: once each, by their choice, never of what they may not see any more."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import PermissionDenied
from pytest_django import DjangoAssertNumQueries

from accounts.models import Actor, User
from accounts.operations import deactivate_user
from outbox import operations
from outbox.enums import MessageState, NotifyBy
from outbox.models import Message, Notification
from outbox.registries import NEWS
from outbox.registries.notifications import MAIL_FAILED
from outbox.rules import READ_NEWS_LIFE, news_due
from tests.factories.accounts import NOW, actor, make_organisation, make_user
from tests.factories.outbox import make_message

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system()


def tell(*users: User, intent: str = "mail_failed:1", by: Actor = SYSTEM, now: datetime = NOW) -> None:
    """Tell of mail that was about nothing of ours, so that whoever is told may read it."""
    operations.notify(
        users=User.objects.filter(pk__in=[user.pk for user in users]),
        kind=MAIL_FAILED,
        intent=intent,
        about="",
        about_id=None,
        by=by,
        now=now,
    )


def news() -> list[str]:
    return list(Message.objects.filter(kind=NEWS).order_by("pk").values_list("to_address", flat=True))


def test_one_event_is_told_once_whatever_its_number_of_readers(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    readers = [make_user() for _ in range(3)]

    # Who they are with their choices, and the rows.
    with django_assert_num_queries(2):
        tell(*readers)
    tell(*readers)
    tell(readers[0], intent="mail_failed:2")

    assert list(Notification.objects.order_by("pk").values_list("user", "intent")) == [
        *((reader.pk, "mail_failed:1") for reader in readers),
        (readers[0].pk, "mail_failed:2"),
    ]


def test_who_did_it_and_who_left_are_not_told() -> None:
    doer, other = make_user(), make_user()
    gone = make_user()
    User.objects.filter(pk=gone.pk).update(is_active=False)

    tell(doer, other, gone, by=actor(doer))

    assert Notification.objects.get().user == other


def test_kind_that_nobody_registered_is_a_mistake_of_ours() -> None:
    with pytest.raises(LookupError):
        operations.notify(
            users=User.objects.all(),
            kind="rain",
            intent="rain:1",
            about="",
            about_id=None,
            by=SYSTEM,
            now=NOW,
        )


def test_mail_at_once_waits_and_is_left_out_for_what_was_read_meanwhile() -> None:
    make_organisation()
    quick, slow = make_user(), make_user()
    tell(quick, slow)

    operations.mail_due_news(now=NOW + timedelta(seconds=119))
    early = news()
    operations.read_notifications(until=Notification.objects.get(user=quick).pk, by=actor(quick), now=NOW)
    for _look in range(2):
        operations.mail_due_news(now=NOW + timedelta(minutes=2))

    assert early == []
    assert news() == [slow.email]
    mail = Message.objects.get(kind=NEWS)
    assert "1 mail did not go out" in mail.body
    assert "/admin/notifications/" in mail.body


def test_choice_decides_about_mail_and_what_waits_follows_it() -> None:
    make_organisation()
    reader = make_user(time_zone="Europe/Berlin")
    tell(reader, intent="mail_failed:1")

    operations.choose_notifications(
        user=reader, choices={MAIL_FAILED: NotifyBy.OFF}, by=actor(reader), now=NOW
    )
    tell(reader, intent="mail_failed:2")
    never = list(Notification.objects.values_list("mail_due_at", flat=True))
    operations.choose_notifications(
        user=reader, choices={MAIL_FAILED: NotifyBy.DAILY}, by=actor(reader), now=NOW
    )
    tell(reader, intent="mail_failed:3")

    assert never == [None, None]
    # Eight in Berlin is six in summer.
    assert Notification.objects.get(intent="mail_failed:3").mail_due_at == datetime(
        2026, 6, 17, 6, tzinfo=UTC
    )


def test_nobody_chooses_or_reads_for_somebody_else() -> None:
    mine, other = make_user(), make_user()
    tell(mine)
    row = Notification.objects.get()

    with pytest.raises(PermissionDenied):
        operations.choose_notifications(
            user=mine, choices={MAIL_FAILED: NotifyBy.OFF}, by=actor(other), now=NOW
        )
    with pytest.raises(PermissionDenied):
        operations.read_notification(notification=row, by=actor(other), now=NOW)
    operations.read_notifications(until=row.pk, by=actor(other), now=NOW)

    row.refresh_from_db()
    assert row.read_at is None


@pytest.mark.parametrize(
    ("first", "zone"),
    [
        # The clocks go forward on 29 March, back on 25 October.
        (date(2026, 3, 28), "Europe/Berlin"),
        (date(2026, 10, 24), "Europe/Berlin"),
        # Without a change, far from Greenwich.
        (date(2026, 6, 1), "Pacific/Kiritimati"),
    ],
)
def test_digest_is_one_mail_a_day_at_eight_by_the_readers_clock(first: date, zone: str) -> None:
    make_organisation()
    reader, clock = make_user(time_zone=zone), ZoneInfo(zone)
    operations.choose_notifications(
        user=reader, choices={MAIL_FAILED: NotifyBy.DAILY}, by=actor(reader), now=NOW
    )
    moment = datetime.combine(first, datetime.min.time(), clock).astimezone(UTC)
    # Two schedulers, each looking every hour for three days; something happens all the time.
    for step in range(3 * 24):
        now = moment + timedelta(hours=step)
        tell(reader, intent=f"mail_failed:{step}", now=now - timedelta(seconds=1))
        for _scheduler in range(2):
            operations.mail_due_news(now=now)

    sent = [
        at.astimezone(clock) for at in Message.objects.order_by("pk").values_list("created_at", flat=True)
    ]
    assert [(at.date() - first).days for at in sent] == [0, 1, 2]
    assert {(at.hour, at.minute) for at in sent} == {(8, 0)}


def test_digest_is_due_at_the_next_eight_also_at_eight_itself() -> None:
    zone = ZoneInfo("Europe/Berlin")
    eight = datetime(2026, 6, 16, 6, tzinfo=UTC)

    before = news_due(NotifyBy.DAILY, zone=zone, now=eight - timedelta(seconds=1))
    at_eight = news_due(NotifyBy.DAILY, zone=zone, now=eight)

    assert (before, at_eight) == (eight, eight + timedelta(days=1))


def test_nothing_is_mailed_while_mail_is_held_and_all_of_it_afterwards() -> None:
    make_organisation()
    reader = make_user()
    operations.hold_mail(by=SYSTEM, now=NOW)
    tell(reader, intent="mail_failed:1")
    tell(reader, intent="mail_failed:2")
    later = NOW + timedelta(hours=1)

    held = operations.mail_due_news(now=later)
    operations.release_mail(by=SYSTEM, now=later)
    operations.mail_due_news(now=later)

    assert held == 0
    assert "2 mails did not go out" in Message.objects.get(kind=NEWS).body


def test_who_left_meanwhile_gets_no_mail() -> None:
    make_organisation()
    reader = make_user()
    tell(reader)
    deactivate_user(user=reader, by=SYSTEM, now=NOW)

    operations.mail_due_news(now=NOW + timedelta(hours=1))

    assert news() == []


def test_address_that_takes_no_mail_holds_up_nobody() -> None:
    make_organisation()
    broken, fine = make_user(), make_user()
    User.objects.filter(pk=broken.pk).update(full_name="Two\nlines")
    tell(broken, fine)

    operations.mail_due_news(now=NOW + timedelta(hours=1))

    assert news() == [fine.email]
    assert operations.mail_due_news(now=NOW + timedelta(hours=1)) == 0


def test_what_was_read_long_ago_is_deleted_and_nothing_else() -> None:
    reader = make_user()
    for number in range(3):
        tell(reader, intent=f"mail_failed:{number}")
    old, fresh, unread = Notification.objects.order_by("pk")
    Notification.objects.filter(pk=old.pk).update(read_at=NOW - timedelta(seconds=1))
    Notification.objects.filter(pk=fresh.pk).update(read_at=NOW)

    deleted = operations.forget_read_news(now=NOW + READ_NEWS_LIFE)

    assert deleted == 1
    assert list(Notification.objects.order_by("pk")) == [fresh, unread]


def test_mail_that_failed_is_told_to_its_writer_and_never_loops(greeting: object, local_mail: None) -> None:
    writer = make_user()
    broken = make_message(by=actor(writer))
    Message.objects.filter(pk=broken.pk).update(to_address="no address")

    operations.deliver_due(now=NOW)

    broken.refresh_from_db()
    row = Notification.objects.get()
    assert broken.state == MessageState.FAILED
    assert (row.user, row.kind, row.ref, row.person_ref) == (
        writer,
        MAIL_FAILED,
        broken.pk,
        broken.person_ref,
    )

    Message.objects.update(audience="staff", state=MessageState.QUEUED, due_at=NOW)
    operations.deliver_due(now=NOW + timedelta(minutes=1))
    assert Notification.objects.count() == 1
