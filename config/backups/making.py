"""Making a backup while everything runs."""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db import connection

from config.backups import archive, files, postgres, sqlite
from config.backups.refusals import BackupError
from config.environment import set_variables
from config.version import version
from outbox.enums import BackupOutcome

PREFIX: Final = "shortlist-"
SUFFIX: Final = ".tar"
# What is being written; a name that nobody takes for a backup.
PART: Final = ".part"
FULL: Final = (errno.ENOSPC, errno.EDQUOT)
# Beside what is known to be written: logs, manifest, what others write meanwhile.
SPARE_BYTES: Final = 64 * 1024 * 1024

Step = Callable[[], None]


@dataclass(frozen=True)
class Made:
    """A backup that is whole and in its place."""

    path: Path
    size: int
    seconds: float
    manifest: dict[str, Any]

    @property
    def files(self) -> int:
        """How many uploaded files are in it."""
        return sum(name.startswith(archive.FILES) for name in self.manifest["members"])


def nothing() -> None:
    """The step of somebody who has nobody to tell."""


def make_backup(*, output: Path, now: datetime, name: str = "", step: Step = nothing) -> Made:
    """Write a backup of the database, the files and the keys to `output`, a file or an existing folder.

    `step` is called again and again meanwhile. Whatever goes wrong, no file is left that looks like a backup.
    Raises `BackupError`.
    """
    started = time.monotonic()
    target = output / (name or default_name(now)) if output.is_dir() else output
    if target.exists():
        raise BackupError(
            f"{target} exists already, and no backup is written over another. Choose another name."
        )
    with only_one(), folder_for(target), scratch_folder() as scratch:
        check_space(target.parent, scratch)
        # Before the cut and after it: see `files.stage`.
        files.stage(scratch / "files")
        member, facts = cut_database(scratch, step)
        files.stage(scratch / "files")
        part = target.with_name(target.name + PART)
        part.unlink(missing_ok=True)
        writer = archive.Writer(part)
        try:
            writer.add_file(member, scratch / member, step=step)
            (scratch / member).unlink()
            writer.add_text(archive.SECRET_KEY, settings.SECRET_KEY)
            writer.add_text(archive.LINK_KEYS, "\n".join(settings.LINK_KEYS))
            for found, path in files.walk(scratch / "files"):
                writer.add_file(archive.FILES + found, path, step=step)
            manifest = facts | own_facts() | {"members": writer.members}
            writer.finish(manifest)
            part.replace(target)
        except BaseException:
            writer.abandon()
            part.unlink(missing_ok=True)
            raise
        flush_folder(target.parent)
    return Made(target, target.stat().st_size, time.monotonic() - started, manifest)


def cut_database(scratch: Path, step: Step) -> tuple[str, dict[str, Any]]:
    """Copy the database into `scratch`; return the copy's name and what the manifest says of it."""
    if connection.vendor == "postgresql":
        dumped = postgres.dump(scratch / archive.POSTGRES, step=step)
        return archive.POSTGRES, {
            "engine": "postgresql",
            "engine_version": str(postgres.server_version()),
            "cut_at": dumped.at.astimezone(UTC).isoformat(),
            "counts": dumped.counts,
            "migrations": dumped.migrations,
        }
    copy = scratch / "database.sqlite3"
    cut_at = sqlite.copy(database_path(), copy, step=step)
    sqlite.check(copy)
    facts: dict[str, Any] = {
        "engine": "sqlite",
        "engine_version": sqlite.VERSION,
        "cut_at": cut_at.isoformat(),
        # Before the hold, which is not part of what was.
        "counts": sqlite.counts(copy),
        "migrations": sqlite.migrations(copy),
    }
    sqlite.hold_mail(copy, cut_at=cut_at)
    facts["unpacked"] = copy.stat().st_size
    sqlite.compress(copy, scratch / archive.SQLITE, step=step)
    copy.unlink()
    return archive.SQLITE, facts


def own_facts() -> dict[str, Any]:
    """Return what the manifest says beside the database. Names of settings, never their values."""
    marker = Path(settings.DATA_DIR) / "mode"
    return {
        "format": archive.FORMAT,
        "product": "Shortlist",
        "version": version(),
        "made_at": datetime.now(UTC).isoformat(),
        # Whose folder it is: sample data stays apart from real data, restored too.
        "mode": marker.read_text().strip() if marker.exists() else "",
        "set_in_environment": set_variables(),
    }


def database_path() -> Path:
    return Path(settings.DATABASES["default"]["NAME"])


def default_name(now: datetime, kind: str = "") -> str:
    return f"{PREFIX}{kind}{now.astimezone(UTC):%Y-%m-%dT%H%M%SZ}{SUFFIX}"


def check_space(folder: Path, scratch: Path) -> None:
    """Raises `BackupError` where what is to be written does not fit on the disk."""
    database = postgres.size() if connection.vendor == "postgresql" else sqlite.size(database_path())
    # The copy, beside it the copy packed; then the archive, which holds the latter and the files.
    needs = {scratch: 2 * database + SPARE_BYTES, folder: database + files.total_size() + SPARE_BYTES}
    if folder.stat().st_dev == scratch.stat().st_dev:
        needs = {folder: sum(needs.values())}
    for place, need in needs.items():
        free = shutil.disk_usage(place).free
        if free < need:
            raise BackupError(
                f"The disk of {place} has {megabytes(free)} MB free, a backup may need {megabytes(need)} MB. "
                "Free some space, or write it to another disk with --output; nothing was written.",
                BackupOutcome.NO_SPACE,
            )


def megabytes(size: int) -> int:
    return -(-size // 1_000_000)


@contextmanager
def folder_for(target: Path) -> Iterator[None]:
    """Make the folder of `target`, for this user alone. What cannot be written there is said in words."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        # What a backup that was killed left behind.
        for left in target.parent.glob(f"{PREFIX}*{SUFFIX}{PART}"):
            left.unlink(missing_ok=True)
        yield
    except PermissionError as error:
        raise BackupError(
            f"{error.filename or target.parent} cannot be written: {error.strerror}. Write to another folder with "
            "--output, or let this user own it.",
            BackupOutcome.NO_FOLDER,
        ) from error
    except OSError as error:
        outcome = BackupOutcome.NO_SPACE if error.errno in FULL else BackupOutcome.NO_FOLDER
        raise BackupError(
            f"The backup could not be written to {target.parent}: {error.strerror or error}. Free some space, or "
            "write it to another folder with --output; nothing was left behind.",
            outcome,
        ) from error


@contextmanager
def only_one() -> Iterator[None]:
    """Keep a second backup of this folder away until this one is done."""
    folder = Path(settings.DATA_DIR)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder / "backup.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BackupError(
                "Another backup is being made at this moment. Wait for it, then try again."
            ) from error
        yield


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """Make a folder that is gone afterwards, on the disk of the data: files get second names there."""
    folder = Path(settings.DATA_DIR)
    for left in folder.glob(".backup-*"):
        shutil.rmtree(left, ignore_errors=True)
    made = Path(tempfile.mkdtemp(prefix=".backup-", dir=folder))
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


def flush_folder(folder: Path) -> None:
    """See to it that a new name is on the disk; where a folder cannot be flushed, the system does it in its time."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
