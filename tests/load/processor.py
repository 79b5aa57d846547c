"""Processor time of processes and all that they started, from /proc."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
WEB, WORKERS, DATABASE, BROKER = "web", "workers", "database", "broker"
PARTS = (WEB, WORKERS, DATABASE, BROKER)


@dataclass(frozen=True)
class Processor:
    """Seconds of each part of the product."""

    seconds: Mapping[str, float]

    @classmethod
    def of(cls, pids: Mapping[str, int]) -> Processor:
        """Add up the trees of processes: `pids` maps names of the Procfile, or of the embedded mode, to their roots."""
        family = _children()
        found = dict.fromkeys(PARTS, 0.0)
        for name, pid in pids.items():
            found[_part(name)] += _tree(pid, family)
        return cls(found)

    def since(self, before: Processor) -> Processor:
        return Processor({part: now - before.seconds[part] for part, now in self.seconds.items()})

    @property
    def counted(self) -> float:
        """What the goals speak of: web, workers and database."""
        return sum(self.seconds[part] for part in (WEB, WORKERS, DATABASE))


def behind_connection(pid: int) -> float:
    """Return the seconds of a server process of PostgreSQL, and of those beside it that ended: some help it."""
    own = _fields(pid)
    server = _fields(int(own[1])) if own else []
    return (sum(map(int, own[11:13])) + sum(map(int, server[13:15]))) / _TICKS


def _part(name: str) -> str:
    if name in (WEB, DATABASE):
        return name
    return BROKER if name in ("redis", "broker") else WORKERS


def _children() -> dict[int, list[int]]:
    family: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            fields = _fields(int(entry.name))
            if fields:
                family.setdefault(int(fields[1]), []).append(int(entry.name))
    return family


def _tree(pid: int, family: Mapping[int, list[int]]) -> float:
    """Return the seconds of a process, of all below it, and of those that ended and were waited for."""
    fields = _fields(pid)
    own = sum(int(ticks) for ticks in fields[11:15]) / _TICKS if fields else 0.0
    return own + sum(_tree(child, family) for child in family.get(pid, []))


def _fields(pid: int) -> list[str]:
    """Return the fields of /proc/PID/stat from the state on; [] for a process that has just gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    except OSError:
        return []
