"""What another score by a mended key means in the pipeline."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.enums import Role
from accounts.models import Actor
from assessments.enums import ScoreCause
from assessments.models import Attempt, AttemptQuestion
from assessments.operations import score_attempt
from hiring.models import Application, ApplicationTransition
from hiring.operations import apply_score, follow_job
from hiring.queries.notifications import RESULT_CHANGED
from outbox.models import Notification
from tests.factories.accounts import NOW, make_user
from tests.factories.assessments import make_regrade
from tests.factories.hiring import (
    invite,
    make_application,
    make_test_job,
    move,
    set_status,
    sit,
    tie_of,
)

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(hours=1)


def arranged(*, right: int) -> tuple[Application, Attempt]:
    """Somebody at the stage "Test" with so many of ten right, followed by a colleague; 60 % is a pass."""
    job, assessment = make_test_job()
    follow_job(job=job, wanted=True, by=Actor.of_user(make_user(Role.ADMINISTRATOR)))
    application = move(make_application(job), "Test")
    attempt = sit(invite(application, assessment), right=right)
    apply_score(attempt_id=attempt.pk, now=LATER)
    return Application.objects.get(pk=application.pk), attempt


def mark_again(attempt: Attempt, *, right: str, positions: range) -> None:
    """Mend the keys of these places and mark the attempt by them."""
    for position in positions:
        make_regrade(attempt, position=position, right=right)
    score_attempt(attempt_id=attempt.pk, cause=ScoreCause.REGRADE, now=LATER)
    apply_score(attempt_id=attempt.pk, now=LATER)
    apply_score(attempt_id=attempt.pk, now=LATER)


def told() -> int:
    news = list(Notification.objects.filter(kind=RESULT_CHANGED).select_related("user"))
    for each in news:
        assert each in Notification.objects.visible_to(Actor.of_user(each.user))
    return len(news)


def test_whoever_was_moved_is_neither_moved_back_nor_again_and_people_are_told() -> None:
    application, attempt = arranged(right=7)
    assert application.stage.name == "Interview"
    moves = ApplicationTransition.objects.count()

    mark_again(attempt, right="b", positions=range(1, 6))
    attempt.refresh_from_db()

    application.refresh_from_db()
    assert application.stage.name == "Interview"
    assert ApplicationTransition.objects.count() == moves
    assert tie_of(attempt.invitation).outcome == "below"
    assert told() == 1

    # Passed once more: still nobody moves, and that is another change to look at.
    mark_again(attempt, right="a", positions=range(1, 6))

    assert ApplicationTransition.objects.count() == moves
    assert tie_of(attempt.invitation).why_stayed == "moved_on"
    assert told() == 2


def test_whoever_passes_now_moves_forward_once() -> None:
    application, attempt = arranged(right=4)
    assert application.stage.name == "Test"

    mark_again(attempt, right="b", positions=range(5, 9))

    application.refresh_from_db()
    assert application.stage.name == "Interview"
    assert ApplicationTransition.objects.filter(application=application, cause="score").count() == 1
    assert told() == 1


def test_whoever_was_rejected_stays_so_and_people_are_told_that_they_passed() -> None:
    application, attempt = arranged(right=4)
    set_status(application, "rejected")

    mark_again(attempt, right="b", positions=range(5, 9))

    application.refresh_from_db()
    assert application.status == "rejected"
    assert (tie_of(attempt.invitation).outcome, tie_of(attempt.invitation).why_stayed) == (
        "passed",
        "not_active",
    )
    assert told() == 1


def test_another_percentage_with_the_same_result_tells_nobody() -> None:
    _application, attempt = arranged(right=9)

    mark_again(attempt, right="b", positions=range(1, 2))

    assert AttemptQuestion.objects.filter(attempt=attempt).count() == 10
    assert told() == 0
