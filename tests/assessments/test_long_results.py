"""Results of a test that a thousand people were invited to: as many statements as for ten, and in how long."""

from __future__ import annotations

from statistics import median
from time import process_time

import pytest

from accounts.enums import Role
from assessments.enums import AttemptEventKind
from assessments.models import Assessment, Attempt, AttemptEvent, Score
from tests.assessments.test_results import QUERIES, address, finished
from tests.factories.accounts import make_user
from tests.factories.hiring import make_test_job
from tests.factories.questions import NOW
from tests.hiring.queries.test_pages import fill

pytestmark = pytest.mark.django_db


def thousand(count: int, into: Assessment | None = None) -> Assessment:
    """People with finished tests in a job, with what a whole row of the list shows."""
    job, assessment = make_test_job(into)
    fill(job, assessment, count)
    like = Score.objects.get(attempt=finished(assessment, "Like Everybody", 6))
    Score.objects.update(by_skill=like.by_skill, error=like.error)
    Score.objects.filter(pk__in=Score.objects.filter(pk__gt=like.pk // 2)).update(band="passed", percent=60)
    AttemptEvent.objects.bulk_create(
        AttemptEvent(attempt_id=pk, kind=AttemptEventKind.FOCUS_LOST, at=NOW, data={"seconds": 9})
        for pk in Attempt.objects.filter(events=None).values_list("pk", flat=True)
    )
    return assessment


# As for a recruiter, without the two for permissions: an administrator has all.
STATEMENTS = QUERIES - 2


def test_results_of_a_thousand_take_no_more_statements(signed_in, django_assert_num_queries) -> None:
    administrator = signed_in(make_user(Role.ADMINISTRATOR))
    assessment = thousand(9)
    administrator.get(address(assessment))
    with django_assert_num_queries(STATEMENTS):
        ten = administrator.get(address(assessment)).content.decode()
    thousand(989, assessment)
    with django_assert_num_queries(STATEMENTS):
        page = administrator.get(address(assessment)).content.decode()

    assert ("10 people" in ten, "1000 people" in page) == (True, True)
    assert "Python <b>" in page


@pytest.mark.stress
def test_results_of_a_thousand_take_less_than_150_ms_of_server_time(signed_in) -> None:
    administrator = signed_in(make_user(Role.ADMINISTRATOR))
    assessment = thousand(999)
    assert "1000 people" in administrator.get(address(assessment)).content.decode()
    took = []
    for query in ["", "?sort=person", "?band=passed", "?sort=-finished&page=3"] * 3:
        began = process_time()
        assert administrator.get(f"{address(assessment)}{query}").status_code == 200
        took.append(process_time() - began)

    print(f"results of 1000 people: half of the pages within {median(took) * 1000:.0f} ms")
    assert median(took) < 0.15, took
