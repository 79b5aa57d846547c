"""The page after a test: what each setting lets a person read of their own result, and never before."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Actor
from assessments.models import AssessmentVersion, Attempt, Score
from assessments.operations import void_attempt
from questions.models import AnswerKey, Question, Skill
from tests.assessments.taking.places import Place, make_place
from tests.factories.assessments import write_score

# What a page with a result shows, and a page without one must not.
RESULT = re.compile(r"\d %|±|[Pp]ass mark|You passed|Your result</h2>|By skill")


def finish(place: Place, **rules: Any) -> Attempt:
    """Take the test to its end under these rules, and leave it to be marked."""
    AssessmentVersion.objects.filter(pk=place.invitation.version_id).update(**rules)
    place.start()
    for position in range(1, 5):
        place.save(position, ["a"])
    place.client.post(place.url("submit/"), {"confirmed": "yes"})
    return place.attempt


def score(attempt: Attempt, **changes: Any) -> Score:
    """Write a score as marking does, with figures to look for."""
    return write_score(attempt, **{"percent": "73.456", "error": 9.4} | changes)


def page(place: Place) -> str:
    return str(place.client.get(place.url("finished/")).content.decode())


@pytest.mark.parametrize("sees", ["received", "result", "skills"])
def test_case_60_grade_before_release_shows_nothing_of_a_result(place: Place, sees: str) -> None:
    finish(place, candidate_sees=sees)

    text = page(place)

    assert not RESULT.search(text)
    assert "Your test is marked." in text
    assert ("Your result will stand here as soon as it is marked" in text) is (sees != "received")


def test_case_60_grade_stays_unsaid_where_only_its_arrival_is_told(place: Place) -> None:
    score(finish(place, candidate_sees="received"))

    assert not RESULT.search(page(place))


@pytest.mark.parametrize(
    ("band", "words"),
    [
        ("passed", "You passed this test."),
        ("borderline", "close to the pass mark"),
        ("below", "You did not reach the pass mark."),
    ],
)
def test_result_is_told_in_words_and_whole_percent_with_its_error(
    place: Place, band: str, words: str
) -> None:
    score(finish(place, candidate_sees="result"), band=band)

    text = page(place)

    assert words in text
    assert "73 %" in text
    assert "± 9 percent points" in text
    assert "73.4" not in text
    assert "By skill" not in text
    assert "Your result will stand here" not in text


def test_result_without_an_error_tells_none(place: Place) -> None:
    score(finish(place, candidate_sees="result"), error=None)

    assert "73 %" in page(place)
    assert "±" not in page(place)


def test_skills_are_told_with_how_many_questions_they_rest_on(place: Place) -> None:
    skill = Skill.objects.create(slug="routing", name="Routing")
    parts = [{"skill": skill.pk, "marks": "1/3", "possible": "2", "questions": 2}]
    score(finish(place, candidate_sees="skills"), by_skill=parts)

    text = page(place)

    assert "Routing" in text
    assert "17 % in 2 questions" in text


@pytest.mark.parametrize("sees", ["result", "skills"])
def test_void_attempt_shows_no_result(place: Place, sees: str) -> None:
    attempt = finish(place, candidate_sees=sees)
    score(attempt)
    void_attempt(attempt=attempt, reason="An alarm", by=Actor.system(), now=timezone.now())

    text = place.client.get(place.url("finished/"), follow=True).content.decode()

    assert "This attempt does not count" in text
    assert not RESULT.search(text)


def test_result_is_read_later_by_the_same_link_on_another_device(place: Place) -> None:
    score(finish(place, candidate_sees="result"))
    other = place.enter(type(place.client)())

    assert "73 %" in other.get(place.url(), follow=True).content.decode()


@pytest.mark.parametrize("sees", ["received", "result", "skills"])
def test_no_statement_of_the_page_reads_a_key(place: Place, sees: str, django_assert_num_queries) -> None:
    score(finish(place, candidate_sees=sees))
    # what the link opens, with the organisation; the score where it is shown; names of skills only where there are any.
    with django_assert_num_queries(1 if sees == "received" else 2) as counted:
        page(place)

    assert not [query for query in counted.captured_queries if AnswerKey._meta.db_table in query["sql"]]
    assert Question.objects.count() == 4


def test_who_may_take_it_again_reads_from_when_on(db: None) -> None:
    place = make_place()
    finish(place, most_attempts=2, retake_after_days=30)

    assert re.search(r"You may take this test again from \d+ \w+ \d{4}, \d\d:\d\d UTC on", page(place))
    AssessmentVersion.objects.update(retake_after_days=0)
    assert "You may take this test again if you are invited again." in page(place)
    AssessmentVersion.objects.update(most_attempts=1)
    assert "again" not in page(place).split("What happens next")[1].split("If you need a person")[0]
