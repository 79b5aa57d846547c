from __future__ import annotations

import io

import pytest
from PIL import Image

from rendering.documents.pictures import LONGEST_SIDE, made_anew
from rendering.documents.sniffing import (
    ANSWERS,
    MOST_BYTES,
    MOST_BYTES_A_FORM,
    DocumentRefused,
    Kind,
    check_together,
    clean_filename,
    sniff,
)
from tests.factories.files import make_docx, make_pdf, make_picture


def refusal(content: bytes, filename: str) -> DocumentRefused:
    with pytest.raises(DocumentRefused) as refused:
        sniff(io.BytesIO(content), filename, accepts=ANSWERS)
    return refused.value


@pytest.mark.parametrize(
    ("content", "filename", "kind"),
    [
        (make_pdf(), "cv.pdf", Kind.PDF),
        (b"\n\n" + make_pdf(), "Ada Lovelace 2026.07.PDF", Kind.PDF),
        (make_docx(), "cv.docx", Kind.DOCX),
        (make_docx(part="word/document2.xml"), "cv.docx", Kind.DOCX),
        ("\ufeffZoë Quux\nC++, <html>".encode(), "cv.txt", Kind.TXT),
        (make_picture("PNG"), "certificate.png", Kind.PNG),
        (make_picture("JPEG"), "certificate.jpeg", Kind.JPEG),
    ],
)
def test_sniff_knows_what_people_send(content: bytes, filename: str, kind: Kind) -> None:
    file = io.BytesIO(content)

    assert sniff(file, filename, accepts=ANSWERS) is kind
    assert file.read() == content


@pytest.mark.parametrize("kind", list(Kind))
def test_kinds_are_found_again_by_what_is_stored(kind: Kind) -> None:
    assert Kind.of(kind.media_type) is kind


@pytest.mark.parametrize(
    ("content", "filename", "code"),
    [
        (b"<!DOCTYPE html><script>alert(1)</script>", "cv.html", "kind"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "cv.svg", "kind"),
        (b"<?xml version='1.0'?><a/>", "cv.xml", "kind"),
        (b"<html xmlns='http://www.w3.org/1999/xhtml'/>", "cv.xhtml", "kind"),
        (b"<html><body>Ada</body></html>", "cv.pdf", "mismatch"),
        (b"<!-- %PDF-1.7 --><script>alert(1)</script>", "cv.pdf", "mismatch"),
        (b"<html><body>Ada</body></html>", "cv.txt", "mismatch"),
        (b"\xef\xbb\xbf <svg onload='alert(1)'/>", "cv.txt", "mismatch"),
    ],
)
def test_case_23_pages_and_drawings_are_refused_by_content_and_by_name(
    content: bytes, filename: str, code: str
) -> None:
    refused = refusal(content, filename)

    assert refused.code == code
    assert f"“{filename}”" in refused.words


@pytest.mark.parametrize("ending", ["php", "py", "exe", "sh", "js"])
def test_case_24_programs_are_refused_under_every_name(ending: str) -> None:
    assert refusal(b"echo 1", f"cv.{ending}").code == "kind"
    assert refusal(make_pdf(), f"cv.pdf.{ending}").code == "kind"
    assert refusal(make_pdf(), f"cv.{ending}.pdf").code == "name"
    assert refusal(b"MZ\x90\x00", "cv.pdf").code == "mismatch"
    assert refusal(b"#!/bin/sh\necho", "cv.txt").code == "mismatch"


@pytest.mark.parametrize("filename", ["cv.pdf.", "cv.pdf ", "cv.pdf. .", "cv.exe.pdf"])
def test_case_24_names_that_systems_read_differently_are_refused(filename: str) -> None:
    refused = refusal(make_pdf(), filename)

    assert refused.code == "name"
    assert "“cv.pdf”" in refused.words


@pytest.mark.parametrize(
    ("content", "filename"),
    [
        (make_pdf() + make_docx(), "cv.pdf"),
        (make_pdf()[:9] + b"<script>alert(1)</script>" + make_pdf()[9:], "cv.pdf"),
        (make_docx(more={"%PDF-1.7": b""}), "cv.docx"),
        (b"%PDF-1.7", "cv.txt"),
        (make_pdf(), "cv.docx"),
        (make_docx(), "cv.pdf"),
    ],
)
def test_case_24_what_is_two_things_at_once_is_refused(content: bytes, filename: str) -> None:
    assert refusal(content, filename).code == "mismatch"


def test_macros_are_refused_with_their_mend() -> None:
    refused = refusal(make_docx(more={"word/vbaProject.bin": b"\xd0\xcf"}), "cv.docx")

    assert refused.code == "program"
    assert "Save it as PDF" in refused.words


@pytest.mark.parametrize(
    ("content", "filename", "code", "mend"),
    [
        (b"", "cv.pdf", "empty", "choose it again"),
        (b"%PDF-" + b" " * MOST_BYTES, "cv.pdf", "too_large", "10 MB"),
        (b"Ada", "cv", "kind", "Save it as PDF"),
        (b"Ada", "cv.odt", "kind", "Save it as PDF"),
        ("Zoë".encode("latin-1"), "cv.txt", "encoding", "UTF-8"),
        (b"Ada" + b" " * 70_000 + b"\0", "cv.txt", "encoding", "UTF-8"),
        (make_docx()[:-30], "cv.docx", "damaged", "Save it again"),
        (make_docx(body="<!DOCTYPE a>"), "cv.docx", "damaged", "Save it again"),
    ],
)
def test_refusals_name_the_file_and_the_mend(content: bytes, filename: str, code: str, mend: str) -> None:
    refused = refusal(content, filename)

    assert refused.code == code
    assert f"“{filename}”" in refused.words
    assert mend in refused.words


def test_pictures_are_taken_where_they_answer_a_question_only() -> None:
    with pytest.raises(DocumentRefused, match="PDF, Word"):
        sniff(io.BytesIO(make_picture()), "cv.png")


def test_files_of_one_form_are_not_too_much_together() -> None:
    check_together([MOST_BYTES, MOST_BYTES_A_FORM - MOST_BYTES])
    with pytest.raises(DocumentRefused):
        check_together([MOST_BYTES, MOST_BYTES, 1])


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\ada\\cv.pdf", "cv.pdf"),
        ("cv\r\nSet-Cookie: a.pdf", "cv Set-Cookie: a.pdf"),
        ("x" * 300 + ".pdf", "x" * 196 + ".pdf"),
    ],
)
def test_case_37_names_are_one_line_that_ends_as_it_did(given: str, kept: str) -> None:
    assert clean_filename(given) == kept


@pytest.mark.parametrize("kind", [Kind.JPEG, Kind.PNG])
def test_case_36_pictures_lose_what_their_camera_wrote(kind: Kind) -> None:
    sent = make_picture(kind.name, size=(4_000, 30), place="52.5200 N 13.4050 E")

    kept = made_anew(io.BytesIO(sent), kind, "certificate")

    assert b"52.5200" in sent
    assert b"52.5200" not in kept
    with Image.open(io.BytesIO(kept)) as picture:
        assert picture.format == kind.name
        assert not picture.getexif()
        assert max(picture.size) <= LONGEST_SIDE


def test_damaged_picture_is_refused() -> None:
    with pytest.raises(DocumentRefused) as refused:
        made_anew(io.BytesIO(make_picture()[:60]), Kind.PNG, "certificate.png")

    assert refused.value.code == "damaged"
