from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from candidates.models import Candidate
from candidates.operations import set_tags
from hiring.operations import queue_bulk_tags
from outbox.models import Event, Work
from outbox.operations import run_due_work
from tests.factories.accounts import NOW, actor, make_recruiter
from tests.factories.hiring import SYSTEM, make_application, make_job, make_manager

pytestmark = pytest.mark.django_db


def words(person: Candidate) -> list[str]:
    return sorted(person.tags.values_list("name", flat=True))


def test_tags_are_given_and_taken_and_twice_changes_nothing_more() -> None:
    recruiter = make_recruiter()
    job = make_job(recruiter=recruiter)
    ada, bob, other = make_application(job), make_application(job), make_application()
    set_tags(candidate=ada.candidate, names=["Python", "Remote"], by=SYSTEM, now=NOW)
    for intent in ("one", "two"):
        queue_bulk_tags(
            job=job,
            application_ids=[ada.pk, bob.pk, other.pk],
            add=["python", "Night shift"],
            take=["REMOTE", "Unknown"],
            intent=intent,
            by=actor(recruiter),
            now=NOW,
        )

    run_due_work(now=NOW)
    run_due_work(now=NOW)

    assert words(ada.candidate) == words(bob.candidate) == ["Night shift", "Python"]
    assert words(other.candidate) == []
    first, second = Work.objects.order_by("pk")
    assert first.result["counts"][:2] == [["Tags given", 3], ["Tags taken", 1]]
    assert second.result["counts"][:2] == [["Tags given", 0], ["Tags taken", 0]]
    assert (first.result["changed"], first.result["skipped_count"]) == (2, 1)
    changed = Event.objects.filter(kind="candidate.changed", person_ref=bob.candidate.public_id)
    assert changed.count() == 1


def test_tags_of_many_are_for_recruiters_of_the_job_and_have_to_be_words() -> None:
    recruiter = make_recruiter()
    job = make_job(recruiter=recruiter)
    application = make_application(job)
    asked = {"job": job, "application_ids": [application.pk], "intent": "x", "now": NOW}

    for by in (actor(make_manager(job)), actor(make_recruiter())):
        with pytest.raises(PermissionDenied):
            queue_bulk_tags(**asked, add=["Python"], by=by)
    with pytest.raises(ValidationError) as refused:
        queue_bulk_tags(**asked, add=["x" * 51], by=actor(recruiter))

    assert list(refused.value.error_dict) == ["add"]
    assert not Work.objects.exists()
