"""One mail and one mail server: what is put together, and what the server's answer means."""

from __future__ import annotations

import logging
import smtplib
import socket
import ssl
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import formataddr, parseaddr
from enum import Enum
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.smtp import EmailBackend
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.enums import MailSecurity
from accounts.models import Organisation
from outbox.enums import Audience, MailTrouble
from outbox.models import Message, MessageAttachment
from outbox.queries import link_url, logo_url
from outbox.registries import is_named, message_kind
from outbox.rules import (
    BOUNCES,
    REPLIES,
    SealBrokenError,
    plus_address,
    unseal,
    with_confidential,
    without_secrets,
)
from outbox.validators import check_address, check_line
from rendering.characters import clean_line
from rendering.mail import render_mail

logger = logging.getLogger(__name__)


class UndeliverableError(Exception):
    """The message can never go out as it is; the text says why to a person."""


class Outcome(Enum):
    """What became of a mail that was handed to the server."""

    SENT = "sent"
    LATER = "later"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Reply:
    """An outcome with the server's code and words, if it said anything, and what the trouble was."""

    outcome: Outcome
    words: str = ""
    code: int | None = None
    trouble: MailTrouble | None = None


def compose(
    message: Message, sender: Organisation, *, attachments: Sequence[MessageAttachment] = ()
) -> EmailMultiAlternatives:
    """Return the mail of `sender` with its link filled in. Attachments are read here.

    Raises: `UndeliverableError` when an address or the subject could smuggle in a header, or a file is gone.
    """
    from_header = from_address(sender)
    reply_to = reply_address(message, sender)
    try:
        check_address(message.to_address, field="to_address")
        for line in (message.to_name, message.subject, from_header):
            check_line(line, field="subject")
        if reply_to:
            check_address(reply_to, field="reply_to")
    except ValidationError as error:
        raise UndeliverableError(
            _("The address, the name or the subject is not safe to send. Correct it.")
        ) from error
    rendered = render_mail(
        with_confidential(message.body),
        link=link_url(message.link) if message.link else None,
        link_label=message.link_label,
        sender_name=sender.name,
        footer=footer_for(message, sender),
        language=message.language,
        direction=_direction(message.language),
        accent=sender.accent,
        logo=logo_url(sender),
    )
    mail = EmailMultiAlternatives(
        subject=message.subject,
        body=rendered.text,
        # What comes back goes to its own address, which the reader does not see.
        from_email=plus_address(BOUNCES, message.public_id) or from_header,
        to=[formataddr((message.to_name, message.to_address))],
        reply_to=[reply_to] if reply_to else None,
        headers={
            "From": from_header,
            # Always the same for one message, so that a mail program can tell a repetition.
            "Message-ID": f"<{message.public_id}@{urlsplit(sender.address).hostname or 'localhost'}>",
            **({} if is_by_hand(message) else {"Auto-Submitted": "auto-generated"}),
        },
    )
    mail.attach_alternative(rendered.html, "text/html")
    for attachment in attachments:
        mail.attach(attachment.filename, _content(attachment), attachment.media_type)
    return mail


def is_by_hand(message: Message) -> bool:
    """Whether a colleague wrote this very letter: it answers nothing by itself, and an answer of a person is wanted."""
    return message.created_by_id is not None and is_named(message.kind)


def _content(attachment: MessageAttachment) -> bytes:
    try:
        with attachment.file.open("rb") as file:
            return bytes(file.read())
    except FileNotFoundError as error:
        words = _("The file “%(name)s” that goes with it is not there any more. Write it again.")
        raise UndeliverableError(words % {"name": attachment.filename}) from error


def _direction(language: str) -> str:
    try:
        return "rtl" if translation.get_language_info(language)["bidi"] else "ltr"
    except KeyError:
        return "ltr"


def from_address(sender: Organisation) -> str:
    """Return the From of the organisation: its own address, or its name before the installation's."""
    if "@" in sender.sender:
        return sender.sender
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return formataddr((sender.sender or sender.name or name, address))


