from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from outbox.enums import SignName
from outbox.operations import give_sign, take_back_sign
from outbox.queries import signs
from tests.factories.accounts import make_recruiter
from tests.servers.parallel import run_parallel

NOW = datetime(2026, 11, 3, 9, tzinfo=UTC)


@pytest.mark.django_db
def test_a_sign_is_the_last_thing_said(django_assert_num_queries) -> None:
    give_sign(name=SignName.SCHEDULER, now=NOW, data={"tick": 1})
    with django_assert_num_queries(1):
        give_sign(name=SignName.SCHEDULER, now=NOW + timedelta(seconds=30), data={"tick": 2})

    said = signs()

    assert list(said) == [SignName.SCHEDULER]
    assert (said[SignName.SCHEDULER].at, said[SignName.SCHEDULER].data) == (
        NOW + timedelta(seconds=30),
        {"tick": 2},
    )


@pytest.mark.django_db
def test_a_sign_that_is_taken_back_is_gone_once() -> None:
    give_sign(name=SignName.MAIL_HOLD, now=NOW)

    assert take_back_sign(name=SignName.MAIL_HOLD) is True
    assert take_back_sign(name=SignName.MAIL_HOLD) is False
    assert signs() == {}


@pytest.mark.django_db(transaction=True)
def test_signs_at_one_moment_leave_one_row() -> None:
    outcomes = run_parallel(lambda: give_sign(name=SignName.WORKER_MAIL, now=NOW), 8)

    assert outcomes == [None] * 8
    assert list(signs()) == [SignName.WORKER_MAIL]


@pytest.mark.django_db
def test_every_staff_page_says_that_mail_is_held(client: Client) -> None:
    client.force_login(make_recruiter())
    before = client.get(reverse("admin:index")).content.decode()
    give_sign(name=SignName.MAIL_HOLD, now=NOW)

    page = client.get(reverse("admin:index")).content.decode()
    lists = client.get(reverse("admin:hiring_job_changelist")).content.decode()

    assert "Mail is held" not in before
    assert "Mail is held: nothing goes out" in page
    assert "Mail is held: nothing goes out" in lists
    assert "Mail is held" not in client.get("/accounts/login/").content.decode()
