"""Bringing a database to the schema of this code, so that a half-done upgrade is never what is worked on."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections

from config import schema
from config.backups import sqlite
from config.backups.making import SPARE_BYTES, database_path, flush_folder, megabytes, nothing

FOLDER: Final = "before-upgrade"
# Says that the upgrade which it names the copy of has not come to its end.
NOTE: Final = "unfinished"
KEPT: Final = 3

Say = Callable[[str], None]


class UpgradeRefusedError(Exception):
    """The upgrade cannot begin; the text tells the operator why, and how to mend it."""


def bring_up_to_date(*, say: Say) -> None:
    """Migrate the database. One in a file is copied before, and put back if an earlier upgrade was cut off.

    PostgreSQL needs no copy: there a migration happens wholly or not at all. Nobody else may use the database.
    Raises `SchemaTooNewError` for one that a newer version has written, `UpgradeRefusedError` for a full disk.
    """
    folder = Path(settings.DATA_DIR) / FOLDER
    on_sqlite = connection.vendor == "sqlite"
    if on_sqlite and (folder / NOTE).exists():
        put_back(folder, say)
    schema.refuse_newer_schema()
    if schema.has_pending_migrations():
        if on_sqlite and schema.applied_migrations():
            keep_copy(folder, say)
        call_command("migrate", interactive=False, verbosity=0)
        (folder / NOTE).unlink(missing_ok=True)
        remove_old(folder)
    schema.note_version()


def keep_copy(folder: Path, say: Say) -> None:
    """Copy the database as it is, and note that what follows is not done yet."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    need, free = sqlite.size(database_path()) + SPARE_BYTES, shutil.disk_usage(folder).free
    if free < need:
        raise UpgradeRefusedError(
            f"The upgrade copies the database first, which needs {megabytes(need)} MB; the disk of {folder} has "
            f"{megabytes(free)} MB free. Free some space and start again; nothing was changed."
        )
    name = f"{datetime.now(UTC):%Y-%m-%dT%H%M%S.%fZ}.sqlite3"
    copy = folder / name
    sqlite.copy(database_path(), copy, step=nothing)
    flush_folder(folder)
    draft = folder / f"{NOTE}.new"
    draft.write_text(json.dumps({"copy": name}) + "\n")
    draft.replace(folder / NOTE)
    flush_folder(folder)
    say(f"A newer version: the database is kept as it was in {copy}.")


def put_back(folder: Path, say: Say) -> None:
    """Put the copy in the place of a database whose upgrade was cut off, which is kept beside it."""
    copy = folder / json.loads((folder / NOTE).read_text())["copy"]
    if not copy.exists():
        raise UpgradeRefusedError(
            f"The last upgrade was cut off, and {copy}, the copy from before it, is gone. Restore a backup into an "
            f"empty folder, or remove {folder / NOTE} to go on with the database as it is."
        )
    database = database_path()
    connections.close_all()
    draft = database.with_name(f"{database.name}.new")
    draft.unlink(missing_ok=True)
    sqlite.copy(copy, draft, step=nothing)
    cut_off = folder / f"{copy.stem}-cut-off.sqlite3"
    # The log first: without the database it would belong to the copy.
    for suffix in ("-shm", "-wal", ""):
        present = database.with_name(database.name + suffix)
        if present.exists():
            present.replace(cut_off.with_name(cut_off.name + suffix))
    draft.replace(database)
    flush_folder(database.parent)
    (folder / NOTE).unlink()
    say("The last upgrade was cut off. The database was put back as it was before; the upgrade begins again.")


def remove_old(folder: Path) -> None:
    """Keep the last copies alone."""
    names = sorted(path.name for path in folder.glob("*.sqlite3"))
    for name in names[:-KEPT]:
        for suffix in ("-shm", "-wal", ""):
            (folder / f"{name}{suffix}").unlink(missing_ok=True)
