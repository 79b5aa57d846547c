"""Files of forms that are not taken yet. They are of nobody so far, and forgotten within the hour."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Final

from django.core.files import File
from django.db.models import Sum

from accounts.rules import random_code
from candidates.operations import forget_unnamed_files
from hiring.models import Job, ResumeDraft, StagedUpload
from hiring.operations.drafts import FOLDER as DRAFTS
from hiring.rules.careers import KEPT_FOR, ROOM_TO_KEEP
from rendering.documents.sniffing import Kind, clean_filename

logger = logging.getLogger(__name__)

# The folder of `StagedUpload.file`.
FOLDER: Final = "staged"


def stage_upload(
    *, job: Job, field: str, upload: File[bytes], kind: Kind, now: datetime
) -> StagedUpload | None:
    """Keep a file for `field` of the form of `job` until the form is sent, and return its row.

    `upload`, under the name that its person gave it, was found to be of `kind`.
    None when too much waits already or there is no room: then it has to be chosen again, and nothing of it is kept.
    """
    waiting = StagedUpload.objects.aggregate(size=Sum("size"))["size"] or 0
    size = upload.size or 0
    if waiting + size > ROOM_TO_KEEP:
        logger.warning("Files of forms that were not sent take up %d bytes; no more are kept.", waiting)
        return None
    staged = StagedUpload(
        job=job,
        field=field,
        filename=clean_filename(upload.name or ""),
        media_type=kind.media_type,
        size=size,
        created_at=now,
    )
    name = f"{random_code()}.{kind.value}"
    path = staged.file.field.generate_filename(staged, name)
    try:
        # A file of our own around it: storage would move that of an upload, which may have to be read again.
        staged.file.save(name, File(upload), save=False)
    except OSError:
        logger.exception("A file of a form could not be kept.")
        # A full disk leaves the half that fitted.
        staged.file.storage.delete(path)
        return None
    try:
        staged.save(force_insert=True)
    except BaseException:
        staged.file.delete(save=False)
        raise
    return staged


def forget_staged(*, now: datetime, limit: int = 100) -> int:
    """Delete files of forms that were not sent within the hour, or were sent since; return how many went.

    A file that cannot be deleted stays named on its row, and is tried again with the next call.
    """
    gone = 0
    for staged in StagedUpload.objects.filter(created_at__lte=now - KEPT_FOR).order_by("pk")[:limit]:
        try:
            staged.file.delete(save=False)
        except OSError:
            logger.exception("The file of staged upload %s could not be deleted.", staged.pk)
        else:
            staged.delete()
            gone += 1
    return gone


def forget_lost_uploads(*, before: datetime | None = None) -> int:
    """Delete the files of forms and drafts that no row names, and return how many; with `before` only older ones.

    A process that is killed between writing a file and its row leaves one.
    """
    return forget_unnamed_files(
        folders=(FOLDER, DRAFTS),
        keepers=(StagedUpload.objects.all(), ResumeDraft.objects.all()),
        before=before,
    )
