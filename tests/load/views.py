"""Which pages are asked, what we want of each, and what the peer's page for the same work took."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from accounts.models import Actor, User
from candidates.models import Candidate, Tag
from hiring.enums import ApplicationStatus
from hiring.models import Application
from hiring.queries import current_stages
from hiring.queries.reports.registry import REPORTS
from shell.admin import LongListPaginator
from tests.load.company import Company

# Of pages that no goal was set for.
MILLISECONDS, STATEMENTS = 150, 40


@dataclass(frozen=True)
class Peer:
    """Horilla with 11,000 candidates."""

    milliseconds: int
    cpu_ms: int
    statements: int
    size: int

    @property
    def line(self) -> str:
        return f"{self.milliseconds} / {self.cpu_ms} / {self.statements} / {self.size}"


_LIST = Peer(1223, 888, 532, 256)
_SEARCH = Peer(490, 309, 317, 107)
# Shell, search, stages and the cards of one stage: what it takes until somebody sees the first of them.
_BOARD = Peer(3149, 2696, 1239, 367)
_DASHBOARD = Peer(2071, 919, 583, 107)
_PROFILE = Peer(222, 126, 163, 124)


@dataclass(frozen=True)
class Page:
    """A page as it is asked for."""

    name: str
    address: str
    milliseconds: int = MILLISECONDS
    most_statements: int = STATEMENTS
    peer: Peer | None = None


def pages_for(there: Company, who: User | None) -> Sequence[Page]:
    """Return the pages of a colleague who is on the largest job, or of strangers."""
    return _strangers(there) if who is None else [*_job(there), *_lists(Actor.of_user(who)), *_numbers()]


def address(name: str, *args: object, **query: object) -> str:
    """Return where a page is, by its name and parts, with a query."""
    path = reverse(name, args=args)
    return f"{path}?{urlencode(query)}" if query else path


def _strangers(there: Company) -> list[Page]:
    slug = there.largest.slug
    return [
        Page("careers: list of jobs", address("careers:jobs")),
        Page("careers: a job", address("careers:job", slug)),
        Page("careers: the form", address("careers:apply", slug)),
        Page("careers: feed", address("careers:json")),
    ]


def _job(there: Company) -> list[Page]:
    job = there.largest
    live = Application.objects.filter(job=job, status=ApplicationStatus.ACTIVE)
    stages = current_stages(job.pk)
    column = reverse("hiring:board-column", args=[job.slug, stages[0].pk])
    one = live.filter(stage=stages[3]).order_by("-applied_at", "pk")[0]
    person = one.candidate.public_id
    list_goals = {"milliseconds": 60, "most_statements": 15}
    return [
        Page("job, with its people", address("hiring:job", job.slug)),
        Page("job, everybody, page 40", address("hiring:job", job.slug, status="all", page=40)),
        Page(
            "job, searched and filtered",
            address("hiring:job", job.slug, q="ada", status="all", result="passed"),
        ),
        Page("board", address("hiring:board", job.slug), 150, 25, _BOARD),
        Page("board, searched", address("hiring:board", job.slug, q="example"), 150, 25),
        Page("board, a column goes on", column, 150, 25),
        Page("results of a job", address("hiring:results", job.slug)),
        Page("application", address("hiring:application", one.public_id), peer=_PROFILE),
        Page(
            "application, from a list",
            address("hiring:application", one.public_id, list="applications"),
            150,
            45,
        ),
        Page("person", address("hiring:person", person), peer=_PROFILE),
        Page("job list", address("admin:hiring_job_changelist"), **list_goals),
    ]


def _lists(actor: Actor) -> list[Page]:
    applications, people = "admin:hiring_application_changelist", "admin:candidates_candidate_changelist"
    # In the middle of what can be turned to.
    applied, there_are = Application.objects.visible_to(actor), Candidate.objects.visible_to(actor)
    middle = min(applied.count(), LongListPaginator.MOST) // 100 + 1
    tag = Tag.objects.order_by("pk").values_list("pk", flat=True)[0]
    middle_of_people = min(there_are.count(), LongListPaginator.MOST) // 100 + 1
    return [
        Page("applications", address(applications), 60, 15, _LIST),
        Page("applications, far on", address(applications, p=middle), peer=_LIST),
        Page(
            "applications, active, test passed",
            address(applications, status__exact="active", outcome="passed"),
        ),
        Page("applications, sorted by name", address(applications, o=1)),
        Page("applications: a name", address(applications, q="yusuf"), peer=_SEARCH),
        Page("applications: nobody's word", address(applications, q="zzyzx"), peer=_SEARCH),
        Page("applications: everybody's word", address(applications, q="example"), peer=_SEARCH),
        Page("people", address(people), 60, 15, _LIST),
        Page("people, far on", address(people, p=middle_of_people), peer=_LIST),
        Page("people with a tag", address(people, tags__id__exact=tag)),
        Page("people: a name", address(people, q="yusuf"), peer=_SEARCH),
        Page("people: everybody's word", address(people, q="example"), peer=_SEARCH),
        Page("search box: a name", address("admin:search", s="yusuf")),
        Page("search box: everybody's word", address("admin:search", s="example")),
        Page("mail", address("outbox:mail")),
        Page("mail that did not arrive", address("hiring:undelivered")),
        Page("answers, unread", address("hiring:answers")),
        Page("answers, all", address("hiring:answers", show="all")),
        Page("notifications", address("outbox:notifications")),
    ]


def _numbers() -> list[Page]:
    reports = [
        Page(f"report: {name}, {words}", address("hiring:report", name, period=period))
        for name in REPORTS
        for period, words in (("90", "90 days"), ("all", "all time"))
    ]
    return [
        Page("start", reverse("admin:index")),
        Page("needs you", address("hiring:needs-you")),
        Page("waiting: ageing", address("hiring:waiting", "ageing")),
        Page("waiting: results", address("hiring:waiting", "results")),
        Page("dashboard", address("hiring:dashboard"), 120, 20, _DASHBOARD),
        Page("dashboard, 12 months", address("hiring:dashboard", period=365), 120, 20, _DASHBOARD),
        *reports,
    ]
