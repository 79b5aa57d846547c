"""Which questions and banks there are: for lists, and for rules that draw."""

from __future__ import annotations

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from questions.enums import Kind, Status
from questions.models import Question, QuestionBank, QuestionVersion, QuestionWords
from shell.words import wanted_words


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


def saying(questions: QuerySet[Question], text: str) -> QuerySet[Question]:
    """Return those of `questions` in which for every word of `text` there is one that begins with it. Lazy.

    What is looked through is all that is written in them: name, id, question, options, explanation, tags and the rest.
    """
    found = QuestionWords.objects.filter(words__begin=" ".join(wanted_words(text)))
    return questions.filter(pk__in=found.values("question"))
