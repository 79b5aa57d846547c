"""What the recruiter reads of what a mail server did."""

from __future__ import annotations

import time

import pytest

from tests.journeys.faulty import until
from tests.journeys.office import (
    Office,
    addresses,
    all_have_outcomes,
    delivered,
    leave_in_hand,
    mail_page,
    scored_once,
    until_page_says,
)


def test_f11_recruiter_reads_what_the_mail_server_did_and_nobody_is_mailed_twice(served: Office) -> None:
    away, slow, refused, put_off = people = served.open_job("smtp", 4)["people"]
    smtp = served.smtp
    smtp.refuse_recipients[refused["email"]] = "550 5.1.1 no such mailbox"
    smtp.refuse_recipients[put_off["email"]] = "451 4.3.0 try again later"

    served.system.proxies["smtp"].refuse()
    served.desk.invite(applications=[away["pk"]])
    until_page_says(served, away, "State Queued", "Why Nobody answers at this server and port.", "Next try")
    served.system.proxies["smtp"].forward()
    leave_in_hand(served, slow)
    # One process of the worker waits for the slow server; the other goes on.
    served.desk.invite(applications=[refused["pk"], put_off["pk"]])
    until_page_says(served, refused, "State Failed", "Why 550 5.1.1 no such mailbox")
    until_page_says(served, put_off, "State Queued", "Why 451 4.3.0 try again later", "Next try")
    smtp.release()
    until_page_says(served, slow, "State Queued", "Why 451 4.3.0 Waited too long", "Next try")

    smtp.refuse_recipients.clear()
    served.desk.hurry(addresses=addresses(people))
    for person in (away, slow, put_off):
        until_page_says(served, person, "State Sent")
    assert delivered(served, people) == [1, 1, 0, 1]


@pytest.mark.stress
def test_f11_silent_mail_server_makes_a_mail_unknown_and_it_is_not_sent_again(served: Office) -> None:
    (person,) = people = served.open_job("silent", 1)["people"]

    leave_in_hand(served, person)

    words = "Why The connection broke before the mail server confirmed it."
    until_page_says(served, person, "State Unknown", words, "Ask the reader before you send it again")
    served.desk.hurry(addresses=addresses(people))
    time.sleep(40)  # more than two looks of the scheduler
    assert "State Unknown" in mail_page(served, person)
    assert delivered(served, people) == [0]
    assert served.smtp.attempts == 1


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
    # Longer than a look of a worker lasts, so that the next looks are queued and taken up while others are at it.
    waits = []
    for attempt in running:
        submitted = time.monotonic()
        served.desk.submit(attempts=[attempt])
        until(lambda: all_have_outcomes(served, [attempt]), "the score")  # noqa: B023 -- asked at once
        waits.append(time.monotonic() - submitted)
        until(lambda: time.monotonic() > submitted + 5, "the next one to be submitted")  # noqa: B023 -- as above
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
