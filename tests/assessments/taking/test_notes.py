"""What pages of a test tell on the side, and the requests that carry it."""

from __future__ import annotations

import json
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from assessments.enums import AttemptEventKind
from assessments.models import AttemptEvent
from assessments.taking import words
from assessments.taking.access import DEVICE_COOKIE
from tests.assessments.taking.places import Place

AWAY = {"kind": "focus_lost", "place": 2, "ago": 0, "seconds": 0}


def tell(place: Place, body: Any, client: Client | None = None) -> Any:
    text = body if isinstance(body, str) else json.dumps(body)
    return (client or place.client).post(place.url("notes/"), {"notes": text})


def kinds() -> list[str]:
    return list(AttemptEvent.objects.order_by("pk").values_list("kind", flat=True))


def test_notes_of_a_page_are_written(running: Place) -> None:
    copied = {"kind": "copied", "place": 1, "ago": 0, "target": "option", "length": 14}

    response = tell(running, {"notes": [AWAY, copied], "more": 0, "sight": {}})

    assert (response.status_code, response.content) == (204, b"")
    assert list(AttemptEvent.objects.order_by("pk").values_list("kind", "data")) == [
        ("focus_lost", {"position": 2, "seconds": 0}),
        ("copied", {"position": 1, "target": "option", "length": 14}),
    ]


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{",
        "[]",
        "null",
        "[" * 5000,
        "1" * 6000,
        {"notes": 1, "sight": [], "more": "x"},
        {"notes": [None, 1, [], {}, {"kind": "late_save"}, {"kind": []}, {"kind": {}}, {"kind": "paused"}]},
        {"sight": {"x": 1, "-1": 5, "²": 5, "99999": 1, "1": "x", "2": True, "3": -4}},
        {"notes": [AWAY], "padding": "x" * 30_000},
    ],
)
def test_case_22_what_makes_no_sense_is_passed_over(running: Place, body: Any) -> None:
    response = tell(running, body)

    assert response.status_code == 204
    assert kinds() == []
    assert set(running.attempt.questions.values_list("seconds", flat=True)) == {None}


def test_numbers_that_cannot_be_are_cut(running: Place) -> None:
    note = {"kind": "pasted", "place": 2**70, "ago": -(2**70), "length": 2**70, "target": "<script>"}

    tell(running, {"notes": [note, AWAY | {"seconds": True, "place": [1]}], "more": 2**70})

    first, second = AttemptEvent.objects.order_by("pk")
    assert first.data == {"position": 0, "target": "other", "length": 100_000}
    assert second.data == {"position": 0, "seconds": 0}
    assert running.attempt.notes_seen == 10_000


def test_nothing_is_noted_before_the_start_after_the_end_and_for_others(place: Place, freeze) -> None:
    stranger = Client()
    place.enter()
    answers = [tell(place, {"notes": [AWAY]}).status_code]
    attempt = place.start()
    answers.append(tell(place, {"notes": [AWAY]}, stranger).status_code)
    freeze(attempt.deadline_at + timedelta(seconds=6))
    answers.append(tell(place, {"notes": [AWAY], "sight": {"1": 5}}).status_code)

    assert answers == [204, 404, 204]
    assert kinds() == []


@pytest.mark.parametrize(("late", "counts"), [(4, True), (6, False)])
def test_what_a_page_tells_as_its_time_runs_out_has_the_allowance_of_a_save(
    running: Place, freeze, late: int, counts: bool
) -> None:
    freeze(running.attempt.deadline_at + timedelta(seconds=late))

    tell(running, {"notes": [AWAY], "sight": {"1": 30}})

    assert kinds() == (["focus_lost"] if counts else [])
    assert running.row(1).seconds == (30 if counts else None)


def test_case_73_csrf_notes_need_the_token_of_their_page(running: Place) -> None:
    strict = Client(enforce_csrf_checks=True)
    running.enter(strict)

    assert tell(running, {"notes": [AWAY]}, strict).status_code == 403
    assert kinds() == []


def test_a_batch_costs_three_statements(running: Place, django_assert_num_queries) -> None:
    # attempt with its link and invitation; the notes counted, the notes written. Two more are the savepoint in a test.
    with django_assert_num_queries(3 + 2):
        tell(running, {"notes": [AWAY, AWAY]})


def test_saves_carry_the_seconds_in_sight(running: Place) -> None:
    running.save(1, ["a"], seconds=20)
    running.save(1, ["b"], seconds=5)
    for nonsense in (-3, "7", True, None, 1.5, [], 2**80):
        assert running.save(2, ["a"], seconds=nonsense).json()["outcome"] == "saved"

    assert running.row(1).seconds == 25
    assert running.row(2).seconds == 6 * 3600
    assert running.row(3).seconds is None


def test_a_repeated_save_does_not_count_its_seconds_twice(running: Place) -> None:
    save_id = str(uuid.uuid4())

    running.save(1, ["a"], save_id=save_id, seconds=20)
    running.save(1, ["a"], save_id=save_id, base_version=0, seconds=20)

    assert running.row(1).seconds == 20


# --- Other devices, networks, browsers --------------------------------------------------------------------------


def test_going_on_elsewhere_is_noted_at_the_first_save_and_once(running: Place) -> None:
    running.save(1, ["a"])
    other = Client(headers={"user-agent": "Telephone/3"}, REMOTE_ADDR="203.0.113.9")
    running.enter(other)
    looked = other.get(running.url("question/1/"))
    looking = kinds()
    mine, running.client = running.client, other
    for _twice in range(2):
        running.save(1, ["b"])
    running.client = mine
    running.save(1, ["c"])

    assert looked.status_code == 200
    assert looking == []
    assert kinds() == ["other_device", "other_address"]


def test_a_page_without_scripts_notes_it_too(running: Place) -> None:
    other = Client(REMOTE_ADDR="203.0.113.9")
    running.enter(other)
    body = {
        "base_version": "0",
        "page_id": str(uuid.uuid4()),
        "shown_answer": "",
        "answer": ["1"],
        "go": "next",
    }

    other.post(running.url("question/1/"), body)

    assert kinds() == ["other_device", "other_address"]


def test_opening_the_link_again_in_the_same_browser_is_no_other_device(running: Place) -> None:
    before = running.client.cookies[DEVICE_COOKIE].value

    running.enter()
    running.client.get(running.url("question/1/"))
    running.save(1, ["a"])

    assert running.client.cookies[DEVICE_COOKIE].value == before
    assert kinds() == []


def test_the_id_of_a_device_is_of_one_test_alone_and_hidden_from_scripts(running: Place) -> None:
    cookie = running.client.cookies[DEVICE_COOKIE]

    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == (running.url(), True, "Lax")


# --- What candidates are told -----------------------------------------------------------------------------------


def test_every_kind_that_is_noticed_has_its_sentence_on_the_briefing(place: Place) -> None:
    place.enter()

    page = place.client.get(place.url()).content.decode()

    assert set(words.noticed()) == set(AttemptEventKind.noticed)
    assert {*AttemptEventKind.from_pages, *AttemptEventKind.from_requests} == set(AttemptEventKind.noticed)
    # What is worked out from the time in sight is told, too.
    assert "whether that was long enough to read it" in page
    for sentence in [*words.recorded(), *words.recorded_for("Analytical Engines")]:
        assert sentence in page
