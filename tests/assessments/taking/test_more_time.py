from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from accounts.models import Actor
from assessments import operations
from assessments.models import AccommodationRequest
from tests.assessments.taking.places import Place, make_place

SYSTEM = Actor.system()


def test_briefing_leads_to_the_form_and_a_look_at_it_changes_nothing(place: Place) -> None:
    page = place.enter().get(place.url())
    form = place.client.get(place.url("more-time/"))

    assert f'href="{place.url("more-time/")}"' in page.content.decode()
    assert b"What do you need?" in form.content
    assert form["Cache-Control"] == "no-store, private"
    assert not AccommodationRequest.objects.exists()


def test_asking_shows_what_was_asked_on_both_pages(place: Place) -> None:
    place.enter()

    response = place.client.post(
        place.url("more-time/"), {"text": "I read <slowly>", "wished_minutes": "15"}, follow=True
    )

    request = AccommodationRequest.objects.get()
    assert (request.text, request.wished_minutes) == ("I read <slowly>", 15)
    text = response.content.decode()
    assert "Your request is here." in text
    assert "I read &lt;slowly&gt;" in text
    assert "15 more minutes" in text
    assert "Wait for the answer before you start" in place.client.get(place.url()).content.decode()


def test_asking_without_a_word_keeps_what_was_typed_and_says_what_to_do(place: Place) -> None:
    place.enter()

    response = place.client.post(place.url("more-time/"), {"text": "", "wished_minutes": "12"})

    text = response.content.decode()
    assert "Say in a few words what you need." in text
    assert 'value="12"' in text
    assert not AccommodationRequest.objects.exists()


def test_answer_stands_on_both_pages_and_one_may_ask_again(place: Place) -> None:
    place.enter().post(place.url("more-time/"), {"text": "I read slowly"})
    operations.grant_accommodation(
        request=AccommodationRequest.objects.get(),
        minutes=20,
        answer="Take your time.",
        by=SYSTEM,
        now=timezone.now(),
    )

    briefing = place.client.get(place.url()).content.decode()
    page = place.client.get(place.url("more-time/")).content.decode()

    assert "You have 20 minutes of extra time." in briefing
    assert "60 minutes" in briefing
    assert "You have 20 minutes of extra time." in page
    assert "Take your time." in page
    place.client.post(place.url("more-time/"), {"text": "A little more"})
    assert AccommodationRequest.objects.filter(state="open").count() == 1


def test_after_the_start_the_page_says_whom_to_write_to(running: Place) -> None:
    page = running.client.get(running.url("more-time/")).content.decode()
    running.client.post(running.url("more-time/"), {"text": "I read slowly"})

    assert "Your test was started" in page
    assert "people@example.com" in page
    assert not AccommodationRequest.objects.exists()


def test_somebody_whose_test_is_not_open_yet_may_ask(db: None) -> None:
    place = make_place(not_before=timezone.now() + timedelta(days=1))

    page = place.enter().get(place.url()).content.decode()
    place.client.post(place.url("more-time/"), {"text": "I read slowly"})

    assert "I need more time or another format" in page
    assert AccommodationRequest.objects.count() == 1


def test_another_test_s_cookie_opens_no_request(place: Place) -> None:
    other = make_place(assessment=place.assessment, client=place.client)
    other.enter()

    response = place.client.post(place.url("more-time/"), {"text": "I read slowly"})

    assert response.status_code == 404
    assert not AccommodationRequest.objects.exists()
