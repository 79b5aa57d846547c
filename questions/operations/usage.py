"""How often questions are met, and how well they are answered: a summary that the floor above writes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any, Final

from django.db import transaction
from django.db.models import Case, F, FloatField, Value, When
from django.db.models.functions import Cast, Coalesce, Greatest

from accounts.models import Actor
from accounts.operations import only_sample_data
from outbox.operations import notify, record_event
from questions.models import Question, QuestionUsage
from questions.queries.notifications import QUESTION_RESTED, authors

# Shares of the mark are kept as whole numbers of this size.
_WHOLE: Final = 1_000_000


@transaction.atomic(savepoint=False)
def record_usage(
    *,
    shown: Mapping[int, int] | None = None,
    before: Mapping[int, Fraction] | None = None,
    after: Mapping[int, Fraction] | None = None,
    now: datetime,
) -> None:
    """Add to how often each question (by its id) was shown, and to how well it was answered. The caller sees to it that
    nothing is counted twice. At most one statement for each two numbers that are added, and four more.

    Arguments: `shown`, how many times more. `after`, the share of the mark that each answer of an attempt earned, as it
    counts from now on; `before`, as it counted until now: both for one that is marked again, `before` alone for one
    that counts no more. A wrong answer that costs marks counts as nothing earned.
    Facility is the mean of these shares, "mean(X)/max mark", the classical index of difficulty (F. M. Lord and
    M. R. Novick, "Statistical theories of mental test scores", 1968; the same figure as Moodle's facility index). An
    answer that was not given earned nothing. All versions of a question count together.
    A question that has reached its cap rests from now on, and authors are told.
    """
    shown = shown or {}
    changes = _changes(shown, before or {}, after or {})
    counted = QuestionUsage.objects.filter(question_id__in=changes)
    missing = set(changes).difference(counted.values_list("question_id", flat=True))
    if missing:
        # Nobody was ever shown these, or somebody else adds them at this moment. Whoever waits for that here holds no
        # counter that is there already: a lower one, wanted after a higher one is held, would close a circle.
        QuestionUsage.objects.bulk_create(
            [QuestionUsage(question_id=question_id, as_of=now) for question_id in sorted(missing)],
            ignore_conflicts=True,
        )
    due = [row for row in _hold(changes) if row.is_due(shown.get(row.question_id, 0))]
    alike: dict[_Change, list[int]] = {}
    for question_id, change in changes.items():
        alike.setdefault(change, []).append(question_id)
    for change, question_ids in alike.items():
        QuestionUsage.objects.filter(question_id__in=question_ids).update(**change.fields(now), as_of=now)
    for row in due:
        _rest(row.question_id, row.shown + shown[row.question_id], now=now)


@dataclass(frozen=True, slots=True)
class _Change:
    """What is added to the numbers of a question."""

    shown: int
    answers: int
    earned: int

    def fields(self, now: datetime) -> dict[str, Any]:
        """Return what an update writes."""
        fields: dict[str, Any] = {}
        if self.shown:
            fields = {"shown": F("shown") + self.shown, "last_shown_at": now}
        if self.answers or self.earned:
            # Never below nothing: whoever counts from nothing again may have forgotten what is taken back here.
            answers = Greatest(F("answers") + self.answers, Value(0))
            earned = Greatest(F("earned") + self.earned, Value(0))
            mean = Cast(earned, FloatField()) / (Cast(answers, FloatField()) * Value(float(_WHOLE)))
            fields |= {
                "answers": answers,
                "earned": earned,
                "facility": Case(When(answers__gt=-self.answers, then=mean), default=None),
            }
        return fields


def _changes(
    shown: Mapping[int, int], before: Mapping[int, Fraction], after: Mapping[int, Fraction]
) -> dict[int, _Change]:
    changes = {
        question_id: _Change(
            shown.get(question_id, 0),
            (question_id in after) - (question_id in before),
            _millionths(after.get(question_id)) - _millionths(before.get(question_id)),
        )
        for question_id in {**shown, **before, **after}
    }
    return {question_id: change for question_id, change in changes.items() if change != _Change(0, 0, 0)}


def _millionths(share: Fraction | None) -> int:
    return round(max(Fraction(0), share or Fraction(0)) * _WHOLE)


@dataclass(frozen=True, slots=True)
class _Counter:
    question_id: int
    shown: int
    cap: int | None
    rested_at: datetime | None

    def is_due(self, more: int) -> bool:
        return more > 0 and self.cap is not None and self.rested_at is None and self.shown + more >= self.cap


def _rest(question_id: int, shown: int, *, now: datetime) -> None:
    system = Actor.system()
    if not Question.objects.filter(pk=question_id, rested_at=None).update(rested_at=now):
        return
    about = Question._meta.label_lower
    record_event(
        kind="question.rested", by=system, now=now, about=about, about_id=question_id, data={"shown": shown}
    )
    notify(
        users=authors(),
        kind=QUESTION_RESTED,
        intent=f"{QUESTION_RESTED}:{question_id}:{shown}",
        about=about,
        about_id=question_id,
        count=1,
        by=system,
        now=now,
    )


def _hold(question_ids: Iterable[int]) -> list[_Counter]:
    """Lock the counters of these questions, and return them with the caps.

    Always in one order: two workers that count overlapping questions must not wait for each other in a circle.
    """
    rows = QuestionUsage.objects.filter(question_id__in=question_ids).select_for_update(of=("self",))
    capped = rows.annotate(
        cap=Coalesce("question__rests_after", "question__bank__rests_after"),
        rested_at=F("question__rested_at"),
    )
    return [
        _Counter(row.question_id, row.shown, row.cap, row.rested_at)
        for row in capped.only("question_id", "shown").order_by("question_id")
    ]


@transaction.atomic
def record_reports(*, question_id: int, opened: int, now: datetime) -> None:
    """Add to how many reports of a problem with a question are open; `opened` is negative for those settled.

    The caller sees to it that nothing is counted twice.
    """
    QuestionUsage.objects.bulk_create(
        [QuestionUsage(question_id=question_id, as_of=now)], ignore_conflicts=True
    )
    QuestionUsage.objects.filter(question_id=question_id).update(
        open_reports=Greatest(F("open_reports") + opened, Value(0))
    )


@transaction.atomic
def forget_usage(*, by: Actor) -> None:
    """Count from nothing again, when the sample people who met the questions are cleared away.

    Raises `PermissionDenied`, `NotSampleData`.
    """
    only_sample_data(by=by)
    QuestionUsage.objects.all().delete()
