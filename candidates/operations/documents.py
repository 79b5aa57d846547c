"""Files of people."""

from __future__ import annotations

import logging

from candidates.models import Document

logger = logging.getLogger(__name__)


def delete_documents_of_erased() -> int:
    """Delete the documents of people who were erased, with their files, and return how many went.

    A file that cannot be deleted stays named on its row, and is tried again with the next call.
    """
    gone = 0
    for document in Document.objects.filter(candidate__erased_at__isnull=False).order_by("pk"):
        try:
            for page in document.pages.order_by("number"):
                page.file.delete(save=False)
            document.file.delete(save=False)
        except OSError:
            logger.exception("The files of document %s could not be deleted.", document.pk)
        else:
            document.delete()
            gone += 1
    return gone
