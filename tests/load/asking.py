"""Asks each page of a large company as the test client does, in a process of its own: see `tests.load.pages`."""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from statistics import median
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.models import User
from config.gunicorn import GARBAGE
from tests.load import company
from tests.load.company import Company
from tests.load.counting import NOT_COUNTED
from tests.load.processor import behind_connection
from tests.load.views import Page, pages_for

TIMES = 7
# After ten askings of a connection PostgreSQL may keep another plan for a statement than the first ones.
WARMED = 12
LINE = "  {:<38} {:>6} {:>8} {:>6} {:>5} {:>4} {:>5}   {:>6} {:>6}  {:<24} {}"
HEADINGS = (
    "",
    "ms",
    "quickest",
    "CPU ms",
    "DB ms",
    "SQL",
    "KiB",
    "goal",
    "SQL",
    "peer: ms / CPU / SQL / KiB",
    "",
)


@dataclass(frozen=True)
class Asked:
    """A page as somebody got it: the middle of several times, and what does not differ from one to the next."""

    page: Page
    milliseconds: float
    # Without whatever else the machine was busy with.
    quickest: float
    cpu_ms: float
    # What PostgreSQL worked for it, in the mean; SQLite works in the same process.
    database_ms: float
    statements: int
    size: int

    @property
    def takes_too_many(self) -> bool:
        return self.statements > self.page.most_statements

    def line(self) -> str:
        page, peer = self.page, self.page.peer
        marks = [
            "SLOW" if self.milliseconds > page.milliseconds else "",
            "TOO MANY STATEMENTS" if self.takes_too_many else "",
        ]
        cells = (
            *(
                page.name,
                f"{self.milliseconds:.0f}",
                f"{self.quickest:.0f}",
                f"{self.cpu_ms:.0f}",
                f"{self.database_ms:.0f}",
                self.statements,
            ),
            *(f"{self.size / 1024:.0f}", f"<= {page.milliseconds}", f"<= {page.most_statements}"),
            peer.line if peer else "",
            " ".join(mark for mark in marks if mark),
        )
        return LINE.format(*cells).rstrip()


def main(applications: int, *, only: str = "") -> int:
    """Fill the database that the settings name, unless it is filled, and ask its pages, or those with `only` in their
    names; return 1 for too many statements.
    """
    assert not settings.DEBUG
    there = company.find()
    if there is None:
        call_command("migrate", verbosity=0)
        begun = time.monotonic()
        people = max(1, applications // 2)
        with _unbounded():
            there = company.make(applications=applications, candidates=people, now=timezone.now())
            settle()
        print(
            f"\n{applications} applications of {people} people made in {time.monotonic() - begun:.0f} s",
            flush=True,
        )
    asked = [each for who in (there.manager, there.recruiter, None) for each in ask(there, who, only)]
    print(f"  {os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f}")
    return 1 if any(each.takes_too_many for each in asked) else 0


@contextmanager
def _unbounded() -> Iterator[None]:
    """Let statements take as long as a million rows do, which no request may."""
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        yield
        cursor.execute("RESET statement_timeout")


def settle() -> None:
    """Do what PostgreSQL does by itself in the hours that such a company takes to grow."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")


def ask(there: Company, who: User | None, only: str = "") -> Sequence[Asked]:
    """Ask the pages of one colleague, or of strangers, with `only` in their names, and print a line for each."""
    # As in a web process: it looks seldom for garbage, and never at what it was started with.
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GARBAGE)
    client = Client(SERVER_NAME="127.0.0.1")
    if who is not None:
        client.force_login(who)
    print(f"\n{_title(there, who)} ({connection.vendor})\n{LINE.format(*HEADINGS)}")
    found = []
    for page in [page for page in pages_for(there, who) if only in page.name]:
        found.append(measured(client, page))
        print(found[-1].line(), flush=True)
    return found


def _title(there: Company, who: User | None) -> str:
    if who is None:
        return "As a stranger"
    return f"As {'a manager of' if who == there.manager else 'a recruiter of'} {who.job_memberships.count()} jobs"


def measured(client: Client, page: Page, *, times: int = TIMES) -> Asked:
    """Ask a page so many times after `WARMED` others, or once and no other with no times, and return what it took.

    The statements are counted the last time. Raises `AssertionError` for an answer that is not the page.
    """
    counted: list[str] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if not sql.startswith(NOT_COUNTED):
            counted.append(sql)
        return execute(sql, params, many, context)

    took: list[float] = []
    cpu: list[float] = []
    response = None
    at_first = 0.0
    first = WARMED if times else 0
    last = first + max(1, times) - 1
    with ExitStack() as block:
        for number in range(last + 1):
            if number == first:
                at_first = _database_seconds()
            if number == last:
                block.enter_context(connection.execute_wrapper(note))
            begun, before = time.perf_counter(), time.process_time()
            response = client.get(page.address)
            if number >= first:
                took.append((time.perf_counter() - begun) * 1000)
                cpu.append((time.process_time() - before) * 1000)
    assert response is not None
    assert response.status_code == 200, f"{page.address} answers {response.status_code}"
    worked = (_database_seconds() - at_first) * 1000 / len(took)
    return Asked(page, median(took), min(took), median(cpu), worked, len(counted), len(response.content))


def _database_seconds() -> float:
    if connection.vendor != "postgresql":
        return 0.0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return behind_connection(cursor.fetchone()[0])
