"""Answers to our mail, and mail that came back."""

from datetime import timedelta

import pytest

from accounts.models import Actor
from outbox import operations, queries
from outbox.enums import Audience, InboundKind, LinkPurpose, MessageState
from outbox.models import Event, InboundMessage, Message
from outbox.operations import create_link, inbound
from outbox.queries import link_url
from outbox.rules import BOUNCES, REPLIES, link_token, plus_address, plus_parts
from outbox.signals import mail_news
from tests.factories.accounts import NOW, actor, make_administrator
from tests.factories.inbound import make_answer, make_notice, make_report
from tests.factories.outbox import make_message

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def news():
    """What was told of mail: (kind, id of the message)."""
    told = []

    def hear(*, kind, message, **kwargs):
        told.append((kind, message.pk))

    mail_news.connect(hear)
    yield told
    mail_news.disconnect(hear)


def sent(**fields):
    message = make_message(**fields)
    Message.objects.filter(pk=message.pk).update(state=MessageState.SENT, finished_at=NOW)
    return message


def receive(message, raw, envelope_sender="ada@example.com", now=LATER, purpose=REPLIES):
    return operations.receive_mail(
        public_id=message.public_id, raw=raw, envelope_sender=envelope_sender, purpose=purpose, now=now
    )


def kinds(message):
    events = Event.objects.filter(about="outbox.message", about_id=message.pk)
    return list(events.order_by("pk").values_list("kind", flat=True))


@pytest.mark.parametrize("purpose", [REPLIES, BOUNCES])
def test_address_of_a_message_is_ours_by_its_mac_under_every_key(settings, purpose):
    settings.INBOUND_ADDRESS = "Hiring@Example.org"
    settings.LINK_KEYS = ["o" * 40]
    address = plus_address(purpose, "abcdefghjkmnpqrs")
    settings.LINK_KEYS = ["n" * 40, "o" * 40]

    assert len(address.partition("@")[0]) <= 64
    assert plus_parts(address) == (purpose, "abcdefghjkmnpqrs")
    assert plus_parts(address.upper()) == (purpose, "abcdefghjkmnpqrs")


def test_forged_address_is_not_ours(settings):
    settings.INBOUND_ADDRESS = "hiring@example.org"
    reply = plus_address(REPLIES, "abcdefghjkmnpqrs")

    for forged in (
        reply.replace("+r-", "+b-"),
        reply.replace("abcdefgh", "abcdefgj"),
        reply.replace("@example.org", "@example.com"),
        reply.replace("hiring+", "other+"),
        f"x{reply}",
        f"{reply}\n",
        "hiring@example.org",
        "hiring+@example.org",
        "",
    ):
        assert plus_parts(forged) is None, forged


def test_nobody_is_ours_where_no_mail_is_received(settings):
    settings.INBOUND_ADDRESS = ""

    assert plus_address(REPLIES, "abcdefghjkmnpqrs") == ""
    assert plus_parts("+r-abcdefghjkmnpqrs-aaaaaaaaaaaaaaaaaaaa@") is None


def test_answer_is_written_down_with_what_it_answers(greeting, news):
    message = sent(to_address="ada@example.com", person_ref="abcdefghjkmnpqrs", about="x.y", about_id=7)

    received = receive(message, make_answer("I come."))

    assert received.kind == InboundKind.REPLY
    assert (received.answers, received.person_ref) == (message, "abcdefghjkmnpqrs")
    assert (received.about, received.about_id) == ("x.y", 7)
    assert (received.body, received.received_at) == ("I come.", LATER)
    assert not received.is_from_elsewhere
    assert kinds(message) == ["message.answered"]
    assert news == [("reply", message.pk)]
    message.refresh_from_db()
    assert message.state == MessageState.SENT


def test_answer_from_another_address_is_marked_and_taken_for_nobody(greeting):
    message = sent(to_address="grace@example.com", person_ref="abcdefghjkmnpqrs")

    assert receive(message, make_answer()).is_from_elsewhere


def test_same_mail_twice_is_one_row(greeting, news):
    message = sent()
    raw, without_id = make_answer(), make_answer(Message_ID="")

    first, again = receive(message, raw), receive(message, raw)
    receive(message, without_id)
    receive(message, without_id)

    assert first == again
    assert InboundMessage.objects.count() == 2
    assert kinds(message) == ["message.answered"] * 2
    assert news == [("reply", message.pk)] * 2


