"""Which language the pages of a test speak, and changing it without losing anything."""

from __future__ import annotations

import uuid
from html import unescape

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from accounts.models import Organisation
from accounts.queries import forget_organisation
from assessments.operations import set_language
from candidates.models import Candidate, Consent
from candidates.registries import person_parts
from tests.assessments.taking.places import Place

HEBREW = [("en", "English"), ("de", "Deutsch"), ("he", "עברית")]


def speak(place: Place, language: str, came_from: str = "") -> str:
    response = place.client.post(place.url("language/"), {"language": language, "from": came_from})
    assert response.status_code == 302
    return str(response["Location"])


def html(place: Place, rest: str = "") -> str:
    return str(place.client.get(place.url(rest)).content.decode())


@pytest.mark.parametrize(
    ("invitation", "person", "house", "spoken"),
    [
        ("", "", "en", "en"),
        ("", "", "de", "de"),
        ("", "en", "de", "en"),
        ("de", "en", "en", "de"),
        ("xx", "de", "en", "de"),
    ],
)
def test_a_page_speaks_the_language_of_the_invitation_then_the_persons_then_the_houses(
    place: Place, invitation: str, person: str, house: str, spoken: str
) -> None:
    type(place.invitation).objects.update(language=invitation)
    Candidate.objects.update(language=person)
    Organisation.objects.update(language=house)
    place.enter()

    assert f'<html lang="{spoken}" dir="ltr">' in html(place)


def test_changing_the_language_holds_on_every_page_and_device(place: Place) -> None:
    place.enter()

    assert speak(place, "de", place.url()) == place.url()

    assert 'lang="de"' in html(place)
    elsewhere = place.enter(Client())
    assert 'lang="de"' in elsewhere.get(place.url()).content.decode()
    place.client.post(place.url("start/"), {"consent": "on"})
    for rest in ("question/1/", "overview/"):
        assert '<html lang="de"' in html(place, rest)
        assert '<html lang="en"' not in html(place, rest)
    place.invitation.refresh_from_db()
    assert place.invitation.language == "de"


@pytest.mark.parametrize("wanted", ["", "xx", "he", "d" * 40, "../de"])
def test_a_language_that_no_page_speaks_changes_nothing(place: Place, wanted: str) -> None:
    place.enter()

    speak(place, wanted)

    place.invitation.refresh_from_db()
    assert place.invitation.language == ""
    with pytest.raises(ValidationError):
        set_language(invitation=place.invitation, language=wanted)


@pytest.mark.parametrize("came_from", ["", "https://elsewhere.example/", "//elsewhere.example/", "/admin/"])
def test_changing_the_language_leads_nowhere_but_to_this_test(place: Place, came_from: str) -> None:
    place.enter()

    assert speak(place, "de", came_from) == place.url()


def test_changing_the_language_on_a_question_saves_what_was_chosen_first(running: Place) -> None:
    chosen = [running.row(1).option_order[0]]
    form = {"answer": "1", "base_version": "0", "page_id": str(uuid.uuid4()), "shown_answer": ""}

    response = running.client.post(running.url("question/1/"), {**form, "go": "language-de"})

    assert response["Location"] == running.url("question/1/")
    assert running.row(1).answer == chosen
    page = html(running, "question/1/")
    assert '<html lang="de"' in page
    assert 'value="language-en"' in page


def test_a_browser_without_a_test_is_spoken_to_in_a_language_it_asks_for(db: None, client: Client) -> None:
    for accepted, spoken in (("de-AT,en;q=0.5", "de"), ("fr,en;q=0.5", "en"), ("fr", "en"), ("", "en")):
        response = client.get("/test/unknown/", headers={"Accept-Language": accepted})

        assert f'<html lang="{spoken}"' in response.content.decode(), accepted


def test_a_language_that_is_written_from_the_right_turns_the_page_round(place: Place, settings) -> None:
    settings.CANDIDATE_LANGUAGES = HEBREW
    place.enter()
    speak(place, "he")

    page = html(place)

    assert '<html lang="he" dir="rtl">' in page
    assert "bootstrap.rtl.min.css" in page
    assert 'value="de" lang="de" dir="ltr"' in page


def test_colleagues_are_not_written_to_in_a_language_their_pages_lack(place: Place) -> None:
    home = Organisation.objects.get()
    home.language = "de"

    assert home.staff_language == "en"


@pytest.mark.parametrize(
    ("invitation", "person", "house", "words"),
    [
        ("", "", "de", "Wählen Sie eine der Antworten dieser Frage."),
        ("", "en", "de", "Choose one of the options of this question."),
        ("de", "", "en", "Wählen Sie eine der Antworten dieser Frage."),
        ("xx", "", "de", "Wählen Sie eine der Antworten dieser Frage."),
    ],
)
def test_answers_to_scripts_speak_what_the_pages_speak(
    running: Place, invitation: str, person: str, house: str, words: str
) -> None:
    type(running.invitation).objects.update(language=invitation)
    Candidate.objects.update(language=person)
    Organisation.objects.update(language=house)
    forget_organisation()

    refused = running.save(1, ["nothing"])
    nowhere = running.client.post(running.url("question/9/save/"), {}, content_type="application/json")

    assert refused.json()["message"] == words
    assert ("Frage" in nowhere.json()["message"]) == words.startswith("Wählen")


def test_agreement_is_shown_in_the_persons_language_and_kept_word_for_word(place: Place) -> None:
    place.enter()
    place.client.post(place.url("language/"), {"language": "de"})
    shown = unescape(place.client.get(place.url()).content.decode())

    place.client.post(place.url("start/"), {"consent": "on", "consent_language": "de"})

    kept = Consent.objects.select_related("text").get()
    assert kept.text.language == "de"
    assert kept.text.body.startswith("Ich bin damit einverstanden")
    assert kept.text.body in shown
    [part] = [part for part in person_parts() if part.name == "candidates"]
    assert part.export(place.invitation.candidate)["consents"] == [
        {"given_at": kept.given_at.isoformat(), "text": kept.text.body, "language": "de"}
    ]


def test_agreement_that_was_read_is_kept_though_another_window_changed_the_language(place: Place) -> None:
    place.enter()
    page = place.client.get(place.url()).content.decode()
    assert 'name="consent_language" value="en"' in page
    place.client.post(place.url("language/"), {"language": "de"})

    place.client.post(place.url("start/"), {"consent": "on", "consent_language": "en"})

    assert Consent.objects.get().text.language == "en"
