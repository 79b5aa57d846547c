"""Reading a mail that came to us: a stranger's bytes in, plain text within bounds out. Raises nothing."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage, Message
from email.parser import BytesParser
from email.policy import EmailPolicy
from email.utils import parseaddr
from typing import Any, Final

from rendering.characters import clean_line, clean_text
from rendering.stripping import strip_html

MOST_CHARACTERS: Final = 100_000
# More is no letter of a person, and takes long to read.
MOST_PARTS: Final = 100
MOST_HEADERS: Final = 2_000
LONGEST_HEADER: Final = 2_000
# Of a part that is cut anyway; four bytes make a character at most.
_MOST_BYTES: Final = 4 * MOST_CHARACTERS
# Markup and styles are long beside what they say.
_MOST_MARKUP: Final = 10 * MOST_CHARACTERS
# These take time that grows with the square of the text, or read escapes of a programming language.
_NOT_A_CHARSET = re.compile(r"punycode|idna|escape|utf[-_]?7$", re.IGNORECASE)
_STATUS = re.compile(r"\b([245])\.\d{1,3}\.\d{1,3}\b", re.ASCII)
# The same in running words, where numbers with points are also addresses of machines and versions.
_STATUS_IN_WORDS = re.compile(r"(?<![\w.])[45]\.\d{1,3}\.\d{1,3}(?!\w|\.\d)", re.ASCII)
_ANSWER = re.compile(r"(?<![\w.])[45]\d\d(?=[ -])", re.ASCII)
# Who writes that a mail could not be delivered, and in which words; whoever writes that it takes longer writes again.
_MACHINES: Final = ("mailer-daemon", "postmaster", "mail-daemon", "mdaemon")
_FAILED = re.compile(
    r"undeliver|returned (?:mail|to sender)|returning message|delivery (?:status notification|has failed|failure)"
    r"|delivery failed|failure notice|could not be delivered|unable to deliver|permanent (?:fatal )?error"
    r"|unzustellbar|nicht zugestellt",
    re.IGNORECASE,
)
_HELD_UP = re.compile(r"delay|warning|verzögert", re.IGNORECASE)
_GOES_ON = re.compile(
    r"still trying|be retried|keep trying|attempts will continue|warning message only|need not resend",
    re.IGNORECASE,
)
# Behind it stands the mail that came back.
_NOTICE_LINES: Final = 40
# "smtp; 550 5.1.1 no such person"
_TYPE_OF_WORDS = re.compile(r"^[\w-]{1,40}\s*;\s*", re.ASCII)
_BULK: Final = frozenset({"bulk", "junk", "list", "auto_reply"})


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryReport:
    """What a mail server says of a mail that it took: `action` in its word ("failed", "delayed", "delivered"), the
    `code` as in 5.1.1, and its `words`.
    """

    action: str
    code: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadMail:
    """What a mail says. `digest` is what the same mail is known by when it comes again, `attachments` how many files
    came with it, `report` what it says of another mail; `notice` is the same, guessed from the words of a mail server
    that knows no reports.
    """

    digest: str
    from_name: str = ""
    from_address: str = ""
    subject: str = ""
    text: str = ""
    attachments: int = 0
    is_automatic: bool = False
    is_readable: bool = True
    report: DeliveryReport | None = None
    notice: DeliveryReport | None = None


class _TooMuchError(Exception):
    """The mail has more parts or headers than a letter has."""


class _Bounded(EmailPolicy):
    """Reads headers as they are today, cut, and refuses mail that is made to be slow."""

    # Parts and headers so far; given anew for each mail.
    seen: list[int] | None = None

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        assert self.seen is not None
        self.seen[1] += 1
        if self.seen[1] > MOST_HEADERS:
            raise _TooMuchError
        name, value = super().header_source_parse(sourcelines)
        return name, value[:LONGEST_HEADER]


def read_mail(raw: bytes, *, envelope_sender: str) -> ReadMail:
    """Return what a mail says; `envelope_sender` is whom word of its fate would go to, "" for mail of a machine.

    A mail that cannot be read keeps what can be: it is not lost without a word.
    """
    known_by = hashlib.sha256(raw).hexdigest()
    seen = [0, 0]

    def part(policy: Any = None) -> EmailMessage:
        seen[0] += 1
        if seen[0] > MOST_PARTS:
            raise _TooMuchError
        return EmailMessage(policy)

    try:
        policy = _Bounded(seen=seen, message_factory=part)  # type: ignore[call-overload]
        mail = BytesParser(policy=policy).parsebytes(raw)
        assert isinstance(mail, EmailMessage)
        return _read(mail, known_by, is_from_machine=not envelope_sender)
    except Exception:  # noqa: BLE001 -- whatever a stranger sent, it is counted and somebody sees that it came
        return ReadMail(digest=known_by, is_automatic=not envelope_sender, is_readable=False)


def _read(mail: EmailMessage, known_by: str, *, is_from_machine: bool) -> ReadMail:
    name, address = _sender(mail)
    message_id = clean_line(_header(mail, "Message-ID"))
    subject, text, report = clean_line(_header(mail, "Subject"))[:300], _text(mail), _report(mail)
    is_notice = report is None and is_from_machine and _is_notice(mail, address, subject, text)
    return ReadMail(
        # Ids can name people by their machines, and are as long as somebody likes.
        digest=hashlib.sha256(message_id.encode()).hexdigest() if message_id else known_by,
        from_name=name[:200],
        from_address=address[:320],
        subject=subject,
        text=text,
        attachments=min(sum(1 for part in _parts(mail) if _is_file(part)), MOST_PARTS),
        is_automatic=is_from_machine or _says_automatic(mail),
        report=report,
        notice=_notice(text) if is_notice else None,
    )


def _header(mail: Message, name: str) -> str:
    """A header as text. The library's reading of it can fail on what strangers write; then it is taken as it stands."""
    try:
        return str(mail.get(name) or "")
    except Exception:  # noqa: BLE001 -- many kinds, all of one bad header
        return next((str(value) for key, value in mail.raw_items() if key.lower() == name.lower()), "")


