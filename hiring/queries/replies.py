"""Mail that came to us about applications."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Case, Q, QuerySet, Value, When
from django.db.models.functions import Left

from accounts.models import Actor
from hiring.enums import Capability
from hiring.models import Application
from hiring.queries.access import jobs_where
from hiring.queries.application_tests import ApplicationTest
from hiring.queries.grants.bases import scopes_of
from hiring.queries.undelivered import applications_of
from outbox.enums import InboundKind
from outbox.models import InboundMessage

# Of a text that can be long; the page of the message has all of it.
BEGINNING = 600


def replies_of(
    application: Application, tests: Iterable[ApplicationTest], actor: Actor, *, most: int
) -> list[InboundMessage]:
    """Return what came back to mail about an application or about its tests, as far as the actor sees it, newest first
    and at most so many: `beginning` is the beginning of each text. One query.
    """
    invitations = [test.invitation.pk for test in tests if test.link.reused_attempt is None]
    about = Q(about="hiring.application", about_id=application.pk) | Q(
        about="assessments.invitation", about_id__in=invitations
    )
    replies = InboundMessage.objects.filter(about, answers__isnull=False).visible_to(actor)
    return list(_beginnings(replies).order_by("-received_at", "-pk")[:most])


def _beginnings(replies: QuerySet[InboundMessage], *related: str) -> QuerySet[InboundMessage]:
    shown = replies.annotate(beginning=Left("body", BEGINNING)).select_related("answers", *related)
    return shown.defer("body", "answers__body")


def answers(actor: Actor, *, unread: bool) -> QuerySet[InboundMessage]:
    """Return the answers of candidates that the actor sees, those that nobody has read first, then the newest; `unread`
    leaves out what was read. Lazy.
    """
    rows = InboundMessage.objects.filter(kind=InboundKind.REPLY, answers__isnull=False).visible_to(actor)
    return _in_order(rows.filter(read_at=None) if unread else rows)


def _in_order(rows: QuerySet[InboundMessage]) -> QuerySet[InboundMessage]:
    read_last = Case(When(read_at=None, then=Value(0)), default=Value(1))
    return rows.order_by(read_last, "-received_at", "-pk")


def part_of_answers(keys: Iterable[int]) -> QuerySet[InboundMessage]:
    """Return those of `answers` with these keys, each with what it answers, who read it and the `beginning` of its
    text. Lazy.
    """
    rows = InboundMessage.objects.filter(pk__in=list(keys))
    return _in_order(_beginnings(rows, "read_by"))


def answers_to_read(actor: Actor) -> QuerySet[InboundMessage]:
    """Return the unread answers that are the actor's to see to: all but those of jobs that others write for. Lazy."""
    return answers(actor, unread=True).filter(_written_for(actor))


def answers_seen_to(actor: Actor) -> QuerySet[InboundMessage]:
    """Return the answers of `answers_to_read` that somebody has seen to, as far as there is something to read. Lazy."""
    read = answers(actor, unread=False).exclude(read_at=None).exclude(from_address="")
    return read.filter(_written_for(actor))


def _written_for(actor: Actor) -> Q:
    return Q(scope="") | Q(scope__in=scopes_of(jobs_where(actor, Capability.MAIL).values("pk")))


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """An answer with the application that it is about, if there is one; `may_read` if it waits for the actor,
    `may_unread` if they may let it wait again.
    """

    reply: InboundMessage
    application: Application | None
    may_read: bool
    may_unread: bool


def answer_rows(replies: Iterable[InboundMessage], actor: Actor) -> list[AnswerRow]:
    """Return answers with what they are about. Four queries at most."""
    rows = list(replies)
    found = applications_of(rows)
    mailed = set(jobs_where(actor, Capability.MAIL).values_list("pk", flat=True))
    lines = []
    for reply in rows:
        application = found.get((reply.about, reply.about_id or 0))
        is_theirs = application is None or application.job_id in mailed
        is_new = reply.read_at is None
        may_unread = is_theirs and not is_new and bool(reply.from_address)
        lines.append(AnswerRow(reply, application, is_theirs and is_new, may_unread))
    return lines
