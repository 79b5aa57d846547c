"""What candidates report as wrong with a question, and settling it."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Actor
from assessments import queries
from assessments.enums import ProblemKind
from assessments.models import ProblemReport
from assessments.operations.history import AttemptClosed
from outbox.operations import record_event
from questions.models import Question
from questions.operations import record_reports

# More than anybody means; a program that fills the table is stopped.
MOST_REPORTS: Final = 20
LONGEST_TEXT: Final = 500
LONGEST_NOTE: Final = 300


def report_problem(*, attempt_id: int, position: int, kind: str, text: str, now: datetime) -> ProblemReport:
    """Store that the person of an attempt finds something wrong with a question; its bank sees it at once.

    The clock and the answers stay as they are. Reporting the same again changes the words as long as nobody settled it.
    Raises `ValidationError` for an unknown kind, too long a text or too many reports, `AttemptClosed` when the test is
    over, and `AttemptQuestion.DoesNotExist` for a place that the attempt does not have.
    """
    text = " ".join(text.replace("\x00", "").split())
    if kind not in ProblemKind.values:
        raise ValidationError({"kind": _("Choose what is wrong with the question.")})
    if len(text) > LONGEST_TEXT:
        raise ValidationError(
            {"text": _("Say it in at most %(count)d characters.") % {"count": LONGEST_TEXT}}
        )
    row = queries.question_to_save(attempt_id, position)
    if not row.attempt.is_open(now=now):
        raise AttemptClosed
    reports = ProblemReport.objects.filter(attempt=attempt_id)
    if reports.count() >= MOST_REPORTS:
        raise ValidationError(_("You have reported many problems already. Write to us about any other."))
    with transaction.atomic():
        report, is_new = ProblemReport.objects.get_or_create(
            attempt_id=attempt_id,
            position=position,
            kind=kind,
            defaults={"question_version": row.question_version, "text": text, "reported_at": now},
        )
        if is_new:
            record_reports(question_id=row.question_version.question_id, opened=1, now=now)
        elif text and report.is_open:
            ProblemReport.objects.filter(pk=report.pk, settled_at=None).update(text=text)
            report.text = text
    return report


def settle_problem(*, report: ProblemReport, note: str, by: Actor, now: datetime) -> ProblemReport:
    """Take a report off the list with a note of what was done; doing it twice keeps the first. Returns the report.

    The history of the question says who settled what; the note stays with the report, where erasure blanks it.

    Raises `ValidationError` for too long a note.
    """
    note = " ".join(note.split())
    if len(note) > LONGEST_NOTE:
        raise ValidationError(
            {"note": _("Say it in at most %(count)d characters.") % {"count": LONGEST_NOTE}}
        )
    with transaction.atomic():
        settled = ProblemReport.objects.filter(pk=report.pk, settled_at=None).update(
            settled_at=now, settled_by=by.user, note=note
        )
        if settled:
            question_id = report.question_version.question_id
            record_reports(question_id=question_id, opened=-1, now=now)
            record_event(
                kind="question.report_settled",
                by=by,
                now=now,
                about=Question._meta.label_lower,
                about_id=question_id,
                data={"report": report.pk, "problem": report.kind, "with_note": bool(note)},
            )
    report.refresh_from_db()
    return report
