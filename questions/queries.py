"""Reads of question banks. `keys_for` is the only door to answer keys."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from accounts.models import Actor
from outbox.models import Event
from questions.enums import Kind, Status
from questions.models import AnswerKey, Question, QuestionBank, QuestionVersion
from rendering.markdown import RenderedQuestion, render_question

# Around whole words alone: in "2 * 3 * 4" they are part of what is asked.
_EMPHASIS = re.compile(r"(?<![\w*])(\*{1,2})(?=\w)([^*\n]{1,200})(?<=\w)\1(?![\w*])")
_CODE_BLOCK = re.compile(r"^(```|~~~).*?^\1", re.DOTALL | re.MULTILINE)


def keys_for(version_ids: Iterable[int]) -> dict[int, AnswerKey]:
    """Return the key in force (the latest revision) of each version that has one. One query.

    Never call this for a page that a candidate sees.
    """
    latest = (
        AnswerKey.objects.filter(version=OuterRef("version")).order_by("-revision").values("revision")[:1]
    )
    keys = AnswerKey.objects.filter(version_id__in=set(version_ids), revision=Subquery(latest))
    return {key.version_id: key for key in keys}


def key_history(version: QuestionVersion) -> QuerySet[AnswerKey]:
    """Return every revision of the key of `version`, the latest first. For authors only."""
    return AnswerKey.objects.filter(version=version).select_related("created_by").order_by("-revision", "-pk")


def ready_questions(
    *, bank_id: int, skill_id: int | None = None, level: str = "", difficulty: int | None = None
) -> QuerySet[Question]:
    """Return the questions that a test's rule may draw: ready, of a kind that is answered by choosing. Lazy.

    Arguments left out mean any. Each question comes once.
    """
    questions = Question.objects.filter(
        bank_id=bank_id,
        status=Status.READY,
        kind__in=Kind.choice_kinds,
        current_version__frozen_at__isnull=False,
    )
    if skill_id is not None:
        questions = questions.filter(
            pk__in=Question.skills.through.objects.filter(skill_id=skill_id).values("question_id")
        )
    if level:
        questions = questions.filter(level=level)
    if difficulty is not None:
        questions = questions.filter(intended_difficulty=difficulty)
    return questions.order_by("pk")


def rendered(version: QuestionVersion, order: Sequence[str] | None = None) -> RenderedQuestion:
    """Return a version as people see it, its options in `order` (as authored without one). Costs no query."""
    texts = {option["code"]: option["text"] for option in version.options}
    codes = [code for code in order if code in texts] if order is not None else list(texts)
    return render_question(version.stem, [(code, texts[code]) for code in codes])


def latest_version(question: Question) -> QuestionVersion | None:
    """Return the newest version of `question`, draft or frozen. One query."""
    return QuestionVersion.objects.filter(question=question).order_by("-number", "-pk").first()


def banks_with_counts(banks: QuerySet[QuestionBank]) -> QuerySet[QuestionBank]:
    """Annotate `banks` with `questions_all` and `questions_ready`. Lazy."""
    return banks.annotate(
        questions_all=Count("questions", distinct=True),
        questions_ready=Count("questions", filter=Q(questions__status=Status.READY), distinct=True),
    )


def with_stem(questions: QuerySet[Question]) -> QuerySet[Question]:
    """Annotate `questions` with `stem`, the text of their newest version. Lazy."""
    newest = QuestionVersion.objects.filter(question=OuterRef("pk")).order_by("-number", "-pk")
    return questions.annotate(stem=Subquery(newest.values("stem")[:1]))


def saying(questions: QuerySet[Question], words: Iterable[str]) -> QuerySet[Question]:
    """Return those of `questions` of which a version says all of `words`. Lazy."""
    versions = QuestionVersion.objects.all()
    for word in words:
        versions = versions.filter(stem__icontains=word)
    return questions.filter(pk__in=versions.values("question_id"))


def versions_of(question: Question) -> QuerySet[QuestionVersion]:
    """Return the versions of `question` with `key_count`, the newest first. Lazy."""
    return (
        QuestionVersion.objects.filter(question=question)
        .select_related("created_by")
        .annotate(key_count=Count("keys"))
        .order_by("-number", "-pk")
    )


MOST_TOLD = 50


@dataclass(frozen=True)
class HistoryLine:
    """Something that was done with a question; `who` is a colleague or "", `is_report` leads to what was reported."""

    at: datetime
    text: str
    who: str
    is_report: bool


def history_of(question: Question, actor: Actor) -> list[HistoryLine]:
    """Return what was done with a question, as far as `actor` may see it, the latest first. One query."""
    words = {
        "question.added": _("Added"),
        "question.changed": _("Changed"),
        "question.sent_to_review": _("Sent to review"),
        "question.made_ready": _("Made ready"),
        "question.retired": _("Retired"),
        "question.key_mended": _("Key mended"),
        "question.report_settled": _("Settled what a candidate reported"),
    }
    events = Event.objects.filter(about=Question._meta.label_lower, about_id=question.pk, kind__in=words)
    rows = events.visible_to(actor).select_related("actor_user").order_by("-at", "-pk")[:MOST_TOLD]
    return [
        HistoryLine(
            at=event.at,
            text=words[event.kind],
            who=str(event.actor_user or ""),
            is_report=event.kind == "question.report_settled",
        )
        for event in rows
    ]


def plain_stem(stem: str) -> str:
    """Return the words of a question in one line: without code blocks where there are other words."""
    words = " ".join(_EMPHASIS.sub(r"\2", _CODE_BLOCK.sub(" ", stem)).replace("`", "").split())
    return words or " ".join(stem.replace("`", "").split())
