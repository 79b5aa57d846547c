"""The company of the bench is one that the operations could have made, and its pages answer within their statements."""

from __future__ import annotations

import pytest
from django.db.models import Count, F, Q
from django.test import Client
from django.utils import timezone

from candidates.models import Candidate, SearchEntry
from candidates.queries.words import people_without_words
from hiring.enums import ApplicationStatus
from hiring.models import Application, ApplicationAssessment, ApplicationTransition, Opening
from hiring.operations import move_to_stage
from hiring.queries import current_stages
from outbox.models import Message
from tests.hiring.queries.reference import wrong_stays
from tests.load import company
from tests.load.asking import measured
from tests.load.views import pages_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def there():
    return company.make(applications=600, candidates=400, jobs=6, now=timezone.now())


def test_company_of_the_bench_is_one_that_could_be(there):
    applications = Application.objects.annotate(moves=Count("transitions"))

    assert (applications.count(), Candidate.objects.count()) == (600, 400)
    assert not applications.exclude(moves=F("version")).exists()
    last = ApplicationTransition.objects.filter(number=F("application__version"))
    assert last.filter(to_stage=F("application__stage"), to_status=F("application__status")).count() == 600
    # A stay begins where the one before ended.
    assert not ApplicationTransition.objects.filter(at__lt=F("since")).exists()
    assert wrong_stays() == []
    assert not applications.filter(
        Q(stage_entered_at__lt=F("applied_at")) | Q(applied_at__gt=timezone.now())
    ).exists()
    assert set(applications.values_list("status", flat=True)) == set(ApplicationStatus.values)
    hired = applications.filter(status=ApplicationStatus.HIRED)
    assert Opening.objects.filter(filled_by__in=hired).count() == hired.count() > 0
    tests = ApplicationAssessment.objects.filter(score__isnull=False)
    assert 150 < tests.count() < 300
    assert not tests.exclude(score=F("invitation__attempts__current_score")).exists()
    assert people_without_words() == 0
    assert set(SearchEntry.objects.values_list("kind", flat=True)) == {"person", "note", "document"}
    assert Message.objects.values("kind").distinct().count() == 3

    one = Application.objects.filter(job=there.largest, status=ApplicationStatus.ACTIVE).order_by("pk")[0]
    other = next(stage for stage in current_stages(there.largest.pk) if stage != one.stage)
    moved = move_to_stage(
        application=one, to_stage=other, seen_version=one.version, by=company.SYSTEM, now=timezone.now()
    )
    assert (moved.stage, moved.version) == (other, one.version + 1)


def test_pages_of_the_bench_answer_within_their_statements(there):
    too_many = {}
    for who in (there.manager, there.recruiter, None):
        client = Client()
        if who is not None:
            client.force_login(who)
        asked = [measured(client, page, times=0) for page in pages_for(there, who)]
        too_many |= {(who, each.page.name): each.statements for each in asked if each.takes_too_many}

    assert too_many == {}
