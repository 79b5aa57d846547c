"""A test that is taken piece by piece, without scripts: forward only, parts with limits, limits a question, pauses."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Actor
from assessments.models import Attempt, AttemptEvent
from assessments.operations import add_time, move_on, pause_attempt, resume_attempt
from tests.assessments.taking.places import Place, make_place
from tests.assessments.taking.test_question_page import fields_of
from tests.factories.sittings import make_pieces, window

SYSTEM = Actor.system()
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
pytestmark = pytest.mark.django_db


def begin(*parts: tuple[int, int | None], **limits: Any) -> Place:
    place = make_place(assessment=make_pieces(*parts, **limits))
    place.start()
    return place


def show(place: Place, rest: str) -> str:
    response = place.client.get(place.url(rest))
    assert response.status_code == 200, response
    return str(response.content.decode())


def leads_to(place: Place, rest: str) -> str:
    return str(place.client.get(place.url(rest))["Location"]).removeprefix(place.url())


def press(place: Place, position: int, move: str = "next", answer: str = "", **more: str) -> Any:
    """Post a question's form as a browser without scripts does."""
    fields = fields_of(place.client.get(place.url(f"question/{position}/")).content)
    data = fields | {"go": move, **more}
    if answer:
        data["answer"] = answer
    return place.client.post(place.url(f"question/{position}/"), data)


# --- Forward only ---


def test_a_forward_page_offers_no_way_back_and_says_so_on_the_first_question() -> None:
    place = begin((3, None), navigation="forward")

    first = show(place, "question/1/")
    press(place, 1, answer="1")
    second = show(place, "question/2/")

    for text in (first, second):
        assert 'value="back"' not in text
        assert 'value="overview"' not in text
        assert 'value="flag"' not in text
    assert "you cannot come back to a question" in first
    assert "you cannot come back to a question" not in second


def test_next_saves_the_answer_and_opens_the_next_question_for_good() -> None:
    place = begin((3, None), navigation="forward")

    response = press(place, 1, answer="2")

    assert response["Location"] == place.url("question/2/")
    assert place.row(1).answer == [place.row(1).option_order[1]]
    assert window(place.attempt) == (2, 2)
    for address in ("question/1/", "question/3/", "overview/", "part/", "on/", ""):
        assert leads_to(place, address) == "question/2/"


def test_leaving_a_question_without_an_answer_asks_once() -> None:
    place = begin((2, None), navigation="forward")

    asked = press(place, 1)
    again = press(place, 1, confirmed="yes")

    assert "You have not answered this question" in asked.content.decode()
    assert 'name="confirmed" value="yes"' in asked.content.decode()
    assert again["Location"] == place.url("question/2/")


def test_an_old_page_of_a_closed_question_says_what_became_of_its_choice() -> None:
    place = begin((3, None), navigation="forward")
    old = fields_of(place.client.get(place.url("question/1/")).content)
    press(place, 1, answer="1")

    response = place.client.post(
        place.url("question/1/"),
        {
            "base_version": "0",
            "page_id": old["page_id"],
            "shown_answer": "",
            "answer": "2",
            "go": "next",
        },
    )

    assert response["Location"] == place.url("question/2/?late=1")
    assert "Your last choice at question 1 came after it was closed" in show(place, "question/2/?late=1")
    assert window(place.attempt) == (2, 2)


SENSELESS = {"go": "next"}
UNANSWERED = {"go": "next", "base_version": "0", "page_id": str(uuid4()), "shown_answer": ""}
REPORT = {**UNANSWERED, "go": "report", "problem_text": "What does it say?"}


@pytest.mark.parametrize("data", [SENSELESS, UNANSWERED, REPORT])
@pytest.mark.parametrize("position", [1, 3])
def test_case_55_skip_ahead_no_post_shows_a_question_that_is_not_open(data, position) -> None:
    place = begin((3, None), navigation="forward")
    press(place, 1, answer="1")

    response = place.client.post(place.url(f"question/{position}/"), data)

    assert response.status_code == 302
    assert response["Location"] == place.url("question/2/")
    assert window(place.attempt) == (2, 2)


@pytest.mark.parametrize("late", ["x", "12345", "<b>", "٣"])
def test_an_address_that_was_tampered_with_says_nothing(late) -> None:
    place = begin((3, None), navigation="forward")

    assert "does not count" not in show(place, f"question/1/?late={late}")


def test_behind_the_last_question_only_handing_in_is_left() -> None:
    place = begin((2, None), navigation="forward")
    press(place, 1, answer="1")

    done = press(place, 2, confirmed="yes")
    text = show(place, "overview/")
    handed_in = place.client.post(place.url("submit/"))

    assert done["Location"] == place.url("overview/")
    assert "You have been through the whole test" in text
    assert "1 of 2 answered" in text
    assert "/question/" not in text.split("<main", 1)[1]
    assert handed_in["Location"] == place.url("finished/")


