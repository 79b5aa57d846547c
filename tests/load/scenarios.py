"""`make load`: many candidates, for minutes, at the worst moments; nothing that was acknowledged may be lost."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from statistics import fmean

from tests.load import playing, report
from tests.load.players import QUESTIONS, Manner
from tests.load.playing import Played
from tests.load.report import Row
from tests.load.servers import Site, start

CANDIDATES = {"postgres": 500, "sqlite": 200}
# A save may take so long for 95 of 100, in milliseconds.
SAVE_P95 = {"postgres": 100, "sqlite": 150}
SLOWEST = 3000
START_WITHIN = 5.0
LAST_SECONDS = 5.0
SCORED_WITHIN = 60.0
KILL_EVERY = 20.0
QUEUED, QUEUED_WITHIN = 5000, 30.0
# Beyond this an attempt has more saves than the peer's had, and its cost is another one.
COMPARABLE_SAVES = QUESTIONS * 1.2


@dataclass(frozen=True)
class Wish:
    """What whoever calls wants to see."""

    candidates: int
    minutes: float
    think: float
    queued: int = QUEUED


def load(database: str, wish: Wish, names: Sequence[str]) -> int:
    """Play the scenarios one after the other and print each; return 1 when an answer is lost or anything is wrong."""
    with start(database) as site:
        bad = [name for name in names if not SCENARIOS[name](site, wish)]
    print(f"\nFailed: {', '.join(bad)}" if bad else "\nNothing was lost.")
    return 1 if bad else 0


def steady(site: Site, wish: Wish) -> bool:
    """Save after save until the minutes are over; some change their mind, mark questions, lose the network."""
    manner = Manner(
        think=wish.think,
        start_within=wish.think,
        until=wish.minutes * 60,
        change_mind=0.1,
        flag=0.05,
        lose_connection=0.02,
    )
    played = play(site, "steady", wish, manner, minutes=int(wish.minutes) + 10)
    return say(
        f"{wish.candidates} candidates, a save each {wish.think:g} s for {wish.minutes:g} minutes",
        played,
        [*saving(played), *cost(played)],
    )


def rush(site: Site, wish: Wish) -> bool:
    """All start within seconds of each other, and all hand in within the last seconds of one minute."""
    manner = Manner(think=min(wish.think, 10), start_within=START_WITHIN, last_seconds=LAST_SECONDS)
    played = play(site, "rush", wish, manner, minutes=1)
    begin = report.milliseconds(played.samples, "open", "briefing", "start")
    rows = [
        Row("p99 of opening and starting", report.percentile(begin, 99), "ms", None, SLOWEST),
        Row(
            "p99 of submitting",
            report.percentile(report.milliseconds(played.samples, "submit", "finished"), 99),
            "ms",
            None,
            SLOWEST,
        ),
        Row("last score after the last submit", played.scored_after, "s", None, SCORED_WITHIN),
    ]
    rows += cost(played)
    title = f"{wish.candidates} candidates start within {START_WITHIN:g} s and submit in their last {LAST_SECONDS:g} s"
    return say(title, played, rows)


def killed(site: Site, wish: Wish) -> bool:
    """The web server is killed again and again."""
    manner = Manner(think=min(wish.think, 5), start_within=5, until=3.5 * KILL_EVERY, change_mind=0.1)
    deaths = 0

    async def kill() -> None:
        nonlocal deaths
        while True:
            await asyncio.sleep(KILL_EVERY)
            site.kill_web()
            deaths += 1

    played = play(site, "killed", wish, manner, minutes=30, beside=kill, keeps_processes=False)
    if deaths:
        site.start_web_again()
    rows = [
        Row("web server killed", deaths, "times"),
        Row("requests without an answer, sent again", sum(player.unanswered for player in played.players)),
        Row("save p99", report.percentile(report.milliseconds(played.samples, "save"), 99), "ms"),
    ]
    return say(f"{wish.candidates} candidates, the web server killed each {KILL_EVERY:g} s", played, rows)


def invited(site: Site, wish: Wish) -> bool:
    """Thousands are invited in one go while others save."""
    manner = Manner(think=wish.think, start_within=wish.think, until=4 * wish.think)
    site.desk.prepare(name="many", minutes=40)
    applications = site.desk.add_people(name="many", people=wish.queued)
    took: dict[str, float] = {}

    async def invite() -> None:
        await asyncio.sleep(1.5 * wish.think)
        begun = time.time()
        work = await asyncio.to_thread(site.desk.bulk_invite, name="many", applications=applications)
        took["asked"], took["begun"] = time.time() - begun, begun
        while not await asyncio.to_thread(site.desk.work_is_done, pk=work):
            await asyncio.sleep(0.2)
        took["done"] = time.time() - begun

    played = play(site, "invited", wish, manner, minutes=30, beside=invite)
    end = took["begun"] + took["done"] if "done" in took else time.time()
    meanwhile = [s for s in played.samples if s.kind == "save" and took["begun"] <= s.at <= end]
    rows = [
        Row(f"asking for {wish.queued} invitations", took["asked"], "s", None, 1),
        Row("all of them queued", took.get("done", float("inf")), "s", None, QUEUED_WITHIN),
        Row(
            f"save p95 meanwhile ({len(meanwhile)} saves)",
            report.percentile([s.seconds * 1000 for s in meanwhile], 95),
            "ms",
            None,
            SAVE_P95[site.database],
        ),
        *saving(played),
    ]
    ok = say(f"{wish.queued} invitations in one go while {wish.candidates} candidates save", played, rows)
    site.wait_for_mail()
    return ok


SCENARIOS: dict[str, Callable[[Site, Wish], bool]] = {
    scenario.__name__: scenario for scenario in (rush, killed, invited, steady)
}


def play(
    site: Site,
    name: str,
    wish: Wish,
    manner: Manner,
    *,
    minutes: int,
    beside: Callable[[], Awaitable[None]] | None = None,
    keeps_processes: bool = True,
) -> Played:
    """Invite people to a test of `minutes`, let all of them take it, wait for their scores, and look everything up."""
    site.desk.prepare(name=name, minutes=minutes)
    links = site.desk.invite(name=name, people=wish.candidates)
    site.wait_for_mail()
    before = site.desk.stored_bytes()
    played = Played(site.database)
    players = playing.people(site, links, manner, played)
    others = [beside] if beside else []
    with playing.measured(site, played, keeps_processes=keeps_processes):
        playing.run(lambda: playing.all_at_once(played, players, *(each() for each in others)))
    finished = [player.invitation for player in played.players if player.outcome]
    played.scored_after = site.desk.last_score_after(invitations=finished) if finished else 0.0
    after = site.desk.stored_bytes()
    played.bytes = {table: size - before.get(table, 0) for table, size in after.items()}
    playing.check(site, played)
    return played


def saving(played: Played) -> list[Row]:
    saves = report.milliseconds(played.samples, "save")
    return [
        Row("requests a second", len(played.samples) / played.seconds),
        Row("save p50", report.percentile(saves, 50), "ms"),
        Row("save p95", report.percentile(saves, 95), "ms", None, SAVE_P95[played.database]),
        Row("save p99", report.percentile(saves, 99), "ms"),
    ]


def cost(played: Played) -> list[Row]:
    """Return what an attempt cost; beside the peer's figures where it was as long as the peer's."""
    saves = report.of_kind(played.samples, "save")
    if not saves or played.processor is None:
        return []
    each = len(saves) / max(1, played.attempts)
    stored = report.stored(played.bytes, max(1, played.attempts))
    rows = [
        Row("CPU an attempt, all parts", played.cost, "s", 0.75, 0.20),
        *report.processor(played),
        Row("statements an attempt", played.statements, "", 1491, 180),
        report.stored_in_all(stored),
        *stored,
    ]
    if each > COMPARABLE_SAVES:
        rows = [row.without_goal() for row in rows]
    return [
        Row("saves an attempt", each, "", QUESTIONS),
        *rows,
        Row("statements a save", fmean(sample.statements for sample in saves), "", 26, 4),
    ]


def say(title: str, played: Played, rows: list[Row]) -> bool:
    """Print a scenario and return whether nothing was lost or wrong in it."""
    print(report.heading(f"{title}, on {played.database}"))
    for row in rows:
        print(row.line())
    print(report.requests(played))
    print()
    print(report.machine(played))
    print(report.checked(played), flush=True)
    return not played.wrong and not played.errors
