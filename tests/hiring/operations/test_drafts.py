"""Résumés that are dropped on a job: one draft each, read, looked over, added or discarded."""

from __future__ import annotations

import errno
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import Actor
from candidates.enums import DocumentKind, DocumentState
from candidates.models import Candidate, Document
from candidates.operations import erase_person
from hiring.enums import ApplicationStatus, DraftState
from hiring.models import Application, ApplicationDocument, Job, ResumeDraft
from hiring.operations import (
    ApplyRefused,
    DraftRefused,
    DroppedResumes,
    JobRefused,
    close_job,
    discard_draft,
    draft_reading,
    drop_resumes,
    forget_drafts,
    read_due_drafts,
    use_draft,
)
from hiring.tasks import read_drafts
from outbox.models import Event
from rendering.documents.frames import Reading, Trouble
from rendering.documents.reader import NotRead
from tests.factories.accounts import NOW, actor, make_recruiter
from tests.factories.documents import make_draft
from tests.factories.files import make_docx, make_pdf
from tests.factories.hiring import SYSTEM, make_application, make_job, make_manager, set_status
from tests.servers.parallel import run_parallel

pytestmark = pytest.mark.django_db


def pdf(name: str = "cv.pdf", words: str = "Ada") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, make_pdf([words]))


def drop(job: Job, *files: SimpleUploadedFile, by: Actor = SYSTEM) -> DroppedResumes:
    return drop_resumes(job=job, uploads=files, by=by, now=NOW)


def use(draft: ResumeDraft, **fields: Any) -> tuple[Application, bool]:
    values = {"full_name": draft.full_name, "email": draft.email, "by": SYSTEM, "now": NOW}
    return use_draft(draft=draft, **(values | fields))


def lying(folder: str) -> set[str]:
    there = default_storage.exists(folder)
    return {f"{folder}/{name}" for name in default_storage.listdir(folder)[1]} if there else set()


@pytest.fixture
def answer(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[..., Reading]], None]:
    """`answer(function)` reads in place of the process."""
    return lambda function: monkeypatch.setattr(draft_reading, "read", function)


def test_each_file_is_a_draft_and_the_same_file_is_one() -> None:
    recruiter = make_recruiter()
    job, other = make_job(recruiter=recruiter), make_job(recruiter=recruiter)
    before = lying("drafts")

    first = drop(
        job, pdf("ada.pdf", "Ada"), pdf("bob.pdf", "Bob"), pdf("again.pdf", "Ada"), by=actor(recruiter)
    )
    again = drop(job, pdf("renamed.pdf", "Bob"))
    elsewhere = drop(other, pdf("bob.pdf", "Bob"))

    assert [draft.filename for draft in first.made] == ["ada.pdf", "bob.pdf"]
    assert first.known == first.made[:1]
    assert [draft.filename for draft in again.known] == ["bob.pdf"]
    assert (len(again.made), len(elsewhere.made)) == (0, 1)
    assert {draft.created_by for draft in first.made} == {recruiter}
    assert {draft.state for draft in first.made} == {DraftState.READING}
    kept = {draft.file.name for draft in (*first.made, *elsewhere.made)}
    assert lying("drafts") - before == kept
    assert not any("ada" in name or "bob" in name for name in kept)
    event = Event.objects.get(kind="job.drafts_made", about_id=job.pk)
    assert sorted(event.data["drafts"]) == sorted(draft.pk for draft in first.made)
    assert not Candidate.objects.exists()


def test_what_is_no_resume_is_named_and_does_not_keep_the_others_back() -> None:
    job, before = make_job(), lying("drafts")

    dropped = drop(
        job, pdf("ada.pdf"), SimpleUploadedFile("cv.exe", b"MZ"), SimpleUploadedFile("evil.pdf", b"<html>")
    )

    assert [draft.filename for draft in dropped.made] == ["ada.pdf"]
    [kind, content] = dropped.refused
    assert "“cv.exe” is of a kind" in kind
    assert "“evil.pdf” is called a PDF, but holds something else." in content
    assert len(lying("drafts") - before) == 1


