"""Open links with how many came by them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _

from assessments.enums import AttemptState
from assessments.models import OpenLink, SignUp
from outbox.models import AccessLink


def open_link_rows(links: QuerySet[OpenLink]) -> QuerySet[OpenLink]:
    """Prepare open links for a list: how many asked without confirming, started and finished. Newest first. Lazy."""
    sign_ups = SignUp.objects.filter(open_link=OuterRef("pk"))
    attempts = Q(invitation__attempts__state__in=[AttemptState.IN_PROGRESS, AttemptState.SUBMITTED])
    finished = Q(invitation__attempts__state=AttemptState.SUBMITTED)
    return (
        links.select_related("assessment", "created_by")
        .annotate(
            asked_total=_counted(sign_ups.filter(confirmed_at=None)),
            started_total=_counted(sign_ups.filter(attempts)),
            finished_total=_counted(sign_ups.filter(finished)),
        )
        .order_by(F("closed_at").desc(nulls_first=True), "-created_at", "-pk")
    )


@dataclass(frozen=True, slots=True)
class OpenLinkLine:
    """An open link in a list: its address, and where it stands."""

    link: OpenLink
    url: str
    words: str
    tone: str


def open_link_lines(links: QuerySet[OpenLink], *, now: datetime) -> list[OpenLinkLine]:
    """Return the rows of `open_link_rows` with what a page shows of each. One query."""
    return [OpenLinkLine(link, open_link_url(link), *_standing(link, now=now)) for link in links]


def open_link_url(link: OpenLink) -> str:
    """Return the address for a posting. It starts with the site's own, never with what a request says."""
    return f"{settings.SITE_ADDRESS}{reverse('taking:open-link', args=[link.public_id])}"


def _standing(link: OpenLink, *, now: datetime) -> tuple[str, str]:
    if link.is_open(now=now):
        return _("Open"), "good"
    if link.closed_at is not None or (link.closes_at is not None and link.closes_at <= now):
        return _("Closed"), "neutral"
    return (_("Full"), "attention") if link.is_full else (_("Not open yet"), "neutral")


def _counted(rows: QuerySet[SignUp]) -> Coalesce:
    counted = rows.order_by().values("open_link").annotate(total=Count("pk", distinct=True)).values("total")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def sign_up_of(link: AccessLink) -> SignUp | None:
    """Return the sign-up that a mailed link confirms. One query."""
    return (
        SignUp.objects.select_related("open_link__assessment", "invitation__link").filter(link=link).first()
    )
