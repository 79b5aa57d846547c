"""Ageing: who is at which stage now, for how long, and who is waited for."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import datetime
from typing import Any, Final

from django.db.models import (
    BooleanField,
    Case,
    Count,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.models import Invitation
from assessments.queries import with_state
from assessments.registries import ACCOMMODATION_ANSWER
from hiring.enums import (
    ApplicationStatus,
    ApprovalState,
    InterviewState,
    JobStatus,
    StageActionState,
    TestOutcome,
    WaitsFor,
)
from hiring.models import Application, ApplicationAssessment, Approval, Interview, StageAction
from hiring.queries.jobs import over_target
from hiring.queries.reports.leaving import left_stages
from hiring.queries.reports.shape import (
    Column,
    Numbers,
    ReportFilter,
    ReportKind,
    Row,
    Unit,
    in_days,
    middle,
)
from hiring.rules import Standing, next_step, waits_for
from outbox.enums import MessageState
from outbox.models import Message

# What decides what comes next: the database counts each combination, `hiring.rules` says what it means.
_SIGNS: Final = (
    "stage__kind",
    "wants_test",
    "test_state",
    "test_outcome",
    "is_test_here",
    "has_failed_mail",
    "has_failed_action",
    "has_waiting_action",
    "has_interview",
    "has_approval",
)
# Nobody is active and waits for nobody.
_WAITED_FOR: Final = tuple(who for who in WaitsFor if who != WaitsFor.NOBODY)


def _active(rows: QuerySet[Application]) -> QuerySet[Application]:
    return rows.filter(status=ApplicationStatus.ACTIVE).exclude(job__status=JobStatus.CLOSED)


def with_signs(rows: QuerySet[Application], now: datetime) -> QuerySet[Any]:
    """Annotate what decides what comes next for each application. Lazy."""
    later = ApplicationAssessment.objects.filter(application=OuterRef("pk"), pk__gt=OuterRef("tie"))
    # The newest test is joined: asked for one by one, each thing about it would be looked for anew.
    with_test = (
        rows.annotate(tie=F("assessments__pk"))
        .filter(Q(tie=None) | ~Exists(later))
        .annotate(
            sat_by=Coalesce("assessments__invitation", "assessments__reused_attempt__invitation"),
            test_stage=F("assessments__stage"),
            test_outcome=Coalesce("assessments__outcome", Value("")),
        )
    )
    invitations: QuerySet[Any] = with_state(Invitation.objects.filter(pk=OuterRef("sat_by")), now)
    # Not everybody who sees the test may know that somebody asked for more time.
    mails = (
        Message.objects.filter(about=Invitation._meta.label_lower, about_id=OuterRef("sat_by"))
        .exclude(kind=ACCOMMODATION_ANSWER)
        .order_by("-created_at", "-pk")
    )
    actions = StageAction.objects.filter(application=OuterRef("pk"), stage=OuterRef("stage"))
    interviews = Interview.objects.filter(application=OuterRef("pk"), stage=OuterRef("stage"))
    approvals = Approval.objects.filter(application=OuterRef("pk"), state=ApprovalState.WAITING)
    return with_test.annotate(
        wants_test=_whether(Q(stage__assessment__isnull=False)),
        test_state=Coalesce(Subquery(invitations.values("state_now")[:1]), Value("")),
        is_test_here=_whether(Q(test_stage=F("stage"))),
        mail_state=Subquery(mails.values("state")[:1]),
        # Only a test that nobody has begun waits for its mail; of the others none is looked for.
        has_failed_mail=_whether(
            Q(test_outcome=TestOutcome.PENDING) & Q(mail_state__in=MessageState.needs_you)
        ),
        has_failed_action=Exists(actions.filter(state=StageActionState.FAILED)),
        has_waiting_action=Exists(actions.filter(state=StageActionState.WAITING)),
        has_interview=Exists(interviews.filter(state=InterviewState.ASKED)),
        has_approval=Exists(approvals),
    )


def _whether(condition: Q) -> Case:
    return Case(When(condition, then=Value(True)), default=Value(False), output_field=BooleanField())


def _who(signs: dict[str, Any]) -> WaitsFor:
    standing = Standing(
        status=ApplicationStatus.ACTIVE,
        stage_kind=signs["stage__kind"],
        wants_test=signs["wants_test"],
        test_state=signs["test_state"],
        outcome=signs["test_outcome"],
        is_test_here=signs["is_test_here"],
        has_failed_mail=signs["has_failed_mail"],
        has_failed_action=signs["has_failed_action"],
        has_waiting_action=signs["has_waiting_action"],
        has_interview=signs["has_interview"],
        has_approval=signs["has_approval"],
    )
    return waits_for(next_step(standing))


def _key(asked: ReportFilter) -> str:
    return "stage" if asked.job is not None else "stage__kind"


def _read(asked: ReportFilter) -> Numbers:
    key, rows = _key(asked), _active(asked.counted()).order_by()
    waited: dict[str, Counter[WaitsFor]] = defaultdict(Counter)
    late: Counter[str] = Counter()
    signs: QuerySet[Any] = with_signs(rows, asked.now)
    fields = tuple(dict.fromkeys((key, *_SIGNS)))
    for group in signs.values(*fields).annotate(
        count=Count("pk"), late=Count("pk", filter=over_target(asked.now))
    ):
        waited[str(group[key])][_who(group)] += group["count"]
        late[str(group[key])] += group["late"]
    days: dict[str, list[float]] = defaultdict(list)
    for stage, entered_at in rows.values_list(key, "stage_entered_at"):
        days[str(stage)].append(in_days(asked.now - entered_at))
    columns = (
        Column("n", _("Active")),
        Column("late", _("Over target")),
        *(Column(who.value, str(who.label)) for who in _WAITED_FOR),
        Column("median", _("Median days here"), Unit.DAYS),
        Column("longest", _("Longest, in days"), Unit.DAYS),
    )
    lines = [
        Row(
            stage,
            name,
            {
                "n": waited[stage].total(),
                "late": late[stage],
                **{who.value: waited[stage][who] for who in _WAITED_FOR},
                "median": middle(days[stage])["median"],
                "longest": round(max(days[stage]), 2) if days[stage] else None,
            },
        )
        for stage, name in left_stages(asked.jobs, asked.job).named(set(waited))
    ]
    return Numbers(sum(count.total() for count in waited.values()), columns, lines)


def _rows_of(
    asked: ReportFilter, rows: QuerySet[Application], row: str, column: str
) -> QuerySet[Application]:
    here = _active(asked.narrowed(rows)).filter(**{_key(asked): row})
    if column == "late":
        return here.filter(over_target(asked.now))
    if column == "n":
        return here
    signs: QuerySet[Any] = with_signs(here, asked.now)
    which = Q(pk__in=[])
    for group in signs.order_by().values(*_SIGNS).distinct():
        if _who(group) == column:
            which |= Q(**group)
    return rows.filter(pk__in=signs.filter(which).values("pk"))


AGEING = ReportKind(
    name="ageing",
    title=gettext_lazy("Ageing"),
    about=gettext_lazy("Who stands at which stage now, for how long, and who is waited for."),
    definition=gettext_lazy(
        "Applications that are active now in jobs that are not closed; on hold does not count. Days are those since "
        "they came to their stage, or were restored there. Over target are those who have been there for longer than "
        "the target days of the stage; a stage without target days has none. Who is waited for follows from what "
        "comes next: a test that was sent waits for the candidate; an approval that was asked for waits for "
        "whoever gives it, by default a hiring manager of the job; a result, a decision, an interview to arrange and "
        "everything that failed wait for a recruiter; marking and what a stage does by itself happen by themselves. "
        "Several jobs are put together by the kind of their stages."
    ),
    row_title=gettext_lazy("Stage"),
    n_title=gettext_lazy("active applications"),
    read=_read,
    rows_of=_rows_of,
    has_period=False,
    chart=tuple(who.value for who in _WAITED_FOR),
    is_stacked=True,
)
