from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from accounts.models import Actor
from candidates.enums import DocumentKind, DocumentState, DocumentTrouble
from candidates.models import Candidate, Document
from candidates.operations import erase_person, read_due_documents, reading, store_document
from candidates.operations.documents import folder_of_pages
from candidates.tasks import read_documents
from rendering.documents.frames import Page, Reading, Trouble
from rendering.documents.reader import NotRead
from tests.factories.accounts import NOW
from tests.factories.candidates import make_candidate, make_document
from tests.factories.files import make_docx, make_pdf, make_pdf_bomb

pytestmark = pytest.mark.django_db

Answer = Callable[..., Reading]


@pytest.fixture
def answer(monkeypatch: pytest.MonkeyPatch) -> Callable[[Answer], None]:
    """`answer(function)` reads in place of the process."""
    return lambda function: monkeypatch.setattr(reading, "read", function)


def waiting(candidate: Candidate | None = None, content: bytes = b"%PDF-1.7") -> Document:
    return make_document(candidate or make_candidate(), content=content, due_at=NOW)


def two_pages(*_args: Any) -> Reading:
    return Reading(text="Ada", pages=[Page(b"one", 3, 4), Page(b"two", 3, 4)], page_count=2)


def refused(trouble: Trouble, *, again: bool = False) -> Answer:
    def refuse(*_args: Any) -> Reading:
        raise NotRead(trouble, again=again)

    return refuse


def pages_lying(document: Document) -> list[str]:
    folder = folder_of_pages(document)
    return sorted(default_storage.listdir(folder)[1]) if default_storage.exists(folder) else []


def test_every_trouble_has_its_words() -> None:
    assert set(reading.WHY_NOT_READ) == set(Trouble)


def test_document_is_read_once_with_its_pages_and_words(answer: Callable[[Answer], None]) -> None:
    answer(two_pages)
    document = waiting()

    taken = [read_due_documents(now=NOW) for _twice in range(2)]

    document.refresh_from_db()
    assert taken == [1, 0]
    assert (document.state, document.why, document.text) == ("readable", "", "Ada")
    assert (document.page_count, document.due_at, document.lease_until) == (2, None, None)
    pages = document.pages.order_by("number")
    assert [(page.number, page.file.read(), page.width, page.height) for page in pages] == [
        (1, b"one", 3, 4),
        (2, b"two", 3, 4),
    ]


def test_word_and_pdf_are_read_by_the_real_process_from_upload_to_page() -> None:
    candidate = make_candidate()
    for name, content in (("cv.pdf", make_pdf(["Ada Lovelace"])), ("letter.docx", make_docx(["Dear all"]))):
        store_document(
            candidate=candidate,
            kind=DocumentKind.OTHER,
            upload=ContentFile(content, name=name),
            by=None,
            now=NOW,
        )

    read_documents()

    read = Document.objects.order_by("pk").values_list("state", "text", "page_count")
    assert list(read) == [("readable", "Ada Lovelace", 1), ("readable", "Dear all", 0)]


@pytest.mark.parametrize(
    ("what", "why"),
    [
        (Reading(text="", pages=[Page(b"one", 3, 4)], page_count=1), DocumentTrouble.NO_TEXT),
        (Reading(text="Ada", pages=[Page(b"one", 3, 4)], page_count=11), DocumentTrouble.TOO_MANY_PAGES),
    ],
)
def test_what_is_not_all_of_a_document_says_so(
    answer: Callable[[Answer], None], what: Reading, why: DocumentTrouble
) -> None:
    answer(lambda *_args: what)
    document = waiting()

    read_due_documents(now=NOW)

    document.refresh_from_db()
    assert (document.state, document.why) == (DocumentState.READABLE, why)


def test_document_that_cannot_be_read_is_given_up_at_once(answer: Callable[[Answer], None]) -> None:
    answer(refused(Trouble.LOCKED))
    document = waiting()

    read_due_documents(now=NOW)

    document.refresh_from_db()
    assert (document.state, document.why, document.due_at) == ("unreadable", "locked", None)
    assert read_due_documents(now=NOW + timedelta(days=1)) == 0


def test_document_whose_reader_was_stopped_is_tried_again_later_and_then_given_up(
    answer: Callable[[Answer], None],
) -> None:
    answer(refused(Trouble.TOO_SLOW, again=True))
    document = waiting()
    moment, states = NOW, []

    for _each in range(3):
        taken = read_due_documents(now=moment)
        document.refresh_from_db()
        states.append((taken, document.state))
        moment = document.due_at or moment

    assert states == [(1, "waiting"), (1, "waiting"), (1, "unreadable")]
    assert document.why == DocumentTrouble.TOO_SLOW
    assert moment > NOW


