"""A list that somebody takes along as a file: every list of the house goes this way.

What is in sight, narrowed down and sorted is what is in the file; the history says who took it, before they have it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from django.utils.translation import gettext

from accounts.models import Actor
from outbox.models import Event, Message
from outbox.operations.exports import record_export
from outbox.queries import event_lines
from outbox.registries import kind_title
from outbox.registries.taking import takeable_mail
from rendering.downloads import refuse_too_many, table_response

# How many rows are loaded whole at a time.
PART: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class ListFile:
    """A list as somebody takes it along.

    `keys` are its rows in their order, by number or as they are; `lines` returns what stands in the file for at most
    `PART` of them, in as many queries whatever their number. Whoever is erased while the file is written is left out.
    `listed` and `about` say to the history which list it is, `filters` the names of what narrows it down, never what
    was looked for: that may be a person's name.
    """

    listed: str
    name: str
    sheet: str
    headings: Sequence[str]
    keys: Sequence[Any]
    lines: Callable[[Sequence[Any]], Iterable[Sequence[Any]]]
    filters: Sequence[str] = ()
    about: str = ""
    about_id: int | None = None


def take_list(
    taken: ListFile,
    *,
    format: str,
    by: Actor,
    now: datetime,
) -> HttpResponseBase:
    """Return a list as a file, and write down who takes it. A CSV is read and sent part by part.

    Raises `TooManyRows` for an XLSX that would take too long; then nothing was taken.
    """
    refuse_too_many(len(taken.keys), format)
    record_export(
        listed=taken.listed,
        format=format,
        count=len(taken.keys),
        filters=taken.filters,
        about=taken.about,
        about_id=taken.about_id,
        by=by,
        now=now,
    )
    return table_response(taken.headings, _lines(taken), name=taken.name, format=format, sheet=taken.sheet)


def _lines(taken: ListFile) -> Iterator[Sequence[Any]]:
    for start in range(0, len(taken.keys), PART):
        yield from taken.lines(taken.keys[start : start + PART])


def in_order(rows: QuerySet[Any], keys: Sequence[int]) -> list[Any]:
    """Return those of `rows` that have these keys, in the order of the keys. One query, and those of its prefetches."""
    found = {row.pk: row for row in rows.filter(pk__in=keys)}
    return [found[key] for key in keys if key in found]


def take_mail(
    mail: QuerySet[Message],
    *,
    filters: Sequence[str],
    format: str,
    by: Actor,
    now: datetime,
) -> HttpResponseBase:
    """Return mail (what the reader sees, in order) as a file without its texts, and write down who takes it.

    It holds what the reader may take along. Raises `TooManyRows` as `take_list` does.
    """

    def lines(keys: Sequence[int]) -> Iterator[Sequence[Any]]:
        for message in in_order(Message.objects.defer("body"), keys):
            yield [
                message.subject,
                message.to_name,
                message.to_address,
                str(kind_title(message.kind)),
                message.shown_state.label,
                message.reason,
                message.created_at,
                message.due_at,
                message.finished_at,
                message.public_id,
            ]

    headings = [
        gettext("Subject"),
        gettext("To"),
        gettext("Email address"),
        gettext("Kind of mail"),
        gettext("State"),
        gettext("Reason"),
        gettext("Written"),
        gettext("Due"),
        gettext("Finished"),
        gettext("Message"),
    ]
    taken = ListFile(
        listed="mail",
        name="mail",
        sheet=gettext("Mail"),
        headings=headings,
        keys=list(takeable_mail(mail, by).values_list("pk", flat=True)),
        lines=lines,
        filters=filters,
    )
    return take_list(taken, format=format, by=by, now=now)


def take_history(
    events: QuerySet[Event],
    *,
    listed: str,
    name: str,
    filters: Sequence[str],
    format: str,
    by: Actor,
    now: datetime,
    about: str = "",
    about_id: int | None = None,
) -> HttpResponseBase:
    """Return events (what the reader sees, in order) in words as a file, and write down who takes it.

    Raises `TooManyRows` as `take_list` does.
    """

    def lines(keys: Sequence[int]) -> Iterator[Sequence[Any]]:
        for line in event_lines(in_order(Event.objects.select_related("actor_user"), keys), by):
            yield [line.event.at, line.who, line.words, line.detail, str(line.subject.title)]

    headings = [gettext("When"), gettext("Who"), gettext("What"), gettext("Details"), gettext("About")]
    taken = ListFile(
        listed=listed,
        name=name,
        sheet=gettext("History"),
        headings=headings,
        keys=list(events.values_list("pk", flat=True)),
        lines=lines,
        filters=filters,
        about=about,
        about_id=about_id,
    )
    return take_list(taken, format=format, by=by, now=now)
