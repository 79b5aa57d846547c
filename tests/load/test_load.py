"""The load tool itself: its candidates get through, and what it would call lost it does call lost."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from tests.load import playing
from tests.load.players import Manner, Player
from tests.load.playing import Played
from tests.load.servers import DATABASES, Site, desk_of
from tests.servers import processes
from tests.servers.processes import PROJECT, RunningSystem, wait_until

HASTY = Manner(change_mind=0.2, flag=0.1, lose_connection=0.15)


@pytest.fixture(scope="module")
def site(embedded_system: RunningSystem) -> Iterator[Site]:
    site = Site("sqlite", embedded_system, desk_of(embedded_system))
    yield site
    site.desk.close()


@pytest.fixture(scope="module")
def played(embedded_system: RunningSystem, site: Site) -> Played:
    """Five people who took a test at the same time, on lines that break now and then."""
    site.desk.prepare(name="quick", minutes=30)
    played = Played("sqlite")
    players = playing.people(site, site.desk.invite(name="quick", people=5), HASTY, played)
    with playing.measured(site, played):
        playing.run(lambda: playing.all_at_once(played, players))
    playing.check(site, played)
    return played


def verdict(site: Site, tmp_path: Path, player: Player, told: list[dict[str, Any]]) -> list[str]:
    account = {"invitation": player.invitation, "submitted_at": player.submitted_at, "told": told}
    file = tmp_path / "told.json"
    file.write_text(json.dumps([account]))
    found: list[str] = site.desk.check(told=str(file))["wrong"]
    return found


def test_run_that_is_ended_in_the_middle_is_left_at_once():
    stopped = threading.Event()

    def leave(*_):
        raise SystemExit(143)

    async def play():
        signal.pthread_kill(threading.main_thread().ident, signal.SIGUSR1)
        try:
            await asyncio.sleep(3600)
        finally:
            stopped.set()

    before = signal.signal(signal.SIGUSR1, leave)
    try:
        with pytest.raises(SystemExit):
            playing.run(play)
    finally:
        signal.signal(signal.SIGUSR1, before)

    assert stopped.is_set()


def test_what_goes_wrong_in_a_run_is_raised():
    async def play():
        raise LookupError("no such test")

    with pytest.raises(LookupError, match="no such test"):
        playing.run(play)


@pytest.mark.stress
@pytest.mark.parametrize("database", DATABASES)
def test_tool_that_is_ended_in_the_middle_leaves_nothing_behind(short_folder, database):
    # The user that runs PostgreSQL has to reach its folder below.
    short_folder.chmod(0o711)
    environment = processes.clean_environment() | {"TMPDIR": str(short_folder)}
    arguments = ["--database", database, "--scenario", "steady", "--candidates", "5", "--think", "1"]
    with (short_folder / "said").open("w") as said:
        tool = subprocess.Popen(
            [sys.executable, "-m", "tests.load", "play", *arguments],
            env=environment,
            cwd=PROJECT,
            stdout=said,
            stderr=said,
            start_new_session=True,
        )
    try:
        wait_until(lambda: is_played(short_folder), what="candidates who save", seconds=180)
        tool.terminate()
        code = tool.wait(60)
    finally:
        tool.kill()

    assert code == 143, (short_folder / "said").read_text()
    wait_until(lambda: of(short_folder) == [], what="the end of its processes")
    assert [path.name for path in short_folder.iterdir()] == ["said"]


def is_played(folder):
    """Whether the web server has been asked to save."""
    return any("save" in log.read_text() for log in folder.rglob("web.log"))


def of(folder):
    """The processes that have to do with `folder`."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            told = (process / "cmdline").read_bytes() + (process / "environ").read_bytes()
            if str(folder).encode() in told:
                found.append(process.name)
    return found


def test_everybody_gets_through_and_nothing_is_lost(embedded_system, played):
    assert played.wrong == []
    assert played.errors == []
    assert [player.outcome for player in played.players] == ["submitted"] * 5
    assert played.counts["attempts"] == played.counts["scores"] == 5
    assert played.counts["acknowledged"] == sum(len(player.told) for player in played.players) > 5 * 24
    assert sum(player.lost_connections for player in played.players) > 0


def test_cost_is_measured_in_web_and_workers(embedded_system, played):
    assert played.processor is not None
    assert played.processor.seconds["web"] > 0
    assert played.processor.seconds["workers"] > 0


def test_an_answer_that_is_not_stored_is_called_lost(embedded_system, site, played, tmp_path):
    player = played.players[0]
    told = [asdict(each) for each in player.told]
    never = told[0] | {"save_id": "00000000-0000-4000-8000-000000000000"}

    found = verdict(site, tmp_path, player, [*told, never])

    assert len(found) == 1
    assert "00000000-0000-4000-8000-000000000000" in found[0]


def test_an_answer_that_nobody_sent_is_called_wrong(embedded_system, site, played, tmp_path):
    player = played.players[0]
    told = [asdict(each) for each in player.told]

    found = verdict(site, tmp_path, player, told[1:])

    assert len(found) == 1
    assert "sent by nobody" in found[0]


def test_an_answer_with_other_content_is_called_wrong(embedded_system, site, played, tmp_path):
    player = played.players[0]
    told = [asdict(each) for each in player.told]
    told[0]["answer"] = ["something else"]

    found = verdict(site, tmp_path, player, told)

    assert len(found) == 1
    assert "something else" in found[0]
