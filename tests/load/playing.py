"""Lets many people take their tests at once, and keeps what it took."""

from __future__ import annotations

import asyncio
import json
import os
import random
import tempfile
import threading
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from typing import Any

from tests.load.counting import statements_of_tasks
from tests.load.players import Manner, Player
from tests.load.processor import Processor
from tests.load.servers import Site
from tests.load.wire import Browser, Sample
from tests.servers.processes import wait_until

SCORED_SECONDS = 180.0
LEAVING_SECONDS = 5.0


@dataclass
class Played:
    """What happened while people took their tests, and what it cost until the last of them was scored."""

    database: str
    players: list[Player] = field(default_factory=list)
    samples: list[Sample] = field(default_factory=list)
    # Between the first request and the last answer.
    seconds: float = 0.0
    processor: Processor | None = None
    generator: float = 0.0
    tasks: dict[str, tuple[int, int]] = field(default_factory=dict)
    bytes: dict[str, int] = field(default_factory=dict)
    load: float = 0.0
    scored_after: float = 0.0
    counts: dict[str, int] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    @property
    def attempts(self) -> int:
        return sum(1 for player in self.players if player.outcome)

    @property
    def errors(self) -> list[Sample]:
        return [sample for sample in self.samples if sample.status >= 500]

    @property
    def statements(self) -> float:
        """Statements an attempt, of requests and of tasks."""
        asked = sum(sample.statements for sample in self.samples)
        worked = sum(statements for _runs, statements in self.tasks.values())
        return (asked + worked) / max(1, self.attempts)

    @property
    def cost(self) -> float:
        """Seconds of the processor an attempt, in all parts; nothing where these were not measured."""
        return self.processor.counted / max(1, self.attempts) if self.processor is not None else 0.0


@contextmanager
def measured(site: Site, played: Played, *, keeps_processes: bool = True) -> Iterator[None]:
    """Note time, statements of tasks, how busy the machine was, and processor time; scoring belongs to it.

    What processes that were killed had taken is not known any more, so the last is left out there.
    """
    before = site.processor() if keeps_processes else None
    tasks = statements_of_tasks(site.system.data_dir)
    begun, own = time.perf_counter(), time.process_time()
    yield
    played.seconds = time.perf_counter() - begun
    played.generator = time.process_time() - own
    played.load = os.getloadavg()[0]
    wait_for_scores(site, [player.invitation for player in played.players if player.outcome])
    if before is not None:
        played.processor = site.processor().since(before)
    played.tasks = {
        task: (runs - tasks.get(task, (0, 0))[0], statements - tasks.get(task, (0, 0))[1])
        for task, (runs, statements) in statements_of_tasks(site.system.data_dir).items()
    }


def wait_for_scores(site: Site, invitations: Sequence[int]) -> None:
    """Wait until every score of these has reached its application."""
    if not invitations:
        return
    wait_until(
        lambda: not site.desk.unscored(invitations=list(invitations)),
        what="the scores",
        seconds=SCORED_SECONDS,
        every=0.25,
    )


def people(site: Site, invited: Sequence[Mapping[str, Any]], manner: Manner, played: Played) -> list[Player]:
    """Return a player for each of the invited."""
    return [
        Player(
            invitation=each["invitation"],
            link=each["link"].removeprefix(site.system.address),
            browser=Browser(site.system.address, played.samples.append),
            manner=manner,
            luck=random.Random(each["invitation"]),
        )
        for each in invited
    ]


async def all_at_once(played: Played, players: Sequence[Player], *beside: Awaitable[None]) -> None:
    """Let everybody play at the same time, and do `beside` meanwhile until they are done."""
    played.players += players
    begun = time.time()
    others = [asyncio.ensure_future(each) for each in beside]
    results = await asyncio.gather(*(player.play(begun) for player in players), return_exceptions=True)
    for other in others:
        other.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    note_troubles(played, players, results)


async def in_turn(played: Played, players: Sequence[Player], *, clients: int, seconds: float) -> None:
    """Let `clients` people play at a time, the next one when one has finished; nobody begins after `seconds`."""
    waiting, begun = iter(players), time.time()

    async def client() -> None:
        while time.time() - begun < seconds:
            player = next(waiting, None)
            if player is None:
                return
            played.players.append(player)
            results = await asyncio.gather(player.play(time.time()), return_exceptions=True)
            note_troubles(played, [player], results)

    await asyncio.gather(*(client() for _ in range(clients)))


def note_troubles(played: Played, players: Sequence[Player], results: Sequence[BaseException | None]) -> None:
    for player, result in zip(players, results, strict=True):
        player.browser.drop()
        if result is not None:
            played.wrong.append(f"invitation {player.invitation} could not go on: {result!r}")


def check(site: Site, played: Played) -> None:
    """Compare what everybody was told with the database."""
    accounts = [
        {
            "invitation": player.invitation,
            "submitted_at": player.submitted_at if player.outcome else 0,
            "told": [asdict(told) for told in player.told],
        }
        for player in played.players
    ]
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(accounts, file)
        file.flush()
        found = site.desk.check(told=file.name)
    played.counts = found["counts"]
    played.wrong += found["wrong"]
    if found["wrongs"] > len(found["wrong"]):
        played.wrong.append(f"and {found['wrongs'] - len(found['wrong'])} more")
    refusals = [status for player in played.players for status in player.refused]
    if refusals:
        played.wrong.append(f"{len(refusals)} saves were refused: {sorted(set(refusals))}")


def run(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run it in a thread of its own: a browser that drives other tests may keep a loop in this one.

    Whoever ends it in the middle is not held up until everybody has submitted: the players are told to stop, and what
    does not hear of it ends with the process.
    """
    ended: Future[None] = Future()
    begun: list[asyncio.Task[None]] = []

    async def all_of_it() -> None:
        task = asyncio.current_task()
        assert task is not None
        begun.append(task)
        await work()

    def play() -> None:
        try:
            asyncio.run(all_of_it())
        except BaseException as error:  # noqa: BLE001 -- whoever waits for it raises it
            ended.set_exception(error)
        else:
            ended.set_result(None)

    thread = threading.Thread(target=play, daemon=True)
    try:
        # In here, for the end may come before this is back.
        thread.start()
        ended.result()
    except BaseException:
        for task in begun:
            # Where it has ended meanwhile, there is no loop to tell.
            with suppress(RuntimeError):
                task.get_loop().call_soon_threadsafe(task.cancel)
        thread.join(LEAVING_SECONDS)
        raise