# --- Parts ---


def test_the_overview_shows_the_open_part_and_finishing_it_asks_once() -> None:
    place = begin((2, 10), (1, 5))
    place.save(2, ["1"])

    text = show(place, "overview/")
    asked = place.client.post(place.url("on/"), {"leaving": "1"})
    done = place.client.post(place.url("on/"), {"leaving": "1", "confirmed": "yes"})

    assert "1 of 2 answered" in text
    assert place.url("question/3/") not in text
    assert "Finish this part" in text
    assert "Submit" not in text
    assert b"1 question of this part has no answer. Finish it all the same?" in asked.content
    assert done["Location"] == place.url("part/")


def test_the_next_part_has_a_page_of_its_own_and_starts_when_pressed(freeze) -> None:
    place = begin((1, 10), (2, 5))
    place.client.post(place.url("on/"), {"leaving": "1", "confirmed": "yes"})
    freeze(timezone.now() + 2 * MINUTE)

    text = show(place, "part/")
    before = place.attempt.window_deadline_at
    freeze(timezone.now() + 2 * MINUTE)
    started = place.client.post(place.url("part/"), {"first": "2"})

    assert "Part 2 of 2: Part 2" in text
    assert "5 minutes" in text
    assert before is None
    assert started["Location"] == place.url("question/2/")
    assert place.attempt.window_deadline_at == timezone.now() + 5 * MINUTE
    assert leads_to(place, "question/1/") == "question/2/"


def test_the_last_part_is_finished_by_handing_in() -> None:
    place = begin((1, 10), (1, 5))
    place.client.post(place.url("on/"), {"leaving": "1", "confirmed": "yes"})
    place.client.post(place.url("part/"), {"first": "2"})

    text = show(place, "overview/")
    asked = place.client.post(place.url("submit/"))

    assert "Submit my answers" in text
    assert "Finish this part" not in text
    assert b"1 question has no answer. Submit all the same?" in asked.content


def test_next_at_the_end_of_a_part_leads_to_its_overview_and_back_stays_in_it() -> None:
    place = begin((1, 10), (2, 5))
    place.client.post(place.url("on/"), {"leaving": "1", "confirmed": "yes"})
    place.client.post(place.url("part/"), {"first": "2"})

    assert press(place, 3, answer="1")["Location"] == place.url("overview/")
    assert press(place, 2, "back")["Location"] == place.url("question/2/")
    assert "disabled" in show(place, "question/2/").split('value="back"')[1].split(">")[0]


def test_the_bar_names_the_part_and_its_clock() -> None:
    place = begin((1, 10), (2, 5))

    text = show(place, "question/1/")

    assert "Part 1 of 2: Part 1" in text
    assert 'data-window-seconds="600"' in text


# --- Time that is over ---


def test_when_the_time_of_a_question_is_over_its_page_says_so_and_goes_on_by_a_press(freeze) -> None:
    place = begin((2, None), navigation="forward", question_seconds=60)
    place.save(1, ["1"])
    freeze(place.attempt.started_at + 5 * MINUTE)

    text = show(place, "question/1/")
    still = window(place.attempt)
    response = place.client.post(place.url("on/"), {"leaving": "1"})

    assert "The time for this question is over. What was saved until then counts." in text
    assert 'name="answer"' not in text
    assert still == (1, 1)
    assert response["Location"] == place.url("question/2/")
    assert place.attempt.window_deadline_at == timezone.now() + MINUTE


def test_a_choice_that_came_too_late_is_said_to_be(freeze) -> None:
    place = begin((2, None), navigation="forward", question_seconds=60)
    old = fields_of(place.client.get(place.url("question/1/")).content)
    freeze(place.attempt.started_at + 5 * MINUTE)

    reply = place.save(1, ["1"])
    posted = place.client.post(
        place.url("question/1/"),
        {
            "base_version": "0",
            "page_id": old["page_id"],
            "shown_answer": "",
            "answer": "2",
            "go": "next",
        },
    )

    assert (reply.status_code, reply.json()["outcome"]) == (409, "locked")
    assert posted["Location"] == place.url("question/1/?late=1")
    assert "Your last choice at question 1" in show(place, "question/1/?late=1")


def test_a_little_more_time_is_one_tap_once() -> None:
    place = begin((2, None), navigation="forward", question_seconds=60, buffer_seconds=30)
    offered = show(place, "question/1/")

    press(place, 1, "buffer", answer="1")
    after = show(place, "question/1/")

    assert "30 seconds more" in offered
    assert "30 seconds more" not in after
    assert place.attempt.window_deadline_at == place.attempt.started_at + 90 * SECOND
    assert place.row(1).answer_version == 1


