"""What runs: the embedded mode's note of itself, signs of life, and what has waited for too long."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db import DatabaseError

from candidates.queries.words import people_without_words
from config.doctor.findings import Finding, ok, warning
from config.embedded import folder
from config.environment import BASE_DIR
from outbox.enums import Life, SignName
from outbox.queries import signs, silent_parts
from outbox.rules import life
from rendering.moments import relative_time
from shell.health import HealthState, health_checks

LOOKED_AT: Final = {
    "mail": "See that the worker for mail runs, and what /admin/mail/ says of the mail server; held mail is released "
    "there or with: python manage.py release_mail",
    "work": "See that the worker for long work runs, and what its log says.",
    "attempts": "See that the worker for scores runs, and what its log says.",
    "backup": "See what the log of the worker for long work says; “python manage.py backup” makes one at once.",
}


def note() -> dict[str, Any]:
    """Return what the embedded mode says of itself while it runs."""
    try:
        found: dict[str, Any] = json.loads((Path(settings.DATA_DIR) / "running.json").read_text())
    except (OSError, ValueError):
        return {}
    return found


def runs() -> bool:
    return bool(note())


def is_embedded() -> bool:
    """Whether this folder is one that `make run` or `make demo` starts."""
    return not settings.REDIS_URL and (Path(settings.DATA_DIR) / "mode").exists()


def broker_url() -> str:
    """Return where the broker is: the one that the embedded mode runs, if it does, else that of the settings."""
    return str(note().get("environment", {}).get("BROKER_URL") or settings.CELERY_BROKER_URL)


def check_parts(now: datetime) -> Iterator[Finding]:
    """Scheduler and workers have reported."""
    mode = Path(settings.DATA_DIR) / "mode"
    if is_embedded() and not runs():
        start = folder.start_command(Path(settings.DATA_DIR), mode.read_text().strip(), seen_from=BASE_DIR)
        yield warning("running", "Shortlist is not running here.", mend=start, where=str(settings.DATA_DIR))
        return
    try:
        said = signs()
    except DatabaseError:
        return  # the database's own check says it
    silent = silent_parts(said, now=now)
    for name, sign in silent.items():
        last = f"last reported {relative_time(sign.at, now)}" if sign else "has never reported"
        ahead = sign is not None and life(sign.at, now=now) is Life.AHEAD
        more = "; a clock was ahead or was set back" if ahead else ""
        yield warning("silent", f"{name.label} {last}{more}.", mend=_mend(name), where=name.value)
    for name in (SignName.SCHEDULER, *map(SignName, SignName.workers)):
        if name not in silent and name in said and SignName.SCHEDULER not in silent:
            yield ok("reports", f"{name.label} reported {relative_time(said[name].at, now)}.")


def _mend(name: SignName) -> str:
    if is_embedded():
        log = (
            Path(settings.DATA_DIR)
            / "logs"
            / ("scheduler.log" if name is SignName.SCHEDULER else "worker.log")
        )
        return f"{log} says why. Stop Shortlist with Ctrl-C where it runs and start it again."
    return f"Start again what runs the line {name.value} of the Procfile, and see what it says."


def check_waiting(now: datetime) -> Iterator[Finding]:
    """Nothing has waited for long, where something runs that could do it."""
    if is_embedded() and not runs():
        return
    for check in health_checks().values():
        try:
            parts = check(now)
        except DatabaseError:
            return  # the database's own check says it
        for name in LOOKED_AT.keys() & parts.keys():
            part = parts[name]
            numbers = ", ".join(
                f"{key.replace('_', ' ')} {value:.0f}" for key, value in part.numbers.items() if value
            )
            if part.state is HealthState.OK:
                yield ok("waiting", f"Nothing is the matter with {name}.", where=name)
            else:
                words = f"{name}: {part.note}" + (f" ({numbers})." if numbers else ".")
                yield warning("waiting.long", words, mend=LOOKED_AT[name], where=name)


def check_search(now: datetime) -> Iterator[Finding]:
    """Everybody is found by their name."""
    try:
        missing = people_without_words()
    except DatabaseError:
        return  # the database's own check says it
    if missing:
        words = f"{missing} people are not found by their names, notes and documents."
        yield warning("search", words, mend="python manage.py reindex_people")
    else:
        yield ok("search", "Everybody is found by their name.")
