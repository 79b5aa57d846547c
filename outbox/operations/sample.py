"""What outbox holds of a sample company, when it is cleared away. `hiring.operations.start_for_real` calls these."""

from __future__ import annotations

from datetime import datetime
from pathlib import PurePath

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Model

from accounts.models import Actor
from accounts.operations import only_sample_data
from outbox.models import AccessLink, Event, InboundMessage, Message, MessageAttachment, Notification, Work

_KEEPERS: tuple[type[Model], ...] = (Work, MessageAttachment)


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
    """Delete the files of work and of mail that no row names any more, and return how many.

    With `before` only older ones: a file is stored before the row that names it, so on a site at work only those of
    earlier are lost for sure.
    """
    return sum(_forget_lost(model, before) for model in _KEEPERS)


def _forget_lost(model: type[Model], before: datetime | None) -> int:
    folder = PurePath(str(model._meta.get_field("file").upload_to))  # type: ignore[union-attr]
    if not default_storage.exists(str(folder)):
        return 0
    rows = model._default_manager.exclude(file="").exclude(file=None)
    lost = {str(folder / name) for name in default_storage.listdir(str(folder))[1]}
    if before is not None:
        lost = {path for path in lost if default_storage.get_modified_time(path) < before}
    if lost:
        lost -= set(rows.values_list("file", flat=True))
    for path in sorted(lost):
        default_storage.delete(path)
    return len(lost)
