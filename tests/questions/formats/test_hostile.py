"""Files that were made to keep a reader busy, or to make it fall."""

from __future__ import annotations

import contextlib
import io
import time
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from questions.formats.drafts import FileRefused
from questions.operations.reading import READERS, parse

REPEATED = (
    *(
        "{",
        "}",
        "{}",
        "\\",
        "~",
        "=",
        "#",
        "####",
        "%",
        "::",
        "->",
        "_",
        "*",
        "|",
        "[",
        "]",
        "<",
        "&",
        ":",
        "'",
    ),
    *(
        "{}\n\n",
        "{T}\n\n",
        "Q {=a ~b}\n\n",
        "Q{=a#",
        "~%50%",
        "//",
        "//\n",
        "// [id:",
        "// ][id:\n",
        "// [id:\\]",
    ),
    *(
        "$CATEGORY: a\n",
        "$CATEGORY:/",
        "::a",
        "\n",
        "a\n\n",
        "a\n",
        " ",
        "\t",
        "\x85",
        "\u2028",
        "\u202e",
        "é",
    ),
    *(
        "A) x\n",
        "ANSWER: A\n",
        "A) x\nANSWER: A\n",
        "qq\nA) x\nB) y\nANSWER: A\n",
        "ANSWER: A ",
        "ANSWER:A,B",
    ),
    *(
        "- [ ] ",
        "- [x] a\n",
        "- - ",
        "* * ",
        "> ",
        "#### Q1. x\n",
        "# ",
        "- A: x\n",
        "- A: ",
        "1. a\n",
        "a) x\n",
    ),
    *(
        "*a) x\n",
        "#### Answer: A\n",
        "Answer: A, ",
        "#### Q1. x\n- [x] a\n- [ ] b\n",
        "... a\n",
        "[*] a\n",
        "____\n",
    ),
    *(
        "`",
        "```",
        "```\n",
        "~~~\n",
        "``` {.run}\n",
        "<details>",
        "<!--",
        "<!-- id: a -->\n",
        "<img ",
        "![a](http://",
    ),
    *(
        "[[",
        '{"a":',
        "[],",
        '["',
        '"\\u0000",',
        "1e9,",
        "- ",
        "- a\n",
        "? ",
        "&a ",
        "*a ",
        "- stem: a\n",
        "a: ",
        "|\n",
    ),
    *(",", ";", '"', '""', "'=", "a,b\n", "stem,a,b,correct\n", ",\n", "\n,"),
    *("[reference](https://", "[reference](https://a)\n", "**Explanation**\n", "---\n", "<a ", "</p"),
)

# Whatever a workbook is said to be that is none is read as CSV.
TEXTS = READERS.keys() - {"xlsx"}


@pytest.mark.parametrize("name", sorted(TEXTS))
def test_case_20_redos_repetition_costs_no_more_than_its_length(name: str) -> None:
    # A hundredth of a second each was measured; what grows with the square of its length takes a minute.
    for piece in REPEATED:
        begun = time.process_time()
        _read(name, piece, 20_000)
        assert time.process_time() - begun < 2, piece


@pytest.mark.stress
@pytest.mark.parametrize("piece", REPEATED)
@pytest.mark.parametrize("name", sorted(TEXTS))
def test_case_20_redos_megabyte_of_repetition_takes_less_than_a_second(name: str, piece: str) -> None:
    begun = time.process_time()
    _read(name, piece, 1_000_000)
    assert time.process_time() - begun < 1


@pytest.mark.parametrize("name", sorted(TEXTS))
@given(pieces=st.lists(st.sampled_from(REPEATED) | st.text(max_size=5), max_size=30))
@settings(max_examples=40)
def test_case_19_unsafe_deserialise_no_text_makes_a_reader_fall(name: str, pieces: list[str]) -> None:
    with contextlib.suppress(FileRefused):
        READERS[name]("".join(pieces).encode("utf-8", "surrogatepass"))


@pytest.mark.parametrize("name", ["gift", "aiken", "markdown"])
def test_case_34_import_encodings_text_of_a_megabyte_is_an_error_of_its_question(name: str) -> None:
    texts = {
        "gift": "Q {{={} ~b}}\n\nFine {{=a ~b}}",
        "aiken": "Question\nA) {}\nB) b\nANSWER: A\n\nFine\nA) a\nB) b\nANSWER: A",
        "markdown": "#### Q1. Q\n\n- [x] {}\n- [ ] b\n\n#### Q2. Fine\n\n- [x] a\n- [ ] b",
    }
    parsed = READERS[name](texts[name].format("x" * 1_000_000).encode())
    assert [question.stem for question in parsed.questions] == ["Fine"]
    assert [(problem.level, problem.code) for problem in parsed.problems] == [("error", "text_too_long")]


@pytest.mark.parametrize(
    "entries",
    [
        {"xl/workbook.xml": b"<x/>", "xl/worksheets/sheet1.xml": bytes(61 * 1024 * 1024)},
        {"xl/workbook.xml": b"<x/>", "../../etc/cron.d/x": b"x"},
        {"xl/workbook.xml": b"<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><x>&a;</x>"},
        {"imsmanifest.xml": b"imsqti_item_xmlv2p1" + bytes(61 * 1024 * 1024)},
        {f"{number}.xml": b"" for number in range(2_000)},
    ],
    ids=["case_28_zip_bomb", "case_29_zip_slip", "case_30_xxe", "case_28_manifest", "case_28_many_entries"],
)
def test_archive_that_is_a_trap_is_refused(entries: dict[str, bytes]) -> None:
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    with pytest.raises(FileRefused):
        parse(into.getvalue())


def _read(name: str, piece: str, length: int) -> None:
    data = (piece * (length // len(piece) + 1))[:length].encode()
    with contextlib.suppress(FileRefused):
        READERS[name](data)


NESTED = {
    "canvas_qti_1.2": (
        "questestinterop",
        '<item ident="a">',
        "</item>",
        "<presentation><material><mattext>x&lt;b></mattext></material></presentation>",
    ),
    "qti_2.1": ("assessmentItem", '<rubricBlock view="scorer">', "</rubricBlock>", "<p>x <b>y</b></p>"),
    "moodle_xml": (
        "quiz",
        '<question type="essay">',
        "</question>",
        "<questiontext><text>x&lt;b></text></questiontext>",
    ),
}


@pytest.mark.parametrize("name", sorted(NESTED))
def test_case_31_billion_laughs_what_is_nested_is_read_once(name: str) -> None:
    root, begin, end, text = NESTED[name]
    around = ("<itemBody><extendedTextInteraction/>", "</itemBody>") if root == "assessmentItem" else ("", "")
    data = f"<{root}>{around[0]}{begin * 90}{text * 3_000}{end * 90}{around[1]}</{root}>"
    begun = time.process_time()
    with contextlib.suppress(FileRefused):
        READERS[name](data.encode())
    assert time.process_time() - begun < 2
