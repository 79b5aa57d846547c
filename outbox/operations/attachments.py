"""Files that go with mail: kept in private storage before the mail is written, once for however many get it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import IO

from django.core.exceptions import ValidationError
from django.core.files import File
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from accounts.rules import random_code
from outbox.models import MessageAttachment
from outbox.rules import MOST_ATTACHED_BYTES, MOST_ATTACHMENTS, Attachment

_FOLDER = str(MessageAttachment._meta.get_field("file").upload_to)


def keep_attachment(
    *, content: IO[bytes], filename: str, ending: str, media_type: str, size: int
) -> Attachment:
    """Keep a file under a name of our own and return what names it; the caller has found out what it is.

    Until mail goes with it nothing but what is returned knows it, and some days later it is deleted as lost.
    """
    path = f"{_FOLDER}{random_code()}.{ending}"
    try:
        kept = default_storage.save(path, File(content))
    except OSError:
        # A full disk leaves the half that fitted.
        default_storage.delete(path)
        raise
    return Attachment(file=kept, filename=filename, media_type=media_type, size=size)


def check_attachments(attachments: Sequence[Attachment]) -> None:
    """Raise `ValidationError` when these are more than go with one mail."""
    if len(attachments) > MOST_ATTACHMENTS:
        raise ValidationError(_("At most 5 files go with a mail. Leave some out."))
    if sum(each.size for each in attachments) > MOST_ATTACHED_BYTES:
        raise ValidationError(
            _("The files are larger than 10 MB together, and many mail servers refuse that. Leave some out.")
        )
