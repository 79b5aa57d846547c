"""Reading documents: a worker claims each, lets a process of its own read it, and writes down what it holds."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from time import monotonic
from typing import Any, Final

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q, QuerySet

from candidates.enums import DocumentState, DocumentTrouble
from candidates.models import Document, DocumentPage
from candidates.operations.documents import folder_of_pages, forget_pages
from candidates.operations.searching import index_document
from rendering.documents.frames import Reading, Trouble
from rendering.documents.reader import NotRead, read
from rendering.documents.sniffing import Kind

logger = logging.getLogger(__name__)

# Longer than one reading can take, with its files written.
READING_LEASE: Final = timedelta(minutes=2)
# How long a document waits after each try that failed for a reason of the moment.
READING_DELAYS: Final = (timedelta(minutes=1), timedelta(minutes=10))
WHY_NOT_READ: Final = {
    Trouble.DAMAGED: DocumentTrouble.DAMAGED,
    Trouble.LOCKED: DocumentTrouble.LOCKED,
    Trouble.TOO_LARGE: DocumentTrouble.TOO_LARGE,
    Trouble.NO_TEXT: DocumentTrouble.NO_TEXT,
    Trouble.TOO_SLOW: DocumentTrouble.TOO_SLOW,
    Trouble.STOPPED: DocumentTrouble.FAILED,
}


def read_due_documents(*, now: datetime, limit: int = 10) -> int:
    """Read up to `limit` documents that wait and return how many this call took up.

    Whatever is wrong with one is written on it and never comes out of here. A document whose reader takes the whole
    worker down is given up at its fourth try.
    """
    started = monotonic()
    due = _free(now).filter(due_at__lte=now).order_by("due_at", "pk").values_list("pk", flat=True)
    return sum(
        # The lease counts from when this one is taken up.
        _read_one(pk, now=now + timedelta(seconds=monotonic() - started))
        for pk in list(due[:limit])
    )


def _free(now: datetime) -> QuerySet[Document]:
    """Those that wait to be read and that nobody is reading."""
    return Document.objects.filter(
        Q(lease_until=None) | Q(lease_until__lt=now),
        state__in=DocumentState.open_states,
        candidate__erased_at=None,
    )


def _read_one(pk: int, *, now: datetime) -> bool:
    document = _claim(pk, now=now)
    if document is None:
        return False
    if document.tries > len(READING_DELAYS) + 1:
        # Whoever took it up the last time died over it.
        _give_up(document, DocumentTrouble.FAILED)
        return True
    try:
        with document.file.open("rb") as file:
            reading = read(file, Kind.of(document.media_type))
        _keep(document, reading)
    except FileNotFoundError:
        _give_up(document, DocumentTrouble.MISSING)
    except NotRead as refusal:
        _put_off(document, WHY_NOT_READ[refusal.trouble], again=refusal.again, now=now)
    except Exception:
        logger.exception("Document %s could not be read.", document.pk)
        _put_off(document, DocumentTrouble.FAILED, again=True, now=now)
    return True


def _claim(pk: int, *, now: datetime) -> Document | None:
    document = Document.objects.filter(pk=pk).first()
    if document is None:
        return None
    lease = now + READING_LEASE
    changed = (
        _free(now)
        .filter(pk=pk, due_at__lte=now, tries=document.tries)
        .update(state=DocumentState.READING, lease_until=lease, tries=document.tries + 1)
    )
    document.lease_until, document.tries = lease, document.tries + 1
    return document if changed else None


def _mine(document: Document) -> QuerySet[Document]:
    """The row, as long as this try is the one that counts and nobody erased what it says."""
    return Document.objects.filter(
        pk=document.pk,
        state=DocumentState.READING,
        lease_until=document.lease_until,
        digest=document.digest,
    )


def _keep(document: Document, reading: Reading) -> None:
    """Keep what was read. Its pages are written before the transaction, and deleted where this try counts no more."""
    folder = folder_of_pages(document)
    forget_pages(document, before=document.tries)
    pages = [
        DocumentPage(
            document=document,
            number=number,
            file=default_storage.save(f"{folder}/{document.tries}-{number}.png", ContentFile(page.content)),
            width=page.width,
            height=page.height,
        )
        for number, page in enumerate(reading.pages, start=1)
    ]
    with transaction.atomic():
        kept = _end(
            document,
            state=DocumentState.READABLE,
            why=_remark(reading),
            text=reading.text,
            page_count=reading.page_count,
        )
        if kept:
            DocumentPage.objects.filter(document=document).delete()
            DocumentPage.objects.bulk_create(pages)
            index_document(Document.objects.get(pk=document.pk))
    if not kept:
        # Only its own: those of the try that counts lie beside them.
        for page in pages:
            page.file.delete(save=False)


def _remark(reading: Reading) -> str:
    """Return what there is to say about a document that can be read, but not all of it."""
    if reading.page_count > len(reading.pages):
        return DocumentTrouble.TOO_MANY_PAGES
    return "" if reading.text else DocumentTrouble.NO_TEXT


def _give_up(document: Document, why: DocumentTrouble) -> None:
    _end(document, state=DocumentState.UNREADABLE, why=why)


def _put_off(document: Document, why: DocumentTrouble, *, again: bool, now: datetime) -> None:
    delay = dict(enumerate(READING_DELAYS, start=1)).get(document.tries)
    if not again or delay is None:
        _give_up(document, why)
    else:
        _mine(document).update(state=DocumentState.WAITING, lease_until=None, due_at=now + delay)


def _end(document: Document, **changes: Any) -> bool:
    return bool(_mine(document).update(lease_until=None, due_at=None, **changes))
