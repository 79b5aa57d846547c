"""What scripts send to a form creates nothing; what people send gets through."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.conf import settings
from django.core import signing
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from hiring.careers.stamps import read_stamp, write_stamp
from hiring.models import Application
from outbox.models import Message
from outbox.operations import deliver_due, receive_mail
from tests.factories.accounts import NOW, make_organisation
from tests.factories.hiring import make_job
from tests.factories.inbound import make_answer
from tests.hiring.careers.applicants import ADA, ask, pdf, send, stamp

pytestmark = pytest.mark.django_db

Freeze = Callable[[datetime], time_machine.Traveller]
POSTS = 1_000


def rows() -> dict[str, int]:
    """How many rows there are of everything but guesses."""
    return {
        model._meta.label: model._base_manager.count()
        for model in apps.get_models()
        if model._meta.label != "accounts.GuessCount"
    }


def files() -> set[Path]:
    return {path for path in (Path(settings.DATA_DIR) / "files").rglob("*") if path.is_file()}


def every_field(page: str, number: int) -> dict[str, Any]:
    """What a script makes of a page: every field it finds, filled in or left as it was, with a file where one goes."""
    fields: dict[str, Any] = dict(re.findall(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"', page))
    for name in re.findall(r'<(?:input|textarea|select)[^>]*name="([^"]+)"', page):
        fields.setdefault(name, f"http://spam.example/{number}")
    for name in re.findall(r'<input[^>]*type="file"[^>]*name="([^"]+)"', page):
        fields[name] = pdf(f"spam{number}.pdf")
    return {**fields, "full_name": f"Bot {number}", "email": f"bot{number}@spam.example", "consent": "on"}


def test_a_thousand_posts_of_a_script_that_ignores_cookies_create_nothing() -> None:
    job = make_job()
    ask(job)
    browser = Client(enforce_csrf_checks=True)
    address = f"/jobs/{job.slug}/apply/"
    page = browser.get(address).content.decode()
    assert every_field(page, 1)["resume"].name == "spam1.pdf"
    before, kept = rows(), files()

    statuses = set()
    script = Client(enforce_csrf_checks=True)
    for number in range(POSTS):
        script.cookies.clear()
        statuses.add(script.post(address, every_field(page, number)).status_code)

    assert statuses == {403}
    assert rows() == before
    assert files() == kept


def test_a_thousand_posts_of_a_script_that_fills_in_every_field_create_nothing(freeze: Freeze) -> None:
    clock = freeze(NOW)
    job = make_job()
    ask(job)
    script = Client(enforce_csrf_checks=True)
    address = f"/jobs/{job.slug}/apply/"
    page = script.get(address).content.decode()
    clock.shift(timedelta(minutes=5))
    before, kept = rows(), files()

    answers = {
        (answer.status_code, answer["Location"])
        for number in range(POSTS)
        for answer in [script.post(address, every_field(page, number))]
    }

    # Told what everybody is told, so that it learns nothing.
    assert answers == {(302, f"/jobs/{job.slug}/sent/")}
    assert rows() == before
    assert files() == kept


def test_person_with_cookies_and_without_scripts_gets_through(freeze: Freeze) -> None:
    clock = freeze(NOW)
    job = make_job()
    person = Client(enforce_csrf_checks=True)
    page = person.get(f"/jobs/{job.slug}/apply/").content.decode()
    clock.shift(timedelta(seconds=20))

    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))
    sent = person.post(f"/jobs/{job.slug}/apply/", {**hidden, **ADA})

    assert set(hidden) == {"csrfmiddlewaretoken", "stamp"}
    assert sent.status_code == 302
    assert Application.objects.count() == 1


def test_trap_is_neither_seen_nor_reached_nor_filled_in_by_a_browser(client: Client) -> None:
    page = client.get(f"/jobs/{make_job().slug}/apply/").content.decode()

    trap = re.search(r'<div class="left-empty" aria-hidden="true">.*?</div>', page)
    assert trap is not None
    for mark in ('name="nickname"', 'autocomplete="off"', 'tabindex="-1"'):
        assert mark in trap[0]


def test_form_that_is_sent_at_once_comes_back_filled_in(client: Client) -> None:
    job = make_job()
    [city, *_others] = ask(job)

    quick = send(
        client, job, stamp=stamp(job, age=timedelta(seconds=1)), **{f"question-{city.pk}": "Leipzig"}
    )

    page = quick.content.decode()
    assert "That was very quick." in page
    assert 'value="Leipzig"' in page
    assert 'value="Ada Lovelace"' in page
    assert not Application.objects.exists()


def test_stamp_of_another_job_too_old_forged_or_missing_takes_nobody(client: Client) -> None:
    job, other = make_job(), make_job()
    good = stamp(job)
    stamps = [
        stamp(other),
        stamp(job, age=timedelta(hours=25)),
        good[:-2] + ("aa" if not good.endswith("aa") else "bb"),
        signing.dumps({"j": job.pk, "t": 1, "q": [], "a": ""}, salt="another"),
        "",
        "x" * 10_000,
    ]

    for wrong in stamps:
        page = client.post(f"/jobs/{job.slug}/apply/", {**ADA, "stamp": wrong}).content.decode()
        assert "open for a long time" in page
        assert 'value="Ada Lovelace"' in page
    assert not Application.objects.exists()


def test_stamp_of_a_form_with_twenty_questions_is_not_too_long() -> None:
    long = write_stamp(job=2**40, questions=[2**40 + n for n in range(20)], agreement="a", now=timezone.now())

    assert read_stamp(long, job=2**40) is not None


def test_twenty_an_hour_from_one_network_then_a_clear_page(client: Client, freeze: Freeze) -> None:
    clock = freeze(NOW)
    job = make_job()

    codes = [send(client, job, email=f"person{number}@example.com").status_code for number in range(20)]
    refused = send(client, job, email="one.more@example.com")
    elsewhere = Client(REMOTE_ADDR="198.51.100.7")
    let_in = send(elsewhere, job, email="one.more@example.com")
    clock.shift(timedelta(minutes=61))
    later = send(client, job, email="later@example.com")

    assert codes == [302] * 20
    assert refused.status_code == 429
    assert refused["Retry-After"] == "3600"
    page = refused.content.decode()
    assert "Too many applications from here" in page
    assert "Try again in 60 minutes" in page
    assert (let_in.status_code, later.status_code) == (302, 302)
    assert Application.objects.count() == 22


def test_case_77_xff_spoof_the_limit_is_counted_by_the_peer_alone(client: Client) -> None:
    job = make_job()

    codes = [
        send(
            Client(headers={"X-Forwarded-For": f"203.0.113.{number}"}), job, email=f"p{number}@example.com"
        ).status_code
        for number in range(21)
    ]

    assert codes == [302] * 20 + [429]


def test_limit_counts_a_network_of_version_6_as_one(client: Client) -> None:
    job = make_job()

    codes = [
        send(
            Client(REMOTE_ADDR=f"2001:db8:1:2::{number + 1:x}"), job, email=f"p{number}@example.com"
        ).status_code
        for number in range(21)
    ]

    assert codes == [302] * 20 + [429]


def test_case_79_user_enum_nobody_is_mailed_very_often_and_the_page_says_the_same(
    client: Client, freeze: Freeze
) -> None:
    clock = freeze(NOW)
    jobs = [make_job() for _ in range(8)]

    def apply(number: int) -> HttpResponse:
        return send(Client(REMOTE_ADDR=f"198.51.100.{number}"), jobs[number], email="victim@example.com")

    def mailed() -> int:
        return Message.objects.filter(to_address="victim@example.com").count()

    answers = [apply(number) for number in range(7)]

    assert [answer.status_code for answer in answers] == [302] * 5 + [429] * 2
    assert answers[4]["Location"] == f"/jobs/{jobs[4].slug}/sent/"
    assert (Application.objects.count(), mailed()) == (5, 3)
    # What was written already is no further mail.
    clock.shift(timedelta(hours=25))
    apply(0)
    assert mailed() == 4
    apply(0)
    assert mailed() == 4
    # Whoever answers is no stranger any more, and is told of each.
    message = Message.objects.filter(to_address="victim@example.com").latest("pk")
    receive_mail(
        public_id=message.public_id, raw=make_answer(), envelope_sender="victim@example.com", now=NOW
    )
    clock.shift(timedelta(hours=2))
    for number in (5, 6, 7):
        apply(number)
    assert mailed() == 7


def test_case_73_csrf_all_the_form_and_withdrawing_need_their_token() -> None:
    job = make_job()
    client = Client(enforce_csrf_checks=True)

    answers = [
        client.post(f"/jobs/{job.slug}/apply/", {**ADA, "stamp": stamp(job)}),
        client.post("/applied/abcdefghjkmnpqrs/withdraw/"),
    ]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert not Application.objects.exists()


@pytest.mark.parametrize(
    "address",
    ["ada@example.com, eve@example.com", "Ada <ada@example.com>", "ada@example.com\nBcc: x@y.de", "@"],
)
def test_case_86_email_address_anything_but_one_box_is_refused(client: Client, address: str) -> None:
    response: Any = send(client, make_job(), email=address)

    assert response.status_code == 200
    assert 'id="errors"' in response.content.decode()
    assert not Message.objects.exists()


def test_case_86_email_address_of_somebody_with_an_apostrophe_is_taken_and_mailed(
    client: Client, mailoutbox: list[Any], settings: Any
) -> None:
    settings.EMAIL_URL = "smtp://127.0.0.1:1"
    make_organisation(reply_to="people@example.org")

    sent = send(client, make_job(), full_name="Sean O'Neil", email="Sean.O'Neil@example.ie")
    deliver_due(now=timezone.now())

    assert sent.status_code == 302
    assert Application.objects.get().candidate.emails.get().normalised == "sean.o'neil@example.ie"
    assert [mail.recipients() for mail in mailoutbox] == [["Sean O'Neil <Sean.O'Neil@example.ie>"]]
