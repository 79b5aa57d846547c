"""Reporting a problem with a question, and settling it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from accounts.models import Actor
from assessments import operations
from assessments.enums import SubmittedBy
from assessments.models import Attempt, AttemptQuestion, ProblemReport
from assessments.operations.problems import LONGEST_TEXT, MOST_REPORTS
from outbox.models import Event
from questions.models import QuestionUsage
from tests.factories.accounts import make_user
from tests.factories.assessments import make_assessment, make_invitation
from tests.factories.questions import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def attempt() -> Attempt:
    return operations.start_attempt(
        invitation=make_invitation(make_assessment(questions=6)), consented=True, now=NOW
    )


def report(attempt: Attempt, position: int = 1, **fields: object) -> ProblemReport:
    return operations.report_problem(
        **{
            "attempt_id": attempt.pk,
            "position": position,
            "kind": "unclear",
            "text": "Which *Flask*?",
            "now": NOW + timedelta(minutes=1),
        }
        | fields  # type: ignore[arg-type]
    )


def open_reports(attempt: Attempt, position: int = 1) -> int:
    row = attempt.questions.select_related("question_version").get(position=position)
    usage = QuestionUsage.objects.filter(question=row.question_version.question_id).first()
    return usage.open_reports if usage else 0


def test_report_names_the_version_that_was_seen_and_is_counted_on_the_question(attempt: Attempt) -> None:
    reported = report(attempt, 2)

    row = attempt.questions.get(position=2)
    assert (reported.question_version_id, reported.kind, reported.text) == (
        row.question_version_id,
        "unclear",
        "Which *Flask*?",
    )
    assert reported.is_open
    assert (open_reports(attempt, 2), open_reports(attempt, 1)) == (1, 0)


def test_report_changes_neither_the_clock_nor_the_answers(attempt: Attempt) -> None:
    before = Attempt.objects.values().get(pk=attempt.pk)
    rows = list(attempt.questions.values_list("answer", "answer_version", "seconds"))

    report(attempt)

    assert Attempt.objects.values().get(pk=attempt.pk) == before
    assert list(attempt.questions.values_list("answer", "answer_version", "seconds")) == rows


def test_reporting_the_same_again_changes_the_words_and_counts_once(attempt: Attempt) -> None:
    first = report(attempt)
    again = report(attempt, text="Which version of Flask?")
    silent = report(attempt, text="")
    other = report(attempt, kind="display")

    assert first.pk == again.pk == silent.pk != other.pk
    assert ProblemReport.objects.get(pk=first.pk).text == "Which version of Flask?"
    assert open_reports(attempt) == 2


@pytest.mark.parametrize(
    ("change", "field"),
    [({"kind": ""}, "kind"), ({"kind": "boring"}, "kind"), ({"text": "x" * (LONGEST_TEXT + 1)}, "text")],
)
def test_report_that_says_nothing_or_too_much_is_refused(
    attempt: Attempt, change: dict[str, str], field: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        report(attempt, **change)

    assert set(refused.value.message_dict) == {field}
    assert not ProblemReport.objects.exists()


def test_more_reports_than_anybody_means_are_refused(attempt: Attempt) -> None:
    kinds = ("unclear", "several_right", "none_right", "display", "other")
    for number in range(MOST_REPORTS):
        report(attempt, number // len(kinds) + 1, kind=kinds[number % len(kinds)])

    with pytest.raises(ValidationError, match="many problems"):
        report(attempt, 5)

    assert ProblemReport.objects.count() == MOST_REPORTS


def test_report_after_the_end_or_of_no_question_is_refused(attempt: Attempt) -> None:
    with pytest.raises(AttemptQuestion.DoesNotExist):
        report(attempt, 99)
    with pytest.raises(operations.AttemptClosed):
        report(attempt, now=attempt.deadline_at + timedelta(minutes=1))
    operations.submit_attempt(attempt_id=attempt.pk, submitted_by=SubmittedBy.CANDIDATE, now=NOW)
    with pytest.raises(operations.AttemptClosed):
        report(attempt)

    assert not ProblemReport.objects.exists()


def test_settling_twice_keeps_the_first_and_counts_once(attempt: Attempt) -> None:
    reported = report(attempt)
    first, second = make_user(full_name="First"), make_user(full_name="Second")

    operations.settle_problem(report=reported, note="Two are right", by=Actor.of_user(first), now=NOW)
    again = operations.settle_problem(report=reported, note="No", by=Actor.of_user(second), now=NOW)

    assert (again.note, again.settled_by, again.settled_at) == ("Two are right", first, NOW)
    assert open_reports(attempt) == 0
    event = Event.objects.get(kind="question.report_settled")
    assert (event.actor_user, event.about_id, event.person_ref) == (
        first,
        reported.question_version.question_id,
        "",
    )
    assert event.data == {"report": reported.pk, "problem": reported.kind, "with_note": True}


def test_settled_report_keeps_its_words(attempt: Attempt) -> None:
    operations.settle_problem(report=report(attempt), note="", by=Actor.system(), now=NOW)

    assert report(attempt, text="Something else").text == "Which *Flask*?"
    assert open_reports(attempt) == 0
