"""Uploaded files, as they were at the moment of the cut."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from django.core.files.storage import default_storage

# The storage cannot give a file a second name; then it is copied.
NO_LINKS = {errno.EXDEV, errno.EPERM, errno.ENOTSUP, errno.EMLINK, errno.ENOSYS}


def root() -> Path:
    return Path(default_storage.path(""))


def walk(folder: Path) -> Iterator[tuple[str, Path]]:
    """Yield every regular file below `folder` with its name seen from there."""
    for parent, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            path = Path(parent, name)
            if path.is_file() and not path.is_symlink():
                yield path.relative_to(folder).as_posix(), path


def total_size() -> int:
    size = 0
    for _name, path in walk(root()):
        try:
            size += path.stat().st_size
        except FileNotFoundError:
            # Removed while we looked.
            continue
    return size


def stage(target: Path) -> None:
    """Give every file a second name below `target`, where nobody removes it.

    Called before and after the database is copied: a file that a row of the copy names was there before, or has come
    before the second call. Files are written once and never changed, so a second name is as good as a copy.
    """
    for name, path in walk(root()):
        kept = target / name
        kept.parent.mkdir(parents=True, exist_ok=True)
        try:
            if not (kept.exists() and kept.stat().st_size == path.stat().st_size):
                kept.unlink(missing_ok=True)
                link_or_copy(path, kept)
        except FileNotFoundError:
            # Removed while we looked. Its row is gone too, or goes with the next second.
            continue


def link_or_copy(path: Path, kept: Path) -> None:
    try:
        os.link(path, kept, follow_symlinks=False)
    except OSError as error:
        if error.errno not in NO_LINKS:
            raise
        shutil.copyfile(path, kept)
