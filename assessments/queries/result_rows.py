"""The lines of a list of results that one page shows, loaded whole; and what its filters offer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db.models import Count, F, QuerySet

from assessments.enums import AttemptState, Band, InvitationState
from assessments.models import Assessment, AssessmentVersion, Attempt, Invitation, PoolEntry, Score
from assessments.queries.integrity import Hint, hints
from assessments.queries.parts import ScorePart, section_parts, skill_parts
from assessments.queries.reading import adjustments_of, time_used
from assessments.queries.result_lists import Line
from assessments.rules import whole_percent
from candidates.queries import main_address_of
from questions.models import Question, Skill


@dataclass(frozen=True, slots=True)
class ResultRow:
    """One person's result. `rank` is shared by everybody with the same whole percent; None without a valid score."""

    line: Line
    # With the person and the test loaded.
    invitation: Invitation
    # The newest.
    attempt: Attempt | None
    email: str
    score: Score | None
    rank: int | None
    time_used: timedelta | None
    skills: tuple[ScorePart, ...]
    sections: tuple[ScorePart, ...]
    # None for who has not finished, and where nobody asked for it.
    hint: Hint | None = None
    # What the room that asked wanted to know besides.
    more: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The person's."""
        return self.invitation.candidate.full_name

    @property
    def state(self) -> InvitationState:
        """For the pill."""
        return InvitationState(self.line.state)

    @property
    def band(self) -> Band | None:
        """For the pill."""
        return Band(self.line.band) if self.line.band else None


def result_rows(
    lines: Iterable[Line],
    ranks: Mapping[int, int] | None,
    *,
    more: Mapping[str, str] | None = None,
    with_hints: bool = False,
) -> list[ResultRow]:
    """Prepare `lines` for a table. Five queries (people, attempts with their scores, changes of their time, names of
    skills and of sections), however many.

    Arguments: `more`, further facts of each row by their path from the invitation; `with_hints`, whether to say how
    much there is to look at in how each sitting went (four queries more).
    """
    shown = list(lines)
    invitations = _invitations(shown, more or {})
    attempts = _attempts(shown)
    adjustments = adjustments_of(attempts)
    scores = {pk: score for pk, attempt in attempts.items() if (score := _score(attempt))}
    skills, sections = skill_parts(list(scores.values())), section_parts(list(scores.values()))
    finished = [pk for pk, attempt in attempts.items() if attempt.state == AttemptState.SUBMITTED]
    noticed = hints(finished) if with_hints and finished else {}
    rows = []
    for line in shown:
        attempt = attempts.get(line.attempt_id) if line.attempt_id is not None else None
        score = scores.get(attempt.pk) if attempt else None
        invitation = invitations.get(line.pk)
        if invitation is not None:
            rows.append(
                ResultRow(
                    line=line,
                    invitation=invitation,
                    attempt=attempt,
                    email=invitation.email_now or "",
                    score=score,
                    rank=_rank(line, ranks),
                    time_used=time_used(attempt, adjustments.get(attempt.pk, ())) if attempt else None,
                    skills=skills.get(score.pk, ()) if score else (),
                    sections=sections.get(score.pk, ()) if score else (),
                    hint=noticed.get(attempt.pk) if attempt else None,
                    more={name: getattr(invitation, f"{name}_now") for name in more or ()},
                )
            )
    return rows


def _rank(line: Line, ranks: Mapping[int, int] | None) -> int | None:
    return ranks.get(whole_percent(line.percent)) if ranks is not None and line.percent is not None else None


def _invitations(lines: Sequence[Line], more: Mapping[str, str]) -> Mapping[int, Any]:
    return (
        Invitation.objects.filter(pk__in=[line.pk for line in lines])
        .select_related("candidate", "version__assessment")
        .annotate(email_now=main_address_of("candidate"))
        .annotate(**{f"{name}_now": F(path) for name, path in more.items()})
        .in_bulk()
    )


def _attempts(lines: Iterable[Line]) -> dict[int, Attempt]:
    started = [line.attempt_id for line in lines if line.attempt_id is not None]
    rows = Attempt.objects.select_related("current_score")
    return rows.defer("current_score__keys", "current_score__by_question").in_bulk(started)


def _score(attempt: Attempt) -> Score | None:
    """Of a void attempt it is no result."""
    return attempt.current_score if attempt.state == AttemptState.SUBMITTED else None


# --- What can be chosen -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ResultChoices:
    """What the filters of a list offer."""

    tests: Sequence[Assessment]
    versions: Sequence[AssessmentVersion]
    skills: Sequence[Skill]
    has_sections: bool


def result_choices(invitations: QuerySet[Invitation]) -> ResultChoices:
    """Return the tests, versions and skills that occur among `invitations`. Two queries."""
    versions = list(
        AssessmentVersion.objects.filter(pk__in=invitations.order_by().values("version"))
        .select_related("assessment")
        .annotate(section_total=Count("sections"))
        .order_by("assessment__name", "assessment_id", "-number")
    )
    tests = {version.assessment_id: version.assessment for version in versions}
    asked = PoolEntry.objects.filter(rule__section__version__in=[version.pk for version in versions])
    tagged = Question.skills.through.objects.filter(question__versions__in=asked.values("question_version"))
    skills = Skill.objects.filter(pk__in=tagged.values("skill")).order_by("name", "pk")
    return ResultChoices(
        tests=list(tests.values()),
        versions=versions,
        skills=list(skills),
        has_sections=any(version.section_total > 1 for version in versions),
    )
