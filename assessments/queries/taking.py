"""What a candidate's pages read. Nothing here loads an answer key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import (
    Count,
    OuterRef,
    Subquery,
    Sum,
)
from django.utils.safestring import SafeString

from assessments.enums import InvitationState
from assessments.models import (
    AnswerRevision,
    Attempt,
    AttemptQuestion,
    DrawRule,
    Invitation,
)
from outbox.models import AccessLink
from questions.queries import rendered


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

    @property
    def order(self) -> tuple[str, ...]:
        """The codes of the options as this person sees them. They stay here: pages name options by their places."""
        return tuple(code for code, _ in self.options)


@dataclass(frozen=True, slots=True)
class OverviewRow:
    """One line of the overview."""

    position: int
    is_answered: bool
    is_flagged: bool


def attempt_for_link(link: AccessLink) -> Sitting | None:
    """Return what `link` opens, or None when it opens no test.

    One query once the test was started (every page and every save asks this), two before. Writes nothing.
    """
    attempt = (
        Attempt.objects.filter(invitation__link=link)
        .select_related("invitation__version__assessment", "invitation__candidate", "invitation__link")
        .order_by("-number", "-pk")
        .first()
    )
    if attempt is not None:
        return Sitting(attempt.invitation, attempt)
    invitation = (
        Invitation.objects.select_related("version__assessment", "candidate", "link")
        .filter(link=link)
        .first()
    )
    return Sitting(invitation, None) if invitation is not None else None


def latest_attempt(invitation_id: int) -> Attempt | None:
    """Return the latest attempt of an invitation. One query."""
    return Attempt.objects.filter(invitation_id=invitation_id).order_by("-number", "-pk").first()


def question_page(attempt: Attempt, position: int) -> QuestionPage | None:
    """Return the question at `position` of `attempt`, rendered, or None when there is none. One query."""
    siblings = (
        AttemptQuestion.objects.filter(attempt=OuterRef("attempt"))
        .order_by()
        .values("attempt")
        .annotate(count=Count("position"))
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


def question_to_save(attempt_id: int, position: int) -> AttemptQuestion:
    """Return a place of an attempt with all that saving an answer asks of it. One query.

    Raises `AttemptQuestion.DoesNotExist`.
    """
    return AttemptQuestion.objects.select_related("attempt", "question_version__question").get(
        attempt_id=attempt_id, position=position
    )


def attempt_to_move(attempt_id: int) -> Attempt:
    """Return an attempt with all that going on in it asks. One query."""
    return Attempt.objects.select_related("invitation__version", "invitation__candidate").get(pk=attempt_id)


def is_followed(attempt: Attempt) -> bool:
    """Whether its person took the test again after this attempt. One query."""
    later = Attempt.objects.filter(invitation_id=attempt.invitation_id, number__gt=attempt.number)
    return later.exists()


def question_total(attempt_id: int) -> int:
    """Return how many questions an attempt has. One query."""
    return AttemptQuestion.objects.filter(attempt_id=attempt_id).count()


def overview(attempt: Attempt) -> list[OverviewRow]:
    """Return every place of `attempt` with whether it is answered and flagged, in order. One query."""
    rows = AttemptQuestion.objects.filter(attempt=attempt).order_by("position")
    return [
        OverviewRow(position, is_answered=bool(answer), is_flagged=flagged)
        for position, answer, flagged in rows.values_list("position", "answer", "is_flagged")
    ]


def last_answered(attempt: Attempt) -> int | None:
    """Return the place where the latest answer of `attempt` was saved: where its person is. One query."""
    revisions = AnswerRevision.objects.filter(attempt=attempt).order_by(
        "-received_at", "-position", "-number"
    )
    return revisions.values_list("position", flat=True).first()


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
