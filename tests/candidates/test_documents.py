from __future__ import annotations

import contextlib
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile

from accounts.models import Actor
from candidates.enums import DocumentKind, DocumentState, DocumentTrouble
from candidates.models import Candidate, Document, DocumentPage
from candidates.operations import (
    add_document,
    erase_person,
    export_person,
    forget_lost_documents,
    kept_file,
    store_document,
)
from candidates.operations.documents import delete_documents_of_erased
from candidates.tasks import forget_lost_documents as forget_lost_documents_now
from config.looks import looks
from outbox.models import Event
from rendering.documents.sniffing import DocumentRefused
from tests.factories.accounts import NOW, make_recruiter
from tests.factories.candidates import make_candidate, make_document
from tests.factories.files import let_be_days_old, make_docx, make_pdf, make_picture

pytestmark = pytest.mark.django_db


def erase(candidate: Candidate, callbacks: Any) -> None:
    with callbacks(execute=True):
        erase_person(candidate=candidate, by=Actor.system(), now=NOW)


def test_erasure_deletes_documents_with_their_files_and_nobody_else_s(
    django_capture_on_commit_callbacks: Any,
) -> None:
    gone, kept = (make_document(make_candidate(), content=b"%PDF-1.7") for _twice in range(2))
    page = DocumentPage.objects.create(document=gone, number=1, file="pages/1.png", width=1, height=1)

    erase(gone.candidate, django_capture_on_commit_callbacks)

    assert list(Document.objects.all()) == [kept]
    assert not DocumentPage.objects.filter(pk=page.pk).exists()
    assert not default_storage.exists(gone.file.name)
    assert default_storage.exists(kept.file.name)


