"""Pictures that lie in a file of Moodle XML are taken along by their content; no other is fetched."""

from __future__ import annotations

import base64
import time

import pytest

from questions.formats.drafts import Parsed
from questions.formats.moodle import read_moodle
from questions.formats.pictures import picture_of
from tests.questions.formats.moodle_files import A, B, choice, quiz

PNG = b"\x89PNG\r\n\x1a\n and whatever follows"
PICTURE = base64.b64encode(PNG).decode()


def read(*questions: str) -> Parsed:
    return read_moodle(quiz(*questions))


def faults(parsed: Parsed) -> list[tuple[str, str]]:
    return [(problem.level, problem.code) for problem in parsed.problems]


def pictured(source: str, *files: str) -> Parsed:
    text = f'<text><![CDATA[<p>See <img src="{source}" alt="A map"></p>]]></text>{"".join(files)}'
    return read(
        f'<question type="multichoice"><questiontext format="html">{text}</questiontext>{A}{B}</question>'
    )


def file(name: str, content: str = PICTURE, path: str = "/") -> str:
    return f'<file name="{name}" path="{path}" encoding="base64">{content}</file>'


@pytest.mark.parametrize(
    ("source", "files"),
    [
        ("@@PLUGINFILE@@/a%20b.png", [file("a b.png")]),
        ("@@PLUGINFILE@@/maps/a.png?x=1", [file("a.png", path="/maps/"), file("a.png", "AAAA")]),
        (f"data:image/png;base64,{PICTURE}", []),
    ],
)
def test_case_32_ssrf_pictures_of_the_file_are_called_by_their_content(source: str, files: list[str]) -> None:
    parsed = pictured(source, *files)
    name = picture_of(PNG)
    assert parsed.questions[0].stem == f"See ![A map](picture:{name})"
    assert parsed.pictures == {name: PNG}
    assert parsed.problems == []


@pytest.mark.parametrize(
    ("source", "files", "code"),
    [
        ("https://127.0.0.1/x.png", [], "picture_remote"),
        ("file:///etc/passwd", [], "picture_remote"),
        ("@@PLUGINFILE@@/a.png", [], "picture_missing"),
        ("@@PLUGINFILE@@/../a.png", [file("a.png")], "picture_missing"),
        ("@@PLUGINFILE@@/a.svg", [file("a.svg", base64.b64encode(b"<svg/>").decode())], "picture_refused"),
        ("@@PLUGINFILE@@/a.png", [file("a.png", "no base64")], "picture_refused"),
        (
            "@@PLUGINFILE@@/a.png",
            [file("a.png", base64.b64encode(PNG + bytes(2**21)).decode())],
            "picture_refused",
        ),
    ],
)
def test_case_32_ssrf_other_pictures_are_never_fetched(source: str, files: list[str], code: str) -> None:
    parsed = pictured(source, *files)
    assert parsed.questions[0].stem == "See A map"
    assert (faults(parsed), parsed.pictures) == ([("warning", code)], {})


def test_picture_of_old_files_and_of_markdown_is_read() -> None:
    old = f"<image>a.png</image><image_base64>\n{PICTURE}\n</image_base64>"
    (question,) = read(choice(A, B, more=old)).questions
    assert question.stem == f"Which?\n\n![](picture:{picture_of(PNG)})"
    text = f'<questiontext format="markdown"><text>![A](@@PLUGINFILE@@/a.png)</text>{file("a.png")}</questiontext>'
    (question,) = read(f'<question type="multichoice">{text}{A}{B}</question>').questions
    assert question.stem == f"![A](picture:{picture_of(PNG)})"


def test_address_that_a_text_speaks_of_stays_as_it_is_written() -> None:
    said = f"data:image/png;base64,{PICTURE}"
    code = f'&lt;img src="{said}"&gt;'
    question = read(choice(A, B, stem=f"<p>What is <code>{said}</code>?</p><pre>{code}</pre>")).questions[0]
    assert question.stem == f'What is `{said}`?\n\n```\n<img src="{said}">\n```'


def test_case_31_billion_laughs_one_picture_many_times_in_a_text_is_looked_at_once() -> None:
    picture = PNG + bytes(2_000_000)
    data = base64.b64encode(picture).decode()
    images = '<img src="@@PLUGINFILE@@/a.png">' * 500
    text = f"<text><![CDATA[<p>See {images}</p>]]></text>{file('a.png', data)}"
    begun = time.process_time()
    parsed = read(f'<question type="multichoice"><questiontext>{text}</questiontext>{A}{B}</question>')
    # Each look takes a fiftieth of a second.
    assert time.process_time() - begun < 5
    assert list(parsed.pictures) == [picture_of(picture)]
