"""Counts what requests and tasks ask of the database, inside the product's processes.

What opens and closes a transaction is left out, as the peer's figures leave it out. A request says its count in
headers, a worker writes its own to a file, because nobody asks it anything.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from threading import local
from typing import Any

from celery.signals import task_postrun, task_prerun
from django.apps import AppConfig
from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.http import HttpRequest, HttpResponse

STATEMENTS, CPU = "X-Load-Statements", "X-Load-CPU"
FOLDER = "load-tasks"
NOT_COUNTED = ("BEGIN", "COMMIT", "ROLLBACK")

_seen = local()
_tasks: dict[str, list[int]] = {}


class CountingConfig(AppConfig):
    """Listens to every connection and to every task, from the start of the process."""

    name = "tests.load"
    label = "load"

    def ready(self) -> None:
        connection_created.connect(_listen, dispatch_uid="load.listen")
        task_prerun.connect(_begin_task, dispatch_uid="load.begin_task")
        task_postrun.connect(_end_task, dispatch_uid="load.end_task")


class CountingMiddleware:
    """Writes into each answer how many statements it took, and how long the processor worked in its thread."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        begun, before = time.thread_time(), _count()
        response = self.get_response(request)
        response[STATEMENTS] = str(_count() - before)
        response[CPU] = f"{(time.thread_time() - begun) * 1000:.3f}"
        return response


def statements_of_tasks(data_dir: Path) -> dict[str, tuple[int, int]]:
    """Return how often each task ran and how many statements it took, as the workers wrote it down."""
    found: dict[str, tuple[int, int]] = {}
    for file in (data_dir / FOLDER).glob("*.json"):
        for task, (runs, statements) in json.loads(file.read_text()).items():
            before = found.get(task, (0, 0))
            found[task] = (before[0] + runs, before[1] + statements)
    return found


def _count() -> int:
    return getattr(_seen, "statements", 0)


def _listen(*, connection: BaseDatabaseWrapper, **kwargs: Any) -> None:
    # The same object connects again and again.
    if _note not in connection.execute_wrappers:
        connection.execute_wrappers.append(_note)


def _note(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
    if not sql.startswith(NOT_COUNTED):
        _seen.statements = _count() + 1
    return execute(sql, params, many, context)


def _begin_task(**kwargs: Any) -> None:
    _seen.before_task = _count()


def _end_task(*, task: Any, **kwargs: Any) -> None:
    runs, statements = _tasks.get(task.name, (0, 0))
    _tasks[task.name] = [runs + 1, statements + _count() - _seen.before_task]
    folder = Path(settings.DATA_DIR) / FOLDER
    folder.mkdir(exist_ok=True)
    # Nobody ever reads a file that is half written.
    draft = folder / f"{os.getpid()}.new"
    draft.write_text(json.dumps(_tasks))
    draft.replace(draft.with_suffix(".json"))
