"""A kind of work that a real worker does in a test: it writes what it did, and waits for a file to appear."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import Any

from outbox.registries import register_work

SECONDS = 30


def wait_for_file(work: Any, actor: Any, report: Any) -> dict[str, Any]:
    """Note each run, then wait for "go"; idempotent: what "done" holds is written once."""
    folder = Path(work.arguments["folder"])
    with (folder / "runs").open("a") as runs:
        runs.write(f"{work.tries}\n")
    report(1, 2)
    end = time.monotonic() + SECONDS
    while not (folder / "go").exists() and time.monotonic() < end:
        time.sleep(0.05)
    done = folder / "done"
    if not done.exists():
        done.write_text("once")
    return {"summary": "done"}


def kill_its_worker(work: Any, actor: Any, report: Any) -> dict[str, Any]:
    with (Path(work.arguments["folder"]) / "runs").open("a") as runs:
        runs.write(f"{work.tries}\n")
    os.kill(os.getpid(), signal.SIGKILL)
    return {}


register_work("tests.slow", wait_for_file, "Slow work")
register_work("tests.deadly", kill_its_worker, "Deadly work")
