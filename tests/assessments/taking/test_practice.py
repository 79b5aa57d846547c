"""The practice question: works without scripts, keeps nothing, counts for nothing."""

from __future__ import annotations

import pytest

from assessments.models import AnswerRevision, Attempt
from tests.assessments.taking.places import Place


def practise(place: Place, query: str = "") -> str:
    response = place.client.get(place.url("practice/") + query)
    assert response.status_code == 200
    return str(response.content.decode())


def test_practice_is_reached_from_the_briefing_and_says_what_it_is(place: Place) -> None:
    briefing = place.enter().get(place.url()).content.decode()

    page = practise(place)

    assert f'href="{place.url("practice/")}"' in briefing
    for words in ("Practice question", "Practice: nothing is kept", "No time runs", "What does this program"):
        assert words in page


def test_practice_without_scripts_shows_the_choice_and_that_nothing_is_kept(place: Place) -> None:
    place.enter()

    page = practise(place, "?choice=2&flagged=no&go=flag")

    assert "In the test: saved now" in page
    assert 'value="2" id="option-2" checked' in page
    assert 'aria-pressed="true"' in page
    assert 'aria-pressed="false"' in practise(place, "?choice=2&flagged=yes&go=unflag")
    assert 'aria-pressed="true"' in practise(place, "?choice=2&flagged=yes")


@pytest.mark.parametrize("query", ["?choice=9", "?choice=<script>", "?go=nowhere", "?choice=&flagged="])
def test_practice_with_anything_else_in_its_address_shows_nothing_of_it(place: Place, query: str) -> None:
    place.enter()

    page = practise(place, query)

    assert "checked" not in page
    assert "<script>alert" not in page
    assert "Practice: nothing is kept" in page


def test_practice_stores_nothing_and_leads_back(place: Place) -> None:
    place.enter()

    response = place.client.get(place.url("practice/") + "?choice=1&go=done")

    assert response["Location"] == place.url()
    assert place.client.post(place.url("practice/"), {"choice": "1"}).status_code == 405
    assert not Attempt.objects.exists()
    assert not AnswerRevision.objects.exists()


def test_practice_is_over_once_the_test_runs(running: Place) -> None:
    assert running.client.get(running.url("practice/"))["Location"] == running.url()
