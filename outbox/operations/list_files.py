"""A list that somebody takes along as a file: every list of the house goes this way.

What is in sight, narrowed down and sorted is what is in the file; the history says who took it, before they have it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Actor
from outbox.models import Event, Message
from outbox.operations.exports import record_export
from outbox.queries import EventLine, event_lines
from outbox.registries import kind_title
from outbox.registries.taking import takeable_mail
from rendering.downloads import refuse_too_many, table_response
from rendering.tables import TableColumn, cells_of, headings_of

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

# How many rows are loaded whole at a time.
PART: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class ListFile:
    """A list as somebody takes it along.

    `keys` are its rows in their order, by number or as they are; `rows` returns what `columns` read of at most `PART`
    of them, in as many queries whatever their number. Whoever is erased while the file is written is left out.
    `listed` and `about` say to the history which list it is, `filters` the names of what narrows it down, never what
    was looked for: that may be a person's name.
    """

    listed: str
    name: str
    sheet: str
    columns: Sequence[TableColumn[Any]]
    keys: Sequence[Any]
    rows: Callable[[Sequence[Any]], Iterable[Any]]
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
    headings = headings_of(taken.columns)
    return table_response(headings, _lines(taken), name=taken.name, format=format, sheet=taken.sheet)


def _lines(taken: ListFile) -> Iterator[Sequence[Any]]:
    for start in range(0, len(taken.keys), PART):
        for row in taken.rows(taken.keys[start : start + PART]):
            yield cells_of(taken.columns, row)


def in_order(rows: QuerySet[Any], keys: Sequence[int]) -> list[Any]:
    """Return those of `rows` that have these keys, in the order of the keys. One query, and those of its prefetches."""
    found = {row.pk: row for row in rows.filter(pk__in=keys)}
    return [found[key] for key in keys if key in found]


@dataclass(frozen=True, slots=True, kw_only=True)
class RowsFile:
    """A list whose file holds all of the rows that the reader sees there.

    `read` returns what `columns` read of a part of the rows, by their numbers, for who asks; the rest is as in
    `ListFile`.
    """

    listed: str
    name: str
    sheet: StrPromise
    columns: Sequence[TableColumn[Any]]
    read: Callable[[Sequence[int], Actor], Iterable[Any]]

    def take(
        self,
        rows: QuerySet[Any],
        *,
        filters: Sequence[str],
        format: str,
        by: Actor,
        now: datetime,
    ) -> HttpResponseBase:
        """Return `rows` (what the reader sees, in order) as a file, and write down who takes it.

        `filters` are the names of what narrows them down. Raises `TooManyRows` as `take_list` does.
        """
        taken = ListFile(
            listed=self.listed,
            name=self.name,
            sheet=str(self.sheet),
            columns=self.columns,
            keys=list(rows.values_list("pk", flat=True)),
            rows=lambda keys: self.read(keys, by),
            filters=filters,
        )
        return take_list(taken, format=format, by=by, now=now)


_MAIL: Final[Sequence[TableColumn[Message]]] = (
    TableColumn(_("Subject"), lambda mail: mail.subject),
    TableColumn(_("To"), lambda mail: mail.to_name),
    TableColumn(_("Email address"), lambda mail: mail.to_address),
    TableColumn(_("Kind of mail"), lambda mail: str(kind_title(mail.kind))),
    TableColumn(_("State"), lambda mail: mail.shown_state.label),
    TableColumn(_("Reason"), lambda mail: mail.reason),
    TableColumn(_("Written"), lambda mail: mail.created_at),
    TableColumn(_("Due"), lambda mail: mail.due_at),
    TableColumn(_("Finished"), lambda mail: mail.finished_at),
    TableColumn(_("Message"), lambda mail: mail.public_id),
)
_HISTORY: Final[Sequence[TableColumn[EventLine]]] = (
    TableColumn(_("When"), lambda line: line.event.at),
    TableColumn(_("Who"), lambda line: line.who),
    TableColumn(_("What"), lambda line: line.words),
    TableColumn(_("Details"), lambda line: line.detail),
    TableColumn(_("About"), lambda line: str(line.subject.title)),
)


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
    taken = ListFile(
        listed="mail",
        name="mail",
        sheet=gettext("Mail"),
        columns=_MAIL,
        keys=list(takeable_mail(mail, by).values_list("pk", flat=True)),
        rows=partial(in_order, Message.objects.defer("body")),
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
    taken = ListFile(
        listed=listed,
        name=name,
        sheet=gettext("History"),
        columns=_HISTORY,
        keys=list(events.values_list("pk", flat=True)),
        rows=lambda keys: event_lines(in_order(Event.objects.select_related("actor_user"), keys), by),
        filters=filters,
        about=about,
        about_id=about_id,
    )
    return take_list(taken, format=format, by=by, now=now)
