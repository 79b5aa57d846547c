from datetime import timedelta
from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from django.core.files import File
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.enums import Role
from accounts.models import Actor
from outbox import operations
from outbox.enums import SignName, WorkState
from outbox.models import Event, Work
from outbox.operations import WorkLost
from outbox.queries import signs
from outbox.rules import WORK_DELAYS, WORK_FILE_LIFE, WORK_LEASE
from tests.factories.accounts import NOW, actor, make_api_key, make_user
from tests.factories.outbox import make_work
from tests.servers.parallel import run_parallel


def run(now=NOW):
    return operations.run_due_work(now=now)


@pytest.mark.django_db
def test_work_is_done_with_its_arguments_progress_and_result(register_work):
    seen = []

    def handler(work, actor, report):
        report(1, 3)
        seen.append((work.arguments, actor.kind, Work.objects.get().done, Work.objects.get().total))
        report(3, None)
        return {"counts": [["Invited", 3]]}

    register_work("add", handler)
    make_work("add", arguments={"ids": [1, 2]})

    assert run() == 1

    work = Work.objects.get()
    assert seen == [({"ids": [1, 2]}, "system", 1, 3)]
    assert (work.state, work.done, work.total) == (WorkState.DONE, 3, 3)
    assert work.result == {"counts": [["Invited", 3]]}
    assert list(Event.objects.order_by("pk").values_list("kind", flat=True)) == ["work.asked", "work.done"]
    assert run() == 0


@pytest.mark.django_db
def test_same_intent_is_one_piece_of_work(register_work):
    register_work("add", lambda work, actor, report: {})
    first = make_work("add", intent="once", arguments={"n": 1})

    assert make_work("add", intent="once", arguments={"n": 2}) == first
    assert Work.objects.get().arguments == {"n": 1}


@pytest.mark.django_db(transaction=True)
def test_same_intent_in_parallel_is_one_piece_of_work_and_one_file(register_work, settings, tmp_path):
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path)},
        }
    }
    register_work("add", lambda work, actor, report: {})

    outcomes = run_parallel(lambda: make_work("add", intent="once", file=File(BytesIO(b"x"), "a.csv")).pk, 6)

    assert len(set(outcomes)) == 1, outcomes
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 1


def test_unknown_kind_is_an_error_of_the_caller(db):
    with pytest.raises(LookupError):
        make_work("nonsense")


@pytest.mark.parametrize(
    "name", ['a"><img src=x>.csv', "../../etc/passwd.csv", "people.csv", "a.CSV", "a.php;.csv"]
)
@pytest.mark.django_db
def test_case_5_xss_filename_files_get_a_name_of_our_own(register_work, name):
    register_work("add", lambda work, actor, report: {})

    work = make_work("add", file=File(BytesIO(b"email\n"), name))

    assert work.file.name.startswith("work/")
    assert work.file.name.removeprefix("work/").removesuffix(".csv").isalnum()
    work.file.delete(save=False)


@pytest.mark.django_db
def test_work_runs_with_the_rights_of_whoever_asked(register_work):
    actors = []
    register_work("add", lambda work, actor, report: actors.append(actor) or {})
    user = make_user(Role.RECRUITER)
    key, _token = make_api_key(user)
    make_work("add", by=actor(user))
    make_work("add", by=Actor.of_key(key))

    run()
    run()

    assert actors == [Actor.of_user(user), Actor.of_key(key)]


@pytest.mark.django_db
def test_work_of_a_colleague_who_is_gone_is_not_the_systems(register_work):
    actors = []
    register_work("add", lambda work, actor, report: actors.append(actor) or {})
    user = make_user(Role.ADMINISTRATOR)
    make_work("add", by=actor(user))
    Work.objects.update(created_by=None)

    run()

    assert not actors[0].is_system
    assert actors[0].roles == frozenset()


@pytest.mark.django_db
def test_refusal_ends_work_with_its_words(register_work):
    def refuse(work, actor, report):
        raise ValidationError("The job is closed. Open it first.")

    register_work("add", refuse)
    make_work("add")

    run()

    work = Work.objects.get()
    assert (work.state, work.reason, work.tries) == (WorkState.FAILED, "The job is closed. Open it first.", 1)


@pytest.mark.django_db
def test_f10_work_that_always_raises_is_tried_again_three_times_then_failed(register_work, caplog):
    runs = []

    def fail(work, actor, report):
        runs.append(work.tries)
        raise RuntimeError("ada@example.com is the trouble")

    register_work("add", fail)
    make_work("add")
    now = NOW

    for delay in WORK_DELAYS:
        assert run(now) == 1
        work = Work.objects.get()
        assert work.state == WorkState.QUEUED
        assert timedelta() <= work.due_at - (now + delay) < timedelta(seconds=10)
        assert run(now) == 0
        now = work.due_at
    run(now)

    work = Work.objects.get()
    assert runs == [1, 2, 3, 4]
    assert work.state == WorkState.FAILED
    assert "went wrong each time" in work.reason
    assert run(now + timedelta(days=1)) == 0