def test_mail_that_came_back_for_good_says_so_with_code_and_words(greeting, news):
    message = sent(to_address="ada@example.com")

    received = receive(message, make_report(), "")

    assert (received.kind, received.code) == (InboundKind.BOUNCE, "5.1.1")
    message.refresh_from_db()
    assert (message.state, message.bounced_at) == (MessageState.BOUNCED, LATER)
    assert message.reason == "550 5.1.1 No such person"
    assert message.finished_at == NOW
    assert kinds(message) == ["message.bounced"]
    assert Event.objects.get(kind="message.bounced").data == {"code": "5.1.1"}
    assert news == [("bounced", message.pk)]
    assert queries.needs_you_count(actor(make_administrator())) == 1


def test_mail_that_is_held_up_is_written_down_and_no_more(greeting, news):
    message = sent()

    received = receive(message, make_report(action="delayed", status="4.4.1"), "")

    assert (received.kind, received.code) == (InboundKind.AUTOMATIC, "4.4.1")
    message.refresh_from_db()
    assert (message.state, message.bounced_at, message.reason) == (MessageState.SENT, None, "")
    assert kinds(message) == ["message.delayed"]
    assert news == []


def test_mail_that_was_given_up_failed_and_its_address_stays_good(greeting, news):
    message = sent()

    receive(message, make_report(status="4.4.7", said="smtp; 450 mailbox full"), "")

    message.refresh_from_db()
    assert (message.state, message.bounced_at) == (MessageState.FAILED, None)
    assert message.reason == "4.4.7 450 mailbox full"
    assert not queries.address_came_back(message.to_address)
    assert news == [("mail_failed", message.pk)]


@pytest.mark.parametrize("state", [MessageState.QUEUED, MessageState.CANCELLED, MessageState.KEPT_HERE])
def test_report_about_what_we_did_not_hand_over_changes_nothing(greeting, state):
    message = make_message()
    Message.objects.filter(pk=message.pk).update(state=state)

    receive(message, make_report(), "")

    message.refresh_from_db()
    assert (message.state, message.bounced_at) == (state, None)
    assert InboundMessage.objects.count() == 1


def test_case_87_automatic_answer_is_written_down_and_nobody_is_answered(greeting, news):
    message = sent()

    received = [
        receive(message, make_answer(Auto_Submitted="auto-replied")),
        receive(message, make_answer(Precedence="bulk")),
        receive(message, make_answer(), ""),
    ]

    assert [each.kind for each in received] == [InboundKind.AUTOMATIC] * 3
    assert Message.objects.count() == 1
    assert kinds(message) == []
    assert news == []


def test_words_of_a_mail_server_are_word_that_a_mail_came_back_at_its_own_address_alone(greeting, news):
    returned, given_up, answered = sent(to_address="gone@example.com"), sent(), sent()

    told = receive(returned, make_notice("No such person here."), "", purpose=BOUNCES)
    late = receive(given_up, make_notice("Gave up: 4.4.7 expired."), "", purpose=BOUNCES)
    at_the_answers = receive(answered, make_notice(), "")

    assert (told.kind, told.code, told.body) == (InboundKind.BOUNCE, "", "No such person here.")
    assert (late.kind, late.code) == (InboundKind.BOUNCE, "4.4.7")
    assert at_the_answers.kind == InboundKind.AUTOMATIC
    for message in (returned, given_up, answered):
        message.refresh_from_db()
    assert (returned.state, returned.reason) == (MessageState.BOUNCED, "No such person here.")
    assert (given_up.state, given_up.bounced_at) == (MessageState.FAILED, None)
    assert answered.state == MessageState.SENT
    assert queries.address_came_back("gone@example.com")
    assert news == [("bounced", returned.pk), ("mail_failed", given_up.pk)]


def test_case_87_whoever_is_away_and_answers_to_the_address_for_returned_mail_is_automatic(greeting, news):
    message = sent()

    received = receive(message, make_answer("I am away.", Auto_Submitted="auto-replied"), "", purpose=BOUNCES)

    assert received.kind == InboundKind.AUTOMATIC
    message.refresh_from_db()
    assert message.state == MessageState.SENT
    assert news == []


def test_quoted_link_is_not_kept(greeting):
    link = create_link(
        purpose=LinkPurpose.TEST, person_ref="abcdefghjkmnpqrs", by=Actor.system(), now=NOW, expires_at=None
    )
    message = sent(link=link)
    quoted = f"Thank you.\r\n> Open the test:\r\n> {link_url(link)}"

    received = receive(message, make_answer(quoted))

    assert link_token(link) not in received.body
    assert received.body.startswith("Thank you.\n> Open the test:\n> ")


