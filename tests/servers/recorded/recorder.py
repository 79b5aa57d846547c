"""Notes what SQLite hands to the operating system, and when the operating system promised to have it on the disk.

Every process of the product adds to one log. This is loaded before anything else, by processes that know nothing of
the tests, so it needs no more than Python. `tests/servers/power.py` reads the log.

SQLite reaches files through a table of functions, its VFS. That table is in memory of our own: `open` and `delete` are
replaced there, and each file of the database gets a copy of its own table with `write`, `truncate` and `sync` replaced.
"""

from __future__ import annotations

import ctypes
import os
import struct
from typing import Any

WRITE, TRUNCATE, SYNC, SYNCED, DELETE = b"W", b"T", b"S", b"D", b"X"
# Kind, which of SQLite's files, offset (or size, or the number of a sync), how many bytes follow.
HEAD = struct.Struct("<cBQI")
ENDINGS = ("", "-wal", "-journal")

_P, _I, _L = ctypes.c_void_p, ctypes.c_int, ctypes.c_int64
_OPEN = ctypes.CFUNCTYPE(_I, _P, _P, _P, _I, _P)
_DELETE = ctypes.CFUNCTYPE(_I, _P, _P, _I)
_WRITE = ctypes.CFUNCTYPE(_I, _P, _P, _I, _L)
_TRUNCATE = ctypes.CFUNCTYPE(_I, _P, _L)
_SYNC = ctypes.CFUNCTYPE(_I, _P, _I)


class _Vfs(ctypes.Structure):
    _fields_ = [
        *[("version", _I), ("file_size", _I), ("longest_path", _I)],
        *[(name, _P) for name in ("next", "name", "data", "open", "delete")],
    ]


class _Methods(ctypes.Structure):
    _fields_ = [
        ("version", _I),
        *[(name, _P) for name in ("close", "read", "write", "truncate", "sync", "size")],
        *[(name, _P) for name in ("lock", "unlock", "is_reserved", "control", "sector", "device")],
        *[(name, _P) for name in ("map", "map_lock", "barrier", "unmap", "fetch", "unfetch")],
    ]


class _Recorder:
    def __init__(self, database: str, log: str) -> None:
        self.names = {f"{database}{ending}": number for number, ending in enumerate(ENDINGS)}
        # One write a note: with this flag the notes of many processes stand one after the other.
        self.log = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        self.syncs = 0
        # The functions must live as long as SQLite may call them.
        self.kept: list[Any] = []
        self.tables: dict[int, Any] = {}
        self.files: dict[int, int] = {}

    def note(self, kind: bytes, which: int, number: int, data: bytes = b"") -> None:
        os.write(self.log, HEAD.pack(kind, which, number, len(data)) + data)

    def install(self) -> None:
        library = ctypes.CDLL("libsqlite3.so.0")
        library.sqlite3_vfs_find.restype = ctypes.POINTER(_Vfs)
        library.sqlite3_initialize()
        vfs = library.sqlite3_vfs_find(None).contents
        opened, deleted = _OPEN(vfs.open), _DELETE(vfs.delete)

        def open_file(table: int, name: int | None, file: int, flags: int, out: int | None) -> int:
            code = int(opened(table, name, file, flags, out))
            which = self.names.get(ctypes.string_at(name).decode()) if name else None
            if code == 0 and which is not None:
                self.files[file] = which
                methods = _P.from_address(file)
                methods.value = self.replaced(methods.value or 0)
            return code

        def delete_file(table: int, name: int, sync: int) -> int:
            code = int(deleted(table, name, sync))
            which = self.names.get(ctypes.string_at(name).decode())
            if code == 0 and which is not None:
                self.note(DELETE, which, 0)
            return code

        self.kept += [library, _OPEN(open_file), _DELETE(delete_file)]
        vfs.open, vfs.delete = (ctypes.cast(each, _P).value for each in self.kept[1:3])

    def replaced(self, methods: int) -> int:
        """Return the address of a copy of this table with functions of ours."""
        if methods not in self.tables:
            table = _Methods()
            ctypes.memmove(ctypes.byref(table), methods, ctypes.sizeof(table))
            written, cut, synced = _WRITE(table.write), _TRUNCATE(table.truncate), _SYNC(table.sync)

            def write(file: int, data: int, length: int, offset: int) -> int:
                self.note(WRITE, self.files[file], offset, ctypes.string_at(data, length))
                return int(written(file, data, length, offset))

            def truncate(file: int, size: int) -> int:
                self.note(TRUNCATE, self.files[file], size)
                return int(cut(file, size))

            def sync(file: int, flags: int) -> int:
                self.syncs += 1
                number = os.getpid() << 32 | self.syncs
                # What was noted before this is on the disk when the second note is there.
                self.note(SYNC, self.files[file], number)
                code = int(synced(file, flags))
                if code == 0:
                    self.note(SYNCED, self.files[file], number)
                return code

            functions = [_WRITE(write), _TRUNCATE(truncate), _SYNC(sync)]
            table.write, table.truncate, table.sync = (ctypes.cast(each, _P).value for each in functions)
            self.kept += functions
            self.tables[methods] = table
        return ctypes.addressof(self.tables[methods])


def record(database: str, log: str) -> None:
    """Record what this process writes to the SQLite file `database` in the file `log`."""
    recorder = _Recorder(database, log)
    recorder.install()
    # As long as the process.
    record.recorder = recorder  # type: ignore[attr-defined]
