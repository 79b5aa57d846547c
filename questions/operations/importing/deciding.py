"""What is decided about a file that was checked: it is imported, once, or thrown away, never both."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.files.base import ContentFile
from django.utils.translation import gettext as _

from accounts.models import Actor
from outbox.enums import WorkState
from outbox.models import Work
from outbox.operations import discard_work, queue_work
from questions.operations.importing.asking import CHECK, IMPORT, require_author
from questions.operations.importing.columns import content_of
from questions.operations.importing.running import ImportRefused


def confirm_import(*, check: Work, by: Actor, now: datetime) -> Work:
    """Import the very file that `check` looked at, and return the work; asking twice gives the same work.

    Raises: `PermissionDenied`; `ImportRefused` when the check is not done, refused questions or its file is gone.
    """
    require_author(by)
    existing = import_of(check)
    if existing is not None:
        return existing
    if check.kind != CHECK or check.state != WorkState.DONE or not check.result.get("ok"):
        raise ImportRefused(
            _("Check the file first, and mend what is wrong with it. Then it can be imported.")
        )
    return begin_import(check=check, result=check.result, by=by, now=now)


def begin_import(*, check: Work, result: Mapping[str, Any], by: Actor, now: datetime) -> Work:
    """Import the file of a check that found nothing wrong, and return the work; asking twice gives the same work.

    `result` is what the check found, which is not written yet where its own worker goes on.
    Raises `ImportRefused` where the check was thrown away meanwhile, or its file is gone.
    """

    def claim() -> None:
        # Whoever throws the check away comes before this or after it, never between.
        if not Work.objects.filter(pk=check.pk, state=check.state).update(state=check.state):
            raise ImportRefused(_("This import was thrown away. Upload the file again."), "discarded")

    file = ContentFile(content_of(check), name=check.arguments["filename"])
    return queue_work(
        kind=IMPORT,
        intent=import_intent(check),
        # As its columns were understood when it was checked, whatever is said of such tables meanwhile.
        arguments=check.arguments | {"columns": result.get("columns") or {}},
        by=by,
        now=now,
        file=file,
        claim=claim,
    )


def import_of(check: Work) -> Work | None:
    """Return the work that imports the file of a check, if anybody asked for it. One query."""
    return Work.objects.filter(intent=import_intent(check)).first()


def discard_import(*, check: Work, by: Actor, now: datetime) -> None:
    """Throw away a file that was not imported, with its check, which may still go on. Twice is the same as once.

    Raises: `PermissionDenied`; `ImportRefused` where it is being imported, or was.
    """
    require_author(by)

    def unless() -> None:
        if import_of(check) is not None:
            raise ImportRefused(_("This file is being imported, or was. Nothing is thrown away."), "imported")

    discard_work(work=check, reason=_("Thrown away. Nothing was imported."), by=by, now=now, unless=unless)


def import_intent(check: Work) -> str:
    """Return the intent of the one work that imports the file of a check."""
    return f"{IMPORT}:{check.public_id}"
