"""People who come in without a job, and imports whose machine fails."""

from functools import partial

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import OperationalError

from accounts.models import Actor
from candidates.models import Candidate, Note
from candidates.operations import find_or_add_candidate
from hiring import operations
from hiring.models import Application
from hiring.operations.importing import do_import, writing
from outbox.enums import WorkState
from outbox.models import Notification, Work
from outbox.operations import run_due_work
from tests.factories.accounts import NOW, make_recruiter, make_user
from tests.factories.hiring import SYSTEM, make_job, make_manager, make_read_file
from tests.hiring.operations.files import IDS, WITH_IDS, bring, check, places


@pytest.fixture(autouse=True)
def _today(freeze):
    freeze(NOW)


@pytest.mark.django_db
def test_people_without_a_job_come_in_once_and_apply_for_nothing():
    recruiter = make_recruiter()
    by = Actor.of_user(recruiter)
    find_or_add_candidate(full_name="Bea Known", email="bea@example.com", by=by, now=NOW)
    text = "name,email,tags,note\nAda,ada@example.com,fair,Met at the fair\nBea,bea@example.com,fair,Too\n"
    mapping = {"A": "name", "B": "email", "C": "tags", "D": "note"}

    first = bring(None, text, mapping, by=by)
    again = bring(None, text, mapping, by=by)

    assert (first["new"], first["unchanged"], again["new"], again["unchanged"]) == (1, 1, 0, 2)
    assert places(first["remarks"]["rows"]) == [(3, "name"), (3, "tags"), (3, "note")]
    assert Application.objects.count() == 0
    assert Candidate.objects.count() == 2
    assert list(Note.objects.values_list("body", "audience")) == [("note: Met at the fair", "team")]
    assert set(Candidate.objects.get(full_name="Ada").tags.values_list("name", flat=True)) == {"fair"}


@pytest.mark.django_db
def test_a_worker_that_died_after_adding_people_tells_the_truth_when_it_runs_again():
    work = operations.queue_import(
        job=None, file=make_read_file(None).file, by=SYSTEM, now=NOW, dry_run=False
    )
    Work.objects.filter(pk=work.pk).update(
        arguments=work.arguments | {"columns": {"A": "name", "B": "email"}}
    )
    work.refresh_from_db()
    run = partial(do_import, work, SYSTEM, lambda done, total: None, now=NOW)

    assert [run()["new"], run()["new"]] == [1, 1]
    assert Candidate.objects.count() == 1


@pytest.mark.django_db
def test_people_without_a_job_are_for_recruiters():
    job = make_job()
    for user in (make_user(), make_manager(job)):
        with pytest.raises(PermissionDenied):
            make_read_file(None, by=Actor.of_user(user))


@pytest.mark.django_db
def test_f16_full_disk_leaves_neither_row_nor_half_a_file(monkeypatch):
    job = make_job()
    checked = check(job, WITH_IDS, IDS)

    save = default_storage.save

    def half(name, content, max_length=None):
        save(name, ContentFile(content.read(10)))
        raise OSError(28, "No space left on device")

    before = set(default_storage.listdir("work")[1])
    with monkeypatch.context() as patched:
        patched.setattr(default_storage, "save", half)
        with pytest.raises(OSError, match="No space"):
            operations.confirm_import(check=checked, by=SYSTEM, now=NOW)

    assert set(default_storage.listdir("work")[1]) == before
    assert not Work.objects.filter(kind="hiring.import").exists()
    assert operations.confirm_import(check=checked, by=SYSTEM, now=NOW).state == WorkState.QUEUED


@pytest.mark.django_db
def test_f16_database_that_fills_up_in_the_middle_leaves_no_half_and_goes_on_with_room(monkeypatch):
    recruiter = make_recruiter()
    job = make_job(recruiter=recruiter)
    work = operations.confirm_import(check=check(job, WITH_IDS, IDS), by=SYSTEM, now=NOW)
    monkeypatch.setattr(writing, "CHUNK", 2)
    add_tags, calls = writing.add_tags, []

    def full(**fields):
        calls.append(fields)
        if len(calls) > 1:
            raise OperationalError("database or disk is full")
        return add_tags(**fields)

    with monkeypatch.context() as patched:
        patched.setattr(writing, "add_tags", full)
        run_due_work(now=NOW)

    work.refresh_from_db()
    # The first part is whole; of the second there is nothing, not even its person.
    assert (Application.objects.count(), Candidate.objects.count()) == (2, 2)
    assert (work.state, work.done) == (WorkState.QUEUED, 2)
    assert not Notification.objects.filter(kind="application_new").exists()
    run_due_work(now=work.due_at)
    work.refresh_from_db()
    assert (work.state, work.result["new"], work.result["unchanged"]) == (WorkState.DONE, 3, 0)
    assert Application.objects.filter(job=job).count() == Candidate.objects.count() == 3
    assert Notification.objects.get(user=recruiter, kind="application_new").count == 3


@pytest.mark.django_db
def test_a_name_may_stand_in_two_columns():
    text = "First name,Surname,E-Mail\nAda,Lovelace,ada@example.com\nBao,,bao@example.com\n,,cy@example.com\n"
    mapping = {"A": "first_name", "B": "last_name", "C": "email"}

    wrong = check(None, text, mapping)
    bring(None, text.replace(",,cy@example.com\n", ""), mapping)

    assert places(wrong.result["problems"]) == [(4, "First name")]
    assert set(Candidate.objects.values_list("full_name", flat=True)) == {"Ada Lovelace", "Bao"}


@pytest.mark.django_db
def test_columns_that_are_left_out_are_wrong_in_nothing_and_rows_that_slipped_still_are():
    text = f"name,email,Email,,essay\nAda,ada@example.com,a@example.com,x,{'e' * 10_001}\n"
    mapping = {"A": "name", "B": "email", "E": ""}

    read = make_read_file(None, text=text)
    slipped = check(None, text + "Bea,bea@example.com,,,,one,two\n", mapping)
    bring(None, text, mapping)

    assert ["column C (Email)" in words for words in read.result["warnings"]] == [True, False]
    assert "column D" in read.result["warnings"][1]
    assert [problem["row"] for problem in slipped.result["problems"]] == [3, 3]
    assert Candidate.objects.get().full_name == "Ada"
