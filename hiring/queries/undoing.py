"""Whether what was decided last about an application can still be undone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Subquery

from accounts.models import Actor
from assessments.models import Invitation
from hiring.enums import ApplicationStatus, TransitionCause
from hiring.models import Application, ApplicationTransition
from hiring.queries.lists import last_transition
from hiring.registries import REJECTION
from hiring.rules import UNDO_FOR, UNDO_HEARD_FOR, rejection_intent
from outbox.enums import MessageState
from outbox.models import Message


@dataclass(frozen=True, slots=True)
class Undoable:
    """What a page offers to undo."""

    transition: ApplicationTransition

    @property
    def number(self) -> int:
        return self.transition.number


def undoable(application: Application, number: str, *, actor: Actor, now: datetime) -> Undoable | None:
    """Return what the actor can undo on the page of an application, where an address names its `number`.

    One query where the number is that of the newest transition, else none.
    """
    if not number.isdecimal() or number != str(application.version):
        return None
    last = last_transition(application)
    code = why_not_undone(
        last, application, number=application.version, by=actor, now=now, heard_for=UNDO_FOR
    )
    return Undoable(last) if last is not None and not code else None


def why_not_undone(
    last: ApplicationTransition | None,
    application: Application,
    *,
    number: int,
    by: Actor,
    now: datetime,
    heard_for: timedelta | None = UNDO_HEARD_FOR,
) -> str:
    """Return why a transition cannot be undone, as a code of `undo_last`; empty when it can be.

    With `heard_for` None the time is not asked about.
    """
    if last is None or last.number != number or application.version != number:
        return "not_last"
    is_mine = by.user is not None and last.by_id == by.user.pk
    if not is_mine or last.from_stage_id is None or last.cause != TransitionCause.PERSON:
        return "not_undoable"
    if ApplicationStatus.HIRED in (last.from_status, last.to_status):
        return "not_undoable"
    if heard_for is not None and now > last.at + heard_for:
        return "too_late"
    return ""


def rejection_mail_is_out(application: Application, *, number: int) -> bool:
    """Whether the mail about the rejection with this number was taken up by a worker. One query."""
    mail = Message.objects.filter(
        intent=rejection_intent(application.pk, number),
        kind=REJECTION,
    )
    return mail.exclude(state__in=(MessageState.QUEUED, MessageState.CANCELLED)).exists()


def left_withdrawn(application: Application, *, number: int) -> list[str]:
    """Return the names of the tests whose invitations were withdrawn since the transition with this number: undoing it
    does not bring them back. One query.
    """
    decided = ApplicationTransition.objects.filter(application=application, number=number)
    withdrawn = Invitation.objects.filter(
        application_link__application=application, revoked_at__gte=Subquery(decided.values("at")[:1])
    )
    names = withdrawn.order_by("version__assessment__name").values_list(
        "version__assessment__name", flat=True
    )
    return list(names.distinct())
