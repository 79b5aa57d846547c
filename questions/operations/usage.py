"""How often questions are met: a summary that the floor above writes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Greatest

from accounts.models import Actor
from accounts.operations import only_sample_data
from questions.models import QuestionUsage


@transaction.atomic
def record_usage(*, shown: Mapping[int, int], now: datetime) -> None:
    """Add to how often each question (by its id) was shown. The caller sees to it that nothing is counted twice."""
    QuestionUsage.objects.bulk_create(
        [QuestionUsage(question_id=question_id, as_of=now) for question_id in sorted(shown)],
        ignore_conflicts=True,
    )
    by_count: dict[int, list[int]] = {}
    for question_id, count in shown.items():
        by_count.setdefault(count, []).append(question_id)
    rows = QuestionUsage.objects.filter(question_id__in=shown)
    # Always taken in one order: two workers that count overlapping questions must not wait for each other in a circle.
    list(rows.select_for_update().order_by("question_id").values_list("question_id"))
    for count, question_ids in by_count.items():
        QuestionUsage.objects.filter(question_id__in=question_ids).update(shown=F("shown") + count, as_of=now)


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
