"""Links that say where applicants came from as a file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Any, Final

from django.http.response import HttpResponseBase
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Actor
from hiring.enums import Source
from hiring.models import Job, TrackingLink
from hiring.queries.careers import tracking_links_of
from outbox.operations import ListFile, in_order, take_list
from rendering.tables import TableColumn

_BEFORE_ADDRESS: Final[Sequence[TableColumn[Any]]] = (
    TableColumn(_("Name"), lambda link: link.name),
    TableColumn(_("Source"), lambda link: Source(link.source).label),
    TableColumn(_("Colleague"), lambda link: str(link.referred_by or "")),
    TableColumn(_("Agency"), lambda link: link.agency),
)
_BEHIND_ADDRESS: Final[Sequence[TableColumn[Any]]] = (
    TableColumn(_("Applied by it"), lambda link: link.applied),
    TableColumn(_("Made"), lambda link: link.created_at),
    TableColumn(_("Closed"), lambda link: link.closed_at),
)


def tracking_response(
    job: Job | None,
    *,
    address: Callable[[TrackingLink], str],
    format: str,
    by: Actor,
    now: datetime,
) -> HttpResponseBase:
    """Return the tracking links of a job, or those to all open jobs, as a file, and write down who takes it.

    It names no applicant, and counts those whom the reader sees. `address` says where a link leads from. Raises
    `TooManyRows` for an XLSX that would take too long.
    """
    links = tracking_links_of(job, by)
    file = ListFile(
        listed="tracking links of a job" if job else "tracking links to all jobs",
        name=f"{job.slug}-tracking" if job else "tracking",
        sheet=gettext("Links"),
        columns=[*_BEFORE_ADDRESS, TableColumn(_("Address"), address), *_BEHIND_ADDRESS],
        keys=list(links.values_list("pk", flat=True)),
        rows=partial(in_order, links),
        about=Job._meta.label if job else "",
        about_id=job.pk if job else None,
    )
    return take_list(file, format=format, by=by, now=now)
