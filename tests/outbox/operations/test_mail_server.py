"""Where mail goes: setting it up, testing it, leaving the local mail box and coming back."""

import base64
import smtplib
import socket
import ssl
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.mail.backends.smtp import EmailBackend

from accounts.enums import MailSecurity
from accounts.models import Actor, Organisation
from outbox import operations, queries
from outbox.enums import MailTrouble, MessageState
from outbox.models import Event, Message
from outbox.operations.mail_server import MailServerFixed
from outbox.rules import MENDS, SealBrokenError, seal, unseal, without_secrets
from tests.factories.accounts import NOW, actor, make_administrator, make_organisation, make_recruiter
from tests.factories.outbox import make_link, make_message

pytestmark = pytest.mark.django_db
SECRET = "a mail password nobody sees 9"


@pytest.fixture
def ada(settings):
    """An administrator on a site that others can reach."""
    settings.EMAIL_URL = ""
    settings.SITE_ADDRESS = "https://hiring.example.com"
    make_organisation(name="Larkfield")
    return actor(make_administrator(full_name="Ada Berg", email="ada@example.org"))


def set_up(by, **fields):
    server = {
        "host": "smtp.example.com",
        "port": 587,
        "security": MailSecurity.STARTTLS,
        "user": "jobs@example.com",
        "password": SECRET,
    }
    return operations.set_mail_server(**server | fields, by=by, now=NOW)


def deliver(now=NOW):
    return operations.deliver_due(now=now)


def home():
    return Organisation.objects.get()


# --- Setting it up ---


def test_server_is_stored_with_a_sealed_password_that_nothing_else_names(ada):
    set_up(ada)

    kept = home()
    assert not kept.mail_is_local
    assert (kept.mail_host, kept.mail_port, kept.mail_user) == ("smtp.example.com", 587, "jobs@example.com")
    assert SECRET not in kept.mail_password
    assert unseal(kept.mail_password) == SECRET
    assert not any(SECRET in str(event.data) for event in Event.objects.all())


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"host": "smtp example.com"}, "host"),
        ({"host": "smtp://example.com"}, "host"),
        ({"host": ""}, "host"),
        ({"port": 0}, "port"),
        ({"port": 65536}, "port"),
        ({"password": ""}, "password"),
        ({"security": MailSecurity.NONE}, "security"),
    ],
)
def test_what_cannot_work_is_refused_at_its_field(ada, fields, field):
    with pytest.raises(ValidationError) as refusal:
        set_up(ada, **fields)

    assert list(refusal.value.message_dict) == [field]
    assert home().mail_is_local


def test_site_address_of_this_machine_is_refused_by_name(ada, settings):
    settings.SITE_ADDRESS = "http://127.0.0.1:8000"

    with pytest.raises(ValidationError) as refusal:
        set_up(ada)

    assert "http://127.0.0.1:8000" in refusal.value.message_dict["site_address"][0]
    assert not home().mail_goes_out


def test_empty_password_keeps_the_stored_one_for_the_same_server_alone(ada):
    set_up(ada)

    set_up(ada, password="", port=465, security=MailSecurity.TLS)
    assert unseal(home().mail_password) == SECRET

    for elsewhere in ({"host": "smtp.elsewhere.example"}, {"user": "eve@example.com"}):
        with pytest.raises(ValidationError) as refusal:
            set_up(ada, password="", **elsewhere)
        assert list(refusal.value.message_dict) == ["password"]


def test_server_without_a_user_forgets_the_password(ada):
    set_up(ada)

    set_up(ada, user="", password="")

    assert home().mail_password == ""


def test_environment_and_sample_data_leave_nothing_to_decide(ada, settings):
    settings.EMAIL_URL = "smtp://mail.example.com"
    with pytest.raises(MailServerFixed):
        set_up(ada)

    settings.EMAIL_URL = ""
    Organisation.objects.update(is_sample=True)
    for attempt in (
        lambda: set_up(ada),
        lambda: operations.send_test_mail(by=ada, now=NOW),
        lambda: operations.send_kept_mail(codes=[], by=ada, now=NOW),
    ):
        with pytest.raises(MailServerFixed):
            attempt()
    assert home().mail_host == ""


def test_only_administrators_decide(ada):
    by = actor(make_recruiter())

    for attempt in (
        lambda: set_up(by),
        lambda: operations.keep_mail_here(by=by, now=NOW),
        lambda: operations.send_test_mail(by=by, now=NOW),
        lambda: operations.send_kept_mail(codes=[], by=by, now=NOW),
    ):
        with pytest.raises(PermissionDenied):
            attempt()


def test_mail_goes_out_through_the_server_of_the_page_and_stays_again(ada, greeting, smtp_server):
    local = {"host": "127.0.0.1", "port": smtp_server.port, "security": MailSecurity.NONE}
    set_up(ada, **local, user="", password="")
    sent = make_message()
    deliver()
    assert [mail["From"] for mail in smtp_server.to(sent.to_address)] == ["Larkfield <no-reply@127.0.0.1>"]

    operations.keep_mail_here(by=ada, now=NOW)
    kept = make_message()
    deliver()

    kept.refresh_from_db()
    assert kept.state == MessageState.KEPT_HERE
    assert home().mail_host == "127.0.0.1"


# --- The seal ---


def test_seal_opens_under_a_fallback_and_under_no_other_key(settings):
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "first" * 12, []
    sealed = seal(SECRET)
    assert sealed != seal(SECRET)

    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "second" * 12, ["first" * 12]
    assert unseal(sealed) == SECRET

    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(SealBrokenError):
        unseal(sealed)


