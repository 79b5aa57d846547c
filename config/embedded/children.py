"""Child processes: started apart from the terminal, restarted when they die, stopped in order."""

from __future__ import annotations

import contextlib
import ctypes
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

LOG_LIMIT = 5 * 1024 * 1024
LONGEST_DELAY = 60.0
# Who lived this long was well; its next death counts as the first again.
WELL_AFTER = 60.0
PR_SET_PDEATHSIG = 1


@dataclass
class Child:
    """One process that should always run."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    folder: Path
    pass_fds: Sequence[int] = ()
    process: subprocess.Popen[bytes] | None = None
    deaths: int = 0
    started_at: float = 0.0
    due_at: float = field(default=0.0, init=False)

    @property
    def pid(self) -> int | None:
        return self.process.pid if self.process else None

    @property
    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def start(self) -> None:
        """Start the process in a session of its own, so that Ctrl-C reaches the supervisor alone."""
        with open_log(self.log) as log:
            self.process = subprocess.Popen(
                self.command,
                env=dict(self.environment),
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                pass_fds=self.pass_fds,
                preexec_fn=die_with_parent,  # noqa: PLW1509 -- the supervisor has no threads
            )
        self.started_at = time.monotonic()

    def watch(self, say: Callable[[str], None]) -> None:
        """Start the process again when it has died and its delay is over."""
        if self.running or self.process is None:
            return
        now = time.monotonic()
        if not self.due_at:
            self.deaths = 1 if now - self.started_at > WELL_AFTER else self.deaths + 1
            delay = min(2.0 ** (self.deaths - 1), LONGEST_DELAY)
            # Its own children outlive it for a moment; they may end what they do, until it starts again.
            self.signal_group(signal.SIGTERM)
            self.due_at = now + delay
            seconds = "1 second" if delay == 1 else f"{delay:.0f} seconds"
            say(
                f"The {self.name} stopped ({self.cause()}). It starts again in {seconds}; its log is {self.log}."
            )
        elif now >= self.due_at:
            self.due_at = 0.0
            self.signal_group(signal.SIGKILL)
            self.start()

    def signal_group(self, number: signal.Signals) -> None:
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)

    def cause(self) -> str:
        code = self.process.returncode if self.process else 0
        return f"ended by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"


def stop(children: Sequence[Child], *, seconds: float) -> None:
    """Ask `children` to stop, all at once; whoever still runs after `seconds` is ended, with its own children."""
    for child in children:
        if child.process is not None and child.running:
            child.process.terminate()
    end = time.monotonic() + seconds
    for child in children:
        if child.process is None:
            continue
        try:
            child.process.wait(max(0.05, end - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.signal_group(signal.SIGKILL)
            child.process.wait()


def open_log(path: Path) -> IO[bytes]:
    """Open a log for appending; a long one becomes the `.1` beside it, so that logs never fill the disk."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and path.stat().st_size > LOG_LIMIT:
        path.replace(path.with_suffix(path.suffix + ".1"))
    return path.open("ab")


def trim_log(path: Path) -> None:
    """Move a long log to the `.1` beside it while its process goes on writing; a line of that moment may be lost."""
    if path.exists() and path.stat().st_size > LOG_LIMIT:
        shutil.copyfile(path, path.with_suffix(path.suffix + ".1"))
        os.truncate(path, 0)


def _load_prctl() -> Callable[..., int] | None:
    if not sys.platform.startswith("linux"):
        return None
    prctl: Callable[..., int] = ctypes.CDLL(None, use_errno=True).prctl
    return prctl


# Loaded here because nothing may be imported between fork and exec.
_prctl = _load_prctl()


def die_with_parent(by: signal.Signals = signal.SIGTERM) -> None:
    """Run in the child before it becomes its program: when the parent is killed, the child gets the signal `by`.

    Linux alone has this. Elsewhere a killed parent leaves its children to be ended by hand.
    """
    if _prctl is not None:
        _prctl(PR_SET_PDEATHSIG, by)
