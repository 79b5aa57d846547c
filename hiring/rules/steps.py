"""What comes next for an application, and who is waited for until then."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from assessments.enums import InvitationState
from hiring.enums import ApplicationStatus, NextStep, StageKind, TestOutcome, WaitsFor


@dataclass(frozen=True, slots=True)
class Standing:
    """What decides what comes next for an application.

    `test_state` and `outcome` are of its latest test, empty without one; `is_test_here` says that it belongs to the
    stage where the application stands now, `has_approval` that one is asked for and not decided yet.
    """

    status: str
    stage_kind: str
    wants_test: bool = False
    test_state: str = ""
    outcome: str = ""
    is_test_here: bool = False
    has_failed_mail: bool = False
    has_failed_action: bool = False
    has_waiting_action: bool = False
    has_interview: bool = False
    has_approval: bool = False


def next_step(standing: Standing) -> NextStep:
    """Return what comes next; what went wrong comes before what goes on."""
    if standing.status == ApplicationStatus.ON_HOLD:
        return NextStep.ON_HOLD
    if standing.status in ApplicationStatus.final:
        return NextStep.NOTHING
    if standing.has_failed_action:
        return NextStep.STAGE_FAILED
    if standing.has_approval:
        return NextStep.APPROVAL
    return _step_of_test(standing) or _step_of_stage(standing)


def _step_of_test(standing: Standing) -> NextStep | None:
    """What the latest test asks for, None when it asks for nothing any more."""
    if standing.test_state in (InvitationState.WAITING, InvitationState.INVITED):
        return NextStep.MAIL_FAILED if standing.has_failed_mail else NextStep.TEST_SENT
    if standing.test_state == InvitationState.STARTED or standing.outcome == TestOutcome.REOPENED:
        return NextStep.IN_TEST
    if not standing.is_test_here:
        return None
    if standing.outcome in TestOutcome.needs_person:
        return NextStep.RESULT
    if standing.outcome != TestOutcome.PENDING:
        return None
    return {
        InvitationState.FINISHED.value: NextStep.BEING_MARKED,
        InvitationState.EXPIRED.value: NextStep.TEST_EXPIRED,
        InvitationState.REVOKED.value: NextStep.TEST_TO_SEND,
    }.get(standing.test_state)


def _step_of_stage(standing: Standing) -> NextStep:
    checks = (
        (standing.has_waiting_action, NextStep.STAGE_AT_WORK),
        (standing.has_interview, NextStep.INTERVIEW),
        (standing.wants_test and not standing.is_test_here, NextStep.TEST_TO_SEND),
        (standing.stage_kind == StageKind.INTERVIEW, NextStep.INTERVIEW),
    )
    return next((step for holds, step in checks if holds), NextStep.DECIDE)


_WAITS_FOR: Final[Mapping[NextStep, WaitsFor]] = {
    NextStep.ON_HOLD: WaitsFor.NOBODY,
    NextStep.NOTHING: WaitsFor.NOBODY,
    NextStep.APPROVAL: WaitsFor.APPROVER,
    NextStep.TEST_SENT: WaitsFor.CANDIDATE,
    NextStep.IN_TEST: WaitsFor.CANDIDATE,
    NextStep.BEING_MARKED: WaitsFor.PROGRAM,
    NextStep.STAGE_AT_WORK: WaitsFor.PROGRAM,
}


def waits_for(step: NextStep) -> WaitsFor:
    """Return who is waited for until `step` is done: a recruiter, unless it is somebody else's."""
    return _WAITS_FOR.get(step, WaitsFor.RECRUITER)
