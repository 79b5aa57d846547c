"""Files of people: kept in private storage under names of our own, and deleted with whom they name."""

from __future__ import annotations

import contextlib
import hashlib
import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.core.files import File
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import QuerySet

from accounts.enums import ActorKind
from accounts.models import Actor
from accounts.rules import random_code
from candidates.enums import DocumentKind, DocumentState, SearchKind
from candidates.models import Candidate, Document, DocumentPage
from candidates.operations.searching import forget_words
from outbox.operations import nudge, record_event
from rendering.documents.pictures import made_anew
from rendering.documents.sniffing import ANSWERS, TEXTS, Kind, clean_filename, sniff

logger = logging.getLogger(__name__)

LOOK: Final = "candidates.read_documents"
# The folder of what people send, see `Document.file`; that of pages is `PAGES`.
FOLDER: Final = "documents"
PAGES: Final = "pages"


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file that was found to be what its name says, and lies in private storage as `name`."""

    name: str
    filename: str
    media_type: str
    size: int
    digest: str


def store_document(
    *, candidate: Candidate, kind: DocumentKind, upload: File[bytes], by: Actor | None, now: datetime
) -> Document:
    """Keep a file of a person and return its row. `by` is None for the person themselves.

    The same file of the same person is one row. A new résumé takes the place of the one before.
    Side effects: an event; a worker is asked to read the file. The file is written before the transaction and deleted
    when that fails; whoever writes more in one transaction uses `kept_file` and `add_document`.
    Raises: `rendering.documents.sniffing.DocumentRefused`, with the words for whoever chose the file.
    """
    with kept_file(upload=upload, kind=kind) as kept:
        return add_document(candidate=candidate, kind=kind, kept=kept, by=by, now=now)


@contextmanager
def kept_file(*, upload: File[bytes], kind: DocumentKind) -> Iterator[KeptFile]:
    """Write `upload` into private storage for the length of the block; afterwards only a document keeps it there.

    Around a transaction, not in one. Its name is what its person called it; pictures are made anew.
    Raises: `DocumentRefused`.
    """
    accepts = ANSWERS if kind == DocumentKind.ANSWER else TEXTS
    with stored_file(upload=upload, accepts=accepts, folder=FOLDER, keepers=Document.objects.all()) as kept:
        yield kept


@contextmanager
def stored_file(
    *, upload: File[bytes], accepts: frozenset[Kind], folder: str, keepers: QuerySet[Any]
) -> Iterator[KeptFile]:
    """Do what `kept_file` does in another `folder`: afterwards only a row of `keepers` that names the file keeps it."""
    filename = upload.name or ""
    found = sniff(upload, filename, accepts=accepts)
    # A file of our own around it: storage would move that of an upload, which may have to be read again.
    content = ContentFile(made_anew(upload, found, filename)) if found.is_picture else File(upload)
    digest, size = hashlib.sha256(), 0
    for chunk in content.chunks():
        digest.update(chunk)
        size += len(chunk)
    name = _written(f"{folder}/{random_code()}.{found.value}", content)
    try:
        yield KeptFile(
            name=name,
            filename=clean_filename(filename),
            media_type=found.media_type,
            size=size,
            digest=digest.hexdigest(),
        )
    finally:
        if not keepers.filter(file=name).exists():
            default_storage.delete(name)


def _written(name: str, content: File[bytes]) -> str:
    """Write `content`, or nothing of it: a full disk leaves the half that fitted."""
    try:
        return default_storage.save(name, content)
    except OSError:
        default_storage.delete(name)
        raise


@transaction.atomic
def add_document(
    *,
    candidate: Candidate,
    kind: DocumentKind,
    kept: KeptFile,
    among: QuerySet[Document] | None = None,
    by: Actor | None,
    now: datetime,
) -> Document:
    """Write down that `kept` is a document of `candidate` and return it: the one there is, if it is the same file.

    A résumé takes the place of those `among` these documents, of all that the person has unless that is said.
    Inside the block of `kept_file`. Side effects: as `store_document`; what could not be read is tried again.
    """
    same = Document.objects.filter(candidate=candidate, digest=kept.digest).order_by("pk").first()
    document = same or Document.objects.create(
        candidate=candidate,
        kind=kind,
        filename=kept.filename,
        media_type=kept.media_type,
        size=kept.size,
        digest=kept.digest,
        file=kept.name,
        added_by=by.user if by else None,
        created_at=now,
        due_at=now,
    )
    if kind == DocumentKind.RESUME:
        theirs = Document.objects.filter(candidate=candidate) if among is None else among
        theirs.filter(kind=kind, replaced_at=None).exclude(pk=document.pk).update(replaced_at=now)
        if same is not None:
            # Sent before as something else, or once more after another.
            document.kind, document.replaced_at = kind, None
            document.save(update_fields=["kind", "replaced_at"])
    if same is not None and same.state == DocumentState.UNREADABLE:
        _read_again(same, kept, now)
    if same is None:
        record_event(
            kind="document.added",
            by=by or Actor(kind=ActorKind.LINK, person_ref=candidate.public_id),
            now=now,
            person_ref=candidate.public_id,
            about=Document._meta.label,
            about_id=document.pk,
            data={"kind": document.kind, "size": document.size},
        )
        nudge(LOOK)
    return document


def _read_again(document: Document, kept: KeptFile, now: datetime) -> None:
    """Let `kept` be the file of what could not be read: its own may be gone, or was read at a bad moment."""
    before = document.file.name or ""
    document.file, document.state, document.why = kept.name, DocumentState.WAITING, ""
    document.due_at, document.tries, document.lease_until = now, 0, None
    document.save(update_fields=["file", "state", "why", "due_at", "tries", "lease_until"])
    transaction.on_commit(lambda: default_storage.delete(before))
    nudge(LOOK)


def delete_documents_of_erased() -> int:
    """Delete the documents of people who were erased, with their files, and return how many went.

    A file that cannot be deleted stays named on its row, and is tried again with the next call.
    """
    gone = 0
    for document in Document.objects.filter(candidate__erased_at__isnull=False).order_by("pk"):
        gone += delete_document(document)
    return gone


def delete_document(document: Document) -> bool:
    """Delete a document with its file and its pages; return whether it is gone."""
    try:
        for page in document.pages.order_by("number"):
            page.file.delete(save=False)
        forget_pages(document)
        document.file.delete(save=False)
    except OSError:
        logger.exception("The files of document %s could not be deleted.", document.pk)
        return False
    forget_words(SearchKind.DOCUMENT, document.pk)
    document.delete()
    return True


def forget_lost_documents(*, before: datetime | None = None) -> int:
    """Delete the files of documents and pages that no row names any more and return how many; with `before` only older
    ones.

    A file is stored before the row that names it, so on a site at work only those of earlier are lost for sure.
    """
    return forget_unnamed_files(
        folders=(FOLDER, PAGES), keepers=(Document.objects.all(), DocumentPage.objects.all()), before=before
    )


def forget_unnamed_files(
    *, folders: Iterable[str], keepers: Iterable[QuerySet[Any]], before: datetime | None = None
) -> int:
    """Delete the files in `folders` that no row of `keepers` names; see `forget_lost_documents`."""
    # Looked for before the rows: what is written meanwhile is not among them.
    lost = {name for folder in folders for name in _lying(folder)}
    for rows in keepers:
        lost -= {*rows.values_list("file", flat=True)}
    gone = 0
    for name in sorted(lost):
        # Whoever stored it may be taking it away at this moment.
        with contextlib.suppress(FileNotFoundError):
            if before is None or default_storage.get_modified_time(name) < before:
                default_storage.delete(name)
                gone += 1
    return gone


def _lying(folder: str) -> Iterator[str]:
    if default_storage.exists(folder):
        folders, names = default_storage.listdir(folder)
        yield from (f"{folder}/{name}" for name in names)
        for inner in folders:
            yield from _lying(f"{folder}/{inner}")


def folder_of_pages(document: Document) -> str:
    """Return where the pages of `document` lie: one that died while making them left some that no row names."""
    return f"{PAGES}/{document.public_id}"


def forget_pages(document: Document, *, before: int | None = None) -> None:
    """Delete whatever lies in the folder of its pages, or only what tries before that number left there.

    What a try makes is called "2-1.png": the first page of the second.
    """
    folder = folder_of_pages(document)
    if not default_storage.exists(folder):
        return
    for name in default_storage.listdir(folder)[1]:
        if before is None or int(name.split("-")[0]) < before:
            default_storage.delete(f"{folder}/{name}")
    if before is None:
        default_storage.delete(folder)
