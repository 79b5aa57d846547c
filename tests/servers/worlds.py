"""What all tests of a file stand on is made once, and each of them has it as if it were alone.

A transaction is around the tests of the file, and each test's own is in it: what a test writes is undone as ever, what
they share is undone with the last of them. Of what was made, each test gets a copy whose fields it may change. A test
of the file that does not ask for the world finds its rows all the same.

A test that commits cannot be in a transaction. Such tests come after the others of a file; the first of them ends the
transaction, and each makes its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from typing import Any

import pytest
from django.db import connection, transaction
from pytest_django import DjangoDbBlocker

COMMITTING_FIXTURES = {"transactional_db", "live_server"}

# What is around the tests of a file in this process, the outermost first: what undoes it.
_open: list[Callable[[], None]] = []
_test_commits = False


def before(item: pytest.Item) -> None:
    """Make room for a test: nothing is around one that commits. To be called before its fixtures are made."""
    global _test_commits  # noqa: PLW0603 -- of which test the fixtures of its file are made is known here alone
    _test_commits = commits(item)
    if _test_commits:
        while _open:
            _open[-1]()


def commits(item: pytest.Item) -> bool:
    """Whether a test ends its transactions, so that others see its rows until the database is put back."""
    marker = item.get_closest_marker("django_db")
    return bool(marker and marker.kwargs.get("transaction")) or bool(
        COMMITTING_FIXTURES & set(getattr(item, "fixturenames", ()))
    )


@contextmanager
def shared(make: Callable[[], Any], blocker: DjangoDbBlocker) -> Iterator[Callable[[], Any]]:
    """Make a world for the tests of a file, and yield what returns each test's own; for a fixture of the module."""
    if _test_commits:
        yield make
        return

    def undo() -> None:
        _open.remove(undo)
        with blocker.unblock():
            transaction.set_rollback(True)
            around.__exit__(None, None, None)

    with blocker.unblock():
        around = transaction.atomic()
        around.__enter__()
        _open.append(undo)
        try:
            made = _made(make)
        except BaseException:
            undo()
            raise
    yield lambda: deepcopy(made) if undo in _open else make()
    if undo in _open:
        undo()


def _made(make: Callable[[], Any]) -> Any:
    from accounts.queries import forget_organisation

    # Kept for some seconds, and of a test whose rows are gone.
    forget_organisation()
    made = make()
    # Otherwise each test would look through these rows again when it ends.
    connection.check_constraints()
    return made
