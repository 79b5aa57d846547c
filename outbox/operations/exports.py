"""A list as a file that a worker makes: kept in private storage for whoever asked, and deleted some days later."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, cast
from zoneinfo import ZoneInfo

from django.core.exceptions import PermissionDenied
from django.core.files import File
from django.core.files.base import ContentFile
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.enums import ActorKind
from accounts.models import Actor
from outbox.models import Work
from outbox.operations.events import record_event
from outbox.operations.work import keep_file, queue_work
from outbox.registries import Handler, Report
from rendering.downloads import table_file

# Where the arguments of a work say which file it makes.
MADE_FILE: Final = "file"


class FileGone(Exception):  # noqa: N818 -- nothing went wrong, its time was over
    """The file is not kept any more. The message is for the colleague who asked."""


@dataclass(frozen=True, slots=True)
class Table:
    """What stands in a file."""

    headers: Sequence[str]
    rows: Sequence[Sequence[Any]]
    sheet: str


# (the work with its arguments, who asked, what to call at least every half minute) -> what stands in the file.
MakeTable = Callable[[Work, Actor, Report], Table]


def queue_export(
    *,
    kind: str,
    name: str,
    format: str,
    arguments: Mapping[str, Any],
    back: Mapping[str, str],
    intent: str,
    by: Actor,
    now: datetime,
    total: int = 0,
) -> Work:
    """Ask for a list as a file, and return the work; its page offers the file to `by`, and to nobody else.

    Arguments: `kind` is registered with an `export_handler`; the file is called `name`.`format` ("csv" or "xlsx");
    `arguments` say which list, as plain data; `back` is the "url" and "label" of its page; `intent` comes from the
    form.
    Words and moments in the file are as `by` reads them now.
    Raises `PermissionDenied` for whoever has no page to fetch it from.
    """
    if by.kind is not ActorKind.USER:
        raise PermissionDenied
    return queue_work(
        kind=kind,
        intent=f"{kind}:{intent}",
        arguments={
            **arguments,
            "back": dict(back),
            MADE_FILE: {
                "name": f"{name}.{format}",
                "format": format,
                "language": translation.get_language(),
                "zone": timezone.get_current_timezone_name(),
            },
        },
        by=by,
        now=now,
        total=total,
    )


def export_handler(make: MakeTable) -> Handler:
    """Return what does the work of `queue_export` with what `make` returns; for `register_work`.

    `make` looks up anew what the actor may see, and ends the work by a `ValidationError` where that is nothing.
    """

    def handler(work: Work, actor: Actor, report: Report) -> dict[str, Any]:
        asked = work.arguments[MADE_FILE]
        with translation.override(asked["language"]), timezone.override(ZoneInfo(asked["zone"])):
            table = make(work, actor, report)
            count = len(table.rows)
            report(count, count)
            content = table_file(table.headers, table.rows, format=asked["format"], sheet=table.sheet)
            keep_file(work=work, file=ContentFile(content, name=asked["name"]))
            words = ngettext("The file is made: %(count)s row.", "The file is made: %(count)s rows.", count)
            return {"summary": words % {"count": f"{count:,}"}, "file": asked["name"]}

    return handler


def record_export(
    *,
    listed: str,
    format: str,
    count: int,
    filters: Sequence[str],
    by: Actor,
    now: datetime,
    about: str = "",
    about_id: int | None = None,
) -> None:
    """Write down that somebody takes a list with them as a file: which list, how many rows, narrowed down by what.

    `filters` are the names of what narrows it down, never what was looked for: that may be a person's name.
    """
    record_event(
        kind="export.made",
        by=by,
        now=now,
        about=about,
        about_id=about_id,
        data={"list": listed, "format": format, "count": count, "filters": sorted(filters)},
    )


def fetch_file(*, work: Work, by: Actor, now: datetime) -> File[bytes]:
    """Open the file that `work` made for `by`, for them to take with them; the history says that they did.

    What a colleague asked for is for them alone, what a key of theirs asked for is for that key alone.
    Raises `PermissionDenied` for everybody else, whatever they may see; `FileGone` where its time is over.
    """
    asked = (work.actor_kind, work.created_by_id, work.api_key_id)
    fetches = (by.kind.value, by.user.pk if by.user else None, by.api_key.pk if by.api_key else None)
    if by.user is None or asked != fetches or not work.file_name:
        raise PermissionDenied
    try:
        if not work.file:
            raise FileNotFoundError
        opened = work.file.open("rb")
    except FileNotFoundError as error:
        raise FileGone(_("The file was deleted meanwhile. Ask for it again.")) from error
    record_event(
        kind="work.file_fetched",
        by=by,
        now=now,
        about="outbox.work",
        about_id=work.pk,
        data={"kind": work.kind},
    )
    return cast("File[bytes]", opened)
