"""5,000 invitations at once: the request is short, the queue is written in time, and saves beside it do not wait."""

from __future__ import annotations

import re
import threading
import time
from statistics import quantiles
from uuid import uuid4

import pytest
from django.db import connections
from django.test import Client
from django.utils import timezone

from assessments.models import Invitation
from assessments.operations import save_answer
from candidates.operations import CandidateDraft, find_or_add_candidates
from hiring.models import Application
from outbox.models import Message, Work
from outbox.operations import run_due_work
from tests.factories.accounts import make_recruiter
from tests.factories.assessments import make_attempt, make_invitation
from tests.factories.hiring import SYSTEM, make_test_job, stages

PEOPLE = 5000
INVITE = "/admin/jobs/backend/invite/"


def saves_until(stop: threading.Event, attempt_id: int, took: list[float]) -> None:
    """Save an answer every 50 ms, as a handful of candidates do, and note how long each took."""
    version = 0
    page_id = uuid4()
    while not stop.is_set():
        begin = time.perf_counter()
        reply = save_answer(
            attempt_id=attempt_id,
            position=1,
            answer=["a"],
            base_version=version,
            save_id=uuid4(),
            page_id=page_id,
            now=timezone.now(),
        )
        took.append(time.perf_counter() - begin)
        version = reply.version
        stop.wait(0.05)
    connections.close_all()


@pytest.mark.stress
def test_5000_people_are_invited_within_the_limits(transactional_db: None) -> None:
    recruiter = make_recruiter()
    job, assessment = make_test_job(recruiter=recruiter, slug="backend")
    now = timezone.now()
    drafts = [CandidateDraft(full_name=f"Person {n}", email=f"p{n}@example.com") for n in range(PEOPLE)]
    people = [person for person, _new in find_or_add_candidates(drafts=drafts, by=SYSTEM, now=now)]
    Application.objects.bulk_create(
        Application(
            candidate=person,
            job=job,
            stage=stages(job)["Applied"],
            furthest_stage=stages(job)["Applied"],
            applied_at=now,
            stage_entered_at=now,
        )
        for person in people
    )
    attempt = make_attempt(invitation=make_invitation(now=now), now=now)
    client = Client()
    client.force_login(recruiter)
    begin = time.perf_counter()
    preview = client.post(INVITE, {"everyone": "1", "query": ""}).content.decode()
    previewed = time.perf_counter() - begin
    hidden = dict(re.findall(r'<input type="hidden" name="(ids|token)" value="([^"]*)"', preview))

    begin = time.perf_counter()
    client.post(INVITE, {**hidden, "confirm": "1", "assessment": assessment.pk})
    requested = time.perf_counter() - begin
    assert Work.objects.count() == 1
    stop, took = threading.Event(), []
    saver = threading.Thread(target=saves_until, args=(stop, attempt.pk, took))
    saver.start()
    begin = time.perf_counter()
    run_due_work(now=timezone.now())
    queued = time.perf_counter() - begin
    stop.set()
    saver.join()

    p95 = quantiles(took, n=20)[-1]
    print(
        f"preview {previewed:.2f} s, request {requested:.2f} s, queued in {queued:.1f} s; "
        f"{len(took)} saves meanwhile, p95 {p95 * 1000:.0f} ms, slowest {max(took) * 1000:.0f} ms"
    )
    assert Invitation.objects.filter(candidate__in=people[:10]).count() == 10
    assert Message.objects.filter(kind="test_invitation").count() == PEOPLE + 1
    assert requested < 1
    assert queued < 30
    # The saves share this process with the work, and its one interpreter; in real life they are processes of their own.
    assert p95 < 0.5
