"""The file of a backup: a tar without compression, whose manifest names every member with its size and SHA-256.

The manifest comes last but for its own digest, the seal. So a file that was cut off has no seal and is not taken for
a whole one. Nothing of Django here; what is read was possibly made by somebody else, and is believed in nothing.
"""

from __future__ import annotations

import hashlib
import json
import os
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import IO, Any, Final

FORMAT: Final = 1
MANIFEST: Final = "manifest.json"
SEAL: Final = "manifest.sha256"
SECRET_KEY: Final = "keys/secret_key"  # noqa: S105 -- where it lies
LINK_KEYS: Final = "keys/link_keys"
FILES: Final = "files/"
SQLITE: Final = "database.sqlite3.gz"
POSTGRES: Final = "database.dump"

# Some hundred thousand files.
LONGEST_MANIFEST: Final = 64 * 1024 * 1024
_CHUNK: Final = 1024 * 1024

Step = Callable[[], None]


class ArchiveError(Exception):
    """The file is no whole backup; the text says what is the matter with it."""


class Writer:
    """Writes members one after the other into a file that nobody but its owner can read."""

    def __init__(self, path: Path) -> None:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        self._file = os.fdopen(descriptor, "wb")
        self._tar = tarfile.TarFile(fileobj=self._file, mode="w", format=tarfile.PAX_FORMAT)
        self.members: dict[str, dict[str, Any]] = {}

    def add_file(self, name: str, path: Path, *, step: Step) -> None:
        with path.open("rb") as source:
            info = tarfile.TarInfo(name)
            info.size = os.fstat(source.fileno()).st_size
            info.mtime = int(path.stat().st_mtime)
            self._add(info, source, step)

    def add_text(self, name: str, text: str) -> None:
        data = text.encode()
        info = tarfile.TarInfo(name)
        info.size = len(data)
        self._add(info, BytesIO(data), lambda: None)

    def finish(self, manifest: dict[str, Any]) -> None:
        """Write the manifest, which names `members`, and its seal, and see to it that all of it is on the disk."""
        text = json.dumps(manifest, indent=1, sort_keys=True)
        self.add_text(MANIFEST, text)
        self.add_text(SEAL, hashlib.sha256(text.encode()).hexdigest() + "\n")
        self._tar.close()
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()

    def abandon(self) -> None:
        self._file.close()

    def _add(self, info: tarfile.TarInfo, source: IO[bytes], step: Step) -> None:
        info.mode = 0o600
        hashing = _Hashing(source, step)
        self._tar.addfile(info, hashing)
        self.members[info.name] = {"size": info.size, "sha256": hashing.digest.hexdigest()}


class _Hashing:
    """Reads through to a file and digests what goes by."""

    def __init__(self, source: IO[bytes], step: Step) -> None:
        self.digest = hashlib.sha256()
        self._source, self._step = source, step

    def read(self, size: int = -1) -> bytes:
        data = self._source.read(size)
        self.digest.update(data)
        self._step()
        return data


