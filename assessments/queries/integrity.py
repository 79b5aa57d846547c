"""How sittings went: a hint for a list, and one of them whole. For people who may see the attempt, never for rules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any, Final

from django.db.models import Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.enums import AttemptEventKind, AttemptState, IntegrityGrade, IntegrityThing
from assessments.models import Attempt, AttemptEvent, AttemptQuestion
from assessments.queries.sittings import SittingLine, length_of_time, sitting_lines
from assessments.rules import (
    FEWEST_PEOPLE,
    LONGEST_READING,
    MUCH_COPIED,
    Noticed,
    grade_of,
    half_reach,
    is_quick,
    reading_seconds,
    things_to_look_at,
)
from questions.models import QuestionVersion

# Comparisons look at the latest people who took a test: enough for a median, and the page stays quick.
MOST_PEOPLE: Final = 200


@dataclass(frozen=True, slots=True)
class Hint:
    """How much there is to look at in a sitting, and what. Proves nothing by itself."""

    grade: IntegrityGrade
    things: tuple[IntegrityThing, ...]


@dataclass(frozen=True, slots=True)
class QuestionTime:
    """How long a question was in sight, beside the median of those who had the same one (`people` of them).

    `median` is None where too few had it, `seconds` where the browser told nothing.
    """

    position: int
    seconds: int | None
    median: int | None
    people: int
    reading: int
    is_quick: bool


@dataclass(frozen=True, slots=True)
class SittingReading:
    """Everything on the page of an attempt about how it went."""

    hint: Hint
    is_measured: bool
    sentences: tuple[str, ...]
    times: tuple[QuestionTime, ...]
    lines: tuple[SittingLine, ...]
    left_out: int


def hints(attempt_ids: Collection[int]) -> dict[int, Hint]:
    """Return the hint of each of these attempts. Four statements, however many there are."""
    noticed = _noticed(attempt_ids)
    return {
        pk: Hint(grade_of(things, is_measured=noticed[pk].is_measured), tuple(things))
        for pk in attempt_ids
        for things in [things_to_look_at(noticed[pk])]
    }


def read_sitting(attempt: Attempt) -> SittingReading:
    """Return how `attempt` (its invitation and version loaded) went. A fixed number of queries."""
    noticed = _noticed([attempt.pk])[attempt.pk]
    things = things_to_look_at(noticed)
    rows = list(
        AttemptQuestion.objects.filter(attempt=attempt)
        .select_related("question_version")
        .order_by("position")
    )
    lines = sitting_lines(attempt)
    kept = sum(line.kind in AttemptEventKind.from_pages for line in lines)
    return SittingReading(
        hint=Hint(grade_of(things, is_measured=noticed.is_measured), tuple(things)),
        is_measured=noticed.is_measured,
        sentences=tuple(_sentences(attempt, noticed)),
        times=tuple(_times(attempt, rows)) if noticed.is_measured else (),
        lines=tuple(lines),
        left_out=max(0, attempt.notes_seen - kept),
    )


# --- What was noticed ------------------------------------------------------------------------------------------


def _noticed(attempt_ids: Collection[int]) -> dict[int, Noticed]:
    counts: dict[int, dict[str, int]] = {pk: {} for pk in attempt_ids}
    for row in _event_counts(attempt_ids):
        counts[row["attempt_id"]] |= {
            row["kind"]: row["count"],
            f"{row['kind']}_seconds": row["seconds"],
            f"{row['kind']}_much": row["much"],
        }
    quick = _quick_answers(attempt_ids)
    measured = set(
        AttemptQuestion.objects.filter(attempt__in=attempt_ids, seconds__isnull=False)
        .values_list("attempt_id", flat=True)
        .order_by()
        .distinct()
    )
    return {
        pk: Noticed(
            away=found.get(AttemptEventKind.FOCUS_LOST, 0),
            away_seconds=found.get(f"{AttemptEventKind.FOCUS_LOST.value}_seconds", 0),
            copied=found.get(f"{AttemptEventKind.COPIED.value}_much", 0),
            devices=found.get(AttemptEventKind.OTHER_DEVICE, 0),
            networks=found.get(AttemptEventKind.OTHER_ADDRESS, 0),
            browsers=found.get(AttemptEventKind.OTHER_BROWSER, 0),
            quick=quick[pk],
            is_measured=pk in measured,
        )
        for pk, found in counts.items()
    }


def _event_counts(attempt_ids: Collection[int]) -> Iterable[Mapping[str, Any]]:
    is_much = Q(data__length__gte=MUCH_COPIED) & ~Q(data__target="other")
    return (
        AttemptEvent.objects.filter(attempt__in=attempt_ids, kind__in=AttemptEventKind.noticed)
        .order_by()
        .values("attempt_id", "kind")
        .annotate(
            count=Count("pk"),
            seconds=Coalesce(Sum(Cast(KT("data__seconds"), IntegerField())), 0),
            much=Count("pk", filter=is_much),
        )
    )


def _quick_answers(attempt_ids: Collection[int]) -> Counter[int]:
    """How many questions of each attempt were answered in less than their reading time. Two queries."""
    rows = (
        AttemptQuestion.objects.filter(attempt__in=attempt_ids, seconds__lt=LONGEST_READING)
        .exclude(answer=[])
        .values_list("attempt_id", "question_version_id", "seconds")
    )
    answers = list(rows)
    needed = _reading_times({version for _attempt, version, _seconds in answers})
    return Counter(attempt for attempt, version, seconds in answers if is_quick(seconds, needed[version]))


def _reading_times(version_ids: Collection[int]) -> dict[int, int]:
    versions = QuestionVersion.objects.only("stem", "options").in_bulk(list(version_ids))
    return {pk: _reading_time(version) for pk, version in versions.items()}


def _reading_time(version: QuestionVersion) -> int:
    return reading_seconds([version.stem, *(str(option["text"]) for option in version.options)])


# --- In context ------------------------------------------------------------------------------------------------


def _people(attempt: Attempt) -> QuerySet[Attempt, Any]:
    """The latest who took the same test with a browser that told how it went."""
    told = AttemptQuestion.objects.filter(attempt=OuterRef("pk"), seconds__isnull=False)
    return (
        Attempt.objects.filter(
            Exists(told),
            invitation__version__assessment=attempt.invitation.version.assessment_id,
            state=AttemptState.SUBMITTED,
        )
        .order_by("-submitted_at", "-pk")
        .values("pk")[:MOST_PEOPLE]
    )


def _sentences(attempt: Attempt, noticed: Noticed) -> list[str]:
    """What was noticed, each count in a sentence, the commonest beside what is usual."""
    said = []
    if noticed.is_measured:
        said.append(_away_words(noticed) + _away_context(attempt))
    counts = [
        (
            noticed.devices,
            ngettext(
                "Went on from another device once.",
                "Went on from other devices %(count)d times.",
                noticed.devices,
            ),
        ),
        (
            noticed.networks,
            ngettext(
                "Went on from another network once.",
                "Went on from other networks %(count)d times.",
                noticed.networks,
            ),
        ),
        (
            noticed.browsers,
            ngettext(
                "Went on with another browser once.",
                "Went on with other browsers %(count)d times.",
                noticed.browsers,
            ),
        ),
        (
            noticed.copied,
            ngettext(
                "Copied a piece of a question once.",
                "Copied pieces of questions %(count)d times.",
                noticed.copied,
            ),
        ),
        (
            noticed.quick,
            ngettext(
                "Answered %(count)d question in less time than a very quick reader needs to read it.",
                "Answered %(count)d questions in less time than a very quick reader needs to read them.",
                noticed.quick,
            ),
        ),
    ]
    return said + [words % {"count": count} for count, words in counts if count]


def _away_words(noticed: Noticed) -> str:
    if not noticed.away:
        return _("Never looked away from the page.")
    return ngettext(
        "Looked away from the page once, %(time)s.",
        "Looked away from the page %(count)d times, %(time)s in all.",
        noticed.away,
    ) % {"count": noticed.away, "time": length_of_time(noticed.away_seconds)}


def _away_context(attempt: Attempt) -> str:
    events = (
        AttemptEvent.objects.filter(attempt=OuterRef("pk"), kind=AttemptEventKind.FOCUS_LOST)
        .order_by()
        .values("attempt")
        .annotate(count=Count("pk"))
        .values("count")
    )
    people = Attempt.objects.filter(pk__in=_people(attempt)).annotate(away=Coalesce(Subquery(events), 0))
    counts = list(people.values_list("away", flat=True))
    if len(counts) < FEWEST_PEOPLE:
        return ""
    half = half_reach(counts)
    facts = {"count": half, "people": len(counts)}
    if not half:
        return (
            " "
            + _("Fewer than half of the people who took this test did so at all (n = %(people)d).") % facts
        )
    return (
        " "
        + ngettext(
            "Half of the people who took this test did so once or more (n = %(people)d).",
            "Half of the people who took this test did so %(count)d times or more (n = %(people)d).",
            half,
        )
        % facts
    )


def _times(attempt: Attempt, rows: Sequence[AttemptQuestion]) -> list[QuestionTime]:
    others: dict[int, list[int]] = {row.question_version_id: [] for row in rows}
    same = AttemptQuestion.objects.filter(
        attempt__in=_people(attempt), question_version__in=list(others), seconds__isnull=False
    )
    for version_id, seconds in same.values_list("question_version_id", "seconds"):
        others[version_id].append(seconds or 0)
    return [_time(row, others[row.question_version_id]) for row in rows]


def _time(row: AttemptQuestion, others: Sequence[int]) -> QuestionTime:
    needed = _reading_time(row.question_version)
    return QuestionTime(
        position=row.position,
        seconds=row.seconds,
        median=int(median(others)) if len(others) >= FEWEST_PEOPLE else None,
        people=len(others),
        reading=needed,
        is_quick=bool(row.answer) and is_quick(row.seconds, needed),
    )
