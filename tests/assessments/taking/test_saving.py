from __future__ import annotations

import json
import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client

from assessments.models import AnswerRevision
from tests.assessments.taking.places import Place


def test_save_answers_with_what_is_stored_and_the_servers_clock(running: Place) -> None:
    response = running.save(1, ["b"])

    reply = response.json()
    assert response.status_code == 200
    assert (reply["outcome"], reply["version"]) == ("saved", 1)
    assert reply["answer"] == running.places(1, ["b"])
    assert reply["state"] == "in_progress"
    assert reply["deadline_at"] == running.attempt.deadline_at.isoformat()
    assert running.row(1).answer == ["b"]


def test_case_48_two_tabs_a_stale_save_gets_what_is_stored(running: Place) -> None:
    running.save(1, ["b"])

    response = running.save(1, ["c"], base_version=0)

    assert response.status_code == 409
    assert (response.json()["outcome"], response.json()["version"]) == ("conflict", 1)
    assert response.json()["answer"] == running.places(1, ["b"])
    assert running.row(1).answer == ["b"]


def test_a_repeated_save_gets_its_first_reply(running: Place) -> None:
    save_id = str(uuid.uuid4())
    running.save(1, ["b"], save_id=save_id)

    again = running.save(1, ["b"], save_id=save_id, base_version=0)

    assert again.json()["version"] == 1
    assert AnswerRevision.objects.count() == 1


def test_case_53_begin_bypass_nothing_is_saved_before_start(place: Place) -> None:
    place.enter()

    save = place.client.post(
        place.url("question/1/save/"), {"answer": ["a"]}, content_type="application/json"
    )
    flag = place.client.post(place.url("question/1/flag/"), {"flagged": "yes"})
    submit = place.client.post(place.url("submit/"), {"confirmed": "yes"})

    assert (save.status_code, save.json()["outcome"]) == (409, "closed")
    assert flag.status_code == 409
    assert submit["Location"] == place.url("finished/")
    assert place.client.get(submit["Location"])["Location"] == place.url()
    assert not AnswerRevision.objects.exists()


def test_case_53_begin_bypass_the_clock_runs_though_no_question_is_opened(place: Place, freeze) -> None:
    attempt = place.start()
    freeze(attempt.deadline_at + timedelta(seconds=6))

    assert place.client.get(place.url("question/1/"))["Location"] == place.url("finished/")
    assert place.save(1, ["a"]).json()["outcome"] == "closed"


def test_case_52_late_save_within_the_allowance_counts(running: Place, freeze) -> None:
    clock = freeze(running.attempt.deadline_at + timedelta(seconds=5))
    assert running.save(1, ["a"]).json()["outcome"] == "saved"

    clock.shift(timedelta(microseconds=1))

    response = running.save(2, ["a"])
    assert (response.status_code, response.json()["outcome"]) == (409, "closed")


def test_case_54_deadline_tamper_the_clock_in_a_body_is_ignored_and_noted(running: Place, caplog) -> None:
    before = running.attempt.deadline_at

    response = running.save(1, ["b"], deadline_at="2099-01-01T00:00:00Z", extra_time=9999, duration=9999)

    assert response.json()["deadline_at"] == before.isoformat()
    assert running.attempt.deadline_at == before
    assert "fields that are not its own" in caplog.text
    assert "2099" not in caplog.text


def test_case_55_skip_ahead_a_place_the_test_does_not_have_is_not_found(running: Place) -> None:
    for position in (0, 5, 2**63, 10**30):
        url = running.url(f"question/{position}/save/")
        body = {
            "answer": ["a"],
            "base_version": 0,
            "save_id": str(uuid.uuid4()),
            "page_id": str(uuid.uuid4()),
        }

        response = running.client.post(url, body, content_type="application/json")

        assert response.status_code == 404
        assert response.json()["message"] == "This test has no such question."


@pytest.mark.parametrize(
    "answer",
    [
        ["z"],
        ["0"],
        ["5"],
        ["01"],
        ["1 "],
        ["²"],
        ["-1"],
        [str(2**63)],
        ["1e3"],
        ["a", "b"],
        ["a", "a"],
        ["a\x00"],
        ["\ud800"],
        [1],
        [None],
        [["a"]],
        [{}],
        ["a"] * 10_000,
        "a",
        None,
        {},
        0,
        True,
    ],
)
def test_case_56_foreign_option_is_refused_in_words_and_stores_nothing(
    running: Place, answer: object
) -> None:
    position = running.position_of("single")

    response = running.save(position, answer)

    assert response.status_code in (400, 413)
    assert response.json()["message"]
    assert not AnswerRevision.objects.exists()


