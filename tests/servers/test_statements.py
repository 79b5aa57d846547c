"""Which tests run on the second database is told by what they asked on the first."""

import pytest
from django.db import connection, transaction
from django.test import Client

from accounts.models import User
from tests.servers.statements import Asked, Notes, read, to_run


def page(*statements, times=10):
    return Asked(set(statements), by_page=True, times=times)


def test_what_asks_no_page_runs_whatever_it_asks_and_what_is_unknown_runs():
    asked = {"operation": Asked({1}), "the same": Asked({1}), "a third": Asked({1})}

    assert to_run([*asked, "new"], asked) == {"operation", "the same", "a third", "new"}


def test_page_whose_statements_are_asked_twice_without_it_does_not_run():
    asked = {"one": Asked({1, 2}), "two": Asked({1, 2}), "page": page(1, 2), "without any": page()}

    assert to_run(asked, asked) == {"one", "two"}


def test_page_that_alone_asks_something_runs():
    asked = {"one": Asked({1}), "two": Asked({1}), "page": page(1, 3)}

    assert "page" in to_run(asked, asked)


def test_what_many_pages_ask_is_asked_by_the_two_cheapest():
    asked = {f"page {times}": page(1, times=times) for times in (30, 5, 20, 4)}

    assert to_run(asked, asked) == {"page 4", "page 5"}


def test_page_chosen_early_counts_for_what_is_chosen_later():
    asked = {"both": page(1, 2, 3), "again": page(1, 2, 3, times=11), "less": page(1, 2, times=9)}

    assert to_run(asked, asked) == {"both", "again"}


def test_page_that_has_to_run_runs_and_counts():
    asked = {"commits": page(1, times=90), "other": page(1), "third": page(1, times=20)}

    assert to_run(asked, asked, always=["commits"]) == {"commits", "other"}


@pytest.fixture
def notes(monkeypatch):
    from django.core.signals import request_started
    from django.db.backends.utils import CursorWrapper

    for name in ("execute", "executemany"):
        monkeypatch.setattr(CursorWrapper, name, getattr(CursorWrapper, name))
    monkeypatch.setattr(request_started, "receivers", [*request_started.receivers])
    made = Notes()
    made.listen()
    yield made
    request_started.sender_receivers_cache.clear()


@pytest.mark.django_db
def test_statements_are_noted_without_values_and_pages_are_told_from_others(notes, tmp_path):
    with notes.test("first"), transaction.atomic():
        User.objects.filter(pk=1).exists()
    with notes.test("second"):
        User.objects.filter(pk__in=[2, 3]).exists()
    with notes.test("third"):
        User.objects.filter(pk__in=[2, 3, 4]).exists()
    with notes.test("page"):
        Client().get("/healthz")
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")

    notes.write(tmp_path / "gw0.json")

    told = read(tmp_path)
    assert set(told) == {"first", "second", "third", "page"}
    assert len(told["first"].statements) == 1
    assert told["first"].statements != told["second"].statements
    assert told["second"].statements == told["third"].statements
    assert [told["third"].by_page, told["page"].by_page] == [False, True]
