"""What a candidate's pages read. Nothing here loads an answer key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import (
    Count,
    Model,
    OuterRef,
    QuerySet,
    Subquery,
    Sum,
)
from django.utils.safestring import SafeString

from assessments.enums import InvitationState
from assessments.models import (
    AnswerRevision,
    Assessment,
    AssessmentSection,
    AssessmentVersion,
    Attempt,
    AttemptQuestion,
    DrawRule,
    Invitation,
)
from assessments.queries.compiled import CompiledRead, CompiledValues
from assessments.queries.retakes import has_other_invitations
from candidates.models import Candidate
from outbox.enums import LinkPurpose
from outbox.models import AccessLink
from outbox.rules import mac_opens, split_token
from questions.models import Question, QuestionVersion
from questions.queries import rendered

# What the column holds; an address may hold any number.
LARGEST_PLACE = 32_767


@dataclass(frozen=True, slots=True)
class Sitting:
    """What a link opens: the invitation and its latest attempt, if there is one."""

    invitation: Invitation
    attempt: Attempt | None
    # Whether the person was invited to this test by another invitation, too; not asked once it was started.
    has_others: bool = False

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
class BriefedPart:
    """A part of a test as its briefing tells of it; `minutes` is its own limit, None where it has none."""

    title: str
    questions: int
    minutes: int | None


@dataclass(frozen=True, slots=True)
class OverviewRow:
    """One line of the overview."""

    position: int
    is_answered: bool
    is_flagged: bool


def sitting_of(token: object) -> Sitting | None:
    """Return what a mailed link's `token` opens, or None for one that is no link of a test.

    One query once the test was started (every page asks this), two before, none for a malformed token. Writes nothing.
    """
    parts = split_token(token)
    if parts is None:
        return None
    public_id, mac = parts
    sitting = _sitting(public_id)
    return sitting if _opens(mac, public_id, sitting) else None


def place_behind(token: object, position: int) -> tuple[Sitting, AttemptQuestion] | None:
    """Return what `token` opens and a place of its latest attempt, with all that showing and saving asks. One query.

    None where `sitting_of` returns None, where nothing was started, and for a place that the attempt does not have.
    """
    parts = split_token(token)
    if parts is None or not 0 < position <= LARGEST_PLACE:
        return None
    public_id, mac = parts
    row = _PLACE.first(public_id, position)
    sitting = Sitting(row.attempt.invitation, row.attempt) if row is not None else None
    if not _opens(mac, public_id, sitting) or sitting is None or row is None:
        return None
    return sitting, row


def attempt_for_link(link: AccessLink) -> Sitting | None:
    """Return what `link` opens, or None when it opens no test. One query once the test was started, two before."""
    return _sitting(link.public_id)


def _sitting(public_id: str) -> Sitting | None:
    attempt = _ATTEMPT.first(public_id)
    if attempt is not None:
        return Sitting(attempt.invitation, attempt)
    invitation = _INVITATION.first(public_id)
    if invitation is None:
        return None
    return Sitting(invitation, None, has_others=invitation.has_others)  # type: ignore[attr-defined]  # annotated


def _opens(mac: str, public_id: str, sitting: Sitting | None) -> bool:
    # The same work for a link that does not exist.
    link = sitting.invitation.link if sitting else AccessLink(public_id=public_id, purpose=LinkPurpose.TEST)
    return mac_opens(mac, link)


def latest_attempt(invitation_id: int) -> Attempt | None:
    """Return the latest attempt of an invitation. One query."""
    return _LATEST.first(invitation_id)


def question_page(attempt: Attempt, position: int) -> QuestionPage | None:
    """Return the question at `position` of `attempt`, rendered, or None when there is none. One query."""
    row = _QUESTION.first(attempt.pk, position) if 0 < position <= LARGEST_PLACE else None
    return shown_place(row, row.total) if row is not None else None  # type: ignore[attr-defined]  # annotated


def shown_place(row: AttemptQuestion, total: int) -> QuestionPage:
    """Return a place that was read by `place_behind`, one of `total`, rendered. No query."""
    shown = rendered(row.question_version, row.option_order)
    return QuestionPage(
        position=row.position,
        total=total,
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


def attempt_with_person(attempt_id: int) -> Attempt:
    """Return an attempt with its invitation, version and person. One query. Raises `Attempt.DoesNotExist`."""
    attempt = _WITH_PERSON.first(attempt_id)
    if attempt is None:
        raise Attempt.DoesNotExist
    return attempt


def is_followed(attempt: Attempt) -> bool:
    """Whether its person took the test again after this attempt. One query."""
    later = Attempt.objects.filter(invitation_id=attempt.invitation_id, number__gt=attempt.number)
    return later.exists()


def question_total(attempt_id: int) -> int:
    """Return how many questions an attempt has. One query."""
    return AttemptQuestion.objects.filter(attempt_id=attempt_id).count()


def overview(attempt: Attempt) -> list[OverviewRow]:
    """Return every place of `attempt` with whether it is answered and flagged, in order. One query."""
    return [
        OverviewRow(position, is_answered=bool(answer), is_flagged=flagged)
        for position, answer, flagged in _PLACES.all(attempt.pk)
    ]


def last_answered(attempt: Attempt) -> int | None:
    """Return the place where the latest answer of `attempt` was saved: where its person is. One query."""
    found = _LAST_ANSWERED.all(attempt.pk)
    return found[0][0] if found else None


def briefed_parts(version_id: int) -> list[BriefedPart]:
    """Return the parts of a test version in order. One query."""
    sections = AssessmentSection.objects.filter(version_id=version_id).order_by("position", "pk")
    rows = sections.annotate(count=Sum("rules__count")).values_list("title", "count", "minutes")
    return [BriefedPart(title, count, minutes) for title, count, minutes in rows if count]


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


# --- What every request reads ----------------------------------------------------------------------------------


def _with_invitation(prefix: str = "") -> list[str]:
    return [f"{prefix}version__assessment", f"{prefix}candidate", f"{prefix}link"]


def _attempts_behind(public_id: str) -> QuerySet[Attempt]:
    return (
        Attempt.objects.filter(
            invitation__link__public_id=public_id, invitation__link__purpose=LinkPurpose.TEST
        )
        .select_related(*_with_invitation("invitation__"))
        .order_by("-number", "-pk")
    )


def _invitations_behind(public_id: str) -> QuerySet[Invitation]:
    return (
        Invitation.objects.filter(link__public_id=public_id, link__purpose=LinkPurpose.TEST)
        .select_related(*_with_invitation())
        .annotate(has_others=has_other_invitations())
    )


def _places_behind(public_id: str, position: int) -> QuerySet[AttemptQuestion]:
    return (
        AttemptQuestion.objects.filter(
            attempt__invitation__link__public_id=public_id,
            attempt__invitation__link__purpose=LinkPurpose.TEST,
            position=position,
        )
        .select_related("question_version__question", *_with_invitation("attempt__invitation__"))
        .defer(*_UNREAD)
        .order_by("-attempt__number", "-attempt")
    )


def _all_but(path: str, model: type[Model], *read: str) -> list[str]:
    """Return the fields of `model` behind `path` that are not among the `read` ones."""
    fields = (field for field in model._meta.concrete_fields if not field.primary_key)
    return [f"{path}__{field.name}" for field in fields if field.name not in read]


_INVITED = "attempt__invitation"
# What neither showing nor saving an answer asks of the rows around a place: half of their columns, and all long texts
# but the question's own. A page that asks for one all the same reads it then.
_UNREAD = [
    "attempt__next_check_at",
    "attempt__submitted_at",
    "attempt__submitted_by",
    "attempt__score_due_at",
    "attempt__score_tries",
    "attempt__void_reason",
    "attempt__current_score",
    *_all_but(
        _INVITED,
        Invitation,
        *(
            "candidate",
            "version",
            "link",
            "not_before",
            "expires_at",
            "revoked_at",
            "extra_seconds",
            "language",
        ),
    ),
    *_all_but(f"{_INVITED}__candidate", Candidate, "time_zone", "language"),
    *_all_but(f"{_INVITED}__link", AccessLink, "purpose", "public_id", "generation", "revoked_at"),
    *_all_but(
        f"{_INVITED}__version",
        AssessmentVersion,
        *("assessment", "minutes", "navigation", "question_seconds", "buffer_seconds"),
    ),
    *_all_but(f"{_INVITED}__version__assessment", Assessment, "name"),
    *_all_but("question_version", QuestionVersion, "question", "stem", "options"),
    *_all_but("question_version__question", Question, "kind"),
]


def _questions(attempt_id: int, position: int) -> QuerySet[AttemptQuestion]:
    return (
        AttemptQuestion.objects.filter(attempt=attempt_id, position=position)
        .select_related("question_version__question")
        .annotate(total=_total())
    )


def _total() -> Subquery:
    siblings = AttemptQuestion.objects.filter(attempt=OuterRef("attempt")).order_by().values("attempt")
    return Subquery(siblings.annotate(count=Count("position")).values("count"))


def _attempts_with_person(attempt_id: int) -> QuerySet[Attempt]:
    rows = Attempt.objects.filter(pk=attempt_id).order_by("pk")
    return rows.select_related("invitation__version", "invitation__candidate")


def _places_of(attempt_id: int) -> QuerySet[AttemptQuestion, Any]:
    rows = AttemptQuestion.objects.filter(attempt=attempt_id).order_by("position")
    return rows.values_list("position", "answer", "is_flagged")


def _last_revision(attempt_id: int) -> QuerySet[AnswerRevision, Any]:
    revisions = AnswerRevision.objects.filter(attempt=attempt_id)
    return revisions.order_by("-received_at", "-position", "-number").values_list("position")[:1]


def _attempts_of(invitation_id: int) -> QuerySet[Attempt]:
    return Attempt.objects.filter(invitation=invitation_id).order_by("-number", "-pk")


_LATEST = CompiledRead(_attempts_of, int)
_ATTEMPT = CompiledRead(_attempts_behind, str)
_INVITATION = CompiledRead(_invitations_behind, str)
_PLACE = CompiledRead(_places_behind, str, int)
_QUESTION = CompiledRead(_questions, int, int)
_WITH_PERSON = CompiledRead(_attempts_with_person, int)
_PLACES = CompiledValues(_places_of, int)
_LAST_ANSWERED = CompiledValues(_last_revision, int)
