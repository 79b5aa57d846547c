"""What is promised where there is no room: for one more connection at PostgreSQL, for one more byte on the volume."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg
import pytest

from tests.journeys.faulty import Saver, until
from tests.journeys.locked import database_url
from tests.journeys.office import Office, addresses, all_have_outcomes, assert_all_is_stored, office_of
from tests.servers import postgres as servers
from tests.servers.postgres import PostgresServer
from tests.servers.processes import embedded, served
from tests.servers.smtp import SmtpServer

# Each fills something of its own: the server that all tests share has other guests.
pytestmark = [pytest.mark.stress, pytest.mark.served, pytest.mark.xdist_group("served processes")]

CONNECTIONS = 30
VOLUME_MB = 250


def lose_nothing(
    office: Office, no_room: Callable[[Callable[[], bool]], contextlib.AbstractContextManager[None]]
) -> None:
    """Let four candidates save while `no_room` holds; they are refused until it ends, and lose nothing.

    `no_room` is given the question whether everybody was refused, and goes on taking room away until then.
    """
    people = office.open_job("room", 4)["people"]
    office.desk.invite(applications=[person["pk"] for person in people])
    stop = threading.Event()
    savers = [Saver(office.system, office.desk.link(email=person["email"]), stop) for person in people]
    running = office.desk.start(emails=addresses(people))
    for saver in savers:
        saver.start()

    def each_has(more: int, than: list[int]) -> bool:
        assert not any(saver.trouble for saver in savers), [saver.trouble for saver in savers]
        return all(len(saver.acknowledged) >= had + more for saver, had in zip(savers, than, strict=True))

    try:
        until(lambda: each_has(3, [0] * 4), "answers before the fault")
        with no_room(lambda: all(saver.refusals for saver in savers)):
            pass
        had = [len(saver.acknowledged) for saver in savers]
        until(lambda: each_has(3, had), "answers after the fault")
    finally:
        stop.set()
        for saver in savers:
            saver.join(30)

    assert {refusal for saver in savers for refusal in saver.refusals} == {(503, "10")}
    assert_all_is_stored(office, savers, running)
    for saver in savers:
        submitted = saver.visitor.post(f"{saver.path}submit/", {"confirmed": "yes"})
        assert (submitted.status, submitted.location) == (302, f"{saver.path}finished/")
    # Workers had no room either.
    until(lambda: all_have_outcomes(office, running), "the scores", 120)


# --- Connections ---


@pytest.fixture
def small_postgres(short_folder: Path) -> Iterator[PostgresServer]:
    """A server that takes few connections."""
    short_folder.chmod(0o711)
    limit = f"max_connections = {CONNECTIONS}\n"
    server = servers.create(short_folder / "postgres", servers.CONFIGURATION + limit)
    yield server
    server.stop()


@contextmanager
def all_connections(
    server: PostgresServer, url: str, desk: int, everybody_is_refused: Callable[[], bool]
) -> Iterator[None]:
    """Take every connection of the server, also those of the product, but for the one of `desk`."""
    with ExitStack() as taken:

        def take() -> bool:
            own.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pid <> %s",
                [url.rpartition("/")[2], desk],
            )
            with contextlib.suppress(psycopg.OperationalError):
                while True:
                    taken.enter_context(psycopg.connect(server.url("postgres")))
            return everybody_is_refused()

        own = taken.enter_context(psycopg.connect(server.url("postgres"), autocommit=True))
        until(take, "every candidate to be refused")
        yield


def test_f14_exhausted_connections_answer_503_lose_no_acknowledged_answer_and_heal(
    small_postgres: PostgresServer, smtp_server: SmtpServer
) -> None:
    with served(small_postgres, smtp_server) as system, office_of(system) as office:
        url = database_url(small_postgres, system)
        desk = office.desk.backend()

        lose_nothing(office, lambda refused: all_connections(small_postgres, url, desk, refused))

        assert "too many clients" in (small_postgres.folder / "server.log").read_text()
        assert office.visitor.get("/admin/").status == 200


# --- A volume ---


@pytest.fixture
def volume() -> Iterator[Path]:
    """A volume of its own with little room."""
    folder = Path(tempfile.mkdtemp(prefix="sl-"))
    mount = ["mount", "-t", "tmpfs", "-o", f"size={VOLUME_MB}m", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode != 0:
        folder.rmdir()
        pytest.skip("needs the right to mount a volume")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)
    shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def full(volume: Path, everybody_is_refused: Callable[[], bool]) -> Iterator[None]:
    """Write to the volume until nothing more goes onto it, and take that away again."""
    ballast = volume / "ballast"

    def fill() -> bool:
        with contextlib.suppress(OSError), ballast.open("ab", buffering=0) as file:
            for size in (1 << 20, 4096):
                with contextlib.suppress(OSError):
                    while True:
                        file.write(b"\0" * size)
        return everybody_is_refused()

    until(fill, "every candidate to be refused")
    yield
    ballast.unlink()


def test_f16_full_volume_refuses_saves_with_503_loses_no_acknowledged_answer_and_heals(volume: Path) -> None:
    with embedded(kept=volume) as system, office_of(system) as office:
        lose_nothing(office, lambda refused: full(volume, refused))

        assert office.visitor.get("/admin/").status == 200
        with contextlib.closing(sqlite3.connect(system.data_dir / "shortlist.sqlite3")) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
