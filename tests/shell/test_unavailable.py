"""Databases and disks that are full, busy or away, told apart from mistakes of ours."""

from __future__ import annotations

import errno
import json
import resource
import sqlite3
import uuid
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.test import Client, RequestFactory

from assessments.models import AnswerRevision
from candidates.models import Note
from hiring.models import Application
from outbox.models import Work
from shell.errors import sent_fields, unavailable
from shell.unavailable import RETRY_AFTER, TRIES, again_after_collision, is_unavailable
from tests.api.world import make_house, program
from tests.assessments.taking.places import make_place

CSV = b"name,email\nAda,ada@example.org\n"


def raised(*statements):
    """What SQLite raises for the last of these statements."""
    connection = sqlite3.connect(":memory:")
    *before, last = statements
    for statement in before:
        connection.execute(statement)
    with pytest.raises(sqlite3.Error) as caught:
        connection.execute(last)
    return caught.value


def test_full_and_read_only_files_are_told_from_mistakes():
    full = raised(
        "CREATE TABLE a (b)",
        "PRAGMA max_page_count = 2",
        "INSERT INTO a VALUES (randomblob(100000))",
    )
    read_only = raised("CREATE TABLE a (b)", "PRAGMA query_only = ON", "INSERT INTO a VALUES (1)")
    mistake = raised("SELECT * FROM nothing")

    assert "full" in str(full)
    assert [is_unavailable(error) for error in (full, read_only, mistake)] == [True, True, False]
    for error, answer in ((full, True), (mistake, False)):
        wrapped = OperationalError(str(error))
        wrapped.__cause__ = error
        assert is_unavailable(wrapped) is answer