def test_answer_to_somebody_who_was_erased_is_not_kept(greeting):
    message = sent(person_ref="abcdefghjkmnpqrs")
    operations.redact_person(person_ref="abcdefghjkmnpqrs", now=NOW)

    assert receive(message, make_answer()) is None
    assert not InboundMessage.objects.exists()


def test_message_takes_so_many_answers_and_word_that_it_came_back_after_them(greeting, monkeypatch):
    monkeypatch.setattr(inbound, "MOST_ANSWERS", 2)
    message = sent()
    other = sent()

    taken = [receive(message, make_answer()) is not None for _number in range(3)]

    assert taken == [True, True, False]
    assert receive(other, make_answer()) is not None
    receive(message, make_report(), "")
    message.refresh_from_db()
    assert message.state == MessageState.BOUNCED


def test_answer_to_no_message_is_not_kept():
    gone = Message(public_id="abcdefghjkmnpqrs")

    assert receive(gone, make_answer()) is None


def test_mail_that_cannot_be_read_is_counted(greeting, news):
    message = sent()

    received = receive(message, b"A: b\r\n" * 5_000)

    assert (received.kind, received.body) == (InboundKind.OTHER, "")
    assert news == []


@pytest.mark.parametrize("audience", [Audience.CANDIDATE, Audience.STAFF])
def test_received_mail_goes_to_addresses_of_the_message_and_from_stays(
    greeting, real_mail, settings, audience
):
    settings.INBOUND_ADDRESS = "hiring@example.org"
    message = make_message(to_address="ada@example.com", audience=audience)

    operations.deliver_due(now=NOW)

    (mail,) = real_mail.to("ada@example.com")
    answers_go_to = plus_address(REPLIES, message.public_id) if audience == Audience.CANDIDATE else None
    assert mail["Reply-To"] == answers_go_to
    assert mail["X-Envelope-From"] == plus_address(BOUNCES, message.public_id)
    assert "hiring@example.org" not in mail["From"]
    said = mail.get_body(["plain"]).get_content()
    assert ("To reach a person, reply to this mail." in said) == (audience == Audience.CANDIDATE)


def test_message_that_names_where_answers_go_keeps_it(greeting, real_mail, settings):
    settings.INBOUND_ADDRESS = "hiring@example.org"
    make_message(to_address="ada@example.com", reply_to="grace@example.org")

    operations.deliver_due(now=NOW)

    assert real_mail.to("ada@example.com")[0]["Reply-To"] == "grace@example.org"


def test_without_a_mailbox_of_ours_mail_is_what_it_was(greeting, real_mail):
    make_message(to_address="ada@example.com")

    operations.deliver_due(now=NOW)

    (mail,) = real_mail.to("ada@example.com")
    assert mail["Reply-To"] is None
    assert mail["X-Envelope-From"] == mail["From"].addresses[0].addr_spec


def test_nothing_more_goes_to_an_address_whose_mail_came_back(greeting, real_mail, news):
    first = sent(to_address="Ada@example.com")
    receive(first, make_report(), "")
    second = make_message(to_address="ada@Example.com")
    other = make_message(to_address="grace@example.com")

    operations.deliver_due(now=NOW)

    second.refresh_from_db()
    other.refresh_from_db()
    assert second.state == MessageState.FAILED
    assert second.reason == (
        "An earlier mail to this address came back. Correct the address, or send it anyway."
    )
    assert other.state == MessageState.SENT
    assert len(real_mail.delivered) == 1
    assert ("mail_failed", second.pk) in news


def test_sent_again_it_is_held_and_sent_anyway_it_goes_out(greeting, real_mail):
    message = sent(to_address="ada@example.com")
    receive(message, make_report(), "")
    by = Actor.system()

    operations.resend(message=message, by=by, now=NOW)
    operations.deliver_due(now=NOW)
    message.refresh_from_db()
    held = message.state
    operations.send_anyway(message=message, by=by, now=NOW)
    operations.deliver_due(now=NOW)

    message.refresh_from_db()
    assert (held, message.state) == (MessageState.FAILED, MessageState.SENT)
    assert not queries.address_came_back("ada@example.com")
    # It may come back once more.
    receive(message, make_report(), "")
    assert queries.address_came_back("ADA@example.com")


def test_delivery_asks_for_addresses_that_came_back_in_the_statement_that_loads(
    greeting, real_mail, django_assert_num_queries
):
    counts = []
    for _round in range(2):
        message = make_message()
        with django_assert_num_queries(QUERIES_OF_DELIVERY):
            operations.delivery.deliver_one(message.pk, now=NOW)
        counts.append(message.pk)
        for _number in range(3):
            receive(sent(), make_report(), "")

    assert len(counts) == 2


QUERIES_OF_DELIVERY = 7