@pytest.mark.django_db
def test_f7_work_of_a_killed_worker_goes_on_after_its_lease(register_work):
    register_work("add", lambda work, actor, report: {})
    make_work("add")
    killed = NOW + timedelta(seconds=1)
    Work.objects.update(state=WorkState.RUNNING, tries=1, done=7, lease_until=killed, due_at=killed)

    assert run(NOW) == 0
    assert run(killed) == 1

    work = Work.objects.get()
    assert (work.state, work.tries) == (WorkState.DONE, 2)


@pytest.mark.django_db
def test_f9_work_that_kills_its_worker_every_time_ends(register_work):
    runs = []
    register_work("add", lambda work, actor, report: runs.append(1) or {})
    make_work("add")
    Work.objects.update(state=WorkState.RUNNING, tries=4, lease_until=NOW, due_at=NOW)

    run()

    work = Work.objects.get()
    assert runs == []
    assert (work.state, work.reason) == (
        WorkState.FAILED,
        "The worker stopped 4 times in the middle of this.",
    )


@pytest.mark.django_db
def test_report_renews_the_lease(register_work):
    leases = []

    def handler(work, actor, report):
        leases.append(Work.objects.get().lease_until)
        report(1, None)
        leases.append(Work.objects.get().lease_until)
        return {}

    register_work("add", handler)
    make_work("add")

    run()

    assert leases[0] >= NOW + WORK_LEASE
    assert leases[1] > leases[0]


@pytest.mark.django_db
def test_worker_that_lost_its_lease_stops_at_its_next_report_and_writes_nothing(register_work):
    went_on = []

    def handler(work, actor, report):
        if work.tries == 1:
            # Somebody else took it over meanwhile and finished it.
            run(NOW + WORK_LEASE + timedelta(seconds=5))
            with pytest.raises(WorkLost):
                report(5, None)
            report(6, None)
            went_on.append(1)
        return {"summary": f"try {work.tries}"}

    register_work("add", handler)
    make_work("add")

    run()

    work = Work.objects.get()
    assert went_on == []
    assert (work.state, work.result, work.done) == (WorkState.DONE, {"summary": "try 2"}, 0)


@pytest.mark.django_db(transaction=True)
def test_two_workers_do_one_piece_of_work_once(register_work, race_rounds):
    done = []
    register_work("add", lambda work, actor, report: done.append(work.pk) or {})

    for number in range(race_rounds):
        work = make_work("add", intent=f"race:{number}")

        outcomes = run_parallel(run, 4)

        assert sorted(outcomes) == [0, 0, 0, 1], outcomes
        assert done.count(work.pk) == 1


@pytest.mark.django_db
def test_uploaded_files_go_some_days_after_the_end(register_work):
    register_work("add", lambda work, actor, report: {})
    work = make_work("add", file=File(BytesIO(b"email\n"), "people.csv"))
    run()
    work.refresh_from_db()
    storage, name = work.file.storage, work.file.name

    assert operations.forget_old_files(now=NOW + timedelta(days=6)) == 0
    assert storage.exists(name)
    assert operations.forget_old_files(now=work.finished_at + WORK_FILE_LIFE) == 1

    assert not storage.exists(name)
    assert not Work.objects.get().file
    assert operations.forget_old_files(now=NOW + timedelta(days=9)) == 0


def test_pace_gives_way_by_time_and_not_by_number(monkeypatch):
    passed, ways = [0.0], []
    monkeypatch.setattr("outbox.operations.work.monotonic", lambda: passed[0])
    monkeypatch.setattr("outbox.operations.work.give_way", lambda: ways.append(passed[0]))
    pace = operations.Pace()

    # Many quick steps, then a few that each last.
    for seconds in [0.001] * 100 + [0.1] * 6:
        passed[0] += seconds
        pace()

    assert [round(moment, 1) for moment in ways] == [0.2, 0.4, 0.6]


@pytest.mark.django_db
def test_long_work_that_goes_on_is_a_sign_of_its_worker(register_work, monkeypatch):
    passed = [0.0]
    monkeypatch.setattr("outbox.operations.work.monotonic", lambda: passed[0])

    def slow(work, actor, report):
        for seconds in (10, 29, 31, 45, 62):
            passed[0] = seconds
            report(1)

    register_work("slow", slow)
    make_work("slow")

    with CaptureQueriesContext(connection) as queries:
        run()

    written = sum("outbox_sign" in query["sql"] for query in queries.captured_queries)
    assert (written, signs()[SignName.WORKER_MAINT].at) == (2, NOW + timedelta(seconds=62))
