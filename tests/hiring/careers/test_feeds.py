"""The open jobs as feeds."""

from __future__ import annotations

import json

import pytest
from django.test import Client
from lxml import etree

from hiring.models import Job
from hiring.operations import pause_job
from tests.factories.accounts import NOW, make_organisation
from tests.factories.hiring import SYSTEM, make_job

pytestmark = pytest.mark.django_db


def test_both_feeds_hold_the_listed_open_jobs_and_nothing_else(client: Client) -> None:
    make_organisation(name="Larkfield & Söhne")
    baker = make_job(title="Baker", department="Kitchen", description="We bake **bread**.\n\n<b>now</b>")
    unlisted, paused = make_job(title="Unlisted"), make_job(title="Paused")
    make_job(title="Draft", opened=False)
    Job.objects.filter(pk=unlisted.pk).update(is_listed=False)
    pause_job(job=paused, by=SYSTEM, now=NOW)

    rss, feed = client.get("/jobs.rss"), client.get("/jobs.json")

    root = etree.fromstring(rss.content)
    facts = json.loads(feed.content)
    assert rss["Content-Type"] == "application/rss+xml; charset=utf-8"
    assert feed["Content-Type"] == "application/feed+json; charset=utf-8"
    assert [each.text for each in root.findall(".//item/title")] == ["Baker"]
    assert [each["title"] for each in facts["items"]] == ["Baker"]
    assert facts["title"] == "Open jobs at Larkfield & Söhne"
    assert facts["items"][0]["url"].endswith(f"/jobs/{baker.slug}/")
    assert "<strong>bread</strong>" in facts["items"][0]["content_html"]
    assert "<b>" not in facts["items"][0]["content_html"]


def test_feeds_speak_the_language_of_the_organisation_whoever_asks(client: Client) -> None:
    make_organisation(name="Larkfield", language="de")

    facts = json.loads(client.get("/jobs.json", headers={"accept-language": "en"}).content)

    assert facts["title"] == "Offene Stellen bei Larkfield"
