"""The report of one test: what became of its invitations, and how people did.

Every number is plain data (no model rows), so that pages, the API and exports show the same. None stands where nothing
can be computed.
"""

from __future__ import annotations

import statistics
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, QuerySet
from django.utils.translation import gettext as _

from accounts.enums import Role
from accounts.models import Actor
from assessments.enums import Band, InvitationState
from assessments.models import Assessment, Attempt, Invitation, Score
from assessments.queries import with_state
from hiring.models import ApplicationAssessment, Job
from hiring.queries.access import all_jobs
from hiring.queries.funnel import EVER, Period
from questions.models import Skill


@dataclass(frozen=True, slots=True)
class SkillMean:
    """How people did on a skill: the mean share of its marks over those who were asked about it."""

    skill: str
    name: str
    mean_percent: float
    n: int


@dataclass(frozen=True, slots=True)
class AssessmentReport:
    """What became of the invitations of a period, and the scores in force of those who finished.

    `invited` is all of them; `open`, `started`, `finished`, `expired`, `revoked` and `void` add up to it
    (`started` are those in the middle of it). `scores_n` counts the scores behind mean, median and bands.
    """

    assessment: str
    name: str
    start: datetime | None
    end: datetime | None
    as_of: datetime
    invited: int
    open: int
    started: int
    finished: int
    expired: int
    revoked: int
    void: int
    scores_n: int
    mean: float | None
    median: float | None
    deviation: float | None
    bands: dict[str, int]
    # Ten classes of ten percent points; 100 is in the last.
    histogram: tuple[int, ...]
    skills: tuple[SkillMean, ...]
    definition: str


def assessment_definition() -> str:
    """Return what the report of a test counts, for its page."""
    return _(
        "Invitations that were sent during the period, by where they stand now. Scores are those in force of the "
        "attempts that were finished; mean and median are over people, in percent. The mean of a skill is over those "
        "who were asked about it."
    )


def counted_invitations(actor: Actor) -> QuerySet[Invitation]:
    """Return the invitations that count in the actor's numbers: the visible ones; for analysts all. Lazy."""
    if not actor.has_role(Role.ANALYST) or actor.has_role(Role.ADMINISTRATOR):
        return Invitation.objects.all().visible_to(actor)
    limited = all_jobs(actor)
    if limited is None:
        return Invitation.objects.all()
    links = ApplicationAssessment.objects.filter(application__job__in=limited)
    return Invitation.objects.filter(pk__in=links.values("invitation"))


def assessment_report(
    assessment: Assessment, actor: Actor, *, now: datetime, period: Period = EVER, job: Job | None = None
) -> AssessmentReport:
    """Return the report of a test, for one job if said. Three queries, however many people."""
    invitations = counted_invitations(actor).filter(
        period.within("created_at"), version__assessment=assessment
    )
    if job is not None:
        links = ApplicationAssessment.objects.filter(application__job=job)
        invitations = invitations.filter(pk__in=links.values("invitation"))
    states = _states(invitations, now)
    scores = list(
        Score.objects.filter(
            pk__in=Attempt.objects.filter(invitation__in=invitations.values("pk"), state="submitted").values(
                "current_score"
            )
        )
        .order_by("pk")
        .values_list("percent", "band", "by_skill")
    )
    percents = [float(percent) for percent, _band, _skills in scores]
    bands = Counter(band for _percent, band, _skills in scores)
    return AssessmentReport(
        assessment=assessment.slug,
        name=assessment.name,
        start=period.start,
        end=period.end,
        as_of=now,
        invited=sum(states.values()),
        open=states[InvitationState.INVITED] + states[InvitationState.WAITING],
        started=states[InvitationState.STARTED],
        finished=states[InvitationState.FINISHED],
        expired=states[InvitationState.EXPIRED],
        revoked=states[InvitationState.REVOKED],
        void=states[InvitationState.VOID],
        scores_n=len(percents),
        mean=statistics.fmean(percents) if percents else None,
        median=statistics.median(percents) if percents else None,
        deviation=statistics.stdev(percents) if len(percents) > 1 else None,
        bands={band: bands[band] for band in Band.values},
        histogram=_histogram(percents),
        skills=_skill_means(skills for _percent, _band, skills in scores),
        definition=assessment_definition(),
    )


def _states(invitations: QuerySet[Invitation], now: datetime) -> Counter[str]:
    rows: QuerySet[Any] = with_state(invitations, now)
    counts = rows.order_by().values("state_now").annotate(count=Count("pk"))
    return Counter({row["state_now"]: row["count"] for row in counts})


def _histogram(percents: Iterable[float]) -> tuple[int, ...]:
    classes = [0] * 10
    for percent in percents:
        classes[min(int(percent // 10), 9)] += 1
    return tuple(classes)


def _skill_means(parts: Iterable[Sequence[Mapping[str, object]]]) -> tuple[SkillMean, ...]:
    shares: dict[int, list[float]] = defaultdict(list)
    for of_score in parts:
        for part in of_score:
            possible = _number(part["possible"])
            if possible:
                shares[int(str(part["skill"]))].append(100 * _number(part["marks"]) / possible)
    names = {skill.pk: skill for skill in Skill.objects.filter(pk__in=list(shares)).order_by("pk")}
    means = [
        SkillMean(names[pk].slug, names[pk].name, statistics.fmean(values), len(values))
        for pk, values in shares.items()
        if pk in names
    ]
    return tuple(sorted(means, key=lambda mean: (-mean.mean_percent, mean.name)))


def _number(text: object) -> float:
    numerator, _slash, denominator = str(text).partition("/")
    return float(numerator) / float(denominator) if denominator else float(numerator)


def newest_scores(actor: Actor) -> QuerySet[Attempt]:
    """Return finished attempts that the actor sees, the newest first, with score, test and person. Lazy."""
    return (
        Attempt.objects.filter(current_score__isnull=False)
        .visible_to(actor)
        .select_related("current_score", "invitation__candidate", "invitation__version__assessment")
        .order_by(F("submitted_at").desc(nulls_last=True), "-pk")
    )
