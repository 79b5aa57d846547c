"""What staff read: lists, results, what waits for a worker."""

from __future__ import annotations

from datetime import datetime

from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    F,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from assessments.enums import AttemptState, InvitationState
from assessments.models import (
    Assessment,
    AssessmentVersion,
    Attempt,
    AttemptQuestion,
    DrawRule,
    Invitation,
    Score,
)
from assessments.registries import ACCOMMODATION_ANSWER
from outbox.models import Message


def with_state(invitations: QuerySet[Invitation], now: datetime) -> QuerySet[Invitation]:
    """Annotate `invitations` with `state_now`, the same answer as `Invitation.state`, so that lists filter by it."""
    newest = Attempt.objects.filter(invitation=OuterRef("pk")).order_by("-number", "-pk")
    # The attempt is looked for once: in the conditions of one case it would be looked for in each.
    attempted = newest.annotate(
        as_state=Case(
            When(state=AttemptState.VOID, then=Value(InvitationState.VOID.value)),
            When(state=AttemptState.SUBMITTED, then=Value(InvitationState.FINISHED.value)),
            default=Value(InvitationState.STARTED.value),
            output_field=CharField(),
        )
    )
    return invitations.annotate(
        state_now=Coalesce(Subquery(attempted.values("as_state")[:1]), _state_of(*_unstarted(now)))
    )


def joined_state(now: datetime) -> Case:
    """Return the same for rows that hold an attempt each: what it is when that one is the newest."""
    return _state_of(
        When(attempts__state=AttemptState.VOID, then=Value(InvitationState.VOID.value)),
        When(attempts__state=AttemptState.SUBMITTED, then=Value(InvitationState.FINISHED.value)),
        When(attempts__state__isnull=False, then=Value(InvitationState.STARTED.value)),
        *_unstarted(now),
    )


def _unstarted(now: datetime) -> list[When]:
    return [
        When(revoked_at__isnull=False, then=Value(InvitationState.REVOKED.value)),
        When(expires_at__lt=now, then=Value(InvitationState.EXPIRED.value)),
        When(not_before__gt=now, then=Value(InvitationState.WAITING.value)),
    ]


def _state_of(*cases: When) -> Case:
    return Case(*cases, default=Value(InvitationState.INVITED.value), output_field=CharField())


def invitation_rows(invitations: QuerySet[Invitation], now: datetime) -> QuerySet[Invitation]:
    """Prepare `invitations` for a list: state, candidate, test, latest score and mail. In a stable order. Lazy."""
    newest = Attempt.objects.filter(invitation=OuterRef("pk")).order_by("-number", "-pk")
    # The score of a void attempt stays to be read on its page; it is no result.
    valid = newest.exclude(state=AttemptState.VOID)
    # The answer to what somebody asked for is no mail of the list: not everybody may know that they asked.
    mails = (
        Message.objects.filter(about=Invitation._meta.label_lower, about_id=OuterRef("pk"))
        .exclude(kind=ACCOMMODATION_ANSWER)
        .order_by("-created_at", "-pk")
    )
    return (
        with_state(invitations, now)
        .select_related("candidate", "version__assessment", "invited_by")
        .annotate(
            attempt_id_now=Subquery(newest.values("pk")[:1]),
            percent=Subquery(valid.values("current_score__percent")[:1]),
            band=Subquery(valid.values("current_score__band")[:1]),
            mail_state=Subquery(mails.values("state")[:1]),
            mail_ref=Subquery(mails.values("public_id")[:1]),
        )
        .order_by("-created_at", "-pk")
    )


def results(attempts: QuerySet[Attempt]) -> QuerySet[Attempt]:
    """Prepare finished `attempts` for a list of results, the latest first: score, candidate and test loaded. Lazy."""
    return (
        attempts.filter(state=AttemptState.SUBMITTED)
        .select_related("current_score", "invitation__candidate", "invitation__version__assessment")
        .order_by(F("submitted_at").desc(), "-pk")
    )


def attempt_rows(attempts: QuerySet[Attempt]) -> QuerySet[Attempt]:
    """Prepare `attempts` of any state for a list, the latest first. Lazy."""
    return attempts.select_related(
        "current_score", "invitation__candidate", "invitation__version__assessment"
    ).order_by("-started_at", "-pk")


def attempt_questions(attempt: Attempt) -> QuerySet[AttemptQuestion]:
    """Return the questions of `attempt` in their order with the frozen versions and their skills. Two queries."""
    return (
        AttemptQuestion.objects.filter(attempt=attempt)
        .select_related("question_version__question", "rule__section")
        .prefetch_related(Prefetch("question_version__question__skills"))
        .order_by("position")
    )


def percent_words(score: Score) -> str:
    """Say a percentage with its error, for people: "67 % ± 10"."""
    percent = _("%(number)s %%") % {"number": f"{score.percent:.0f}"}
    return percent if score.error is None else f"{percent} ± {score.error:.0f}"


def assessment_rows(assessments: QuerySet[Assessment]) -> QuerySet[Assessment]:
    """Prepare tests for a list: the version in force, its questions, whether a draft waits, invitations. Lazy."""
    drawn = (
        DrawRule.objects.filter(section__version=OuterRef("current_version"))
        .order_by()
        .values("section__version")
        .annotate(total=Sum("count"))
        .values("total")
    )
    invited = (
        Invitation.objects.filter(version__assessment=OuterRef("pk"))
        .order_by()
        .values("version__assessment")
        .annotate(total=Count("pk"))
        .values("total")
    )
    drafts = AssessmentVersion.objects.filter(assessment=OuterRef("pk"), published_at=None)
    return assessments.select_related("current_version").annotate(
        question_total=Subquery(drawn),
        invitation_total=Subquery(invited),
        has_draft=Exists(drafts),
    )


def status_of(assessment: Assessment, *, has_draft: bool) -> tuple[str, str]:
    """Return where a test is, in words, and the colour of it."""
    if assessment.retired_at is not None:
        return _("Retired"), "neutral"
    if assessment.current_version_id is None:
        return _("Draft"), "attention"
    if has_draft:
        return _("Published, new version in work"), "good"
    return _("Published"), "good"


def versions_of(assessment: Assessment) -> QuerySet[AssessmentVersion]:
    """Return the versions of a test with `invitation_total`, the newest first. Lazy."""
    return (
        AssessmentVersion.objects.filter(assessment=assessment)
        .select_related("created_by")
        .annotate(invitation_total=Count("invitations"))
        .order_by("-number", "-pk")
    )


def draft_of(assessment: Assessment) -> AssessmentVersion | None:
    """Return the draft of a test. One query."""
    return AssessmentVersion.objects.filter(assessment=assessment, published_at=None).first()


def overdue(now: datetime) -> QuerySet[Attempt]:
    """Return the attempts that a worker must close: deadline and allowance have passed. Lazy."""
    return Attempt.objects.filter(state=AttemptState.IN_PROGRESS, next_check_at__lt=now).order_by(
        "next_check_at", "pk"
    )


def unscored(now: datetime) -> QuerySet[Attempt]:
    """Return the attempts whose scoring is due. Lazy."""
    return Attempt.objects.filter(
        Q(score_due_at=None) | Q(score_due_at__lte=now), state=AttemptState.SUBMITTED, current_score=None
    ).order_by("score_due_at", "pk")