def test_f25_file_cannot_be_deleted_erasure_completes_and_the_next_one_tries_again(
    django_capture_on_commit_callbacks: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = make_document(
        make_candidate(full_name="Zoë Quux"), content=b"%PDF-1.7", filename="Zoë.pdf", text="Zoë"
    )

    def refuse(name: str) -> None:
        raise PermissionError(name)

    with monkeypatch.context() as disk:
        disk.setattr(default_storage, "delete", refuse)
        erase(document.candidate, django_capture_on_commit_callbacks)

    document.refresh_from_db()
    assert (document.filename, document.text, document.digest) == ("", "", "")
    assert delete_documents_of_erased() == 1
    assert not default_storage.exists(document.file.name)


RESUME = DocumentKind.RESUME


def upload(content: bytes, name: str = "cv.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def files() -> set[str]:
    """Everything that lies in the folder of documents."""
    there = default_storage.exists("documents")
    return {f"documents/{name}" for name in default_storage.listdir("documents")[1]} if there else set()


def test_document_is_kept_privately_under_a_name_of_our_own_and_asked_to_be_read() -> None:
    candidate, recruiter = make_candidate(), make_recruiter()
    sent = make_pdf(["Ada Lovelace"])

    document = store_document(
        candidate=candidate,
        kind=RESUME,
        upload=upload(sent, 'Résumé "Ada".pdf'),
        by=Actor.of_user(recruiter),
        now=NOW,
    )

    assert document.filename == 'Résumé "Ada".pdf'
    assert (document.media_type, document.size) == ("application/pdf", len(sent))
    assert (document.state, document.due_at) == ("waiting", NOW)
    assert (document.added_by, document.created_at) == (recruiter, NOW)
    assert "Ada" not in document.file.name
    assert document.file.name.endswith(".pdf")
    assert document.file.read() == sent
    event = Event.objects.get(kind="document.added")
    assert (event.person_ref, event.actor_user_id) == (candidate.public_id, recruiter.pk)
    assert event.data == {"kind": "resume", "size": len(sent)}


def test_same_file_of_the_same_person_is_one_document_and_one_file() -> None:
    candidate, other = make_candidate(), make_candidate()
    before = files()

    first, second, others = (
        store_document(candidate=person, kind=kind, upload=upload(make_pdf()), by=None, now=NOW)
        for person, kind in ((candidate, DocumentKind.ANSWER), (candidate, RESUME), (other, RESUME))
    )

    assert first == second != others
    assert Document.objects.get(pk=first.pk).kind == RESUME
    assert files() - before == {first.file.name, others.file.name}
    assert Event.objects.filter(kind="document.added").count() == 2


def test_file_that_could_not_be_read_is_read_again_when_it_comes_again(
    django_capture_on_commit_callbacks: Any,
) -> None:
    candidate = make_candidate()
    first = store_document(candidate=candidate, kind=RESUME, upload=upload(make_pdf()), by=None, now=NOW)
    old = first.file.name
    Document.objects.filter(pk=first.pk).update(
        state=DocumentState.UNREADABLE, why=DocumentTrouble.MISSING, due_at=None, tries=3
    )

    with django_capture_on_commit_callbacks(execute=True):
        store_document(candidate=candidate, kind=RESUME, upload=upload(make_pdf()), by=None, now=NOW)

    document = Document.objects.get()
    assert (document.pk, document.state, document.why) == (first.pk, DocumentState.WAITING, "")
    assert (document.due_at, document.tries) == (NOW, 0)
    assert document.file.read() == make_pdf()
    assert not default_storage.exists(old)


def test_new_resume_takes_the_place_of_the_one_before_until_that_comes_again() -> None:
    candidate = make_candidate()
    old, new = make_pdf(["Old"]), make_pdf(["New"])
    letter = store_document(
        candidate=candidate, kind=DocumentKind.LETTER, upload=upload(make_docx(), "l.docx"), by=None, now=NOW
    )

    def current(content: bytes) -> list[Document]:
        store_document(candidate=candidate, kind=RESUME, upload=upload(content), by=None, now=NOW)
        return list(Document.objects.filter(replaced_at=None).exclude(pk=letter.pk))

    [first], [second], [third] = current(old), current(new), current(old)

    assert first == third != second
    assert Document.objects.filter(candidate=candidate).count() == 3


def test_case_36_picture_that_answers_a_question_is_made_anew() -> None:
    sent = make_picture("JPEG", place="52.5200 N 13.4050 E")

    document = store_document(
        candidate=make_candidate(), kind=DocumentKind.ANSWER, upload=upload(sent, "a.jpg"), by=None, now=NOW
    )

    kept = document.file.read()
    assert b"52.5200" in sent
    assert b"52.5200" not in kept
    assert document.size == len(kept)


def test_refused_file_leaves_neither_row_nor_file() -> None:
    before = files()

    with pytest.raises(DocumentRefused):
        store_document(
            candidate=make_candidate(), kind=RESUME, upload=upload(b"<html>", "cv.pdf"), by=None, now=NOW
        )

    assert not Document.objects.exists()
    assert files() == before


def test_f16_full_disk_leaves_neither_row_nor_half_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    before, save = files(), default_storage.save

    def half(name: str, content: Any) -> str:
        save(name, ContentFile(content.read(10)))
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(default_storage, "save", half)

    with pytest.raises(OSError, match="No space"):
        store_document(candidate=make_candidate(), kind=RESUME, upload=upload(make_pdf()), by=None, now=NOW)

    assert not Document.objects.exists()
    assert files() == before


def test_file_goes_where_what_it_belongs_to_is_not_written() -> None:
    candidate = make_candidate()
    before = files()

    with (
        contextlib.suppress(ZeroDivisionError),
        kept_file(upload=upload(make_pdf()), kind=RESUME) as kept,
    ):
        lying = files() - before
        raise ZeroDivisionError

    assert lying == {kept.name}
    assert files() == before
    with kept_file(upload=upload(make_pdf()), kind=RESUME) as kept:
        add_document(candidate=candidate, kind=RESUME, kept=kept, by=None, now=NOW)
    assert files() - before == {kept.name}


def test_large_upload_on_disk_can_be_read_again_afterwards() -> None:
    sent = make_pdf()
    large = TemporaryUploadedFile("cv.pdf", "application/pdf", len(sent), None)
    large.write(sent)

    store_document(candidate=make_candidate(), kind=RESUME, upload=large, by=None, now=NOW)

    large.seek(0)
    assert large.read() == sent


def test_export_tells_names_and_sizes_of_documents() -> None:
    candidate = make_candidate()
    store_document(candidate=candidate, kind=RESUME, upload=upload(make_pdf()), by=None, now=NOW)

    exported = export_person(candidate=candidate, by=Actor.system(), now=NOW)

    [told] = exported["candidates"][0]["documents"]
    assert told == {
        "kind": "resume",
        "name": "cv.pdf",
        "size": len(make_pdf()),
        "added_at": NOW.isoformat(),
        "text": "",
    }


def test_files_that_no_row_names_are_forgotten_and_those_of_documents_stay() -> None:
    document = store_document(
        candidate=make_candidate(), kind=RESUME, upload=upload(make_pdf()), by=None, now=NOW
    )
    lost = [
        default_storage.save(name, ContentFile(b"lost")) for name in ("documents/a.pdf", "pages/a/1-1.png")
    ]

    forget_lost_documents(before=default_storage.get_modified_time(lost[0]) - timedelta(days=1))
    young = [default_storage.exists(name) for name in lost]
    gone = forget_lost_documents()

    assert young == [True, True]
    assert gone >= len(lost)
    assert not any(default_storage.exists(name) for name in lost)
    assert default_storage.exists(document.file.name)


def test_process_killed_between_file_and_row_leaves_nothing_for_longer_than_a_day() -> None:
    document = store_document(
        candidate=make_candidate(), kind=RESUME, upload=upload(make_pdf()), by=None, now=NOW
    )
    names = ("documents/killed.pdf", "pages/killed/1-1.png", "documents/young.pdf")
    old, page, young = (default_storage.save(name, ContentFile(b"lost")) for name in names)
    for name in (old, page, document.file.name):
        let_be_days_old(name, 2)

    forget_lost_documents_now()

    assert [default_storage.exists(name) for name in (old, page, young)] == [False, False, True]
    assert default_storage.exists(document.file.name)
    assert "candidates.forget_lost_documents" in {look["task"] for look in looks().values()}
