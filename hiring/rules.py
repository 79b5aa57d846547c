"""Rules of the pipeline that need no database: edges, default stages, who may do what, why somebody stayed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.enums import Band
from hiring.enums import ApplicationStatus, JobRole, JobStatus, ScoreRule, StageKind, TestOutcome

# What may follow what. A final status leads back to active only: that is how an application is restored.
STATUS_EDGES: Final[Mapping[str, frozenset[str]]] = {
    ApplicationStatus.ACTIVE: frozenset({"on_hold", "rejected", "withdrawn", "hired"}),
    ApplicationStatus.ON_HOLD: frozenset({"active", "rejected", "withdrawn"}),
    ApplicationStatus.REJECTED: frozenset({"active"}),
    ApplicationStatus.WITHDRAWN: frozenset({"active"}),
    ApplicationStatus.HIRED: frozenset({"active"}),
}

JOB_EDGES: Final[Mapping[str, frozenset[str]]] = {
    JobStatus.DRAFT: frozenset({"open", "closed"}),
    JobStatus.OPEN: frozenset({"paused", "closed"}),
    JobStatus.PAUSED: frozenset({"open", "closed"}),
    JobStatus.CLOSED: frozenset({"open"}),
}

# Who changes things on a job, and who sees its people. Interviewers see the people they are assigned to, once
# there are interviews; until then none.
MANAGING_ROLES: Final = frozenset({JobRole.RECRUITER})
SEEING_ROLES: Final = frozenset({JobRole.RECRUITER, JobRole.HIRING_MANAGER})

# More than this at once is refused with words; nothing is cut off silently.
BULK_LIMIT: Final = 10_000

# Results, moves and mail older than this are history, not news.
RECENT: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class StageDraft:
    """What a stage is to be. `pk` names an existing stage of the job; without it the stage is new."""

    name: str
    kind: str
    target_days: int | None = None
    assessment_id: int | None = None
    on_score: str = ScoreRule.NONE
    pk: int | None = None


def default_stages() -> tuple[StageDraft, ...]:
    """Return the stages a new job starts with, named in the language of whoever makes it."""
    return (
        StageDraft(_("Applied"), StageKind.APPLIED, target_days=3),
        StageDraft(_("Screen"), StageKind.SCREEN, target_days=5),
        StageDraft(_("Test"), StageKind.ASSESSMENT, target_days=14),
        StageDraft(_("Interview"), StageKind.INTERVIEW, target_days=10),
        StageDraft(_("Offer"), StageKind.OFFER, target_days=7),
    )


def may_follow(from_status: str, to_status: str) -> bool:
    """Whether an application may go from one status to the other."""
    return to_status in STATUS_EDGES.get(from_status, frozenset())


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


# Why somebody gets no mail when many are invited or rejected.
SKIP_REASONS: Final[Mapping[str, object]] = {
    "already_invited": gettext_lazy("Has an open invitation to this test"),
    "already_finished": gettext_lazy("Has taken this test as often as it may be taken"),
    "too_early": gettext_lazy("Has taken this test too recently"),
    "not_active": gettext_lazy("The application is not active"),
    "no_address": gettext_lazy("Has no email address"),
    "erased": gettext_lazy("Was erased"),
    "merged": gettext_lazy("Was merged into another person"),
    "already_rejected": gettext_lazy("Is rejected already"),
    "changed": gettext_lazy("Was changed by somebody else in the meantime"),
    "own": gettext_lazy("This is your own application"),
    "not_yours": gettext_lazy("Is not of this job, or not yours to change"),
}


def skip_text(code: str) -> str:
    """Return the words of a code of `SKIP_REASONS`."""
    return str(SKIP_REASONS.get(code, code))
