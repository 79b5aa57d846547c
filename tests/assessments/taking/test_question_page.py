from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.queries import organisation_lately
from assessments.models import AnswerRevision, Attempt
from tests.assessments.taking.places import Place


def fields_of(html: bytes) -> dict[str, Any]:
    """What a browser without scripts would post back from a question's page."""
    text = html.decode()
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', text))
    chosen = re.findall(r'name="answer" value="(\w+)"[^>]* checked', text)
    return {name: hidden[name] for name in ("base_version", "page_id", "shown_answer")} | {"answer": chosen}


def press(place: Place, position: int, go: str, answer: list[str] | None = None) -> Any:
    """Open a question, choose, press a button."""
    fields = fields_of(place.client.get(place.url(f"question/{position}/")).content)
    if answer is not None:
        fields["answer"] = place.places(position, answer)
    return place.client.post(place.url(f"question/{position}/"), fields | {"go": go})


def test_page_shows_the_question_with_its_code_and_native_controls(running: Place) -> None:
    position = next(
        row.position for row in running.attempt.questions.all() if "GET /hello" in row.question_version.stem
    )

    text = running.client.get(running.url(f"question/{position}/")).content.decode()

    assert f"Question {position} of 4" in text
    assert "<fieldset" in text
    assert '<legend class="stem">' in text
    assert "Choose one" in text
    assert len(re.findall(r'type="radio"[^>]* name="answer"', text)) == 4
    assert "<figcaption>Python</figcaption>" in text
    assert 'class="k">' in text or 'class="kn">' in text


def test_page_says_choose_all_that_apply_where_several_may_be_right(running: Place) -> None:
    text = running.client.get(running.url(f"question/{running.position_of('multiple')}/")).content.decode()

    assert "Choose all that apply" in text
    assert text.count('type="checkbox"') == 4
    assert "Clear my choice" not in text


@pytest.mark.parametrize(
    ("go", "leads_to"),
    [("next", "question/3/"), ("back", "question/1/"), ("overview", "overview/"), ("flag", "question/2/")],
)
def test_every_move_saves_first(running: Place, go: str, leads_to: str) -> None:
    response = press(running, 2, go, ["b"])

    assert response["Location"] == running.url(leads_to)
    assert running.row(2).answer == ["b"]
    assert running.row(2).is_flagged is (go == "flag")


def test_next_after_the_last_question_leads_to_the_overview(running: Place) -> None:
    assert press(running, 4, "next")["Location"] == running.url("overview/")


def test_a_choice_can_be_cleared_and_a_flag_taken_back(running: Place) -> None:
    position = running.position_of("single")
    press(running, position, "flag", ["b"])

    press(running, position, "clear")
    press(running, position, "unflag")

    assert (running.row(position).answer, running.row(position).is_flagged) == ([], False)


def test_moving_without_a_new_choice_writes_no_revision(running: Place) -> None:
    press(running, 1, "next", ["b"])

    press(running, 1, "next")
    press(running, 2, "next")

    assert AnswerRevision.objects.count() == 1


def test_an_old_page_with_an_untouched_choice_undoes_nothing(running: Place) -> None:
    old = fields_of(running.client.get(running.url("question/1/")).content)
    running.save(1, ["c"])

    response = running.client.post(running.url("question/1/"), old | {"go": "next"})

    assert response["Location"] == running.url("question/2/")
    assert running.row(1).answer == ["c"]


def test_the_same_page_posted_again_with_another_choice_saves_that(running: Place) -> None:
    page = fields_of(running.client.get(running.url("question/1/")).content)

    for choice in ("a", "b", "a"):
        running.client.post(
            running.url("question/1/"), page | {"answer": running.places(1, [choice]), "go": "next"}
        )

    assert running.row(1).answer == ["a"]
    assert running.row(1).answer_version == 3


def test_case_48_two_tabs_the_later_one_is_asked_and_nothing_is_overwritten(running: Place) -> None:
    old = fields_of(running.client.get(running.url("question/1/")).content)
    running.save(1, ["c"])

    response = running.client.post(
        running.url("question/1/"), old | {"answer": running.places(1, ["a"]), "go": "next"}
    )

    text = response.content.decode()
    assert response.status_code == 409
    assert "Nothing was overwritten" in text
    assert running.row(1).answer == ["c"]
    (there,) = running.places(1, ["c"])
    assert re.search(rf'class="stored-elsewhere" id="stored-\d" data-place="{there}">', text)
    assert fields_of(response.content)["answer"] == running.places(1, ["a"])

    kept = running.client.post(running.url("question/1/"), fields_of(response.content) | {"go": "keep"})

    assert kept["Location"] == running.url("question/1/")
    assert running.row(1).answer == ["a"]


