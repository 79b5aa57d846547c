"""Mail that is held after a restore goes to nobody until somebody releases it."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied

from accounts.models import Actor
from outbox import operations, queries, tasks
from outbox.enums import MessageState, SignName
from outbox.models import Event, Message
from outbox.operations import delivery
from outbox.rules import MAIL_LEASE
from tests.factories.accounts import NOW, actor, make_administrator, make_recruiter
from tests.factories.outbox import make_message
from tests.servers.parallel import run_parallel

SYSTEM = Actor.system()


def states() -> list[str]:
    return list(Message.objects.order_by("pk").values_list("state", flat=True))


@pytest.mark.django_db
def test_f28_held_mail_is_not_taken_up_and_no_worker_is_asked_again(greeting, real_mail):
    make_message()
    operations.hold_mail(by=SYSTEM, now=NOW)

    assert operations.deliver_due(now=NOW) == 0
    tasks.deliver_messages()

    assert states() == [MessageState.QUEUED]
    assert real_mail.delivered == []
    assert queries.mail_is_due(now=NOW) is False


@pytest.mark.django_db
def test_f28_mail_that_is_held_after_a_worker_looked_is_not_claimed(greeting, real_mail):
    message = make_message()
    operations.hold_mail(by=SYSTEM, now=NOW)

    assert delivery.deliver_one(message.pk, now=NOW) is False
    assert real_mail.delivered == []


@pytest.mark.django_db
def test_f28_message_that_was_on_its_way_at_the_cut_becomes_unknown_while_mail_is_held(greeting, real_mail):
    message = make_message()
    Message.objects.filter(pk=message.pk).update(state=MessageState.SENDING, lease_until=NOW, tries=1)
    operations.hold_mail(by=SYSTEM, now=NOW)

    operations.deliver_due(now=NOW + MAIL_LEASE)

    assert states() == [MessageState.UNKNOWN]
    assert real_mail.delivered == []


@pytest.mark.django_db
def test_released_mail_goes_out_and_the_history_says_who_released_it(greeting, local_mail):
    make_message()
    operations.hold_mail(by=SYSTEM, now=NOW, cut_at=NOW - timedelta(days=1))
    administrator = make_administrator()

    assert operations.release_mail(by=actor(administrator), now=NOW) is True
    assert operations.release_mail(by=actor(administrator), now=NOW) is False
    operations.deliver_due(now=NOW)

    assert states() == [MessageState.KEPT_HERE]
    events = Event.objects.filter(kind__startswith="mail.").order_by("pk")
    assert [(event.kind, event.actor_user, event.data) for event in events] == [
        ("mail.held", None, {"cut_at": "2026-06-15T09:30:00+00:00"}),
        ("mail.released", administrator, {"waiting": 1}),
    ]


@pytest.mark.django_db
def test_cancelling_takes_what_is_old_and_waits_alone(greeting, local_mail):
    sent, old, young = (make_message(now=NOW + timedelta(hours=hour)) for hour in (0, 1, 2))
    Message.objects.filter(pk=sent.pk).update(state=MessageState.SENT)

    cancelled = operations.cancel_waiting(
        written_before=NOW + timedelta(hours=2), by=SYSTEM, now=NOW + timedelta(days=1)
    )

    assert cancelled == 1
    assert states() == [MessageState.SENT, MessageState.CANCELLED, MessageState.QUEUED]
    event = Event.objects.get(kind="message.cancelled")
    assert (event.about, event.about_id, event.person_ref) == ("outbox.message", old.pk, old.person_ref)
    old.refresh_from_db()
    assert old.finished_at == NOW + timedelta(days=1)
    assert operations.cancel_waiting(written_before=young.created_at, by=SYSTEM, now=NOW) == 0


@pytest.mark.django_db
def test_cancelling_many_goes_in_steps(greeting, monkeypatch):
    monkeypatch.setattr("outbox.operations.cancelling._BATCH", 2)
    for _ in range(5):
        make_message()

    later = NOW + timedelta(seconds=1)

    assert operations.cancel_waiting(written_before=later, by=SYSTEM, now=later) == 5
    assert states() == [MessageState.CANCELLED] * 5
    assert Event.objects.filter(kind="message.cancelled").count() == 5


@pytest.mark.django_db
def test_only_administrators_hold_release_and_cancel(greeting):
    recruiter = actor(make_recruiter())
    operations.hold_mail(by=SYSTEM, now=NOW)
    make_message()

    with pytest.raises(PermissionDenied):
        operations.hold_mail(by=recruiter, now=NOW)
    with pytest.raises(PermissionDenied):
        operations.release_mail(by=recruiter, now=NOW)
    with pytest.raises(PermissionDenied):
        operations.cancel_waiting(written_before=NOW + timedelta(1), by=recruiter, now=NOW)

    assert list(queries.signs()) == [SignName.MAIL_HOLD]
    assert states() == [MessageState.QUEUED]


@pytest.mark.django_db(transaction=True)
def test_two_administrators_release_at_once_and_one_of_them_did(greeting):
    operations.hold_mail(by=SYSTEM, now=NOW)

    outcomes = run_parallel(lambda: operations.release_mail(by=SYSTEM, now=NOW), 4)

    assert sorted(outcomes) == [False, False, False, True]
    assert Event.objects.filter(kind="mail.released").count() == 1
