"""Problems that candidates reported with questions, as authors and recruiters meet them."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Actor, User
from assessments import operations, queries
from assessments.models import Attempt, ProblemReport
from assessments.operations.person import AssessmentsPart
from candidates.models import Candidate
from hiring import queries as hiring
from outbox.models import Event
from tests.factories.assessments import make_report
from tests.factories.hiring import invite, sit
from tests.hiring.pages.house import House

PROBLEMS = "/admin/problems/"
SignIn = Callable[[User], Client]


def attempt_of(house: House) -> Attempt:
    """The finished attempt of the house's applicant, sat when it is first asked for."""
    sat = Attempt.objects.filter(invitation__candidate=house.application.candidate).first()
    return sat or sit(invite(house.application, house.assessment, now=timezone.now()), right=5)


def test_author_finds_a_report_reads_it_without_the_person_and_settles_it(
    house: House, sign_in: SignIn
) -> None:
    report = make_report(attempt_of(house), kind="several_right", text="Two fit", now=timezone.now())
    client = sign_in(house.author)

    start = client.get("/admin/").content.decode()
    page = client.get(PROBLEMS).content.decode()
    client.post(f"{PROBLEMS}{report.pk}/settle/", {"note": "The second is right, too", "from": PROBLEMS})

    assert "Problems reported with questions" in start
    assert f'href="{PROBLEMS}"' in start
    assert "Two fit" in page
    assert "More than one answer is right" in page
    assert house.application.candidate.full_name not in page
    assert "/admin/attempts/" not in page
    report.refresh_from_db()
    assert (report.settled_by, report.note) == (house.author, "The second is right, too")
    assert "Problems reported" not in client.get("/admin/").content.decode()
    assert "The second is right, too" not in client.get(PROBLEMS).content.decode()
    assert "The second is right, too" in client.get(f"{PROBLEMS}?all").content.decode()


def test_question_shows_its_open_reports_in_the_list_the_filter_and_the_form(
    house: House, sign_in: SignIn
) -> None:
    report = make_report(attempt_of(house), now=timezone.now())
    question = report.question_version.question
    client = sign_in(house.author)

    every = client.get("/admin/questions/question/").context["rows"]
    filtered = client.get("/admin/questions/question/?flag=reports").context["rows"]
    form = client.get(f"/admin/questions/question/{question.pk}/change/").content.decode()
    its_own = client.get(f"{PROBLEMS}?question={question.pk}").content.decode()
    of_none = client.get(f"{PROBLEMS}?question=0").content.decode()

    assert len(every) > 1
    assert [row.question.pk for row in filtered] == [question.pk]
    assert f'href="{PROBLEMS}?question={question.pk}"' in form
    assert f"Of the question {question.external_id}" in its_own
    assert "Of the question" not in of_none


def test_recruiter_of_the_job_settles_a_report_on_the_attempt(house: House, sign_in: SignIn) -> None:
    attempt = attempt_of(house)
    report = make_report(attempt, text="Nothing fits", now=timezone.now())
    client = sign_in(house.recruiter)
    address = f"/admin/attempts/{attempt.pk}/"

    page = client.get(address).content.decode()
    response = client.post(f"{PROBLEMS}{report.pk}/settle/", {"note": "", "from": address})

    assert "Nothing fits" in page
    assert response["Location"] == address
    report.refresh_from_db()
    assert report.settled_by == house.recruiter


def test_settling_leads_nowhere_else(house: House, sign_in: SignIn) -> None:
    report = make_report(attempt_of(house), now=timezone.now())

    response = sign_in(house.author).post(
        f"{PROBLEMS}{report.pk}/settle/", {"from": "https://elsewhere.example/"}
    )

    assert response["Location"] == PROBLEMS


def test_who_sees_no_attempt_and_writes_no_question_sees_no_report(house: House) -> None:
    report = make_report(attempt_of(house), now=timezone.now())

    for user in (house.other_recruiter, house.interviewer, house.analyst, house.nobody):
        actor = Actor.of_user(user)
        assert not queries.problem_rows(actor).exists()
        assert "problems" not in {item.code for item in hiring.start_page(actor, now=timezone.now()).waiting}
    for user in (house.author, house.administrator, house.recruiter, house.manager):
        assert list(queries.problem_rows(Actor.of_user(user))) == [report]


