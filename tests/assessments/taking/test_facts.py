"""The page before the start follows the rules of the version."""

from __future__ import annotations

from typing import Any

import pytest

from assessments.models import AssessmentSection, AssessmentVersion, DrawRule, PoolEntry
from assessments.queries import briefed_parts
from assessments.taking.facts import Facts, facts
from tests.assessments.taking.places import Place, make_place


def told(place: Place, **rules: Any) -> Facts:
    AssessmentVersion.objects.filter(pk=place.invitation.version_id).update(**rules)
    invitation = type(place.invitation).objects.select_related("version").get(pk=place.invitation.pk)
    return facts(invitation, briefed_parts(invitation.version_id), organisation="Analytical Engines")


def in_two_parts(place: Place, minutes: int | None) -> None:
    """Move the last question of the test into a part of its own."""
    first = AssessmentSection.objects.get(version=place.invitation.version_id)
    first.title = "Reading code"
    first.save(update_fields=["title"])
    second = AssessmentSection.objects.create(version=first.version, position=2, minutes=minutes)
    DrawRule.objects.filter(section=first, position=4).update(section=second, position=1)


def test_free_test_says_that_one_may_go_back_and_nothing_of_limits(place: Place) -> None:
    text = " ".join(told(place).how)

    assert "You may go back, change answers" in text
    assert "Each question has" not in text
    assert "in all" not in text
    assert told(place).parts == ()


@pytest.mark.parametrize(("buffer", "says"), [(30, True), (0, False)])
def test_forward_only_test_says_so_with_its_limits_and_the_buffer(
    place: Place, buffer: int, says: bool
) -> None:
    text = " ".join(told(place, navigation="forward", question_seconds=90, buffer_seconds=buffer).how)

    assert "you cannot go back" in text
    assert "You may go back, change" not in text
    assert "Each question has 1 minute 30 seconds." in text
    assert ("you may take 30 seconds more" in text) is says


def test_extra_time_lengthens_every_limit_that_is_told(db: None) -> None:
    place = make_place(extra_seconds=1200)
    in_two_parts(place, 10)

    known = told(place, navigation="forward", question_seconds=60)

    assert known.time == "60 minutes"
    assert any(sentence.startswith("Each question has 1 minute 30 seconds.") for sentence in known.how)
    assert known.parts == ("Reading code: 3 questions", "Part 2: 1 question, 15 minutes")


def test_parts_with_a_limit_are_not_come_back_to(place: Place) -> None:
    in_two_parts(place, 10)

    known = told(place)

    assert any("You cannot come back to a part" in sentence for sentence in known.how)
    assert known.questions == "4, one a page"
    assert known.parts == ("Reading code: 3 questions", "Part 2: 1 question, 10 minutes")


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        ({}, "A wrong answer costs no more than none at all."),
        ({}, "some questions count in parts"),
        ({"marking": "all_or_nothing"}, "it counts only when you chose all of them"),
        ({"marking": "partial"}, "each of them earns a part of the mark"),
        ({"formula_scoring": True}, "guessing gains nothing on average"),
    ],
)
def test_marking_is_told_beforehand(place: Place, rules: dict[str, Any], words: str) -> None:
    sentences = " ".join(told(place, **rules).marking)

    assert words in sentences
    assert ("If you are not sure, choose" in sentences) is (not rules.get("formula_scoring"))


@pytest.mark.parametrize(
    ("sees", "words"),
    [
        ("received", "It shows no result."),
        ("result", "you read your result on this page"),
        ("skills", "your result and each skill"),
    ],
)
def test_what_is_told_afterwards_is_told_beforehand(place: Place, sees: str, words: str) -> None:
    assert words in " ".join(told(place, candidate_sees=sees).afterwards)


def test_retakes_are_told_with_their_distance(place: Place) -> None:
    known = told(place, most_attempts=3, retake_after_days=7).how[-1]

    assert known == (
        "You may take this test up to 3 times in all, if you are invited again. "
        "At least 7 days lie between two times."
    )


def test_empty_part_is_not_told(place: Place) -> None:
    version = place.invitation.version
    AssessmentSection.objects.create(version=version, position=2, title="Nothing in it")
    PoolEntry.objects.filter(rule__section__title="Nothing in it").delete()

    assert [part.questions for part in briefed_parts(version.pk)] == [4]
