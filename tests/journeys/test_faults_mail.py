"""What the recruiter reads of what a mail server did."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.journeys.faulty import until
from tests.journeys.office import (
    Office,
    addresses,
    all_have_outcomes,
    delivered,
    leave_in_hand,
    mail_page,
    office_of,
    scored_once,
    until_page_says,
)
from tests.journeys.walk import PASSWORD
from tests.servers import processes
from tests.servers.processes import RunningSystem
from tests.servers.smtp import SmtpServer


def test_f11_recruiter_reads_what_the_mail_server_did_and_nobody_is_mailed_twice(served: Office) -> None:
    away, slow, refused, put_off = people = served.open_job("smtp", 4)["people"]
    smtp = served.smtp
    smtp.refuse_recipients[refused["email"]] = "550 5.1.1 no such mailbox"
    smtp.refuse_recipients[put_off["email"]] = "451 4.3.0 try again later"

    served.system.proxies["smtp"].refuse()
    served.desk.invite(applications=[away["pk"]])
    until_page_says(
        served, away, "Queued Invitation", "Why Nobody answers at this server and port.", "Next try"
    )
    served.system.proxies["smtp"].forward()
    leave_in_hand(served, slow)
    # One process of the worker waits for the slow server; the other goes on.
    served.desk.invite(applications=[refused["pk"], put_off["pk"]])
    until_page_says(served, refused, "Failed Invitation", "It did not arrive 550 5.1.1 no such mailbox")
    until_page_says(served, put_off, "Queued Invitation", "Why 451 4.3.0 try again later", "Next try")
    smtp.release()
    until_page_says(served, slow, "Queued Invitation", "Why 451 4.3.0 Waited too long", "Next try")

    smtp.refuse_recipients.clear()
    served.desk.hurry(addresses=addresses(people))
    for person in (away, slow, put_off):
        until_page_says(served, person, "Sent Invitation")
    assert delivered(served, people) == [1, 1, 0, 1]


@pytest.mark.stress
def test_f11_silent_mail_server_makes_a_mail_unknown_and_it_is_not_sent_again(served: Office) -> None:
    (person,) = people = served.open_job("silent", 1)["people"]

    leave_in_hand(served, person)

    words = "The connection broke before the mail server confirmed it."
    until_page_says(served, person, "Unknown Invitation", words, "Ask the reader before you send it again")
    served.desk.hurry(addresses=addresses(people))
    time.sleep(40)  # more than two looks of the scheduler
    assert "Unknown Invitation" in mail_page(served, person)
    assert delivered(served, people) == [0]
    # Colleagues are told of it by mail, which gets through.
    assert served.smtp.attempts == 1 + len(served.smtp.delivered)


@pytest.mark.stress
def test_f12_slow_mail_server_delays_no_score_and_mails_nobody_twice(served: Office) -> None:
    people = served.open_job("slow-tested", 12)["people"]
    served.desk.invite(applications=[person["pk"] for person in people])
    running = served.desk.start(emails=addresses(people))
    until(lambda: all(delivered(served, people)), "the mails of those who are tested")
    job = served.open_job("slow-", 1000)
    ids = [person["pk"] for person in job["people"]]

    served.smtp.slow = 5.0
    work = served.desk.bulk_invite(job=job["pk"], applications=ids)
    until(lambda: sum(delivered(served, job["people"])) > 0, "the first slow mail")
    waits = [submitted_and_scored_in(served, attempt) for attempt in running]
    slowly = sum(delivered(served, job["people"]))
    served.smtp.slow = 0.0

    until(lambda: served.desk.work(pk=work)["state"] == "done", "the invitations", 300)
    until(lambda: sum(delivered(served, job["people"])) >= 1000, "the mails", 300)
    assert slowly < 100
    assert max(waits) < 10, waits
    assert scored_once(served, running)
    states = [mail["state"] for mail in served.desk.mails(addresses=addresses(job["people"]))]
    assert states == ["sent"] * 1000
    assert delivered(served, job["people"]) == [1] * 1000


@pytest.mark.stress
@pytest.mark.served
@pytest.mark.xdist_group("embedded processes")
def test_f12_slow_mail_server_delays_no_score_where_one_worker_does_everything(
    smtp_server: SmtpServer,
) -> None:
    with embedded_with_mail(smtp_server) as system, office_of(system) as office:
        people = office.open_job("slow-tested", 4)["people"]
        office.desk.invite(applications=[person["pk"] for person in people])
        running = office.desk.start(emails=addresses(people))
        until(lambda: all(delivered(office, people)), "the mails of those who are tested")
        job = office.open_job("slow-", 100)

        smtp_server.slow = 5.0
        office.desk.bulk_invite(job=job["pk"], applications=[person["pk"] for person in job["people"]])
        until(lambda: sum(delivered(office, job["people"])) > 0, "the first slow mail")
        waits = [submitted_and_scored_in(office, attempt) for attempt in running]
        slowly = sum(delivered(office, job["people"]))
        smtp_server.slow = 0.0

        until(lambda: sum(delivered(office, job["people"])) >= 100, "the mails", 120)
        assert slowly < 100
        assert max(waits) < 15, waits
        assert scored_once(office, running)
        assert delivered(office, job["people"]) == [1] * 100


@contextmanager
def embedded_with_mail(server: SmtpServer) -> Iterator[RunningSystem]:
    """An embedded installation without made-up people, who are mailed by no server."""
    administrator = {"ADMIN_EMAIL": "ada@example.com", "ADMIN_PASSWORD": PASSWORD}
    with processes.embedded("run", EMAIL_URL=server.url, **administrator) as system:
        system.smtp = server
        yield system


def submitted_and_scored_in(office: Office, attempt: int) -> float:
    """Submit an attempt and return how long its score took; at least five seconds pass.

    A look after mail lasts longer than that, so that the next ones are asked for and taken up while others are at it.
    """
    submitted = time.monotonic()
    office.desk.submit(attempts=[attempt])
    until(lambda: all_have_outcomes(office, [attempt]), "the score", 120)
    took = time.monotonic() - submitted
    until(lambda: time.monotonic() > submitted + 5, "the next one to be submitted")
    return took
