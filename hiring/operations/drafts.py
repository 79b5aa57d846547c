"""Résumés that colleagues drop on a job: each is a draft until its person is added to the job, or it is discarded."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Actor, User
from candidates.enums import DocumentKind
from candidates.operations import KeptFile, add_document, kept_file, stored_file
from hiring.enums import Capability, DraftState, Source
from hiring.models import Application, Job, ResumeDraft
from hiring.operations.access import require_may
from hiring.operations.applications import apply, first_stage
from hiring.operations.errors import DraftRefused
from hiring.operations.jobs.events import record_job_event
from hiring.operations.own_documents import tie_document
from hiring.queries.documents import documents_of_it_alone
from hiring.rules.drafts import DRAFTS_KEPT_FOR, MOST_AT_ONCE, MOST_WAITING
from outbox.operations import nudge
from rendering.documents.sniffing import TEXTS, DocumentRefused, clean_filename

logger = logging.getLogger(__name__)

LOOK: Final = "hiring.read_drafts"
# The folder of `ResumeDraft.file`.
FOLDER: Final = "drafts"
# What a draft says of its person, and does no more once it is none.
_NOTHING: Final[dict[str, Any]] = {"filename": "", "full_name": "", "email": "", "phone": "", "text": ""}


@dataclass(slots=True)
class DroppedResumes:
    """What became of files that were dropped: new drafts, those that each other file is already, what is not taken."""

    made: list[ResumeDraft] = field(default_factory=list)
    known: list[ResumeDraft] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


def drop_resumes(*, job: Job, uploads: Sequence[File[bytes]], by: Actor, now: datetime) -> DroppedResumes:
    """Make a draft of each file and say what became of each; a worker is asked to read them.

    The same file is one draft of a job, also once its person was added. What is no résumé, or finds no room on the
    disk, is named among the refused and does not keep the others back. All rows are one short transaction.
    Raises: `PermissionDenied`; `JobRefused` when the job takes nobody. Side effects: an event, if there are new ones.
    """
    require_may(by, Capability.ADD, job)
    first_stage(job)
    dropped = DroppedResumes()
    room = MOST_WAITING - ResumeDraft.objects.filter(job=job, state__in=DraftState.open_states).count()
    with ExitStack() as block:
        files: list[KeptFile] = []
        for number, upload in enumerate(uploads):
            name = clean_filename(upload.name or "")
            if number >= MOST_AT_ONCE:
                dropped.refused.append(_too_many_at_once(name))
            elif len(files) >= room:
                dropped.refused.append(_too_many_wait(name))
            else:
                _keep(upload, name, files, dropped, block)
        _add(job, files, dropped, by=by, now=now)
    return dropped


def _keep(
    upload: File[bytes], name: str, files: list[KeptFile], dropped: DroppedResumes, block: ExitStack
) -> None:
    try:
        kept = stored_file(upload=upload, accepts=TEXTS, folder=FOLDER, keepers=ResumeDraft.objects.all())
        files.append(block.enter_context(kept))
    except DocumentRefused as refusal:
        dropped.refused.append(refusal.words)
    except OSError:
        logger.exception("A résumé that was dropped could not be kept.")
        words = _("There is no room to keep “%(name)s”. Tell whoever runs this site, then choose it again.")
        dropped.refused.append(words % {"name": name})


@transaction.atomic
def _add(job: Job, files: Sequence[KeptFile], dropped: DroppedResumes, *, by: Actor, now: datetime) -> None:
    rows = [
        ResumeDraft(
            job=job,
            file=kept.name,
            filename=kept.filename,
            media_type=kept.media_type,
            size=kept.size,
            digest=kept.digest,
            created_by=by.user,
            created_at=now,
            due_at=now,
        )
        for kept in files
    ]
    # Somebody may drop the same at this moment: what is there stays.
    ResumeDraft.objects.bulk_create(rows, ignore_conflicts=True)
    digests = {kept.digest for kept in files}
    there = ResumeDraft.objects.filter(job=job, digest__in=digests).exclude(state=DraftState.DROPPED)
    by_digest = {draft.digest: draft for draft in there}
    for kept in files:
        draft = by_digest.get(kept.digest)
        if draft is not None:
            (dropped.made if draft.file.name == kept.name else dropped.known).append(draft)
    if dropped.made:
        numbers = [draft.pk for draft in dropped.made]
        record_job_event("job.drafts_made", job, by=by, now=now, data={"drafts": numbers})
        nudge(LOOK)


def use_draft(
    *,
    draft: ResumeDraft,
    full_name: str,
    email: str,
    phone: str = "",
    source: Source | str = Source.ADDED,
    referred_by: User | None = None,
    agency: str = "",
    again_reason: str = "",
    by: Actor,
    now: datetime,
) -> tuple[Application, bool]:
    """Add the person of a draft to its job, with the résumé; return the application, and whether it is new.

    All of it or nothing. Somebody with a live application for the job keeps it, and gets the résumé.
    Raises: what `apply` does; `DraftRefused` when it was used or discarded meanwhile, or its file is gone; `OSError`
    for a disk without room. Side effects: those of `apply` and of `add_document`; the file of the draft is deleted.
    """
    with (
        _opened(draft) as file,
        kept_file(upload=file, kind=DocumentKind.RESUME) as kept,
        transaction.atomic(),
    ):
        if not _close(draft, DraftState.USED):
            raise _gone(draft)
        application, is_new = apply(
            job=draft.job,
            full_name=full_name,
            email=email,
            phone=phone,
            source=source,
            referred_by=referred_by,
            agency=agency,
            again_reason=again_reason,
            by=by,
            now=now,
        )
        document = add_document(
            candidate=application.candidate,
            kind=DocumentKind.RESUME,
            kept=kept,
            among=documents_of_it_alone(application),
            by=by,
            now=now,
        )
        tie_document(application=application, document=document)
        ResumeDraft.objects.filter(pk=draft.pk).update(application=application, file="")
        name = draft.file.name or ""
        transaction.on_commit(lambda: _delete(name))
    return application, is_new


@transaction.atomic
def discard_draft(*, draft: ResumeDraft, by: Actor, now: datetime) -> None:
    """Delete a draft with its file. Twice is once. Raises `PermissionDenied`. Side effects: an event."""
    require_may(by, Capability.ADD, draft.job)
    if _close(draft, DraftState.DROPPED):
        record_job_event("job.draft_discarded", draft.job, by=by, now=now, data={"draft": draft.pk})
        transaction.on_commit(delete_dropped_drafts)


def open_draft(*, draft: ResumeDraft, by: Actor, now: datetime) -> File[bytes]:
    """Open the file of `draft` for somebody who may take it with them; the history of the job says that they did.

    Raises: `PermissionDenied`; `FileNotFoundError` where it is not there any more, and then nothing is written.
    """
    for needed in (Capability.ADD, Capability.DOWNLOAD):
        require_may(by, needed, draft.job)
    opened: File[bytes] = draft.file.open("rb")
    record_job_event("job.draft_downloaded", draft.job, by=by, now=now, data={"draft": draft.pk})
    return opened


def forget_drafts(*, now: datetime) -> int:
    """Delete drafts that nobody looked over in a month, with their files, and what is left of others; return how many.

    A file that cannot be deleted stays named on its row, and is tried again with the next call.
    """
    old = ResumeDraft.objects.filter(created_at__lte=now - DRAFTS_KEPT_FOR)
    used, _rows = old.filter(state=DraftState.USED).delete()
    old.filter(state__in=DraftState.open_states).update(state=DraftState.DROPPED, **_NOTHING)
    return used + delete_dropped_drafts()


def delete_dropped_drafts() -> int:
    """Delete the files and rows of drafts that were discarded, and return how many went."""
    gone = 0
    for draft in ResumeDraft.objects.filter(state=DraftState.DROPPED, filename="").order_by("pk"):
        try:
            draft.file.delete(save=False)
        except OSError:
            logger.exception("The file of draft %s could not be deleted.", draft.pk)
        else:
            draft.delete()
            gone += 1
    return gone


@contextmanager
def _opened(draft: ResumeDraft) -> Iterator[File[bytes]]:
    try:
        opened = draft.file.open("rb")
    except (FileNotFoundError, ValueError) as error:
        # One without a file is used; else somebody took it from the disk.
        current = ResumeDraft.objects.filter(pk=draft.pk, state__in=DraftState.open_states)
        if not current.exists():
            raise _gone(draft) from error
        raise DraftRefused(
            "missing",
            _("The file of this draft is not there any more. Discard the draft and choose the file again."),
        ) from error
    with opened:
        yield File(opened, name=draft.filename)


def _close(draft: ResumeDraft, state: DraftState) -> bool:
    waiting = ResumeDraft.objects.filter(pk=draft.pk, state__in=DraftState.open_states)
    return bool(waiting.update(state=state, due_at=None, lease_until=None, **_NOTHING))


def _gone(draft: ResumeDraft) -> DraftRefused:
    used = ResumeDraft.objects.filter(pk=draft.pk, state=DraftState.USED).exists()
    if used:
        return DraftRefused("used", _("Somebody added the person of this draft meanwhile."))
    return DraftRefused("discarded", _("Somebody discarded this draft meanwhile."))


def _delete(name: str) -> None:
    try:
        default_storage.delete(name)
    except OSError:
        # No row names it any more: it goes with what is lost.
        logger.exception("The file of a draft that was used could not be deleted.")


def _too_many_at_once(name: str) -> str:
    words = _("“%(name)s” was not taken: at most %(count)d files at once. Choose the rest again.")
    return words % {"name": name, "count": MOST_AT_ONCE}


def _too_many_wait(name: str) -> str:
    words = _("“%(name)s” was not taken: %(count)d drafts wait already. Look some of them over first.")
    return words % {"name": name, "count": MOST_WAITING}
