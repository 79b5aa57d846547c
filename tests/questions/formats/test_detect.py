"""A file's format is seen from its content, whatever it is called."""

from __future__ import annotations

import contextlib
import io
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from questions import formats
from questions.formats.detect import detect
from questions.formats.drafts import FileRefused
from questions.formats.names import NAMES, formats_named

GIFT = "// [id:a]\n::One::Which?{\n=a\n~b\n}\n"
AIKEN = "Which?\nA) a\nB) b\nANSWER: A\n"
TASKS = "## Quiz\n\n#### Q1. Which?\n\n- [x] a\n- [ ] b\n"
LETTERED = "###### 1. Which?\n\n- A: `a`\n- B: `b`\n\n#### Answer: A\n"
MOODLE = '<?xml version="1.0"?>\n<!-- a --><quiz><question type="essay"/></quiz>'
ITEM = '<assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p2" identifier="q"/>'


def zipped(**files: str) -> bytes:
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w") as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return into.getvalue()


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (GIFT, "gift"),
        ("Which?{=a ~b}", "gift"),
        ("$CATEGORY: x\n\nWhich? {T}", "gift"),
        ("[html]<p>Which?</p>{\n\t=a\n\t~b\n}", "gift"),
        ("Why is it so? {}", "gift"),
        (AIKEN, "aiken"),
        ("Which?\r\nA. a\r\nB. b\r\nAnswer: b\r\n", "aiken"),
        (TASKS, "markdown"),
        (LETTERED, "markdown"),
        ("## Question 1\nWhich?\n\nA. a\nB. b\n\n<details>\n\nAnswer: B\n</details>\n", "markdown"),
        ("## 1. Which?\n\nA. a\nB. b\n\nAnswer: B\n", "markdown"),
        ("Which?\n\nA) a\nB) b\n\n**Answer:** B\n", "markdown"),
        ("Quiz title: Demo\n\n1. Which?\na) a\n*b) b\n", "markdown"),
        ("1. Which?\n[*] a\n[ ] b\n", "markdown"),
        (MOODLE, "moodle_xml"),
        ("<quiz>", "moodle_xml"),
        ("<questestinterop xmlns='x'>", "canvas_qti_1.2"),
        (ITEM, "qti_2.2"),
        ("<assessmentItem>", "qti_2.1"),
        ("<x:assessmentItem xmlns:x='http://www.imsglobal.org/xsd/imsqti_v2p1'>", "qti_2.1"),
        ("<qti-assessment-item>", "qti_3.0"),
        ('{"questions": []}', "json"),
        ('[\n {"stem": "Which?"}]', "json"),
        ("- id: a\n  stem: |\n    Which?\n", "yaml"),
        ("version: 1\nquestions:\n- id: a\n  stem: Which?\n", "yaml"),
        ("Type;Stem;Option 1;Option 2;Correct\nsingle;Which?;a;b;1\n", "csv"),
        ("sep=;\nstem;a;b;correct\n", "csv"),
        ("stem|a|b|correct\n", "csv"),
        ("question,answer 1,answer 2,correct,time limit\n", "csv"),
        (zipped(xl__workbook_xml="<x/>"), "xlsx"),
        (zipped(imsmanifest_xml="<resource type='imsqti_item_xmlv2p1'/>"), "qti_2.1"),
        (zipped(a__imsmanifest_xml="<resource type='imsqti_item_xmlv3p0'/>"), "qti_3.0"),
        (
            zipped(imsmanifest_xml="<resource type='imsqti_xmlv1p2/imscc_xmlv1p1/assessment'/>"),
            "canvas_qti_1.2",
        ),
    ],
)
def test_format_is_seen_from_the_content(data: str | bytes, name: str) -> None:
    assert detect(data if isinstance(data, bytes) else data.encode()) == name


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"Only words, and not many.\nNo question.", "unknown_format"),
        (b"<!DOCTYPE html>\n<html><body>- [ ] a</body></html>", "is_html"),
        (b"<?xml version='1.0'?><svg/>", "unknown_xml"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100), "old_excel"),
        (b"PK\x03\x04 and then nothing", "zip_broken"),
        (zipped(readme="x"), "zip_of_others"),
        (zipped(imsmanifest_xml="<resource type='webcontent'/>"), "zip_of_others"),
        (b"MZ\x90\0\x03\0\0\0", "not_text"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "not_text"),
        (b"", "nothing_found"),
    ],
)
def test_case_24_upload_exec_what_is_no_file_of_questions_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(FileRefused) as refused:
        formats.read(data)
    assert refused.value.code == code


def test_format_that_is_named_and_is_not_the_file_s_is_refused_with_what_it_looks_like() -> None:
    for data, name, like in ((MOODLE, "gift", "moodle_xml"), (GIFT, "qti", "gift"), (AIKEN, "gift", "aiken")):
        with pytest.raises(FileRefused) as refused:
            formats.read(data.encode(), name)
        assert (refused.value.code, refused.value.like) == ("other_format", like)


def test_format_that_is_named_is_read_where_the_content_does_not_tell() -> None:
    parsed = formats.read(b"Only words", "gift")
    assert [skipped.kind for skipped in parsed.skipped] == ["description"]


def test_reader_s_refusal_names_the_format() -> None:
    with pytest.raises(FileRefused) as refused:
        formats.read(b"NUMBERING: 1\nQ\nA) x\nB) y\nANSWER: A\n")
    assert (refused.value.code, refused.value.like) == ("aiken_advanced", "aiken")


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("GIFT", ("gift",)),
        ("Moodle XML", ("moodle_xml",)),
        ("moodle-xml", ("moodle_xml",)),
        ("xml", ("moodle_xml",)),
        ("QTI 2.1", ("qti_2.1",)),
        ("qti21", ("qti_2.1",)),
        ("qti", ("qti_2.1", "qti_2.2", "qti_3.0", "canvas_qti_1.2")),
        ("canvas_qti_1.2", ("canvas_qti_1.2",)),
        ("md", ("markdown",)),
        ("yml", ("yaml",)),
        ("word", ()),
        ("", ()),
    ],
)
def test_formats_are_named_in_any_spelling(said: str, meant: tuple[str, ...]) -> None:
    assert formats_named(said) == meant


def test_every_format_is_known_by_its_own_name() -> None:
    assert [formats_named(name) for name in NAMES] == [(name,) for name in NAMES]


@settings(max_examples=50)
@given(
    st.binary(max_size=400) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass"))
)
def test_case_19_unsafe_deserialise_no_file_does_more_than_be_read_or_refused(data: bytes) -> None:
    with contextlib.suppress(FileRefused):
        formats.read(data)
