"""Packages of QTI: what their manifests list, what lies beside it, and what we write."""

from __future__ import annotations

import io
import time
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings

from questions.formats.drafts import FileRefused, Parsed, ParsedOption, ParsedQuestion, Where
from questions.formats.pictures import picture_of
from questions.formats.qti import write_qti
from questions.formats.xml_safe import read_xml
from questions.operations.reading import parse
from tests.questions.formats import strategies
from tests.questions.formats.qti_files import item, manifest, package
from tests.questions.formats.round_trip import alike

PNG = b"\x89PNG\r\n\x1a\n and whatever follows"


def read(data: bytes) -> Parsed:
    return parse(data)


def faults(parsed: Parsed) -> list[tuple[str, str]]:
    return [(problem.level, problem.code) for problem in parsed.problems]


def test_package_is_read_as_its_manifest_lists_it() -> None:
    keyword = "<metadata><lom><general><keyword><string>geo</string></keyword></general></lom></metadata>"
    parsed = read(
        package(
            {
                "imsmanifest.xml": manifest(
                    ("a%20b/one.xml", keyword), ("gone.xml", ""), ("../out.xml", ""), ("bad.xml", "")
                ),
                "a b/one.xml": item(stem='<p>See <img src="../pictures/a.png" alt="A"/></p>'),
                "pictures/a.png": PNG,
                "bad.xml": "<assessmentItem>",
                "forgotten.xml": item().replace('"q1"', '"q2"'),
                "other.xml": "<x/>",
            }
        )
    )
    name = picture_of(PNG)
    assert [(question.stem, question.tags, question.where) for question in parsed.questions] == [
        (f"See ![A](picture:{name})", ("geo",), Where(part="a b/one.xml")),
        ("Capital?", (), Where(part="forgotten.xml")),
    ]
    assert parsed.pictures == {name: PNG}
    assert [(problem.level, problem.code, problem.where.part) for problem in parsed.problems] == [
        ("error", "item_missing", "gone.xml"),
        ("error", "item_missing", "?"),
        ("error", "broken_xml", "bad.xml"),
        ("warning", "item_unlisted", "forgotten.xml"),
    ]


def test_case_31_billion_laughs_one_picture_in_many_places_is_looked_at_once() -> None:
    picture = PNG + bytes(2_000_000)
    images = '<img src="../a.png" alt="A"/>' * 300
    items = [item(stem=f"<p>{images}</p>").replace('"q1"', f'"q{number}"') for number in range(20)]
    files: dict[str, str | bytes] = {f"items/{number}.xml": each for number, each in enumerate(items)}
    files |= {"imsmanifest.xml": manifest(*((name, "") for name in files)), "a.png": picture}
    begun = time.process_time()
    parsed = read(package(files))
    # Each look takes a hundredth of a second.
    assert time.process_time() - begun < 5
    assert (len(parsed.questions), list(parsed.pictures)) == (20, [picture_of(picture)])


def test_base_of_a_manifest_is_where_its_paths_begin() -> None:
    listed = manifest(("one.xml", "")).replace("<resources>", '<resources xml:base="items/">')
    parsed = read(package({"course/imsmanifest.xml": listed, "course/items/one.xml": item()}))
    assert [question.where.part for question in parsed.questions] == ["course/items/one.xml"]


def test_case_32_ssrf_pictures_elsewhere_are_never_fetched() -> None:
    for source, code in (
        ("http://127.0.0.1:9/a.png", "picture_remote"),
        ("file:///etc/passwd", "picture_remote"),
        ("/etc/passwd", "picture_remote"),
        ("../../etc/passwd", "picture_remote"),
        ("a.png", "picture_missing"),
    ):
        files = {
            "imsmanifest.xml": manifest(("one.xml", "")),
            "one.xml": item(stem=f'<p>See <img src="{source}" alt="A"/></p>'),
        }
        parsed = read(package(files))
        assert parsed.questions[0].stem == "See A"
        assert faults(parsed) == [("warning", code)]


def test_case_30_xxe_item_of_a_package_that_declares_a_type_is_an_error() -> None:
    bad = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + item(stem="<p>&x;</p>")
    files = {
        "imsmanifest.xml": manifest(("bad.xml", ""), ("good.xml", "")),
        "bad.xml": bad,
        "good.xml": item(),
    }
    parsed = read(package(files))
    assert faults(parsed) == [("error", "doctype")]
    assert len(parsed.questions) == 1


def test_case_29_zip_slip_path_that_leads_out_of_a_package_is_refused() -> None:
    with pytest.raises(FileRefused) as refused:
        read(package({"imsmanifest.xml": manifest(("one.xml", "")), "../one.xml": item()}))
    assert refused.value.code == "archive"


@given(strategies.several())
@settings(max_examples=30)
def test_questions_are_read_back_as_they_were_written(questions: Sequence[ParsedQuestion]) -> None:
    written = write_qti(questions)
    assert written.losses == ()
    assert alike(read(written.content).questions, questions, written)


@pytest.mark.stress
@given(strategies.several())
@settings(max_examples=2_000)
def test_many_questions_are_read_back_as_they_were_written(questions: Sequence[ParsedQuestion]) -> None:
    written = write_qti(questions)
    assert alike(read(written.content).questions, questions, written)


@given(strategies.several())
@settings(max_examples=30)
def test_every_file_that_is_written_is_xml_of_one_item(questions: Sequence[ParsedQuestion]) -> None:
    with zipfile.ZipFile(io.BytesIO(write_qti(questions).content)) as archive:
        roots = [read_xml(archive.read(name)).root for name in archive.namelist() if name.endswith(".xml")]
    assert [root.tag.rpartition("}")[2] for root in roots] == [
        "manifest",
        *["assessmentItem"] * len(questions),
    ]


def test_same_questions_make_the_same_package() -> None:
    question = ParsedQuestion("open", "Why?", external_id="7 of 9")
    assert write_qti([question]).content == write_qti([question]).content


def _rewritten(content: bytes, change: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    if change == "without ours":
        files = {name: data for name, data in files.items() if not name.startswith("shortlist/")}
    else:
        files["items/q00001.xml"] = files["items/q00001.xml"].replace(b"Which?", b"Which one?")
    return package(files)


@pytest.mark.parametrize("change", ["without ours", "edited"])
def test_items_that_somebody_edited_are_read_as_they_are(change: str) -> None:
    question = ParsedQuestion(
        "multiple",
        "Which?\n\n```python\nif a < b:\n\n    pass\n```",
        (
            ParsedOption("`a`", Fraction(1, 3), "No."),
            ParsedOption("b", Fraction(2, 3)),
            ParsedOption("c", Fraction(-1)),
        ),
        external_id="7 of 9",
        name="Name",
        explanation="*So* it is.",
        marking="partial",
        tags=("kept",),
    )
    parsed = read(
        _rewritten(write_qti([question, ParsedQuestion("open", "Why?", model_answer="So.")]).content, change)
    )
    stem = question.stem if change == "without ours" else question.stem.replace("Which?", "Which one?")
    assert parsed.questions[0] == replace(question, stem=stem, tags=())
    assert (parsed.questions[1].stem, parsed.questions[1].model_answer) == ("Why?", "So.")
    assert parsed.problems == []
