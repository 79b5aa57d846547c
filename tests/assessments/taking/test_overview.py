from __future__ import annotations

from datetime import timedelta

from accounts.queries import organisation_lately
from assessments.enums import SubmittedBy
from assessments.operations import submit_attempt
from outbox.models import Event
from tests.assessments.taking.places import Place


def test_overview_says_in_words_what_is_answered_and_flagged(running: Place) -> None:
    running.save(2, ["b"])
    running.client.post(running.url("question/3/flag/"), {"flagged": "yes"})

    text = running.client.get(running.url("overview/")).content.decode()

    assert "1 of 4 answered, 1 flagged." in text
    assert text.count("not answered") == 3
    assert text.count("flagged</span>") == 1
    for position in range(1, 5):
        assert f'href="../question/{position}/"' in text


def test_submit_asks_once_when_a_question_is_open(running: Place) -> None:
    running.save(1, ["a"])

    asked = running.client.post(running.url("submit/"))

    assert b"3 questions have no answer. Submit all the same?" in asked.content
    assert running.attempt.state == "in_progress"

    running.client.post(running.url("submit/"), {"confirmed": "yes"})

    assert running.attempt.state == "submitted"


def test_submit_does_not_ask_when_every_question_is_answered(running: Place) -> None:
    for position in range(1, 5):
        running.save(position, ["a"])

    response = running.client.post(running.url("submit/"))

    assert response["Location"] == running.url("finished/")
    assert running.attempt.state == "submitted"


def test_case_49_double_submit_gives_one_submission_and_the_same_page(running: Place) -> None:
    replies = [
        running.client.post(running.url("submit/"), {"confirmed": "yes"})["Location"] for _ in range(5)
    ]

    assert set(replies) == {running.url("finished/")}
    assert Event.objects.filter(about_id=running.attempt.pk, kind="attempt.submitted").count() == 1


def test_submit_after_the_end_needs_no_asking(running: Place, freeze) -> None:
    deadline = running.attempt.deadline_at
    freeze(deadline + timedelta(seconds=3))

    running.client.post(running.url("submit/"))

    assert running.attempt.state == "submitted"


def test_a_submit_long_after_the_end_is_dated_the_deadline(running: Place, freeze) -> None:
    deadline = running.attempt.deadline_at
    freeze(deadline + timedelta(minutes=10))

    running.client.post(running.url("submit/"))

    assert (running.attempt.submitted_at, running.attempt.submitted_by) == (deadline, "deadline")


def test_finished_page_says_what_happens_next_and_no_score(running: Place) -> None:
    submit_attempt(
        attempt_id=running.attempt.pk, submitted_by=SubmittedBy.CANDIDATE, now=running.attempt.started_at
    )

    text = running.client.get(running.url("finished/")).content.decode()

    assert "Your test is finished" in text
    assert "What happens next" in text
    assert "people@example.com" in text
    assert "%" not in text


def test_finished_page_says_when_the_time_was_over(running: Place, freeze) -> None:
    freeze(running.attempt.deadline_at + timedelta(seconds=1))

    text = running.client.get(running.url("finished/")).content.decode()

    assert "The time was over" in text


def test_finished_page_says_when_an_answer_came_late(running: Place) -> None:
    submit_attempt(
        attempt_id=running.attempt.pk, submitted_by=SubmittedBy.CANDIDATE, now=running.attempt.started_at
    )

    assert b"did not reach us in time" in running.client.get(running.url("finished/?late")).content


def test_overview_costs_three_statements(running: Place, django_assert_num_queries) -> None:
    organisation_lately()

    # attempt with its link, invitation and test, the places, where the person is; the organisation is known
    with django_assert_num_queries(3):
        running.client.get(running.url("overview/"))
