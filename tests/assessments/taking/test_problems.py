"""Reporting a problem from a question's page, with and without scripts."""

from __future__ import annotations

import uuid
from typing import Any

from assessments.models import ProblemReport
from tests.assessments.taking.places import Place


def send(place: Place, position: int = 1, **fields: str) -> Any:
    return place.client.post(place.url(f"question/{position}/problem/"), fields)


def send_form(place: Place, **fields: str) -> Any:
    form = {
        "go": "report",
        "base_version": "0",
        "page_id": str(uuid.uuid4()),
        "shown_answer": "",
        "answer": "1",
    }
    return place.client.post(place.url("question/1/"), form | fields)


def test_script_reports_a_problem_and_is_thanked(running: Place) -> None:
    response = send(running, problem_kind="several_right", problem_text="B and C")

    assert response.status_code == 200
    assert "Thank you" in response.json()["message"]
    reported = ProblemReport.objects.get()
    assert (reported.kind, reported.text, reported.position) == ("several_right", "B and C", 1)


def test_script_is_told_what_is_missing_and_what_is_over(running: Place) -> None:
    assert "Choose what is wrong" in send(running).json()["message"]
    assert send(running, 9, problem_kind="other").status_code == 404
    running.client.post(running.url("submit/"), {"confirmed": "yes"})
    closed = send(running, problem_kind="other")
    assert (closed.status_code, closed.json()["outcome"]) == (409, "closed")
    assert not ProblemReport.objects.exists()


def test_report_without_scripts_saves_the_choice_first_and_stays_on_the_page(running: Place) -> None:
    response = send_form(running, problem_kind="unclear", problem_text="What is a rule?")

    assert response["Location"] == running.url("question/1/") + "?reported"
    assert running.row(1).answer == [running.row(1).option_order[0]]
    assert ProblemReport.objects.get().text == "What is a rule?"
    assert "Thank you" in running.client.get(response["Location"]).content.decode()


def test_report_without_a_kind_keeps_what_was_typed(running: Place) -> None:
    response = send_form(running, problem_text="What is a <rule>?")

    page = response.content.decode()
    assert response.status_code == 400
    assert "Choose what is wrong" in page
    assert "What is a &lt;rule&gt;?" in page
    assert '<details class="problem" id="problem" open>' in page
    assert running.row(1).answer == [running.row(1).option_order[0]]
    assert f'name="base_version" value="{running.row(1).answer_version}"' in page


def test_report_beside_a_conflict_keeps_what_was_typed(running: Place) -> None:
    running.save(1, [running.row(1).option_order[2]])

    response = send_form(running, problem_kind="display", problem_text="It is cut off")

    assert response.status_code == 409
    assert "It is cut off" in response.content.decode()
    assert not ProblemReport.objects.exists()
