"""The board of a job: numbers, who comes first, the next cards, what comes next for each."""

from datetime import timedelta

import pytest

from candidates.operations import set_tags
from hiring import queries
from hiring.enums import ApplicationStatus, InterviewState, NextStep, StageActionKind, StageActionState
from hiring.models import Application, Interview, StageAction
from outbox.models import Message
from tests.factories.accounts import NOW, actor, make_recruiter
from tests.factories.hiring import (
    SYSTEM,
    invite,
    make_application,
    make_job,
    make_manager,
    make_test_job,
    move,
    set_status,
    sit,
    stages,
)

DAY = timedelta(days=1)
pytestmark = pytest.mark.django_db


def board(job, **fields):
    return {column.stage.name: column for column in queries.job_board(job, SYSTEM, now=NOW, **fields)}


def names(cards):
    return [card.row.application.candidate.full_name for card in cards]


def test_a_column_counts_active_held_and_late_people_and_says_their_median():
    job = make_job()
    for days in (1, 2, 5, 9):
        make_application(job, now=NOW - days * DAY)
    set_status(make_application(job, now=NOW - 20 * DAY), ApplicationStatus.ON_HOLD)
    set_status(make_application(job, now=NOW - 30 * DAY), ApplicationStatus.WITHDRAWN)
    make_application(make_job(), now=NOW - 40 * DAY)

    column = board(job)["Applied"]

    assert (column.active, column.on_hold, column.count) == (4, 1, 5)
    # Five and nine days; whoever is on hold is never late.
    assert column.over_target == 2
    assert column.median_days == 5
    assert board(job)["Offer"].median_days is None


def test_the_median_of_an_even_number_lies_between_the_two_in_the_middle():
    job = make_job()
    for days in (1, 2, 6, 9):
        make_application(job, now=NOW - days * DAY)

    assert board(job, per_stage=1)["Applied"].median_days == 4


def test_the_next_cards_follow_the_first_without_gap_or_twin():
    job = make_job()
    # Many at the very same moment, as after a move of many.
    for number in range(7):
        make_application(job, full_name=f"Together {number}", now=NOW - 3 * DAY)
    make_application(job, full_name="Later", now=NOW - DAY)
    people = queries.live_people(job, SYSTEM)

    column = board(job, per_stage=3)["Applied"]
    seen, after = names(column.cards), column.after
    while after:
        part = queries.board_part(column.stage, SYSTEM, people, after=after, now=NOW, per_stage=3)
        seen, after = seen + names(part.cards), part.after

    assert seen == [*(f"Together {number}" for number in range(7)), "Later"]


def test_whoever_the_board_went_on_after_may_have_moved_away():
    job = make_job()
    people = [make_application(job, full_name=str(days), now=NOW - days * DAY) for days in (4, 3, 2, 1)]
    column = board(job, per_stage=2)["Applied"]
    move(people[1], "Interview")

    part = queries.board_part(
        column.stage, SYSTEM, queries.live_people(job, SYSTEM), after=column.after, now=NOW
    )

    assert names(part.cards) == ["2", "1"]
    assert part.after == ""


@pytest.mark.parametrize(
    "after", ["x", "20260101000000000000-", "20261301000000000000-abc", "20260101000000000000-nobodyatall"]
)
def test_where_a_column_goes_on_is_not_guessed(after):
    job = make_job()
    people = queries.live_people(job, SYSTEM)

    with pytest.raises(ValueError):
        queries.board_part(stages(job)["Applied"], SYSTEM, people, after=after, now=NOW)


def test_a_card_says_what_comes_next_and_who_is_waited_for():
    job, assessment = make_test_job()
    people = {
        name: make_application(job, full_name=name) for name in ("new", "sent", "below", "asked", "failed")
    }
    invite(people["sent"], assessment)
    sit(invite(people["below"], assessment), right=1)
    move(people["asked"], "Interview")
    move(people["failed"], "Interview")
    stage = stages(job)["Interview"]
    Interview.objects.create(
        application=people["asked"], stage=stage, title="Pairing", state=InterviewState.ASKED, created_at=NOW
    )
    StageAction.objects.create(
        application=people["failed"],
        stage=stage,
        transition_number=2,
        kind=StageActionKind.MAIL,
        state=StageActionState.FAILED,
        created_at=NOW,
        due_at=NOW,
    )
    by = actor(make_manager(job))

    cards = {
        card.row.application.candidate.full_name: card
        for column in queries.job_board(job, by, now=NOW)
        for card in column.cards
    }

    assert {name: str(card.step.value) for name, card in cards.items()} == {
        "new": NextStep.DECIDE,
        "sent": NextStep.TEST_SENT,
        "below": NextStep.BEING_MARKED,
        "asked": NextStep.INTERVIEW,
        "failed": NextStep.STAGE_FAILED,
    }
    assert cards["sent"].waits_for.value == "candidate"
    Message.objects.filter(person_ref=people["sent"].candidate.public_id).update(state="failed")
    [card] = queries.cards_of(
        Application.objects.filter(pk=people["sent"].pk).select_related("candidate", "stage"), by, now=NOW
    )
    assert card.step == NextStep.MAIL_FAILED


def test_a_card_has_the_first_three_tags_and_how_many_more():
    job = make_job()
    application = make_application(job)
    set_tags(candidate=application.candidate, names=["d", "B", "c", "a"], by=SYSTEM, now=NOW)

    [card] = board(job)["Applied"].cards

    assert (card.first_tags, card.more_tags) == (("a", "B", "c"), ("d",))


def test_the_board_shows_nobody_to_whoever_sees_nobody():
    job = make_job()
    make_application(job)

    columns = queries.job_board(job, actor(make_recruiter()), now=NOW)

    assert [(column.count, column.cards) for column in columns] == [(0, ())] * len(stages(job))
