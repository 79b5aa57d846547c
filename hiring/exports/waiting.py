"""What waits for colleagues, as files: invitations that ran out, approvals, answers of candidates, interviews."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any, Final

from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Actor
from assessments.models import Invitation
from candidates.queries import main_address_of
from hiring.enums import InterviewState
from hiring.models import Application, Approval, Interview
from hiring.queries import approval_rows, takeable, takeable_invitations
from hiring.queries.approvals import ApprovalRow
from hiring.queries.replies import AnswerRow, answer_rows, part_of_answers
from outbox.models import InboundMessage
from outbox.operations import ListFile, in_order, take_list
from outbox.registries.taking import takeable_mail
from rendering.tables import TableColumn

_PERSON_AT_STAGE: Final = ("application__candidate", "application__job", "application__stage")


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
    parts = ("candidate", "version__assessment", "application_link__application__job")
    loaded = Invitation.objects.select_related(*parts).annotate(email=main_address_of("candidate"))
    file = ListFile(
        listed="waiting expired",
        name="ran-out",
        sheet=gettext("Invitations that ran out"),
        columns=_EXPIRED,
        keys=list(takeable_invitations(rows, by).values_list("pk", flat=True)),
        rows=partial(in_order, loaded),
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
    loaded = Approval.objects.select_related("stage", "asked_by", *_PERSON_AT_STAGE)
    file = ListFile(
        listed="waiting approvals",
        name="approvals",
        sheet=gettext("Waiting for your approval"),
        columns=_APPROVALS,
        keys=_of_takeable(rows, by),
        rows=lambda keys: approval_rows(in_order(loaded, keys), by, now=now),
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
    file = ListFile(
        listed="answers",
        name="answers",
        sheet=gettext("Answers of candidates"),
        columns=_ANSWERS,
        keys=list(takeable_mail(rows, by).values_list("pk", flat=True)),
        rows=lambda keys: answer_rows(in_order(part_of_answers(keys), keys), by),
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
    file = ListFile(
        listed="interviews",
        name="interviews",
        sheet=gettext("Interviews"),
        columns=_INTERVIEWS,
        keys=_of_takeable(rows, by),
        rows=partial(in_order, Interview.objects.select_related(*_PERSON_AT_STAGE)),
    )
    return take_list(file, format=format, by=by, now=now)


def _of_takeable(rows: QuerySet[Any], by: Actor) -> list[int]:
    """Those of `rows` that are about applications which the reader may take along, by number."""
    theirs = takeable(Application.objects.all(), by).values("pk")
    return list(rows.filter(application__in=theirs).values_list("pk", flat=True))


def _application_of(invitation: Any) -> Application:
    application: Application = invitation.application_link.application
    return application


_EXPIRED: Final[Sequence[TableColumn[Any]]] = (
    TableColumn(_("Name"), lambda row: str(row.candidate)),
    TableColumn(_("Email address"), lambda row: row.email or ""),
    TableColumn(_("Job"), lambda row: _application_of(row).job.title),
    TableColumn(_("Test"), lambda row: row.version.assessment.name),
    TableColumn(_("Ran out"), lambda row: row.expires_at),
    TableColumn(_("Application"), lambda row: _application_of(row).public_id),
)
_APPROVALS: Final[Sequence[TableColumn[ApprovalRow]]] = (
    TableColumn(_("Name"), lambda row: str(row.approval.application.candidate)),
    TableColumn(_("Job"), lambda row: row.approval.application.job.title),
    TableColumn(_("Stage"), lambda row: row.approval.application.stage.name),
    TableColumn(_("To stage"), lambda row: row.approval.stage.name),
    TableColumn(_("Asked"), lambda row: row.approval.asked_at),
    TableColumn(_("Asked by"), lambda row: str(row.approval.asked_by or gettext("by the stage’s rule"))),
    TableColumn(_("Note"), lambda row: row.approval.note),
    TableColumn(_("Percent"), lambda row: row.person.test.percent if row.person.test else None),
    TableColumn(_("Result"), lambda row: row.person.outcome.label if row.person.outcome else ""),
    TableColumn(_("Recommended for"), lambda row: row.for_them),
    TableColumn(_("Recommended against"), lambda row: row.against),
    TableColumn(_("Application"), lambda row: row.approval.application.public_id),
)
_ANSWERS: Final[Sequence[TableColumn[AnswerRow]]] = (
    TableColumn(_("Received"), lambda row: row.reply.received_at),
    TableColumn(
        _("Name"), lambda row: str(row.application.candidate) if row.application else row.reply.from_name
    ),
    TableColumn(_("From"), lambda row: row.reply.from_address),
    TableColumn(_("From another address than was written to"), lambda row: row.reply.is_from_elsewhere),
    TableColumn(_("Job"), lambda row: row.application.job.title if row.application else ""),
    TableColumn(_("Subject"), lambda row: row.reply.subject),
    TableColumn(_("Beginning of the text"), lambda row: getattr(row.reply, "beginning", "")),
    TableColumn(_("Files that were not kept"), lambda row: row.reply.attachments),
    TableColumn(_("Seen to"), lambda row: row.reply.read_at),
    TableColumn(_("Seen to by"), lambda row: str(row.reply.read_by or "")),
)
_INTERVIEWS: Final[Sequence[TableColumn[Interview]]] = (
    TableColumn(_("Name"), lambda interview: str(interview.application.candidate)),
    TableColumn(_("Interview"), lambda interview: interview.title),
    TableColumn(_("State"), lambda interview: InterviewState(interview.state).label),
    TableColumn(_("Job"), lambda interview: interview.application.job.title),
    TableColumn(_("Stage"), lambda interview: interview.application.stage.name),
    TableColumn(_("Asked for"), lambda interview: interview.created_at),
    TableColumn(_("Application"), lambda interview: interview.application.public_id),
)
