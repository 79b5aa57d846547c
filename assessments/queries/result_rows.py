"""The lines of a list of results that one page shows, loaded whole; and what its filters offer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count, OuterRef, QuerySet, Subquery

from assessments.enums import AttemptState, Band, InvitationState
from assessments.models import Assessment, AssessmentVersion, Attempt, Invitation, PoolEntry, Score
from assessments.queries.integrity import Hint, hints
from assessments.queries.parts import ScorePart, section_parts, skill_parts
from assessments.queries.result_lists import Line
from assessments.rules import whole_percent
from candidates.models import CandidateEmail
from questions.models import Question, Skill


@dataclass(frozen=True, slots=True)
class ResultRow:
    """One person's result. `rank` is shared by everybody with the same whole percent; None without a valid score."""

    line: Line
    invitation: Invitation
    email: str
    score: Score | None
    rank: int | None
    skills: tuple[ScorePart, ...]
    sections: tuple[ScorePart, ...]
    # None for who has not finished, and where nobody asked for it.
    hint: Hint | None = None

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
    linked: Sequence[str] = (),
    with_hints: bool = False,
) -> list[ResultRow]:
    """Prepare `lines` for a table. Four queries (people, scores, names of skills and of sections), however many.

    Arguments: `linked`, what else to load with each invitation; `with_hints`, whether to say how much there is to look
    at in how each sitting went (four queries more).
    """
    shown = list(lines)
    emails = CandidateEmail.objects.filter(candidate=OuterRef("candidate")).order_by("-is_primary", "pk")
    invitations = (
        Invitation.objects.filter(pk__in=[line.pk for line in shown])
        .select_related("candidate", "version__assessment", *linked)
        .annotate(email_now=Subquery(emails.values("address")[:1]))
        .in_bulk()
    )
    scores = {score.attempt_id: score for score in _scores(shown)}
    skills, sections = skill_parts(list(scores.values())), section_parts(list(scores.values()))
    finished = [
        line.attempt_id for line in shown if line.attempt_id and line.state == InvitationState.FINISHED
    ]
    noticed = hints(finished) if with_hints and finished else {}
    rows = []
    for line in shown:
        score = scores.get(line.attempt_id) if line.attempt_id is not None else None
        if line.pk in invitations:
            rows.append(
                ResultRow(
                    line=line,
                    invitation=invitations[line.pk],
                    email=invitations[line.pk].email_now or "",
                    score=score,
                    rank=_rank(line, ranks),
                    skills=skills.get(score.pk, ()) if score else (),
                    sections=sections.get(score.pk, ()) if score else (),
                    hint=noticed.get(line.attempt_id) if line.attempt_id is not None else None,
                )
            )
    return rows


def _rank(line: Line, ranks: Mapping[int, int] | None) -> int | None:
    return ranks.get(whole_percent(line.percent)) if ranks is not None and line.percent is not None else None


def _scores(lines: Iterable[Line]) -> Iterable[Score]:
    attempts = [line.attempt_id for line in lines if line.attempt_id is not None]
    current = Attempt.objects.filter(pk__in=attempts, state=AttemptState.SUBMITTED).values("current_score")
    return Score.objects.filter(pk__in=current).defer("keys", "by_question") if attempts else ()


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
