"""`make bench`: what an attempt costs today, beside the peer's figures, in three minutes."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from statistics import fmean
from typing import Any

from tests.load import playing, report
from tests.load.players import Manner
from tests.load.playing import Played
from tests.load.report import Row
from tests.load.servers import Site, start
from tests.load.yardstick import Yardstick

NAME = "bench"
ALONE_SECONDS, TOGETHER_SECONDS, CLIENTS = 12.0, 60.0, 8
# What others do on the machine, and on the host below it, only ever adds to what an attempt takes.
ROUNDS = 3
SAVES = 400
# More than the peer's figures are of; all of them count for what an attempt stores.
INVITED = 720
EARLIER = 40


def bench(database: str, *, seconds: float = TOGETHER_SECONDS, invited: int = INVITED) -> int:
    """Measure and print; return 1 when a figure that no machine changes passes its goal, or an answer is lost."""
    with start(database) as site:
        site.desk.prepare(name=NAME, minutes=40)
        links = site.desk.invite(name=NAME, people=invited + EARLIER)
        site.wait_for_mail()
        links = after_others(site, links)
        before = site.desk.stored_bytes()
        share = max(1, invited // 6)
        alone = Played(database)
        few = playing.people(site, links[:share], Manner(), alone)
        with playing.measured(site, alone):
            playing.run(lambda: playing.in_turn(alone, few, clients=1, seconds=min(ALONE_SECONDS, seconds)))
        rounds = in_rounds(site, links[share:-1], seconds)
        yardstick = Yardstick.taken()
        stored = stored_of_all(site, links[:-1], [alone, *rounds], before)
        saves = saves_alone(site, links[-1])
        for played in (alone, *rounds):
            playing.check(site, played)
    together = min(rounds, key=lambda played: played.cost)
    rows = figures(alone, together, saves, stored)
    say(together, alone, rows, stored)
    print(report.rounds(rounds))
    print(yardstick.line())
    lost = any(played.wrong or played.errors for played in (alone, *rounds, saves))
    return 1 if lost or any(row.is_missed and row.is_firm for row in rows) else 0


def in_rounds(site: Site, links: Sequence[dict[str, Any]], seconds: float) -> list[Played]:
    """Let `CLIENTS` people at a time play, in as many rounds as are compared, of `seconds` in all."""
    rounds = [Played(site.database) for _ in range(ROUNDS)]
    for number, played in enumerate(rounds):
        many = playing.people(site, links[number::ROUNDS], Manner(), played)
        with playing.measured(site, played):
            playing.run(partial(playing.in_turn, played, many, clients=CLIENTS, seconds=seconds / ROUNDS))
    return rounds


def after_others(site: Site, links: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Let some take the test before anybody counts, and return the rest.

    A database plans for the tables that it knows: what it planned for empty ones it would keep for a while, as no
    installation does in which people take tests.
    """
    early = [link["invitation"] for link in links[:EARLIER]]
    site.desk.take(invitations=early)
    playing.wait_for_scores(site, early)
    return links[EARLIER:]


def stored_of_all(
    site: Site, links: list[dict[str, Any]], played: list[Played], before: dict[str, int]
) -> list[Row]:
    """Return what an attempt leaves behind, measured over everybody who was invited.

    Databases grow by pages: of few attempts the figure would say more about these than about the attempts. So who has
    not come to play takes the test without pages.
    """
    came = {player.invitation for each in played for player in each.players}
    site.desk.take(invitations=[link["invitation"] for link in links if link["invitation"] not in came])
    playing.wait_for_scores(site, [link["invitation"] for link in links])
    after = site.desk.stored_bytes()
    grown = {table: size - before.get(table, 0) for table, size in after.items()}
    return report.stored(grown, len(links))


def saves_alone(site: Site, link: dict[str, Any]) -> Played:
    """Let one person change answers again and again: what a save costs, with everything it wakes."""
    played = Played(site.database)
    [player] = playing.people(site, [link], Manner(), played)

    async def begin() -> None:
        await player.open()
        await player.start()
        player.browser.drop()

    async def go_on() -> None:
        page = await player.question(1)
        for _ in range(SAVES):
            await player.save(page, player.choose(page))
        player.browser.drop()

    playing.run(begin)
    with playing.measured(site, played):
        playing.run(go_on)
    return played


def figures(alone: Played, together: Played, saves: Played, stored: list[Row]) -> list[Row]:
    """Return the rows of the table. The peer is Moodle 4.3's quiz, measured on the same work and a like machine."""
    assert together.processor is not None
    assert saves.processor is not None
    a_save = report.of_kind(together.samples, "save")
    counted = len(report.of_kind(saves.samples, "save"))
    return [
        Row("attempts a minute, 8 clients", together.attempts * 60 / together.seconds, "", 137, at_least=450),
        Row("attempts a minute, 1 client", alone.attempts * 60 / alone.seconds, "", 52),
        Row("requests a second, 8 clients", len(together.samples) / together.seconds, "", 70.6),
        Row("CPU an attempt, all parts", together.cost, "s", 0.75, 0.20),
        *report.processor(together),
        Row("CPU a save, web", saves.processor.seconds["web"] * 1000 / counted, "ms", 8.6, 5),
        Row("CPU a save, database", saves.processor.seconds["database"] * 1000 / counted, "ms"),
        Row(
            "save p50, 1 client",
            report.percentile(report.milliseconds(alone.samples, "save"), 50),
            "ms",
            17,
            5,
        ),
        Row(
            "save p95, 8 clients",
            report.percentile(report.milliseconds(together.samples, "save"), 95),
            "ms",
            210,
            60,
        ),
        Row("statements a save", fmean(s.statements for s in a_save), "", 26, 4, is_firm=True),
        Row("statements an attempt", together.statements, "", 1491, 180, is_firm=True),
        report.stored_in_all(stored, is_firm=True),
    ]


def say(together: Played, alone: Played, rows: list[Row], stored: list[Row]) -> None:
    print(report.heading(f"What an attempt of 24 questions costs, on {together.database}"))
    for row in rows:
        print(row.line())
    for row in stored:
        print(row.line())
    print(report.requests(together))
    print(report.tasks(together))
    print()
    print(f"  {together.attempts} attempts by {CLIENTS} clients, {alone.attempts} by one, nobody thinks")
    print(report.machine(together))
    for played in (alone, together):
        print(report.checked(played))
