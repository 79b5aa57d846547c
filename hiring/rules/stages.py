"""What a stage is to be, and the stages a job begins with."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from hiring.enums import ScoreRule, StageKind


@dataclass(frozen=True, slots=True)
class StageDraft:
    """What a stage is to be. `pk` names an existing stage of the job; without it the stage is new."""

    name: str
    kind: str
    target_days: int | None = None
    assessment_id: int | None = None
    on_score: str = ScoreRule.NONE
    pk: int | None = None
    public_name: str = ""
    sends_test: bool = False
    wants_new_test: bool = False
    entry_mail_id: int | None = None
    entry_mail_days: int = 0
    entry_interviews: tuple[str, ...] = ()
    needs_approval: bool = False


def default_stages() -> tuple[StageDraft, ...]:
    """Return the stages a new job starts with, named in the language of whoever makes it."""
    return (
        StageDraft(_("Applied"), StageKind.APPLIED, target_days=3),
        StageDraft(_("Screen"), StageKind.SCREEN, target_days=5),
        StageDraft(_("Test"), StageKind.ASSESSMENT, target_days=14),
        StageDraft(_("Interview"), StageKind.INTERVIEW, target_days=10),
        StageDraft(_("Offer"), StageKind.OFFER, target_days=7),
    )
