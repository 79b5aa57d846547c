"""The checklist of the first day."""

from __future__ import annotations

import re
from typing import Any

import pytest
from pytest_django import Settings

from accounts.models import Actor, Organisation
from accounts.queries import organisation
from hiring import queries
from hiring.queries import StepState
from outbox.models import Message
from outbox.operations import send_test_mail
from outbox.registries import TEST_MAIL
from tests.factories.accounts import NOW, actor, make_administrator, make_organisation, make_recruiter
from tests.factories.assessments import make_assessment
from tests.factories.hiring import make_job
from tests.hiring.pages.house import House, SignIn

pytestmark = pytest.mark.django_db


@pytest.fixture
def empty(settings: Settings) -> Settings:
    """An installation that nobody has touched."""
    settings.EMAIL_URL = ""
    settings.SITE_ADDRESS, settings.SITE_ADDRESS_FROM = "http://127.0.0.1:8000", "screen"
    return settings


def first_day(by: Actor) -> queries.FirstDay:
    day = queries.first_day(by, organisation())
    assert day is not None
    return day


def states(by: Actor) -> dict[str, StepState]:
    return {step.code: step.state for step in first_day(by).steps}


def test_empty_installation_has_everything_open(empty: Settings) -> None:
    assert set(states(actor(make_administrator())).values()) == {StepState.OPEN}


def test_each_step_is_done_by_what_it_says(empty: Settings) -> None:
    ada = actor(make_administrator())
    make_organisation(name="Larkfield", logo_digest="abc", mail_goes_out=True, mail_host="smtp.example.com")
    empty.SITE_ADDRESS = "https://hiring.example.com"
    make_recruiter()
    make_job()
    make_assessment()
    assert states(ada)["mail"] is StepState.OPEN

    send_test_mail(by=ada, now=NOW)
    Message.objects.filter(kind=TEST_MAIL).update(state="sent")

    assert set(states(ada).values()) == {StepState.DONE}
    day = first_day(ada)
    assert (day.settled, day.next_step, day.is_over) == (6, None, True)


def test_failed_test_mail_opens_the_step_again(empty: Settings) -> None:
    ada = actor(make_administrator())
    empty.SITE_ADDRESS = "https://hiring.example.com"
    make_organisation(mail_goes_out=True, mail_host="smtp.example.com")
    send_test_mail(by=ada, now=NOW)
    Message.objects.filter(kind=TEST_MAIL).update(state="failed")

    (mail,) = [step for step in first_day(ada).steps if step.code == "mail"]

    assert (mail.state, mail.note) == (StepState.OPEN, "The last test mail did not go out.")


def test_environment_does_two_of_them(empty: Settings) -> None:
    empty.EMAIL_URL = "smtp://mail.example.com"
    empty.SITE_ADDRESS, empty.SITE_ADDRESS_FROM = "https://hiring.example.com", "environment"

    found = states(actor(make_administrator()))

    assert (found["address"], found["mail"]) == (StepState.BY_ENVIRONMENT, StepState.BY_ENVIRONMENT)


def test_saved_address_counts_from_the_next_start(empty: Settings) -> None:
    make_organisation(site_address="https://hiring.example.com")

    assert states(actor(make_administrator()))["address"] is StepState.NEXT_START


def test_step_is_set_aside_for_everybody_and_taken_up_again(empty: Settings, sign_in: SignIn) -> None:
    client, other = sign_in(make_administrator()), sign_in(make_administrator())

    answer = client.post("/admin/first-day/mail/", {"aside": "yes"})

    assert answer["Location"] == "/admin/#first-day"
    page = other.get("/admin/").content.decode()
    assert "After all: Send mail" in page
    other.post("/admin/first-day/mail/")
    assert Organisation.objects.get().set_aside == []


@pytest.mark.parametrize("code", ["job", "test", "nothing"])
def test_what_everybody_needs_is_not_set_aside(empty: Settings, sign_in: SignIn, code: str) -> None:
    answer = sign_in(make_administrator()).post(f"/admin/first-day/{code}/", {"aside": "yes"})

    assert answer.status_code == 404


def test_checklist_is_for_administrators_of_a_real_organisation(empty: Settings) -> None:
    ada, rosa = actor(make_administrator()), actor(make_recruiter())
    home = make_organisation()

    assert queries.first_day(ada, home) is not None
    assert queries.first_day(rosa, home) is None
    assert queries.first_day(ada, make_organisation(is_sample=True)) is None


def test_checklist_leads_to_where_each_step_is_done(empty: Settings, sign_in: SignIn) -> None:
    client = sign_in(make_administrator())

    page = client.get("/admin/").content.decode()

    assert "0 of 6 are done" in page
    checklist = page[page.index('id="first-day"') :]
    links = re.findall(r'<a class="btn[^"]*" href="([^"]+)"', checklist[: checklist.index("</ol>")])
    assert len(links) == 6
    for link in links:
        assert client.get(link, follow=True).status_code == 200


def test_checklist_is_gone_when_all_is_done_and_what_was_set_aside_is_named(
    empty: Settings, house: House, sign_in: SignIn
) -> None:
    make_organisation(set_aside=["address", "identity", "mail"])

    page = sign_in(house.administrator).get("/admin/").content.decode()

    assert "Before the first invitation" not in page
    assert "Set aside:" in page
    assert "After all: Send mail" in page


def test_start_page_of_an_administrator_query_count(
    empty: Settings, house: House, sign_in: SignIn, django_assert_num_queries: Any
) -> None:
    client = sign_in(house.administrator)
    client.get("/admin/")

    # As the start page of others, with questions to review and sent back, what candidates ask for and report, and the
    # checklist.
    with django_assert_num_queries(QUERIES_OF_START):
        client.get("/admin/")
    make_job()
    make_job()
    make_recruiter()
    with django_assert_num_queries(QUERIES_OF_START):
        client.get("/admin/")


QUERIES_OF_START = 25
