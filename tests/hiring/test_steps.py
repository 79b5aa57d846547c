"""What comes next for an application, and who is waited for."""

import pytest

from hiring.enums import NextStep, WaitsFor
from hiring.rules import Standing, next_step, waits_for

AT_TEST = {"stage_kind": "assessment", "wants_test": True}
HERE = AT_TEST | {"is_test_here": True}
CASES = [
    ({"status": "on_hold"} | HERE | {"test_state": "invited"}, NextStep.ON_HOLD),
    ({"status": "rejected"} | HERE, NextStep.NOTHING),
    (
        HERE | {"test_state": "invited", "outcome": "pending", "has_failed_action": True},
        NextStep.STAGE_FAILED,
    ),
    (HERE | {"test_state": "invited", "outcome": "pending"}, NextStep.TEST_SENT),
    (HERE | {"test_state": "invited", "outcome": "pending", "has_failed_mail": True}, NextStep.MAIL_FAILED),
    (HERE | {"test_state": "invited", "outcome": "pending", "has_approval": True}, NextStep.APPROVAL),
    ({"stage_kind": "interview", "has_approval": True, "has_failed_action": True}, NextStep.STAGE_FAILED),
    ({"status": "on_hold", "stage_kind": "interview", "has_approval": True}, NextStep.ON_HOLD),
    (HERE | {"test_state": "started", "outcome": "pending"}, NextStep.IN_TEST),
    (HERE | {"test_state": "finished", "outcome": "reopened"}, NextStep.IN_TEST),
    (HERE | {"test_state": "finished", "outcome": "pending"}, NextStep.BEING_MARKED),
    (HERE | {"test_state": "finished", "outcome": "borderline"}, NextStep.RESULT),
    (HERE | {"test_state": "void", "outcome": "void"}, NextStep.RESULT),
    (HERE | {"test_state": "expired", "outcome": "pending"}, NextStep.TEST_EXPIRED),
    (HERE | {"test_state": "revoked", "outcome": "pending"}, NextStep.TEST_TO_SEND),
    (HERE | {"test_state": "finished", "outcome": "passed"}, NextStep.DECIDE),
    (AT_TEST, NextStep.TEST_TO_SEND),
    (AT_TEST | {"has_waiting_action": True}, NextStep.STAGE_AT_WORK),
    # What an earlier stage's test said is decided already.
    ({"stage_kind": "interview", "test_state": "finished", "outcome": "below"}, NextStep.INTERVIEW),
    ({"stage_kind": "screen", "has_interview": True}, NextStep.INTERVIEW),
    ({"stage_kind": "offer"}, NextStep.DECIDE),
]


@pytest.mark.parametrize(("standing", "step"), CASES)
def test_next_step_follows_from_where_somebody_stands(standing, step):
    assert next_step(Standing(**{"status": "active", "stage_kind": "applied"} | standing)) == step


def test_each_next_step_waits_for_somebody_it_could_wait_for():
    waiting = {step: waits_for(step) for step in NextStep}

    assert {step for step, who in waiting.items() if who == WaitsFor.CANDIDATE} == {
        NextStep.TEST_SENT,
        NextStep.IN_TEST,
    }
    assert waiting[NextStep.APPROVAL] == WaitsFor.APPROVER
    assert waiting[NextStep.BEING_MARKED] == WaitsFor.PROGRAM
    assert waiting[NextStep.TEST_EXPIRED] == waiting[NextStep.DECIDE] == WaitsFor.RECRUITER
    assert waiting[NextStep.ON_HOLD] == waiting[NextStep.NOTHING] == WaitsFor.NOBODY
