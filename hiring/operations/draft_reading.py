"""Reading résumés that were dropped: a worker claims each, lets a process of its own read it, and guesses whose it is.

As `candidates.operations.reading` does it with documents; of a draft nothing but its words is kept.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet

from candidates.enums import DocumentTrouble
from candidates.operations import CandidateDraft
from candidates.operations.reading import READING_DELAYS, READING_LEASE, WHY_NOT_READ
from hiring.enums import DraftState
from hiring.formats.resumes import guess_person
from hiring.models import ResumeDraft
from rendering.documents.reader import NotRead, read
from rendering.documents.sniffing import Kind

logger = logging.getLogger(__name__)


def read_due_drafts(*, now: datetime, limit: int = 10) -> int:
    """Read up to `limit` drafts that wait and return how many this call took up.

    Whatever is wrong with one is written on it and never comes out of here; it can be filled in by hand all the same.
    A file whose reader takes the whole worker down is given up at its fourth try.
    """
    started = monotonic()
    due = _free(now).order_by("due_at", "pk").values_list("pk", flat=True)
    return sum(
        # The lease counts from when this one is taken up.
        _read_one(pk, now=now + timedelta(seconds=monotonic() - started))
        for pk in list(due[:limit])
    )


def _free(now: datetime) -> QuerySet[ResumeDraft]:
    """Those that are due and that nobody is reading."""
    return ResumeDraft.objects.filter(
        Q(lease_until=None) | Q(lease_until__lt=now), state=DraftState.READING, due_at__lte=now
    )


def _read_one(pk: int, *, now: datetime) -> bool:
    draft = _claim(pk, now=now)
    if draft is None:
        return False
    if draft.tries > len(READING_DELAYS) + 1:
        # Whoever took it up the last time died over it.
        _fail(draft, DocumentTrouble.FAILED)
        return True
    try:
        with draft.file.open("rb") as file:
            text = read(file, Kind.of(draft.media_type)).text
        why = "" if text else DocumentTrouble.NO_TEXT
        _end(draft, state=DraftState.READY, why=why, text=text, **_guessed(text, draft.filename))
    except FileNotFoundError:
        _fail(draft, DocumentTrouble.MISSING)
    except NotRead as refusal:
        _put_off(draft, WHY_NOT_READ[refusal.trouble], again=refusal.again, now=now)
    except Exception:
        logger.exception("Draft %s could not be read.", draft.pk)
        _put_off(draft, DocumentTrouble.FAILED, again=True, now=now)
    return True


def _guessed(text: str, filename: str) -> dict[str, str]:
    """Who it may be of, as far as it could be written down as it stands."""
    guess = guess_person(text, filename=filename)
    fields = {"full_name": guess.full_name, "email": guess.email, "phone": guess.phone}
    try:
        CandidateDraft(**fields).cleaned()
    except ValidationError as error:
        fields |= dict.fromkeys(error.error_dict, "")
    return fields


def _claim(pk: int, *, now: datetime) -> ResumeDraft | None:
    draft = ResumeDraft.objects.filter(pk=pk).first()
    if draft is None:
        return None
    lease = now + READING_LEASE
    changed = _free(now).filter(pk=pk, tries=draft.tries).update(lease_until=lease, tries=draft.tries + 1)
    draft.lease_until, draft.tries = lease, draft.tries + 1
    return draft if changed else None


def _mine(draft: ResumeDraft) -> QuerySet[ResumeDraft]:
    """The row, as long as this try is the one that counts and nobody used or discarded it."""
    return ResumeDraft.objects.filter(pk=draft.pk, state=DraftState.READING, lease_until=draft.lease_until)


def _fail(draft: ResumeDraft, why: DocumentTrouble) -> None:
    _end(draft, state=DraftState.FAILED, why=why, **_guessed("", draft.filename))


def _put_off(draft: ResumeDraft, why: DocumentTrouble, *, again: bool, now: datetime) -> None:
    delay = dict(enumerate(READING_DELAYS, start=1)).get(draft.tries)
    if not again or delay is None:
        _fail(draft, why)
    else:
        _mine(draft).update(lease_until=None, due_at=now + delay)


def _end(draft: ResumeDraft, **changes: Any) -> None:
    _mine(draft).update(lease_until=None, due_at=None, **changes)
