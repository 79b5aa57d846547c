"""How often questions are met: a summary that the floor above writes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Coalesce, Greatest

from accounts.models import Actor
from accounts.operations import only_sample_data
from outbox.operations import notify, record_event
from questions.models import Question, QuestionUsage
from questions.queries.notifications import QUESTION_RESTED, authors


@transaction.atomic(savepoint=False)
def record_usage(*, shown: Mapping[int, int], now: datetime) -> None:
    """Add to how often each question (by its id) was shown. The caller sees to it that nothing is counted twice.

    A question that has reached its cap rests from now on, and authors are told.
    """
    counted = QuestionUsage.objects.filter(question_id__in=shown)
    missing = set(shown).difference(counted.values_list("question_id", flat=True))
    if missing:
        # Nobody was ever shown these, or somebody else adds them at this moment. Whoever waits for that here holds no
        # counter that is there already: a lower one, wanted after a higher one is held, would close a circle.
        QuestionUsage.objects.bulk_create(
            [QuestionUsage(question_id=question_id, as_of=now) for question_id in sorted(missing)],
            ignore_conflicts=True,
        )
    due = [row for row in _hold(shown) if row.is_due(shown[row.question_id])]
    by_count: dict[int, list[int]] = {}
    for question_id, count in shown.items():
        by_count.setdefault(count, []).append(question_id)
    for count, question_ids in by_count.items():
        QuestionUsage.objects.filter(question_id__in=question_ids).update(
            shown=F("shown") + count, last_shown_at=now, as_of=now
        )
    for row in due:
        _rest(row.question_id, row.shown + shown[row.question_id], now=now)


@dataclass(frozen=True, slots=True)
class _Counter:
    question_id: int
    shown: int
    cap: int | None
    rested_at: datetime | None

    def is_due(self, more: int) -> bool:
        return self.cap is not None and self.rested_at is None and self.shown + more >= self.cap


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
