"""The check constraints of a model are asked about together, and say what Django says of each."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, models
from django.test.utils import CaptureQueriesContext

from hiring.models import Job

pytestmark = pytest.mark.django_db

PAID = {"salary_currency": "EUR", "salary_period": "year"}


def job(**fields):
    return Job(title="Engineer", slug="engineer", created_at="2026-03-02T09:00Z", **fields)


def said(call):
    with pytest.raises(ValidationError) as caught:
        call()
    return caught.value.message_dict


def test_checks_that_are_met_take_one_statement_between_savepoints():
    with CaptureQueriesContext(connection) as seen:
        job(salary_min=1, salary_max=2, **PAID).validate_constraints()

    assert len([each for each in seen if "COALESCE" in each["sql"]]) == 1


def test_checks_that_are_not_met_say_what_django_says():
    wrong = job(salary_min=3, salary_max=2, **PAID)

    found = said(wrong.validate_constraints)

    assert found == said(lambda: models.Model.validate_constraints(wrong))
    assert found


def test_a_check_of_a_field_that_is_left_out_is_not_asked_about():
    job(salary_min=3, salary_max=2, **PAID).validate_constraints(exclude={"salary_max"})
