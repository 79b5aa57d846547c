"""A real SMTP conversation with the command as it runs."""

import os
import signal
import smtplib
import subprocess
import sys
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from outbox.enums import InboundKind, MessageState
from outbox.models import InboundMessage, Message
from outbox.rules import BOUNCES, INBOUND_LIMIT, REPLIES, plus_address
from tests.factories.inbound import make_answer, make_notice, make_report
from tests.factories.outbox import make_message
from tests.servers.ports import free_port
from tests.servers.processes import PROJECT, wait_until

ADDRESS = "hiring@example.org"


class Receiver:
    """The command, and what it says."""

    def __init__(self, environment, log):
        self.port, self.log = free_port(), log
        self.environment = environment | {
            "INBOUND_ADDRESS": ADDRESS,
            "INBOUND_LISTEN": f"127.0.0.1:{self.port}",
            "LOG_LEVEL": "DEBUG",
        }
        self.process = None

    def start(self):
        with self.log.open("a") as log:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "receive_mail"],
                env=self.environment,
                cwd=PROJECT,
                stdout=log,
                stderr=log,
            )
        wait_until(
            lambda: "is taken at" in self.log.read_text() or self.process.poll() is not None,
            what="the receiver",
            seconds=60,
        )
        assert self.process.poll() is None, self.log.read_text()

    def stop(self):
        """Ask it to end and return its exit code."""
        if self.process is None:
            return None
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(30)

    def send(self, to, raw, sender="ada@example.com"):
        """Hand a mail over and return what the server said last."""
        with smtplib.SMTP("127.0.0.1", self.port, timeout=30) as client:
            client.ehlo()
            client.mail(sender)
            code, said = client.rcpt(to)
            if code == 250:
                code, said = client.data(raw)
            return code, said.decode()


@pytest.fixture
def receiver(transactional_db, tmp_path, greeting, settings):
    settings.INBOUND_ADDRESS = ADDRESS
    running = Receiver(dict(os.environ), tmp_path / "receiver.log")
    yield running
    running.stop()


def sent(address):
    message = make_message(to_address=address, to_name="Ada Lovelace", person_ref="abcdefghjkmnpqrs")
    Message.objects.filter(pk=message.pk).update(state=MessageState.SENT)
    return message


@pytest.mark.served
@pytest.mark.xdist_group("served processes")
@pytest.mark.django_db(transaction=True)
def test_case_87_mail_comes_by_smtp_and_is_written_down_where_it_belongs(receiver):
    answered, returned, late = sent("ada@example.com"), sent("gone@example.com"), sent("late@example.com")
    old_style = sent("old@example.com")
    receiver.start()
    reply_to = plus_address(REPLIES, answered.public_id)
    answer = make_answer("I come.")
    odd = make_answer("a\x00b", Content_Type="text/plain; charset=x-unknown")

    codes = {
        "answer": receiver.send(reply_to, answer)[0],
        "again": receiver.send(reply_to, answer)[0],
        "odd": receiver.send(reply_to, odd)[0],
        "automatic": receiver.send(reply_to, make_answer(Auto_Submitted="auto-replied"), "")[0],
        "came back": receiver.send(plus_address(BOUNCES, returned.public_id), make_report(), "")[0],
        "held up": receiver.send(
            plus_address(BOUNCES, late.public_id), make_report(action="delayed", status="4.4.1"), ""
        )[0],
        "came back in words": receiver.send(
            plus_address(BOUNCES, old_style.public_id), make_notice("550 5.7.1 Nobody here"), ""
        )[0],
        "away": receiver.send(
            plus_address(BOUNCES, answered.public_id),
            make_answer("I am away."),
            "",
        )[0],
        "forged": receiver.send(reply_to.replace("+r-", "+b-"), answer)[0],
        "nobody": receiver.send("ada@example.com", answer)[0],
        "too large": receiver.send(reply_to, make_answer(f"{'x' * 998}\r\n" * (INBOUND_LIMIT // 1000 + 1)))[
            0
        ],
    }
    ended = receiver.stop()

    assert codes == {
        "answer": 250,
        "again": 250,
        "odd": 250,
        "automatic": 250,
        "came back": 250,
        "held up": 250,
        "came back in words": 250,
        "away": 250,
        "forged": 550,
        "nobody": 550,
        "too large": 552,
    }
    written = InboundMessage.objects.order_by("pk").values_list("kind", "answers", "code", "body")
    assert [(kind, answers, code) for kind, answers, code, _body in written] == [
        (InboundKind.REPLY, answered.pk, ""),
        (InboundKind.REPLY, answered.pk, ""),
        (InboundKind.AUTOMATIC, answered.pk, ""),
        (InboundKind.BOUNCE, returned.pk, "5.1.1"),
        (InboundKind.AUTOMATIC, late.pk, "4.4.1"),
        (InboundKind.BOUNCE, old_style.pk, "5.7.1"),
        (InboundKind.AUTOMATIC, answered.pk, ""),
    ]
    assert [body for *_rest, body in written][:2] == ["I come.", "ab"]
    states = dict(Message.objects.values_list("pk", "state"))
    assert states == {
        answered.pk: MessageState.SENT,
        returned.pk: MessageState.BOUNCED,
        late.pk: MessageState.SENT,
        old_style.pk: MessageState.BOUNCED,
    }
    assert ended == 0
    log = receiver.log.read_text()
    assert "example.com" not in log
    assert "I come." not in log
    assert answered.public_id not in log


@pytest.mark.served
@pytest.mark.xdist_group("served processes")
@pytest.mark.django_db(transaction=True)
def test_while_the_database_is_away_the_sender_is_asked_to_come_again(receiver):
    message = sent("ada@example.com")
    receiver.environment |= {"DATABASE_URL": "postgres://nobody:none@127.0.0.1:1/none"}
    receiver.start()

    code, _said = receiver.send(plus_address(REPLIES, message.public_id), make_answer())

    assert code == 451
    assert "could not be written" not in receiver.log.read_text()
    assert not InboundMessage.objects.exists()


def test_without_its_settings_the_command_says_which(settings):
    settings.INBOUND_ADDRESS = settings.INBOUND_LISTEN = ""

    with pytest.raises(CommandError, match="INBOUND_ADDRESS and INBOUND_LISTEN are not set"):
        call_command("receive_mail", stdout=StringIO())
