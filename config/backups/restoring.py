"""Checking a backup, and putting it into an empty installation."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.files.storage import default_storage
from django.db import connection, connections, models

from accounts.models import Actor
from config.backups import archive, files, postgres, sqlite
from config.backups.archive import ArchiveError, Reader
from config.backups.making import SPARE_BYTES, Step, database_path, flush_folder, megabytes, nothing
from config.backups.refusals import BackupError
from config.embedded import folder
from config.embedded.options import RefusalError
from config.keys import LENT, read_key
from config.schema import unknown_migrations
from config.version import is_newer, version
from outbox.enums import BackupOutcome
from outbox.models import Event, Sign
from outbox.operations import hold_mail

ENGINES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


@dataclass(frozen=True)
class Restored:
    """What is in place now, and what the operator has to know of it."""

    manifest: dict[str, Any]
    missing_files: int
    notes: list[str]


def verify_backup(path: Path, *, step: Step = nothing) -> dict[str, Any]:
    """Check all of a backup, change nothing but a scratch folder, and return its manifest.

    The digests of all members; the database opened, checked by its own means, and counted. A dump of PostgreSQL is
    read to its end and its rows are counted; no server is needed for that. Raises `BackupError`.
    """
    with read(path) as reader, TemporaryDirectory(prefix="shortlist-verify-") as made:
        member, place = member_of(reader), Path(made)
        check_space(place, need=reader.members[member]["size"] + reader.manifest.get("unpacked", 0))
        reader.read_all(None, step=step)
        reader.write(member, place / member, step=step)
        check_database(reader, place, step=step)
        return reader.manifest


def restore_backup(path: Path, *, now: datetime, step: Step = nothing) -> Restored:
    """Put a backup into this installation, which has to be empty and stopped. Mail is held from then on.

    All of it is checked before anything is put into its place. Raises `BackupError`.
    """
    data = Path(settings.DATA_DIR)
    with read(path) as reader, stopped(data):
        check_fit(reader)
        check_empty(data)
        place = data / folder.RESTORING
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(mode=0o700)
        try:
            check_space(place, need=reader.size + reader.manifest.get("unpacked", 0))
            reader.read_all(place, step=step)
            check_database(reader, place, step=step)
        except BaseException:
            shutil.rmtree(place, ignore_errors=True)
            raise
        notes = put_in_place(reader, place, data, now=now, step=step)
        shutil.rmtree(place)
        return Restored(reader.manifest, missing_files(), notes)


def put_in_place(reader: Reader, place: Path, data: Path, *, now: datetime, step: Step) -> list[str]:
    """Move what was unpacked and checked to where it belongs, the database last."""
    if (place / "files").exists():
        target = files.root()
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.exists():
            # Nothing is in it but what a restore that was cut off had put there.
            shutil.rmtree(target)
        shutil.move(place / "files", target)
    notes = put_keys(place, data)
    mode = reader.manifest.get("mode")
    if mode in folder.KINDS:
        (data / "mode").write_text(f"{mode}\n")
    cut_at = datetime.fromisoformat(reader.manifest["cut_at"])

    def hold() -> None:
        hold_mail(by=Actor.system(), now=now, cut_at=cut_at)

    if connection.vendor == "postgresql":
        postgres.restore(place / archive.POSTGRES, hold=hold, step=step)
        apart = differences(reader, postgres.count_all(), but={Sign._meta.db_table, Event._meta.db_table})
        if apart:
            raise BackupError(
                f"The restored database has other numbers of rows than the backup says, in {', '.join(apart)}. "
                "Somebody may be writing to it. Stop everything, make a new empty database and restore again."
            )
    else:
        connections.close_all()
        (place / "database.sqlite3").chmod(0o600)
        (place / "database.sqlite3").replace(database_path())
        flush_folder(data)
        # The copy holds mail already; this says since when, and puts it into the history.
        hold()
        connections.close_all()
    return notes


def put_keys(place: Path, data: Path) -> list[str]:
    """Put the keys of the backup into the folder, and say where others are in use."""
    notes = []
    (data / "keys").mkdir(mode=0o700, exist_ok=True)
    for name, member in (("secret_key", archive.SECRET_KEY), ("link_keys", archive.LINK_KEYS)):
        wanted, target = (place / member).read_text(), data / "keys" / name
        had = read_key(data, name)
        if had and had.split() != wanted.split():
            target.replace(target.with_name(f"{name}.replaced"))
            notes.append(
                f"The folder had a {name} of its own; it is kept as {target}.replaced and opens nothing."
            )
        shutil.move(place / member, target)
        target.chmod(0o600)
    links = (data / "keys" / "link_keys").read_text().split()
    if is_set("LINK_KEYS") and not set(links) <= set(settings.LINK_KEYS):
        notes.append(
            "LINK_KEYS is set to other keys than those of the backup, so links that candidates hold do not open. "
            f"Add the keys in {data / 'keys' / 'link_keys'} to LINK_KEYS, after the first, separated by commas."
        )
    secret = (data / "keys" / "secret_key").read_text().strip()
    if is_set("SECRET_KEY") and secret not in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        notes.append(
            "SECRET_KEY is set to another key than that of the backup. Everybody signs in again; nothing else changes."
        )
    return notes


def is_set(variable: str) -> bool:
    """Whether the operator sets the variable, and not we for this process alone."""
    return bool(os.environ.get(variable)) and variable not in LENT


@contextmanager
def read(path: Path) -> Iterator[Reader]:
    """Open a backup; what is wrong with it becomes words for the operator."""
    try:
        with archive.opened(path) as reader:
            yield reader
    except ArchiveError as error:
        raise BackupError(
            f"{path} is no whole backup: {error}. Nothing was changed. Take another one.",
            BackupOutcome.DAMAGED,
        ) from error


def member_of(reader: Reader) -> str:
    """Return the name of the database in the archive."""
    wanted = {"sqlite": archive.SQLITE, "postgresql": archive.POSTGRES}.get(
        str(reader.manifest.get("engine"))
    )
    if reader.manifest["format"] > archive.FORMAT:
        raise BackupError(
            f"This backup was made by Shortlist {reader.manifest.get('version')} in a form that {version()} cannot "
            "read. Restore it with that version or a newer one."
        )
    needed = {wanted, archive.SECRET_KEY, archive.LINK_KEYS}
    if wanted is None or not needed <= set(reader.members):
        raise ArchiveError("it lacks the database or the keys")
    return wanted


def check_fit(reader: Reader) -> None:
    """Raises `BackupError` for the backup of another kind of database, or of a newer version."""
    member_of(reader)
    manifest = reader.manifest
    engine = str(manifest["engine"])
    if engine != connection.vendor:
        way = (
            "Take DATABASE_URL away for this command, restore into an empty DATA_DIR, and move that to PostgreSQL "
            "afterwards with manage.py migrate_database."
            if engine == "sqlite"
            else "Set DATABASE_URL to an empty PostgreSQL database."
        )
        raise BackupError(
            f"This is a backup of {ENGINES[engine]}, and this installation is set up for "
            f"{ENGINES.get(connection.vendor, connection.vendor)}. {way}"
        )
    if is_newer(str(manifest.get("version", ""))) or unknown_migrations(map(str, manifest["migrations"])):
        raise BackupError(
            f"This backup was made by Shortlist {manifest.get('version')}, which is newer than this one, {version()}. "
            "Bring the program up to date first: docs/upgrading.md"
        )


def check_empty(data: Path) -> None:
    """Raises `BackupError` where anything would be written over."""
    cut_off = (data / folder.RESTORING).exists()
    if connection.vendor == "postgresql":
        connections.close_all()
        postgres.check_empty()
    elif database_path().exists():
        aside = data.with_name(data.name + "-before")
        raise BackupError(
            f"{data} holds an installation already, and a backup is written over none. Restore into an empty folder "
            f"(DATA_DIR=/another/folder), or move this one aside first: mv {data} {aside}"
        )
    if not cut_off and any(files.walk(files.root())):
        raise BackupError(
            f"{files.root()} holds files already. Move them aside first, or restore into another folder "
            "(DATA_DIR=/another/folder)."
        )


def check_space(place: Path, *, need: int) -> None:
    need += SPARE_BYTES
    free = shutil.disk_usage(place).free
    if free < need:
        raise BackupError(
            f"The disk of {place} has {megabytes(free)} MB free, {megabytes(need)} MB are needed. Free some space, "
            "then try again; nothing was changed.",
            BackupOutcome.NO_SPACE,
        )


def check_database(reader: Reader, place: Path, *, step: Step) -> None:
    """Check the unpacked database by its own means, and its rows against the manifest."""
    member = member_of(reader)
    if member == archive.POSTGRES:
        postgres.list_entries(place / member)
        expect(reader, postgres.counts_in(place / member, step=step), but=set())
        return
    limit = reader.manifest.get("unpacked", 0)
    opened = place / "database.sqlite3"
    sqlite.decompress(place / member, opened, limit=limit, step=step)
    (place / member).unlink()
    sqlite.check(opened)
    # The copy got the sign that holds mail after it was counted.
    expect(reader, sqlite.counts(opened), but={Sign._meta.db_table})


def expect(reader: Reader, found: dict[str, int], *, but: set[str]) -> None:
    """Raises `ArchiveError` where tables hold other numbers of rows than the manifest says."""
    if apart := differences(reader, found, but=but):
        raise ArchiveError(f"it has other numbers of rows than its manifest says, in {', '.join(apart)}")


def differences(reader: Reader, found: dict[str, int], *, but: set[str]) -> list[str]:
    wanted = reader.manifest["counts"]
    tables = (wanted.keys() | found.keys()) - but
    return sorted(name for name in tables if wanted.get(name) != found.get(name))


def missing_files() -> int:
    """Return how many files are named by rows and are not there."""
    missing = 0
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, models.FileField):
                named = model._base_manager.exclude(**{field.name: ""}).exclude(**{field.name: None})
                missing += sum(
                    not default_storage.exists(name) for name in named.values_list(field.name, flat=True)
                )
    return missing


@contextmanager
def stopped(data: Path) -> Iterator[None]:
    """Keep the folder from being started meanwhile. Raises `BackupError` while it runs."""
    try:
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
        with folder.hold(data):
            yield
    except RefusalError as error:
        raise BackupError(f"{error} Nothing was changed.") from error
