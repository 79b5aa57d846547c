from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Actor, Organisation
from accounts.queries import forget_organisation, organisation_lately
from assessments.enums import SubmittedBy
from assessments.models import AssessmentVersion, Attempt
from assessments.operations import submit_attempt, void_attempt
from rendering.moments import exact_time
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


def test_briefing_follows_its_test_whatever_was_shown_before(place: Place) -> None:
    first = place.enter().get(place.url()).content.decode()
    AssessmentVersion.objects.filter(pk=place.invitation.version_id).update(
        introduction="Read **all** of it.", navigation="forward", formula_scoring=True
    )
    Organisation.objects.update(reply_to="others@example.com")
    forget_organisation()

    second = place.client.get(place.url()).content.decode()
    without_agreement = place.client.post(place.url("start/"), {}).content.decode()
    third = place.client.get(place.url()).content.decode()

    assert "Flask 3" in first
    assert "Flask 3" not in second
    for words in (
        "Read <strong>all</strong> of it.",
        "you cannot go back",
        "a wrong one costs a part of the mark",
        "others@example.com",
    ):
        assert words not in first
        assert words in second
    assert "is-invalid" in without_agreement
    assert "is-invalid" not in first + second + third


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

    # attempt with its link (none yet), invitation with its link and test, what was asked for, number of
    # questions, consent; the organisation is known for some seconds
    with django_assert_num_queries(5):
        place.client.get(place.url())


# --- A second invitation to the same test -------------------------------------------------------------------------


def taken_before(**rules: Any) -> tuple[Place, Attempt]:
    """Return a second place of somebody who has two invitations and handed the first one in."""
    first = make_place()
    AssessmentVersion.objects.filter(assessment=first.assessment).update(**rules)
    person = first.invitation.candidate
    second = make_place(
        assessment=first.assessment, candidate=person, expires_at=timezone.now() + timedelta(days=10)
    )
    attempt = first.start()
    submit_attempt(attempt_id=attempt.pk, submitted_by=SubmittedBy.CANDIDATE, now=timezone.now())
    attempt.refresh_from_db()
    second.enter()
    return second, attempt


def pages_of(place: Place) -> list[str]:
    """What the test's address says, and what it says after Start was pressed all the same."""
    first = place.client.get(place.url())
    assert first.status_code == 200
    pressed = place.client.post(place.url("start/"), {"consent": "on"})
    assert pressed["Location"] == place.url()
    return [first.content.decode(), place.client.get(place.url()).content.decode()]


def test_second_invitation_to_a_test_that_is_taken_once_says_so_and_whom_to_write_to(db: None) -> None:
    place, attempt = taken_before()

    for text in pages_of(place):
        assert "You cannot take this test again</h1>" in text
        assert "people@example.com" in text
        assert "Start the test" not in text

    assert list(Attempt.objects.all()) == [attempt]


@pytest.mark.parametrize(
    ("days", "words"), [(7, "This invitation can be used until"), (30, "This invitation ends before that")]
)
def test_second_invitation_says_from_when_on_the_test_can_be_taken_again(
    db: None, days: int, words: str
) -> None:
    place, attempt = taken_before(most_attempts=2, retake_after_days=days)
    assert attempt.submitted_at is not None
    with timezone.override("UTC"):
        from_then = exact_time(attempt.submitted_at + timedelta(days=days))

    for text in pages_of(place):
        assert f"You can start it again from {from_then}." in text
        assert words in text

    assert list(Attempt.objects.all()) == [attempt]
