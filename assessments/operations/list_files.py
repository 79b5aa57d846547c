"""The lists of open links as files: those of a test, and those of a job."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Actor
from assessments.models import OpenLink
from assessments.queries.open_links import OpenLinkLine, open_link_lines, open_link_rows
from outbox.operations import ListFile, take_list
from rendering.tables import TableColumn

_OPEN_LINKS: Final[Sequence[TableColumn[OpenLinkLine]]] = (
    TableColumn(_("Name"), lambda line: line.link.title),
    TableColumn(_("Test"), lambda line: line.link.assessment.name),
    TableColumn(_("State"), lambda line: line.words),
    TableColumn(_("Address"), lambda line: line.url),
    TableColumn(_("Opens"), lambda line: line.link.opens_at),
    TableColumn(_("Closes"), lambda line: line.link.closes_at),
    TableColumn(_("Most people"), lambda line: line.link.most_people),
    TableColumn(_("Came"), lambda line: line.link.taken),
    TableColumn(_("Started"), lambda line: _count(line, "started_total")),
    TableColumn(_("Finished"), lambda line: _count(line, "finished_total")),
    TableColumn(_("Address not confirmed yet"), lambda line: _count(line, "asked_total")),
    TableColumn(_("Made"), lambda line: line.link.created_at),
)


def take_open_links(
    links: QuerySet[OpenLink],
    *,
    of: Any,
    format: str,
    by: Actor,
    now: datetime,
) -> HttpResponseBase:
    """Return open links of a test or a job (`of`, which has a `slug`) as a file, and write down who takes it.

    It names nobody who came. Raises `TooManyRows` for an XLSX that would take too long.
    """
    file = ListFile(
        listed="open links",
        name=f"{of.slug}-open-links",
        sheet=gettext("Open links"),
        columns=_OPEN_LINKS,
        # A test or a job has a few: they are read at once.
        keys=open_link_lines(open_link_rows(links), now=now),
        rows=iter,
        about=of._meta.label,
        about_id=of.pk,
    )
    return take_list(file, format=format, by=by, now=now)


def _count(line: OpenLinkLine, name: str) -> int:
    """What `open_link_rows` counted of a link."""
    count: int = getattr(line.link, name)
    return count
