"""The database's connections of a worker: kept between tasks, and looked after as those of requests are."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from celery.fixups.django import DjangoWorkerFixup
from django.conf import settings
from django.db import connection, connections

from config.celery import app, close_connections

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def opened():
    """The connection of this thread with a moment at which it is too old, closed in the end so that the next is new."""
    connection.close()
    connection.ensure_connection()
    yield connection
    connections.close_all()


def task(*, is_eager):
    return SimpleNamespace(request=SimpleNamespace(is_eager=is_eager))


def test_a_worker_does_not_open_a_connection_for_each_task():
    assert DjangoWorkerFixup(app).db_reuse_max == settings.CELERY_WORKER_MAX_TASKS_PER_CHILD


def test_a_connection_is_kept_between_tasks(opened):
    kept = opened.connection

    close_connections(task(is_eager=False))

    assert opened.connection is kept


def test_a_connection_that_is_too_old_is_closed_between_tasks(opened):
    opened.close_at = 0

    close_connections(task(is_eager=False))

    assert opened.connection is None


def test_a_task_that_is_called_closes_nothing_of_its_caller(opened):
    opened.close_at = 0

    close_connections(task(is_eager=True))

    assert opened.connection is not None