def test_erasure_blanks_what_was_written_and_keeps_the_report(house: House) -> None:
    report = make_report(attempt_of(house), text="My name is in it", now=timezone.now())
    operations.settle_problem(report=report, note="Wrote to them", by=Actor.system(), now=timezone.now())
    candidate = Candidate.objects.get(pk=house.application.candidate_id)

    exported = AssessmentsPart().export(candidate)
    AssessmentsPart().redact(candidate, timezone.now(), frozenset())

    told = [
        one for test in exported["tests"] for each in test["attempts"] for one in each["problems_reported"]
    ]
    assert [(one["kind"], one["text"]) for one in told] == [("unclear", "My name is in it")]
    kept = ProblemReport.objects.get(pk=report.pk)
    assert (kept.kind, kept.text, kept.note) == ("unclear", "", "")


def test_problems_are_taken_along_as_they_are_shown_without_the_person(
    house: House, sign_in: SignIn, django_assert_num_queries: Any
) -> None:
    make_report(attempt_of(house), kind="unclear", text='=SUM("Two")', now=timezone.now())
    settled = make_report(attempt_of(house), kind="display", text="Too wide", now=timezone.now())
    operations.settle_problem(
        report=settled, note="Made narrow", by=Actor.of_user(house.author), now=timezone.now()
    )
    client = sign_in(house.author)

    def lines(address: str) -> list[dict[str, str]]:
        response: Any = client.get(address)
        return list(csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode("utf-8-sig"))))

    page = client.get(f"{PROBLEMS}?all").content.decode()
    waiting = lines("/admin/problems.csv")
    every = lines("/admin/problems.csv?all=")
    question = settled.question_version.question
    none = lines("/admin/problems.csv?question=0&all")

    assert 'href="/admin/problems.csv?all="' in page
    assert [row["In the candidate’s words"] for row in waiting] == ['\'=SUM("Two")']
    assert {row["What was done"] for row in every} == {"", "Made narrow"}
    assert (every[0]["Question"], none) == (question.external_id, every)
    assert house.application.candidate.full_name not in str(every)
    events = Event.objects.filter(kind="export.made").order_by("pk")
    assert [event.data["filters"] for event in events] == [[], ["all"], ["all"]]
    assert client.get("/admin/problems.xlsx").status_code == 200
    assert sign_in(house.manager).get("/admin/problems.csv").status_code == 403
    # Session, user, roles, permissions (2), the keys, the event, the rows.
    with django_assert_num_queries(8):
        lines("/admin/problems.csv")
    with django_assert_num_queries(8):
        lines("/admin/problems.csv?all")


@pytest.mark.parametrize("rows", [1, 3])
def test_list_of_problems_costs_the_same_for_one_and_three_rows(
    house: House, sign_in: SignIn, rows: int, django_assert_num_queries: object
) -> None:
    for kind in ("unclear", "display", "other")[:rows]:
        make_report(attempt_of(house), kind=kind, now=timezone.now())
    client = sign_in(house.author)
    client.get(PROBLEMS)

    # Session, user, roles, permissions (2), organisation, signs, how many, rows, readable attempts.
    with django_assert_num_queries(10):  # type: ignore[operator]
        response = client.get(PROBLEMS)

    assert len(response.context["rows"]) == rows


def test_settling_stands_in_the_history_of_the_question_with_who_did_it(
    house: House, sign_in: SignIn
) -> None:
    report = make_report(attempt_of(house), now=timezone.now())
    question = report.question_version.question
    operations.settle_problem(
        report=report,
        note="The second is right, too",
        by=Actor.of_user(house.recruiter),
        now=timezone.now(),
    )

    form = f"/admin/questions/question/{question.pk}/change/"
    page = sign_in(house.author).get(form).content.decode()

    assert f"Settled what a candidate reported, {house.recruiter.full_name}" in page
    assert f'href="{PROBLEMS}?question={question.pk}&amp;all"' in page
    assert house.application.candidate.full_name not in page
