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


def _at(name: str, *args: object, **query: object) -> str:
    address = reverse(name, args=args)
    return f"{address}?{urlencode(query)}" if query else address


def _strangers(there: Company) -> list[Page]:
    slug = there.largest.slug
    return [
        Page("careers: list of jobs", _at("careers:jobs")),
        Page("careers: a job", _at("careers:job", slug)),
        Page("careers: the form", _at("careers:apply", slug)),
        Page("careers: feed", _at("careers:json")),
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
        Page("job, with its people", _at("hiring:job", job.slug)),
        Page("job, everybody, page 40", _at("hiring:job", job.slug, status="all", page=40)),
        Page(
            "job, searched and filtered", _at("hiring:job", job.slug, q="ada", status="all", result="passed")
        ),
        Page("board", _at("hiring:board", job.slug), 150, 25, _BOARD),
        Page("board, searched", _at("hiring:board", job.slug, q="example"), 150, 25),
        Page("board, a column goes on", column, 150, 25),
        Page("results of a job", _at("hiring:results", job.slug)),
        Page("application", _at("hiring:application", one.public_id), peer=_PROFILE),
        Page(
            "application, from a list", _at("hiring:application", one.public_id, list="applications"), 150, 45
        ),
        Page("person", _at("hiring:person", person), peer=_PROFILE),
        Page("job list", _at("admin:hiring_job_changelist"), **list_goals),
    ]


def _lists(actor: Actor) -> list[Page]:
    applications, people = "admin:hiring_application_changelist", "admin:candidates_candidate_changelist"
    # In the middle of what can be turned to.
    applied, there_are = Application.objects.visible_to(actor), Candidate.objects.visible_to(actor)
    middle = min(applied.count(), LongListPaginator.MOST) // 100 + 1
    tag = Tag.objects.order_by("pk").values_list("pk", flat=True)[0]
    middle_of_people = min(there_are.count(), LongListPaginator.MOST) // 100 + 1
    return [
        Page("applications", _at(applications), 60, 15, _LIST),
        Page("applications, far on", _at(applications, p=middle), peer=_LIST),
        Page(
            "applications, active, test passed", _at(applications, status__exact="active", outcome="passed")
        ),
        Page("applications, sorted by name", _at(applications, o=1)),
        Page("applications: a name", _at(applications, q="yusuf"), peer=_SEARCH),
        Page("applications: nobody's word", _at(applications, q="zzyzx"), peer=_SEARCH),
        Page("applications: everybody's word", _at(applications, q="example"), peer=_SEARCH),
        Page("people", _at(people), 60, 15, _LIST),
        Page("people, far on", _at(people, p=middle_of_people), peer=_LIST),
        Page("people with a tag", _at(people, tags__id__exact=tag)),
        Page("people: a name", _at(people, q="yusuf"), peer=_SEARCH),
        Page("people: everybody's word", _at(people, q="example"), peer=_SEARCH),
        Page("search box: a name", _at("admin:search", s="yusuf")),
        Page("search box: everybody's word", _at("admin:search", s="example")),
        Page("mail", _at("outbox:mail")),
        Page("mail that did not arrive", _at("hiring:undelivered")),
        Page("answers, unread", _at("hiring:answers")),
        Page("answers, all", _at("hiring:answers", show="all")),
        Page("notifications", _at("outbox:notifications")),
    ]


def _numbers() -> list[Page]:
    reports = [
        Page(f"report: {name}, {words}", _at("hiring:report", name, period=period))
        for name in REPORTS
        for period, words in (("90", "90 days"), ("all", "all time"))
    ]
    return [
        Page("start", reverse("admin:index")),
        Page("needs you", _at("hiring:needs-you")),
        Page("waiting: ageing", _at("hiring:waiting", "ageing")),
        Page("waiting: results", _at("hiring:waiting", "results")),
        Page("dashboard", _at("hiring:dashboard"), 120, 20, _DASHBOARD),
        Page("dashboard, 12 months", _at("hiring:dashboard", period=365), 120, 20, _DASHBOARD),
        *reports,
    ]
