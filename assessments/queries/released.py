"""What of a score its own person may read, and only once the test says so. Nothing here loads an answer key."""

from __future__ import annotations

from dataclasses import dataclass

from assessments.enums import AttemptState, Band, CandidateSees
from assessments.models import AssessmentVersion, Attempt, Score
from assessments.queries.parts import ScorePart, skill_parts
from assessments.rules import whole_percent


@dataclass(frozen=True, slots=True)
class Released:
    """A result as its own person reads it: in words, whole percents and their error."""

    band: Band
    percent: int
    error: int | None
    skills: tuple[ScorePart, ...]


def released(attempt: Attempt, version: AssessmentVersion) -> Released | None:
    """Return the result that the person of `attempt` may read now; None before it is marked, and where none is shown.

    A void attempt, or one that runs again, shows nothing, whatever was scored. No query where none is shown, else one,
    and one more for skills.
    """
    is_shown = version.candidate_sees != CandidateSees.RECEIVED and attempt.state == AttemptState.SUBMITTED
    if not is_shown or attempt.current_score_id is None:
        return None
    score = Score.objects.get(pk=attempt.current_score_id)
    skills: tuple[ScorePart, ...] = ()
    if version.candidate_sees == CandidateSees.SKILLS:
        skills = skill_parts([score])[score.pk]
    error = None if score.error is None else round(score.error)
    return Released(Band(score.band), whole_percent(score.percent), error, skills)