def _sender(mail: EmailMessage) -> tuple[str, str]:
    try:
        [first, *_rest] = mail["From"].addresses
        return clean_line(first.display_name), clean_line(first.addr_spec)
    except Exception:  # noqa: BLE001 -- as above
        name, address = parseaddr(clean_line(_header(mail, "From")))
        return clean_line(name), clean_line(address)


def _says_automatic(mail: EmailMessage) -> bool:
    sent = _header(mail, "Auto-Submitted").split(";")[0].strip().lower()
    return (
        sent not in ("", "no")
        or _header(mail, "Precedence").strip().lower() in _BULK
        or any(name in mail for name in ("X-Autoreply", "X-Autorespond"))
    )


def _parts(mail: Message) -> Iterator[Message]:
    """The mail and its parts, without what stands in mails that go along with it."""
    yield mail
    payload = mail.get_payload() if mail.get_content_maintype() == "multipart" else None
    for part in payload if isinstance(payload, list) else ():
        if isinstance(part, Message):
            yield from _parts(part)


def _is_file(part: Message) -> bool:
    if part.get_content_maintype() == "multipart":
        return False
    named = part.get_content_disposition() == "attachment" or part.get_filename() is not None
    return named or part.get_content_type() == "message/rfc822"


def _text(mail: Message) -> str:
    """The plain part, else what the HTML part says."""
    texts = [part for part in _parts(mail) if not _is_file(part)]
    for kind in ("text/plain", "text/html"):
        for part in texts:
            if part.get_content_type() != kind:
                continue
            text = strip_html(_decoded(part, _MOST_MARKUP)) if kind == "text/html" else _decoded(part)
            if text.strip():
                return clean_text(text).strip()[:MOST_CHARACTERS]
    return ""


def _decoded(part: Message, most: int = _MOST_BYTES) -> str:
    payload = part.get_payload(decode=True)
    data = payload[:most] if isinstance(payload, bytes) else b""
    charset = part.get_content_charset("utf-8")
    if _NOT_A_CHARSET.search(charset):
        charset = "utf-8"
    try:
        return data.decode(charset, "replace")
    except (LookupError, ValueError):
        return data.decode("utf-8", "replace")


def _report(mail: Message) -> DeliveryReport | None:
    """What is said of our mail, which had one reader: the worst of what stands there."""
    if mail.get_content_type() != "multipart/report":
        return None
    found = [report for block in _blocks(mail) if (report := _said(block))]
    worst = {"failed": 0, "delayed": 1}
    return min(found, key=lambda report: worst.get(report.action, 2), default=None)


def _blocks(mail: Message) -> Iterator[Message]:
    for part in _parts(mail):
        payload = part.get_payload() if part.get_content_type() == "message/delivery-status" else None
        for block in payload if isinstance(payload, list) else ():
            if isinstance(block, Message):
                yield block


def _said(block: Message) -> DeliveryReport | None:
    action = _header(block, "Action").strip().lower()
    status = _STATUS.search(_header(block, "Status"))
    if not action or status is None:
        return None
    words = _TYPE_OF_WORDS.sub("", clean_line(_header(block, "Diagnostic-Code")))
    return DeliveryReport(action=action[:20], code=status[0], words=words[:400])


def _is_notice(mail: Message, address: str, subject: str, text: str) -> bool:
    """Whether a mail server says in words alone that it gave a mail up. One that writes for somebody who is away does
    so in their name, and not as a mail server.
    """
    says_who = "X-Failed-Recipients" in mail
    is_machine = address.lower().partition("@")[0] in _MACHINES
    beginning = "\n".join(_first_lines(text))
    if not (says_who or is_machine) or _HELD_UP.search(subject) or _GOES_ON.search(beginning):
        return False
    return says_who or bool(_FAILED.search(subject) or _FAILED.search(beginning))


def _first_lines(text: str) -> list[str]:
    return [line for each in text.splitlines()[:_NOTICE_LINES] if (line := clean_line(each[:1000]))]


def _notice(text: str) -> DeliveryReport:
    """What a mail server says in its first lines: the line with its answer, else how it begins."""
    lines = _first_lines(text)
    status = next((found for line in lines if (found := _STATUS_IN_WORDS.search(line))), None)
    told = next((line for line in lines if _STATUS_IN_WORDS.search(line) or _ANSWER.search(line)), "")
    answer = _ANSWER.search(told)
    code = status[0] if status else f"{answer[0][0]}.0.0" if answer else ""
    return DeliveryReport(action="failed", code=code, words=(told or " ".join(lines[:3]))[:400])
