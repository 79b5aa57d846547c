"""The Celery application. Queues, limits and their reasons stand in `config/settings.py`."""

import os

from celery import Celery
from celery.signals import task_postrun, task_prerun

from config import logs

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("shortlist")
# "Current" alone holds for the thread that imports this; the web server's threads publish too.
app.set_default()
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
task_prerun.connect(logs.begin_task, dispatch_uid="config.begin_task")
task_postrun.connect(logs.end_task, dispatch_uid="config.end_task")
