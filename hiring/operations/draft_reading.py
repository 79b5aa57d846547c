"""Reading résumés that were dropped: as documents are read, and with a guess whose each is.

Of a draft nothing but its words is kept; one that cannot be read can be filled in by hand all the same.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from candidates.enums import DocumentTrouble
from candidates.operations import CandidateDraft
from candidates.operations.reading import Pile
from hiring.enums import DraftState
from hiring.formats.resumes import guess_person
from hiring.models import ResumeDraft
from rendering.documents.reader import read
from rendering.documents.sniffing import Kind


def read_due_drafts(*, now: datetime, limit: int = 10) -> int:
    """Read up to `limit` drafts that wait, as `Pile` does it, and return how many this call took up."""
    return _DRAFTS.read_due(now=now, limit=limit)


class _Drafts(Pile[ResumeDraft]):
    def unread(self) -> QuerySet[ResumeDraft]:
        return ResumeDraft.objects.filter(state=DraftState.READING)

    def mine(self, row: ResumeDraft) -> QuerySet[ResumeDraft]:
        """As long as nobody used or discarded it, too."""
        return self.unread().filter(pk=row.pk, lease_until=row.lease_until)

    def read(self, row: ResumeDraft) -> None:
        with row.file.open("rb") as file:
            text = read(file, Kind.of(row.media_type)).text
        why = "" if text else DocumentTrouble.NO_TEXT
        self.end(row, state=DraftState.READY, why=why, text=text, **_guessed(text, row.filename))

    def give_up(self, row: ResumeDraft, why: DocumentTrouble) -> None:
        self.end(row, state=DraftState.FAILED, why=why, **_guessed("", row.filename))


_DRAFTS: Final = _Drafts()


def _guessed(text: str, filename: str) -> dict[str, str]:
    """Who it may be of, as far as it could be written down as it stands."""
    guess = guess_person(text, filename=filename)
    fields = {"full_name": guess.full_name, "email": guess.email, "phone": guess.phone}
    try:
        CandidateDraft(**fields).cleaned()
    except ValidationError as error:
        fields |= dict.fromkeys(error.error_dict, "")
    return fields
