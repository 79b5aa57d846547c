"""The one place that knows when an error is nobody's mistake: the database is away, busy or full, or the disk is."""

from __future__ import annotations

import errno
import sqlite3
from typing import Final

import psycopg
from django.db import Error as DatabaseError

# What callers are told to wait before they try again. Locks are given up after five seconds, a server that was started
# again takes connections within ten.
RETRY_AFTER: Final = 10

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
