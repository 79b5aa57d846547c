from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.models import Actor
from outbox import operations
from outbox.enums import Audience, MessageState
from outbox.models import Event, Message
from outbox.operations import MessageDraft, MessageRefused
from outbox.queries import message_state_for
from outbox.rules import LINK_MARK, link_token
from tests.factories.accounts import NOW, actor, make_recruiter
from tests.factories.outbox import make_link, make_message
from tests.servers.parallel import run_parallel

BY = {"by": Actor.system(), "now": NOW}


def drafts(count, **changes):
    return [
        MessageDraft(
            **{
                "intent": f"bulk:{number}",
                "kind": "greeting",
                "audience": Audience.CANDIDATE,
                "to_name": f"Person {number}",
                "to_address": f"person{number}@example.com",
                "context": {"candidate_name": f"Person {number}", "contact": "jobs@example.org"},
                **changes,
            }
        )
        for number in range(count)
    ]


@pytest.mark.django_db
def test_message_holds_its_words_and_waits(greeting):
    user = make_recruiter()
    link = make_link()

    message = make_message(
        to_name="Ada", context={"candidate_name": "Ada", "contact": "hr"}, link=link, by=actor(user)
    )

    message.refresh_from_db()
    assert message.subject == "Hello Ada"
    assert message.body == f"Dear Ada,\n\nplease come in.\n\n{LINK_MARK}\n\nAsk hr."
    assert (message.link, message.link_label, message.created_by) == (link, "Come in", user)
    assert (message.state, message.due_at, message.tries) == (MessageState.QUEUED, NOW, 0)


@pytest.mark.django_db
def test_case_42_token_logs_no_stored_message_holds_the_token(greeting):
    link = make_link()
    message = make_message(link=link)

    stored = " ".join(str(value) for value in Message.objects.values_list().get(pk=message.pk))

    assert link_token(link).partition(".")[2] not in stored


@pytest.mark.django_db
def test_same_intent_is_one_message_with_its_first_words(greeting):
    first = make_message(intent="once", to_name="Ada")

    second = make_message(intent="once", to_name="Eve")

    assert second == first
    assert Message.objects.get().to_name == "Ada"


@pytest.mark.django_db(transaction=True)
def test_same_intent_in_parallel_is_one_message(greeting):
    outcomes = run_parallel(lambda: make_message(intent="once").pk, 8)

    assert len(set(outcomes)) == 1
    assert Message.objects.count() == 1


@pytest.mark.django_db
def test_message_falls_with_its_transaction(greeting):
    @transaction.atomic
    def fail():
        make_message()
        raise RuntimeError("the cause did not happen")

    with pytest.raises(RuntimeError):
        fail()

    assert not Message.objects.exists()


@pytest.mark.parametrize("name", ["Ada\r\nBcc: eve@evil.example", "Ada\nX", "Ada\x00", "Ada\u2028X"])
@pytest.mark.django_db
def test_case_12_header_injection_in_the_name_is_refused(greeting, name):
    with pytest.raises(ValidationError) as refused:
        make_message(to_name=name)

    assert list(refused.value.message_dict) == ["to_name"]
    assert not Message.objects.exists()


@pytest.mark.parametrize(
    "address",
    [
        "",
        "ada",
        "a@b@c.org",
        "ada@example.com,eve@evil.example",
        "ada@example.com; eve@evil.example",
        "Ada <ada@example.com>",
        '"ada"@example.com',
        "ada@example.com\r\nBcc: eve@evil.example",
        "ada@example.com\x00",
        "a" * 320 + "@example.com",
    ],
)
@pytest.mark.django_db
def test_case_86_email_address_one_plain_recipient_or_refused(greeting, address):
    with pytest.raises(ValidationError) as refused:
        make_message(to_address=address)

    assert list(refused.value.message_dict) == ["to_address"]


@pytest.mark.django_db
def test_unknown_kind_is_an_error_of_the_caller(greeting):
    with pytest.raises(LookupError):
        make_message(kind="nonsense")


@pytest.mark.parametrize("count", [1, 3, 30])
@pytest.mark.django_db
def test_many_messages_cost_the_same_few_statements(greeting, django_assert_num_queries, count):
    prepared = drafts(count)

    # Savepoint and its release, the words, the insert, the count of what is new.
    with django_assert_num_queries(5):
        created = operations.queue_messages(drafts=prepared, **BY)

    assert created == count
    assert Message.objects.count() == count


@pytest.mark.django_db
def test_many_messages_skip_the_intents_that_exist(greeting):
    operations.queue_messages(drafts=drafts(2), **BY)

    assert operations.queue_messages(drafts=drafts(5), **BY) == 3
    assert Message.objects.count() == 5


@pytest.mark.django_db
def test_one_bad_draft_and_nothing_is_written(greeting):
    with pytest.raises(ValidationError):
        operations.queue_messages(drafts=[*drafts(2), *drafts(1, intent="bad", to_address="nobody")], **BY)

    assert not Message.objects.exists()


@pytest.mark.parametrize("state", [MessageState.FAILED, MessageState.UNKNOWN])
@pytest.mark.django_db
def test_resend_queues_again_and_says_who(greeting, state):
    user = make_recruiter()
    message = make_message()
    Message.objects.filter(pk=message.pk).update(state=state, tries=6, reason="no", finished_at=NOW)
    later = NOW + timedelta(hours=1)

    message = operations.resend(message=message, by=actor(user), now=later)

    assert (message.state, message.tries, message.due_at) == (MessageState.QUEUED, 0, later)
    assert (message.reason, message.finished_at) == ("", None)
    assert Event.objects.get(kind="message.resent").actor_user == user


@pytest.mark.parametrize(
    "state", [MessageState.QUEUED, MessageState.SENDING, MessageState.SENT, MessageState.KEPT_HERE]
)
@pytest.mark.django_db
def test_resend_of_another_state_is_refused(greeting, state):
    message = make_message()
    Message.objects.filter(pk=message.pk).update(state=state)

    with pytest.raises(MessageRefused):
        operations.resend(message=message, **BY)

    assert Message.objects.get().state == state


@pytest.mark.django_db
def test_cancel_takes_back_what_waits(greeting):
    message = operations.cancel_message(message=make_message(), **BY)

    assert message.state == MessageState.CANCELLED
    assert operations.deliver_due(now=NOW) == 0


@pytest.mark.django_db
def test_cancel_of_what_is_being_sent_is_refused(greeting):
    message = make_message()
    Message.objects.filter(pk=message.pk).update(state=MessageState.SENDING)

    with pytest.raises(MessageRefused):
        operations.cancel_message(message=message, **BY)


@pytest.mark.django_db
def test_state_for_rows_is_that_of_the_newest_message(greeting, django_assert_num_queries):
    make_message(about="app.Thing", about_id=1)
    newest = make_message(about="app.Thing", about_id=1, now=NOW + timedelta(hours=1))
    other = make_message(about="app.Thing", about_id=2)
    make_message(about="app.Other", about_id=3)

    with django_assert_num_queries(1):
        states = message_state_for("app.Thing", [1, 2, 3])

    assert states == {1: newest, 2: other}
