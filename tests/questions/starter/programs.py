"""Start the commands of starter questions as programs of their own, and ask the sites that they serve."""

from __future__ import annotations

import os
import shlex
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.message import Message
from pathlib import Path

PROGRAMS = {"flask": ["-m", "flask"], "pip": ["-m", "pip"], "python": []}
PATIENCE = 60


def command(text: str) -> tuple[list[str], dict[str, str]]:
    """The words of a command as this interpreter runs it, and the variables that stand before them."""
    words = shlex.split(text)
    variables = {}
    while "=" in words[0]:
        name, _, value = words.pop(0).partition("=")
        variables[name] = value
    return [sys.executable, *PROGRAMS[words[0]], *words[1:]], variables


def run(text: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a command of a question in `folder` to its end."""
    words, variables = command(text)
    return subprocess.run(
        words,
        cwd=folder,
        env=os.environ | variables,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


@contextmanager
def served(text: str, folder: Path) -> Iterator[str | None]:
    """Run a command of a question in `folder`: gives the address that it serves, or None when it ends without.

    Ends it, and what it has started, when the block is left.
    """
    words, variables = command(text)
    port = _free_port()
    process = subprocess.Popen(
        words,
        cwd=folder,
        env=os.environ | variables | {"FLASK_RUN_PORT": str(port), "PYTHONDONTWRITEBYTECODE": "1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield f"http://127.0.0.1:{port}" if _opens(process, port) else None
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    text: str
    headers: Message


def fetch(address: str) -> Answer:
    """What stands at an address, an error page as well."""
    try:
        with urllib.request.urlopen(address, timeout=PATIENCE) as page:
            return Answer(page.status, page.read().decode(), page.headers)
    except urllib.error.HTTPError as page:
        with page:
            return Answer(page.code, page.read().decode(), page.headers)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def _opens(process: subprocess.Popen[bytes], port: int) -> bool:
    until = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < until:
        with socket.socket() as probe:
            probe.settimeout(1)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return True
        time.sleep(0.1)
    return False
