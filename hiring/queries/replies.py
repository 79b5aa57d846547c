"""Mail that came to us about applications."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Left

from accounts.models import Actor
from hiring.enums import Capability
from hiring.models import Application, ApplicationAssessment
from hiring.queries.access import jobs_where
from hiring.queries.application_tests import ApplicationTest
from hiring.queries.undelivered import applications_of
from outbox.enums import InboundKind
from outbox.models import InboundMessage

# Of a text that can be long; the page of the message has all of it.
BEGINNING = 600


def replies_of(
    application: Application, tests: Iterable[ApplicationTest], actor: Actor
) -> list[InboundMessage]:
    """Return what came back to mail about an application or about its tests, as far as the actor sees it, oldest first:
    `beginning` is the beginning of each text. One query.
    """
    invitations = [test.invitation.pk for test in tests if test.link.reused_attempt is None]
    about = Q(about="hiring.application", about_id=application.pk) | Q(
        about="assessments.invitation", about_id__in=invitations
    )
    replies = InboundMessage.objects.filter(about, answers__isnull=False).visible_to(actor)
    return list(_beginnings(replies).order_by("received_at", "pk"))


def _beginnings(replies: QuerySet[InboundMessage], *related: str) -> QuerySet[InboundMessage]:
    shown = replies.annotate(beginning=Left("body", BEGINNING)).select_related("answers", *related)
    return shown.defer("body", "answers__body")


def answers(actor: Actor, *, unread: bool) -> QuerySet[InboundMessage]:
    """Return the answers of candidates that the actor sees, those that nobody has read first, then the newest, each
    with the `beginning` of its text; `unread` leaves out what was read. Lazy.
    """
    rows = InboundMessage.objects.filter(kind=InboundKind.REPLY, answers__isnull=False).visible_to(actor)
    if unread:
        return _beginnings(rows.filter(read_at=None), "read_by").order_by("-received_at", "-pk")
    read_last = Case(When(read_at=None, then=Value(0)), default=Value(1))
    return _beginnings(rows, "read_by").order_by(read_last, "-received_at", "-pk")


def answers_to_read(actor: Actor) -> QuerySet[InboundMessage]:
    """Return the unread answers that are the actor's to see to: all but those of jobs that others write for. Lazy."""
    jobs = jobs_where(actor, Capability.MAIL)
    applications = Application.objects.exclude(job__in=jobs)
    ties = ApplicationAssessment.objects.exclude(application__job__in=jobs)
    # The start page counts them, so each row is looked at by itself.
    of_others = (
        Q(about="hiring.application") & Exists(applications.filter(pk=OuterRef("about_id")))
        | Q(about="assessments.invitation") & Exists(ties.filter(invitation=OuterRef("about_id")))
        | Q(about="assessments.attempt") & Exists(ties.filter(invitation__attempts=OuterRef("about_id")))
    )
    return answers(actor, unread=True).filter(~of_others)


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """An answer with the application that it is about, if there is one; `may_read` if it waits for the actor."""

    reply: InboundMessage
    application: Application | None
    may_read: bool


def answer_rows(replies: Iterable[InboundMessage], actor: Actor) -> list[AnswerRow]:
    """Return answers with what they are about. Four queries at most."""
    rows = list(replies)
    found = applications_of(rows)
    mailed = set(jobs_where(actor, Capability.MAIL).values_list("pk", flat=True))
    lines = []
    for reply in rows:
        application = found.get((reply.about, reply.about_id or 0))
        may_read = application is None or application.job_id in mailed
        lines.append(AnswerRow(reply, application, may_read and reply.read_at is None))
    return lines
