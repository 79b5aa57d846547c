"""Which questions a list shows: by words, by what they are, by how they did, by what is wrong with them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Final

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.db.models.lookups import IsNull

from questions.enums import Exposure, FindingState, QuestionFlag, Status
from questions.models import (
    Question,
    QuestionBank,
    QuestionFinding,
    QuestionTag,
    QuestionUsage,
    QuestionVersion,
    QuestionWords,
    Skill,
)
from shell.words import AmongThese, wanted_words

# What lists may be sorted by. The first two are orders of an index: nothing is sorted for them.
QUESTION_SORTS: Final = {
    "-changed": ("-changed_at", "-pk"),
    "changed": ("changed_at", "pk"),
    "question": ("bank", "external_id", "pk"),
    "-question": ("-bank", "-external_id", "-pk"),
    "-shown": (F("usage__shown").desc(nulls_last=True), "-pk"),
    "shown": (F("usage__shown").asc(nulls_first=True), "pk"),
    "-facility": (F("usage__facility").desc(nulls_last=True), "-pk"),
    "facility": (F("usage__facility").asc(nulls_last=True), "pk"),
    "-reports": (F("usage__open_reports").desc(nulls_last=True), "-pk"),
}
# So many times shown is little: `Exposure.SELDOM`.
FEW_TIMES: Final = 20
# Mean shares of the mark from which on a question tells little about people.
TOO_EASY, TOO_HARD = 0.9, 0.2
# With fewer answers nothing is said of how hard a question is: its mean is nine points off either way (one standard
# error at 30 answers and a half of them right).
FEWEST_ANSWERS: Final = 30
# A cap is near when so many fifths of it are used.
_NEAR, _WHOLE = 4, 5
# A search is common when so many of so many of the newest questions have all of its words.
_COMMON, _SAMPLE = 50, 1_000
# So many questions are named by their keys, which every database takes.
_FEW: Final = 900


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionFilter:
    """Which questions of a list are wanted; what is left empty narrows nothing down."""

    search: str = ""
    bank: QuestionBank | None = None
    skill: Skill | None = None
    tag: QuestionTag | None = None
    kind: str = ""
    level: str = ""
    status: str = ""
    exposure: str = ""
    flag: str = ""


def narrowed(questions: QuerySet[Question], wanted: QuestionFilter) -> QuerySet[Question]:
    """Return those of `questions` that are wanted, without order. Lazy; one query where words are looked for."""
    named = {"bank": wanted.bank, "kind": wanted.kind, "level": wanted.level, "status": wanted.status}
    questions = questions.filter(**{name: value for name, value in named.items() if value})
    if wanted.skill is not None:
        of_skill = Question.skills.through.objects.filter(skill=wanted.skill)
        questions = questions.filter(pk__in=of_skill.values("question_id"))
    if wanted.tag is not None:
        tagged = Question.tags.through.objects.filter(questiontag=wanted.tag)
        questions = questions.filter(pk__in=tagged.values("question_id"))
    if wanted.exposure:
        questions = _EXPOSURES[Exposure(wanted.exposure)](questions)
    if wanted.flag:
        questions = questions.filter(_FLAGS[QuestionFlag(wanted.flag)]())
    if wanted.search.strip():
        questions = _walked(questions, wanted.search)
    return questions


def saying(questions: QuerySet[Question], text: str) -> QuerySet[Question]:
    """Return those of `questions` in which for every word of `text` there is one that begins with it. Lazy.

    What is looked through is all that is written in them: name, id, question, options, explanation, tags and the rest.
    """
    found = QuestionWords.objects.filter(words__begin=" ".join(wanted_words(text)))
    return questions.filter(pk__in=found.values("question"))


def saying_each(questions: QuerySet[Question], text: str) -> QuerySet[Question]:
    """The same for a few lists that are read one behind the other. Lazy; one query, of a few questions."""
    if not (words := wanted_words(text)):
        return questions.none()
    found = QuestionWords.objects.filter(words__begin=" ".join(words))
    keys = list(found.order_by().values_list("pk", flat=True)[: _FEW + 1])
    if len(keys) <= _FEW:
        return questions.filter(pk__in=keys)
    return questions.filter(_has_words(words))


def _walked(questions: QuerySet[Question], text: str) -> QuerySet[Question]:
    """The same for a long list of which the first rows are read."""
    words = wanted_words(text)
    if not words:
        return questions.none()
    has_all = _all_of(words)
    newest = QuestionWords.objects.order_by("-pk").annotate(has_all=has_all).values("has_all")[:_SAMPLE]
    if sum(row["has_all"] for row in newest) >= _COMMON:
        return questions.filter(_has_words(words))
    found = QuestionWords.objects.filter(words__begin=" ".join(words))
    return questions.filter(AmongThese(F("pk"), found.values("question").query))


def _all_of(words: Collection[str]) -> Q:
    has_all = Q()
    for word in words:
        has_all &= Q(words__contains=f" {word}")
    return has_all


def _has_words(words: Collection[str]) -> IsNull:
    """Not all that have the words are found and sorted, but each that a list comes to is asked."""
    own = QuestionWords.objects.filter(_all_of(words), question=OuterRef("pk"))
    return IsNull(Subquery(own.values("pk")[:1]), False)


def with_cap(questions: QuerySet[Question]) -> QuerySet[Question]:
    """Annotate `questions` with `cap`: how often each is shown before it rests, None for no limit. Lazy."""
    return questions.annotate(cap=Coalesce("rests_after", "bank__rests_after"))


def _never(questions: QuerySet[Question]) -> QuerySet[Question]:
    return questions.filter(Q(usage=None) | Q(usage__shown=0))


def _seldom(questions: QuerySet[Question]) -> QuerySet[Question]:
    return questions.filter(usage__shown__range=(1, FEW_TIMES))


def _often(questions: QuerySet[Question]) -> QuerySet[Question]:
    return questions.filter(usage__shown__gt=FEW_TIMES)


def _capped() -> QuerySet[QuestionUsage]:
    return QuestionUsage.objects.annotate(
        cap=Coalesce("question__rests_after", "question__bank__rests_after")
    )


def _these(questions: QuerySet[Question], used: QuerySet[QuestionUsage]) -> QuerySet[Question]:
    # Worked out first: PostgreSQL guesses that a third of all questions are at their cap, and looks at them one by one.
    return questions.filter(AmongThese(F("pk"), used.values("question").query))


def _near_cap(questions: QuerySet[Question]) -> QuerySet[Question]:
    counted = _capped().annotate(fifths=F("shown") * _WHOLE)
    return _these(questions, counted.filter(fifths__gte=F("cap") * _NEAR, shown__lt=F("cap")))


def _at_cap(questions: QuerySet[Question]) -> QuerySet[Question]:
    return _these(questions, _capped().filter(shown__gte=F("cap")))


_EXPOSURES: Final[Mapping[Exposure, Callable[[QuerySet[Question]], QuerySet[Question]]]] = {
    Exposure.NEVER: _never,
    Exposure.SELDOM: _seldom,
    Exposure.OFTEN: _often,
    Exposure.NEAR_CAP: _near_cap,
    Exposure.AT_CAP: _at_cap,
}


def _has_findings() -> Q:
    open_ones = QuestionFinding.objects.filter(state=FindingState.OPEN, question__isnull=False)
    return Q(pk__in=open_ones.values("question"))


def _newer_waits() -> Q:
    drafts = QuestionVersion.objects.filter(frozen_at=None)
    return Q(current_version__isnull=False, pk__in=drafts.values("question"))


def _seldom_so(**facts: bool) -> Q:
    """Found at once by reading all questions: few are so, and a list that is walked in its order would come to most."""
    return Q(AmongThese(F("pk"), Question.objects.filter(**facts).order_by().values("pk").query))


_FLAGS: Final[Mapping[QuestionFlag, Callable[[], Q]]] = {
    QuestionFlag.FINDINGS: _has_findings,
    QuestionFlag.REPORTS: lambda: Q(usage__open_reports__gt=0),
    QuestionFlag.LEAKED: lambda: _seldom_so(leaked_at__isnull=False),
    QuestionFlag.RESTING: lambda: _seldom_so(rested_at__isnull=False),
    QuestionFlag.TOO_EASY: lambda: Q(usage__facility__gte=TOO_EASY, usage__answers__gte=FEWEST_ANSWERS),
    QuestionFlag.TOO_HARD: lambda: Q(usage__facility__lte=TOO_HARD, usage__answers__gte=FEWEST_ANSWERS),
    QuestionFlag.NEWER_WAITS: _newer_waits,
}


def with_stem(questions: QuerySet[Question]) -> QuerySet[Question]:
    """Annotate `questions` with `stem`, the text of their newest version. Lazy."""
    newest = QuestionVersion.objects.filter(question=OuterRef("pk")).order_by("-number", "-pk")
    return questions.annotate(stem=Subquery(newest.values("stem")[:1]))


def question_rows(keys: Collection[int]) -> dict[int, Question]:
    """Return the questions of one page of a list by their keys, with bank, usage, skills and tags, and annotated with
    `stem` (of the newest version), `cap`, `finding_count` and `newer_waits`. Three queries.
    """
    findings = QuestionFinding.objects.filter(question=OuterRef("pk"), state=FindingState.OPEN)
    counted = findings.order_by().values("question").annotate(count=Count("pk")).values("count")
    drafts = QuestionVersion.objects.filter(question=OuterRef("pk"), frozen_at=None)
    rows = with_stem(with_cap(Question.objects.select_related("bank", "usage"))).annotate(
        finding_count=Coalesce(Subquery(counted), 0),
        newer_waits=Exists(drafts),
    )
    found: dict[int, Question] = rows.prefetch_related("skills", "tags").in_bulk(keys)  # type: ignore[assignment]
    return found


def is_newer_waiting(question: Question) -> bool:
    """Whether a row of `question_rows` is shown in one version while the next one is written."""
    waits: bool = question.newer_waits  # type: ignore[attr-defined]
    return waits and question.current_version_id is not None and question.status != Status.RETIRED
