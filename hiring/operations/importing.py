"""Importing people with applications from a spreadsheet: checked first, written all or not at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.core.files import File
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Actor
from accounts.queries import organisation
from accounts.rules import random_code
from candidates.models import Candidate
from candidates.operations import CandidateDraft, add_tags, find_or_add_candidates
from candidates.queries import by_emails
from hiring.enums import ApplicationStatus, Capability, Source
from hiring.formats.applicants import Applicant, Applicants, Problem, TableError, read_applicants
from hiring.models import Application, Job, Stage
from hiring.operations.access import require_may
from hiring.operations.applications import added, first_stage, first_transition
from hiring.operations.errors import HiringRefused
from hiring.operations.imported import invite_imported, tests_to_invite_to
from hiring.operations.transitions import write_transitions
from hiring.queries.applying_again import earlier_applications
from hiring.queries.jobs import current_stages
from outbox.enums import WorkState
from outbox.models import Event, Work
from outbox.operations import queue_work
from outbox.registries import Report

IMPORT_CHECK = "hiring.import_check"
IMPORT = "hiring.import"
PROBLEMS_SHOWN = 200
_BATCH = 500
_TRIES = 3
_COLUMN_OF = {"full_name": "name", "email": "email", "phone": "phone"}


class ImportRefused(HiringRefused):
    """The file cannot be imported now; the message says why."""


def queue_import(
    *, job: Job, file: File[bytes], by: Actor, now: datetime, dry_run: bool = True, intent: str = ""
) -> Work:
    """Ask for a file of applicants to be checked (`dry_run`) or imported, and return the work.

    `intent` comes from the form, so that a double click is one piece of work.
    Raises: `PermissionDenied`; `JobRefused` when the job takes nobody; `ValidationError` keyed "file" for one
    that is too large.
    """
    require_may(by, Capability.ADD, job)
    first_stage(job)
    if (file.size or 0) > 5 * 1024 * 1024:
        raise ValidationError({"file": _("This file is larger than 5 MB. Split it into smaller files.")})
    kind = IMPORT_CHECK if dry_run else IMPORT
    return queue_work(
        kind=kind,
        intent=f"{kind}:{intent or random_code()}",
        arguments={"job": job.pk, "filename": str(file.name or "")[:200]},
        by=by,
        now=now,
        file=file,
    )


def confirm_import(*, check: Work, by: Actor, now: datetime, entry_actions: bool = False) -> Work:
    """Import the very file that `check` looked at, and return the work; asking twice gives the same work.

    What stages do with whoever enters them is done with `entry_actions` alone: whoever brings people from elsewhere has
    perhaps written to them already. Everything is checked again, because the job may have changed since.
    Raises: `PermissionDenied`; `ImportRefused` when the check is not done, found problems or its file is gone.
    """
    job = Job.objects.get(pk=check.arguments["job"])
    require_may(by, Capability.ADD, job)
    if check.kind != IMPORT_CHECK or check.state != WorkState.DONE or not check.result.get("ok"):
        raise ImportRefused(
            _("Check the file first, and mend what is wrong with it. Then it can be imported.")
        )
    intent = f"{IMPORT}:{check.public_id}"
    existing = Work.objects.filter(intent=intent).first()
    if existing is not None:
        return existing
    content = ContentFile(_read(check), name=check.arguments["filename"])
    return queue_work(
        kind=IMPORT,
        intent=intent,
        arguments={
            "job": job.pk,
            "filename": check.arguments["filename"],
            "entry_actions": entry_actions,
        },
        by=by,
        now=now,
        file=content,
        total=check.result.get("rows", 0),
    )


def do_import_check(work: Work, actor: Actor, report: Report, *, now: datetime) -> dict[str, Any]:
    """Say what an import would do and what is wrong, by row and column. Writes nothing but the result."""
    job = _job(work, actor)
    applicants, drafts, problems = _read_and_check(work, job, actor, now=now)
    report(len(applicants.rows), len(applicants.rows))
    people = by_emails(draft.email for draft in drafts)
    live = _live(job, [person.pk for person in people.values()])
    unchanged = sum(1 for draft in drafts if draft.email in people and people[draft.email].pk in live)
    known = sum(1 for draft in drafts if draft.email in people) - unchanged
    return _result(
        rows=len(applicants.rows),
        new=0 if problems else len(drafts) - unchanged,
        known=known,
        unchanged=unchanged,
        invited=sum(1 for row in applicants.rows if row.test),
        problems=problems,
        warnings=applicants.warnings,
        summary=_check_summary(len(problems), len(drafts) - unchanged, unchanged),
    )


def do_import(work: Work, actor: Actor, report: Report, *, now: datetime) -> dict[str, Any]:
    """Import everybody in one short transaction, or nobody when anything is wrong. Again, it changes nothing more."""
    job = _job(work, actor)
    applicants, drafts, problems = _read_and_check(work, job, actor, now=now)
    total = len(applicants.rows)
    report(0, total)
    if problems:
        return _result(
            rows=total,
            problems=problems,
            warnings=applicants.warnings,
            summary=_("Nothing was imported: the file has problems now."),
        )
    written = _write(
        job,
        applicants.rows,
        drafts,
        by=actor,
        now=now,
        mark=work.public_id,
        entry_actions=bool(work.arguments.get("entry_actions")),
    )
    people = by_emails(draft.email for draft in drafts)
    live = _live(job, [person.pk for person in people.values()])
    invited, refusals = invite_imported(
        job=job,
        wishes=[
            (live[people[draft.email].pk], row)
            for row, draft in zip(applicants.rows, drafts, strict=True)
            if row.test and people[draft.email].pk in live
        ],
        mark=work.public_id,
        by=actor,
        now=now,
    )
    report(total, total)
    summary = ngettext("%(count)d application was added.", "%(count)d applications were added.", written.new)
    return _result(
        rows=total,
        new=written.new,
        known=written.known,
        unchanged=written.unchanged,
        invited=invited,
        warnings=[*applicants.warnings, *refusals],
        summary=summary % {"count": written.new},
    )


def _job(work: Work, actor: Actor) -> Job:
    job = Job.objects.get(pk=work.arguments["job"])
    require_may(actor, Capability.ADD, job)
    try:
        first_stage(job)
    except HiringRefused as error:
        raise ValidationError(str(error)) from error
    return job


def _read(work: Work) -> bytes:
    try:
        with work.file.open("rb") as opened:
            return bytes(opened.read())
    except (OSError, ValueError) as error:
        raise ImportRefused(_("The file is not kept any more. Upload it again.")) from error


def _read_and_check(
    work: Work, job: Job, actor: Actor, *, now: datetime
) -> tuple[Applicants, list[CandidateDraft], list[Problem]]:
    """Return what the file holds and all that is wrong with it. Parsing needs no transaction."""
    names = [stage.name for stage in current_stages(job.pk)]
    try:
        applicants = read_applicants(
            _read(work),
            filename=work.arguments["filename"],
            stages=names,
            tests=list(tests_to_invite_to(actor).values_list("slug", flat=True)),
            zone=ZoneInfo(organisation().time_zone),
            now=now,
        )
    except (TableError, ImportRefused) as error:
        raise ValidationError(str(error)) from error
    drafts, found = _drafts(applicants)
    problems = sorted([*applicants.problems, *found], key=lambda problem: (problem.row, problem.letter))
    return applicants, drafts, problems


def _drafts(applicants: Applicants) -> tuple[list[CandidateDraft], list[Problem]]:
    """Return the people as they would be written, and what cannot be a name, an address or a number."""
    drafts: list[CandidateDraft] = []
    problems: list[Problem] = []
    for row in applicants.rows:
        draft = CandidateDraft(full_name=row.name, email=row.email, phone=row.phone)
        try:
            drafts.append(draft.cleaned())
        except ValidationError as error:
            for field, texts in error.message_dict.items():
                column = _COLUMN_OF.get(field, field)
                # An empty required cell is told already.
                if getattr(row, column, ""):
                    problems.append(applicants.problem(row.row, column, " ".join(texts)))
    return drafts, problems


@dataclass(frozen=True, slots=True)
class _Written:
    new: int
    known: int
    unchanged: int


def _write(
    job: Job,
    rows: Sequence[Applicant],
    drafts: Sequence[CandidateDraft],
    *,
    by: Actor,
    now: datetime,
    mark: str,
    entry_actions: bool,
) -> _Written:
    """Write all of it; again from the beginning when somebody adds one of them at the same moment."""
    for attempt in range(1, _TRIES + 1):
        try:
            with transaction.atomic():
                return _write_once(job, rows, drafts, by=by, now=now, mark=mark, entry_actions=entry_actions)
        except IntegrityError:
            if attempt == _TRIES:
                raise
    raise AssertionError("unreachable")


def _write_once(
    job: Job,
    rows: Sequence[Applicant],
    drafts: Sequence[CandidateDraft],
    *,
    by: Actor,
    now: datetime,
    mark: str,
    entry_actions: bool,
) -> _Written:
    people = find_or_add_candidates(drafts=drafts, by=by, now=now)
    live = _live(job, [person.pk for person, _is_new in people])
    before = earlier_applications(
        candidate_ids=[person.pk for person, is_new in people if not is_new], job_id=job.pk
    )
    stages = {stage.name: stage for stage in current_stages(job.pk)}
    first = next(iter(stages.values()))
    new: list[Application] = []
    known = 0
    for row, (person, is_new) in zip(rows, people, strict=True):
        if person.pk in live:
            continue
        new.append(_application(job, person, stages.get(row.stage, first), row, before, now=now))
        live[person.pk] = 0
        known += not is_new
    earlier = _added_before(mark, [pk for pk in live.values() if pk])
    Application.objects.bulk_create(new, batch_size=_BATCH)
    write_transitions(
        transitions=[first_transition(application, by=by) for application in new],
        events=[added(application, work=mark) for application in new],
        by=by,
        now=now,
        entry_actions=entry_actions,
    )
    add_tags(
        tags=[(person, row.tags) for row, (person, _new) in zip(rows, people, strict=True)], by=by, now=now
    )
    return _Written(len(new) + earlier, known, len(rows) - len(new) - earlier)


def _application(
    job: Job, person: Candidate, stage: Stage, row: Applicant, before: Mapping[int, int], *, now: datetime
) -> Application:
    moment = row.applied_at or now
    return Application(
        candidate=person,
        job=job,
        stage=stage,
        source=Source(row.source),
        status=ApplicationStatus.ACTIVE,
        applied_at=moment,
        stage_entered_at=moment,
        furthest_stage=stage,
        previous_id=before.get(person.pk),
    )


def _live(job: Job, candidate_ids: Sequence[int]) -> dict[int, int]:
    """Return the live applications for the job by candidate. One query."""
    rows = Application.objects.filter(
        job=job, candidate__in=list(candidate_ids), status__in=ApplicationStatus.live
    )
    return dict(rows.values_list("candidate_id", "pk"))


def _added_before(mark: str, application_ids: Sequence[int]) -> int:
    """Return how many of these an earlier try of the same work added, so that the result says what it did."""
    return Event.objects.filter(
        about="hiring.application",
        about_id__in=list(application_ids),
        kind="application.added",
        data__work=mark,
    ).count()


def _check_summary(problems: int, new: int, unchanged: int) -> str:
    if problems:
        text = ngettext(
            "%(count)d problem. Nothing was imported.", "%(count)d problems. Nothing was imported.", problems
        )
        return text % {"count": problems}
    text = ngettext("%(count)d application would be added", "%(count)d applications would be added", new)
    return _("%(new)s, %(unchanged)d unchanged. Nothing was imported yet.") % {
        "new": text % {"count": new},
        "unchanged": unchanged,
    }


def _result(
    *,
    rows: int,
    summary: str,
    new: int = 0,
    known: int = 0,
    unchanged: int = 0,
    invited: int = 0,
    problems: Sequence[Problem] = (),
    warnings: Sequence[str] = (),
) -> dict[str, Any]:
    return {
        "summary": summary,
        "counts": [
            [_("Rows"), rows],
            [_("New applications"), new],
            [_("Of people you know already"), known],
            [_("Unchanged, because they have a live application"), unchanged],
            *([[_("To be invited to a test"), invited]] if invited else []),
            [_("Problems"), len(problems)],
        ],
        "ok": not problems and rows > 0,
        "rows": rows,
        "new": new,
        "existing_people": known,
        "unchanged": unchanged,
        "problem_count": len(problems),
        "problems": [
            {"row": problem.row, "column": problem.column or problem.letter, "text": problem.message}
            for problem in problems[:PROBLEMS_SHOWN]
        ],
        "warnings": list(warnings),
    }
