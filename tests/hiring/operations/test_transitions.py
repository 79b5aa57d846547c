from __future__ import annotations

import pytest

from hiring.enums import ApplicationStatus
from hiring.models import Application, ApplicationTransition, Stage
from hiring.operations import save_stages
from hiring.operations.moves_many import SeenApplication, move_many
from hiring.queries import current_stages
from hiring.rules import StageDraft
from tests.factories.accounts import NOW
from tests.factories.hiring import SYSTEM, make_application, make_job, move, set_status, stages
from tests.hiring.queries.reference import make_history, wrong_stays


def furthest_of(application: Application) -> Stage:
    """The slow way: the latest of those with the last place, as if what was undone had not been."""
    been = ApplicationTransition.objects.filter(application=application, undone_by=None, undoes=None)
    last = max(
        been.select_related("to_stage"),
        key=lambda transition: (transition.to_stage.position, transition.number),
    )
    return last.to_stage


def since_of(transitions: list[ApplicationTransition]) -> list[object]:
    """The slow way: when the stay began that each of them ends or interrupts. What is undone ends no stay."""
    expected: list[object] = []
    begun = None
    before = {}
    for transition in transitions:
        was_over = transition.from_status in ApplicationStatus.final
        expected.append(None if transition.number == 1 or was_over else begun)
        before[transition.pk] = begun
        if transition.undoes_id is not None:
            begun = before[transition.undoes_id]
        elif transition.from_stage_id != transition.to_stage_id or was_over:
            begun = transition.at
    return expected


@pytest.mark.parametrize("seed", range(50))
@pytest.mark.django_db
def test_furthest_stage_and_stays_agree_with_the_history(seed: int) -> None:
    make_history(seed)

    for application in Application.objects.select_related("furthest_stage"):
        transitions = list(application.transitions.order_by("number"))
        assert application.furthest_stage == furthest_of(application)
        assert [transition.since for transition in transitions] == since_of(transitions)


@pytest.mark.django_db
def test_furthest_stage_follows_stages_that_change_places_and_a_move_back_takes_nothing_away() -> None:
    job = make_job()
    application = move(move(make_application(job), "Interview"), "Screen")
    before = Application.objects.get(pk=application.pk).furthest_stage.name
    drafts = [StageDraft(stage.name, stage.kind, pk=stage.pk) for stage in current_stages(job.pk)]
    # "Screen" becomes the last.
    drafts.append(drafts.pop(1))

    save_stages(job=job, stages=drafts, by=SYSTEM, now=NOW)

    assert before == "Interview"
    assert Application.objects.get(pk=application.pk).furthest_stage.name == "Screen"


@pytest.mark.django_db
def test_many_are_moved_back_and_forth_as_one_is() -> None:
    job = make_job()
    ahead, behind = move(make_application(job), "Offer"), make_application(job)
    set_status(behind, ApplicationStatus.ON_HOLD)
    rows = list(Application.objects.filter(job=job).select_related("candidate"))

    move_many(
        seen=[SeenApplication(row, row.version) for row in rows],
        to_stage=stages(job)["Test"],
        by=SYSTEM,
        now=NOW,
    )

    names = dict(Application.objects.values_list("pk", "furthest_stage__name"))
    assert names == {ahead.pk: "Offer", behind.pk: "Test"}
    for application in (ahead, behind):
        transitions = list(application.transitions.order_by("number"))
        assert [transition.since for transition in transitions] == since_of(transitions)


@pytest.mark.django_db
def test_what_transitions_say_of_stays_follows_stages_that_become_of_another_kind_and_moves_of_many() -> None:
    job = make_job()
    several = [move(move(make_application(job), "Screen"), "Interview") for _ in range(3)]
    back = move(several[0], "Screen")
    assert wrong_stays() == []
    drafts = [StageDraft(stage.name, stage.kind, pk=stage.pk) for stage in current_stages(job.pk)]
    place = next(number for number, draft in enumerate(drafts) if draft.name == "Interview")
    drafts[place] = StageDraft("Talk", "screen", pk=drafts[place].pk)

    save_stages(job=job, stages=drafts, by=SYSTEM, now=NOW)

    assert wrong_stays() == []
    left = ApplicationTransition.objects.filter(application=back, stayed__isnull=False)
    # "Screen", then "Interview", which is a screening now.
    assert left.filter(kind_left_before__isnull=False).count() == 1
    seen = [SeenApplication(each, each.version) for each in Application.objects.order_by("pk")]
    move_many(seen=seen, to_stage=stages(job)["Applied"], by=SYSTEM, now=NOW)
    assert wrong_stays() == []
    assert left.count() == 4
