"""The list of open jobs and the page of each. They set no cookie, and may be kept for a minute by whoever asks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _

from hiring.careers import words
from hiring.careers.postings import job_posting
from hiring.enums import JobKind, JobStatus
from hiring.models import Job, TrackingLink
from hiring.queries import careers
from hiring.rules.careers import JOBS_A_PAGE, MOST_SENT
from shell.candidate_pages import PublicView, private
from shell.registries import FrontLink

# So long a job that was closed may still be seen in a browser or a proxy.
KEPT = "public, max-age=60"


class CareersView(PublicView):
    """A page that strangers find. `via` is the code of the tracking link that led here: addresses alone carry it."""

    note_template = "careers/note.html"

    @cached_property
    def link(self) -> TrackingLink | None:
        """The tracking link that somebody came by, if it still counts. One query where there is a code."""
        code = self.request.POST.get("via", "") or self.request.GET.get("via", "")
        return careers.tracking_link(code)

    def job(self, slug: str) -> Job | None:
        """The job of an address, as strangers find it."""
        return careers.public_job(slug, link=self.link)

    def way(self, name: str, *args: Any) -> str:
        """Return the address of a careers page that keeps what this one was told: by which link, in which language."""
        told = {
            "language": self.request.GET.get("language", ""),
            "via": self.link.public_id if self.link else "",
        }
        query = urlencode({name: value for name, value in told.items() if value})
        address = reverse(f"careers:{name}", args=args)
        return f"{address}?{query}" if query else address

    def show(self, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
        links = {"via": self.link.public_id if self.link else "", "jobs_url": self.way("jobs")}
        return super().show(template, links | context, status=status)

    def no_such_job(self) -> HttpResponse:
        return private(self.say(words.no_such_job(reverse("careers:jobs")), status=404))


class TakesFiles:
    """What a page says that takes files, to whoever sends more than it takes. For views."""

    body_limit: int | None = MOST_SENT

    def too_large(self: PublicView) -> HttpResponse:  # type: ignore[misc]
        return self.say(words.too_large(), status=413)


class OpenPage(CareersView):
    """A page that looks the same to everybody who speaks its language."""

    http_method_names = ["get", "head", "options"]

    def kept(self, response: HttpResponseBase) -> HttpResponseBase:
        if response.status_code != 200:
            return private(response)
        response["Cache-Control"] = KEPT
        response["Referrer-Policy"] = "same-origin"
        patch_vary_headers(response, ["Accept-Language", "Cookie"])
        return response


class JobsView(OpenPage):
    """All open jobs, by department, location and kind."""

    def get(self, request: HttpRequest) -> HttpResponse:
        jobs = list(careers.listed_jobs())
        chosen = {name: request.GET.get(name, "") for name in ("department", "location", "kind")}
        choices: dict[str, Sequence[str]] = {
            "department": _choices(job.department for job in jobs),
            "location": _choices(job.location for job in jobs),
            "kind": [kind for kind in JobKind if any(job.kind == kind for job in jobs)],
        }
        # What is no choice here filters nothing.
        wanted = {name: value for name, value in chosen.items() if value in choices[name]}
        found = [job for job in jobs if all(getattr(job, name) == value for name, value in wanted.items())]
        page = Paginator(found, JOBS_A_PAGE).get_page(request.GET.get("page"))
        told = {"via": self.link.public_id if self.link else "", "language": request.GET.get("language", "")}
        kept = {**wanted, **{name: value for name, value in told.items() if value}}
        context = {
            "rows": [
                {"job": job, "url": self.way("job", job.slug), "facts": facts_of(job)}
                for job in page.object_list
            ],
            "page": page,
            "query": urlencode(kept),
            "choices": choices,
            "wanted": wanted,
            "told": told,
            "has_filters": any(len(values) > 1 for values in choices.values()),
            "canonical": f"{self.home.address}{reverse('careers:jobs')}",
        }
        return self.show("careers/jobs.html", context)


class JobView(OpenPage):
    """What a job is about, and the way to its form."""

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        job = self.job(slug)
        if job is None:
            return self.no_such_job()
        is_open = job.status == JobStatus.OPEN
        context = {
            "job": job,
            "facts": facts_of(job),
            "is_open": is_open,
            "apply_url": self.way("apply", job.slug),
            "posting": job_posting(job, self.home) if is_open and job.is_listed else None,
            "canonical": f"{self.home.address}{reverse('careers:job', args=[job.slug])}",
        }
        return self.show("careers/job.html", context)


def link_from_front() -> FrontLink | None:
    """Lead from the site address to the open jobs, when there are any. One query."""
    if not careers.listed_jobs().exists():
        return None
    return FrontLink(_("See all open jobs"), reverse("careers:jobs"))


def facts_of(job: Job) -> list[str]:
    """Return what is known of a job besides its title, in words."""
    kind = str(JobKind(job.kind).label) if job.kind else ""
    return [fact for fact in (job.department, job.team, job.location, kind, words.salary(job)) if fact]


def _choices(values: Iterable[str]) -> list[str]:
    return sorted({value for value in values if value}, key=str.casefold)
