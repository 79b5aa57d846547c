"""The folder of the data: whose it is, and that only one supervisor works in it."""

from __future__ import annotations

import fcntl
import json
import shlex
import shutil
import time
from pathlib import Path
from typing import IO

from config.embedded.options import FOLDERS, Options, RefusalError

LEFT_BEHIND_SECONDS = 6.0
# Where a restore unpacks; it goes when all of it is in its place.
RESTORING = ".restoring"
DATABASE = "shortlist.sqlite3"
KINDS = {"demo": "sample data", "run": "real data"}


def take(options: Options) -> IO[str]:
    """Open the data folder for this mode and hold its lock until the returned handle is closed.

    A folder belongs to the mode that made it: sample data never mixes with real people. Only when the sample company
    is cleared away for a real one it changes hands, see `give_to`.
    Raises `RefusalError`.
    """
    folder = options.data_dir
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        check_owner(folder, options.mode)
        check_whole(folder)
    except OSError as error:
        raise RefusalError(cannot_be_written(folder, error)) from error
    lock = hold(folder)
    (folder / "mode").write_text(options.mode + "\n")
    remove_left_behind(folder)
    return lock


def hold(folder: Path) -> IO[str]:
    """Hold the lock of a data folder until the returned handle is closed. Raises `RefusalError` while it is in use."""
    try:
        lock = (folder / "lock").open("w")
    except OSError as error:
        raise RefusalError(cannot_be_written(folder, error)) from error
    try:
        wait_for(lock)
    except OSError as error:
        lock.close()
        raise RefusalError(
            f"Shortlist is already running on {folder}. Stop it there first, with Ctrl-C."
        ) from error
    return lock


def cannot_be_written(folder: Path, error: OSError) -> str:
    return f"The folder {folder} cannot be written: {error.strerror}. Set DATA_DIR to another."


def wait_for(lock: IO[str]) -> None:
    """Take the lock, which the children of a killed supervisor hold until they have ended.

    They share it, so nothing starts on a database or a broker's files that somebody is still writing.
    """
    end = time.monotonic() + LEFT_BEHIND_SECONDS
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)


def remove_left_behind(folder: Path) -> None:
    """Remove what a killed supervisor could not: its note of what runs, and the folder of its socket."""
    note = folder / "running.json"
    if not note.exists():
        return
    url = json.loads(note.read_text())["environment"].get("BROKER_URL", "")
    note.unlink()
    runtime = Path(url.removeprefix("redis+socket://")).parent
    if runtime.name.startswith("shortlist-") and runtime.is_dir():
        shutil.rmtree(runtime, ignore_errors=True)


def check_owner(folder: Path, mode: str) -> None:
    marker = folder / "mode"
    if marker.exists():
        owner = marker.read_text().strip()
        if owner != mode:
            raise RefusalError(
                f"{folder} holds {KINDS.get(owner, 'something else')}; 'make {mode}' is for {KINDS[mode]}. "
                f"Start it with '{start_command(folder, owner)}', or set DATA_DIR to another folder."
            )
    elif mode == "demo" and any(folder.iterdir()):
        raise RefusalError(
            f"{folder} is not empty, and sample data needs a folder of its own. Set DATA_DIR to another."
        )


def check_whole(folder: Path) -> None:
    """Raises `RefusalError` where restoring a backup was cut off before its last step, the database."""
    if (folder / DATABASE).exists():
        shutil.rmtree(folder / RESTORING, ignore_errors=True)
    elif (folder / RESTORING).exists():
        raise RefusalError(
            f"Restoring a backup into {folder} was cut off, so what is there is not whole. "
            "Run manage.py restore again; it begins anew."
        )


def belongs_to(folder: Path) -> str:
    """Return the mode that the folder belongs to, "" where it belongs to none."""
    marker = folder / "mode"
    return marker.read_text().strip() if marker.exists() else ""


def give_to(folder: Path, mode: str) -> bool:
    """Let the folder belong to `mode` from its next start on; return whether it belongs to a mode at all."""
    if not belongs_to(folder):
        return False
    marker = folder / "mode"
    draft = marker.with_suffix(".new")
    draft.write_text(mode + "\n")
    draft.replace(marker)
    return True


def start_command(folder: Path, mode: str, *, seen_from: Path | None = None) -> str:
    """Return what to type to start on the folder, from `seen_from` or from where this process is."""
    if folder == FOLDERS.get(mode):
        return f"make {mode}"
    here = seen_from or Path.cwd()
    shown = str(folder.relative_to(here)) if folder.is_relative_to(here) else str(folder)
    return f"DATA_DIR={shlex.quote(shown)} make {mode}"