@pytest.mark.parametrize(
    ("error", "answer"),
    [
        (psycopg.errors.DiskFull(), True),
        (psycopg.errors.LockNotAvailable(), True),
        (psycopg.errors.QueryCanceled(), True),
        (psycopg.errors.DeadlockDetected(), True),
        (psycopg.errors.TooManyConnections(), True),
        (psycopg.errors.AdminShutdown(), True),
        (psycopg.OperationalError("connection refused"), True),
        (psycopg.InterfaceError("the connection is closed"), True),
        (psycopg.errors.UndefinedTable(), False),
        (psycopg.errors.UniqueViolation(), False),
        (psycopg.DataError(), False),
        (OSError(errno.ENOSPC, "No space left on device"), True),
        (OSError(errno.EFBIG, "File too large"), True),
        (FileNotFoundError(errno.ENOENT, "No such file"), False),
        (ConnectionRefusedError(errno.ECONNREFUSED, "refused"), False),
        (ValueError(), False),
        (None, False),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_may_pass_by_itself_is_told_from_mistakes(error, answer):
    assert is_unavailable(error) is answer
    for wrapper in (OperationalError, InterfaceError, DatabaseError):
        if isinstance(error, psycopg.Error):
            wrapped = wrapper("words")
            wrapped.__cause__ = error
            assert is_unavailable(wrapped) is answer


def collided(kind=psycopg.errors.DeadlockDetected):
    error = OperationalError("words")
    error.__cause__ = kind()
    return error


class Operation:
    """Raises each of these errors, then works."""

    __name__ = "operation"

    def __init__(self, *errors):
        self.errors, self.calls = list(errors), 0

    def __call__(self, *, number):
        self.calls += 1
        if self.errors:
            raise self.errors.pop(0)
        return number


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", [psycopg.errors.DeadlockDetected, psycopg.errors.SerializationFailure])
def test_f15_operation_that_collided_begins_anew_three_times_at_most(kind):
    unlucky = Operation(*[collided(kind)] * (TRIES - 1))
    doomed = Operation(*[collided(kind)] * TRIES)

    assert again_after_collision(unlucky)(number=7) == 7
    with pytest.raises(OperationalError):
        again_after_collision(doomed)(number=7)

    assert (unlucky.calls, doomed.calls) == (TRIES, TRIES)


@pytest.mark.django_db(transaction=True)
def test_f15_what_another_try_cannot_mend_is_tried_once():
    error = OperationalError("words")
    error.__cause__ = psycopg.errors.LockNotAvailable()
    operation = Operation(error)

    with pytest.raises(OperationalError):
        again_after_collision(operation)(number=7)

    assert operation.calls == 1


@pytest.mark.django_db
def test_f15_collision_inside_the_callers_transaction_goes_up_to_it():
    operation = Operation(collided())

    with pytest.raises(OperationalError):
        again_after_collision(operation)(number=7)

    assert operation.calls == 1


def test_page_keeps_what_was_sent_and_escapes_it():
    sent = {"answer": ["a", "b"], "note": '"><script>', "csrfmiddlewaretoken": "t"}
    request = RequestFactory().post("/test/code/question/1/?x=1&y=2", sent)

    response = unavailable(request)

    page = response.content.decode()
    assert (response.status_code, response["Retry-After"]) == (503, str(RETRY_AFTER))
    assert response["Cache-Control"] == "no-store, private"
    assert 'action="/test/code/question/1/?x=1&amp;y=2"' in page
    assert page.count('name="answer"') == 2
    assert 'name="note" value="&quot;&gt;&lt;script&gt;"' in page


def test_passwords_and_files_are_not_put_into_a_page():
    requests = RequestFactory()

    assert sent_fields(requests.post("/", {"login": "a@b.example", "password": "secret"})) == []
    assert sent_fields(requests.post("/", {"file": SimpleUploadedFile("a.csv", b"a"), "x": "y"})) == []
    assert sent_fields(requests.get("/?x=y")) == []
    assert "secret" not in unavailable(requests.post("/", {"password": "secret"})).content.decode()
    assert "has to be given again" in unavailable(requests.post("/", {"password": "secret"})).content.decode()


def test_programs_get_json():
    requests = RequestFactory()

    asked = [
        unavailable(requests.get("/api/v1/jobs/")),
        unavailable(requests.post("/test/code/question/1/save/", headers={"accept": "application/json"})),
    ]

    assert [response["Content-Type"] for response in asked] == ["application/json"] * 2
    assert all("Try again" in json.loads(response.content)["detail"] for response in asked)


# --- A full disk ---

FULL = """
    CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        RAISE 'could not extend file: No space left on device' USING ERRCODE = 'disk_full';
    END $$
"""


@contextmanager
def full_disk():
    """No table takes more: SQLite may not grow its file, PostgreSQL raises what it raises on a full disk."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA page_count")
            (pages,) = cursor.fetchone()
            cursor.execute(f"PRAGMA max_page_count = {pages}")
            yield
            cursor.execute("PRAGMA max_page_count = 1073741823")
            return
        cursor.execute(FULL)
        for table in connection.introspection.table_names(cursor):
            cursor.execute(
                f"CREATE TRIGGER full_disk BEFORE INSERT OR UPDATE ON {table} EXECUTE FUNCTION full_disk()"
            )
        yield
        cursor.execute("DROP FUNCTION full_disk CASCADE")


def is_whole():
    """Whether the database finds nothing wrong with itself."""
    if connection.vendor != "sqlite":
        return True
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA integrity_check")
        integrity = cursor.fetchall()
        cursor.execute("PRAGMA foreign_key_check")
        return (integrity, cursor.fetchall()) == ([("ok",)], [])


def until_refused(call, limit=500):
    """Call until the room in half-filled pages is used up; return the replies."""
    replies = []
    while not replies or replies[-1].status_code != 503:
        replies.append(call())
        assert len(replies) < limit, "the disk is not full"
    return replies


@pytest.mark.django_db(transaction=True)
def test_f16_full_disk_refuses_saves_keeps_what_is_typed_and_loses_nothing():
    place = make_place()
    place.client.raise_request_exception = False
    place.start()
    shown, mine = place.places(1, ["b", "c"])

    with full_disk():
        replies = until_refused(lambda: place.save(1, ["b"]), 3000)
        form = until_refused(
            lambda: place.client.post(
                place.url("question/1/"),
                {
                    "answer": mine,
                    "shown_answer": shown,
                    "base_version": place.row(1).answer_version,
                    "page_id": str(uuid.uuid4()),
                    "go": "next",
                },
            ),
            3000,
        )
        page = place.client.get(place.url("question/1/"))
        stored = place.row(1)

    assert all(reply.json()["outcome"] == "saved" for reply in replies[:-1])
    assert replies[-1].json() == {
        "detail": "The database is busy, away or out of space. Try again in a few seconds."
    }
    assert replies[-1]["Retry-After"] == str(RETRY_AFTER)
    refused = form[-1].content.decode()
    assert f'name="answer" value="{mine}"' in refused
    assert "Send it again" in refused
    assert page.status_code == 200
    assert stored.answer_version == AnswerRevision.objects.count()
    assert is_whole()
    again = place.save(1, ["d"])
    assert (again.status_code, again.json()["outcome"]) == (200, "saved")
    assert place.row(1).answer == ["d"]


@pytest.mark.django_db(transaction=True)
def test_f16_full_disk_refuses_writes_of_colleagues_and_programs_and_goes_on_reading():
    house = make_house()
    robot = program(house.recruiter)
    client = Client(raise_request_exception=False)
    client.force_login(house.recruiter)
    application = Application.objects.filter(job=house.job).first()
    path = f"/admin/applications/{application.public_id}/"
    note = {"body": "word " * 1900, "audience": "team"}
    robot.client.raise_request_exception = False

    with full_disk():
        refused = until_refused(lambda: client.post(f"{path}note/", note))[-1]
        notes = Note.objects.count()
        by_program = until_refused(
            lambda: robot.post(
                "applications/",
                {"job": house.job.slug, "full_name": "Noor Haddad", "email": f"{uuid.uuid4()}@example.net"},
            ),
            3000,
        )[-1]
        applications = Application.objects.count()
        reads = [client.get(path), client.get("/admin/"), robot.get("jobs/"), robot.get("applications/")]

    assert refused["Retry-After"] == str(RETRY_AFTER)
    assert note["body"].strip() in refused.content.decode()
    assert by_program.json() == {
        "detail": "The database is busy, away or out of space. Try again in a few seconds."
    }
    assert by_program["Retry-After"] == str(RETRY_AFTER)
    assert [reply.status_code for reply in reads] == [200] * 4
    assert is_whole()
    assert (Note.objects.count(), Application.objects.count()) == (notes, applications)
    assert client.post(f"{path}note/", note).status_code == 302
    assert Note.objects.count() == notes + 1


@contextmanager
def full_disk_for_files():
    """No file of this process may grow beyond a few bytes, and Python ignores the signal that says so."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (9, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.django_db
def test_f16_full_disk_for_files_keeps_no_half_of_one():
    house = make_house()
    client = Client(raise_request_exception=False)
    client.force_login(house.recruiter)
    path = f"/admin/jobs/{house.job.slug}/import/"
    client.get(path)
    folder = Path(Work._meta.get_field("file").storage.path("work"))
    before = set(folder.glob("*"))

    with full_disk_for_files():
        refused = client.post(path, {"file": SimpleUploadedFile("people.csv", CSV)})

    assert refused.status_code == 503
    assert "a file or a password has to be given again" in refused.content.decode()
    assert Work.objects.count() == 0
    assert set(folder.glob("*")) == before
    assert client.post(path, {"file": SimpleUploadedFile("people.csv", CSV)}).status_code == 302
    Work.objects.get().file.delete(save=False)
