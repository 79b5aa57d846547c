"""From what was found now to rows: what is new, what is there again, and what is mended."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from questions.enums import FindingState
from questions.models import QuestionFinding

# What an acceptance holds for: the text that stood at the place, by its fingerprint.
TEXT = "text"
# Question (None for the bank as a whole), kind, place.
Key = tuple[int | None, str, str]
_BATCH = 500


@dataclass(slots=True)
class Changed:
    """How many findings are new or open again, and how many are mended."""

    opened: int = 0
    gone: int = 0

    def add(self, other: Changed) -> None:
        """Count those of `other` too."""
        self.opened += other.opened
        self.gone += other.gone


def key_of(row: QuestionFinding) -> Key:
    """Return what a finding is told apart by."""
    return row.question_id, row.kind, row.place


@transaction.atomic
def keep_findings(
    *, found: Iterable[QuestionFinding], known: Sequence[QuestionFinding], now: datetime
) -> Changed:
    """Let the rows say what was `found`, and return what changed by it.

    What is found and not among the `known` rows is opened; of those, what is not found any more is gone, and what was
    gone is opened again. What was accepted stays so as long as the same text stands there. A row that somebody changed
    since it was read is left as it is: whoever changed it saw the question as it was, and it is looked through again.
    """
    wanted = {key_of(row): row for row in found}
    changed = Changed()
    gone: dict[str, list[int]] = defaultdict(list)
    for row in known:
        now_found = wanted.pop(key_of(row), None)
        if now_found is None:
            if row.state != FindingState.GONE:
                gone[row.state].append(row.pk)
        elif row.state == FindingState.GONE or _stands_for_another(row, now_found):
            changed.opened += _update(row, now_found, **_OPEN, found_at=now)
        elif _said(row) != _said(now_found):
            _update(row, now_found)
    for state, ids in gone.items():
        rows = QuestionFinding.objects.filter(pk__in=ids, state=state)
        changed.gone += rows.update(**{**_OPEN, "state": FindingState.GONE, "gone_at": now})
    fresh = list(wanted.values())
    QuestionFinding.objects.bulk_create(fresh, batch_size=_BATCH, ignore_conflicts=True)
    changed.opened += len(fresh)
    return changed


_OPEN: Mapping[str, object] = {
    "state": FindingState.OPEN,
    "gone_at": None,
    "accepted_at": None,
    "accepted_by": None,
    "reason": "",
}


def _stands_for_another(row: QuestionFinding, found: QuestionFinding) -> bool:
    return row.state == FindingState.ACCEPTED and row.values.get(TEXT) != found.values.get(TEXT)


def _said(row: QuestionFinding) -> dict[str, object]:
    # A question may have moved to another bank.
    return {name: getattr(row, name) for name in ("bank_id", "version_id", "values", "weight")}


def _update(row: QuestionFinding, found: QuestionFinding, **more: object) -> int:
    unchanged = QuestionFinding.objects.filter(pk=row.pk, state=row.state)
    return unchanged.update(**_said(found), **more)