def test_rotated_key_without_fallback_lets_mail_wait_and_says_what_to_do(ada, greeting, settings):
    set_up(ada)
    message = make_message()
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another" * 10, []

    deliver()

    message.refresh_from_db()
    assert (message.state, message.tries) == (MessageState.QUEUED, 1)
    assert "types the password again" in message.reason

    set_up(ada)

    message.refresh_from_db()
    assert message.due_at == NOW


@pytest.mark.parametrize(
    "said",
    [
        f"535 bad password {SECRET}",
        f"535 you sent {base64.b64encode(SECRET.encode()).decode()}",
    ],
)
def test_what_a_server_repeats_of_the_password_is_not_kept(said):
    shown = without_secrets(said, SECRET)

    assert SECRET not in shown
    assert base64.b64encode(SECRET.encode()).decode().rstrip("=") not in shown


# --- The test mail ---


def ask_for_test(ada, smtp_server, *script):
    set_up(ada, host="127.0.0.1", port=smtp_server.port, security=MailSecurity.NONE, user="", password="")
    smtp_server.script(*script)
    operations.send_test_mail(by=ada, now=NOW)
    deliver()
    return queries.last_test_mail(ada)


def test_test_mail_goes_to_whoever_asks_and_looks_like_the_others(ada, smtp_server):
    found = ask_for_test(ada, smtp_server)

    assert (found.message.state, found.trouble, found.mend) == (MessageState.SENT, None, "")
    (mail,) = smtp_server.to("ada@example.org")
    assert mail["Subject"] == "Test mail from Larkfield"
    assert "https://hiring.example.com" in mail.get_body(["plain"]).get_content()


@pytest.mark.parametrize(
    ("line", "trouble"),
    [
        ("550 5.7.1 Sender address rejected", MailTrouble.REFUSED),
        ("451 4.7.1 Greylisted, try again", MailTrouble.BUSY),
    ],
)
def test_test_mail_is_tried_once_and_keeps_what_the_server_said(ada, smtp_server, line, trouble):
    found = ask_for_test(ada, smtp_server, line)

    assert (found.message.state, found.message.reason, found.message.tries) == ("failed", line, 1)
    assert (found.trouble, found.mend) == (trouble, str(MENDS[trouble]))


def test_later_test_mail_ends_the_failed_one(ada, smtp_server):
    failed = ask_for_test(ada, smtp_server, "550 no").message

    ask_for_test(ada, smtp_server)

    failed.refresh_from_db()
    assert failed.state == MessageState.CANCELLED
    assert queries.needs_you_count(ada) == 0


CERTIFICATE = ssl.SSLCertVerificationError(1, "certificate verify failed")
CERTIFICATE.verify_message = "self-signed certificate"


@pytest.mark.parametrize(
    ("error", "trouble", "words"),
    [
        (socket.gaierror(-2, "Name or service not known"), "no_such_server", "No server of this name"),
        (ConnectionRefusedError(111, "refused"), "nobody_answers", "Nobody answers"),
        (TimeoutError("timed out"), "timeout", "in time"),
        (CERTIFICATE, "certificate", "self-signed certificate"),
        (ssl.SSLError(1, "wrong version number"), "no_tls", "does not speak TLS"),
        (smtplib.SMTPNotSupportedError("STARTTLS extension not supported"), "not_offered", "not offer"),
        (smtplib.SMTPAuthenticationError(535, b"5.7.8 Bad credentials"), "sign_in", "535 5.7.8 Bad"),
        (smtplib.SMTPSenderRefused(550, b"5.1.8 Sender unknown", "no-reply@x"), "sender", "550 5.1.8"),
        (smtplib.SMTPServerDisconnected("closed"), "broke", "broke"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_each_usual_refusal_is_named_with_a_mend(ada, monkeypatch, error, trouble, words):
    def fail(self):
        raise error

    monkeypatch.setattr(EmailBackend, "open", fail)
    set_up(ada)
    operations.send_test_mail(by=ada, now=NOW)

    deliver()

    found = queries.last_test_mail(ada)
    assert (found.message.state, found.trouble) == (MessageState.FAILED, MailTrouble(trouble))
    assert words in found.message.reason
    assert found.mend


def test_every_trouble_has_a_mend():
    assert set(MENDS) == set(MailTrouble)


# --- What was kept here ---


def kept(**fields):
    message = make_message(**fields)
    deliver()
    message.refresh_from_db()
    assert message.state == MessageState.KEPT_HERE
    return message


def test_kept_mail_whose_link_is_open_is_offered_and_sent_when_chosen(ada, greeting, smtp_server):
    open_link, plain = kept(link=make_link()), kept()
    closed = kept(link=make_link(expires_at=NOW + timedelta(hours=1)))
    later = NOW + timedelta(days=1)
    set_up(ada, host="127.0.0.1", port=smtp_server.port, security=MailSecurity.NONE, user="", password="")
    assert set(queries.kept_mail(ada, now=later)) == {open_link, plain}

    codes = [open_link.public_id, closed.public_id]
    assert operations.send_kept_mail(codes=codes, by=ada, now=later) == 1
    assert operations.send_kept_mail(codes=codes, by=ada, now=later) == 0
    deliver(later)

    states = {message.pk: message.state for message in Message.objects.all()}
    assert (states[open_link.pk], states[plain.pk], states[closed.pk]) == ("sent", "kept_here", "kept_here")
    assert len(smtp_server.to(open_link.to_address)) == 1


def test_nothing_decides_where_mail_goes_but_a_person(ada):
    with pytest.raises(PermissionDenied):
        operations.keep_mail_here(by=Actor.system(), now=NOW)
