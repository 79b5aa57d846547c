"""What happens to each person, decided before anything is written. Pure: the same seed tells the same stories."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from hiring.enums import Source
from hiring.management.sample_company.cast import BACKEND, FULL_STACK, MAIL_DOMAINS, PEOPLE, SUPPORT

SEED: Final = 20_240_229
LONGEST_AGO: Final = 88

# How far each story goes. "finished" goes on as the score says; the others end where their name says.
ENDINGS: Final = {
    BACKEND: (
        *["finished"] * 21,
        "applied",
        "applied rejected",
        "screen",
        "screen",
        "screen withdrawn",
        "unstarted",
        "expired",
        "running",
        "void",
    ),
    FULL_STACK: (
        *["finished"] * 19,
        "applied",
        "screen on hold",
        "expired",
        "unstarted",
        "applied withdrawn",
    ),
    SUPPORT: ("applied", "screen rejected", "interview", "offer", "hired", "screen on hold"),
}

# Days a story needs at least, so that nothing of it lies in the future.
_DAYS: Final = {
    "applied": (0.3, 6),
    "applied rejected": (6, 70),
    "applied withdrawn": (6, 70),
    "screen": (3, 20),
    "screen on hold": (12, 60),
    "screen rejected": (14, 70),
    "screen withdrawn": (14, 70),
    "unstarted": (6, 9),
    "running": (5, 9),
    "expired": (26, 60),
    "void": (20, 60),
    "interview": (12, 40),
    "offer": (24, 60),
    "hired": (40, 80),
    "finished": (14, LONGEST_AGO),
}


@dataclass(frozen=True, slots=True)
class Story:
    """One person's story. `ability` is in the logits of the test's scale, nought for the middle."""

    number: int
    name: str
    email: str
    zone: str
    job: str
    ending: str
    applied_at: datetime
    ability: float
    # Between 0 and 1: which of the ways open after a score this person goes, and how soon.
    luck: float
    source: Source


def stories(*, now: datetime, seed: int = SEED) -> list[Story]:
    """Return sixty stories whose moments all lie within the last 90 days."""
    rng = random.Random(seed)  # noqa: S311 -- nothing here is a secret
    endings = [(job, ending) for job, of_job in ENDINGS.items() for ending in of_job]
    abilities = _abilities(sum(ending in ("finished", "void", "running") for _job, ending in endings), rng)
    rng.shuffle(endings)
    told: list[Story] = []
    for number, ((name, local, zone), (job, ending)) in enumerate(zip(PEOPLE, endings, strict=True)):
        told.append(
            Story(
                number=number,
                name=name,
                email=f"{local}@{MAIL_DOMAINS[number % len(MAIL_DOMAINS)]}",
                zone=zone,
                job=job,
                ending=ending,
                applied_at=_office_hour(now - timedelta(days=rng.uniform(*_DAYS[ending])), now, rng),
                ability=abilities.pop() if ending in ("finished", "void", "running") else 0.0,
                luck=rng.random(),
                source=rng.choice(
                    [Source.ADDED, Source.ADDED, Source.IMPORT, Source.REFERRAL, Source.CAREERS]
                ),
            )
        )
    return told


def _abilities(count: int, rng: random.Random) -> list[float]:
    """Return abilities spread over the scale, in no order."""
    spread = [-2.0 + 4.4 * (place + rng.random() * 0.8) / count for place in range(count)]
    rng.shuffle(spread)
    return spread


def _office_hour(moment: datetime, now: datetime, rng: random.Random) -> datetime:
    """Move a moment into the day's busy hours, never into the future."""
    moved = moment.replace(hour=rng.randint(7, 20), minute=rng.randint(0, 59), second=rng.randint(0, 59))
    return min(moved, now - timedelta(minutes=rng.uniform(20, 200)))


def chance_of_right(*, ability: float, level: str, difficulty: int, options: int) -> float:
    """Return how likely a right answer is: a logistic curve that rises with ability, with guessing below it."""
    hard = {"fresher": -1.3, "junior": -0.4, "intermediate": 0.5, "experienced": 1.3}[level] + 0.25 * (
        difficulty - 3
    )
    guess = 1 / max(options, 2)
    return guess + (1 - guess) / (1 + 2.718281828459045 ** (-1.6 * (ability - hard)))
