"""Asking for a file of people to be read, checked and imported."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.core.files import File
from django.core.files.base import ContentFile
from django.utils.translation import gettext as _

from accounts.models import Actor
from accounts.operations import remember_columns
from accounts.rules import random_code
from hiring.formats import mapping as columns
from hiring.models import Job
from hiring.operations.importing.reading import (
    IMPORT,
    IMPORT_CHECK,
    IMPORT_READ,
    ImportRefused,
    file_of,
    require_import,
)
from hiring.queries.imports import REMEMBERED, questions_for_columns
from outbox.enums import WorkState
from outbox.models import Work
from outbox.operations import queue_work

__all__ = ["ImportRefused", "confirm_import", "queue_check", "queue_import", "queue_reading"]

MOST_BYTES: Final = 5 * 1024 * 1024


def queue_reading(
    *,
    job: Job | None,
    file: File[bytes],
    by: Actor,
    now: datetime,
    intent: str = "",
    back: Mapping[str, str] | None = None,
) -> Work:
    """Ask for the columns of a file to be read, and return the work; without a job it is of people alone.

    `intent` comes from the form, so that a double click is one piece of work; `back` is the way back from the pages of
    this work and of those that follow.
    Raises: `PermissionDenied`; `JobRefused` when the job takes nobody; `ValidationError` keyed "file" for one
    that is too large.
    """
    return _queue(IMPORT_READ, job, file, by=by, now=now, intent=intent, back=back)


def queue_check(
    *, read: Work, mapping: Mapping[str, str], by: Actor, now: datetime, intent: str = ""
) -> Work:
    """Ask for a file that was read to be checked as its columns are meant, and return the work.

    `mapping` says what each column is, by its letter; what it leaves out is not imported. It is remembered for files
    with the same headers. The file that was read stays, so that its columns can be said anew.
    Raises: `PermissionDenied`; `JobRefused`; `ImportRefused` when the file is gone; `ValidationError` keyed by letter,
    or without a key for what no column is.
    """
    job = _job(read, IMPORT_READ)
    require_import(by, job)
    said = _checked_mapping(mapping, job)
    content = ContentFile(file_of(read), name=read.arguments["filename"])
    if by.user is not None:
        _remember(read, said, by)
    return _queue(
        IMPORT_CHECK,
        job,
        content,
        by=by,
        now=now,
        intent=intent,
        back=read.arguments.get("back"),
        columns=said,
        read=read.public_id,
    )


def queue_import(
    *, job: Job | None, file: File[bytes], by: Actor, now: datetime, dry_run: bool = True, intent: str = ""
) -> Work:
    """Ask for a file whose columns are called as `formats.mapping` knows them to be checked (`dry_run`) or imported.

    Raises as `queue_reading`.
    """
    kind = IMPORT_CHECK if dry_run else IMPORT
    return _queue(kind, job, file, by=by, now=now, intent=intent)


def confirm_import(*, check: Work, by: Actor, now: datetime, entry_actions: bool = False) -> Work:
    """Import the very file that `check` looked at, and return the work; asking twice gives the same work.

    What stages do with whoever enters them is done with `entry_actions` alone: whoever brings people from elsewhere has
    perhaps written to them already. Everything is checked again, because the job may have changed since.
    Raises: `PermissionDenied`; `ImportRefused` when the check is not done, found problems or its file is gone.
    """
    job = _job(check, IMPORT_CHECK)
    require_import(by, job)
    if check.state != WorkState.DONE or not check.result.get("ok"):
        raise ImportRefused(
            _("Check the file first, and mend what is wrong with it. Then it can be imported.")
        )
    intent = f"{IMPORT}:{check.public_id}"
    existing = Work.objects.filter(intent=intent).first()
    if existing is not None:
        return existing
    return queue_work(
        kind=IMPORT,
        intent=intent,
        arguments=check.arguments | {"entry_actions": entry_actions},
        by=by,
        now=now,
        file=ContentFile(file_of(check), name=check.arguments["filename"]),
        total=check.result.get("rows", 0),
    )


def _queue(
    kind: str, job: Job | None, file: File[bytes], *, by: Actor, now: datetime, intent: str, **more: Any
) -> Work:
    require_import(by, job)
    if (file.size or 0) > MOST_BYTES:
        raise ValidationError({"file": _("This file is larger than 5 MB. Split it into smaller files.")})
    return queue_work(
        kind=kind,
        intent=f"{kind}:{intent or random_code()}",
        arguments={"job": job.pk if job else None, "filename": str(file.name or "")[:200], **more},
        by=by,
        now=now,
        file=file,
    )


def _job(work: Work, kind: str) -> Job | None:
    if work.kind != kind:
        raise ImportRefused(_("This is no file of people. Upload it again."))
    pk = work.arguments["job"]
    return None if pk is None else Job.objects.get(pk=pk)


def _checked_mapping(mapping: Mapping[str, str], job: Job | None) -> dict[str, str]:
    questions = questions_for_columns(job)
    known = columns.known_codes(list(questions), of_job=job is not None)
    problems: dict[str, str] = {
        letter: _("Choose what this column is, or leave it out.")
        for letter, code in mapping.items()
        if code not in known
    }
    for letter, other in columns.twice(mapping).items():
        words = _("Column %(other)s is “%(field)s” already. Leave one of the two out.")
        field = columns.label_of(mapping[letter], questions)
        problems[letter] = words % {"other": other, "field": field}
    if problems:
        raise ValidationError(problems)
    missing = columns.missing(mapping.values())
    if missing:
        raise ValidationError(
            [
                _("No column is “%(field)s”. Choose the one that holds it: every row needs one.")
                % {"field": columns.label_of(code, questions)}
                for code in missing
            ]
        )
    return {letter: code for letter, code in mapping.items() if code}


def _remember(read: Work, said: Mapping[str, str], by: Actor) -> None:
    """Keep what the columns are for the next file with the same headers."""
    assert by.user is not None
    words = [f"{letter}={code}" for letter, code in said.items()]
    digest = read.result.get("digest", "")
    remember_columns(user=by.user, family=REMEMBERED, name=digest, words=words, by=by)