def test_f9_document_that_takes_its_worker_down_is_given_up_and_the_next_one_is_read(
    answer: Callable[[Answer], None],
) -> None:
    class Killed(BaseException):
        """Nothing catches it, as nothing catches the end of a process."""

    poison, other = waiting(), waiting()
    readers: list[int] = []

    def kill(file: Any, _kind: Any) -> Reading:
        if file.name.endswith(poison.file.name):
            readers.append(1)
            raise Killed
        return two_pages()

    answer(kill)
    moment = NOW
    for _each in range(10):
        try:
            while read_due_documents(now=moment, limit=1):
                pass
        except Killed:
            moment += reading.READING_LEASE + timedelta(seconds=1)

    poison.refresh_from_db()
    other.refresh_from_db()
    assert len(readers) == 3
    assert (poison.state, poison.why) == (DocumentState.UNREADABLE, DocumentTrouble.FAILED)
    assert other.state == DocumentState.READABLE


def test_f25_document_whose_file_is_missing_says_so(answer: Callable[[Answer], None]) -> None:
    answer(two_pages)
    document = waiting()
    document.file.storage.delete(document.file.name)

    read_due_documents(now=NOW)

    document.refresh_from_db()
    assert (document.state, document.why) == ("unreadable", "missing")


def test_trouble_of_the_machine_is_logged_and_tried_again(
    answer: Callable[[Answer], None], caplog: pytest.LogCaptureFixture
) -> None:
    def full(*_args: Any) -> Reading:
        raise OSError(28, "No space left on device")

    answer(full)
    document = make_document(
        make_candidate(full_name="Zoë Quux"), content=b"%PDF", filename="Zoë.pdf", due_at=NOW
    )

    with caplog.at_level(logging.ERROR):
        read_due_documents(now=NOW)

    document.refresh_from_db()
    assert document.state == "waiting"
    assert document.due_at >= NOW + reading.READING_DELAYS[0]
    assert f"Document {document.pk} could not be read." in caplog.text
    assert "Zoë" not in caplog.text


def test_slow_reader_whose_lease_is_over_leaves_what_the_next_one_wrote(
    answer: Callable[[Answer], None],
) -> None:
    later = NOW + reading.READING_LEASE + timedelta(seconds=1)

    def slow(*_args: Any) -> Reading:
        answer(two_pages)
        read_due_documents(now=later)
        return Reading(text="late", pages=[Page(b"late", 3, 4)], page_count=1)

    answer(slow)
    document = waiting()

    read_due_documents(now=NOW)

    document.refresh_from_db()
    assert document.text == "Ada"
    assert [page.file.read() for page in document.pages.order_by("number")] == [b"one", b"two"]
    assert len(pages_lying(document)) == 2


def test_pages_of_a_reader_that_died_are_gone_with_the_next_one(answer: Callable[[Answer], None]) -> None:
    answer(two_pages)
    document = waiting()
    document.tries = 1
    document.save(update_fields=["tries"])
    for name in ("1-1.png", "1-7.png"):
        default_storage.save(f"{folder_of_pages(document)}/{name}", ContentFile(b"left"))

    read_due_documents(now=NOW)

    assert pages_lying(document) == ["2-1.png", "2-2.png"]


def test_erasure_while_a_document_is_read_leaves_nothing_of_it(
    answer: Callable[[Answer], None], django_capture_on_commit_callbacks: Any
) -> None:
    document = waiting()

    def erased(*_args: Any) -> Reading:
        with django_capture_on_commit_callbacks(execute=True):
            erase_person(candidate=document.candidate, by=Actor.system(), now=NOW)
        return two_pages()

    answer(erased)

    read_due_documents(now=NOW)

    assert not Document.objects.filter(pk=document.pk).exists()
    assert pages_lying(document) == []
    assert not default_storage.exists(document.file.name)


def test_erasure_deletes_pages_with_their_folder(
    answer: Callable[[Answer], None], django_capture_on_commit_callbacks: Any
) -> None:
    answer(two_pages)
    document = waiting()
    read_due_documents(now=NOW)

    with django_capture_on_commit_callbacks(execute=True):
        erase_person(candidate=document.candidate, by=Actor.system(), now=NOW)

    assert not default_storage.exists(folder_of_pages(document))


def test_case_35_pdf_bomb_is_given_up_or_empty_and_harms_nobody() -> None:
    bomb, other = waiting(content=make_pdf_bomb()), waiting(content=make_pdf())

    while read_due_documents(now=NOW):
        pass

    bomb.refresh_from_db()
    other.refresh_from_db()
    assert bomb.state in (DocumentState.UNREADABLE, DocumentState.READABLE)
    assert bomb.text == ""
    assert other.text == "Ada Lovelace"
