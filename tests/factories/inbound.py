"""Mail as it comes from outside: answers of people, of machines, and of mail servers that give one back."""

from __future__ import annotations

from itertools import count

_numbers = count(1)


def make_answer(text: str = "Thank you, I will come.", **headers: str) -> bytes:
    """An answer of a person; `headers` come on top, with "_" for "-"."""
    lines = {
        "From": "Ada Lovelace <ada@example.com>",
        "To": "hiring@example.org",
        "Subject": "Re: Hello",
        "Message-ID": f"<answer-{next(_numbers)}@example.com>",
        "Content-Type": "text/plain; charset=utf-8",
    } | {name.replace("_", "-"): value for name, value in headers.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"{head}\r\n{text}\r\n".encode()


def make_report(
    *, action: str = "failed", status: str = "5.1.1", said: str = "smtp; 550 5.1.1 No such person"
) -> bytes:
    """What a mail server says of a mail that it took, as RFC 3464 has it."""
    return f"""From: Mail Delivery System <mailer-daemon@mail.example.com>\r
To: hiring@example.org\r
Subject: Undelivered Mail Returned to Sender\r
Auto-Submitted: auto-replied\r
Message-ID: <report-{next(_numbers)}@mail.example.com>\r
MIME-Version: 1.0\r
Content-Type: multipart/report; report-type=delivery-status; boundary="part"\r
\r
--part\r
Content-Type: text/plain; charset=us-ascii\r
\r
I am sorry to have to inform you.\r
\r
--part\r
Content-Type: message/delivery-status\r
\r
Reporting-MTA: dns; mail.example.com\r
\r
Final-Recipient: rfc822; ada@example.com\r
Action: {action}\r
Status: {status}\r
Diagnostic-Code: {said}\r
\r
--part\r
Content-Type: message/rfc822\r
\r
From: hiring@example.org\r
Subject: Hello\r
\r
Dear Ada\r
\r
--part--\r
""".encode()


def make_notice(
    text: str = "This is the mail system. Your message could not be delivered.", **headers: str
) -> bytes:
    """What a mail server of the old kind says in words alone of a mail that it gives back."""
    usual = {
        "From": "Mail Delivery System <MAILER-DAEMON@mail.example.com>",
        "Subject": "Undelivered Mail Returned to Sender",
        "Auto_Submitted": "auto-replied",
    }
    return make_answer(text, **(usual | headers))
