"""Reading files: a worker claims each, lets a process of its own read it, and writes down what it holds.

`Pile` is how this happens to files of any model; below it, the documents of people.
"""

from __future__ import annotations

import logging
from abc import ABC, abstractmethod
from collections.abc import Mapping
from datetime import datetime, timedelta
from time import monotonic
from typing import Any, ClassVar, Final, Generic, TypeVar

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Model, Q, QuerySet

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
# How long a file waits after each try that failed for a reason of the moment.
READING_DELAYS: Final = (timedelta(minutes=1), timedelta(minutes=10))
WHY_NOT_READ: Final = {
    Trouble.DAMAGED: DocumentTrouble.DAMAGED,
    Trouble.LOCKED: DocumentTrouble.LOCKED,
    Trouble.TOO_LARGE: DocumentTrouble.TOO_LARGE,
    Trouble.NO_TEXT: DocumentTrouble.NO_TEXT,
    Trouble.TOO_SLOW: DocumentTrouble.TOO_SLOW,
    Trouble.STOPPED: DocumentTrouble.FAILED,
}

_Row = TypeVar("_Row", bound=Model)


class Pile(ABC, Generic[_Row]):
    """Files that wait to be read, as rows of one model with `file`, `due_at`, `tries` and `lease_until`.

    Each is taken up by one worker at a time, which has it as long as its lease says so; read again later where a try
    failed for a reason of the moment; and given up where it cannot be read. A file whose reader takes the whole worker
    down is given up at its fourth try.
    """

    # What a row says besides while it is read, and while it waits for its next try.
    while_read: ClassVar[Mapping[str, Any]] = {}
    while_waiting: ClassVar[Mapping[str, Any]] = {}

    @abstractmethod
    def unread(self) -> QuerySet[_Row]:
        """Those that are to be read, whether somebody is reading them or not."""

    @abstractmethod
    def mine(self, row: _Row) -> QuerySet[_Row]:
        """The row, as long as this try is the one that counts."""

    @abstractmethod
    def read(self, row: _Row) -> None:
        """Read it and keep what it holds with `end`. Whatever comes out of it is written on the row."""

    @abstractmethod
    def give_up(self, row: _Row, why: DocumentTrouble) -> None:
        """Write down with `end` that it cannot be read."""

    def read_due(self, *, now: datetime, limit: int) -> int:
        """Read up to `limit` that are due and return how many this call took up.

        Whatever is wrong with one is written on it and never comes out of here.
        """
        started = monotonic()
        due = self._free(now).order_by("due_at", "pk").values_list("pk", flat=True)
        return sum(
            # The lease counts from when this one is taken up.
            self._read_one(pk, now=now + timedelta(seconds=monotonic() - started))
            for pk in list(due[:limit])
        )

    def end(self, row: _Row, **changes: Any) -> bool:
        """Write `changes` as what became of this try, and return whether it still counted."""
        return bool(self.mine(row).update(lease_until=None, due_at=None, **changes))

    def _free(self, now: datetime) -> QuerySet[_Row]:
        return self.unread().filter(Q(lease_until=None) | Q(lease_until__lt=now), due_at__lte=now)

    def _read_one(self, pk: int, *, now: datetime) -> bool:
        row = self._claim(pk, now=now)
        if row is None:
            return False
        if row.tries > len(READING_DELAYS) + 1:
            # Whoever took it up the last time died over it.
            self.give_up(row, DocumentTrouble.FAILED)
            return True
        try:
            self.read(row)
        except FileNotFoundError:
            self.give_up(row, DocumentTrouble.MISSING)
        except NotRead as refusal:
            self._put_off(row, WHY_NOT_READ[refusal.trouble], again=refusal.again, now=now)
        except Exception:
            logger.exception("%s %s could not be read.", row._meta.label, row.pk)
            self._put_off(row, DocumentTrouble.FAILED, again=True, now=now)
        return True

    def _claim(self, pk: int, *, now: datetime) -> Any:
        row: Any = self.unread().filter(pk=pk).first()
        if row is None:
            return None
        lease, tries = now + READING_LEASE, row.tries + 1
        free = self._free(now).filter(pk=pk, tries=row.tries)
        if not free.update(lease_until=lease, tries=tries, **self.while_read):
            return None
        row.lease_until, row.tries = lease, tries
        return row

    def _put_off(self, row: Any, why: DocumentTrouble, *, again: bool, now: datetime) -> None:
        delay = dict(enumerate(READING_DELAYS, start=1)).get(row.tries)
        if not again or delay is None:
            self.give_up(row, why)
        else:
            self.mine(row).update(lease_until=None, due_at=now + delay, **self.while_waiting)


# --- Documents ---------------------------------------------------------------------------------------------------


def read_due_documents(*, now: datetime, limit: int = 10) -> int:
    """Read up to `limit` documents that wait, as `Pile` does it, and return how many this call took up."""
    return _DOCUMENTS.read_due(now=now, limit=limit)


class _Documents(Pile[Document]):
    while_read = {"state": DocumentState.READING}
    while_waiting = {"state": DocumentState.WAITING}

    def unread(self) -> QuerySet[Document]:
        return Document.objects.filter(state__in=DocumentState.open_states, candidate__erased_at=None)

    def mine(self, row: Document) -> QuerySet[Document]:
        """As long as nobody erased what it says, too."""
        return Document.objects.filter(
            pk=row.pk, state=DocumentState.READING, lease_until=row.lease_until, digest=row.digest
        )

    def read(self, row: Document) -> None:
        with row.file.open("rb") as file:
            reading = read(file, Kind.of(row.media_type))
        _keep(row, reading)

    def give_up(self, row: Document, why: DocumentTrouble) -> None:
        self.end(row, state=DocumentState.UNREADABLE, why=why)


_DOCUMENTS: Final = _Documents()


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
        kept = _DOCUMENTS.end(
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
