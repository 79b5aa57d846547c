"""`make test` and `make stress`: everything on PostgreSQL, then on SQLite what touches the database."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.servers.browser import find_browser
from tests.servers.statements import FOLDER

PROJECT = Path(__file__).resolve().parent.parent
LONG = {"RACE_ROUNDS": "200", "FUZZ_SECONDS": "300", "HYPOTHESIS_PROFILE": "stress"}


def main(arguments: list[str]) -> int:
    os.chdir(PROJECT)
    stress = "--stress" in arguments
    arguments = [argument for argument in arguments if argument != "--stress"]
    ensure_browser()
    if stress:
        arguments += ["-m", "stress or scaled"]
    environment = os.environ | (LONG if stress else {})
    with tempfile.TemporaryDirectory(prefix="shortlist-statements-") as folder:
        # In a long run everything is asked of both.
        return run_on_both(arguments, environment | ({} if stress else {FOLDER: folder}))


def run_on_both(arguments: list[str], environment: dict[str, str]) -> int:
    cores = min(max(os.cpu_count() or 2, 2), 4)
    for title, workers, change in (
        # One more than there are cores: the one that has the real processes waits for them most of the time.
        ("The tests, on PostgreSQL", cores + 1, {"TEST_DATABASE": "postgres"}),
        (
            "The tests that touch the database, on SQLite",
            cores,
            {"TEST_DATABASE": "sqlite", "ONLY_DATABASE_TESTS": "1"},
        ),
    ):
        print(f"\n{title}", flush=True)
        command = [sys.executable, "-m", "pytest", "-q", "-n", str(workers), *arguments]
        code = subprocess.run(command, env=environment | change).returncode
        if code != 0:
            # The last line stays pytest's own, and it is the one that says what failed.
            return code
    return 0


def ensure_browser() -> None:
    """Find a Chromium or fetch one, in the way that this machine allows. Without one the browser tests say so."""
    if find_browser() is not None:
        return
    print("Fetching Chromium for the browser tests.", flush=True)
    if os.geteuid() == 0 and shutil.which("apt-get"):
        install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"]
        for command in (["apt-get", "update", "-qq"], install):
            subprocess.run(
                command, env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"}, stdout=subprocess.DEVNULL
            )
    else:
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
