from __future__ import annotations

from typing import Any

import pytest
from django.core.files.storage import default_storage

from accounts.models import Actor
from candidates.models import Candidate, Document, DocumentPage
from candidates.operations import erase_person
from candidates.operations.documents import delete_documents_of_erased
from tests.factories.accounts import NOW
from tests.factories.candidates import make_candidate, make_document

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
