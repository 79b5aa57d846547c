"""All that waits for an author: reviews, what came back, what was found, what candidates reported, what is spared."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.db.models import F, Q, QuerySet

from accounts.models import Actor
from questions.enums import FindingKind, FindingState, QueueReason, Status, Weight
from questions.models import Question, QuestionFinding, QuestionUsage, QuestionVersion
from questions.queries.finding import saying_each, with_stem
from questions.queries.findings import ShownFinding, open_findings, with_words
from questions.queries.reviews import own_reviews, sent_back_to, waiting_reviews
from questions.queries.words import question_title
from questions.registries import ReportLine, report_lines
from shell.words import AmongThese


@dataclass(frozen=True, slots=True)
class WantedQueue:
    """What of the queue is asked for; empty is everything. `kind` is a `QueueReason` or a `FindingKind`."""

    bank: int | None = None
    kind: str = ""
    weight: str = ""
    mine: bool = False
    words: str = ""


@dataclass(slots=True)
class QueuedQuestion:
    """A question of the queue, with all for which it is there."""

    question: Question
    title: str
    may_review: bool
    findings: list[ShownFinding] = field(default_factory=list)
    reports: list[ReportLine] = field(default_factory=list)

    @property
    def open_reports(self) -> int:
        """How many reports of candidates nobody has settled."""
        return self.question.usage.open_reports if hasattr(self.question, "usage") else 0


def review_queue(actor: Actor, wanted: WantedQueue) -> list[QuerySet[Question, int]]:
    """Return the keys of the questions that wait for an author: lists of them, one behind the other, each lazy.

    What came back to the actor comes first, then what candidates reported, errors, reviews, all else that was found,
    and what is spared; a question is in each list that it belongs to. Reviews alone come as long as they wait, and
    what came back the newest first. One query where words are looked for.
    """
    questions = _narrowed(Question.objects.exclude(status=Status.RETIRED).visible_to(actor), actor, wanted)
    if wanted.kind == QueueReason.SENT_BACK:
        return [questions.order_by("-changed_at", "-pk").values_list("pk", flat=True)]
    if wanted.kind in QueueReason.reviews:
        return [questions.order_by("review_asked_at", "pk").values_list("pk", flat=True)]
    is_all = not wanted.kind and not wanted.weight
    lists = [
        questions.filter(_REASONS[QueueReason.SENT_BACK](actor)),
        questions.filter(_REASONS[QueueReason.REPORTED](actor)),
        questions.filter(_found(weight=Weight.ERROR)),
        questions.filter(_REASONS[QueueReason.IN_REVIEW](actor)),
        questions.filter(_found()),
        questions.filter(_REASONS[QueueReason.SPARED](actor)) if is_all else questions,
    ]
    return [each.order_by("pk").values_list("pk", flat=True) for each in lists]


def _narrowed(questions: QuerySet[Question], actor: Actor, wanted: WantedQueue) -> QuerySet[Question]:
    if wanted.bank is not None:
        questions = questions.filter(bank=wanted.bank)
    facts = {"kind": wanted.kind if wanted.kind in FindingKind.values else "", "weight": wanted.weight}
    chosen = {name: value for name, value in facts.items() if value}
    if chosen:
        questions = questions.filter(_found(**chosen))
    if wanted.kind in QueueReason.values:
        questions = questions.filter(_REASONS[QueueReason(wanted.kind)](actor))
    if wanted.mine:
        mine = Q(created_by=actor.user) | Q(changed_by=actor.user)
        written = QuestionVersion.objects.filter(mine).values("question")
        questions = questions.filter(Q(created_by=actor.user) | Q(pk__in=written))
    return saying_each(questions, wanted.words) if wanted.words else questions


def _these(rows: QuerySet[Any, Any]) -> Q:
    """Those of a set that is small beside all questions, and is worked out first."""
    return Q(AmongThese(F("pk"), rows.query))


def _keys(questions: QuerySet[Question]) -> QuerySet[Question, Any]:
    return questions.order_by().values("pk")


def _found(**facts: str) -> Q:
    found = QuestionFinding.objects.filter(state=FindingState.OPEN, question__isnull=False, **facts)
    return Q(pk__in=found.values("question"))


_REASONS: Final[Mapping[QueueReason, Callable[[Actor], Q]]] = {
    QueueReason.FOR_ME: lambda actor: _these(_keys(waiting_reviews(actor))),
    QueueReason.FOR_OTHERS: lambda actor: _these(_keys(own_reviews(actor))),
    QueueReason.IN_REVIEW: lambda _actor: Q(review_asked_at__isnull=False),
    QueueReason.SENT_BACK: lambda actor: _these(_keys(sent_back_to(actor))),
    QueueReason.REPORTED: lambda _actor: _these(
        QuestionUsage.objects.filter(open_reports__gt=0).values("question")
    ),
    QueueReason.SPARED: lambda _actor: Q(leaked_at__isnull=False) | Q(rested_at__isnull=False),
    QueueReason.FOUND: lambda _actor: _found(),
}


def queued(keys: Sequence[int], actor: Actor) -> list[QueuedQuestion]:
    """Return what stands in the queue of these questions, in their order. At most five queries."""
    with_facts = with_stem(Question.objects.select_related("bank", "usage", "review_asked_by"))
    questions: Mapping[int, Any] = with_facts.in_bulk(keys)
    found = _findings_by_question(keys, actor)
    asked = [key for key, question in questions.items() if question.review_asked_at]
    for_me = set(waiting_reviews(actor).filter(pk__in=asked).values_list("pk", flat=True)) if asked else set()
    entries = [
        QueuedQuestion(questions[key], question_title(questions[key]), key in for_me, found[key])
        for key in keys
        if key in questions
    ]
    reported = [entry.question.pk for entry in entries if entry.open_reports]
    lines = report_lines(reported, actor) if reported else {}
    for entry in entries:
        entry.reports = list(lines.get(entry.question.pk, ()))
    return entries


def _findings_by_question(keys: Collection[int], actor: Actor) -> Mapping[int | None, list[ShownFinding]]:
    found: dict[int | None, list[ShownFinding]] = defaultdict(list)
    rows = open_findings(actor).filter(question__in=keys).order_by("-weight", "pk")
    for shown in with_words(rows, actor):
        found[shown.row.question_id].append(shown)
    return found


def findings_of_banks(actor: Actor, wanted: WantedQueue) -> list[ShownFinding]:
    """Return what is true of banks as a whole and waits for an author. One query."""
    is_other = wanted.kind in QueueReason.values and wanted.kind != QueueReason.FOUND
    if wanted.mine or wanted.words or is_other:
        return []
    rows = open_findings(actor).filter(question=None).select_related("bank")
    if wanted.bank is not None:
        rows = rows.filter(bank=wanted.bank)
    if wanted.kind in FindingKind.values:
        rows = rows.filter(kind=wanted.kind)
    if wanted.weight:
        rows = rows.filter(weight=wanted.weight)
    return with_words(rows.order_by("bank__name", "pk"), actor)
