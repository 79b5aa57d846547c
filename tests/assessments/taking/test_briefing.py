from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from accounts.models import Actor
from accounts.queries import organisation_lately
from assessments.models import Attempt
from assessments.operations import void_attempt
from tests.assessments.taking.places import Place, make_candidate, make_place


def test_briefing_says_what_to_expect(place: Place) -> None:
    text = place.enter().get(place.url()).content.decode()

    for words in (
        "Flask basics",
        "Analytical Engines",
        "4, one a page",
        "40 minutes",
        "Pressing it starts your 40 minutes.",
        "You may go back",
        "No camera",
        "people@example.com",
        "Code is written for <em>Flask 3</em>.",
    ):
        assert words in text


def test_briefing_counts_extra_time_into_the_time(db: None) -> None:
    place = make_place(extra_seconds=600)

    text = place.enter().get(place.url()).content.decode()

    assert "<dd>50 minutes</dd>" in text
    assert "10 minutes of them are extra time for you" in text
    assert "Pressing it starts your 50 minutes." in text


def test_briefing_writes_dates_with_the_candidates_zone(db: None) -> None:
    place = make_place(
        candidate=make_candidate(time_zone="Europe/Berlin"),
        expires_at=timezone.now() + timedelta(days=3),
    )
    invitation = place.invitation
    invitation.expires_at = datetime(2027, 1, 5, 11, 30, tzinfo=UTC)
    invitation.save(update_fields=["expires_at"])

    text = place.enter().get(place.url()).content.decode()

    assert "5 January 2027, 12:30 CET" in text


def test_start_without_agreement_starts_nothing_and_says_what_to_do(place: Place) -> None:
    place.enter()

    response = place.client.post(place.url("start/"), {})

    assert b"Tick the box to agree, then press Start again." in response.content
    assert not Attempt.objects.exists()


def test_start_leads_to_the_first_question_and_again_to_where_the_person_is(place: Place) -> None:
    place.start()
    place.save(3, ["a"])

    again = place.client.post(place.url("start/"), {"consent": "on"})

    assert again["Location"] == place.url()
    assert place.client.get(place.url())["Location"] == place.url("question/3/")
    assert Attempt.objects.count() == 1


def test_another_browser_goes_on_where_the_person_was(running: Place) -> None:
    running.save(2, ["b"])
    from django.test import Client

    elsewhere = running.enter(Client())

    assert elsewhere.get(running.url())["Location"] == running.url("question/2/")
    assert b"checked" in elsewhere.get(running.url("question/2/")).content


@pytest.mark.parametrize("path", ["question/1/", "overview/", "finished/", "submit/"])
def test_nothing_of_a_test_shows_before_start(place: Place, path: str) -> None:
    place.enter()

    response = place.client.get(place.url(path), follow=True)

    assert response.redirect_chain[-1][0] == place.url()
    assert b"<legend" not in response.content


def test_a_test_that_is_not_open_yet_says_when(db: None) -> None:
    opens = timezone.now() + timedelta(days=2)
    place = make_place(not_before=opens, expires_at=opens + timedelta(days=2))
    place.enter()

    response = place.client.get(place.url())

    assert b"Your test is not open yet" in response.content
    assert place.client.post(place.url("start/"), {"consent": "on"})["Location"] == place.url()
    assert not Attempt.objects.exists()


def test_a_void_attempt_says_so_and_how_to_reach_a_person(running: Place) -> None:
    void_attempt(attempt=running.attempt, reason="A fire alarm", by=Actor.system(), now=timezone.now())

    response = running.client.get(running.url())

    assert b"This attempt does not count" in response.content
    assert b"people@example.com" in response.content


def test_pages_speak_the_candidates_language_where_it_is_known(db: None) -> None:
    place = make_place(candidate=make_candidate(language="xx"))

    assert b'<html lang="en" dir="ltr">' in place.enter().get(place.url()).content


def test_briefing_costs_five_statements(place: Place, django_assert_num_queries) -> None:
    place.enter()
    organisation_lately()

    # attempt with its link (none yet), invitation with its link and test, what was asked for, number of questions,
    # consent; the organisation is known for some seconds
    with django_assert_num_queries(5):
        place.client.get(place.url())
