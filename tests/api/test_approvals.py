"""Approvals over the API: asked for and decided by the operations of the pages, with the rights of the pages."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied

from accounts.enums import ActorKind, Role, Scope
from accounts.models import Actor
from candidates.models import CandidateEmail
from hiring import operations
from hiring.enums import ApplicationStatus, ApprovalState
from hiring.models import ApiKeyJob, Application, Approval, Stage
from outbox.models import Event, Notification
from tests.api.world import program
from tests.factories.accounts import NOW, make_user
from tests.factories.hiring import (
    ask,
    make_application,
    make_interviewer,
    make_manager,
    move,
    set_status,
    stages,
)

pytestmark = pytest.mark.django_db

NAMES = {
    "id",
    "candidate",
    "application",
    "stage",
    "state",
    "asked_at",
    "asked_by",
    "note",
    "decided_at",
    "decided_by",
    "comment",
    "waits_for_me",
}


@pytest.fixture
def house(house):
    """The job, whose stage "Interview" takes people with an approval only."""
    Stage.objects.filter(job=house.job, name="Interview").update(needs_approval=True)
    return house


@pytest.fixture
def manager(house):
    return make_manager(house.job)


def asked_for(house, **fields):
    return ask(make_application(house.job), by=house.recruiter, **fields)


def at(application):
    return Application.objects.get(pk=application.pk).stage.name


def state_of(approval):
    return Approval.objects.get(pk=approval.pk).state


def ask_path(application):
    return f"applications/{application.public_id}/approvals/"


# --- Asking ---


def test_asking_is_one_call_that_tells_the_manager(house, manager, robot):
    answer = robot.post(ask_path(house.fresh), {"stage": "Interview", "note": " Strong portfolio "})

    approval = Approval.objects.get()
    assert answer.status_code == 201
    assert answer.json() == {
        "id": approval.pk,
        "candidate": {"id": house.fresh.candidate.public_id, "full_name": house.fresh.candidate.full_name},
        "application": {"id": house.fresh.public_id, "job": house.job.slug},
        "stage": "Interview",
        "state": "waiting",
        "asked_at": "2026-06-16T09:30:00Z",
        "asked_by": {"id": house.recruiter.pk, "full_name": house.recruiter.full_name},
        "note": "Strong portfolio",
        "decided_at": None,
        "decided_by": None,
        "comment": "",
        "waits_for_me": False,
    }
    assert answer.json() == robot.get(f"approvals/{approval.pk}/").json()
    assert robot.get(f"applications/{house.fresh.public_id}/").json()["waiting_approval"] == {
        "stage": "Interview",
        "asked_at": "2026-06-16T09:30:00Z",
    }
    assert at(house.fresh) == "Applied"
    assert [row.user for row in Notification.objects.filter(kind="approval_asked")] == [manager]
    event = Event.objects.get(kind="application.approval_asked")
    assert (event.actor_kind, event.actor_key_id) == (ActorKind.API_KEY, robot.key.pk)


def test_asking_again_is_what_waits_already(house, manager, robot, stopped_clock):
    first = robot.post(ask_path(house.fresh), {"stage": "Interview", "note": "First"})
    stopped_clock.shift(60)
    again = robot.post(ask_path(house.fresh), {"stage": "Interview", "note": "Second"})

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert Notification.objects.filter(kind="approval_asked", count=1).count() == 1


def test_a_stage_that_is_none_of_the_job_is_named_with_those_there_are(house, robot):
    answers = [robot.post(ask_path(house.fresh), body) for body in ({"stage": "Board"}, {}, {"stage": ""})]

    assert [(answer.status_code, list(answer.json())) for answer in answers] == [(400, ["stage"])] * 3
    assert answers[0].json()["stage"] == [
        "This job has no stage “Board”. It has: " + ", ".join(f"“{name}”" for name in stages(house.job)) + "."
    ]
    assert not Approval.objects.exists()


def test_what_cannot_be_asked_for_is_a_conflict_that_names_the_mend(house, robot):
    Stage.objects.filter(job=house.job, name="Applied").update(needs_approval=True)
    gone = set_status(make_application(house.job), ApplicationStatus.WITHDRAWN)
    asked_elsewhere = make_application(house.job)
    unneeded = robot.post(ask_path(house.fresh), {"stage": "Test"})
    Stage.objects.filter(job=house.job, name="Test").update(needs_approval=True)
    ask(asked_elsewhere, by=house.recruiter, stage_name="Test")

    answers = {"no_approval_needed": unneeded} | {
        code: robot.post(ask_path(application), {"stage": stage})
        for code, application, stage in (
            ("is_there", house.fresh, "Applied"),
            ("not_live", gone, "Interview"),
            ("approval_waiting", asked_elsewhere, "Interview"),
        )
    }

    assert {code: (answer.status_code, answer.json()["code"]) for code, answer in answers.items()} == {
        code: (409, code) for code in answers
    }
    assert "Withdraw that question first." in answers["approval_waiting"].json()["detail"]
    assert Approval.objects.count() == 1


# --- Deciding ---


def test_approving_moves_by_the_owner_of_the_key_and_tells_who_asked(house, manager):
    robot, asked = program(manager), asked_for(house)
    assert robot.get(f"approvals/{asked.pk}/").json()["waits_for_me"] is True

    answer = robot.post(f"approvals/{asked.pk}/approve/", {"comment": "Go on"})

    assert answer.status_code == 200
    assert answer.json() == robot.get(f"approvals/{asked.pk}/").json()
    row = answer.json()
    assert (row["state"], row["decided_by"]["id"], row["comment"]) == ("approved", manager.pk, "Go on")
    assert (row["decided_at"], row["waits_for_me"]) == ("2026-06-16T09:30:00Z", False)
    assert at(asked.application) == "Interview"
    event = Event.objects.get(kind="application.moved", about_id=asked.application_id)
    assert (event.actor_kind, event.actor_key_id) == (ActorKind.API_KEY, robot.key.pk)
    assert Notification.objects.filter(user=house.recruiter, kind="approval_decided").count() == 1


def test_declining_takes_a_reason_and_leaves_them_there(house, manager):
    robot, asked = program(manager), asked_for(house)
    path = f"approvals/{asked.pk}/decline/"

    silent = [robot.post(path, body) for body in ({}, {"comment": "  "}, {"comment": "x" * 1001})]
    answer = robot.post(path, {"comment": "Not senior enough"})

    assert [(each.status_code, list(each.json())) for each in silent] == [(400, ["comment"])] * 3
    assert (answer.status_code, answer.json()["state"], answer.json()["comment"]) == (
        200,
        "declined",
        "Not senior enough",
    )
    assert at(asked.application) == "Applied"


@pytest.mark.parametrize(
    ("step", "body"), [("approve", {"comment": "Yes"}), ("decline", {"comment": "No"}), ("withdraw", {})]
)
def test_the_same_decision_again_changes_nothing_and_another_is_a_conflict(house, manager, step, body):
    robot = program(house.recruiter if step == "withdraw" else manager)
    asked = asked_for(house)

    first, again = (robot.post(f"approvals/{asked.pk}/{step}/", body) for _each in range(2))
    other = program(manager).post(
        f"approvals/{asked.pk}/{'decline' if step == 'approve' else 'approve'}/", {"comment": "Otherwise"}
    )

    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json() == again.json()
    assert (other.status_code, other.json()["code"]) == (409, "not_waiting")
    assert "Nothing was changed: look again." in other.json()["detail"]
    assert Approval.objects.count() == 1


def test_what_a_colleague_decided_meanwhile_is_a_conflict_that_names_them(house, manager):
    second, asked = make_manager(house.job), asked_for(house)
    program(second).post(f"approvals/{asked.pk}/approve/", {})

    answer = program(manager).post(f"approvals/{asked.pk}/approve/", {})

    assert (answer.status_code, answer.json()["code"]) == (409, "not_waiting")
    assert second.full_name in answer.json()["detail"]


def test_nobody_approves_what_they_asked_for_themselves_or_their_own_or_whom_they_referred(house, manager):
    administrator = make_user(Role.ADMINISTRATOR)
    robot = program(administrator)
    own = ask(make_application(house.job), by=administrator)
    theirs, referred = asked_for(house), asked_for(house)
    CandidateEmail.objects.filter(candidate=theirs.application.candidate).update(
        address=administrator.email, normalised=administrator.email
    )
    Application.objects.filter(pk=referred.application_id).update(referred_by=administrator)

    answers = [
        robot.post(f"approvals/{asked.pk}/{step}/", {"comment": "x"})
        for asked in (own, theirs, referred)
        for step in ("approve", "decline")
    ]

    assert {answer.status_code for answer in answers} <= {403, 404}
    assert "You asked for this approval yourself." in answers[0].json()["detail"]
    assert {state_of(asked) for asked in (own, theirs, referred)} == {ApprovalState.WAITING}
    assert robot.get("approvals/", waits_for_me="true").json()["count"] == 0


# --- Who may ---


def limited_to(job, owner):
    robot = program(owner)
    ApiKeyJob.objects.create(api_key=robot.key, job=job)
    return robot


def test_what_is_out_of_sight_is_not_found(house, other_house):
    asked = asked_for(house)
    strangers = [
        program(other_house.recruiter),
        program(make_manager(other_house.job)),
        program(make_user(Role.RECRUITER)),
        program(make_user(Role.ANALYST)),
        program(make_interviewer(house.job)),
        limited_to(other_house.job, make_user(Role.ADMINISTRATOR)),
    ]

    for stranger in strangers:
        assert stranger.get("approvals/").json()["count"] == 0
        assert stranger.get(f"approvals/{asked.pk}/").status_code == 404
        for step in ("approve", "decline", "withdraw"):
            assert stranger.post(f"approvals/{asked.pk}/{step}/", {"comment": "x"}).status_code == 404
        assert stranger.post(ask_path(house.fresh), {"stage": "Interview"}).status_code == 404
    assert state_of(asked) == ApprovalState.WAITING


def test_recruiters_ask_and_managers_decide(house, manager, robot):
    asked = asked_for(house)

    recruiter = robot.post(f"approvals/{asked.pk}/approve/", {})
    asks = program(manager).post(ask_path(house.fresh), {"stage": "Interview"})
    takes_back = program(manager).post(f"approvals/{asked.pk}/withdraw/", {})

    assert [answer.status_code for answer in (recruiter, asks, takes_back)] == [403] * 3
    assert "does not include" in recruiter.json()["detail"]
    assert state_of(asked) == ApprovalState.WAITING
    assert Approval.objects.count() == 1


def test_case_83_api_token_scope_approvals_have_a_scope_of_their_own(house, manager):
    asked = asked_for(house)
    others = [scope for scope in Scope if scope != Scope.APPROVALS_WRITE]
    narrow = {"recruiter": program(house.recruiter, *others), "manager": program(manager, *others)}

    assert narrow["manager"].get(f"approvals/{asked.pk}/").status_code == 200
    answers = [
        narrow["manager"].post(f"approvals/{asked.pk}/approve/", {}),
        narrow["manager"].post(f"approvals/{asked.pk}/decline/", {"comment": "x"}),
        narrow["recruiter"].post(f"approvals/{asked.pk}/withdraw/", {}),
        narrow["recruiter"].post(ask_path(house.fresh), {"stage": "Interview"}),
    ]
    assert [answer.status_code for answer in answers] == [403] * 4
    manager_key, recruiter_key = (Actor.of_key(narrow[who].key) for who in ("manager", "recruiter"))
    for call in (
        lambda: operations.approve(approval=asked, by=manager_key, now=NOW),
        lambda: operations.decline(approval=asked, comment="x", by=manager_key, now=NOW),
        lambda: operations.withdraw_approval(approval=asked, by=recruiter_key, now=NOW),
        lambda: ask(house.fresh, by=house.recruiter, as_actor=recruiter_key),
    ):
        with pytest.raises(PermissionDenied):
            call()
    assert state_of(asked) == ApprovalState.WAITING
    # The scope alone is enough for the write, and reads nothing.
    wide = program(manager, Scope.APPROVALS_WRITE)
    assert wide.get("approvals/").status_code == 403
    assert wide.post(f"approvals/{asked.pk}/approve/", {}).status_code == 200


# --- Reading ---


def test_approvals_are_listed_newest_first_and_filtered(house, other_house, manager, robot, stopped_clock):
    declined, waiting = asked_for(house), asked_for(house, now=NOW)
    operations.decline(approval=declined, comment="No", by=Actor.of_user(manager), now=NOW)
    unasked = make_application(house.job)
    move(unasked, "Interview", by=Actor.of_user(make_user(Role.ADMINISTRATOR)))

    def found(asker=robot, **filters):
        return [row["id"] for row in asker.get("approvals/", **filters).json()["results"]]

    given = Approval.objects.get(application=unasked)
    assert found() == [given.pk, waiting.pk, declined.pk]
    assert set(robot.get("approvals/").json()["results"][0]) == NAMES
    assert (found(state="waiting"), found(state="declined")) == ([waiting.pk], [declined.pk])
    assert found(application=waiting.application.public_id) == [waiting.pk]
    assert found(candidate=declined.application.candidate.public_id) == [declined.pk]
    assert (len(found(job=house.job.slug)), found(job=other_house.job.slug)) == (3, [])
    assert (found(asked_before=NOW.isoformat()), len(found(asked_after=NOW.isoformat()))) == ([], 2)
    assert (found(waits_for_me="true"), len(found(waits_for_me="false"))) == ([], 3)
    assert found(program(manager), waits_for_me="true") == [waiting.pk]
    row = robot.get(f"approvals/{given.pk}/").json()
    assert (row["asked_at"], row["asked_by"], row["state"]) == (None, None, "approved")


@pytest.mark.parametrize("count", [1, 3])
def test_list_of_approvals_costs_the_same_for_one_and_for_three(
    house, manager, count, django_assert_num_queries
):
    for _ in range(count):
        asked_for(house)
    robot = program(manager)
    robot.get("")  # the hour's note that the key is used

    # The key with its owner, the owner's roles, the limits of the key, how many rows there are, the rows.
    with django_assert_num_queries(5):
        rows = robot.get("approvals/").json()["results"]
    assert [row["waits_for_me"] for row in rows] == [True] * count
