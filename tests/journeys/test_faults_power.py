"""What is promised when the power goes: SQLite is asked for what surely lies on the disk, and for nothing else."""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from threading import Event
from typing import Any
from uuid import UUID

import pytest

from tests.journeys.faulty import Saver, until
from tests.journeys.office import addresses, all_have_outcomes, assert_all_is_stored, office_of, scored_once
from tests.servers import power, processes
from tests.servers.processes import RunningSystem, is_alive, wait_until

pytestmark = [pytest.mark.stress, pytest.mark.served, pytest.mark.xdist_group("embedded processes")]


class Recorded(Saver):
    """A candidate who notes how long the record of writes was when each answer was acknowledged."""

    def __init__(self, system: RunningSystem, link: str, stop: Event, log: Path) -> None:
        self.log = log
        self.moments: dict[str, int] = {}
        super().__init__(system, link, stop)

    def until_answered(self, position: int, body: Mapping[str, Any]) -> Any:
        reply = super().until_answered(position, body)
        self.moments.setdefault(body["save_id"], self.log.stat().st_size)
        return reply


def test_f17_power_cut_at_any_moment_loses_no_acknowledged_answer(short_folder: Path) -> None:
    if not power.can_record():
        pytest.skip("this Python brings an SQLite of its own, whose writes cannot be recorded")
    database, log = short_folder / "data" / "shortlist.sqlite3", short_folder / "writes.log"
    stop = Event()

    with processes.embedded("demo", kept=short_folder, **power.recording(database, log)) as system:
        with office_of(system) as office:
            people = office.open_job("power", 3)["people"]
            office.desk.invite(applications=[person["pk"] for person in people])
            links = [office.desk.link(email=person["email"]) for person in people]
            savers = [Recorded(system, link, stop, log) for link in links]
            running = office.desk.start(emails=addresses(people))
        for saver in savers:
            saver.start()
        until(lambda: all(len(saver.acknowledged) >= 15 or saver.trouble for saver in savers), "answers")
        kill_everything(system)
        stop.set()
        for saver in savers:
            saver.join(30)
    assert [saver.trouble for saver in savers] == [""] * 3

    acknowledged = {save_id: moment for saver in savers for save_id, moment in saver.moments.items()}
    first, end = min(acknowledged.values()), log.stat().st_size
    chosen = random.Random(17)
    moments = [
        *chosen.sample(sorted(acknowledged.values()), 20),
        *(chosen.randint(first, end) for _ in range(20)),
    ]
    for seed in (None, 1, 2):
        for moment in power.cut(log, moments, short_folder / "left.sqlite3", seed=seed):
            assert power.check(short_folder / "left.sqlite3") == []
            owed = {UUID(save_id) for save_id, known_at in acknowledged.items() if known_at <= moment}
            assert owed <= stored(short_folder / "left.sqlite3"), (seed, moment)

    # The machine comes up again with what is left, and the test goes on in the page that stayed open.
    assert list(power.cut(log, [end], database)) == [end]
    with processes.embedded("demo", kept=short_folder) as system, office_of(system) as office:
        assert_all_is_stored(office, savers, running)
        for saver in savers:
            saver.visitor.address = system.address
            saver.save(1)
            reply = saver.visitor.post(f"{saver.path}submit/", {"confirmed": "yes"})
            assert (reply.status, reply.location) == (302, f"{saver.path}finished/")
        assert_all_is_stored(office, savers, running)
        until(lambda: all_have_outcomes(office, running), "the scores")
        assert scored_once(office, running)


def kill_everything(system: RunningSystem) -> None:
    """End every process of the product at once, the one first that would start the others again."""
    pids = json.loads((system.data_dir / "running.json").read_text())["pids"]
    os.kill(system.pid("supervisor"), signal.SIGKILL)
    for name, pid in pids.items():
        if name != "supervisor":
            os.killpg(pid, signal.SIGKILL)
    wait_until(lambda: not any(is_alive(pid) for pid in pids.values()), what="the end of everything")


def stored(database: Path) -> set[UUID]:
    with closing(sqlite3.connect(database)) as connection:
        return {UUID(row[0]) for row in connection.execute("SELECT save_id FROM assessments_answerrevision")}
