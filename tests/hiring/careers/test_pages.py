"""What strangers find: the list of open jobs and the page of each."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from hiring.enums import JobKind, JobStatus, SalaryPeriod
from hiring.models import Job
from hiring.operations import close_job, create_tracking_link, pause_job
from tests.factories.accounts import NOW, make_organisation
from tests.factories.hiring import SYSTEM, make_job

pytestmark = pytest.mark.django_db


def text(response: Any) -> str:
    return str(response.content.decode())


def test_list_shows_the_open_jobs_newest_first_with_their_facts(client: Client) -> None:
    old = make_job(title="Gardener", department="Park", location="Leipzig")
    new = make_job(title="Baker")
    Job.objects.filter(pk=old.pk).update(kind=JobKind.PART_TIME, opened_at=NOW)
    Job.objects.filter(pk=new.pk).update(opened_at=NOW + timedelta(days=1))
    make_job(title="Draftsman", opened=False)

    shown = text(client.get("/jobs/"))

    assert re.findall(r'<h2><a href="([^"]+)">', shown) == [f"/jobs/{new.slug}/", f"/jobs/{old.slug}/"]
    for fact in ("Park", "Leipzig", "Part time", "2 open jobs"):
        assert fact in shown
    assert '<meta name="robots" content="index, follow">' in shown


def test_list_is_filtered_by_what_it_offers_and_ignores_everything_else(client: Client) -> None:
    make_job(title="Gardener", department="Park")
    make_job(title="Baker", department="Kitchen")

    park = text(client.get("/jobs/?department=Park"))
    nonsense = text(client.get("/jobs/?department=%3Cscript%3E&kind=1%27&page=zz"))

    assert "Gardener" in park
    assert "Baker</a>" not in park
    assert "Baker</a>" in nonsense
    assert "<script>" not in nonsense


def test_list_is_cut_into_pages(client: Client) -> None:
    for number in range(27):
        make_job(title=f"Post {number}")

    first, second = text(client.get("/jobs/")), text(client.get("/jobs/?page=2"))

    assert (first.count("<h2>"), second.count("<h2>")) == (25, 2)
    assert "Page 1 of 2" in first


def test_page_of_a_job_shows_its_words_its_pay_and_the_way_to_its_form(client: Client) -> None:
    job = make_job(title="Baker", description="We bake **bread**.\n\n<script>alert(1)</script>")
    pay = {"salary_min": 40_000, "salary_max": 52_000, "salary_currency": "EUR", "salary_period": "year"}
    Job.objects.filter(pk=job.pk).update(**pay)

    secret = text(client.get(f"/jobs/{job.slug}/"))
    Job.objects.filter(pk=job.pk).update(salary_is_public=True)
    shown = text(client.get(f"/jobs/{job.slug}/"))

    assert "40,000" not in secret
    assert "baseSalary" not in secret
    assert "40,000 to 52,000 EUR a year" in shown
    assert "<strong>bread</strong>" in shown
    assert "<script>alert" not in shown
    assert f'href="/jobs/{job.slug}/apply/"' in shown


def test_case_9_json_in_html_facts_for_search_engines_end_no_element(client: Client) -> None:
    make_organisation(name="Larkfield </script><script>alert(1)</script>")
    job = make_job(title="</script><img src=x onerror=alert(1)> & “more”", description="One\n\nTwo")
    Job.objects.filter(pk=job.pk).update(kind=JobKind.FULL_TIME, location="Köln", salary_is_public=True)
    Job.objects.filter(pk=job.pk).update(
        salary_min=20, salary_currency="EUR", salary_period=SalaryPeriod.HOUR
    )

    shown = text(client.get(f"/jobs/{job.slug}/"))

    [data] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', shown, re.DOTALL)
    facts = json.loads(data)
    assert facts["title"] == job.title
    assert facts["@type"] == "JobPosting"
    assert facts["employmentType"] == "FULL_TIME"
    assert facts["jobLocation"]["address"]["addressLocality"] == "Köln"
    assert facts["baseSalary"]["value"] == {
        "@type": "QuantitativeValue",
        "unitText": "HOUR",
        "minValue": 20,
    }
    assert "<img" not in shown
    assert "<script>" not in shown


def test_paused_job_says_that_it_takes_nobody_and_is_in_no_list(client: Client) -> None:
    job = make_job(title="Baker")
    pause_job(job=job, by=SYSTEM, now=NOW)

    page = text(client.get(f"/jobs/{job.slug}/"))

    assert "takes no applications now" in page
    assert "/apply/" not in page
    assert "ld+json" not in page
    assert "takes no applications now" in text(client.get(f"/jobs/{job.slug}/apply/"))
    assert "Baker" not in text(client.get("/jobs/"))


@pytest.mark.parametrize("rest", ["", "apply/", "sent/"])
def test_case_63_unpublished_jobs_answer_as_if_they_never_were(client: Client, rest: str) -> None:
    draft, closed, unlisted = make_job(opened=False), make_job(), make_job()
    close_job(job=closed, by=SYSTEM, now=NOW)
    Job.objects.filter(pk=unlisted.pk).update(is_listed=False)

    slugs = [draft.slug, closed.slug, unlisted.slug, "there-is-no-such-job"]
    answers = [client.get(f"/jobs/{slug}/{rest}") for slug in slugs]

    assert [answer.status_code for answer in answers] == [404] * 4
    assert len({answer.content for answer in answers}) == 1
    if rest == "apply/":
        posts = [client.post(f"/jobs/{slug}/{rest}", {"full_name": "Ada"}) for slug in slugs]
        assert {(post.status_code, post.content) for post in posts} == {(404, answers[0].content)}


def test_job_that_is_not_listed_is_found_by_a_link_of_its_own_alone(client: Client) -> None:
    job, other = make_job(title="Baker"), make_job()
    Job.objects.filter(pk=job.pk).update(is_listed=False)
    mine = create_tracking_link(job=job, name="Agency", by=SYSTEM, now=NOW)
    others = create_tracking_link(job=other, name="Agency", by=SYSTEM, now=NOW)

    led = client.get(f"/go/{mine.public_id}/", follow=True)

    assert led.status_code == 200
    assert "noindex" in text(led)
    assert f"/jobs/{job.slug}/apply/?via={mine.public_id}" in text(led)
    assert client.get(f"/jobs/{job.slug}/?via={others.public_id}").status_code == 404
    assert "Baker" not in text(client.get("/jobs/"))


def test_case_45_cache_leak_pages_that_may_be_kept_set_no_cookie(client: Client) -> None:
    job = make_job()
    link = create_tracking_link(job=job, name="Newsletter", by=SYSTEM, now=NOW)

    for address in ("/jobs/", f"/jobs/{job.slug}/", f"/jobs/{job.slug}/?via={link.public_id}", "/jobs.rss"):
        response = client.get(address)

        assert response["Cache-Control"] == "public, max-age=60", address
        assert "Set-Cookie" not in response.headers
        assert not response.cookies
        assert "csrfmiddlewaretoken" not in text(response)
    for address in ("/jobs/", f"/jobs/{job.slug}/"):
        varies = client.get(address)["Vary"].split(", ")
        assert {"Accept-Language", "Cookie"} <= set(varies)
    for address in (
        f"/jobs/{job.slug}/apply/",
        f"/jobs/{job.slug}/sent/",
        "/jobs/nothing/",
        f"/go/{link.public_id}/",
    ):
        assert client.get(address)["Cache-Control"] == "no-store, private", address


def test_case_76_host_poison_addresses_for_others_begin_with_the_sites_own(
    client: Client, settings: Any
) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    job = make_job(description="Bread")

    pages = [
        text(client.get(address, headers={"host": "evil.example"}))
        for address in ("/jobs/", f"/jobs/{job.slug}/", "/jobs.rss", "/jobs.json")
    ]

    assert not any("evil.example" in page for page in pages)
    assert all(settings.SITE_ADDRESS in page for page in pages)


def test_pages_speak_the_language_that_the_address_or_the_browser_asks_for(client: Client) -> None:
    job = make_job()

    asked = client.get("/jobs/?language=de")
    by_browser = client.get("/jobs/", headers={"accept-language": "de-AT,de;q=0.9"})

    assert "Offene Stellen" in text(asked)
    assert "Offene Stellen" in text(by_browser)
    assert f'href="/jobs/{job.slug}/?language=de"' in text(asked)
    assert f'href="/jobs/{job.slug}/"' in text(by_browser)


@pytest.mark.parametrize("count", [1, 3])
def test_pages_cost_the_same_however_many_jobs(
    client: Client, django_assert_num_queries: Any, count: int
) -> None:
    jobs = [make_job(description="Bread") for _ in range(count)]
    link = create_tracking_link(job=jobs[0], name="Newsletter", by=SYSTEM, now=NOW)

    # The organisation, the jobs.
    with django_assert_num_queries(2):
        client.get("/jobs/")
    # The organisation, the job; the tracking link where there is one.
    with django_assert_num_queries(2):
        client.get(f"/jobs/{jobs[0].slug}/")
    with django_assert_num_queries(3):
        client.get(f"/jobs/{jobs[0].slug}/?via={link.public_id}")
    for feed in ("/jobs.rss", "/jobs.json"):
        with django_assert_num_queries(2):
            client.get(feed)


def test_front_page_leads_to_the_jobs_while_there_are_any(client: Client) -> None:
    make_organisation(careers_introduction="We hire slowly.")
    without = text(client.get("/"))
    job = make_job()
    with_jobs = text(client.get("/"))
    Job.objects.filter(pk=job.pk).update(status=JobStatus.PAUSED)

    assert 'href="/jobs/"' not in without
    assert 'href="/jobs/"' in with_jobs
    assert 'href="/jobs/"' not in text(client.get("/"))


def test_nothing_open_is_said_in_words(client: Client) -> None:
    assert "No job is open now." in text(client.get("/jobs/"))
