"""What imports left behind that came to no end: finished where it is seen already, thrown away where it is not."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from accounts.enums import ActorKind
from accounts.models import Actor, ApiKey
from outbox.enums import WorkState
from outbox.models import Event, Work
from questions.models import QuestionBank
from questions.operations.importing.running import resume_import
from questions.operations.importing.staging import throw_away
from questions.operations.importing.switching import seen_before

# Longer than any import takes that has no row of work: one of a command.
_LEFT_BEHIND: Final = timedelta(hours=6)


def forget_left_behind(*, now: datetime) -> int:
    """Clear away what imports left behind that came to no end, and return of how many.

    Of one whose questions are seen already the rest is done, as by whoever imported them.
    """
    banks = QuestionBank.objects.exclude(arriving_for="")
    marks = dict(banks.values_list("arriving_for", "created_at"))
    works = dict(Work.objects.filter(public_id__in=marks).values_list("public_id", "state"))
    gone = [
        mark
        for mark, begun_at in marks.items()
        if (works[mark] not in WorkState.open_states if mark in works else begun_at < now - _LEFT_BEHIND)
    ]
    for mark in gone:
        seen = seen_before(mark)
        bank = QuestionBank.objects.filter(pk=seen.about_id or 0).first() if seen else None
        if seen and bank:
            resume_import(bank=bank, mark=mark, by=_actor_of(seen), now=now)
        else:
            throw_away(mark)
    return len(gone)


def _actor_of(event: Event) -> Actor:
    key = ApiKey.objects.filter(pk=event.actor_key_id).first() if event.actor_key_id else None
    return Actor(kind=ActorKind(event.actor_kind), user=event.actor_user, api_key=key)
