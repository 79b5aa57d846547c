"""Lists as files that a worker makes, whatever is listed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from accounts.enums import Role
from accounts.models import Actor
from outbox import operations
from outbox.models import Event, Work
from outbox.operations import Table, export_handler, queue_export
from outbox.operations.work import keep_file
from outbox.rules import WORK_FILE_LIFE
from tests.factories.accounts import make_user
from tests.factories.questions import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def make(register_work):
    """Asks for a file with `rows` of one column, made at once."""

    def ask(user, rows=(("Ada",),), form="csv") -> Work:
        register_work("list", export_handler(lambda work, actor, report: Table(["Name"], list(rows), "List")))
        work = queue_export(
            kind="list",
            name="people",
            format=form,
            arguments={},
            back={"url": "/admin/mail/", "label": "Back"},
            intent=str(Work.objects.count()),
            by=Actor.of_user(user),
            now=NOW,
        )
        operations.run_due_work(now=NOW)
        work.refresh_from_db()
        return work

    return ask


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def fetch(client: Client, work: Work):
    return client.post(reverse("outbox:work-file", args=[work.public_id]))


def test_who_asked_fetches_the_file_which_runs_nothing_and_the_history_says_so(make) -> None:
    user = make_user(Role.RECRUITER)
    client, work = signed_in(user), make(user, [("=1+1",), ("Ada",)])

    page = client.get(reverse("outbox:work", args=[work.public_id])).content.decode()
    response = fetch(client, work)

    assert "Download people.csv" in page
    assert "2 rows" in page
    assert b"".join(response.streaming_content).decode("utf-8-sig") == '"Name"\r\n"\'=1+1"\r\n"Ada"\r\n'
    assert response["Content-Disposition"] == 'attachment; filename="people.csv"'
    assert "no-store" in response["Cache-Control"]
    assert Event.objects.get(kind="work.file_fetched").about_id == work.pk


def test_nobody_else_fetches_it_though_administrators_see_that_it_was_made(make) -> None:
    work = make(make_user(Role.RECRUITER))
    administrator = signed_in(make_user(Role.ADMINISTRATOR))

    page = administrator.get(reverse("outbox:work", args=[work.public_id])).content.decode()

    assert "Nobody but who asked for the file can fetch it." in page
    assert "Download" not in page
    assert fetch(administrator, work).status_code == 403
    assert fetch(signed_in(make_user(Role.RECRUITER)), work).status_code == 404
    assert fetch(Client(), work).status_code == 302
    assert not Event.objects.filter(kind="work.file_fetched").exists()


def test_looking_fetches_nothing(make) -> None:
    user = make_user(Role.RECRUITER)
    work = make(user)

    assert signed_in(user).get(reverse("outbox:work-file", args=[work.public_id])).status_code == 405


def test_file_is_deleted_after_its_days_and_its_page_says_so(make) -> None:
    user = make_user(Role.RECRUITER)
    client, work = signed_in(user), make(user)
    storage, name = work.file.storage, work.file.name

    kept = operations.forget_old_files(now=work.finished_at + WORK_FILE_LIFE - timedelta(minutes=1))
    still = storage.exists(name)
    operations.forget_old_files(now=work.finished_at + WORK_FILE_LIFE)
    response = client.post(reverse("outbox:work-file", args=[work.public_id]), follow=True)

    assert (kept, still, storage.exists(name)) == (0, True, False)
    assert response.redirect_chain[0][0] == reverse("outbox:work", args=[work.public_id])
    assert "The file was deleted meanwhile. Ask for it again." in response.content.decode()


def test_erasing_somebody_deletes_the_files_that_were_made(make, django_capture_on_commit_callbacks) -> None:
    work = make(make_user(Role.RECRUITER))
    storage, name = work.file.storage, work.file.name

    with django_capture_on_commit_callbacks(execute=True):
        operations.redact_person(person_ref="abcdefghijklmnop", now=NOW)

    assert not storage.exists(name)


def test_a_file_that_is_made_while_somebody_is_erased_is_made_again(
    register_work, django_capture_on_commit_callbacks
) -> None:
    names = ["Ada"]

    def table(work, actor, report) -> Table:
        read = list(names)
        if names:
            names.clear()
            with django_capture_on_commit_callbacks(execute=True):
                operations.redact_person(person_ref="abcdefghijklmnop", now=NOW)
        return Table(["Name"], [[name] for name in read], "List")

    register_work("list", export_handler(table))
    queue_export(
        kind="list",
        name="people",
        format="csv",
        arguments={},
        back={},
        intent="once",
        by=Actor.of_user(make_user(Role.RECRUITER)),
        now=NOW,
    )
    operations.run_due_work(now=NOW)
    between = Work.objects.get()
    operations.run_due_work(now=NOW)
    after = Work.objects.get()

    assert (between.state, bool(between.file)) == ("queued", False)
    assert after.state == "done"
    assert b"Ada" not in after.file.read()


def test_an_uploaded_file_is_nobodys_download(register_work) -> None:
    user = make_user(Role.RECRUITER)
    register_work("add", lambda work, actor, report: {})
    work = operations.queue_work(kind="add", intent="add", arguments={}, by=Actor.of_user(user), now=NOW)

    assert fetch(signed_in(user), work).status_code == 403


def test_f7_a_second_try_leaves_one_file_and_a_lost_work_none(make, tmp_path, settings) -> None:
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path)},
        }
    }
    work = make(make_user(Role.RECRUITER))
    Work.objects.update(state="queued", due_at=NOW, finished_at=None, lease_until=None)
    operations.run_due_work(now=NOW)
    work.refresh_from_db()
    after_two = [path for path in tmp_path.rglob("*") if path.is_file()]

    # The work ended, so whoever is late with it keeps nothing.
    with pytest.raises(operations.WorkLost):
        keep_file(work=work, file=work.file.open("rb"))

    assert len(after_two) == 1
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == after_two


def test_words_and_moments_are_as_who_asked_reads_them(register_work) -> None:
    seen = []

    def table(work, actor, report) -> Table:
        seen.append((translation.get_language(), timezone.get_current_timezone_name()))
        return Table(["Name"], [], "List")

    register_work("list", export_handler(table))
    with translation.override("de"), timezone.override("Asia/Tokyo"):
        queue_export(
            kind="list",
            name="people",
            format="xlsx",
            arguments={},
            back={},
            intent="once",
            by=Actor.of_user(make_user(Role.RECRUITER)),
            now=NOW,
        )
    operations.run_due_work(now=NOW)

    assert seen == [("de", "Asia/Tokyo")]
    assert Work.objects.get().file_name == "people.xlsx"


def test_a_program_asks_for_no_file() -> None:
    with pytest.raises(PermissionDenied):
        queue_export(
            kind="list",
            name="people",
            format="csv",
            arguments={},
            back={},
            intent="once",
            by=Actor.system(),
            now=NOW,
        )
