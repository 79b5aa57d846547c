from __future__ import annotations

import pytest

from rendering.blocks import markdown_blocks, paragraph
from rendering.pdf import write_pdf

# Typst would stop at the first, and draw something else for the others, if it read them as markup.
HOSTILE = (
    '#panic("read as markup")',
    '#read("/etc/passwd")',
    '#import "@preview/example:0.1.0"',
    "= Heading $ x + @unknown <label> \\ *bold _open `tick ``` ``` //",
    '"} #eval("1 / 0") {"',
    "\u202egnp.exe\x00\ud800",
)


def write(*blocks) -> bytes:
    return write_pdf(title="Ada", author="Larkfield", footer="Page", blocks=list(blocks))


def test_pdf_is_one() -> None:
    content = write(paragraph("Hello"))

    assert content.startswith(b"%PDF-")
    assert content.rstrip().endswith(b"%%EOF")


@pytest.mark.parametrize("words", HOSTILE)
def test_case_text_of_people_is_never_read_as_markup(words) -> None:
    blocks = [
        paragraph(words),
        {"kind": "heading", "level": 2, "text": words},
        {"kind": "quiet", "text": words},
        {"kind": "code", "text": words, "language": "python"},
        {"kind": "facts", "rows": [[words, words]]},
        {"kind": "marks", "labels": [{"text": words, "tone": "good"}]},
        {
            "kind": "option",
            "letter": "A",
            "strong": True,
            "labels": [{"text": words, "tone": "bad"}],
            "blocks": [paragraph(words)],
        },
    ]

    content = write_pdf(title=words, author=words, footer=words, blocks=blocks)

    assert content.startswith(b"%PDF-")


def test_every_kind_of_markdown_is_set() -> None:
    text = (
        "# Title\n\nWords **strong** *soft* ~~gone~~ `code`  \nbreak [link](https://example.org)\n\n"
        "```python\nprint(1)\n```\n\n    indented\n\n3. three\n4. four\n   - inner\n\n> quoted\n\n---\n\n"
        "| a | b |\n|:-:|--:|\n| 1 | 2 |\n"
    )

    kinds = [block["kind"] for block in markdown_blocks(text)]

    assert kinds == ["paragraph", "paragraph", "code", "code", "list", "quote", "rule", "table"]
    assert write(*markdown_blocks(text)).startswith(b"%PDF-")


def test_markdown_keeps_what_it_says_and_how() -> None:
    blocks = markdown_blocks(
        "What does **this** print: `a < b`?\n\n```py\nx = 1\n```\n\n2. two\n\n|a|b|\n|-|-:|\n|1|2|"
    )

    assert blocks == [
        {
            "kind": "paragraph",
            "runs": [
                {"text": "What does "},
                {"strong": True, "text": "this"},
                {"text": " print: "},
                {"text": "a < b", "code": True},
                {"text": "?"},
            ],
        },
        {"kind": "code", "text": "x = 1", "language": "python"},
        {
            "kind": "list",
            "ordered": True,
            "start": 2,
            "items": [[{"kind": "paragraph", "runs": [{"text": "two"}]}]],
        },
        {
            "kind": "table",
            "head": [[{"text": "a"}], [{"text": "b"}]],
            "rows": [[{"runs": [{"text": "1"}]}, {"runs": [{"text": "2"}]}]],
            "align": ["", "right"],
        },
    ]


def test_markdown_that_is_too_laborious_is_set_as_typed() -> None:
    text = "[" * 9000

    assert markdown_blocks(text) == [paragraph(text)]
