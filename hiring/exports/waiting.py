"""What waits for colleagues, as files: invitations that ran out, approvals, answers of candidates, interviews."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from django.utils.translation import gettext

from accounts.models import Actor
from assessments.models import Invitation
from candidates.queries import main_address_of
from hiring.enums import InterviewState
from hiring.models import Application, Approval, Interview
from hiring.queries import approval_rows, takeable, takeable_invitations
from hiring.queries.replies import answer_rows, part_of_answers
from outbox.models import InboundMessage
from outbox.operations import ListFile, in_order, take_list
from outbox.registries.taking import takeable_mail


def expired_response(
    rows: QuerySet[Invitation],
    *,
    format: str,
    by: Actor,
    now: datetime,
) -> HttpResponseBase:
    """Return invitations that ran out (from `queries.expired_invitations`) as a file, and write down who takes it.

    It holds those that the reader may take along. Raises `TooManyRows` for an XLSX that would take too long.
    """

    def lines(keys: Sequence[int]) -> Iterator[Sequence[Any]]:
        loaded = Invitation.objects.select_related(
            "candidate", "version__assessment", "application_link__application__job"
        )
        for row in in_order(loaded.annotate(email=main_address_of("candidate")), keys):
            application = row.application_link.application
            yield [
                str(row.candidate),
                row.email or "",
                application.job.title,
                row.version.assessment.name,
                row.expires_at,
                application.public_id,
            ]

    file = ListFile(
        listed="waiting expired",
        name="ran-out",
        sheet=gettext("Invitations that ran out"),
        headings=[
            gettext("Name"),
            gettext("Email address"),
            gettext("Job"),
            gettext("Test"),
            gettext("Ran out"),
            gettext("Application"),
        ],
        keys=list(takeable_invitations(rows, by).values_list("pk", flat=True)),
        lines=lines,
    )
    return take_list(file, format=format, by=by, now=now)


def approvals_response(
    rows: QuerySet[Approval],
    *,
    format: str,
    by: Actor,
    now: datetime,
) -> HttpResponseBase:
    """Return what waits for the reader's approval (from `queries.waiting_approvals`) as a file, and write down who
    takes it.

    It holds those of jobs where the reader's role includes that. Raises `TooManyRows` as the others do.
    """

    def lines(keys: Sequence[int]) -> Iterator[Sequence[Any]]:
        parts = ("stage", "asked_by", "application__candidate", "application__job", "application__stage")
        found = in_order(Approval.objects.select_related(*parts), keys)
        for row in approval_rows(found, by, now=now):
            approval, application = row.approval, row.approval.application
            yield [
                str(application.candidate),
                application.job.title,
                application.stage.name,
                approval.stage.name,
                approval.asked_at,
                str(approval.asked_by or gettext("by the stage’s rule")),
                approval.note,
                row.person.test.percent if row.person.test else None,
                row.person.outcome.label if row.person.outcome else "",
                row.for_them,
                row.against,
                application.public_id,
            ]

    file = ListFile(
        listed="waiting approvals",
        name="approvals",
        sheet=gettext("Waiting for your approval"),
        headings=[
            gettext("Name"),
            gettext("Job"),
            gettext("Stage"),
            gettext("To stage"),
            gettext("Asked"),
            gettext("Asked by"),
            gettext("Note"),
            gettext("Percent"),
            gettext("Result"),
            gettext("Recommended for"),
            gettext("Recommended against"),
            gettext("Application"),
        ],
        keys=_of_takeable(rows, by),
        lines=lines,
    )
    return take_list(file, format=format, by=by, now=now)


def answers_response(
    rows: QuerySet[InboundMessage],
    *,
    filters: Sequence[str],
    format: str,
    by: Actor,
    now: datetime,
) -> HttpResponseBase:
    """Return answers of candidates (from `queries.replies.answers`) as a file, with as much of each text as the list
    shows, and write down who takes it.

    It holds those that the reader may take along. Raises `TooManyRows` as the others do.
    """

    def lines(keys: Sequence[int]) -> Iterator[Sequence[Any]]:
        for row in answer_rows(in_order(part_of_answers(keys), keys), by):
            reply, application = row.reply, row.application
            yield [
                reply.received_at,
                str(application.candidate) if application else reply.from_name,
                reply.from_address,
                reply.is_from_elsewhere,
                application.job.title if application else "",
                reply.subject,
                getattr(reply, "beginning", ""),
                reply.attachments,
                reply.read_at,
                str(reply.read_by or ""),
            ]

    file = ListFile(
        listed="answers",
        name="answers",
        sheet=gettext("Answers of candidates"),
        headings=[
            gettext("Received"),
            gettext("Name"),
            gettext("From"),
            gettext("From another address than was written to"),
            gettext("Job"),
            gettext("Subject"),
            gettext("Beginning of the text"),
            gettext("Files that were not kept"),
            gettext("Seen to"),
            gettext("Seen to by"),
        ],
        keys=list(takeable_mail(rows, by).values_list("pk", flat=True)),
        lines=lines,
        filters=filters,
    )
    return take_list(file, format=format, by=by, now=now)


def interviews_response(
    rows: QuerySet[Interview],
    *,
    format: str,
    by: Actor,
    now: datetime,
) -> HttpResponseBase:
    """Return the interviews that the reader holds (from `queries.my_interviews`) as a file, and write down who takes
    it.

    It holds those of jobs where the reader's role includes that: interviewing alone is no such role. Raises
    `TooManyRows` as the others do.
    """

    def lines(keys: Sequence[int]) -> Iterator[Sequence[Any]]:
        parts = ("application__candidate", "application__job", "application__stage")
        for row in in_order(Interview.objects.select_related(*parts), keys):
            application = row.application
            yield [
                str(application.candidate),
                row.title,
                InterviewState(row.state).label,
                application.job.title,
                application.stage.name,
                row.created_at,
                application.public_id,
            ]

    file = ListFile(
        listed="interviews",
        name="interviews",
        sheet=gettext("Interviews"),
        headings=[
            gettext("Name"),
            gettext("Interview"),
            gettext("State"),
            gettext("Job"),
            gettext("Stage"),
            gettext("Asked for"),
            gettext("Application"),
        ],
        keys=_of_takeable(rows, by),
        lines=lines,
    )
    return take_list(file, format=format, by=by, now=now)


def _of_takeable(rows: QuerySet[Any], by: Actor) -> list[int]:
    """Those of `rows` that are about applications which the reader may take along, by number."""
    theirs = takeable(Application.objects.all(), by).values("pk")
    return list(rows.filter(application__in=theirs).values_list("pk", flat=True))
