"""Each of these starts the real process, so they are few."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from rendering.documents import reader
from rendering.documents.frames import MOST_LETTERS, BrokenOffError, Trouble, heard
from rendering.documents.reader import NotRead, read
from rendering.documents.reading import WIDEST
from rendering.documents.sniffing import Kind
from tests.factories.files import make_docx, make_locked_pdf, make_pdf, make_picture


def trouble(content: bytes, kind: Kind) -> Trouble:
    with pytest.raises(NotRead) as refused:
        read(io.BytesIO(content), kind)
    assert not refused.value.again
    return refused.value.trouble


def test_pdf_becomes_pictures_of_its_first_pages_and_their_words() -> None:
    reading = read(io.BytesIO(make_pdf([f"Page number {number}" for number in range(1, 13)])), Kind.PDF)

    assert reading.page_count == 12
    assert len(reading.pages) == 10
    assert reading.text.split("\n\n") == [f"Page number {number}" for number in range(1, 11)]
    [first] = reading.pages[:1]
    with Image.open(io.BytesIO(first.content)) as picture:
        assert (picture.format, picture.size) == ("PNG", (first.width, first.height))
        assert len(picture.convert("L").getcolors() or []) > 1
    assert WIDEST - 2 <= first.width <= WIDEST


def test_word_document_becomes_its_paragraphs_without_what_was_deleted() -> None:
    body = (
        "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>In a table</w:t><w:tab/><w:t>too</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
        "<w:p><w:del><w:r><w:t>deleted</w:t></w:r></w:del><w:r><w:t>kept\u202e</w:t></w:r></w:p><w:p/>"
    )

    reading = read(io.BytesIO(make_docx(["Ada Lovelace", "Zoë &lt;b&gt;"], body=body)), Kind.DOCX)

    assert reading.text == "Ada Lovelace\n\nZoë <b>\n\nIn a table\ttoo\n\nkept"
    assert (reading.pages, reading.page_count) == ([], 0)


def test_plain_text_and_pictures_are_read() -> None:
    text = read(io.BytesIO(("\ufeffZoë\r\n" + "x" * MOST_LETTERS).encode()), Kind.TXT)
    picture = read(io.BytesIO(make_picture("JPEG", size=(2_800, 100))), Kind.JPEG)

    assert text.text == "Zoë\n" + "x" * (MOST_LETTERS - 4)
    assert [(page.width, page.height) for page in picture.pages] == [(1_400, 50)]
    assert picture.text == ""


@pytest.mark.parametrize(
    ("content", "kind", "expected"),
    [
        (b"%PDF-1.7\nnothing else", Kind.PDF, Trouble.DAMAGED),
        (make_locked_pdf(), Kind.PDF, Trouble.LOCKED),
        (make_docx([]), Kind.DOCX, Trouble.NO_TEXT),
    ],
)
def test_what_cannot_be_read_says_why(content: bytes, kind: Kind, expected: Trouble) -> None:
    assert trouble(content, kind) is expected


def test_case_30_entities_of_a_word_document_are_not_followed() -> None:
    xml = b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'

    assert trouble(make_docx(more={"word/footnotes.xml": xml}), Kind.DOCX) is Trouble.DAMAGED


def test_reader_that_takes_too_long_is_ended_and_may_be_tried_again() -> None:
    with pytest.raises(NotRead) as refused:
        read(io.BytesIO(make_pdf()), Kind.PDF, seconds=0.001)

    assert refused.value.trouble is Trouble.TOO_SLOW
    assert refused.value.again


@pytest.mark.parametrize(
    ("status", "expected", "again"),
    [
        (-24, Trouble.TOO_SLOW, False),
        (-9, Trouble.STOPPED, True),
        (-15, Trouble.STOPPED, True),
        (-11, Trouble.DAMAGED, False),
        (1, Trouble.DAMAGED, False),
        (Trouble.TOO_LARGE.value, Trouble.TOO_LARGE, False),
    ],
)
def test_how_a_reader_ended_says_whether_another_try_helps(
    status: int, expected: Trouble, again: bool
) -> None:
    refused = reader._why(status)

    assert (refused.trouble, refused.again) == (expected, again)


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"TEXT\0\0\0\x05Ada",
        b"TEXT\0\0\0\x01\xff",
        b"PAGE\0\0\0\x01\xff",
        b"BOOM\0\0\0\0",
        b"TEXT\0\0\0\x03Ada",
        b"PAGE\0\0\0\x05\0\x01\0\x01x" * 11,
    ],
)
def test_what_a_reader_says_counts_only_when_it_comes_to_its_end(said: bytes) -> None:
    with pytest.raises(BrokenOffError):
        heard(io.BytesIO(said))
