"""What pages of colleagues cost in a large company, and the list of very many questions: parts of `make bench`.

A database of its own is filled and asked by one process without a web server (`tests.load.asking`), as the peer's
figures were taken.
"""

from __future__ import annotations

import secrets
import shutil
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from tests.load.servers import POSTGRES_CONFIGURATION
from tests.servers import postgres
from tests.servers.postgres import PostgresServer
from tests.servers.processes import PROJECT, clean_environment

# On SQLite the pages are those of a small house.
APPLICATIONS = {"postgres": 100_000, "sqlite": 10_000}
SETTINGS = "tests.load.page_settings"
NAME = "pages"
QUESTIONS = 100_000
_ASK = (
    "import django; django.setup(); from tests.load.{asking} import main; raise SystemExit(main({arguments}))"
)


def bench_pages(
    database: str, applications: int | None = None, *, keep: Path | None = None, only: str = ""
) -> int:
    """Fill a database, ask each page several times and print what it took; return 1 for too many statements.

    What is filled stays in the folder `keep`, and is asked again where it is filled already. `only` is part of the
    names of the pages that are asked.
    """
    count = applications or APPLICATIONS[database]
    command = _ASK.format(asking="asking", arguments=f"{count}, only={only!r}")
    return in_own_database(database, command, keep=keep)


def bench_questions(
    database: str, count: int | None = None, *, keep: Path | None = None, only: str = ""
) -> int:
    """Do the same with the list of very many questions."""
    command = _ASK.format(asking="asking_questions", arguments=f"{count or QUESTIONS}, only={only!r}")
    return in_own_database(database, command, keep=keep)


def in_own_database(database: str, command: str, *, keep: Path | None = None) -> int:
    """Run Python code in a process with a database of its own, and return its exit code.

    It is empty and gone afterwards, but for the one in `keep`.
    """
    folder = keep.resolve() if keep else Path(tempfile.mkdtemp(prefix="sl-pages-"))
    folder.mkdir(parents=True, exist_ok=True)
    # The user that runs PostgreSQL has to reach its folder below.
    folder.chmod(0o711)
    with ExitStack() as ends:
        if keep is None:
            ends.callback(shutil.rmtree, folder, ignore_errors=True)
        (folder / "data" / "static").mkdir(parents=True, exist_ok=True)
        environment = clean_environment() | {
            "DJANGO_SETTINGS_MODULE": SETTINGS,
            "DATA_DIR": str(folder / "data"),
            "SECRET_KEY": secrets.token_urlsafe(50),
            "LINK_KEYS": secrets.token_urlsafe(50),
            "LOG_LEVEL": "WARNING",
            # Nobody looks at it.
            "BROKER_URL": "memory://",
        }
        if database == "postgres":
            environment["DATABASE_URL"] = _server(folder / "postgres", ends).url(NAME)
        return subprocess.run([sys.executable, "-c", command], env=environment, cwd=PROJECT).returncode


def _server(folder: Path, ends: ExitStack) -> PostgresServer:
    if folder.exists():
        server = postgres.start_again(folder)
        ends.callback(server.stop)
        return server
    server = postgres.create(folder, POSTGRES_CONFIGURATION)
    ends.callback(server.stop)
    server.run(f'CREATE DATABASE "{NAME}"')
    return server
