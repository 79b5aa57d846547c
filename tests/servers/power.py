"""Power cuts for SQLite: what is left on the disk when nothing stays but what the operating system promised to keep."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from tests.servers.recorded.recorder import DELETE, ENDINGS, HEAD, SYNC, SYNCED, TRUNCATE, WRITE

FOLDER = Path(__file__).parent / "recorded"


def can_record() -> bool:
    """Whether Python's SQLite is a library of the system's, whose functions can be replaced."""
    sqlite3.connect(":memory:").close()
    maps = Path("/proc/self/maps")
    return maps.exists() and "/libsqlite3.so.0" in maps.read_text()


def recording(database: Path, log: Path) -> dict[str, str]:
    """The environment of processes whose writes to `database` are recorded in `log`."""
    return {"PYTHONPATH": str(FOLDER), "RECORDED_DATABASE": str(database), "RECORDED_IN": str(log)}


@dataclass
class File:
    """A file as it is surely on the disk, and what was written since and may be lost."""

    durable: bytearray = field(default_factory=bytearray)
    unsure: list[tuple[bytes, int, bytes]] = field(default_factory=list)
    syncs: dict[int, int] = field(default_factory=dict)
    exists: bool = False

    def note(self, kind: bytes, number: int, data: bytes) -> None:
        if kind in (WRITE, TRUNCATE):
            self.exists = True
            self.unsure.append((kind, number, data))
        elif kind == SYNC:
            self.syncs[number] = len(self.unsure)
        elif kind == SYNCED:
            self._keep(self.syncs.pop(number))
        elif kind == DELETE:
            self.durable, self.unsure, self.syncs, self.exists = bytearray(), [], {}, False

    def _keep(self, count: int) -> None:
        for change in self.unsure[:count]:
            apply(self.durable, *change)
        del self.unsure[:count]
        self.syncs = {number: max(0, at - count) for number, at in self.syncs.items()}

    def after(self, luck: random.Random | None) -> bytes:
        """The file after a power cut: without what was not synced, or with as much of it as `luck` leaves."""
        left = bytearray(self.durable)
        for change in self.unsure:
            if luck is not None and luck.random() < 0.5:
                apply(left, *change)
        return bytes(left)


def apply(content: bytearray, kind: bytes, number: int, data: bytes) -> None:
    """Write `data` at the offset `number`, or cut the content to `number` bytes."""
    size = number + len(data) if kind == WRITE else number
    content.extend(bytes(max(0, size - len(content))))
    if kind == WRITE:
        content[number:size] = data
    else:
        del content[number:]


def notes(log: Path) -> Iterator[tuple[int, bytes, int, int, bytes]]:
    """Read the log: where each note ends, its kind, which file, its number, its data. A torn last note is left out."""
    with log.open("rb") as file:
        end = 0
        while len(head := file.read(HEAD.size)) == HEAD.size:
            kind, which, number, length = HEAD.unpack(head)
            data = file.read(length)
            if len(data) < length:
                return
            end += HEAD.size + length
            yield end, kind, which, number, data


def check(database: Path) -> list[str]:
    """What SQLite finds wrong with a file that it opens after a power cut."""
    with closing(sqlite3.connect(database)) as connection:
        return [row[0] for row in connection.execute("PRAGMA integrity_check") if row[0] != "ok"]


def cut(log: Path, moments: list[int], database: Path, *, seed: int | None = None) -> Iterator[int]:
    """Put at `database` what a power cut would have left when the log was so long, for one moment after the other.

    Without a `seed` whatever was not synced is lost; with one, it tells by luck which writes of it reached the disk.
    Yields the moment, once the files are there.
    """
    luck = None if seed is None else random.Random(seed)
    files = [File() for _ in ENDINGS]
    waiting = sorted(moments)
    for end, kind, which, number, data in notes(log):
        while waiting and end > waiting[0]:
            place(files, database, luck)
            yield waiting.pop(0)
        files[which].note(kind, number, data)
    for moment in waiting:
        place(files, database, luck)
        yield moment


def place(files: list[File], database: Path, luck: random.Random | None) -> None:
    """Write the files; the index of the write-ahead log lives in memory and is gone after a power cut."""
    Path(f"{database}-shm").unlink(missing_ok=True)
    for file, ending in zip(files, ENDINGS, strict=True):
        path = Path(f"{database}{ending}")
        path.unlink(missing_ok=True)
        if file.exists:
            path.write_bytes(file.after(luck))