def reply_address(message: Message, sender: Organisation) -> str:
    """Return where an answer goes: where the message says, else to us where candidates' answers are received, else to
    the organisation. "" for nowhere.
    """
    if message.reply_to or message.audience != Audience.CANDIDATE:
        return message.reply_to or sender.reply_to
    return plus_address(REPLIES, message.public_id) or sender.reply_to


def footer_for(message: Message, sender: Organisation) -> str:
    """Return what stands below the mail: why it came, how to reach a person, the organisation's own lines."""
    with translation.override(message.language):
        try:
            why = str(message_kind(message.kind).why)
        except LookupError:
            why = ""
        reach = ""
        if reply_address(message, sender):
            reach = _("To reach a person, reply to this mail.")
        return "\n\n".join(part for part in (why, reach, sender.mail_footer.strip()) if part)


def connect(sender: Organisation, *, timeout: float | None = None) -> Any:
    """Return a connection, not yet open, to the mail server of the environment, else to the one of `sender`.

    Raises: `SealBrokenError` when the stored password cannot be read any more.
    """
    seconds = settings.EMAIL_TIMEOUT if timeout is None else timeout
    if settings.EMAIL_URL:
        return get_connection(fail_silently=False, timeout=seconds)
    return EmailBackend(
        host=sender.mail_host,
        port=sender.mail_port,
        username=sender.mail_user,
        password=unseal(sender.mail_password) if sender.mail_password else "",
        use_tls=sender.mail_security == MailSecurity.STARTTLS,
        use_ssl=sender.mail_security == MailSecurity.TLS,
        timeout=seconds,
        fail_silently=False,
    )


@dataclass(frozen=True)
class Welcome:
    """How a mail server receives us while nothing is sent.

    `trouble` and the server's `code` say what is in the way; `host` is who it is, `in_clear_text` whether the line to
    it is open for others to read, `certificate_ends` when what proves its name runs out.
    """

    host: str = ""
    trouble: MailTrouble | None = None
    code: int | None = None
    in_clear_text: bool = False
    certificate_ends: datetime | None = None


def knock(sender: Organisation, *, seconds: float) -> Welcome:
    """Sign in at the mail server and leave again, waiting at most `seconds` for each answer. Raises nothing."""
    try:
        connection = connect(sender, timeout=seconds)
    except SealBrokenError:
        return Welcome(sender.mail_host, MailTrouble.PASSWORD_LOST)
    host = str(getattr(connection, "host", ""))
    try:
        connection.open()
        line = getattr(connection, "connection", None)
        if not isinstance(line, smtplib.SMTP) or line.sock is None:
            return Welcome(host)
        if not isinstance(line.sock, ssl.SSLSocket):
            return Welcome(host, in_clear_text=True)
        ends = (line.sock.getpeercert() or {}).get("notAfter")
        return Welcome(
            host,
            certificate_ends=datetime.fromtimestamp(ssl.cert_time_to_seconds(str(ends)), UTC)
            if ends
            else None,
        )
    except Exception as error:  # noqa: BLE001 -- whatever it was, somebody is told in words
        _words, code, trouble = _said(error)
        return Welcome(host, trouble, code)
    finally:
        _close(connection)


def send(mail: EmailMultiAlternatives, sender: Organisation) -> Reply:
    """Hand `mail` to the server and say what became of it. Raises nothing; never falls back to clear text."""
    try:
        connection = connect(sender)
    except SealBrokenError:
        words = _(
            "The password of the mail server cannot be read any more, because SECRET_KEY has changed. An administrator "
            "types the password again under Settings, Mail server."
        )
        return Reply(Outcome.LATER, words, trouble=MailTrouble.PASSWORD_LOST)
    told = (getattr(connection, "password", None) or "", getattr(connection, "username", None) or "")
    try:
        connection.open()
    except Exception as error:  # noqa: BLE001 -- nothing was handed over, whatever it was
        words, code, trouble = _said(error)
        return Reply(Outcome.LATER, _discreet(words, *told), code, trouble)
    handed_over = _Watch(connection)
    try:
        connection.send_messages([mail])
    except Exception as error:  # noqa: BLE001 -- judged by how far it came
        reply = _judge(error, handed_over=handed_over.begun)
        return replace(reply, words=_discreet(reply.words, *told))
    finally:
        _close(connection)
    return Reply(Outcome.SENT)


