"""Reads of what was found in questions and banks."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from django.db.models import Q, QuerySet
from django.utils.text import Truncator

from accounts.models import Actor
from questions.enums import FindingKind, FindingState, Status
from questions.models import Question, QuestionFinding
from questions.queries.finding import with_stem
from questions.queries.finding_words import FindingWords, OtherQuestion, finding_words
from questions.queries.words import question_title

# Of a question that a finding names beside others.
LONGEST_TITLE: Final = 80


@dataclass(frozen=True, slots=True)
class ShownFinding:
    """A finding with its words."""

    row: QuestionFinding
    words: FindingWords


def open_findings(actor: Actor) -> QuerySet[QuestionFinding]:
    """Return what was found and waits for an author, in questions that are in use and in banks. Lazy."""
    rows = QuestionFinding.objects.filter(state=FindingState.OPEN).visible_to(actor)
    return rows.filter(Q(question=None) | ~Q(question__status=Status.RETIRED))


def findings_of(question: Question, actor: Actor) -> list[ShownFinding]:
    """Return what was found in a question and is open or accepted, errors first. At most two queries."""
    rows = QuestionFinding.objects.filter(question=question).exclude(state=FindingState.GONE)
    seen = rows.visible_to(actor).select_related("accepted_by")
    return sorted(
        with_words(seen.order_by("-weight", "pk"), actor),
        key=lambda shown: shown.row.state != FindingState.OPEN,
    )


def chosen_findings(finding_ids: Collection[int], actor: Actor) -> list[ShownFinding]:
    """Return those findings that are open and that the actor sees. At most two queries."""
    rows = open_findings(actor).filter(pk__in=finding_ids).select_related("bank", "question")
    return with_words(rows.order_by("pk"), actor)


def with_words(rows: Iterable[QuestionFinding], actor: Actor) -> list[ShownFinding]:
    """Return findings with their words. One query where they name other questions, beside that of `rows`.

    Neither a question nor a bank is named that the actor may not see.
    """
    findings = list(rows)
    others = _named_by(findings, actor)
    return [ShownFinding(row, finding_words(row, others=others)) for row in findings]


def _named_by(findings: Iterable[QuestionFinding], actor: Actor) -> Mapping[int, OtherQuestion]:
    ids = {int(row.values["other"]) for row in findings if row.kind == FindingKind.NEAR_DUPLICATE}
    if not ids:
        return {}
    rows = with_stem(Question.objects.filter(pk__in=ids).visible_to(actor).select_related("bank"))
    return {
        question.pk: OtherQuestion(
            Truncator(question_title(question)).chars(LONGEST_TITLE), question.bank_id, question.bank.name
        )
        for question in rows
    }
