"""What outbox holds of a sample company, when it is cleared away. `hiring.operations.start_for_real` calls these."""

from __future__ import annotations

from datetime import datetime
from pathlib import PurePath

from django.core.files.storage import default_storage
from django.db import transaction

from accounts.models import Actor
from accounts.operations import only_sample_data
from outbox.models import AccessLink, Event, InboundMessage, Message, Notification, Work

_FOLDER = PurePath(str(Work._meta.get_field("file").upload_to))


@transaction.atomic
def forget_sample_history(*, by: Actor) -> None:
    """Remove all mail, links, work and the whole history, which is one of made-up people. Templates stay.

    Raises `PermissionDenied`, `NotSampleData`.
    """
    only_sample_data(by=by)
    Notification.objects.all().delete()
    InboundMessage.objects.all().delete()
    Message.objects.all().delete()
    AccessLink.objects.all().delete()
    Work.objects.all().delete()
    Event.objects.all().delete()


def forget_lost_files(*, before: datetime | None = None) -> int:
    """Delete the files of work that no row names any more and return how many; with `before` only older ones.

    A file is stored before the row that names it, so on a site at work only those of earlier are lost for sure.
    """
    if not default_storage.exists(str(_FOLDER)):
        return 0
    named = set(Work.objects.exclude(file="").exclude(file=None).values_list("file", flat=True))
    lost = {str(_FOLDER / name) for name in default_storage.listdir(str(_FOLDER))[1]} - named
    if before is not None:
        lost = {path for path in lost if default_storage.get_modified_time(path) < before}
    for path in sorted(lost):
        default_storage.delete(path)
    return len(lost)
