"""Files that go with letters: looked at when they come, and named by a signed text until the letter is sent."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from io import BytesIO
from typing import IO, Final

from django.core import signing
from django.core.exceptions import ValidationError

from outbox.operations import keep_attachment
from outbox.rules import Attachment
from rendering.documents.pictures import made_anew
from rendering.documents.sniffing import ANSWERS, DocumentRefused, clean_filename, sniff

_SALT: Final = "hiring.letter-file"
# Far longer than anybody writes a letter for, and shorter than what nobody sends is kept.
_LASTS: Final = timedelta(days=1)


def keep_letter_file(*, file: IO[bytes], filename: str) -> Attachment:
    """Keep a file that was chosen for a letter and return what names it. Pictures are made anew, as documents are.

    Raises `ValidationError` in words that name the file: its content decides what it is, and its name must agree.
    """
    try:
        kind = sniff(file, filename, accepts=ANSWERS)
        content: IO[bytes] = BytesIO(made_anew(file, kind, filename)) if kind.is_picture else file
    except DocumentRefused as refusal:
        raise ValidationError(refusal.words) from refusal
    content.seek(0, 2)
    length = content.tell()
    content.seek(0)
    return keep_attachment(
        content=content,
        filename=clean_filename(filename),
        ending=kind.value,
        media_type=kind.media_type,
        size=length,
    )


def name_file(attachment: Attachment, owner: int | None) -> str:
    """Return the signed text by which the form of the colleague `owner` names a file that is kept."""
    return signing.dumps([owner, asdict(attachment)], salt=_SALT)


def named_file(text: str, owner: int | None) -> Attachment | None:
    """Return the file that a form names; None for a text that is not ours, of somebody else, or too old."""
    try:
        whose, fields = signing.loads(text, salt=_SALT, max_age=_LASTS)
    except signing.BadSignature:
        return None
    return Attachment(**fields) if whose == owner else None
