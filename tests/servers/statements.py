"""What each test asks the database, so that the second database need not show every page of the first again.

What differs between two databases is how they answer a statement. Operations, queries, races and imports are tested on
both, and so is what commits and what is given odd letters. Of the other tests that look at pages or at the API, those
run on the second database that ask what few others ask: each statement of the product is asked there in `TIMES` tests,
or in all there are. A new page brings its own statements, and with them its tests.

The run on the first database writes down what was asked, into the folder that FOLDER names; the run on the second
reads it.
"""

from __future__ import annotations

import heapq
import json
import os
import re
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from tests.servers.repeats import TRANSACTIONS, without_values

FOLDER = "SHORTLIST_TEST_STATEMENTS"
TIMES = 2
# How many rows are written at once makes no other statement.
_ROWS = re.compile(r"\(\?\)(?:, \(\?\))+")


@dataclass
class Asked:
    """What a test asked: which statements, whether by a page, and how often in all.

    That stands for what it costs. Seconds would choose others in every run, and a fault seen in one would be gone in
    the next.
    """

    statements: set[int] = field(default_factory=set)
    by_page: bool = False
    times: int = 0


class Notes:
    """What the tests of this process asked. `test` is to be around each of them."""

    def __init__(self) -> None:
        self.of_tests: dict[str, Asked] = {}
        self._now: Asked | None = None

    @contextmanager
    def test(self, name: str) -> Iterator[None]:
        self._now = self.of_tests[name] = Asked()
        yield
        self._now = None

    def listen(self) -> None:
        """Note every statement of every connection from now on, and every request to the site."""
        from django.core.signals import request_started
        from django.db.backends.utils import CursorWrapper

        def noting(name: str) -> None:
            execute = getattr(CursorWrapper, name)

            def noted(cursor: CursorWrapper, sql: Any, *arguments: Any, **named: Any) -> Any:
                # Each savepoint has a name of its own, and there is one in every test.
                if self._now is not None and isinstance(sql, str) and not sql.startswith(TRANSACTIONS):
                    self._now.statements.add(_number(sql))
                    self._now.times += 1
                return execute(cursor, sql, *arguments, **named)

            setattr(CursorWrapper, name, noted)

        noting("execute")
        noting("executemany")
        request_started.connect(self._page, weak=False)

    def _page(self, **_: Any) -> None:
        if self._now is not None:
            self._now.by_page = True

    def write(self, path: Path) -> None:
        rows = {
            name: [asked.by_page, asked.times, sorted(asked.statements)]
            for name, asked in self.of_tests.items()
        }
        path.write_text(json.dumps(rows))


def read(folder: Path) -> dict[str, Asked]:
    """Return what all processes of a run wrote into `folder`."""
    return {
        name: Asked(set(statements), by_page, times)
        for path in sorted(folder.glob("*.json"))
        for name, (by_page, times, statements) in json.loads(path.read_text()).items()
    }


def folder() -> Path | None:
    return Path(os.environ[FOLDER]) if os.environ.get(FOLDER) else None


def to_run(names: Iterable[str], asked: Mapping[str, Asked], always: Iterable[str] = ()) -> set[str]:
    """Return which of the tests `names` are to run, so that each statement is asked in `TIMES` of them if there are so
    many: all in `always`, all that ask no page or of which nothing is known, and of the others the cheapest that do.
    """
    always = set(always)
    chosen, pages = set[str](), dict[str, Asked]()
    times: Counter[int] = Counter()
    for name in names:
        known = asked.get(name)
        if known is not None and known.by_page and name not in always:
            pages[name] = known
            continue
        chosen.add(name)
        if known is not None:
            times.update(known.statements)

    def worth(name: str) -> float:
        new = sum(times[statement] < TIMES for statement in pages[name].statements)
        return new / max(pages[name].times, 1)

    # The best first. What a test is worth falls as others are chosen, so it is looked at again when its turn comes.
    waiting = [(-worth(name), name) for name in pages]
    heapq.heapify(waiting)
    while waiting:
        _, name = heapq.heappop(waiting)
        now = worth(name)
        if now and waiting and -now > waiting[0][0]:
            heapq.heappush(waiting, (-now, name))
        elif now:
            chosen.add(name)
            times.update(pages[name].statements)
    return chosen


@lru_cache(maxsize=20_000)
def _number(sql: str) -> int:
    return zlib.crc32(_ROWS.sub("(?)", without_values(sql)).encode())
