"""Real files with bytes flipped, cut out, doubled and put elsewhere: read or refused in words, and at once."""

from __future__ import annotations

import io
import time
import zipfile
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from questions.formats import WRITERS
from questions.formats.drafts import FileRefused, Parsed, ParsedOption, ParsedQuestion
from questions.operations.reading import READERS, parse
from questions.queries.file_words import problem_words, refusal_words
from tests.questions.formats.adversarial import FILES

_QUESTIONS = (
    ParsedQuestion(
        "single",
        "Which of `a == {1: 2}` and ~b~?\n\n```python\ndef f():\n\n    return 1\n```",
        (ParsedOption("*Größe*", Fraction(1), "Yes: 100 %"), ParsedOption("日本語 #2", Fraction(-1, 3))),
        external_id="q-1",
        name="One",
        explanation="Because.",
        category="a/b",
        tags=("css", "html"),
    ),
    ParsedQuestion(
        "multiple",
        "Two?",
        (ParsedOption("a", Fraction(1, 2)), ParsedOption("b", Fraction(1, 2)), ParsedOption("c")),
    ),
    ParsedQuestion("open", "Why?", model_answer="So.", look_fors=("this",)),
    ParsedQuestion("single", "Plain?", (ParsedOption("yes", Fraction(1)), ParsedOption("no"))),
)
_SMALL = 3_000
# What our writers write, and of the formats that nobody writes here, and of others' dialects, what tests are made of.
CORPUS: Mapping[str, Sequence[bytes]] = {
    name: [
        *([WRITERS[name](_QUESTIONS).content] if name in WRITERS else []),
        *(
            make(_SMALL)
            for shape, make in FILES[name].items()
            if shape
            in ("tiny questions", "package of items", "package of quizzes in two forms", "options", "anchors")
        ),
    ]
    for name in READERS
}
_PIECES = (
    *(
        b"\x00",
        b"\xff",
        b"\xef\xbb\xbf",
        b"\xff\xfe",
        b"\r",
        b"\n\n",
        b"\t",
        b"<",
        b">",
        b"&",
        b"&#0;",
        b"]]>",
        b"<!--",
    ),
    *(
        b'"',
        b"'",
        b"{",
        b"}",
        b"\\",
        b"=",
        b"~",
        b"#",
        b"%",
        b"-1",
        b"1e999",
        b"99999999999",
        b"../",
        b"PK\x03\x04",
    ),
    *(
        b"<!DOCTYPE a>",
        b"fraction=",
        b"xmlns=",
        b"NaN",
        b"null",
        b"!!python/name:os",
        b"*a",
        b"&a",
        b"\xed\xa0\x80",
    ),
)
_AT = st.floats(0, 1, exclude_max=True)
_CHANGES = st.lists(
    st.tuples(
        st.sampled_from(["flip", "delete", "double", "move", "put", "cut"]),
        _AT,
        _AT,
        st.sampled_from(_PIECES),
    ),
    min_size=1,
    max_size=6,
)
Changes = Sequence[tuple[str, float, float, bytes]]


def mutated(data: bytes, changes: Changes) -> bytes:
    for how, first, second, piece in changes:
        at, other = int(first * len(data)), int(second * len(data))
        length = min(64, max(1, other % 64))
        part = data[at : at + length]
        if how == "flip" and data:
            data = data[:at] + bytes([data[at] ^ (1 << other % 8)]) + data[at + 1 :]
        elif how == "delete":
            data = data[:at] + data[at + length :]
        elif how == "double":
            data = data[:at] + part + data[at:]
        elif how == "move":
            data = data[:other] + part + data[other:]
        elif how == "put":
            data = data[:at] + piece + data[at:]
        elif how == "cut":
            data = data[: max(at, len(data) // 2)]
    return data


def _within(data: bytes, changes: Changes, chosen: float) -> bytes:
    """Return a package one file of which is changed; what is no package is changed itself."""
    if not data.startswith(b"PK"):
        return mutated(data, changes)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    name = sorted(files)[int(chosen * len(files))]
    files[name] = mutated(files[name], changes)
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as archive:
        for each, content in files.items():
            archive.writestr(each, content)
    return into.getvalue()


def is_read_or_refused(name: str, data: bytes) -> None:
    """Assert that a file falls on nobody, in the reader of its format and in that which its content is like."""
    reads: Sequence[Callable[[bytes], Parsed]] = (READERS[name], parse)
    for read in reads:
        begun = time.process_time()
        try:
            words = [problem_words(problem) for problem in read(data).problems]
        except FileRefused as refused:
            words = [refusal_words(refused)]
        assert all(words)
        assert time.process_time() - begun < 1


@pytest.mark.parametrize("name", READERS)
@given(data=st.data(), changes=_CHANGES, chosen=_AT, is_within=st.booleans())
@settings(max_examples=15)
def test_changed_file_is_read_or_refused(
    name: str, data: st.DataObject, changes: Changes, chosen: float, *, is_within: bool
) -> None:
    before = data.draw(st.sampled_from(CORPUS[name]))
    is_read_or_refused(name, _within(before, changes, chosen) if is_within else mutated(before, changes))


@pytest.mark.stress
@pytest.mark.parametrize("name", READERS)
@given(data=st.data(), changes=_CHANGES, chosen=_AT, is_within=st.booleans())
@settings(settings.get_profile("stress"))
def test_file_changed_in_thousands_of_ways_is_read_or_refused(
    name: str, data: st.DataObject, changes: Changes, chosen: float, *, is_within: bool
) -> None:
    before = data.draw(st.sampled_from(CORPUS[name]))
    is_read_or_refused(name, _within(before, changes, chosen) if is_within else mutated(before, changes))


def test_every_format_has_files_to_change() -> None:
    for name, files in CORPUS.items():
        assert files, name
        assert any(READERS[name](data).questions for data in files), name
