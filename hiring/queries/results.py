"""Results of a job as a table: the page and its downloads show the same rows."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import Count, F, OuterRef, QuerySet, Subquery

from accounts.models import Actor
from assessments.models import Assessment, Attempt, Score
from candidates.models import CandidateEmail
from hiring.enums import TestOutcome
from hiring.models import ApplicationAssessment, Job
from questions.models import Skill


@dataclass(frozen=True, slots=True)
class SkillPart:
    """How somebody did on one skill."""

    name: str
    marks: Decimal
    possible: Decimal
    questions: int

    @property
    def percent(self) -> int | None:
        """Whole percents of what was possible."""
        return whole_percent(100 * self.marks / self.possible) if self.possible else None


@dataclass(frozen=True, slots=True)
class ResultRow:
    """One person's result. `rank` is shared by everybody with the same whole percent; None without a valid score."""

    link: ApplicationAssessment
    rank: int | None
    skills: tuple[SkillPart, ...]
    time_used: timedelta | None

    @property
    def outcome(self) -> TestOutcome:
        """For the pill."""
        return TestOutcome(self.link.outcome)


def whole_percent(percent: Decimal) -> int:
    """Round to whole percents, halves upwards: finer differences than that say nothing about people."""
    return int(percent.quantize(Decimal(1), ROUND_HALF_UP))


def results_of_job(
    job: Job, actor: Actor, *, outcome: str = "", assessment: Assessment | None = None
) -> QuerySet[ApplicationAssessment]:
    """Return the tests of a job's applications that the actor sees, best score first, those without one last. Lazy.

    Annotations: `email`, and `finished_from` and `finished_at` of the latest attempt.
    """
    emails = CandidateEmail.objects.filter(candidate=OuterRef("application__candidate")).order_by(
        "-is_primary", "pk"
    )
    attempts = Attempt.objects.filter(invitation=OuterRef("invitation")).order_by("-number", "-pk")
    links = ApplicationAssessment.objects.filter(application__job=job).visible_to(actor)
    if outcome:
        links = links.filter(outcome=outcome)
    if assessment is not None:
        links = links.filter(invitation__version__assessment=assessment)
    return (
        links.select_related(
            "score", "application__candidate", "application__stage", "invitation__version__assessment"
        )
        .annotate(
            email=Subquery(emails.values("address")[:1]),
            started_at=Subquery(attempts.values("started_at")[:1]),
            submitted_at=Subquery(attempts.values("submitted_at")[:1]),
        )
        .order_by(F("score__percent").desc(nulls_last=True), "-invitation_id", "-pk")
    )


def tests_of_job(job: Job, actor: Actor) -> QuerySet[Assessment]:
    """Return the tests that people of the job were invited to. Lazy."""
    links = ApplicationAssessment.objects.filter(application__job=job).visible_to(actor)
    return Assessment.objects.filter(pk__in=links.values("invitation__version__assessment")).order_by(
        "name", "pk"
    )


def result_rows(links: Iterable[ApplicationAssessment], job: Job, actor: Actor) -> list[ResultRow]:
    """Prepare rows of `results_of_job` for a table. Two queries, however many rows."""
    shown = list(links)
    ranks = _ranks(job, actor)
    parts = skill_parts([link.score for link in shown if link.score])
    return [
        ResultRow(
            link=link,
            rank=_rank_of(link, ranks),
            skills=parts.get(link.score_id, ()) if link.score_id else (),
            time_used=_time_used(link),
        )
        for link in shown
    ]


def skill_parts(scores: Sequence[Score]) -> dict[int, tuple[SkillPart, ...]]:
    """Return how each score is made up by skill, skills by name. One query."""
    ids = {int(part["skill"]) for score in scores for part in score.by_skill}
    names = dict(Skill.objects.filter(pk__in=ids).values_list("pk", "name")) if ids else {}
    return {score.pk: _parts_of(score, names) for score in scores}


def _parts_of(score: Score, names: Mapping[int, str]) -> tuple[SkillPart, ...]:
    parts = [
        SkillPart(
            name=names[int(part["skill"])],
            marks=_number(part["marks"]),
            possible=_number(part["possible"]),
            questions=int(part["questions"]),
        )
        for part in score.by_skill
        if int(part["skill"]) in names
    ]
    return tuple(sorted(parts, key=lambda part: part.name))


def _number(text: object) -> Decimal:
    numerator, _slash, denominator = str(text).partition("/")
    return Decimal(numerator) / Decimal(denominator) if denominator else Decimal(numerator)


_SCORED = (TestOutcome.PASSED, TestOutcome.BORDERLINE, TestOutcome.BELOW)


def _ranks(job: Job, actor: Actor) -> dict[int, dict[int, int]]:
    """The rank of every whole percent, by test: one more than how many did better."""
    rows = (
        ApplicationAssessment.objects.filter(application__job=job, outcome__in=_SCORED, score__isnull=False)
        .visible_to(actor)
        .order_by()
        .values_list("invitation__version__assessment", "score__percent")
        .annotate(count=Count("pk"))
    )
    by_test: dict[int, Counter[int]] = defaultdict(Counter)
    for assessment, percent, count in rows:
        by_test[assessment][whole_percent(percent)] += count
    ranks: dict[int, dict[int, int]] = {}
    for assessment, counts in by_test.items():
        better = 0
        ranks[assessment] = {}
        for percent in sorted(counts, reverse=True):
            ranks[assessment][percent] = better + 1
            better += counts[percent]
    return ranks


def _rank_of(link: ApplicationAssessment, ranks: Mapping[int, Mapping[int, int]]) -> int | None:
    if link.score is None or link.outcome not in _SCORED:
        return None
    return ranks.get(link.invitation.version.assessment_id, {}).get(whole_percent(link.score.percent))


def _time_used(link: ApplicationAssessment) -> timedelta | None:
    started, submitted = link.started_at, link.submitted_at  # type: ignore[attr-defined]
    return submitted - started if started and submitted else None
