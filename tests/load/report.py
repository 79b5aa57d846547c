"""The figures as a table, each beside the peer's and our goal."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from tests.load.playing import Played
from tests.load.processor import PARTS
from tests.load.wire import Sample

# The order in which a person meets them.
KINDS = (
    *("open", "briefing", "start", "question", "save", "flag", "clock"),
    *("overview", "submit", "finished"),
)
# Which table belongs to which part of what an attempt leaves behind.
STORED = {
    "attempt and answers": ("assessments_attempt", "assessments_attemptquestion"),
    "revisions": ("assessments_answerrevision",),
    "score": ("assessments_score",),
    "events": ("assessments_attemptevent", "outbox_event"),
}


@dataclass(frozen=True)
class Row:
    """One figure: ours, the peer's, what we want. `limit` without a figure of ours says nothing."""

    name: str
    ours: float
    unit: str = ""
    peer: float | None = None
    at_most: float | None = None
    at_least: float | None = None
    # Does not depend on the machine, so it may fail a run.
    is_firm: bool = False

    @property
    def is_missed(self) -> bool:
        return (self.at_most is not None and self.ours > self.at_most) or (
            self.at_least is not None and self.ours < self.at_least
        )

    def without_goal(self) -> Row:
        return Row(self.name, self.ours, self.unit)

    def line(self) -> str:
        goal = ""
        if self.at_most is not None:
            goal = f"<= {_figure(self.at_most)}"
        elif self.at_least is not None:
            goal = f">= {_figure(self.at_least)}"
        peer = "" if self.peer is None else _figure(self.peer)
        mark = "MISSED" if self.is_missed else ""
        return (
            f"  {self.name:<44} {_figure(self.ours):>9} {self.unit:<6} {peer:>8}  {goal:>9}  {mark}".rstrip()
        )


def heading(title: str) -> str:
    return f"\n{title}\n  {'':<44} {'ours':>9} {'':<6} {'peer':>8}  {'goal':>9}"


def rounds(played: Sequence[Played]) -> str:
    """Return what each round took, of which the table shows the one that took least."""
    costs = ", ".join(f"{each.cost:.3f}" for each in played)
    paces = ", ".join(f"{each.attempts * 60 / each.seconds:.0f}" for each in played)
    return f"  the quietest of {len(played)} rounds: CPU-s an attempt {costs}; attempts a minute {paces}"


def requests(played: Played) -> str:
    """Return a table of the requests by kind."""
    lines = [
        f"\n  {'request':<10} {'count':>7} {'p50 ms':>8} {'p95 ms':>8} {'p99 ms':>8}"
        f" {'statements':>11} {'CPU ms':>7} {'bytes':>7}"
    ]
    for kind in KINDS:
        found = of_kind(played.samples, kind)
        if found:
            times = [sample.seconds * 1000 for sample in found]
            lines.append(
                f"  {kind:<10} {len(found):>7} {percentile(times, 50):>8.1f} {percentile(times, 95):>8.1f}"
                f" {percentile(times, 99):>8.1f} {fmean(s.statements for s in found):>11.2f}"
                f" {fmean(s.cpu_ms for s in found):>7.2f} {fmean(s.size for s in found):>7.0f}"
            )
    return "\n".join(lines)


def tasks(played: Played) -> str:
    lines = [f"\n  {'task':<34} {'runs':>6} {'statements':>11}"]
    lines += [
        f"  {task:<34} {runs:>6} {statements:>11}"
        for task, (runs, statements) in sorted(played.tasks.items())
        if runs
    ]
    return "\n".join(lines)


def processor(played: Played) -> list[Row]:
    assert played.processor is not None
    each = max(1, played.attempts)
    return [
        Row(f"CPU an attempt: {part}", played.processor.seconds[part] / each, "s")
        for part in PARTS
        if played.processor.seconds[part]
    ]


def stored(grown: Mapping[str, int], attempts: int) -> list[Row]:
    """Return what an attempt leaves behind, by part; `grown` is by how much each table has grown."""
    rest = dict(grown)
    rows = []
    for part, tables in STORED.items():
        rows.append(
            Row(f"stored an attempt: {part}", sum(rest.pop(t, 0) for t in tables) / attempts, "bytes")
        )
    largest = sorted(rest.items(), key=lambda pair: -pair[1])[:2]
    names = ", ".join(f"{table.partition('_')[2]} {size // attempts}" for table, size in largest if size > 0)
    rows.append(Row(f"stored: other ({names})"[:44], sum(rest.values()) / attempts, "bytes"))
    return rows


def stored_in_all(rows: Sequence[Row], *, is_firm: bool = False) -> Row:
    """Return what the peer's figure is of: answers, changes, score and log; all but the last of `rows`."""
    whole = sum(row.ours for row in rows[: len(STORED)])
    return Row("stored an attempt, but for the last line", whole, "bytes", 45_000, 8192, is_firm=is_firm)


def machine(played: Played) -> str:
    return (
        f"  {os.cpu_count()} cores, load average {played.load:.1f};"
        f" the generator itself took {played.generator:.1f} CPU-s in {played.seconds:.0f} s,"
        " which is in none of these figures"
    )


def checked(played: Played) -> str:
    counts = played.counts
    said = (
        f"  {counts['acknowledged']} acknowledged saves of {counts['attempts']} attempts looked up,"
        f" {counts['scores']} scores computed again: "
    )
    if not played.wrong and not played.errors:
        return said + "none lost, none wrong, no answer of the kind 5xx"
    lines = [said + f"{len(played.wrong)} WRONG, {len(played.errors)} answers of the kind 5xx"]
    lines += [f"    {each}" for each in played.wrong[:20]]
    lines += [f"    {sample.status} for {sample.kind}" for sample in played.errors[:5]]
    return "\n".join(lines)


def of_kind(samples: Iterable[Sample], *kinds: str) -> list[Sample]:
    return [sample for sample in samples if sample.kind in kinds]


def milliseconds(samples: Iterable[Sample], *kinds: str) -> list[float]:
    return [sample.seconds * 1000 for sample in of_kind(samples, *kinds)]


def percentile(values: Sequence[float], percent: float) -> float:
    """Return the smallest value that `percent` of all do not exceed; 0 of nothing."""
    if not values:
        return 0.0
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * int(percent) // 100) - 1)]


def _figure(value: float) -> str:
    if value == int(value) and abs(value) < 1_000_000:
        return str(int(value))
    return f"{value:.0f}" if abs(value) >= 1000 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"
