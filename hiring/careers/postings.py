"""A job as search engines and readers of feeds take it. Addresses begin with the site's own, never with a request's."""

from __future__ import annotations

from typing import Any, Final

from django.urls import reverse

from accounts.models import Organisation
from hiring.enums import JobKind, SalaryPeriod
from hiring.models import Job
from rendering.feeds import FeedItem
from rendering.markdown import render_markdown

# As in schema.org's JobPosting.
_EMPLOYMENT: Final = {
    JobKind.FULL_TIME: "FULL_TIME",
    JobKind.PART_TIME: "PART_TIME",
    JobKind.CONTRACT: "CONTRACTOR",
    JobKind.TEMPORARY: "TEMPORARY",
    JobKind.INTERNSHIP: "INTERN",
    JobKind.APPRENTICESHIP: "OTHER",
    JobKind.VOLUNTEER: "VOLUNTEER",
    JobKind.OTHER: "OTHER",
}
_PERIODS: Final = {
    SalaryPeriod.HOUR: "HOUR",
    SalaryPeriod.DAY: "DAY",
    SalaryPeriod.MONTH: "MONTH",
    SalaryPeriod.YEAR: "YEAR",
}


def address_of(job: Job, home: Organisation) -> str:
    """Return the full address of a job's page."""
    return f"{home.address}{reverse('careers:job', args=[job.slug])}"


def job_posting(job: Job, home: Organisation) -> dict[str, Any]:
    """Return a job as schema.org's JobPosting. It says nothing that its page does not."""
    employer = {"@type": "Organization", "name": home.name, "sameAs": home.address}
    posting: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "JobPosting",
        "title": job.title,
        "description": str(render_markdown(job.description)) or job.title,
        "identifier": {"@type": "PropertyValue", "name": home.name, "value": job.slug},
        "url": address_of(job, home),
        "hiringOrganization": employer,
        "directApply": True,
    }
    if job.opened_at is not None:
        posting["datePosted"] = job.opened_at.date().isoformat()
    if job.kind:
        posting["employmentType"] = _EMPLOYMENT[JobKind(job.kind)]
    if job.location:
        place = {"@type": "PostalAddress", "addressLocality": job.location}
        posting["jobLocation"] = {"@type": "Place", "address": place}
    if job.salary_is_public and (job.salary_min is not None or job.salary_max is not None):
        posting["baseSalary"] = _salary(job)
    return posting


def _salary(job: Job) -> dict[str, Any]:
    bounds = {"minValue": job.salary_min, "maxValue": job.salary_max}
    return {
        "@type": "MonetaryAmount",
        "currency": job.salary_currency,
        "value": {
            "@type": "QuantitativeValue",
            "unitText": _PERIODS[SalaryPeriod(job.salary_period)],
            **{name: bound for name, bound in bounds.items() if bound is not None},
        },
    }


def feed_item(job: Job, home: Organisation) -> FeedItem:
    """Return a job as an item of a feed."""
    return FeedItem(
        title=job.title,
        url=address_of(job, home),
        html=str(render_markdown(job.description)),
        summary=", ".join(fact for fact in (job.department, job.location) if fact),
        at=job.opened_at or job.created_at,
        tags=tuple(tag for tag in (job.department, job.team, job.location) if tag),
    )
