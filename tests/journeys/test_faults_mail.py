"""What the recruiter reads of what a mail server did."""

from __future__ import annotations

import time

import pytest

from tests.journeys.office import Office, addresses, delivered, leave_in_hand, mail_page, until_page_says


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
