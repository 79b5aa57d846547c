"""What a file of people holds: its columns with what stands in them, and its rows as its columns are meant."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import get_language_info, ngettext
from django.utils.translation import gettext as _

from accounts.models import Actor, User
from accounts.queries import organisation
from accounts.rules import normalise_email
from candidates.operations import checked_link, checked_note, checked_tags
from hiring.enums import Capability
from hiring.formats.applicants import Applicants, Setting, TableError, read_applicants
from hiring.formats.mapping import NOTES
from hiring.models import Job
from hiring.operations.access import require_may, require_recruiter
from hiring.operations.applications import first_stage
from hiring.operations.errors import HiringRefused
from hiring.operations.importing.inviting import tests_to_invite_to
from hiring.queries.imports import questions_by_code
from hiring.queries.jobs import current_stages
from hiring.rules.answer_cells import answer_in
from outbox.models import Work
from outbox.registries import Report
from outbox.rules import SAMPLE
from rendering.sheets import Table, read_table

IMPORT_READ: Final = "hiring.import_read"
IMPORT_CHECK: Final = "hiring.import_check"
IMPORT: Final = "hiring.import"


class ImportRefused(HiringRefused):
    """The file cannot be imported now; the message says why."""


def do_import_read(work: Work, actor: Actor, report: Report, *, now: datetime) -> dict[str, Any]:
    """Say what the columns of a file are called and what stands in their first cells. Writes nothing but the result."""
    job_of(work, actor)
    try:
        table = read_table(file_of(work), work.arguments["filename"])
    except (TableError, ImportRefused) as error:
        raise ValidationError(str(error)) from error
    if not table.rows:
        raise ValidationError(_("There is no row below the headers."))
    total = len(table.rows)
    report(total, total)
    rows = ngettext("The file has %(count)d row.", "The file has %(count)d rows.", total) % {"count": total}
    return {
        "summary": f"{rows} {_('Say what its columns are, then it is checked.')}",
        "rows": total,
        "warnings": [*table.warnings, *_columns_left_out(table)],
        "digest": digest_of(table.headers),
        SAMPLE: table.sample(),
    }


def _columns_left_out(table: Table) -> list[str]:
    """Say which columns nobody can choose, and why: they share a header with another, or have none."""
    header_row = min(row.number for row in table.rows) - 1
    return [
        _("Left out: %(place)s. %(why)s") % {"place": problem.place, "why": problem.message}
        for problem in table.problems
        if problem.row <= header_row
    ]


def digest_of(headers: Sequence[str]) -> str:
    """Return by what a file with these headers is known again; it does not say what they are."""
    folded = "\n".join(header.casefold() for header in headers)
    return hashlib.sha256(folded.encode()).hexdigest()[:16]


def job_of(work: Work, actor: Actor) -> Job | None:
    """Return the job that people are imported into, None for people alone.

    Raises: `PermissionDenied`; `ValidationError` when the job takes nobody.
    """
    pk = work.arguments["job"]
    job = None if pk is None else Job.objects.get(pk=pk)
    try:
        require_import(actor, job)
    except HiringRefused as error:
        raise ValidationError(str(error)) from error
    return job


def require_import(by: Actor, job: Job | None) -> None:
    """Raise `PermissionDenied` unless `by` may import people there; `JobRefused` when the job takes nobody."""
    if job is None:
        require_recruiter(by)
        return
    require_may(by, Capability.ADD, job)
    first_stage(job)


def file_of(work: Work) -> bytes:
    """Return what was uploaded. Raises `ImportRefused` when it is not kept any more."""
    try:
        with work.file.open("rb") as opened:
            return bytes(opened.read())
    except (OSError, ValueError) as error:
        raise ImportRefused(_("The file is not kept any more. Upload it again.")) from error


def read_work(work: Work, job: Job | None, actor: Actor, report: Report, *, now: datetime) -> Applicants:
    """Return the rows of a file as its columns are meant, with what is wrong with them. Parsing needs no transaction.

    Raises `ValidationError` when the file as a whole cannot be read.
    """
    try:
        return read_applicants(
            file_of(work),
            _setting(job, actor, now=now),
            filename=work.arguments["filename"],
            mapping=work.arguments.get("columns"),
            told=report,
        )
    except (TableError, ImportRefused) as error:
        raise ValidationError(str(error)) from error


def _setting(job: Job | None, actor: Actor, *, now: datetime) -> Setting:
    zone = ZoneInfo(organisation().time_zone)
    parsers: dict[str, Callable[[str], Any]] = {
        "profile": checked_link,
        "tags": _tag,
        "language": _language,
        **dict.fromkeys(NOTES, checked_note),
    }
    if job is None:
        return Setting(zone=zone, now=now, of_job=False, parsers=parsers)
    parsers["referred_by"] = partial(_colleague, _colleagues())
    for code, question in questions_by_code(job).items():
        parsers[code] = partial(
            answer_in, question_id=question.pk, kind=question.kind, options=question.options
        )
    return Setting(
        zone=zone,
        now=now,
        stages=[stage.name for stage in current_stages(job.pk)],
        tests=list(tests_to_invite_to(actor).values_list("slug", flat=True)),
        parsers=parsers,
    )


def _tag(text: str) -> str:
    [word] = checked_tags([text])
    return word


def _language(text: str) -> str:
    wanted = text.casefold()
    for code, name in settings.CANDIDATE_LANGUAGES:
        if wanted in (code, name.casefold(), get_language_info(code)["name"].casefold()):
            return str(code)
    known = ", ".join(code for code, _name in settings.CANDIDATE_LANGUAGES)
    raise ValueError(
        _("This language is not offered here. Write one of these: %(codes)s.") % {"codes": known}
    )


def _colleagues() -> dict[str, int]:
    rows = User.objects.order_by("pk").values_list("email", "pk")
    return {normalise_email(email): pk for email, pk in rows}


def _colleague(known: Mapping[str, int], text: str) -> int:
    try:
        return known[normalise_email(text)]
    except KeyError:
        raise ValueError(
            _("No colleague has this address. Write the one that they sign in with, or leave this empty.")
        ) from None
