"""A real installation on SQLite, and databases of a real PostgreSQL to move it to."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from pytest_django import DjangoDbBlocker

from tests.config.moving.installation import Installation, shared_installation
from tests.servers.databases import TEMPLATE
from tests.servers.environment import TestRun
from tests.servers.postgres import PostgresServer


@pytest.fixture(scope="session")
def _installation(test_run: TestRun) -> Installation:
    """Made by the first worker that needs it; nobody writes to it, each test has a copy."""
    return shared_installation(test_run.root / "moving")


@pytest.fixture
def installation(_installation: Installation, tmp_path: Path) -> Installation:
    """The sample company on SQLite, with one candidate in the middle of the test; the test's own copy."""
    return _installation.copied(tmp_path / "data")


@pytest.fixture
def target(postgres_server: PostgresServer, test_run: TestRun, unblocked: None) -> Iterator[str]:
    """The address of a PostgreSQL database that is migrated and empty, as a move leaves it that went wrong."""
    name = f"moving_{test_run.worker}"
    postgres_server.clone(TEMPLATE, name)
    yield postgres_server.url(name)
    postgres_server.run(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def unblocked(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Databases of the test's own are open to it; the shared one is not used."""
    connections.close_all()
    with django_db_blocker.unblock():
        yield


@pytest.fixture
def moving(installation: Installation, target: str, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """`moving()` moves the installation to the target and returns the outcome."""
    from config.moving import databases
    from config.moving.move import move

    # The target has its migrations; to find that out takes seconds.
    monkeypatch.setattr(databases, "migrate", lambda url: None)

    def run(**changed: Any) -> Any:
        quiet: dict[str, Any] = {
            "dry_run": False,
            "say": lambda words: None,
            "progress": lambda table, done: None,
        }
        return move(copy.deepcopy(installation.configuration), target, **quiet | changed)

    return run
