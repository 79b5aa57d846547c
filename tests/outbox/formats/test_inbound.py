"""What is read of a mail that a stranger wrote."""

import pytest

from outbox.formats.inbound import MOST_CHARACTERS, read_mail
from tests.factories.inbound import make_answer, make_notice, make_report


def read(raw, envelope_sender="ada@example.com"):
    return read_mail(raw, envelope_sender=envelope_sender)


def test_answer_is_read_with_its_sender_subject_and_text():
    mail = read(make_answer("Grüße\r\n\r\nAda", Subject="=?utf-8?q?Re=3A_Gr=C3=BC=C3=9Fe?="))

    assert (mail.from_name, mail.from_address) == ("Ada Lovelace", "ada@example.com")
    assert (mail.subject, mail.text) == ("Re: Grüße", "Grüße\n\nAda")
    assert not mail.is_automatic
    assert mail.is_readable
    assert mail.report is None


def test_plain_part_comes_before_markup_and_files_are_counted_and_left_out():
    raw = b"""From: ada@example.com\r
Message-ID: <1@example.com>\r
Content-Type: multipart/mixed; boundary=outer\r
\r
--outer\r
Content-Type: multipart/alternative; boundary=inner\r
\r
--inner\r
Content-Type: text/html\r
\r
<p>as markup</p>\r
--inner\r
Content-Type: text/plain\r
\r
as text\r
--inner--\r
--outer\r
Content-Type: application/pdf; name=cv.pdf\r
Content-Disposition: attachment; filename=cv.pdf\r
\r
%PDF\r
--outer\r
Content-Type: message/rfc822\r
\r
Subject: another\r
\r
not mine\r
--outer--\r
"""
    mail = read(raw)

    assert (mail.text, mail.attachments) == ("as text", 2)


def test_case_3_markup_alone_becomes_text_without_tags_scripts_and_styles():
    markup = (
        "<style>p{color:red}</style><script>alert(1)</script><p>Yes,<br>I come.</p>"
        '<p>1 &lt; 2 <img src=x onerror=alert(1)><a href="https://evil.example">here</a></p><!-- hidden -->'
    )

    mail = read(make_answer(markup, Content_Type="text/html"))

    assert mail.text == "Yes,\nI come.\n1 < 2 here"


@pytest.mark.parametrize(
    "charset", ["x-unknown", "punycode", "idna", "unicode_escape", "hex", "utf-7", "utf-16", ""]
)
def test_case_21_nul_and_charsets_that_are_none_lose_no_mail(charset):
    raw = make_answer("first\x00 second", Content_Type=f'text/plain; charset="{charset}"')

    mail = read(raw)

    assert mail.is_readable
    assert "\x00" not in mail.text
    if charset != "utf-16":
        assert mail.text == "first second"


def test_text_is_cut_where_no_person_reads_on():
    assert len(read(make_answer("ä" * 300_000)).text) == MOST_CHARACTERS


@pytest.mark.parametrize(
    ("headers", "is_automatic"),
    [
        ({"Auto_Submitted": "auto-replied"}, True),
        ({"Auto_Submitted": "auto-generated; owner=x"}, True),
        ({"Auto_Submitted": "no"}, False),
        ({"Precedence": "Bulk"}, True),
        ({"Precedence": "first-class"}, False),
        ({"X_Autoreply": "yes"}, True),
        ({}, False),
    ],
)
def test_case_87_answers_of_machines_are_told_by_their_headers(headers, is_automatic):
    assert read(make_answer(**headers)).is_automatic is is_automatic


def test_case_87_mail_whose_fate_nobody_wants_to_know_is_of_a_machine():
    assert read(make_answer(), envelope_sender="").is_automatic


def test_report_is_read_with_action_code_and_words():
    report = read(make_report(), envelope_sender="").report

    assert report is not None
    assert (report.action, report.code, report.words) == ("failed", "5.1.1", "550 5.1.1 No such person")