def test_case_48_two_tabs_taking_the_stored_answer_keeps_it(running: Place) -> None:
    old = fields_of(running.client.get(running.url("question/1/")).content)
    running.save(1, ["c"])
    conflict = running.client.post(
        running.url("question/1/"), old | {"answer": running.places(1, ["a"]), "go": "next"}
    )

    running.client.post(running.url("question/1/"), fields_of(conflict.content) | {"go": "take"})

    assert running.row(1).answer == ["c"]


def test_a_move_after_the_end_leads_to_the_closing_page(running: Place, freeze) -> None:
    page = fields_of(running.client.get(running.url("question/1/")).content)
    freeze(running.attempt.deadline_at + timedelta(seconds=6))

    response = running.client.post(running.url("question/1/"), page | {"answer": ["1"], "go": "next"})

    assert response["Location"] == running.url("finished/")
    assert running.row(1).answer == []
    assert running.client.get(running.url("question/1/"))["Location"] == running.url("finished/")


@pytest.mark.parametrize("position", [0, 5, 32768, 2**31, 2**63, 10**30])
def test_case_55_skip_ahead_a_place_the_test_does_not_have_is_not_found(
    running: Place, position: int
) -> None:
    response = running.client.get(running.url(f"question/{position}/"))

    assert response.status_code == 404
    assert running.client.post(running.url(f"question/{position}/"), {}).status_code == 404


@pytest.mark.parametrize(
    "change",
    [
        {"answer": ["z"]},
        {"answer": ["a"]},
        {"answer": ["1", "1"]},
        {"answer": ["5"]},
        {"answer": ["\x00"]},
        {"base_version": "x", "answer": ["1"]},
        {"base_version": "9" * 40, "answer": ["1"]},
        {"base_version": "²", "answer": ["1"]},
        {"page_id": "x", "answer": ["1"]},
        {"page_id": "", "answer": ["1"]},
    ],
)
def test_case_56_foreign_option_a_form_that_makes_no_sense_stores_nothing(
    running: Place, change: dict
) -> None:
    page = fields_of(running.client.get(running.url("question/1/")).content)

    response = running.client.post(running.url("question/1/"), page | {"go": "next"} | change)

    assert response.status_code == 400
    assert b'role="status"' in response.content
    assert not AnswerRevision.objects.exists()


def test_case_54_deadline_tamper_fields_of_the_clock_are_not_read(running: Place) -> None:
    page = fields_of(running.client.get(running.url("question/1/")).content)
    before = running.attempt.deadline_at
    tampered = {
        "deadline_at": "2099-01-01",
        "started_at": "2099-01-01",
        "extra_seconds": "9999",
        "duration": "9999",
    }

    running.client.post(running.url("question/1/"), page | {"answer": ["1"], "go": "next"} | tampered)

    assert running.attempt.deadline_at == before


def test_question_page_costs_one_statement(running: Place, django_assert_num_queries) -> None:
    organisation_lately()

    # the question with its attempt, invitation, link and test; the organisation is known
    with django_assert_num_queries(1):
        running.client.get(running.url("question/1/"))


def test_a_whole_test_without_scripts(place: Place) -> None:
    place.start()
    choices: dict[int, list[str]] = {}
    for position in range(1, 5):
        choices[position] = ["a", "b"] if position == place.position_of("multiple") else ["b"]
        press(place, position, "next", choices[position])
    overview = place.client.get(place.url("overview/"))
    assert b"4 of 4 answered." in overview.content

    response = place.client.post(place.url("submit/"), follow=True)

    assert b"Your test is finished" in response.content
    attempt = Attempt.objects.get()
    assert (attempt.state, attempt.submitted_by) == ("submitted", "candidate")
    assert {row.position: row.answer for row in attempt.questions.all()} == choices
    assert timezone.now() - attempt.submitted_at < timedelta(minutes=1)
