from base64 import b64encode

import pytest
from celery import current_app
from django.conf import settings
from kombu.exceptions import ContentDisallowed
from kombu.message import Message as BrokerMessage

from outbox import operations, tasks
from outbox.enums import MessageState, WorkState
from outbox.models import Message, Work
from tests.factories.outbox import make_message, make_work

pytestmark = pytest.mark.django_db


def test_tasks_have_the_names_that_schedule_and_routes_use():
    scheduled = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}

    assert {tasks.deliver_messages.name, tasks.run_work.name} <= scheduled
    assert {tasks.deliver_messages.name, tasks.run_work.name} <= set(settings.CELERY_TASK_ROUTES)


@pytest.mark.parametrize("task", [tasks.deliver_messages, tasks.run_work])
def test_f9_tasks_that_lose_their_worker_run_a_bounded_number_of_times(task):
    assert task.max_retries == 3
    limit = task.time_limit or settings.CELERY_TASK_TIME_LIMIT
    assert limit < settings.CELERY_BROKER_TRANSPORT_OPTIONS.get("visibility_timeout", 600)


def test_one_look_delivers_everything_that_is_due(greeting, local_mail):
    for _ in range(3):
        make_message()

    tasks.deliver_messages()

    assert set(Message.objects.values_list("state", flat=True)) == {MessageState.KEPT_HERE}


@pytest.fixture
def one_worker(settings, tmp_path):
    """The embedded mode, where one worker has all queues."""
    settings.ONE_WORKER, settings.DATA_DIR = True, tmp_path


def test_where_one_worker_does_everything_one_process_delivers_mail_at_a_time(
    greeting, local_mail, one_worker
):
    message = make_message()

    with operations.turn("mail") as is_ours:
        tasks.deliver_messages()
        meanwhile = Message.objects.get(pk=message.pk).state
        with operations.turn("work") as is_ours_too:
            pass
    tasks.deliver_messages()

    assert (is_ours, is_ours_too) == (True, True)
    assert meanwhile == MessageState.QUEUED
    assert Message.objects.get(pk=message.pk).state == MessageState.KEPT_HERE


def test_where_one_worker_does_everything_one_process_does_long_work_at_a_time(register_work, one_worker):
    register_work("add", lambda work, actor, report: {})
    make_work("add")

    with operations.turn("work"):
        tasks.run_work()
        meanwhile = Work.objects.get().state
    tasks.run_work()

    assert (meanwhile, Work.objects.get().state) == (WorkState.QUEUED, WorkState.DONE)


def test_where_each_queue_has_its_worker_nobody_waits_for_a_turn():
    with operations.turn("mail") as first, operations.turn("mail") as second:
        assert (first, second) == (True, True)


def test_f21_arguments_of_another_version_do_no_harm(greeting, local_mail):
    make_message()

    tasks.deliver_messages(something="new")

    assert Message.objects.get().state == MessageState.KEPT_HERE


def test_one_look_does_all_work_that_is_due(register_work):
    register_work("add", lambda work, actor, report: {})
    for _ in range(3):
        make_work("add")

    tasks.run_work()

    assert set(Work.objects.values_list("state", flat=True)) == {WorkState.DONE}


@pytest.mark.parametrize("content_type", ["application/x-python-serialize", "application/x-yaml"])
def test_case_19_unsafe_deserialise_a_task_is_json_and_nothing_else(content_type, pickled_code):
    # What a worker does with each message it takes; `test_worker.py` has a real one live through it.
    message = BrokerMessage(
        body=b64encode(pickled_code) if "yaml" not in content_type else b"!!python/name:os.system",
        content_type=content_type,
        content_encoding="utf-8",
        accept=current_app.conf.accept_content,
    )

    with pytest.raises(ContentDisallowed):
        message.decode()
    assert current_app.conf.task_serializer == "json"