class Reader:
    """An archive whose manifest fits its members. Their contents are checked as they are read."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar = tar
        self._infos = self._read_headers()
        self.manifest: dict[str, Any] = self._read_manifest()
        self.members: dict[str, dict[str, Any]] = self.manifest["members"]
        if {name: info.size for name, info in self._infos.items()} != {
            name: member["size"] for name, member in self.members.items()
        }:
            raise ArchiveError("its members are not those that its manifest names")

    @property
    def size(self) -> int:
        return sum(info.size for info in self._infos.values())

    def read_all(self, folder: Path | None, *, step: Step) -> None:
        """Check the digest of every member; with a `folder`, a new one of our own, write them there.

        Raises `ArchiveError`.
        """
        for name in self._infos:
            if folder is None:
                self._read(name, None, step)
                continue
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
            with os.fdopen(descriptor, "wb") as handle:
                self._read(name, handle, step)
                handle.flush()
                os.fsync(handle.fileno())

    def write(self, name: str, target: Path, *, step: Step) -> None:
        """Check one member and write it. Raises `ArchiveError`."""
        with target.open("xb") as handle:
            self._read(name, handle, step)

    def text(self, name: str) -> str:
        return self._bytes(self._infos[name]).decode()

    def _read(self, name: str, target: IO[bytes] | None, step: Step) -> None:
        source = self._open(self._infos[name])
        digest = hashlib.sha256()
        while chunk := _read_chunk(source):
            digest.update(chunk)
            if target is not None:
                target.write(chunk)
            step()
        if digest.hexdigest() != self.members[name]["sha256"]:
            raise ArchiveError(f"{name} is damaged: its SHA-256 is not the one in the manifest")

    def _read_headers(self) -> dict[str, tarfile.TarInfo]:
        infos: dict[str, tarfile.TarInfo] = {}
        for info in self._tar:
            # A link, a folder, a device or a sparse file is never ours, wherever it points.
            if info.type != tarfile.REGTYPE or info.sparse is not None or not is_ours(info.name):
                raise ArchiveError(f"it holds {info.name!r}, which no backup has")
            if info.name in infos:
                raise ArchiveError(f"it holds {info.name!r} twice")
            infos[info.name] = info
        return infos

    def _read_manifest(self) -> dict[str, Any]:
        manifest, seal = self._infos.pop(MANIFEST, None), self._infos.pop(SEAL, None)
        if manifest is None or seal is None:
            raise ArchiveError("it was cut off before its end")
        if manifest.size > LONGEST_MANIFEST or seal.size > 100:
            raise ArchiveError("its manifest is too long to be one")
        text = self._bytes(manifest)
        if self._bytes(seal).decode("ascii", "replace").strip() != hashlib.sha256(text).hexdigest():
            raise ArchiveError("its manifest is damaged")
        try:
            read = json.loads(text)
            for member in read["members"].values():
                if not isinstance(member["size"], int) or not isinstance(member["sha256"], str):
                    raise TypeError
            datetime.fromisoformat(read["cut_at"])
            numbers = [read["format"], read.get("unpacked", 0), *read["counts"].values()]
            words = [read["engine"], read["version"], *read["migrations"]]
            if not all(isinstance(number, int) for number in numbers):
                raise TypeError
            if not all(isinstance(word, str) for word in words):
                raise TypeError
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise ArchiveError("its manifest is none of a backup of Shortlist") from error
        return dict(read)

    def _bytes(self, info: tarfile.TarInfo) -> bytes:
        return self._open(info).read()

    def _open(self, info: tarfile.TarInfo) -> IO[bytes]:
        source = self._tar.extractfile(info)
        if source is None:
            raise ArchiveError(f"{info.name} cannot be read")
        return source


def _read_chunk(source: IO[bytes]) -> bytes:
    try:
        return source.read(_CHUNK)
    except tarfile.TarError as error:
        raise ArchiveError("it was cut off before its end") from error


@contextmanager
def opened(path: Path) -> Iterator[Reader]:
    """Open a backup for reading. Raises `ArchiveError`."""
    try:
        with tarfile.open(path, "r:") as tar:
            yield Reader(tar)
    except FileNotFoundError as error:
        raise ArchiveError("there is no such file") from error
    except tarfile.TarError as error:
        raise ArchiveError("it is no tar file, or was cut off") from error
    except OSError as error:
        raise ArchiveError(f"it cannot be read: {error.strerror or error}") from error


def is_ours(name: str) -> bool:
    """Whether a member may be called that. Files lie below `files/` and nowhere else."""
    if name in (MANIFEST, SEAL, SECRET_KEY, LINK_KEYS, SQLITE, POSTGRES):
        return True
    inside = name.removeprefix(FILES)
    return (
        name.startswith(FILES)
        and not {"", ".", ".."} & set(inside.split("/"))
        and not PurePosixPath(inside).is_absolute()
        and not any(sign in name for sign in ("\\", "\0"))
    )