def test_scripts_get_a_little_more_time_with_the_new_clock() -> None:
    place = begin((2, None), navigation="forward", question_seconds=60)

    reply = place.client.post(place.url("question/1/buffer/")).json()

    assert reply["window_deadline_at"] == (place.attempt.started_at + 90 * SECOND).isoformat()


# --- Pauses ---


def test_a_paused_test_shows_no_question_and_says_since_when() -> None:
    place = begin((2, None))
    pause_attempt(attempt=place.attempt, reason="Power cut", by=SYSTEM, now=timezone.now())

    for address in ("question/1/", "overview/", "part/"):
        text = show(place, address)
        assert "Your clock stands still since" in text
        assert 'name="answer"' not in text
    assert "Power cut" not in text
    assert leads_to(place, "") == "question/1/"
    assert leads_to(place, "finished/") == ""


@pytest.mark.parametrize("data", [SENSELESS, REPORT])
def test_a_paused_test_shows_no_question_to_a_post_either(data) -> None:
    place = begin((2, None))
    pause_attempt(attempt=place.attempt, reason="Power cut", by=SYSTEM, now=timezone.now())

    text = place.client.post(place.url("question/2/"), data).content.decode()

    assert "Your clock stands still since" in text
    assert 'name="answer"' not in text


def test_a_pause_outlasts_the_deadline_and_then_the_test_goes_on(freeze) -> None:
    place = begin((2, None))
    pause_attempt(attempt=place.attempt, reason="Power cut", by=SYSTEM, now=timezone.now())
    freeze(place.attempt.deadline_at + 60 * MINUTE)
    paused = show(place, "question/1/")

    resume_attempt(attempt=place.attempt, reason="It is over", by=SYSTEM, now=timezone.now())

    assert "Your test is paused" in paused
    assert 'name="answer"' in show(place, "question/1/")


def test_the_clock_tells_a_pause_more_time_and_what_is_open() -> None:
    place = begin((2, 10), (1, None))
    now = timezone.now()
    longer = add_time(attempt=place.attempt, seconds=60, reason="Alarm", by=SYSTEM, now=now)
    paused = pause_attempt(attempt=place.attempt, reason="Alarm", by=SYSTEM, now=now)

    reply = place.client.get(place.url("clock/")).json()

    assert reply == {
        "server_now": reply["server_now"],
        "state": "in_progress",
        "deadline_at": longer.deadline_at.isoformat(),
        "window_deadline_at": longer.window_deadline_at.isoformat(),
        "paused_at": paused.paused_at.isoformat(),
        "open_from": 1,
        "open_to": 2,
        "tab_id": None,
    }


def test_nothing_that_is_only_looked_at_changes_anything() -> None:
    place = begin((1, 10), (1, 5), navigation="forward", question_seconds=60)
    move_on(attempt_id=place.attempt.pk, leaving=1, now=timezone.now())
    before = Attempt.objects.values().get(pk=place.attempt.pk), AttemptEvent.objects.count()

    for address in (
        "",
        "question/1/",
        "question/2/",
        "overview/",
        "part/",
        "on/",
        "clock/",
        "submit/",
        "finished/",
    ):
        place.client.get(place.url(address))

    assert (Attempt.objects.values().get(pk=place.attempt.pk), AttemptEvent.objects.count()) == before


@pytest.mark.parametrize("data", [{}, {"leaving": "x"}, {"leaving": "99999999999"}, {"leaving": "-1"}])
def test_a_move_that_makes_no_sense_moves_nothing(data) -> None:
    place = begin((2, None), navigation="forward")

    for address, body in (("on/", data), ("part/", {"first": data.get("leaving", "")})):
        assert place.client.post(place.url(address), body)["Location"] == place.url("question/1/")

    assert window(place.attempt) == (1, 1)


def test_another_browser_without_the_link_moves_nothing() -> None:
    place = begin((2, None), navigation="forward")

    for address in ("on/", "part/", "question/1/buffer/"):
        assert Client().post(place.url(address), {"leaving": "1"}).status_code == 404

    assert window(place.attempt) == (1, 1)


# The attempt with its link, invitation and test; its parts; the question. The organisation was read a moment ago.
def test_a_question_of_a_part_costs_one_statement_more(django_assert_num_queries) -> None:
    place = begin((2, 10), (1, None))

    with django_assert_num_queries(2):
        show(place, "question/2/")


def test_a_question_of_a_free_test_has_no_clock_of_its_own() -> None:
    place = begin((2, None))

    text = show(place, "question/1/")

    assert "window-timer" not in text
    assert "data-window-deadline-at" not in text


def test_the_sign_of_life_of_an_open_page_costs_one_statement(django_assert_num_queries) -> None:
    place = begin((2, 10), (1, None))

    with django_assert_num_queries(1):
        place.client.get(place.url("clock/"))
