"""How often questions are met: a summary that the floor above writes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Greatest

from accounts.models import Actor
from accounts.operations import only_sample_data
from questions.models import QuestionUsage


@transaction.atomic(savepoint=False)
def record_usage(*, shown: Mapping[int, int], now: datetime) -> None:
    """Add to how often each question (by its id) was shown. The caller sees to it that nothing is counted twice."""
    counted = QuestionUsage.objects.filter(question_id__in=shown)
    missing = set(shown).difference(counted.values_list("question_id", flat=True))
    if missing:
        # Nobody was ever shown these, or somebody else adds them at this moment. Whoever waits for that here holds no
        # counter that is there already: a lower one, wanted after a higher one is held, would close a circle.
        QuestionUsage.objects.bulk_create(
            [QuestionUsage(question_id=question_id, as_of=now) for question_id in sorted(missing)],
            ignore_conflicts=True,
        )
    _hold(shown)
    by_count: dict[int, list[int]] = {}
    for question_id, count in shown.items():
        by_count.setdefault(count, []).append(question_id)
    for count, question_ids in by_count.items():
        QuestionUsage.objects.filter(question_id__in=question_ids).update(
            shown=F("shown") + count, last_shown_at=now, as_of=now
        )


def _hold(question_ids: Iterable[int]) -> None:
    """Lock the counters of these questions.

    Always in one order: two workers that count overlapping questions must not wait for each other in a circle.
    """
    rows = QuestionUsage.objects.filter(question_id__in=question_ids).select_for_update()
    list(rows.order_by("question_id").values_list("question_id"))


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
