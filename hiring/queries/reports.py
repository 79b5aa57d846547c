"""Numbers with their definitions: the pipeline report and the report of a test.

Every number is plain data (no model rows), so that pages, the API and exports show the same. Shares are between 0 and 1
and None where nothing can be divided.
"""

from __future__ import annotations

import statistics
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.enums import Role
from accounts.models import Actor
from assessments.enums import Band, InvitationState
from assessments.models import Assessment, Attempt, Invitation, Score
from assessments.queries import with_state
from hiring.enums import ApplicationStatus
from hiring.models import ApplicationAssessment, Job, Stage
from hiring.queries.access import all_jobs, counted
from hiring.queries.funnel import (
    EVER,
    Funnel,
    Groups,
    Period,
    as_funnel,
    cohort,
    funnel_definition,
    grouped,
    job_steps,
    kind_steps,
    stages_in_use,
)
from hiring.queries.jobs import over_target
from questions.models import Skill

# --- The pipeline report ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class StageNow:
    """A stage and the people at it now."""

    stage_id: int
    name: str
    kind: str
    active: int
    on_hold: int
    over_target: int


@dataclass(frozen=True, slots=True)
class JobReport:
    """A job: its people by stage now and by status, and the funnel of the period."""

    job: str
    title: str
    status: str
    stages: tuple[StageNow, ...]
    by_status: dict[str, int]
    funnel: Funnel


@dataclass(frozen=True, slots=True)
class PipelineReport:
    """Where everybody stands now, and the way of those who applied in the period."""

    as_of: datetime
    start: datetime | None
    end: datetime | None
    source: str
    jobs: tuple[JobReport, ...]
    total: Funnel
    definition: str


def pipeline_report(
    actor: Actor, *, now: datetime, period: Period = EVER, job: Job | None = None, source: str = ""
) -> PipelineReport:
    """Return the report of one job or of all that the actor sees. Six queries, however many jobs and people.

    `by_status` and the funnels are of the applications of the period (and `source`); the people by stage are of now.
    """
    jobs = [job] if job is not None else list(Job.objects.all().visible_to(actor).order_by("title", "pk"))
    in_period = cohort(actor, period=period, jobs=jobs, source=source)
    groups = grouped(in_period)
    stages = stages_in_use([each.pk for each in jobs])
    standing = _standing(actor, jobs, now)
    reports = tuple(_job_report(each, groups, stages[each.pk], standing) for each in jobs)
    total = as_funnel(sum(groups.values()), kind_steps(groups, stages))
    return PipelineReport(
        as_of=now,
        start=period.start,
        end=period.end,
        source=source,
        jobs=reports,
        total=total,
        definition=funnel_definition(),
    )


def _standing(actor: Actor, jobs: Sequence[Job], now: datetime) -> dict[int, tuple[int, int, int]]:
    rows = (
        counted(actor)
        .filter(job__in=[job.pk for job in jobs], status__in=ApplicationStatus.live)
        .order_by()
        .values("stage")
        .annotate(
            active=Count("pk", filter=Q(status=ApplicationStatus.ACTIVE)),
            on_hold=Count("pk", filter=Q(status=ApplicationStatus.ON_HOLD)),
            late=Count("pk", filter=over_target(now)),
        )
    )
    return {row["stage"]: (row["active"], row["on_hold"], row["late"]) for row in rows}


def _job_report(
    job: Job, groups: Groups, stages: Sequence[Stage], standing: Mapping[int, tuple[int, int, int]]
) -> JobReport:
    mine = {key: count for key, count in groups.items() if key[0] == job.pk}
    by_status = dict.fromkeys(ApplicationStatus.values, 0)
    for (_job, _furthest, status), count in mine.items():
        by_status[status] += count
    return JobReport(
        job=job.slug,
        title=job.title,
        status=job.status,
        stages=tuple(
            StageNow(stage.pk, stage.name, stage.kind, *standing.get(stage.pk, (0, 0, 0))) for stage in stages
        ),
        by_status=by_status,
        funnel=as_funnel(sum(mine.values()), job_steps(mine, stages)),
    )


# --- The report of a test --------------------------------------------------------------------------------------


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
