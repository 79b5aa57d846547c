"""What lies on this machine: settings, keys, folders, files of the pages, disk, time zones."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import stat
import tempfile
import zoneinfo
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path, PurePath
from typing import Any, Final

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core import checks
from django.db import DatabaseError

from accounts.queries import organisation
from config.doctor.findings import Finding, error, ok, warning
from config.environment import BASE_DIR

MEGABYTE: Final = 1024 * 1024
LITTLE_SPACE, NO_SPACE = 1024 * MEGABYTE, 100 * MEGABYTE
# What stands in examples and in our own Makefile.
EXAMPLES: Final = ("only-for-checking", "django-insecure", "changeme", "change-me", "example", "secret-key")
FEWEST_CHARACTERS: Final = 10
# What collectstatic leaves out.
NOT_COLLECTED: Final = ["CVS", ".*", "*~"]
NEW_KEY: Final = "python3 -c 'import secrets; print(secrets.token_urlsafe(50))'"


def check_settings(now: datetime) -> Iterator[Finding]:
    """Django's checks and ours. What only a public site needs is asked of one that is reached by https."""
    messages = [
        message
        for message in checks.run_checks(include_deployment_checks=True)
        if settings.HTTPS or not str(message.id).startswith("security.")
    ]
    for message in messages:
        kind = error if message.level >= checks.ERROR else warning
        if message.level >= checks.WARNING:
            yield kind(
                str(message.id),
                str(message.msg),
                mend=str(message.hint or "See .env.example."),
                where="settings",
            )
    if settings.DEBUG:
        yield error(
            "settings.debug",
            "DEBUG is on: whoever meets an error reads source code and settings.",
            mend="Take DEBUG out of the environment and of .env, and start again.",
        )
    if not messages:
        yield ok("settings", "The settings have no complaint.")


def check_keys(now: datetime) -> Iterator[Finding]:
    """Keys are long and random; one from an example opens the site to everybody who read it."""
    keys = {"SECRET_KEY": [settings.SECRET_KEY], "LINK_KEYS": settings.LINK_KEYS}
    weak = [name for name, values in keys.items() if any(is_weak(value) for value in values)]
    for name in weak:
        yield error(
            "keys.weak",
            f"{name} is from an example or too simple, so others can guess it.",
            mend=f"Make a new one with: {NEW_KEY}",
            where="environment, .env or the folder keys",
        )
    if not weak:
        yield ok("keys", "Both keys are there and none is from an example.")


def is_weak(key: str) -> bool:
    return any(example in key.lower() for example in EXAMPLES) or len(set(key)) < FEWEST_CHARACTERS


def check_folder(now: datetime) -> Iterator[Finding]:
    """The folder of the data, and what is secret in it, is for the user alone that runs all of this."""
    folder = Path(settings.DATA_DIR)
    if not folder.is_dir():
        yield error(
            "folder.missing",
            "The folder of the data does not exist.",
            mend=f"mkdir -m 700 -p {shlex.quote(str(folder))}, or set DATA_DIR to the right one.",
            where=str(folder),
        )
        return
    found = [*_private(folder, 0o700), *_private(folder / "keys", 0o700), *_private(BASE_DIR / ".env", 0o600)]
    for path in sorted((folder / "keys").glob("*")):
        found += _private(path, 0o600)
    if not os.access(folder, os.W_OK | os.X_OK):
        found.append(
            error(
                "folder.locked",
                "The folder of the data cannot be written.",
                mend=f"Give it to the user that runs Shortlist: chown -R {os.geteuid()} {shlex.quote(str(folder))}",
                where=str(folder),
            )
        )
    yield from found
    if not found:
        yield ok("folder", "The folder of the data is for this user alone.", where=str(folder))


def _private(path: Path, mode: int) -> Iterator[Finding]:
    try:
        there = path.stat()
    except FileNotFoundError:
        return
    if there.st_uid != os.geteuid():
        yield error(
            "folder.owner",
            "It belongs to another user than the one that asks. Run this command as the user that runs Shortlist.",
            mend=f"If you did: chown -R {os.geteuid()} {shlex.quote(str(path))}",
            where=str(path),
        )
    if stat.S_IMODE(there.st_mode) & 0o077:
        yield error(
            "folder.open",
            "Other users of this machine can read it.",
            mend=f"chmod {mode:o} {shlex.quote(str(path))}",
            where=str(path),
        )


def check_pages_files(now: datetime) -> Iterator[Finding]:
    """Styles and scripts are collected, and none is older than the code."""
    root = Path(settings.STATIC_ROOT)
    mend = (
        "python manage.py collectstatic --noinput, then restart the web server. “make run” does it by itself."
    )
    try:
        collected = set(json.loads((root / "staticfiles.json").read_text())["paths"])
    except (OSError, ValueError, KeyError):
        yield error("files.missing", "The files of the pages are not collected.", mend=mend, where=str(root))
        return
    wanted = pages_files()
    missing = wanted - collected
    if missing:
        yield error(
            "files.old",
            f"{len(missing)} of {len(wanted)} files of the pages are not collected, {min(missing)} for one.",
            mend=mend,
            where=str(root),
        )
    else:
        yield ok("files", f"All {len(wanted)} files of the pages are collected.", where=str(root))


def pages_files() -> set[str]:
    """Return every file that collectstatic would collect, by the name that it has then."""
    return {
        str(PurePath(getattr(storage, "prefix", None) or "", path))
        for finder in get_finders()
        for path, storage in finder.list(NOT_COLLECTED)
    }


def check_disk(now: datetime) -> Iterator[Finding]:
    """There is space where data and where temporary files are written."""
    places: dict[str, Any] = {"DATA_DIR": settings.DATA_DIR, "temporary files": tempfile.gettempdir()}
    places["BACKUP_FOLDER"] = getattr(settings, "BACKUP_FOLDER", None)
    for name, place in places.items():
        if not place or not Path(place).exists():
            continue
        free = shutil.disk_usage(place).free
        words = f"{free // MEGABYTE} MB are free for {name}."
        mend = "Free some space, or put it on a larger disk."
        if free < NO_SPACE:
            yield error("disk.full", words, mend=mend, where=str(place))
        elif free < LITTLE_SPACE:
            yield warning("disk.little", words, mend=mend, where=str(place))
        else:
            yield ok("disk", words, where=str(place))


def check_time_zones(now: datetime) -> Iterator[Finding]:
    """This Python knows time zones, and the organisation's is one of them."""
    if not zoneinfo.available_timezones():
        yield error(
            "zones.missing",
            "This machine has no time zone data, so moments cannot be shown.",
            mend="apt install tzdata, or: pip install tzdata",
        )
        return
    try:
        home = organisation().time_zone
    except DatabaseError:
        return  # the database's own check says it
    try:
        zoneinfo.ZoneInfo(home)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        yield error(
            "zones.unknown",
            f"The organisation's time zone is {home!r}, which this machine does not know.",
            mend="Choose another one under Settings, Organisation, or bring the time zone data up to date.",
        )
    else:
        yield ok("zones", f"Time zones are known; the organisation's is {home}.")
