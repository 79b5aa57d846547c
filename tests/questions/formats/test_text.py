"""Files of text in the encodings that people have."""

from __future__ import annotations

import pytest

from questions.formats.drafts import FileRefused, Where
from questions.formats.text import read_text

WORDS = "Größe? “Ω” 日本\nÉté"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_case_34_import_encodings_that_name_themselves_are_read_without_a_word(encoding: str) -> None:
    text = read_text(WORDS.encode(encoding))
    assert (text.text, text.remarks) == (WORDS, ())


def test_case_34_import_encodings_that_are_guessed_are_told() -> None:
    text = read_text("Größe “x”".encode("cp1252"))
    assert text.text == "Größe “x”"
    assert [(remark.code, remark.where.part) for remark in text.remarks] == [("encoding_guessed", "file")]


def test_case_34_import_encodings_ends_of_lines_become_one() -> None:
    assert read_text(b"a\r\nb\rc\nd").text == "a\nb\nc\nd"


def test_case_21_nul_bytes_signs_that_mislead_are_taken_out_and_told() -> None:
    text = read_text("one\ntwo \u202etxt\x07".encode())
    assert text.text == "one\ntwo txt"
    assert [(remark.code, remark.where) for remark in text.remarks] == [("signs_removed", Where(line=2))]


@pytest.mark.parametrize(
    "data",
    [
        b"ab\0c",
        b"\x89PNG\r\n\x1a\n\0\0",
        bytes(range(1, 32)) * 4,
        b"\xff\xfea",
    ],
)
def test_case_24_upload_exec_what_is_no_text_is_refused(data: bytes) -> None:
    with pytest.raises(FileRefused) as refused:
        read_text(data)
    assert refused.value.code == "not_text"


@pytest.mark.parametrize("data", [b"", b" \n\t\n", b"\xef\xbb\xbf"])
def test_empty_file_is_refused(data: bytes) -> None:
    with pytest.raises(FileRefused) as refused:
        read_text(data)
    assert refused.value.code == "nothing_found"


def test_case_22_huge_body_larger_file_is_refused_before_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("questions.formats.limits.FILE_BYTES", 10)
    with pytest.raises(FileRefused) as refused:
        read_text(b"x" * 11)
    assert refused.value.code == "too_large"
