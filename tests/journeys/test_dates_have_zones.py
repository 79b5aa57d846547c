"""Every moment stands with its zone: the candidate's in mail and on their pages, else the reader's."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from datetime import timedelta
from functools import partial

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Actor
from assessments import operations
from assessments.models import AssessmentVersion, SignUp
from assessments.operations import create_open_link
from candidates.models import Candidate
from hiring.operations import invite_to_test
from outbox.models import Message
from outbox.rules import link_token
from tests.factories.accounts import make_administrator, make_organisation
from tests.factories.hiring import invite, make_application, make_test_job, sit

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system()
# A candidate in New York, an organisation in Kolkata, and a colleague in Tokyo.
CANDIDATE, HOME, COLLEAGUE = "(EST|EDT)", "IST", "JST"
TAGS = re.compile(r"<(script|style)\b.*?</\1>|<[^>]+>", re.DOTALL)
# A day with a year, or a time of day; what follows it is where the zone has to stand.
MOMENT = re.compile(r"\b\d{1,2} [A-Z][a-z]+ \d{4}(, \d{2}:\d{2})?|(?<![\d:.])\d{1,2}:\d{2}(?::\d{2})?(?!\d)")


def moments(text: str) -> Iterator[str]:
    """Every moment in `text` with what stands behind it. A day without a time of day has no zone."""
    words = " ".join(html.unescape(TAGS.sub(" ", text)).split())
    # What a browser shows when the pointer rests on "in 13 days" is written for people too.
    words += " " + " ".join(html.unescape(title) for title in re.findall(r'title="([^"]*)"', text))
    for found in MOMENT.finditer(words):
        if ":" in found.group():
            yield words[found.start() : found.end() + 5].strip()


def zones_missing(text: str, zone: str) -> list[str]:
    return [
        moment for moment in moments(text) if not re.search(rf"\d{{2}}:\d{{2}}(:\d{{2}})? {zone}\b", moment)
    ]


@pytest.fixture
def world() -> dict:
    make_organisation(time_zone="Asia/Kolkata", reply_to="people@example.com")
    colleague = make_administrator(time_zone="Asia/Tokyo")
    job, assessment = make_test_job()
    now = timezone.now()
    people = [make_application(job) for _ in range(5)]
    Candidate.objects.update(time_zone="America/New_York")
    send = partial(invite_to_test, assessment=assessment, by=SYSTEM, now=now)
    waiting, open_now, over, running, done = people
    rows = {
        "waiting": send(application=waiting, not_before=now + timedelta(days=2)),
        "open": send(application=open_now, extra_seconds=600),
        "over": invite(over, assessment, now=now - timedelta(days=30)),
        "running": invite(running, assessment, now=now),
    }
    operations.start_attempt(invitation=rows["running"], consented=True, now=now)
    attempt = sit(invite(done, assessment, now=now), right=5)
    asked = operations.ask_for_accommodation(invitation=rows["open"], text="A quiet room", now=now)
    operations.grant_accommodation(request=asked, minutes=5, answer="", by=SYSTEM, now=now)
    operations.send_due_reminders(now=now + timedelta(days=11))
    link = create_open_link(
        assessment=assessment, title="Autumn", closes_at=now + timedelta(days=9), by=SYSTEM, now=now
    )
    later = create_open_link(
        assessment=assessment, title="Spring", opens_at=now + timedelta(days=9), by=SYSTEM, now=now
    )
    operations.sign_up(link=link, full_name="Eve", email="eve@example.com", now=now)
    return {
        "colleague": colleague,
        "job": job,
        "rows": rows,
        "attempt": attempt,
        "asked": asked,
        "links": [link, later],
        "assessment": assessment,
    }


def test_what_is_found_is_found() -> None:
    page = '<p title="5 January 2027, 12:30">in 3 days</p> until 6 January 2027, 09:00 EST, at 10:15 CET'

    assert zones_missing(page, "EST") == ["10:15 CET", "5 January 2027, 12:30"]


def test_mail_has_moments_in_the_zone_of_whoever_reads_it(world: dict) -> None:
    kinds = {message.kind: message.body for message in Message.objects.order_by("pk")}

    assert {"test_invitation", "test_reminder", "accommodation_answer", "sign_up"} <= set(kinds)
    for message in Message.objects.filter(audience="candidate"):
        assert zones_missing(message.body, CANDIDATE) == [], message.kind
    assert all(
        list(moments(kinds[kind])) for kind in ("test_invitation", "test_reminder", "accommodation_answer")
    )


def test_candidates_pages_have_moments_in_the_candidate_s_zone(world: dict) -> None:
    seen = 0
    for name, invitation in world["rows"].items():
        client = Client()
        client.get(f"/t/{link_token(invitation.link)}/")
        base = f"/test/{invitation.link.public_id}/"
        for rest in ("", "more-time/", "question/1/", "overview/", "finished/"):
            text = client.get(base + rest, follow=True).content.decode()
            seen += len(list(moments(text)))
            assert zones_missing(text, CANDIDATE) == [], (name, rest)
    assert seen > 8


def test_pages_of_open_links_have_moments_in_the_organisation_s_zone(world: dict) -> None:
    for link in world["links"]:
        text = Client().get(f"/apply/{link.public_id}/").content.decode()
        assert list(moments(text))
        assert zones_missing(text, HOME) == [], link.title
    client = Client()
    client.get(f"/confirm/{link_token(SignUp.objects.get().link)}/")
    text = client.get(f"/confirmed/{SignUp.objects.get().link.public_id}/").content.decode()
    assert zones_missing(text, HOME) == []


def test_staff_pages_have_moments_in_the_reader_s_zone(world: dict) -> None:
    client = Client()
    client.force_login(world["colleague"])
    AssessmentVersion.objects.update(closes_at=timezone.now() + timedelta(days=20))
    row, job = world["rows"]["open"], world["job"]
    application = row.application_link.application
    addresses = [
        "/admin/assessments/invitation/",
        f"/admin/assessments/invitation/{row.pk}/change/",
        f"/admin/invitations/extend/?ids={row.pk}",
        "/admin/requests/",
        f"/admin/requests/{world['asked'].pk}/",
        f"/admin/tests/{world['assessment'].slug}/open-links/",
        f"/admin/jobs/{job.slug}/",
        f"/admin/jobs/{job.slug}/open-links/",
        f"/admin/applications/{application.public_id}/",
        f"/admin/people/{application.candidate.public_id}/",
        "/admin/mail/",
    ]

    for address in addresses:
        text = client.get(address).content.decode()
        # A mail is shown as the candidate reads it.
        assert zones_missing(text, f"({COLLEAGUE}|EST|EDT)") == [], address
    invited = client.post(f"/admin/jobs/{job.slug}/invite/", {"ids": application.public_id}).content.decode()
    assert zones_missing(invited, f"({COLLEAGUE}|EST|EDT)") == []
