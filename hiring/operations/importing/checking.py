"""What an import would do, and what is wrong with its file by row and column."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Actor
from candidates.operations import CandidateDraft
from hiring.formats.applicants import Applicants
from hiring.models import Job
from hiring.operations.importing.differences import differences
from hiring.operations.importing.matching import matched
from hiring.operations.importing.reading import job_of, read_work
from outbox.models import Work
from outbox.registries import Report
from rendering.sheets import Problem

PROBLEMS_SHOWN: Final = 200
_COLUMN_OF: Final = {"full_name": "name", "email": "email", "phone": "phone"}


def do_import_check(work: Work, actor: Actor, report: Report, *, now: datetime) -> dict[str, Any]:
    """Say what an import would do and what is wrong, by row and column. Writes nothing but the result."""
    job = job_of(work, actor)
    applicants, drafts, problems = read_and_check(work, job, actor, report, now=now)
    if problems:
        return result_of(
            job,
            applicants,
            problems=problems,
            warnings=applicants.warnings,
            summary=_problems(len(problems)),
        )
    found = matched(job, applicants.rows, drafts)
    return result_of(
        job,
        applicants,
        new=len(found.new),
        known=found.known,
        unchanged=len(found.unchanged),
        invited=sum(1 for row in applicants.rows if row.test),
        differing=differences(applicants, found, job, actor),
        warnings=applicants.warnings,
        summary=_would(job, len(found.new), len(found.unchanged)),
    )


def read_and_check(
    work: Work, job: Job | None, actor: Actor, report: Report, *, now: datetime
) -> tuple[Applicants, list[CandidateDraft], list[Problem]]:
    """Return what the file holds, the people as they would be written, and all that is wrong.

    Raises `ValidationError` when the file as a whole cannot be read.
    """
    applicants = read_work(work, job, actor, report, now=now)
    drafts, found = _drafts(applicants)
    total = len(applicants.rows)
    report(total, total)
    problems = sorted(
        [*applicants.problems, *found], key=lambda problem: (problem.row, len(problem.letter), problem.letter)
    )
    return applicants, drafts, problems


def _drafts(applicants: Applicants) -> tuple[list[CandidateDraft], list[Problem]]:
    """Return the people as they would be written, and what cannot be a name, an address or a number."""
    drafts: list[CandidateDraft] = []
    problems: list[Problem] = []
    for row in applicants.rows:
        draft = CandidateDraft(full_name=row.name, email=row.email, phone=row.phone, language=row.language)
        try:
            drafts.append(draft.cleaned())
        except ValidationError as error:
            for field, texts in error.message_dict.items():
                column = _COLUMN_OF.get(field, field)
                # An empty required cell is told already.
                if getattr(row, column, ""):
                    problems.append(applicants.problem(row.row, column, " ".join(texts)))
    return drafts, problems


def _problems(count: int) -> str:
    text = ngettext(
        "%(count)d problem. Nothing was imported.", "%(count)d problems. Nothing was imported.", count
    )
    return text % {"count": count}


def _would(job: Job | None, new: int, unchanged: int) -> str:
    if job is None:
        text = ngettext("%(count)d person would be added", "%(count)d people would be added", new)
    else:
        text = ngettext("%(count)d application would be added", "%(count)d applications would be added", new)
    return _("%(new)s, %(unchanged)d unchanged. Nothing was imported yet.") % {
        "new": text % {"count": new},
        "unchanged": unchanged,
    }


def result_of(
    job: Job | None,
    applicants: Applicants,
    *,
    summary: str,
    new: int = 0,
    known: int = 0,
    unchanged: int = 0,
    invited: int = 0,
    problems: Sequence[Problem] = (),
    differing: Sequence[Problem] = (),
    warnings: Sequence[str] = (),
) -> dict[str, Any]:
    """Return what became of a file as its page shows it."""
    rows = len(applicants.rows)
    return {
        "summary": summary,
        "counts": [
            [_("Rows"), rows],
            *_counts(job, new=new, known=known, unchanged=unchanged),
            *([[_("To be invited to a test"), invited]] if invited else []),
            *([[_("Cells that differ, and stay as they are here"), len(differing)]] if differing else []),
            [_("Problems"), len(problems)],
        ],
        "ok": not problems and rows > 0,
        "rows": rows,
        "new": new,
        "existing_people": known,
        "unchanged": unchanged,
        "problem_count": len(problems),
        "problems": _listed(problems),
        "warnings": list(warnings),
        "remarks": {
            "title": _("Differs, left as it is"),
            "rows": _listed(differing),
            "more": max(0, len(differing) - PROBLEMS_SHOWN),
        },
    }


def _counts(job: Job | None, *, new: int, known: int, unchanged: int) -> list[list[Any]]:
    if job is None:
        return [[_("New people"), new], [_("Unchanged, because they are here already"), unchanged]]
    return [
        [_("New applications"), new],
        [_("Of people you know already"), known],
        [_("Unchanged, because they are here already"), unchanged],
    ]


def _listed(problems: Sequence[Problem]) -> list[dict[str, Any]]:
    return [
        {"row": problem.row, "column": problem.column or problem.letter, "text": problem.message}
        for problem in problems[:PROBLEMS_SHOWN]
    ]
