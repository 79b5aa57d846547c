"""Reads of what was found, and of all that waits for an author: the review queue."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from accounts.models import Actor
from questions.enums import FindingKind, FindingState, Status, Weight
from questions.models import Question, QuestionFinding, QuestionUsage, QuestionVersion
from questions.queries.finding import saying, with_stem
from questions.queries.finding_words import FindingWords, finding_words
from questions.queries.words import plain_stem
from questions.registries import ReportLine, report_lines

# What the queue holds beside findings, in the place of a kind.
IN_REVIEW: Final = "in_review"
REPORTED: Final = "reported"


@dataclass(frozen=True, slots=True)
class WantedQueue:
    """What of the queue is asked for; empty is everything."""

    bank: int | None = None
    kind: str = ""
    weight: str = ""
    mine: bool = False
    words: str = ""


@dataclass(frozen=True, slots=True)
class ShownFinding:
    """A finding with its words."""

    row: QuestionFinding
    words: FindingWords


@dataclass(slots=True)
class QueuedQuestion:
    """A question of the queue, with all for which it is there."""

    question: Question
    title: str
    findings: list[ShownFinding] = field(default_factory=list)
    reports: list[ReportLine] = field(default_factory=list)

    @property
    def open_reports(self) -> int:
        """How many reports of candidates nobody has settled."""
        return self.question.usage.open_reports if hasattr(self.question, "usage") else 0


def open_findings(actor: Actor) -> QuerySet[QuestionFinding]:
    """Return what was found and waits for an author, in questions that are in use and in banks. Lazy."""
    rows = QuestionFinding.objects.filter(state=FindingState.OPEN).visible_to(actor)
    return rows.filter(Q(question=None) | ~Q(question__status=Status.RETIRED))


def review_queue(actor: Actor, wanted: WantedQueue) -> QuerySet[Question]:
    """Return the questions in which something was found, that wait for a review, or with which candidates found
    something wrong. Reported ones come first, then those with errors, then those in review. Lazy.
    """
    found = QuestionFinding.objects.filter(state=FindingState.OPEN, question__isnull=False)
    if wanted.bank is not None:
        found = found.filter(bank=wanted.bank)
    errors = found.filter(weight=Weight.ERROR).values("question")
    reported = QuestionUsage.objects.filter(open_reports__gt=0).values("question")
    questions = with_stem(_in_queue(actor, wanted, found, reported))
    rank = Case(
        When(pk__in=reported, then=Value(0)),
        When(pk__in=errors, then=Value(1)),
        When(review_asked_at__isnull=False, then=Value(2)),
        default=Value(3),
        output_field=IntegerField(),
    )
    return questions.select_related("bank", "usage", "review_asked_by").order_by(rank, "pk")


def queue_count(actor: Actor) -> int:
    """Return how many questions are in the review queue. One query."""
    found = QuestionFinding.objects.filter(state=FindingState.OPEN, question__isnull=False)
    reported = QuestionUsage.objects.filter(open_reports__gt=0).values("question")
    return _in_queue(actor, WantedQueue(), found, reported).count()


def _in_queue(
    actor: Actor,
    wanted: WantedQueue,
    found: QuerySet[QuestionFinding],
    reported: QuerySet[QuestionUsage, Any],
) -> QuerySet[Question]:
    questions = Question.objects.exclude(status=Status.RETIRED).visible_to(actor)
    if wanted.bank is not None:
        questions = questions.filter(bank=wanted.bank)
    if wanted.kind in FindingKind.values:
        found = found.filter(kind=wanted.kind)
    if wanted.weight:
        found = found.filter(weight=wanted.weight)
    in_found = Q(pk__in=found.values("question"))
    if wanted.kind == IN_REVIEW:
        questions = questions.filter(review_asked_at__isnull=False)
    elif wanted.kind == REPORTED:
        questions = questions.filter(pk__in=reported)
    elif wanted.kind or wanted.weight:
        questions = questions.filter(in_found)
    else:
        questions = questions.filter(in_found | Q(review_asked_at__isnull=False) | Q(pk__in=reported))
    if wanted.mine:
        mine = Q(created_by=actor.user) | Q(changed_by=actor.user)
        written = QuestionVersion.objects.filter(mine).values("question")
        questions = questions.filter(Q(created_by=actor.user) | Q(pk__in=written))
    return saying(questions, wanted.words) if wanted.words else questions


def queued(questions: Sequence[Question], actor: Actor) -> list[QueuedQuestion]:
    """Return what stands in the queue of a page of `review_queue`. At most three queries."""
    ids = [question.pk for question in questions]
    rows = open_findings(actor).filter(question__in=ids).order_by("-weight", "pk")
    found: dict[int | None, list[ShownFinding]] = defaultdict(list)
    for shown in with_words(rows):
        found[shown.row.question_id].append(shown)
    entries = [
        QueuedQuestion(question, question_title(question), found[question.pk]) for question in questions
    ]
    reported = [entry.question.pk for entry in entries if entry.open_reports]
    lines = report_lines(reported, actor) if reported else {}
    for entry in entries:
        entry.reports = list(lines.get(entry.question.pk, ()))
    return entries


def findings_of_banks(actor: Actor, wanted: WantedQueue) -> list[ShownFinding]:
    """Return what is true of banks as a whole and waits for an author. One query."""
    if wanted.mine or wanted.words or wanted.kind in (IN_REVIEW, REPORTED):
        return []
    rows = open_findings(actor).filter(question=None).select_related("bank")
    if wanted.bank is not None:
        rows = rows.filter(bank=wanted.bank)
    if wanted.kind:
        rows = rows.filter(kind=wanted.kind)
    if wanted.weight:
        rows = rows.filter(weight=wanted.weight)
    return with_words(rows.order_by("bank__name", "pk"))


def findings_of(question: Question, actor: Actor) -> list[ShownFinding]:
    """Return what was found in a question and is open or accepted, errors first. At most two queries."""
    rows = QuestionFinding.objects.filter(question=question).exclude(state=FindingState.GONE)
    seen = rows.visible_to(actor).select_related("accepted_by")
    return sorted(
        with_words(seen.order_by("-weight", "pk")), key=lambda shown: shown.row.state != FindingState.OPEN
    )


def chosen_findings(finding_ids: Collection[int], actor: Actor) -> list[ShownFinding]:
    """Return those findings that are open and that the actor sees. At most two queries."""
    rows = open_findings(actor).filter(pk__in=finding_ids).select_related("bank", "question")
    return with_words(rows.order_by("pk"))


def with_words(rows: Iterable[QuestionFinding]) -> list[ShownFinding]:
    """Return findings with their words. One query where they name other questions, beside that of `rows`."""
    findings = list(rows)
    others = _named_by(findings)
    return [ShownFinding(row, finding_words(row, others=others)) for row in findings]


def _named_by(findings: Iterable[QuestionFinding]) -> Mapping[int, str]:
    ids = {int(row.values["other"]) for row in findings if row.kind == FindingKind.NEAR_DUPLICATE}
    if not ids:
        return {}
    return dict(Question.objects.filter(pk__in=ids).values_list("pk", "external_id"))


def question_title(question: Any) -> str:
    """Return what a question of `with_stem` is called in a list."""
    return question.name or plain_stem(question.stem or "") or question.external_id
