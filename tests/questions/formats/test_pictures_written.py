"""Formats that hold pictures give them back, wherever a question shows them."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from questions.formats import PICTURE_WRITERS
from questions.formats.drafts import Loss, ParsedOption, ParsedQuestion
from questions.formats.fractions import is_exact_percent
from questions.formats.pictures import named_in, picture_of, texts_of, with_texts
from questions.operations.reading import parse
from tests.questions.formats import strategies
from tests.questions.formats.round_trip import alike

CONTENTS = (b"\x89PNG\r\n\x1a\nred", b"\x89PNG\r\n\x1a\nblue", b"\xff\xd8\xffgreen")
PICTURES = {picture_of(content): content for content in CONTENTS}
SHOWN = [f"![A \\[map\\] of *it*](picture:{name})" for name in PICTURES]


@st.composite
def pictured(draw: st.DrawFn) -> Sequence[ParsedQuestion]:
    """Questions with a picture below some of their texts."""
    below = st.sampled_from(["", *SHOWN, f"{SHOWN[0]} and {SHOWN[1]}"])

    def with_picture(text: str) -> str:
        picture = draw(below) if text else ""
        return f"{text}\n\n{picture}" if picture else text

    return [with_texts(question, with_picture) for question in draw(strategies.several())]


@pytest.mark.parametrize("name", PICTURE_WRITERS)
@given(questions=pictured())
@settings(max_examples=20)
def test_questions_are_read_back_with_their_pictures(name: str, questions: Sequence[ParsedQuestion]) -> None:
    shown = {
        each for question in questions for text in texts_of(question) for each in named_in(text, PICTURES)
    }
    pictures = {each: PICTURES[each] for each in shown}
    written = PICTURE_WRITERS[name](questions, pictures)
    parsed = parse(written.content)
    assert parsed.pictures == pictures
    losses = [loss for loss in written.losses if not _is_exact(loss, questions)]
    assert alike(parsed.questions, questions, replace(written, losses=losses))


def _is_exact(loss: Loss, questions: Sequence[ParsedQuestion]) -> bool:
    # Moodle minds fractions that are none of its own; read here they are exact as far as five decimals tell.
    options = questions[loss.question].options
    return loss.code == "odd_fraction" and all(is_exact_percent(option.share) for option in options)


def test_item_of_a_package_that_somebody_edited_shows_its_pictures() -> None:
    question = ParsedQuestion("single", f"See\n\n{SHOWN[0]}", (ParsedOption("a", 1), ParsedOption("b")))  # type: ignore[arg-type]
    own = parse(PICTURE_WRITERS["qti_2.1"]([question], PICTURES).content)
    assert own.questions == [question]
    # Without our own file of the questions the item itself is read.
    into = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(PICTURE_WRITERS["qti_2.1"]([question], PICTURES).content)) as package,
        zipfile.ZipFile(into, "w") as other,
    ):
        for entry in package.namelist():
            if not entry.startswith("shortlist/"):
                other.writestr(entry, package.read(entry))
    read = parse(into.getvalue())
    assert list(read.pictures) == [next(iter(PICTURES))]
    assert f"](picture:{next(iter(PICTURES))})" in read.questions[0].stem


@pytest.mark.parametrize("said", ["bm90aGluZw==", "no base64", 7, None])
def test_what_is_not_the_picture_that_it_is_called_is_told(said: object) -> None:
    file = {
        "questions": [{"kind": "open", "stem": "Why?"}],
        "pictures": {next(iter(PICTURES)): said, "../../etc/passwd": "bm90aGluZw=="},
    }
    parsed = parse(json.dumps(file).encode())
    assert not parsed.pictures
    assert [(problem.level, problem.code) for problem in parsed.problems] == [("warning", "picture_refused")]
