"""What the database itself refuses."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from hiring.enums import ClosingReason, JobStatus, ListName
from hiring.models import (
    Application,
    ApplicationAssessment,
    Follow,
    Job,
    Opening,
    SavedFilter,
    Stage,
)
from tests.factories.accounts import NOW, make_user
from tests.factories.hiring import invite, make_application, make_job, make_test_job, move, sit

pytestmark = pytest.mark.django_db


def refused(write: Any) -> bool:
    try:
        with transaction.atomic():
            write()
    except IntegrityError:
        return True
    return False


@pytest.mark.parametrize(
    ("fields", "is_refused"),
    [
        ({"status": JobStatus.CLOSED}, True),
        ({"closing_reason": ClosingReason.FILLED}, True),
        ({"status": JobStatus.CLOSED, "closing_reason": ClosingReason.FILLED}, False),
        ({"salary_min": 50_000}, True),
        ({"salary_min": 50_000, "salary_currency": "EUR"}, True),
        ({"salary_min": 50_000, "salary_currency": "EUR", "salary_period": "year"}, False),
        ({"salary_min": 2, "salary_max": 1, "salary_currency": "EUR", "salary_period": "year"}, True),
        ({"salary_max": 1, "salary_currency": "EUR", "salary_period": "fortnight"}, True),
        ({"kind": "seasonal"}, True),
        ({"resume_rule": "perhaps"}, True),
    ],
)
def test_job_keeps_what_belongs_together(fields: dict[str, Any], is_refused: bool) -> None:
    job = make_job()

    assert refused(lambda: Job.objects.filter(pk=job.pk).update(**fields)) is is_refused


@pytest.mark.parametrize(
    ("fields", "is_refused"),
    [
        ({"filled_at": NOW}, True),
        ({"closed_at": NOW}, True),
        ({"close_reason": ClosingReason.CANCELLED}, True),
        ({"closed_at": NOW, "close_reason": ClosingReason.CANCELLED}, False),
    ],
)
def test_opening_is_filled_by_somebody_and_closed_for_a_reason(
    fields: dict[str, Any], is_refused: bool
) -> None:
    opening = Opening.objects.get(job=make_job(openings=1))

    assert refused(lambda: Opening.objects.filter(pk=opening.pk).update(**fields)) is is_refused


def test_openings_have_one_number_each_and_fill_one_person_each() -> None:
    application = make_application(make_job(openings=1))
    second = Opening.objects.create(job=application.job, number=2, opened_at=NOW)
    Opening.objects.filter(number=1).update(filled_by=application, filled_at=NOW)

    assert refused(lambda: Opening.objects.create(job=application.job, number=2, opened_at=NOW))
    assert refused(lambda: Opening.objects.filter(pk=second.pk).update(filled_by=application, filled_at=NOW))


def test_a_test_of_an_application_is_either_invited_to_or_used_again() -> None:
    job, assessment = make_test_job()
    application = move(make_application(job), "Test")
    attempt = sit(invite(application, assessment), right=9)
    other = make_application(job)
    new = {"application": other, "stage": other.stage}

    assert refused(lambda: ApplicationAssessment.objects.create(**new))
    assert refused(
        lambda: ApplicationAssessment.objects.filter(application=application).update(reused_attempt=attempt)
    )
    again = ApplicationAssessment.objects.create(**new, reused_attempt=attempt)
    assert again.sat_by == attempt.invitation
    assert refused(lambda: ApplicationAssessment.objects.create(**new, reused_attempt=attempt))


def test_a_stage_sends_no_test_that_it_does_not_have() -> None:
    job, assessment = make_test_job()

    assert refused(lambda: Stage.objects.filter(job=job, assessment=None).update(sends_test=True))
    assert Stage.objects.filter(job=job, assessment=assessment).update(sends_test=True) == 1


def test_an_id_of_another_system_names_one_application_of_a_job() -> None:
    job = make_job()
    first, second, elsewhere = make_application(job), make_application(job), make_application()
    for application in (first, elsewhere):
        assert Application.objects.filter(pk=application.pk).update(external_id="A-7") == 1

    assert refused(lambda: Application.objects.filter(pk=second.pk).update(external_id="A-7"))


@pytest.mark.parametrize("of_job", [True, False])
def test_filters_of_one_person_and_list_have_different_names(of_job: bool) -> None:
    owner, job = make_user(), make_job() if of_job else None
    new = {
        "owner": owner,
        "list": ListName.PEOPLE,
        "job": job,
        "name": "Late",
        "query": "",
        "created_at": NOW,
    }
    SavedFilter.objects.create(**new)

    assert refused(lambda: SavedFilter.objects.create(**new))
    assert not refused(lambda: SavedFilter.objects.create(**new | {"owner": make_user()}))


def test_somebody_follows_one_thing_once() -> None:
    user, application = make_user(), make_application()
    Follow.objects.create(user=user, job=application.job)

    assert refused(lambda: Follow.objects.create(user=user, job=application.job))
    assert refused(lambda: Follow.objects.create(user=user))
    assert refused(lambda: Follow.objects.create(user=user, job=make_job(), candidate=application.candidate))
