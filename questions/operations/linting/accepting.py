"""What an author leaves as it is, and why."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Final

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Actor
from outbox.operations import EventDraft, record_events
from questions.enums import FindingState
from questions.models import Question, QuestionBank, QuestionFinding
from rendering.characters import clean_line

LONGEST_REASON: Final = 300
MOST_AT_ONCE: Final = 500


@transaction.atomic
def accept_findings(*, finding_ids: Collection[int], reason: str, by: Actor, now: datetime) -> int:
    """Leave what was found as it is, and return how many findings that was; those that are not open stay what they are.

    It holds until another text stands at the place. The history keeps who accepted what; the reason is with the
    finding. Raises `PermissionDenied`, and `ValidationError` keyed "reason" or "findings".
    """
    _require_author(by)
    reason = clean_line(reason)
    if not reason or len(reason) > LONGEST_REASON:
        raise ValidationError(
            {"reason": _("Say why it stays, in at most %(most)d characters.") % {"most": LONGEST_REASON}}
        )
    if len(finding_ids) > MOST_AT_ONCE:
        raise ValidationError({"findings": _("Choose at most %(most)d at once.") % {"most": MOST_AT_ONCE}})
    rows = _seen(finding_ids, FindingState.OPEN, by)
    return _change(
        rows,
        FindingState.OPEN,
        "question.finding_accepted",
        {"state": FindingState.ACCEPTED, "accepted_at": now, "accepted_by": by.user, "reason": reason},
        by=by,
        now=now,
    )


@transaction.atomic
def take_acceptance_back(*, finding_id: int, by: Actor, now: datetime) -> int:
    """Put an accepted finding before authors again; return 1, or 0 where it is not accepted.

    Raises `PermissionDenied`.
    """
    _require_author(by)
    rows = _seen([finding_id], FindingState.ACCEPTED, by)
    return _change(
        rows,
        FindingState.ACCEPTED,
        "question.finding_reopened",
        {"state": FindingState.OPEN, "accepted_at": None, "accepted_by": None, "reason": ""},
        by=by,
        now=now,
    )


def _seen(finding_ids: Collection[int], state: FindingState, by: Actor) -> list[QuestionFinding]:
    rows = QuestionFinding.objects.filter(pk__in=finding_ids, state=state).visible_to(by)
    return list(rows.order_by("pk"))


def _change(
    rows: list[QuestionFinding],
    before: FindingState,
    event: str,
    fields: dict[str, object],
    *,
    by: Actor,
    now: datetime,
) -> int:
    # One by one, so that the history tells only of what this call changed; they are at most a page of them.
    changed = [
        row for row in rows if QuestionFinding.objects.filter(pk=row.pk, state=before).update(**fields)
    ]
    record_events(
        drafts=[
            EventDraft(
                kind=event,
                about=(Question if row.question_id else QuestionBank)._meta.label_lower,
                about_id=row.question_id or row.bank_id,
                data={"finding": row.kind, "place": row.place},
            )
            for row in changed
        ],
        by=by,
        now=now,
    )
    return len(changed)


def _require_author(by: Actor) -> None:
    if not by.is_system and (by.user is None or not by.user.has_perm("questions.change_question")):
        raise PermissionDenied