def test_f16_full_disk_leaves_no_half_a_file_and_names_what_found_no_room(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    job, before, save = make_job(), lying("drafts"), default_storage.save
    calls: list[str] = []

    def full(name: str, content: Any) -> str:
        calls.append(name)
        if len(calls) == 1:
            return save(name, content)
        save(name, ContentFile(content.read(10)))
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(default_storage, "save", full)

    dropped = drop(job, pdf("ada.pdf", "Ada"), pdf("bob.pdf", "Bob"))

    assert [draft.filename for draft in dropped.made] == ["ada.pdf"]
    assert len(dropped.refused) == 1
    assert "no room to keep “bob.pdf”" in dropped.refused[0]
    assert lying("drafts") - before == {dropped.made[0].file.name}


def test_more_than_at_once_and_more_than_wait_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hiring.operations.drafts.MOST_AT_ONCE", 2)
    monkeypatch.setattr("hiring.operations.drafts.MOST_WAITING", 3)
    job = make_job()

    first = drop(job, *(pdf(f"{number}.pdf", f"first {number}") for number in range(3)))
    second = drop(job, *(pdf(f"{number}.pdf", f"second {number}") for number in range(2)))

    assert (len(first.made), len(second.made)) == (2, 1)
    assert "“2.pdf” was not taken: at most 2 files at once." in first.refused[0]
    assert "“1.pdf” was not taken: 3 drafts wait already." in second.refused[0]


def test_only_who_adds_people_drops_and_a_closed_job_takes_none() -> None:
    job = make_job()
    manager, elsewhere = make_manager(job), make_recruiter()
    draft = make_draft(job)

    for by in (actor(manager), actor(elsewhere)):
        for act in (
            lambda by=by: drop(job, pdf(words="Bob"), by=by),
            lambda by=by: use(draft, by=by),
            lambda by=by: discard_draft(draft=draft, by=by, now=NOW),
        ):
            with pytest.raises(PermissionDenied):
                act()
    close_job(job=job, by=SYSTEM, now=NOW)
    with pytest.raises(JobRefused):
        drop(job, pdf(words="Bob"))

    assert list(ResumeDraft.objects.values_list("state", flat=True)) == [DraftState.READY]
    assert not Application.objects.exists()


def test_files_are_read_by_the_real_process_and_guessed_from() -> None:
    words = ["Curriculum vitae", "ADA LOVELACE", "ada@example.org", "Phone: +44 20 7946 0000"]
    drop(make_job(), SimpleUploadedFile("ada.docx", make_docx(words)), pdf("grace_hopper_cv.pdf", "Navy"))

    read_drafts()

    found = ResumeDraft.objects.order_by("filename").values_list("state", "full_name", "email", "phone")
    assert list(found) == [
        ("ready", "Ada Lovelace", "ada@example.org", "+44 20 7946 0000"),
        ("ready", "Grace Hopper", "", ""),
    ]


@pytest.mark.parametrize(
    ("refusal", "state", "why", "due"),
    [
        (NotRead(Trouble.LOCKED), DraftState.FAILED, "locked", None),
        (NotRead(Trouble.STOPPED, again=True), DraftState.READING, "", NOW + timedelta(minutes=1)),
        (FileNotFoundError(), DraftState.FAILED, "missing", None),
        (ZeroDivisionError(), DraftState.READING, "", NOW + timedelta(minutes=1)),
    ],
)
def test_draft_that_cannot_be_read_says_why_or_is_tried_again(
    answer: Callable[..., None], refusal: Exception, state: DraftState, why: str, due: Any
) -> None:
    def refuse(*_args: Any) -> Reading:
        raise refusal

    answer(refuse)
    drop(make_job(), pdf("ada-lovelace.pdf"))

    assert [read_due_drafts(now=NOW) for _twice in range(2)] == [1, 0]

    draft = ResumeDraft.objects.get()
    assert (draft.state, draft.why) == (state, why)
    assert (draft.due_at is None) == (due is None)
    assert due is None or draft.due_at >= due
    # What its name says is offered all the same.
    assert draft.full_name == ("Ada Lovelace" if state == DraftState.FAILED else "")


def test_file_that_takes_the_worker_down_is_given_up_at_the_fourth_try(answer: Callable[..., None]) -> None:
    def die(*_args: Any) -> Reading:
        raise SystemExit

    answer(die)
    drop(make_job(), pdf())
    for number in range(3):
        with pytest.raises(SystemExit):
            read_due_drafts(now=NOW + timedelta(hours=number))

    assert read_due_drafts(now=NOW + timedelta(hours=3)) == 1
    draft = ResumeDraft.objects.get()
    assert (draft.state, draft.why) == (DraftState.FAILED, "failed")
    assert read_due_drafts(now=NOW + timedelta(hours=4)) == 0


def test_what_was_read_of_a_draft_that_was_used_meanwhile_is_written_nowhere(
    answer: Callable[..., None],
) -> None:
    [draft] = drop(make_job(), pdf()).made

    def slow(*_args: Any) -> Reading:
        use(draft, full_name="Ada Lovelace", email="ada@example.org")
        return Reading(text="Ada Lovelace", pages=[], page_count=0)

    answer(slow)
    read_due_drafts(now=NOW)

    draft.refresh_from_db()
    assert (draft.state, draft.text, draft.full_name) == (DraftState.USED, "", "")


def test_adding_makes_person_application_and_document_and_takes_the_file(
    django_capture_on_commit_callbacks: Any,
) -> None:
    recruiter = make_recruiter()
    job = make_job(recruiter=recruiter)
    draft = make_draft(job)
    held = draft.file.read()
    draft.file.close()

    with django_capture_on_commit_callbacks(execute=True):
        application, is_new = use(draft, full_name="Ada King", phone="030 1234567", by=actor(recruiter))

    document = Document.objects.get()
    assert is_new
    assert (application.candidate.full_name, application.candidate.phone) == ("Ada King", "030 1234567")
    assert (document.candidate, document.kind) == (application.candidate, DocumentKind.RESUME)
    assert (document.filename, document.state) == ("cv.pdf", DocumentState.WAITING)
    assert (document.added_by, document.file.read()) == (recruiter, held)
    assert ApplicationDocument.objects.get().application == application
    name, used = draft.file.name, ResumeDraft.objects.get()
    assert not default_storage.exists(name)
    assert (used.state, used.application, used.file.name) == (DraftState.USED, application, "")
    assert (used.filename, used.full_name, used.email, used.text) == ("", "", "", "")
    # The same file again leads to what became of it.
    assert [known.application for known in drop(job, pdf()).known] == [application]


def test_known_address_gets_the_application_and_a_live_one_gets_the_resume() -> None:
    job = make_job()
    known = make_application(email="ada@example.org").candidate
    application, _is_new = use(make_draft(job))

    again, is_new = use(make_draft(job, words="Newer"))

    assert application.candidate == known
    assert (again, is_new) == (application, False)
    ties = ApplicationDocument.objects.filter(application=application).order_by("pk")
    assert [tie.document.replaced_at is None for tie in ties] == [False, True]


def test_refused_draft_stays_as_it_was_with_its_file() -> None:
    job = make_job()
    over = make_application(job, email="ada@example.org")
    set_status(over, ApplicationStatus.REJECTED)
    draft = make_draft(job)
    before = lying("documents")

    with pytest.raises(ApplyRefused):
        use(draft)
    with pytest.raises(ValidationError):
        use(draft, email="nobody")
    kept = ResumeDraft.objects.get()
    application, is_new = use(draft, again_reason="They called")

    assert (kept.state, kept.full_name) == (DraftState.READY, "Ada Lovelace")
    assert (is_new, application.previous) == (True, over)
    assert len(lying("documents") - before) == 1


def test_draft_whose_file_is_gone_says_so_and_is_discarded(django_capture_on_commit_callbacks: Any) -> None:
    draft = make_draft(make_job())
    default_storage.delete(draft.file.name)

    with pytest.raises(DraftRefused) as missing:
        use(draft)
    with django_capture_on_commit_callbacks(execute=True):
        discard_draft(draft=draft, by=SYSTEM, now=NOW)
    with pytest.raises(DraftRefused) as discarded:
        use(draft)

    assert (missing.value.code, discarded.value.code) == ("missing", "discarded")
    assert not ResumeDraft.objects.exists()


def test_discarding_deletes_the_file_and_a_disk_that_refuses_is_asked_again(
    django_capture_on_commit_callbacks: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = make_job()
    first, second = make_draft(job, words="One"), make_draft(job, words="Two")

    def refuse(name: str) -> None:
        raise PermissionError(name)

    with django_capture_on_commit_callbacks(execute=True):
        discard_draft(draft=first, by=SYSTEM, now=NOW)
    with monkeypatch.context() as disk, django_capture_on_commit_callbacks(execute=True):
        disk.setattr(default_storage, "delete", refuse)
        discard_draft(draft=second, by=SYSTEM, now=NOW)
    waits = ResumeDraft.objects.get()

    assert (waits.state, waits.filename, waits.full_name) == (DraftState.DROPPED, "", "")
    assert forget_drafts(now=NOW) == 1
    assert not {first.file.name, second.file.name} & lying("drafts")
    assert Event.objects.filter(kind="job.draft_discarded").count() == 2
    # It may be dropped anew.
    assert len(drop(job, pdf(words="One")).made) == 1


def test_drafts_that_nobody_looked_over_in_a_month_go_with_their_files() -> None:
    job = make_job()
    old, used, young = (make_draft(job, words=words) for words in ("Old", "Used", "Young"))
    use(used)
    ResumeDraft.objects.filter(pk__in=[old.pk, used.pk]).update(created_at=NOW - timedelta(days=30))

    assert forget_drafts(now=NOW) == 2

    assert list(ResumeDraft.objects.all()) == [young]
    assert not default_storage.exists(old.file.name)
    assert default_storage.exists(young.file.name)


def test_erasure_takes_drafts_that_name_the_person_and_what_became_of_theirs(
    django_capture_on_commit_callbacks: Any,
) -> None:
    job = make_job()
    used, named, other = (make_draft(job, words=words) for words in ("Used", "Named", "Other"))
    application, _is_new = use(used)
    ResumeDraft.objects.filter(pk=named.pk).update(email="", full_name="", text="Write to ada@example.org")
    ResumeDraft.objects.filter(pk=other.pk).update(email="bob@example.org", full_name="Bob Byte")

    with django_capture_on_commit_callbacks(execute=True):
        erase_person(candidate=application.candidate, by=SYSTEM, now=NOW)

    assert list(ResumeDraft.objects.all()) == [other]
    assert not default_storage.exists(named.file.name)
    assert default_storage.exists(other.file.name)


@pytest.mark.django_db(transaction=True)
def test_two_who_add_one_draft_at_once_make_one_application() -> None:
    draft = make_draft(make_job())

    outcomes = run_parallel(lambda: use(ResumeDraft.objects.get(pk=draft.pk)), 2)

    refused = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    assert [type(refusal) for refusal in refused] == [DraftRefused]
    assert Application.objects.count() == 1
    assert Document.objects.count() == 1
    assert ResumeDraft.objects.get().state == DraftState.USED