class _Watch:
    """Notes whether the text of a mail began to go over the line; before that, nothing can have arrived."""

    def __init__(self, backend: Any) -> None:
        client = getattr(backend, "connection", None)
        # Other backends do not say how far they came.
        self.begun = not isinstance(client, smtplib.SMTP)
        if isinstance(client, smtplib.SMTP):
            self._data = client.data
            client.data = self._begin  # type: ignore[method-assign, assignment]

    def _begin(self, text: Any) -> Any:
        self.begun = True
        return self._data(text)


def _discreet(words: str, password: str, user: str) -> str:
    # The user name is no secret, but what both make together when they are sent is.
    return without_secrets(words, password, f"\0{user}\0{password}" if password else "")


def _judge(error: Exception, *, handed_over: bool) -> Reply:
    words, code, trouble = _said(error)
    if code is not None and 400 <= code < 600:
        return Reply(Outcome.LATER if code < 500 else Outcome.REFUSED, words, code, trouble)
    if handed_over:
        return Reply(
            Outcome.UNKNOWN,
            _("The connection broke before the mail server confirmed it."),
            trouble=MailTrouble.BROKE,
        )
    return Reply(Outcome.LATER, words, trouble=trouble)


def _said(error: Exception) -> tuple[str, int | None, MailTrouble]:
    """The server's words and code, or words of our own where it said nothing; and what the trouble is."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, said = next(iter(error.recipients.values()))
        return _line(code, said), code, MailTrouble.BUSY if code < 500 else MailTrouble.RECIPIENT
    if isinstance(error, smtplib.SMTPResponseException):
        return _line(error.smtp_code, error.smtp_error), error.smtp_code, _trouble_of(error)
    trouble = _silent_trouble(error)
    words = str(trouble.label) + "."
    if isinstance(error, ssl.SSLCertVerificationError):
        words = f"{trouble.label}: {clean_line(error.verify_message)}"
    return words, None, trouble


def _trouble_of(error: smtplib.SMTPResponseException) -> MailTrouble:
    if isinstance(error, smtplib.SMTPAuthenticationError) or error.smtp_code in (530, 534, 535, 538):
        return MailTrouble.SIGN_IN
    if error.smtp_code < 500:
        return MailTrouble.BUSY
    if isinstance(error, smtplib.SMTPSenderRefused):
        return MailTrouble.SENDER
    return MailTrouble.REFUSED


def _silent_trouble(error: Exception) -> MailTrouble:
    """What an error is that comes without an answer of the server."""
    # The client reports a wait that ran out as a closed connection.
    if isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError):
        return MailTrouble.TIMEOUT
    kinds: list[tuple[type[Exception], MailTrouble]] = [
        (smtplib.SMTPNotSupportedError, MailTrouble.NOT_OFFERED),
        (smtplib.SMTPServerDisconnected, MailTrouble.BROKE),
        (ssl.SSLCertVerificationError, MailTrouble.CERTIFICATE),
        (ssl.SSLError, MailTrouble.NO_TLS),
        (socket.gaierror, MailTrouble.NO_SUCH_SERVER),
    ]
    return next((trouble for kind, trouble in kinds if isinstance(error, kind)), MailTrouble.NOBODY_ANSWERS)


def _line(code: int, said: bytes | str) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return clean_line(f"{code} {text}")[:500]


def _close(connection: Any) -> None:
    try:
        connection.close()
    except Exception:  # noqa: BLE001 -- how the mail ended is known by now
        logger.warning("The connection to the mail server did not close cleanly.")
