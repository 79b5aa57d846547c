"""What the scheduler asks of questions."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from config.looks import looks
from outbox.enums import WorkState
from outbox.models import Work
from questions.models import Question, QuestionBank
from questions.tasks import forget_left_behind
from tests.factories.questions import make_bank, make_question

pytestmark = pytest.mark.django_db(transaction=True)


def left_behind(mark: str, *, hours: int = 0) -> QuestionBank:
    """A hidden bank with a question, as a worker leaves it that is killed."""
    bank = make_bank(f"arriving-{mark}")
    make_question(bank=bank, ready=False)
    QuestionBank.objects.filter(pk=bank.pk).update(
        arriving_for=mark, created_at=timezone.now() - timedelta(hours=hours)
    )
    return bank


def work(mark: str, state: WorkState) -> Work:
    now = timezone.now()
    ended = None if state in WorkState.open_states else now
    return Work.objects.create(
        public_id=mark,
        kind="questions.import",
        intent=mark,
        state=state,
        actor_kind="system",
        created_at=now,
        due_at=now,
        finished_at=ended,
    )


def test_what_an_import_left_behind_is_thrown_away_every_hour_and_nothing_else() -> None:
    kept = make_question(ready=False)
    open_one, failed = left_behind("open"), left_behind("failed")
    young, old = left_behind("young", hours=5), left_behind("old", hours=7)
    work("open", WorkState.RUNNING)
    work("failed", WorkState.FAILED)

    forget_left_behind()

    assert set(QuestionBank.objects.all()) == {kept.bank, open_one, young}
    assert set(Question.objects.values_list("bank", flat=True)) == {kept.bank_id, open_one.pk, young.pk}
    assert not QuestionBank.objects.filter(pk__in=[failed.pk, old.pk]).exists()
    look = next(look for look in looks().values() if look["task"] == forget_left_behind.name)
    assert look["schedule"] == 3600
