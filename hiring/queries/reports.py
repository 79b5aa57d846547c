"""Numbers with their definitions: the funnel, the pipeline report, the report of a test.

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

from django.db.models import Count, F, Max, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from accounts.enums import Role
from accounts.models import Actor
from assessments.enums import Band, InvitationState
from assessments.models import Assessment, Attempt, Invitation, Score
from assessments.queries import with_state
from hiring.enums import ApplicationStatus, StageKind
from hiring.models import Application, ApplicationAssessment, ApplicationTransition, Job, Stage
from hiring.queries.access import all_jobs, counted
from hiring.queries.jobs import over_target
from questions.models import Skill

HIRED = "hired"
_KINDS = [kind.value for kind in StageKind]


@dataclass(frozen=True, slots=True)
class Period:
    """From `start` on and before `end`; either may be open."""

    start: datetime | None = None
    end: datetime | None = None

    def within(self, field: str) -> Q:
        """Return the condition that `field` lies in the period."""
        condition = Q()
        if self.start is not None:
            condition &= Q(**{f"{field}__gte": self.start})
        if self.end is not None:
            condition &= Q(**{f"{field}__lt": self.end})
        return condition


EVER = Period()


# --- The funnel ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FunnelStep:
    """How many of the cohort got here. `key` is a stage's id, a kind of stage (several jobs) or "hired".

    `share` is of the whole cohort, `pass_through` of the step before.
    """

    key: str
    name: str
    reached: int
    share: float | None
    pass_through: float | None


@dataclass(frozen=True, slots=True)
class Funnel:
    """The way of the `n` applications of a cohort."""

    n: int
    steps: tuple[FunnelStep, ...]
    definition: str


def funnel_definition() -> str:
    """Return what the funnel counts, for its page."""
    return _(
        "Applications, not people, that came in during the period. An application reached a stage when it was ever "
        "there or further on: stages that were skipped count as reached, a move back takes nothing away. Hired counts "
        "those who are hired now; they reached every stage."
    )


def cohort(
    actor: Actor, *, period: Period = EVER, jobs: Iterable[Job] | None = None, source: str = ""
) -> QuerySet[Application]:
    """Return the applications that came in during `period` and count for the actor. Lazy; for numbers only."""
    rows = counted(actor).filter(period.within("applied_at"))
    if jobs is not None:
        rows = rows.filter(job__in=[job.pk for job in jobs])
    return rows.filter(source=source) if source else rows


def with_furthest(rows: QuerySet[Application]) -> QuerySet[Application]:
    """Annotate `furthest`: the place of the furthest stage the application was ever at. Lazy."""
    furthest = (
        ApplicationTransition.objects.filter(application=OuterRef("pk"))
        .order_by()
        .values("application")
        .annotate(furthest=Max("to_stage__position"))
    )
    return rows.annotate(furthest=Subquery(furthest.values("furthest")))


def funnel(
    actor: Actor,
    *,
    period: Period = EVER,
    job: Job | None = None,
    jobs: Sequence[Job] | None = None,
    source: str = "",
) -> Funnel:
    """Return the funnel of one job by its stages, or of several (all that count, when none is named) by kind of stage.

    Two queries. The definition is `funnel_definition`; `tests/hiring/reference.py` computes the same slowly.
    """
    chosen = [job] if job is not None else jobs
    groups = _groups(cohort(actor, period=period, jobs=chosen, source=source))
    stages = _stages_in_use({job_id for job_id, _place, _status in groups} | ({job.pk} if job else set()))
    steps = _job_steps(groups, stages[job.pk]) if job is not None else _kind_steps(groups, stages)
    return _as_funnel(sum(groups.values()), steps)


def funnel_applications(
    actor: Actor, *, step: str, period: Period = EVER, job: Job, source: str = ""
) -> QuerySet[Application]:
    """Return the rows behind a step of a job's funnel, as far as the actor sees them. One query, then lazy."""
    rows = Application.objects.filter(period.within("applied_at"), job=job).visible_to(actor)
    rows = rows.filter(source=source) if source else rows
    if step == HIRED:
        return rows.filter(status=ApplicationStatus.HIRED)
    stages = _stages_in_use({job.pk})[job.pk]
    if stages and str(stages[0].pk) == step:
        return rows
    places = [stage.position for stage in stages if str(stage.pk) == step]
    if not places:
        return rows.none()
    ranked: QuerySet[Any] = with_furthest(rows)
    return ranked.filter(Q(furthest__gte=places[0]) | Q(status=ApplicationStatus.HIRED))


Groups = Mapping[tuple[int, int, str], int]


def _groups(rows: QuerySet[Application]) -> Groups:
    ranked: QuerySet[Any] = with_furthest(rows)
    counts = ranked.order_by().values("job_id", "furthest", "status").annotate(count=Count("pk"))
    return {(row["job_id"], row["furthest"] or 0, row["status"]): row["count"] for row in counts}


def _stages_in_use(job_ids: Iterable[int]) -> dict[int, list[Stage]]:
    stages: dict[int, list[Stage]] = defaultdict(list)
    for stage in Stage.objects.filter(job__in=list(job_ids), retired_at=None).order_by(
        "job", "position", "pk"
    ):
        stages[stage.job_id].append(stage)
    return stages


def _job_steps(groups: Groups, stages: Sequence[Stage]) -> list[tuple[str, str, int]]:
    steps = []
    for index, stage in enumerate(stages):
        reached = sum(
            count
            for (_job, furthest, status), count in groups.items()
            if index == 0 or furthest >= stage.position or status == ApplicationStatus.HIRED
        )
        steps.append((str(stage.pk), stage.name, reached))
    return [*steps, _hired_step(groups)]


def _kind_steps(groups: Groups, stages: Mapping[int, Sequence[Stage]]) -> list[tuple[str, str, int]]:
    reached: Counter[str] = Counter()
    for (job_id, furthest, status), count in groups.items():
        kinds = [_KINDS.index(stage.kind) for stage in stages.get(job_id, ()) if stage.position <= furthest]
        last = len(_KINDS) - 1 if status == ApplicationStatus.HIRED else max(kinds, default=0)
        for kind in _KINDS[: last + 1]:
            reached[kind] += count
    used = {stage.kind for of_job in stages.values() for stage in of_job} | {StageKind.APPLIED.value}
    steps = [(kind, str(StageKind(kind).label), reached[kind]) for kind in _KINDS if kind in used]
    return [*steps, _hired_step(groups)]


def _hired_step(groups: Groups) -> tuple[str, str, int]:
    hired = sum(
        count for (_job, _furthest, status), count in groups.items() if status == ApplicationStatus.HIRED
    )
    return HIRED, str(ApplicationStatus.HIRED.label), hired


def _as_funnel(n: int, steps: Sequence[tuple[str, str, int]]) -> Funnel:
    before = [n, *(reached for _key, _name, reached in steps)]
    return Funnel(
        n=n,
        steps=tuple(
            FunnelStep(key, name, reached, _share(reached, n), _share(reached, previous))
            for (key, name, reached), previous in zip(steps, before, strict=False)
        ),
        definition=funnel_definition(),
    )


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


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
    groups = _groups(in_period)
    stages = _stages_in_use([each.pk for each in jobs])
    standing = _standing(actor, jobs, now)
    reports = tuple(_job_report(each, groups, stages[each.pk], standing) for each in jobs)
    total = _as_funnel(sum(groups.values()), _kind_steps(groups, stages))
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
        funnel=_as_funnel(sum(mine.values()), _job_steps(mine, stages)),
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
