"""The colours of hiring's states."""

from __future__ import annotations

from hiring.enums import (
    ApplicationStatus,
    ApprovalState,
    DraftState,
    InterviewState,
    JobStatus,
    StageActionState,
    TestOutcome,
    Verdict,
)
from shell.registries import register_tones


def register() -> None:
    """Register the colour of each state."""
    register_tones(good=[JobStatus.OPEN], attention=[JobStatus.PAUSED])
    register_tones(good=[ApplicationStatus.HIRED], attention=[ApplicationStatus.ON_HOLD])
    register_tones(good=[TestOutcome.PASSED], attention=[TestOutcome.BORDERLINE], bad=[TestOutcome.BELOW])
    register_tones(accent=[TestOutcome.REOPENED])
    register_tones(
        good=[StageActionState.DONE], bad=[StageActionState.FAILED], accent=[StageActionState.WAITING]
    )
    register_tones(good=[InterviewState.DONE], accent=[InterviewState.ASKED])
    register_tones(good=[Verdict.STRONG_YES, Verdict.YES], attention=[Verdict.NO], bad=[Verdict.STRONG_NO])
    register_tones(
        good=[ApprovalState.APPROVED], bad=[ApprovalState.DECLINED], accent=[ApprovalState.WAITING]
    )
    register_tones(good=[DraftState.READY], attention=[DraftState.FAILED], accent=[DraftState.READING])
