"""Takes very many questions out of a database, in a process of its own: see `tests.load.question_files`.

Each format in a child, so that the memory that is told is its own. Nothing is written to the database.
"""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management import call_command
from django.db import connection

from questions.formats import WRITERS
from questions.models import Question
from questions.operations.exporting import export_rows
from tests.load import question_bank
from tests.load.taking_in import LOCKED_WITHIN, Took, longest_transaction, timed

HEADINGS = (
    f"  {'':<14} {'questions':>9} {'MB':>7} {'s':>7} {'CPU s':>7} {'memory above idle':>18}"
    f"  longest statement and transaction, s"
)


def main(count: int, only: str = "") -> int:
    """Write every question that the database holds, `count` where it is filled now, as a file of each format."""
    call_command("migrate", verbosity=0)
    if question_bank.find() is None:
        question_bank.make(count)
    print(f"\nquestions as a file ({connection.vendor})\n{HEADINGS}", flush=True)
    missed = [name for name in WRITERS if only in name and not _apart(name)]
    print(
        f"  {'LONG: ' + ', '.join(missed) if missed else 'nobody waited for any of them'}; {os.cpu_count()} cores"
    )
    return 0


def _apart(name: str) -> bool:
    """Write one file in a child, whose memory is its own; return whether nobody waited for it too long."""
    connection.close()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            code = 0 if written(name) else 3
        finally:
            os._exit(code)
    _pid, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    assert code in (0, 3), f"{name} could not be written"
    return code == 0


def written(name: str) -> bool:
    """Write all questions as a file, print what it cost, and return whether no transaction lasted too long."""
    idle = _memory()
    with longest_transaction() as transactions, longest_statement() as statements:
        took, exported = timed(lambda: export_rows(Question.objects.all(), name=name))
    longest = max(transactions, default=Took(0, 0)).seconds
    size = len(exported.written.content) / 1e6
    print(
        f"  {name:<14} {exported.count:>9} {size:>7.1f} {took.seconds:>7.1f} {took.processor:>7.1f}"
        f" {_memory() - idle:>15.0f} MB  {max(statements, default=0):>7.2f} {longest:>7.2f}",
        flush=True,
    )
    return longest <= LOCKED_WITHIN


@contextmanager
def longest_statement() -> Iterator[list[float]]:
    """Yield how long each statement lasts within the block."""
    took: list[float] = []

    def watched(execute: Callable[..., Any], *args: Any) -> Any:
        begun = time.perf_counter()
        try:
            return execute(*args)
        finally:
            took.append(time.perf_counter() - begun)

    with connection.execute_wrapper(watched):
        yield took


def _memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
