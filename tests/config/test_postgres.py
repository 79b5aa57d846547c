"""The kept connections of PostgreSQL: looked at without asking, and opened anew when the server has gone."""

from __future__ import annotations

import select

import pytest
from django.db import OperationalError, connection, connections

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        "config.postgres" not in connection.settings_dict["ENGINE"], reason="PostgreSQL's own"
    ),
]


@pytest.fixture
def spare():
    """A second connection to the tests' database, closed in the end."""
    other = connections.create_connection("default")
    other.ensure_connection()
    yield other
    other.close()


@pytest.fixture
def asked(spare, monkeypatch):
    """The statements that reach the server by way of the driver alone, which is how Django asks for a sign of life."""
    asked = []
    cursor = spare.connection.cursor

    def noting(*args, **kwargs):
        asked.append(args)
        return cursor(*args, **kwargs)

    monkeypatch.setattr(spare.connection, "cursor", noting)
    return asked


def end(other):
    """End the connection from the side of the server, and wait until the server has done so."""
    pid = other.connection.info.backend_pid
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 10000)", [pid])
        assert cursor.fetchone() == (True,)


def test_a_quiet_connection_is_usable_without_a_statement(spare, asked):
    assert spare.is_usable()
    assert asked == []


def test_a_connection_that_the_server_ended_is_not_usable(spare):
    end(spare)

    assert not spare.is_usable()


def test_a_connection_without_a_server_side_is_opened_anew_by_the_next_request(spare):
    spare.health_check_enabled = True
    before = spare.connection.info.backend_pid
    end(spare)
    spare.close_if_unusable_or_obsolete()
    spare.health_check_done = False

    with spare.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        assert cursor.fetchone()[0] != before


def test_a_connection_with_news_is_asked(spare, asked):
    with spare.connection.cursor() as cursor:
        cursor.execute("LISTEN news")
    asked.clear()
    with connection.cursor() as cursor:
        cursor.execute("NOTIFY news")
    # The notice comes in after the commit of who gave it, by another process.
    assert select.select([spare.connection], [], [], 10)[0]

    assert spare.is_usable()
    assert len(asked) == 1


def test_a_connection_is_asked_after_an_error(spare, asked):
    with pytest.raises(OperationalError), spare.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
    asked.clear()

    assert not spare.is_usable()
    assert len(asked) == 1


def test_a_connection_that_was_left_in_the_middle_of_a_statement_is_not_usable(spare):
    spare.connection.pgconn.send_query(b"SELECT pg_sleep(0)")

    assert not spare.is_usable()
