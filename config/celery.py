"""The Celery application. Queues, limits and their reasons stand in `config/settings.py`."""

import os
from typing import Any

from celery import Celery
from celery.signals import task_postrun, task_prerun, worker_process_init
from django.db import close_old_connections

from config import logs

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

# On one machine, a candidate's answer does not wait for thousands of letters. Alone, a worker loses nothing by it.
WORKER_NICENESS = 5

app = Celery("shortlist")
# "Current" alone holds for the thread that imports this; the web server's threads publish too.
app.set_default()
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


def close_connections(task: Any, **kwargs: Any) -> None:
    """Close the database's connections that are too old or broken, as Django does around each request."""
    # One that is called inside another process's transaction is no task of a worker.
    if not task.request.is_eager:
        close_old_connections()


def give_way(**kwargs: Any) -> None:
    """Let the web server of the same machine go first; for each process of a worker, when it begins."""
    os.nice(WORKER_NICENESS)


worker_process_init.connect(give_way, dispatch_uid="config.give_way")
task_prerun.connect(close_connections, dispatch_uid="config.close_connections_before")
task_postrun.connect(close_connections, dispatch_uid="config.close_connections_after")
task_prerun.connect(logs.begin_task, dispatch_uid="config.begin_task")
task_postrun.connect(logs.end_task, dispatch_uid="config.end_task")
