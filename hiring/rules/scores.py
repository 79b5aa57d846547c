"""What a score means for an application, and why it moves nobody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext_lazy

from assessments.enums import Band
from hiring.enums import ApplicationStatus, JobStatus, ScoreRule, TestOutcome


def outcome_of(band: str) -> TestOutcome:
    """Return what a band means for an application."""
    return {
        Band.PASSED: TestOutcome.PASSED,
        Band.BORDERLINE: TestOutcome.BORDERLINE,
        Band.BELOW: TestOutcome.BELOW,
    }[Band(band)]


# Why an application did not move when its score arrived, in words for the people who decide.
WHY_STAYED: Final[Mapping[str, object]] = {
    "borderline": gettext_lazy("The score is near the pass mark. A person decides."),
    "below": gettext_lazy("The score is below the line. Nobody is rejected without a person."),
    "void": gettext_lazy("The attempt was declared void. Invite again or decide without it."),
    "no_rule": gettext_lazy("This stage moves nobody by itself."),
    "other_test": gettext_lazy("This is not the test that the stage asks for."),
    "last_stage": gettext_lazy("There is no stage after this one."),
    "needs_approval": gettext_lazy("The next stage needs an approval. It was asked for."),
    "moved_on": gettext_lazy("The application was no longer at the stage of the test."),
    "on_hold": gettext_lazy("The application was on hold."),
    "not_active": gettext_lazy("The application was closed already."),
    "job_closed": gettext_lazy("The job was closed already."),
}


def why_text(code: str) -> str:
    """Return the words of a code of `WHY_STAYED`; empty for an application that moved."""
    return str(WHY_STAYED.get(code, ""))


@dataclass(frozen=True, slots=True)
class ScoreSituation:
    """What decides whether a score moves an application."""

    outcome: str
    application_status: str
    job_status: str
    is_at_stage: bool
    rule: str
    is_stage_test: bool
    has_next_stage: bool


def why_stays(situation: ScoreSituation) -> str:
    """Return why the score moves nobody, as a code of `WHY_STAYED`; empty when the application moves on.

    Moves forward only, and only those who still stand, active, at the stage they were invited at.
    """
    if situation.outcome in TestOutcome.needs_person:
        return str(situation.outcome)
    checks = (
        (situation.application_status == ApplicationStatus.ON_HOLD, "on_hold"),
        (situation.application_status != ApplicationStatus.ACTIVE, "not_active"),
        (situation.job_status == JobStatus.CLOSED, "job_closed"),
        (not situation.is_at_stage, "moved_on"),
        (situation.rule != ScoreRule.ADVANCE_PASSED, "no_rule"),
        (not situation.is_stage_test, "other_test"),
        (not situation.has_next_stage, "last_stage"),
    )
    return next((code for holds, code in checks if holds), "")
