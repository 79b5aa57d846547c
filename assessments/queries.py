"""Reads of tests, invitations and attempts. Nothing here loads an answer key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import (
    Case,
    CharField,
    Count,
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
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from assessments.enums import AttemptState, InvitationState
from assessments.models import (
    AnswerRevision,
    AssessmentVersion,
    Attempt,
    AttemptQuestion,
    DrawRule,
    Invitation,
    PoolEntry,
    Score,
)
from assessments.rules import PoolItem
from outbox.models import AccessLink
from questions.enums import Level, Status
from questions.models import Question
from questions.queries import ready_questions, rendered

# --- What a candidate's pages read -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Sitting:
    """What a link opens: the invitation and its latest attempt, if there is one."""

    invitation: Invitation
    attempt: Attempt | None

    def state(self, *, now: datetime) -> InvitationState:
        """Where the invitation stands. Costs no query."""
        return self.invitation.state(self.attempt, now=now)


@dataclass(frozen=True, slots=True)
class QuestionPage:
    """One question as its person sees it, ready for a template."""

    position: int
    total: int
    kind: str
    stem_html: SafeString
    options: tuple[tuple[str, SafeString], ...]
    answer: list[str]
    answer_version: int
    is_flagged: bool


@dataclass(frozen=True, slots=True)
class OverviewRow:
    """One line of the overview."""

    position: int
    is_answered: bool
    is_flagged: bool


def attempt_for_link(link: AccessLink) -> Sitting | None:
    """Return what `link` opens, or None when it opens no test. Two queries, writes nothing."""
    invitation = (
        Invitation.objects.select_related("version__assessment", "candidate", "link")
        .filter(link=link)
        .first()
    )
    if invitation is None:
        return None
    return Sitting(invitation, latest_attempt(invitation.pk))


def latest_attempt(invitation_id: int) -> Attempt | None:
    """Return the latest attempt of an invitation. One query."""
    return Attempt.objects.filter(invitation_id=invitation_id).order_by("-number", "-pk").first()


def question_page(attempt: Attempt, position: int) -> QuestionPage | None:
    """Return the question at `position` of `attempt`, rendered, or None when there is none. One query."""
    siblings = (
        AttemptQuestion.objects.filter(attempt=OuterRef("attempt"))
        .order_by()
        .values("attempt")
        .annotate(count=Count("pk"))
        .values("count")
    )
    row = (
        AttemptQuestion.objects.filter(attempt=attempt, position=position)
        .select_related("question_version__question")
        .annotate(total=Subquery(siblings))
        .first()
    )
    if row is None:
        return None
    shown = rendered(row.question_version, row.option_order)
    return QuestionPage(
        position=row.position,
        total=row.total,
        kind=row.question_version.question.kind,
        stem_html=shown.stem_html,
        options=shown.options,
        answer=row.answer,
        answer_version=row.answer_version,
        is_flagged=row.is_flagged,
    )


def overview(attempt: Attempt) -> list[OverviewRow]:
    """Return every place of `attempt` with whether it is answered and flagged, in order. One query."""
    rows = AttemptQuestion.objects.filter(attempt=attempt).order_by("position", "pk")
    return [
        OverviewRow(position, is_answered=bool(answer), is_flagged=flagged)
        for position, answer, flagged in rows.values_list("position", "answer", "is_flagged")
    ]


def last_answered(attempt: Attempt) -> int | None:
    """Return the place where the latest answer of `attempt` was saved: where its person is. One query."""
    revisions = AnswerRevision.objects.filter(attempt_question__attempt=attempt).order_by(
        "-received_at", "-pk"
    )
    return revisions.values_list("attempt_question__position", flat=True).first()


def question_count(version_id: int) -> int:
    """Return how many questions a form of a test version has. One query."""
    total = DrawRule.objects.filter(section__version_id=version_id).aggregate(total=Sum("count"))["total"]
    return int(total or 0)


def question_counts(version_ids: Sequence[int]) -> dict[int, int]:
    """Return how many questions a form of each version has. One query."""
    rows = (
        DrawRule.objects.filter(section__version_id__in=version_ids).values("section__version_id").order_by()
    )
    return {row["section__version_id"]: row["total"] for row in rows.annotate(total=Sum("count"))}


# --- What a draw reads -----------------------------------------------------------------------------------------


def rules_in_order(version: AssessmentVersion) -> list[DrawRule]:
    """Return the rules of a version in the order of the test. One query."""
    return list(
        DrawRule.objects.filter(section__version=version)
        .select_related("section", "bank", "skill")
        .order_by("section__position", "position", "pk")
    )


def frozen_pools(version: AssessmentVersion) -> dict[int, list[PoolItem]]:
    """Return what each rule of a published version may draw, with how often each question was shown. One query."""
    rows = (
        PoolEntry.objects.filter(rule__section__version=version)
        .order_by("rule_id", "question_version_id")
        .values_list(
            "rule_id",
            "question_version_id",
            "question_version__question_id",
            "question_version__question__usage__shown",
            "question_version__question__status",
        )
    )
    pools: dict[int, list[PoolItem]] = {}
    for rule_id, version_id, question_id, shown, status in rows:
        item = PoolItem(version_id, question_id, shown or 0, is_rested=status != Status.READY)
        pools.setdefault(rule_id, []).append(item)
    return pools


def open_pools(rules: Sequence[DrawRule]) -> dict[int, list[PoolItem]]:
    """Return what each rule would draw if its test were published now. Two queries for each bank.

    The filters are those of `questions.queries.ready_questions`, applied in Python, so that a blueprint of fifty rules
    costs no more than one.
    """
    banks = {rule.bank_id for rule in rules}
    questions = [
        (question, {skill.pk for skill in question.skills.all()})
        for bank_id in sorted(banks)
        for question in ready_questions(bank_id=bank_id).prefetch_related("skills")
    ]
    return {
        rule.pk: [
            PoolItem(question.current_version_id, question.pk)
            for question, skills in questions
            if question.current_version_id is not None and _fits(rule, question, skills)
        ]
        for rule in rules
    }


def _fits(rule: DrawRule, question: Question, skills: set[int]) -> bool:
    return (
        question.bank_id == rule.bank_id
        and (rule.skill_id is None or rule.skill_id in skills)
        and (not rule.level or question.level == rule.level)
        and (rule.difficulty is None or question.intended_difficulty == rule.difficulty)
    )


def rule_words(rule: DrawRule) -> str:
    """Say what a rule draws, for people: "Flask, Templating, Junior, difficulty 2". The parts must be loaded."""
    parts = [rule.bank.name]
    if rule.skill is not None:
        parts.append(rule.skill.name)
    if rule.level:
        parts.append(str(Level(rule.level).label))
    if rule.difficulty is not None:
        parts.append(_("difficulty %(number)d") % {"number": rule.difficulty})
    return ", ".join(parts)


# --- What staff read -------------------------------------------------------------------------------------------


def with_state(invitations: QuerySet[Invitation], now: datetime) -> QuerySet[Invitation]:
    """Annotate `invitations` with `state_now`, the same answer as `Invitation.state`, so that lists filter by it."""
    newest = Attempt.objects.filter(invitation=OuterRef("pk")).order_by("-number", "-pk")
    return invitations.annotate(attempt_state=Subquery(newest.values("state")[:1])).annotate(
        state_now=Case(
            When(attempt_state=AttemptState.VOID, then=Value(InvitationState.VOID.value)),
            When(attempt_state=AttemptState.SUBMITTED, then=Value(InvitationState.FINISHED.value)),
            When(attempt_state=AttemptState.IN_PROGRESS, then=Value(InvitationState.STARTED.value)),
            When(revoked_at__isnull=False, then=Value(InvitationState.REVOKED.value)),
            When(expires_at__lt=now, then=Value(InvitationState.EXPIRED.value)),
            When(not_before__gt=now, then=Value(InvitationState.WAITING.value)),
            default=Value(InvitationState.INVITED.value),
            output_field=CharField(),
        )
    )


def invitation_rows(invitations: QuerySet[Invitation], now: datetime) -> QuerySet[Invitation]:
    """Prepare `invitations` for a list: state, candidate, test and latest score. Ends in a stable order. Lazy."""
    newest = Attempt.objects.filter(invitation=OuterRef("pk")).order_by("-number", "-pk")
    return (
        with_state(invitations, now)
        .select_related("candidate", "version__assessment", "invited_by")
        .annotate(
            attempt_id_now=Subquery(newest.values("pk")[:1]),
            percent=Subquery(newest.values("current_score__percent")[:1]),
            band=Subquery(newest.values("current_score__band")[:1]),
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
        .select_related("question_version__question", "rule")
        .prefetch_related(Prefetch("question_version__question__skills"))
        .order_by("position", "pk")
    )


def percent_words(score: Score) -> str:
    """Say a percentage with its error, for people: "67 % ± 10"."""
    percent = _("%(number)s %%") % {"number": f"{score.percent:.0f}"}
    return percent if score.error is None else f"{percent} ± {score.error:.0f}"


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