def test_report_in_a_mail_that_goes_along_is_none_of_ours():
    inside = make_report().decode()
    raw = make_answer(
        f"--out\r\nContent-Type: message/rfc822\r\n\r\n{inside}\r\n--out--",
        Content_Type="multipart/mixed; boundary=out",
    )

    mail = read(raw)

    assert mail.report is None
    assert mail.attachments == 1


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00\xff\xfe",
        b"From: (((((" + b"(" * 100_000 + b"\r\n\r\nhello",
        b"Content-Type: multipart/mixed; boundary=a\r\n\r\n" + b"--a\r\n\r\n" * 50_000,
        b"A: b\r\n" * 50_000 + b"\r\nhello",
        b"Content-Type: multipart/report; boundary=a\r\n\r\n--a\r\nContent-Type: message/delivery-status\r\n\r\n"
        + b"Action: failed\r\n\r\n" * 20_000,
        b"".join(
            b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (number, number)
            for number in range(2_000)
        ),
        b"Content-Type: text/html\r\n\r\n" + b"<div>" * 200_000,
        b"Content-Type: text/html\r\n\r\n" + b"<div a='<'>" * 90_000,
        b"From: =?utf-8?b?////?= <a@b\r\nSubject: =?bogus?q?x?=\r\nMessage-ID: <"
        + b"x" * 5_000
        + b">\r\n\r\n.",
    ],
    ids=["empty", "noise", "comments", "parts", "headers", "blocks", "nested", "deep", "deeper", "bad words"],
)
def test_mail_that_is_made_to_break_is_read_or_said_to_be_unreadable(raw):
    mail = read(raw)

    assert len(mail.digest) == 64
    assert mail.digest == read(raw).digest


POSTFIX = """This is the mail system at host mail.example.com.

I'm sorry to have to inform you that your message could not
be delivered to one or more recipients. It's attached below.

<ada@example.com>: host mx.example.com[203.0.113.5] said: 550 5.1.1
    <ada@example.com>: Recipient address rejected (in reply to RCPT TO command)
"""
QMAIL = """Hi. This is the qmail-send program at mail.example.com.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<ada@example.com>:
203.0.113.5 does not like recipient.
Remote host said: 550 no mailbox here by that name
"""


@pytest.mark.parametrize(
    ("headers", "text", "code", "words"),
    [
        ({}, POSTFIX, "5.1.1", "<ada@example.com>: host mx.example.com[203.0.113.5] said: 550 5.1.1"),
        (
            {"From": "MAILER-DAEMON@mail.example.com", "Subject": "failure notice"},
            QMAIL,
            "5.0.0",
            "Remote host said: 550 no mailbox here by that name",
        ),
        (
            {
                "From": "Mail <mailer@example.com>",
                "Subject": "Mail failed",
                "X_Failed_Recipients": "a@b.example",
            },
            "retry time not reached, 4.4.1 given up after 5 days",
            "4.4.1",
            "retry time not reached, 4.4.1 given up after 5 days",
        ),
        ({"From": "Postmaster <postmaster@example.com>"}, "Kein Konto.", "", "Kein Konto."),
    ],
)
def test_mail_server_that_says_in_words_alone_that_a_mail_came_back(headers, text, code, words):
    mail = read(make_notice(text, **headers), "")

    assert mail.report is None
    assert mail.notice is not None
    assert (mail.notice.action, mail.notice.code, mail.notice.words) == ("failed", code, words)
    # By a person of that name, who has an address that answers go to.
    assert read(make_notice(text, **headers)).notice is None


@pytest.mark.parametrize(
    "raw",
    [
        make_answer(
            "I am away until Monday. Mail is not forwarded: it could not be delivered.", Subject="Away"
        ),
        make_notice("I am away.", From="Ada <ada@example.com>", Subject="Undeliverable? I am away"),
        make_notice(Subject="Warning: message delayed 24 hours"),
        make_notice("It could not be delivered yet. We will keep trying."),
        make_notice("Your mailbox is nearly full.", Subject="Quota"),
        make_report(),
        make_report(action="delayed", status="4.4.1"),
    ],
)
def test_whoever_is_away_or_tries_again_is_no_mail_that_came_back(raw):
    assert read(raw, "").notice is None


def test_versions_and_addresses_of_machines_are_no_codes():
    mail = read(make_notice("Undelivered. We run Sendmail 5.67.8.1 at 4.4.4.4, since 5.1.1a."), "")

    assert mail.notice is not None
    assert mail.notice.code == ""