def test_case_57_mass_assign_answer_fields_of_the_marking_are_ignored(running: Place) -> None:
    response = running.save(
        1, ["b"], score=100, is_correct=True, weight=9, points=9, is_flagged=True, state="void"
    )

    assert response.json()["outcome"] == "saved"
    assert running.row(1).is_flagged is False
    assert running.attempt.current_score is None


@pytest.mark.parametrize(
    "change",
    [
        {"base_version": -1},
        {"base_version": 2**63},
        {"base_version": "0"},
        {"base_version": True},
        {"base_version": None},
        {"base_version": 1.5},
        {"save_id": "x"},
        {"save_id": None},
        {"save_id": 1},
        {"page_id": "x" * 36},
        {"page_id": []},
    ],
)
def test_a_body_that_makes_no_sense_is_refused_in_words(running: Place, change: dict) -> None:
    response = running.save(1, ["a"], **change)

    assert response.status_code == 400
    assert "Reload" in response.json()["message"]
    assert not AnswerRevision.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'"a"',
        b"null",
        b"[" * 5000,
        b'{"a":' * 3000,
        b"\xff\xfe",
        b"__import__('os')",
        b"1" * 6000,
    ],
)
def test_case_22_huge_body_broken_json_is_refused_in_words(running: Place, body: bytes) -> None:
    response = running.client.post(running.url("question/1/save/"), body, content_type="application/json")

    assert response.status_code == 400
    assert response.json()["message"]


def test_case_22_huge_body_is_refused_before_it_is_read(running: Place) -> None:
    body = json.dumps({"answer": ["a" * 1_000_000]})

    response = running.client.post(running.url("question/1/save/"), body, content_type="application/json")

    assert response.status_code == 413
    assert not AnswerRevision.objects.exists()


def test_an_answer_names_options_by_their_place_in_the_persons_own_order(running: Place) -> None:
    position = running.position_of("multiple")
    order = running.row(position).option_order

    for places in (["1"], ["2"], ["3"], ["4"], ["4", "1"], ["2", "3", "1"], []):
        reply = running.save(position, places).json()

        # In the order of the page: the stored order is the author's, and would show.
        assert reply["answer"] == sorted(places)
        assert set(running.row(position).answer) == {order[int(place) - 1] for place in places}


def test_a_code_as_it_is_stored_is_no_answer(running: Place) -> None:
    ids = {"save_id": str(uuid.uuid4()), "page_id": str(uuid.uuid4())}
    body = ids | {"answer": ["a"], "base_version": 0}

    response = running.client.post(running.url("question/1/save/"), body, content_type="application/json")

    assert response.status_code == 400
    assert not AnswerRevision.objects.exists()


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]
)
def test_case_73_csrf_all_other_kinds_of_body_are_refused(running: Place, content_type: str) -> None:
    body = json.dumps(
        {"answer": ["a"], "base_version": 0, "save_id": str(uuid.uuid4()), "page_id": str(uuid.uuid4())}
    )

    response = running.client.post(running.url("question/1/save/"), body, content_type=content_type)

    assert response.status_code == 400
    assert not AnswerRevision.objects.exists()


def test_case_73_csrf_all_every_unsafe_request_needs_its_token(running: Place) -> None:
    strict = Client(enforce_csrf_checks=True)
    running.enter(strict)

    for path in ("start/", "question/1/", "question/1/save/", "question/1/flag/", "submit/"):
        assert strict.post(running.url(path)).status_code == 403, path
        assert (
            strict.post(running.url(path), headers={"origin": "https://elsewhere.example"}).status_code == 403
        )
    assert running.attempt.state == "in_progress"


def test_flag_is_set_and_taken_back(running: Place) -> None:
    running.client.post(running.url("question/2/flag/"), {"flagged": "yes"})
    assert running.row(2).is_flagged

    response = running.client.post(running.url("question/2/flag/"), {"flagged": "no"})

    assert response.json() == {"flagged": False}
    assert not running.row(2).is_flagged


def test_save_costs_few_statements(running: Place, django_assert_num_queries) -> None:
    body = {
        "answer": ["1"],
        "base_version": 0,
        "save_id": str(uuid.uuid4()),
        "page_id": str(uuid.uuid4()),
    }

    # the question with its attempt, invitation and link; then the attempt held, the answer, a revision: one where the
    # database takes them together. Else two more open and close the savepoint that a transaction is inside a test.
    with django_assert_num_queries(2 if connection.vendor == "postgresql" else 4 + 2):
        running.client.post(running.url("question/1/save/"), body, content_type="application/json")
