"""Importing and exporting as long work: asked for on a page, done by a worker."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from time import monotonic
from typing import Any, Final

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files import File
from django.core.files.base import ContentFile
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.enums import ActorKind
from accounts.models import Actor
from accounts.rules import random_code
from outbox.models import Work
from outbox.operations import queue_work
from outbox.operations.work import keep_file
from outbox.registries import Report
from questions.formats import limits, names
from questions.formats.counting import listening
from questions.formats.drafts import FileRefused, Parsed
from questions.models import QuestionBank
from questions.operations.exporting import (
    Which,
    export_questions,
    export_summary,
    record_taken,
    remarks,
    too_many_words,
)
from questions.operations.importing.columns import FileRead, content_of, read_file, remember
from questions.operations.importing.drafting import ImportChoices
from questions.operations.importing.lines import write_lines
from questions.operations.importing.reporting import count_words, level_words, summary_words
from questions.operations.importing.running import (
    ImportRefused,
    check_import,
    may_author,
    resume_import,
    run_import,
)
from questions.queries.file_words import refusal_words

CHECK: Final = "questions.import_check"
IMPORT: Final = "questions.import"
EXPORT: Final = "questions.export"
SHOWN: Final = 200
# For programs, which read the longer lists.
LOSSES_KEPT: Final = 1000
# While a file is read: each time is a write.
TELL_EVERY_SECONDS: Final = 1.0


def queue_check(
    *,
    bank: QuestionBank,
    file: File[bytes],
    format: str,
    choices: ImportChoices,
    by: Actor,
    now: datetime,
    intent: str,
    back: Mapping[str, str],
    commits: bool = False,
    columns: Mapping[str, str] | None = None,
) -> Work:
    """Ask for what importing a file into `bank` would do, and return the work. `intent` comes from the form.

    With `commits` the file is imported as well, once its check found nothing that keeps it out. `columns` says what
    those of a table are, by heading, one of `tables.columns.CODES` or nothing for one that is left out; of which
    nothing is said, those are known by their names.
    Raises: `PermissionDenied`; `ValidationError` keyed "file" for one that is too large.
    """
    require_author(by)
    if (file.size or 0) > limits.FILE_BYTES:
        words = _("This file is larger than %(most)d MB. Split it and import the parts one by one.")
        raise ValidationError({"file": words % {"most": limits.FILE_BYTES // (1024 * 1024)}})
    arguments = {
        "bank": bank.pk,
        "filename": str(file.name or "")[:200],
        "format": format,
        "choices": asdict(choices),
        "digest": digest_of(file),
        "commits": commits,
        "language": translation.get_language(),
        "back": dict(back),
    }
    if columns is not None:
        arguments["columns"] = dict(columns)
    return queue_work(kind=CHECK, intent=f"{CHECK}:{intent}", arguments=arguments, by=by, now=now, file=file)


def queue_export(
    *,
    bank: QuestionBank,
    name: str,
    which: Which,
    by: Actor,
    now: datetime,
    intent: str,
    back: Mapping[str, str],
    is_trial: bool = False,
) -> Work:
    """Ask for the questions of `bank` as a file of the format `name`, and return the work; its page offers the file.

    A trial says what the file would not hold, and makes none. Raises `PermissionDenied`.
    """
    require_author(by)
    if by.kind not in (ActorKind.USER, ActorKind.API_KEY):
        # Nobody else could fetch it.
        raise PermissionDenied
    arguments = {
        "bank": bank.pk,
        "format": name,
        "which": which.value,
        "dry_run": is_trial,
        "language": translation.get_language(),
        "back": dict(back),
    }
    return queue_work(kind=EXPORT, intent=f"{EXPORT}:{intent}", arguments=arguments, by=by, now=now)


def do_check(work: Work, actor: Actor, report: Report) -> dict[str, Any]:
    """Say what an import would do, question by question. Writes nothing but the result and its lines."""
    bank, choices = _bank(work, actor), ImportChoices(**work.arguments["choices"])
    read = _read(work, actor, report)
    if read.parsed is None:
        words = _("Say what the columns of this table are, then it is checked.")
        return {"summary": words, "why": read.why, "ok": False, **read.facts()}
    if work.arguments.get("columns") and read.columns:
        remember(read.columns, actor)
    outcome = check_import(bank=bank, parsed=read.parsed, choices=choices, told=report)
    refused = outcome.comparison.refused
    counts = outcome.counts()
    return {
        **read.facts(),
        "summary": summary_words(outcome),
        "counts": count_words(counts),
        "warnings": [text for text in [level_words(outcome, choices.level)] if text],
        "ok": (not refused or choices.leaves_out) and bool(counts["new"] or counts["changed"]),
        "report": {"format": read.parsed.format, "counts": counts},
        "found": write_lines(work, outcome, report),
    }


def do_import(work: Work, actor: Actor, report: Report, *, now: datetime) -> dict[str, Any]:
    """Import a file that was checked: everything at once, or nothing. Again, it changes nothing more."""
    bank, choices = _bank(work, actor), ImportChoices(**work.arguments["choices"])
    counts = resume_import(bank=bank, mark=work.public_id, by=actor, now=now, told=report)
    if counts is None:
        try:
            outcome = run_import(
                bank=bank,
                parsed=_parsed(work, actor, report),
                choices=choices,
                mark=work.public_id,
                by=actor,
                now=now,
                told=report,
            )
        except ImportRefused as refusal:
            raise ValidationError(str(refusal)) from refusal
        counts = outcome.counts()
    words = _("%(new)d new, %(changed)d changed, %(unchanged)d unchanged, %(refused)d refused.")
    return {"summary": words % counts, "counts": count_words(counts)}


def do_export(work: Work, actor: Actor, report: Report, *, now: datetime) -> dict[str, Any]:
    """Make the file, keep it for whoever asked, and say what it does not hold; of a trial say that alone."""
    bank = _bank(work, actor)
    name, which = work.arguments["format"], Which(work.arguments["which"])
    exported = export_questions(bank=bank, name=name, which=which, told=report)
    losses = exported.losses()
    told = {
        "count": exported.count,
        "losses": losses[:LOSSES_KEPT],
        "loss_count": len(losses),
        "warnings": too_many_words(exported),
        "remarks": remarks(exported),
    }
    if work.arguments["dry_run"]:
        return {"summary": export_summary(exported, is_made=False), "next": work.arguments["back"], **told}
    filename = f"{bank.slug}.{exported.written.suffix}"
    keep_file(work=work, file=ContentFile(exported.written.content, name=filename))
    record_taken(bank=bank, name=name, which=which.value, count=exported.count, by=actor, now=now)
    return {"summary": export_summary(exported), "file": filename, **told}


def form_intent(bank: QuestionBank, by: Actor, token: str) -> str:
    """Return what makes a form sent twice one piece of work; without a token every sending is one of its own."""
    return f"{bank.pk}:{by.user.pk if by.user else 0}:{token or random_code()}"[:80]


def digest_of(file: File[bytes]) -> str:
    """Return a fingerprint of what a file holds: an import keeps it, to tell one file from another."""
    digest = hashlib.sha256()
    for part in file.chunks():
        digest.update(part)
    file.seek(0)
    return digest.hexdigest()


def require_author(by: Actor) -> None:
    """Raise `PermissionDenied` for whoever takes no questions in and out."""
    if not may_author(by):
        raise PermissionDenied


def _bank(work: Work, actor: Actor) -> QuestionBank:
    """Return the bank of a work. Raises `ValidationError` when whoever asked may not do it any more."""
    bank = QuestionBank.objects.filter(pk=work.arguments["bank"]).visible_to(actor).first()
    if bank is None or not may_author(actor):
        raise ValidationError(
            _("You may not do this any more. Ask an administrator for the role of an author.")
        )
    return bank


def _parsed(work: Work, actor: Actor, report: Report) -> Parsed:
    """Return what the file of a work holds that was checked. Raises `ValidationError` when it cannot be read."""
    read = _read(work, actor, report)
    if read.parsed is None:
        raise ValidationError(read.why)
    return read.parsed


def _read(work: Work, actor: Actor, report: Report) -> FileRead:
    """Return what the file of a work holds; meanwhile the work says how many questions were found so far."""
    format, columns = work.arguments.get("format") or names.AUTO, work.arguments.get("columns")
    told_at, told = monotonic(), 0

    def found(count: int) -> None:
        nonlocal told_at, told
        # A package of our own is gone through twice.
        if count > told and monotonic() - told_at >= TELL_EVERY_SECONDS:
            # How many there are nobody knows before the end.
            report(count, 0)
            told_at, told = monotonic(), count

    try:
        with listening(found):
            return read_file(content_of(work), format, columns, actor)
    except FileRefused as refused:
        raise ValidationError(refusal_words(refused)) from refused
    except ImportRefused as refused:
        raise ValidationError(str(refused)) from refused
