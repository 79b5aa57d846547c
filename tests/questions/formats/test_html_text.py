"""HTML of other programs becomes Markdown that reads the same and can do nothing."""

from __future__ import annotations

import html
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from markdown_it import MarkdownIt

from questions.formats.html_text import LONGEST, to_markdown


@pytest.mark.parametrize(
    ("source", "markdown"),
    [
        ("2 * 3 * 4 and snake_case <= 3", "2 * 3 * 4 and snake_case <= 3"),
        ("<p>One</p><p>two</p>", "One\n\ntwo"),
        ("<p> a\n  b&nbsp;&nbsp;c </p>", "a b c"),
        ("a<br>b<br/>c<br>", "a  \nb  \nc"),
        ("<b>bold</b>, <em>so </em>so", "**bold**, *so* so"),
        ("<code>a &lt; b</code> and <tt>x`y</tt>", "`a < b` and ``x`y``"),
        (
            "<pre><code class='language-python'>if x:\n    y = '<b>'\n\n```\n</code></pre>",
            "````python\nif x:\n    y = ''\n\n```\n````",
        ),
        ("<pre>a<br>  b</pre>", "```\na\n  b\n```"),
        ("<ul><li>a<li>b</ul><ol><li>x<p>y</p></ol>", "- a\n- b\n\n1. x\n\n   y"),
        ("<table><tr><th>a<th>b|c<tr><td>1</table>", "| a | b\\|c |\n| --- | --- |\n| 1 |  |"),
        ("10<sup>3</sup> H<sub>2</sub>O x<sup>12</sup>", "10^3 H_2O x^(12)"),
        ("<h2>Title</h2><blockquote>said</blockquote>", "**Title**\n\n> said"),
        (
            "<a href='https://e.org/x'>here</a> <a href='javascript:x'>there</a>",
            "[here](https://e.org/x) there",
        ),
        ("&lt;b&gt; is bold", "<b> is bold"),
        ("__init__ and **x**", "\\_\\_init\\_\\_ and \\*\\*x\\*\\*"),
        (
            "<p># no heading</p><p>1. no list</p><p>- nor this</p>",
            "\\# no heading\n\n1\\. no list\n\n\\- nor this",
        ),
        ("", ""),
        ("<p>&nbsp;</p>", ""),
        ("<", "<"),
    ],
)
def test_html_becomes_markdown(source: str, markdown: str) -> None:
    assert to_markdown(source).text == markdown


def test_case_04_xss_question_html_what_runs_or_loads_is_left_out_and_named() -> None:
    converted = to_markdown(
        "<p onclick='x()'>One</p><script>alert(1)</script><iframe src='//e.org'></iframe><svg onload=x></svg>"
        "<img src='http://127.0.0.1/x.png' alt='A map' onerror=x><style>p{}</style>"
    )
    assert converted.text == "One\n\nA map"
    assert converted.dropped == {"onclick", "onerror", "script", "iframe", "svg", "style"}
    assert converted.has_picture


def test_picture_that_is_at_hand_is_shown_with_its_description() -> None:
    html = "<p>See <img src='a.png' alt='f[x] *y*'> and <img src='b.png' alt='two'></p>"
    converted = to_markdown(html, lambda source: "picture:a" if source == "a.png" else "")
    assert converted.text == "See ![f\\[x\\] \\*y\\*](picture:a) and two"
    assert converted.has_picture


_PARSER = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])


PIECES = (
    *(
        "a",
        "B2",
        " ",
        "*",
        "**",
        "_",
        "__",
        "`",
        "#",
        "# ",
        "- ",
        "+ ",
        "1. ",
        "2) ",
        ">",
        "<b>",
        "</p>",
        "&amp;",
        "&",
    ),
    *(
        "[x](y)",
        "![",
        "](",
        "[",
        "]:",
        "|",
        "~~",
        "\\",
        "=",
        "===",
        "---",
        "<http://e.org>",
        ":",
        "é",
        "日",
        "!",
    ),
)


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
@settings(max_examples=150)
def test_plain_text_is_shown_as_it_was(text: str) -> None:
    shown = etree.fromstring(
        f"<div>{_PARSER.render(to_markdown(html.escape(text)).text)}</div>", etree.HTMLParser()
    )
    said = "" if shown is None else "".join(shown.itertext())
    assert said.split() == text.split()


@pytest.mark.parametrize(
    "piece",
    [
        "<b>",
        "<a ",
        "<",
        "&",
        "<p>",
        "*",
        "[",
        "<!--",
        "</p>",
        "<table><tr><td>",
        "`",
        "<pre>",
        "<ul><li>",
        "<br>",
    ],
)
def test_case_31_billion_laughs_repetition_costs_no_more_than_its_length(piece: str) -> None:
    begun = time.process_time()
    to_markdown((piece * LONGEST)[:LONGEST])
    # A twentieth of a second was measured.
    assert time.process_time() - begun < 5


@pytest.mark.parametrize("entity", ["&lol;", "<!DOCTYPE a [<!ENTITY lol 'x'>]>&lol;"])
def test_case_30_xxe_entities_are_text(entity: str) -> None:
    assert "x" not in to_markdown(f"<p>{entity}</p>").text.replace("]>", "")
