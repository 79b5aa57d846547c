"""The one place that knows when an error is nobody's mistake: the database is away, busy or full, or the disk is."""

from __future__ import annotations

import errno
import logging
import random
import sqlite3
import time
from collections.abc import Callable
from functools import wraps
from typing import Final, ParamSpec, TypeVar

import psycopg
from django.db import Error as DatabaseError
from django.db import connection

logger = logging.getLogger(__name__)

_Arguments = ParamSpec("_Arguments")
_Result = TypeVar("_Result")

# What callers are told to wait before they try again. Locks are given up after five seconds, a server that was started
# again takes connections within ten.
RETRY_AFTER: Final = 10

# How often an operation begins whose transaction the database undid in favour of another.
TRIES: Final = 3
# Seconds before another try, drawn between these: the other transaction is let through first. Whoever begins at once
# can take the same row before it and collide again.
PAUSE: Final = (0.02, 0.1)

_SQLITE: Final = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_CANTOPEN,
    }
)
# A disk without room, a quota that is used up, a file that may not grow, a file system that turned read-only.
_DISK: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS})


def is_unavailable(error: BaseException | None) -> bool:
    """Whether trying again later may help, with nothing of ours to mend.

    A deadlock, a lock or a statement that took too long, a connection that was lost or refused, a disk without room. A
    table that does not exist is not among them, though SQLite raises the same class for it.
    """
    if isinstance(error, DatabaseError):
        # Django's own class says less than the driver's below it.
        error = error.__cause__ or error
    if isinstance(error, sqlite3.OperationalError):
        # The low byte is the kind, the rest the detail.
        return (getattr(error, "sqlite_errorcode", 0) & 0xFF) in _SQLITE
    if isinstance(error, OSError):
        return error.errno in _DISK
    return isinstance(error, psycopg.OperationalError | psycopg.InterfaceError)


def is_collision(error: BaseException | None) -> bool:
    """Whether the database undid a transaction in favour of another, so that the same may go well now.

    A deadlock or a serialization failure of PostgreSQL. SQLite takes one writer at a time and knows neither.
    """
    if isinstance(error, DatabaseError):
        error = error.__cause__ or error
    return isinstance(error, psycopg.errors.DeadlockDetected | psycopg.errors.SerializationFailure)


def again_after_collision(operation: Callable[_Arguments, _Result]) -> Callable[_Arguments, _Result]:
    """Let `operation` begin anew after a collision, so that whoever called it notices nothing; the last error goes out.

    For operations whose writes are all in one transaction of their own: it was undone, so the effect comes once.
    Inside a transaction of the caller's nothing can begin anew, and the error goes up to where that one begins.
    """

    @wraps(operation)
    def call(*args: _Arguments.args, **kwargs: _Arguments.kwargs) -> _Result:
        for tried in range(1, TRIES):
            try:
                return operation(*args, **kwargs)
            except DatabaseError as error:
                if connection.in_atomic_block or not is_collision(error):
                    raise
                logger.warning("%s collided with another transaction, try %d", operation.__name__, tried)
                time.sleep(random.uniform(*PAUSE))  # noqa: S311 -- nobody gains from guessing it
        return operation(*args, **kwargs)

    return call
