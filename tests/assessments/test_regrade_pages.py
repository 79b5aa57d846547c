"""The pages of mended keys: what waits, what would change, the decision."""

from __future__ import annotations

import csv
import html
import io
import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.enums import Role
from accounts.models import Actor
from assessments.enums import RegradeState
from assessments.models import Attempt, RegradeRequest
from assessments.operations import mark_again
from outbox.models import Event, Work
from outbox.operations import run_due_work
from tests.factories.accounts import make_user
from tests.factories.assessments import make_assessment, make_finished, make_regrade
from tests.factories.questions import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def attempt(db: None) -> Attempt:
    """Nothing right in a test of two questions, half of which is a pass."""
    return make_finished(make_assessment(questions=2, pass_mark=50, borderline_from=40), right=0)


@pytest.fixture
def request_(attempt: Attempt) -> RegradeRequest:
    return make_regrade(attempt)


def read(response: Any) -> str:
    """The words of a page, as they are read."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


def address(name: str, request: RegradeRequest | None = None) -> str:
    return reverse(f"assessments:{name}", args=[request.pk] if request else [])


def lines(client: Client, ending: str) -> list[dict[str, str]]:
    response: Any = client.get(f"/admin/mended-keys.{ending}")
    content = b"".join(response.streaming_content)
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def work_off() -> None:
    while run_due_work(now=max(Work.objects.values_list("due_at", flat=True)) + timedelta(seconds=1)):
        pass


@pytest.fixture
def boss(signed_in) -> Client:
    return signed_in(make_user(Role.ADMINISTRATOR))


@pytest.fixture
def author(signed_in) -> Client:
    return signed_in(make_user(Role.QUESTION_AUTHOR))


def test_pages_of_test_and_question_say_how_many_scores_are_concerned(author, attempt, request_) -> None:
    assessment = attempt.invitation.version.assessment
    question = request_.question_version.question

    of_test = author.get(reverse("admin:assessments_assessment_change", args=[assessment.pk]))
    of_question = author.get(reverse("admin:questions_question_change", args=[question.pk]))

    assert "was mended. 1 attempt is marked by the one before." in read(of_test)
    assert "The key of version 1 was mended. 1 attempt is marked by the one before." in read(of_question)
    for page in (of_test, of_question):
        assert address("regrade", request_) in page.content.decode()


def test_look_shows_names_to_those_who_see_the_people_and_numbers_to_authors(
    boss, author, attempt, request_
) -> None:
    assert "Nobody has looked yet" in read(boss.get(address("regrade", request_)))

    asked = author.post(address("look-at-regrade", request_), {"token": "one"})
    author.post(address("look-at-regrade", request_), {"token": "one"})
    work_off()
    seen, counted = (read(client.get(address("regrade", request_))) for client in (boss, author))

    work = Work.objects.get()
    assert asked["Location"] == reverse("outbox:work", args=[work.public_id])
    person = attempt.invitation.candidate.full_name
    assert f"{person} {attempt.invitation.version.assessment.name} 0 % 50 % +50.0 Below the line" in seen
    assert "becomes Passed" in seen
    assert person not in counted
    assert "1 more result changes; it is not listed here" in counted
    for page in (seen, counted):
        assert "Another result: across the pass mark or the borderline 1 Higher percentage 1" in page
    assert "an administrator" in counted
    assert "Mark 1 attempt again" in seen


def test_a_percentage_that_falls_is_said_with_a_sign_of_its_own(boss) -> None:
    attempt = make_finished(make_assessment(questions=2, pass_mark=50, borderline_from=40), right=2)
    request = make_regrade(attempt)
    boss.post(address("look-at-regrade", request), {"token": "one"})
    work_off()

    page = boss.get(address("regrade", request)).content.decode()

    # On a phone each cell says what it is.
    assert '<td class="number nowrap" data-label="Change">−50.0</td>' in page
    assert '<td data-label="Result">' in page


def test_marking_again_is_asked_with_a_reason_and_stands_in_the_history_of_scores(
    boss, author, attempt, request_
) -> None:
    refused = boss.post(address("mark-again", request_), {"reason": ""})
    assert refused.status_code == 200
    assert author.post(address("mark-again", request_), {"reason": "Wrong"}).status_code == 403
    assert not Work.objects.exists()

    asked = boss.post(address("mark-again", request_), {"reason": "b is right"})
    running = read(boss.get(address("regrade", request_)))
    work_off()
    done = read(boss.get(address("regrade", request_)))

    assert asked["Location"] == reverse("outbox:work", args=[Work.objects.get().public_id])
    assert "The attempts are being marked again." in running
    assert "Marked again" in done
    assert "b is right" in done
    assert "None is marked by the key before." in done
    page = read(boss.get(reverse("assessments:attempt", args=[attempt.pk])))
    assert re.search(r"Scores so far 50 % Passed in force A key was mended .* 0 % Below the line", page)
    assert "was mended" not in read(
        author.get(
            reverse("admin:assessments_assessment_change", args=[attempt.invitation.version.assessment_id])
        )
    )


def test_scores_are_left_with_a_reason(boss, request_) -> None:
    response = boss.post(address("leave-marks", request_), {"reason": "Nobody was near"}, follow=True)

    assert "The scores stay as they are." in read(response)
    assert "Nobody was near" in read(response)
    assert RegradeRequest.objects.get().state == RegradeState.DISMISSED
    late = boss.post(address("mark-again", request_), {"reason": "After all"}, follow=True)
    assert "This was decided already" in read(late)


@pytest.mark.parametrize("rows", [1, 3])
def test_list_costs_the_same_for_one_and_three_requests(boss, rows, django_assert_num_queries) -> None:
    attempt = make_finished(make_assessment(questions=3))
    requests = [make_regrade(attempt, position=position) for position in range(1, rows + 1)]
    boss.get(address("regrades"))

    # Session, user, roles, signs and notices; count, requests, keys, scores, tests.
    with django_assert_num_queries(10):
        page = boss.get(address("regrades"))

    assert page.content.decode().count("1 attempt marked by the key before") == len(requests)


def test_list_shows_what_waits_and_with_all_what_was_decided(boss, request_) -> None:
    user = Actor.of_user(make_user(Role.ADMINISTRATOR))
    assert "Another one is right" in read(boss.get(address("regrades")))
    mark_again(request=request_, reason="Wrong", by=user, now=NOW)
    work_off()

    assert "No mended key waits" in read(boss.get(address("regrades")))
    assert "Another one is right" in read(boss.get(address("regrades") + "?all"))


def test_list_is_taken_as_a_file_as_it_is_shown(boss, author, request_) -> None:
    user = Actor.of_user(make_user(Role.ADMINISTRATOR))
    mark_again(request=request_, reason="=Fair", by=user, now=NOW)
    work_off()
    other = make_finished(make_assessment(questions=2, pass_mark=50, borderline_from=40), right=0)
    make_regrade(other)

    waiting = lines(author, "csv")
    every = lines(author, "csv?all=")
    page = author.get(address("regrades") + "?all").content.decode()
    sheet = boss.get("/admin/mended-keys.xlsx?all=")

    assert 'href="/admin/mended-keys.csv?all' in page
    assert [(row["State"], row["Attempts marked by the key before"]) for row in waiting] == [
        (str(RegradeState.OPEN.label), "1")
    ]
    assert len(every) == 2
    # A spreadsheet runs nothing of what somebody typed.
    assert [row["What was decided"] for row in every if row["Decided"]] == ["'=Fair"]
    assert {row["Why the key was mended"] for row in every} == {"Another one is right"}
    assert sheet.status_code == 200
    taken = Event.objects.filter(kind="export.made").order_by("pk")
    assert [(event.data["list"], event.data["count"], event.data["filters"]) for event in taken] == [
        ("mended keys", 1, []),
        ("mended keys", 2, ["all"]),
        ("mended keys", 2, ["all"]),
    ]


def test_file_costs_the_same_for_one_and_three_requests(boss, django_assert_num_queries) -> None:
    attempt = make_finished(make_assessment(questions=3))
    make_regrade(attempt)
    with CaptureQueriesContext(connection) as asked:
        one = lines(boss, "csv")
    for position in (2, 3):
        make_regrade(attempt, position=position)
    with django_assert_num_queries(len(asked)):
        three = lines(boss, "csv")

    assert (len(one), len(three)) == (1, 3)
