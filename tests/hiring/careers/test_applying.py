"""The form of a job: what a person sends, and what becomes of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from candidates.models import Candidate, Consent, ConsentText
from hiring.enums import ApplicationStatus, FieldRule, Source
from hiring.models import Application, ApplicationAnswer, Job
from hiring.operations import create_tracking_link, pause_job
from hiring.rules.answers import QuestionDraft
from outbox.enums import LinkPurpose
from outbox.models import AccessLink, Message
from tests.factories.accounts import NOW, make_organisation, make_recruiter
from tests.factories.hiring import SYSTEM, make_application, make_job, set_status
from tests.hiring.careers.applicants import ADA, QUESTIONS, ask, send, stamp

pytestmark = pytest.mark.django_db

Freeze = Callable[[datetime], time_machine.Traveller]


def text(response: Any) -> str:
    return str(response.content.decode())


def test_person_without_scripts_opens_the_form_fills_it_in_and_is_taken(
    client: Client, freeze: Freeze
) -> None:
    clock = freeze(NOW)
    make_organisation(reply_to="people@example.org")
    job = make_job(title="Baker")
    city, why, permit, begin, knows, years = ask(job, introduction="Take **your time**.")
    shown = text(client.get(f"/jobs/{job.slug}/apply/"))
    clock.shift(timedelta(seconds=40))

    sent = client.post(
        f"/jobs/{job.slug}/apply/",
        {
            **ADA,
            "stamp": re.search(r'name="stamp" value="([^"]+)"', shown)[1],  # type: ignore[index]
            "phone": "+49 341 1234567",
            f"question-{city.pk}": " Leipzig ",
            f"question-{why.pk}": "Bread.\r\n\r\nMore bread.",
            f"question-{permit.pk}": "no",
            f"question-{begin.pk}": "2",
            f"question-{knows.pk}": ["1", "2"],
            f"question-{years.pk}": "7.5",
        },
        follow=True,
    )

    assert "<strong>your time</strong>" in shown
    assert sent.redirect_chain == [(f"/jobs/{job.slug}/sent/", 302)]
    assert "Look into your mail" in text(sent)
    application = Application.objects.get()
    person = application.candidate
    assert (person.full_name, person.phone, person.language) == ("Ada Lovelace", "+49 341 1234567", "en")
    assert (application.source, application.language) == (Source.CAREERS, "en")
    assert (application.typed_name, application.typed_phone) == ("", "")
    assert application.is_flagged
    answers = {
        answer.question_id: (answer.text, answer.codes, answer.number, answer.is_flagged)
        for answer in ApplicationAnswer.objects.all()
    }
    assert answers == {
        city.pk: ("Leipzig", [], None, False),
        why.pk: ("Bread.\n\nMore bread.", [], None, False),
        permit.pk: ("", ["no"], None, True),
        begin.pk: ("", ["2"], None, False),
        knows.pk: ("", ["1", "2"], None, False),
        years.pk: ("", [], Decimal("7.50"), False),
    }
    consent = Consent.objects.select_related("text").get()
    assert (consent.text.purpose, consent.text.language) == ("apply", "en")
    assert (consent.about, consent.about_id) == ("hiring.application", application.pk)
    message = Message.objects.get()
    assert (message.kind, message.to_address) == ("application_received", "ada@example.com")
    assert message.link == application.status_link
    assert application.status_link is not None
    assert application.status_link.purpose == LinkPurpose.STATUS


def test_form_costs_the_same_whatever_it_asks(client: Client, django_assert_num_queries: Any) -> None:
    few, many = make_job(), make_job()
    ask(few, QUESTIONS[0])
    ask(many)

    for job in (few, many):
        # The organisation, the job, its questions, the words to agree to.
        with django_assert_num_queries(4):
            client.get(f"/jobs/{job.slug}/apply/")


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("full_name", "", "Give your name."),
        ("email", "", "Give your email address."),
        ("email", "ada@", "This is not an email address."),
        ("phone", "call me", "Give a phone number"),
        ("consent", "", "Tick the box to agree"),
        ("permit", "", "Choose an answer to “May you work in the EU?”."),
        ("permit", "perhaps", "Select a valid choice."),
        ("years", "seven", "Give a number for “How many years have you programmed?”."),
        ("begin", "99", "Select a valid choice."),
    ],
)
def test_what_is_wrong_names_its_field_and_nothing_typed_is_lost(
    client: Client, field: str, value: str, words: str
) -> None:
    job = make_job()
    city, why, permit, begin, knows, years = ask(job)
    names = {"permit": permit, "years": years, "begin": begin}
    name = f"question-{names[field].pk}" if field in names else field
    typed = {
        f"question-{city.pk}": "Leipzig",
        f"question-{why.pk}": "Bread & butter",
        f"question-{permit.pk}": "yes",
        f"question-{begin.pk}": "3",
        f"question-{knows.pk}": ["1", "3"],
        "phone": "+49 341 1234567",
    }

    response = send(client, job, **{**typed, name: value})

    shown = text(response)
    assert response.status_code == 200
    assert shown.count(words) == 2  # above the form with the way to the field, and beside it
    assert f'href="#id_{name}"' in shown or f'href="#div_id_{name}"' in shown
    assert 'value="Leipzig"' in shown
    assert "Bread &amp; butter</textarea>" in shown
    for question, code in ((knows, "1"), (knows, "3")):
        assert re.search(rf'name="question-{question.pk}" value="{code}"[^>]* checked', shown) or re.search(
            rf'checked[^>]* value="{code}"[^>]* name="question-{question.pk}"', shown
        )
    assert not Application.objects.exists()
    assert not Candidate.objects.exists()


@pytest.mark.parametrize(
    ("bounds", "typed", "hint", "words"),
    [
        (
            {"least": Decimal(0), "most": Decimal("1.5")},
            "2",
            "From 0 to 1.5.",
            "a number from 0 to 1.5 for “Share?”",
        ),
        ({"least": Decimal(1)}, "-3", "1 or more.", "Give a number of 1 or more for “Share?”."),
        ({"most": Decimal(9)}, "9.01", "9 or less.", "Give a number of 9 or less for “Share?”."),
    ],
)
def test_number_beyond_its_bounds_is_told_them(
    client: Client, bounds: dict[str, Decimal], typed: str, hint: str, words: str
) -> None:
    job = make_job()
    [share] = ask(job, QuestionDraft(kind="number", text="Share?", help_text="Of it all.", **bounds))
    name = f"question-{share.pk}"

    shown = text(client.get(f"/jobs/{job.slug}/apply/"))
    refused = text(send(client, job, **{name: typed}))
    taken = send(client, job, **{name: str(next(iter(bounds.values())))})

    assert f"Of it all. {hint}" in shown
    assert refused.count(words) == 2
    assert taken.status_code == 302


def test_everything_that_is_wrong_is_said_at_once(client: Client) -> None:
    job = make_job()
    ask(job)

    shown = text(send(client, job, full_name="", email="ada@", phone="call me", consent=""))

    for words in ("Give your name.", "This is not an email address.", "Give a phone number", "Tick the box"):
        assert shown.count(words) == 2
    assert shown.count("Choose an answer to") == 2


@pytest.mark.parametrize(
    ("rule", "is_shown", "is_needed"),
    [(FieldRule.REQUIRED, True, True), (FieldRule.OPTIONAL, True, False), (FieldRule.HIDDEN, False, False)],
)
def test_phone_is_asked_for_as_the_job_says(
    client: Client, rule: FieldRule, is_shown: bool, is_needed: bool
) -> None:
    job = make_job()
    ask(job, QUESTIONS[0], phone_rule=rule)

    shown = text(client.get(f"/jobs/{job.slug}/apply/"))
    sent = send(client, job)

    assert ('name="phone"' in shown) is is_shown
    assert (sent.status_code == 200) is is_needed
    assert ("Give your phone number." in text(sent)) is is_needed


def test_language_can_be_changed_with_everything_typed(client: Client) -> None:
    job = make_job()
    city, _why, _permit, _begin, knows, _years = ask(job)

    changed = send(
        client,
        job,
        language="de",
        email="ada@",
        **{f"question-{city.pk}": "Leipzig", f"question-{knows.pk}": ["1", "3"]},
    )

    shown = text(changed)
    assert 'lang="de"' in shown
    assert 'value="Leipzig"' in shown
    assert 'value="ada@"' in shown
    assert (
        len(
            re.findall(
                rf'name="question-{knows.pk}"[^>]*checked|checked[^>]*name="question-{knows.pk}"', shown
            )
        )
        == 2
    )
    assert 'id="errors"' not in shown
    assert not Application.objects.exists()
    in_german = send(client, job, stamp=stamp(job, language="de"), **{f"question-{_permit.pk}": "yes"})
    assert in_german.status_code == 302
    assert Message.objects.get().language == "de"
    assert Consent.objects.get().text.language == "de"


def test_what_a_stranger_types_changes_nobody_who_is_known(client: Client) -> None:
    job = make_job()
    known = make_application(full_name="Ada King", email="ada@example.com", phone="123 4567").candidate

    send(client, job, email="ADA@example.com", full_name="Mallory", phone="+1 900 666666")

    known.refresh_from_db()
    assert (known.full_name, known.phone) == ("Ada King", "123 4567")
    application = Application.objects.get(job=job)
    assert application.candidate == known
    assert (application.typed_name, application.typed_phone) == ("Mallory", "+1 900 666666")
    message = Message.objects.get(about_id=application.pk)
    assert message.to_name == "Ada King"
    assert "Mallory" not in message.subject + message.body


def test_case_79_user_enum_mail_about_a_known_person_goes_to_their_address_alone(client: Client) -> None:
    job = make_job()
    make_application(job, email="ada@strasse.example", full_name="Ada King")

    send(client, job, email="ada@straße.example")

    message = Message.objects.get(kind="application_known")
    assert message.to_address == "ada@strasse.example"


def outcomes(client: Client, job: Job) -> dict[str, Any]:
    """Apply in five situations."""
    Job.objects.filter(pk=job.pk).update(apply_again_days=30)
    make_application(job, email="live@example.com")
    rejected = make_application(job, email="early@example.com")
    set_status(rejected, ApplicationStatus.REJECTED, now=timezone.now() - timedelta(days=2))
    make_application(make_job(), email="known@example.com")
    return {
        "new": send(client, job, email="new@example.com"),
        "known": send(client, job, email="known@example.com"),
        "live": send(client, job, email="live@example.com"),
        "early": send(client, job, email="early@example.com"),
        "trap": send(client, job, email="trap@example.com", nickname="Bob"),
    }


def test_case_79_user_enum_the_form_answers_everybody_alike(client: Client) -> None:
    job = make_job()

    answers = outcomes(client, job)

    assert {(answer.status_code, answer["Location"], answer.content) for answer in answers.values()} == {
        (302, f"/jobs/{job.slug}/sent/", b"")
    }
    assert {tuple(sorted(answer.headers)) for answer in answers.values()} == {
        tuple(sorted(answers["new"].headers))
    }
    kinds = dict(Message.objects.values_list("to_address", "kind"))
    assert kinds == {
        "new@example.com": "application_received",
        "known@example.com": "application_received",
        "live@example.com": "application_known",
        "early@example.com": "application_too_early",
    }
    assert not Candidate.objects.filter(emails__normalised="trap@example.com").exists()
    assert Application.objects.filter(job=job).count() == 4


def test_case_79_user_enum_known_or_not_costs_about_the_same(client: Client) -> None:
    job = make_job()
    make_application(job, email="live@example.com")
    costs = {}
    for name in ("warm", "new", "live"):
        with CaptureQueriesContext(connection) as queries:
            send(client, job, email=f"{name}@example.com")
        costs[name] = len(queries)

    # Statements stand for time here: what a machine is busy with beside would decide about seconds.
    assert costs["live"] > costs["new"] / 2


def test_live_application_is_gone_on_with_and_its_person_is_told_once_a_day(
    client: Client, freeze: Freeze
) -> None:
    clock = freeze(NOW)
    job = make_job()
    application = make_application(job, email="ada@example.com", full_name="Ada King")

    for _ in range(3):
        send(client, job)
    [message] = Message.objects.filter(kind="application_known")
    clock.shift(timedelta(days=1))
    send(client, job)

    application.refresh_from_db()
    assert message.link == application.status_link
    assert "Ada King" in message.body
    assert Message.objects.filter(kind="application_known").count() == 2
    assert AccessLink.objects.filter(purpose=LinkPurpose.STATUS).count() == 1
    assert Application.objects.filter(job=job).count() == 1


def test_applying_again_is_a_new_application_after_the_days_of_the_job(
    client: Client, freeze: Freeze
) -> None:
    clock = freeze(NOW)
    job = make_job()
    Job.objects.filter(pk=job.pk).update(apply_again_days=30)
    first = make_application(job, email="ada@example.com", now=NOW - timedelta(days=50))
    set_status(first, ApplicationStatus.WITHDRAWN, now=NOW - timedelta(days=10))

    send(client, job)
    early = Message.objects.get(kind="application_too_early")
    clock.shift(timedelta(days=20, hours=1))
    send(client, job)

    assert "6 July 2026" in early.body
    again = Application.objects.exclude(pk=first.pk).get()
    assert (again.previous, again.status) == (first, ApplicationStatus.ACTIVE)


def test_tracking_link_is_carried_to_the_application_and_keeps_its_credit(client: Client) -> None:
    job, friend = make_job(), make_recruiter()
    link = create_tracking_link(
        job=job, name="Friends", source=Source.REFERRAL, referred_by=friend, by=SYSTEM, now=NOW
    )

    led = client.get(f"/go/{link.public_id}/", follow=True)
    form = text(client.get(re.search(r'href="([^"]+/apply/[^"]+)"', text(led))[1]))  # type: ignore[index]
    sent = send(client, job, via=link.public_id)

    assert f'name="via" value="{link.public_id}"' in form
    assert not led.cookies
    assert sent["Location"] == f"/jobs/{job.slug}/sent/?via={link.public_id}"
    application = Application.objects.get()
    assert (application.tracking_link, application.source) == (link, Source.REFERRAL)
    assert application.referred_by == friend


def test_closed_or_unknown_tracking_link_counts_for_nothing(client: Client) -> None:
    job = make_job()
    link = create_tracking_link(job=job, name="Friends", by=SYSTEM, now=NOW)
    type(link).objects.update(closed_at=NOW)

    assert client.get(f"/go/{link.public_id}/").status_code == 404
    assert client.get("/go/nothing/").status_code == 404
    send(client, job, via=link.public_id)
    assert Application.objects.get().source == Source.CAREERS


def test_form_that_was_open_while_it_changed_is_understood_by_what_it_asked(client: Client) -> None:
    job = make_job()
    [old] = ask(job, QuestionDraft(kind="text", text="Which city?", is_required=True))
    opened = stamp(job)
    [new] = ask(job, QuestionDraft(kind="text", text="Which country?", is_required=True))

    send(client, job, stamp=opened, **{f"question-{old.pk}": "Leipzig"})

    assert old.pk != new.pk
    answer = ApplicationAnswer.objects.get()
    assert (answer.question_id, answer.question.text, answer.text) == (old.pk, "Which city?", "Leipzig")


def test_other_words_to_agree_to_are_shown_before_anything_is_sent(client: Client) -> None:
    job = make_job()
    opened = stamp(job)
    ConsentText.objects.create(purpose="apply", version=9, language="", body="Other words", created_at=NOW)

    response = send(client, job, stamp=opened)

    assert "These words have changed" in text(response)
    assert "Other words" in text(response)
    assert not Application.objects.exists()


def test_job_that_pauses_meanwhile_takes_nobody_and_says_so(client: Client) -> None:
    job = make_job()
    opened = stamp(job)
    pause_job(job=job, by=SYSTEM, now=NOW)

    response = send(client, job, stamp=opened)

    assert "This job takes no applications now" in text(response)
    assert not Application.objects.exists()


EVIL = "<script>alert(1)</script><img src=x onerror=alert(1)>"


def test_case_3_xss_answer_is_text_wherever_it_is_shown(client: Client) -> None:
    recruiter = make_recruiter()
    job = make_job(recruiter=recruiter)
    questions = ask(
        job,
        QuestionDraft(kind="text", text=f"City {EVIL}", help_text=EVIL),
        QuestionDraft(kind="choice", text="Which?", options=[EVIL, "other"]),
        QuestionDraft(kind="long_text", text="Why?"),
    )
    answers = {
        f"question-{questions[0].pk}": EVIL,
        f"question-{questions[1].pk}": "1",
        f"question-{questions[2].pk}": EVIL,
    }
    form = text(client.get(f"/jobs/{job.slug}/apply/"))
    again = text(send(client, job, **{**answers, "email": "no address"}))
    send(client, job, **answers)

    client.force_login(recruiter)
    page = text(client.get(f"/admin/applications/{Application.objects.get().public_id}/"))

    for shown in (form, again, page):
        assert "<script>alert" not in shown
        assert "<img src=x" not in shown
        assert "&lt;img src=x" in shown


@pytest.mark.parametrize(
    "name", ["Ada\r\nBcc: all@example.com", "Ada\x00", "A" * 5_000, "Ada http://evil.example"]
)
def test_case_12_header_injection_and_case_21_nul_bytes_in_the_name_are_refused(
    client: Client, name: str
) -> None:
    job = make_job()

    response = send(client, job, full_name=name)

    assert response.status_code in (200, 302)
    if response.status_code == 200:
        assert not Application.objects.exists()
        assert not Message.objects.exists()
    else:
        assert "\n" not in Message.objects.get().to_name


def test_case_20_redos_case_21_nul_bytes_and_case_22_body_bombs_in_answers_break_nothing(
    client: Client,
) -> None:
    job = make_job()
    [question] = ask(job, QuestionDraft(kind="long_text", text="Why?"))
    name = f"question-{question.pk}"

    for value in ("\x00", "a" * 200_000, "((((" * 1_000, "\ud800"):
        try:
            response = send(client, job, **{name: value})
        except UnicodeEncodeError:
            continue  # no browser can send it
        assert response.status_code in (200, 302)
    crowd = {f"question-{number}": "x" for number in range(5_000, 9_999)}
    assert send(client, job, **crowd).status_code in (200, 302)
    assert Application.objects.count() <= 1
