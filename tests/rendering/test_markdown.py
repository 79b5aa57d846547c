import time
from html.parser import HTMLParser

import pytest
from django.utils import translation
from django.utils.safestring import SafeString
from hypothesis import given
from hypothesis import strategies as st

from rendering.highlighting import LANGUAGES, highlight
from rendering.markdown import (
    MarkdownTooLongError,
    render_document,
    render_inline,
    render_markdown,
    render_question,
)

MARKS = st.text(
    st.sampled_from(list("[]()!*_~`<>&#|:-+=\"'\\ \n\tab1.{}%$/@\x00\ud800\u202e؟é")), max_size=300
)
ANY_TEXT = st.text(st.characters(codec=None), max_size=300)


def test_markdown_blocks_and_inline_marks():
    html = render_markdown("# Title\n\nA **strong** `g` and ~~old~~ word.\n\n1. one\n2. two")

    assert html == (
        "<h1>Title</h1>\n<p>A <strong>strong</strong> <code>g</code> and <s>old</s> word.</p>\n"
        "<ol>\n<li>one</li>\n<li>two</li>\n</ol>\n"
    )
    assert isinstance(html, SafeString)


def test_table_scrolls_in_a_frame_that_takes_focus_and_keeps_alignment():
    html = render_markdown("| a | b |\n|:--|--:|\n| 1 | 2 |")

    assert '<div class="table-frame" tabindex="0" role="group" aria-label="Table"><table>' in html
    assert '<th scope="col" class="align-left">a</th>' in html
    assert '<td class="align-right">2</td>' in html
    assert "style" not in html


def test_code_block_has_label_name_and_focus():
    html = render_markdown("```py\nx = 1\n```")

    assert html == (
        '<figure class="code"><figcaption>Python</figcaption>'
        '<pre tabindex="0" role="group" aria-label="Code: Python"><code class="language-python">'
        '<span class="n">x</span> <span class="o">=</span> <span class="mi">1</span>\n'
        "</code></pre></figure>\n"
    )


@pytest.mark.parametrize(
    ("name", "label", "highlighted"),
    [
        ("python", "Python", True),
        ("html", "HTML", True),
        ("html+jinja", "Jinja", True),
        ("SQL", "SQL", True),
        ("bash", "Shell", True),
        ("js", "JavaScript", True),
        ("json", "JSON", True),
        ("yml", "YAML", True),
        ("text", "Text", False),
        ("brainfuck", "Text", False),
        ('"><script>', "Text", False),
        ("", "Text", False),
    ],
)
def test_fence_language_chooses_label_and_colours(name, label, highlighted):
    html = render_markdown(f'```{name}\n<a b="c">if [ "a" ]; then true: null; fi</a>\n```')

    assert f"<figcaption>{label}</figcaption>" in html
    assert ("<span" in html) is highlighted
    assert "<script" not in html


def test_code_keeps_every_character_and_blank_lines():
    code = "\n\n<b>&amp;</b>\n\tx = '\u200f'  \n"

    html = render_markdown(f"```\n{code}```")

    assert (
        "<code class=\"language-text\">\n\n&lt;b&gt;&amp;amp;&lt;/b&gt;\n\tx = '\u200f'  \n</code>"
        in html.replace("&#x27;", "'")
    )


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        '<img src=x onerror="alert(1)">',
        '<iframe src="https://x.org"></iframe>',
        '<p style="background:url(https://x.org)">x</p>',
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt&#58;alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "[x](vbscript:x)",
        "<javascript:alert(1)>",
        '[x](https://a.org "onmouseover=\\"alert(1)")',
        '![x](https://evil.org/a.png "t")',
        "![x](data:image/svg+xml;base64,AAAA)",
        "![x](/media/../admin/a.png)",
        "```html\n<script>alert(1)</script>\n```",
        '```py" onclick="alert(1)\nx\n```',
        "a&#x0;b<svg/onload=alert(1)>",
    ],
)
def test_case_04_xss_question_html_leaves_no_live_markup(text):
    for html in (render_markdown(text, media_prefix="/media/"), render_inline(text)):
        assert _live_markup(html) <= HARMLESS


HARMLESS = {
    *("p", "a", "a rel", "a title", "a href=https", "code", "figure", "figcaption", "pre", "span"),
    *("code class", "figure class", "pre tabindex", "pre role", "pre aria-label", "span class"),
}


def _live_markup(html):
    """What a browser would see: tags, their attributes, and the schemes of addresses."""
    seen = set()

    class Reader(HTMLParser):
        def handle_starttag(self, tag, attributes):
            seen.add(tag)
            for name, value in attributes:
                seen.add(
                    f"{tag} {name}={value.partition(':')[0]}" if name in ("href", "src") else f"{tag} {name}"
                )

    Reader().feed(html)
    return seen


@pytest.mark.parametrize(
    ("text", "html"),
    [
        (
            "[a](https://x.org/?a=1&b=2)",
            '<a href="https://x.org/?a=1&amp;b=2" rel="noopener noreferrer nofollow">a</a>',
        ),
        ("[a](mailto:x@y.org)", '<a href="mailto:x@y.org" rel="noopener noreferrer nofollow">a</a>'),
        ("[a](/admin/logout/)", '<a rel="noopener noreferrer nofollow">a</a>'),
        ("[a](//evil.org)", '<a rel="noopener noreferrer nofollow">a</a>'),
        ("[a](ftp://x.org)", '<a rel="noopener noreferrer nofollow">a</a>'),
    ],
)
def test_links_lead_only_to_absolute_web_and_mail_addresses(text, html):
    assert render_inline(text) == html


def test_image_shows_only_from_its_media_prefix():
    text = "![A *plan*](/media/q/plan-1.png)"

    assert render_markdown(text) == "<p>A plan</p>\n"
    assert render_markdown(text, media_prefix="/media/x/") == "<p>A plan</p>\n"
    assert render_markdown(text, media_prefix="/media/q/") == (
        '<p><img src="/media/q/plan-1.png" alt="A plan"></p>\n'
    )


def test_text_over_100_kb_is_refused_in_words():
    with pytest.raises(MarkdownTooLongError, match=r"too long to show\. Shorten it to 100 kB"):
        render_markdown("é" * 50_001)

    assert render_markdown("é" * 50_000)


def test_text_of_little_but_marks_is_shown_as_typed():
    text = "[" * 40_000 + "<b>"

    assert render_markdown(text) == f'<p class="plain">{"[" * 40_000}&lt;b&gt;</p>'
    assert render_inline(text) == f"{'[' * 40_000}&lt;b&gt;"


def test_a_long_ordinary_document_is_still_markdown():
    paragraph = "This is an **ordinary** sentence with `code` in it, and [a link](https://x.org/a).\n\n"

    html = render_markdown(paragraph * 600)

    assert html.count("<strong>ordinary</strong>") == 600


@given(st.one_of(ANY_TEXT, MARKS))
def test_case_21_nul_bytes_any_string_renders_the_same_twice(text):
    first, second = render_markdown(text), render_markdown(text)

    assert first == second
    first.encode()
    assert "\x00" not in first
    assert "\u202e" not in first
    assert "<script" not in first


@given(st.one_of(ANY_TEXT, MARKS), st.sampled_from([language.name for language in LANGUAGES]))
def test_case_21_nul_bytes_any_string_renders_as_inline_and_as_code(text, language):
    render_inline(text).encode()
    render_markdown(f"```{language}\n{text}\n```").encode()


# 200 ms on a machine of our own; twice that where other tests run beside.
BLINK = 0.4

ADVERSARIAL = {
    "brackets": "[" * 50_000,
    "images": "![" * 25_000,
    "open links": "[a](" * 12_500,
    "link urls": "[a](<" * 10_000,
    "definitions": "[a]: b\n" * 7_000,
    "stars": "*a **b " * 7_000,
    "underscores": "_a*" * 16_000,
    "backticks": "".join("`" * count + " " for count in range(1, 310)),
    "quotes": ">" * 50_000,
    "lists": "- " * 25_000,
    "numbers": "1. a\n" * 10_000,
    "lines": "a\n" * 25_000,
    "headings": "# a\n" * 12_500,
    "table": "|a|b|\n|-|-|\n" + "|x|\n" * 12_000,
    "wide table": "|" + "a|" * 100 + "\n|" + "-|" * 100 + "\n" + "x\n" * 20_000,
    "entities": "&#" * 25_000,
    "autolinks": "<a:" * 16_000,
    "comments": "<!--" * 12_500,
    "hashes": "#" * 50_000,
    "fences": "```\n" * 12_500,
    "code": "```py\nx\n```\n" * 4_000,
    "blank code": "```py\n" + "\n " * 24_000 + "\n```",
    "long code line": "```yaml\n" + ": " * 24_000 + "\n```",
    "code comments": "```html\n" + ("<!--" * 20 + "\n") * 600 + "```",
    "code quotes": ("```js\n" + ("`${" * 25 + "\n") * 100 + "```\n") * 6,
}


@pytest.mark.parametrize("name", ADVERSARIAL)
def test_case_20_redos_50_kb_renders_within_200_ms(name):
    text = ADVERSARIAL[name][:52_000]

    assert _seconds(render_markdown, text) < BLINK


@pytest.mark.parametrize(
    "language", [language for language in LANGUAGES if language.lexer], ids=lambda it: it.name
)
def test_case_20_redos_lexers_answer_within_200_ms(language):
    # Unclosed quotes, comments and brackets, and runs of blank lines, at the largest size that is highlighted.
    for piece in (
        '"',
        "'",
        '"""',
        "`${",
        "(",
        "{{",
        "{%",
        "<!--",
        "/*",
        "\\",
        "$(",
        ": ",
        "!a &b *c ",
        ">>> ",
        "<a ",
        "a.",
    ):
        line = (piece * 990)[:990] + "\n"
        snippet = (line * 8)[:7_999]
        assert _seconds(highlight, snippet, language) < BLINK, piece
    gaps = ("\n " * 11 + "x") * 340
    assert _seconds(highlight, gaps, language) < BLINK


def _seconds(function, *arguments):
    """Processor time of the fastest of up to five runs, so that a busy neighbour does not decide."""
    fastest = float("inf")
    for _round in range(5):
        start = time.process_time()
        function(*arguments)
        fastest = min(fastest, time.process_time() - start)
        if fastest < BLINK / 2:
            break
    return fastest


def test_question_option_of_one_paragraph_has_no_paragraph():
    question = render_question(
        "Which?", [("a", "`g` is **it**"), ("b", "```python\nx\n```"), ("c", "one\n\ntwo")]
    )

    assert question.stem_html == "<p>Which?</p>\n"
    assert question.options[0] == ("a", "<code>g</code> is <strong>it</strong>")
    assert question.options[2] == ("c", "<p>one</p>\n<p>two</p>\n")


def test_question_option_of_code_has_nothing_that_stops_the_name_of_its_label():
    question = render_question("```python\nx\n```", [("a", "```python\nx\n```")])

    option = question.options[0][1]
    assert question.stem_html.startswith('<figure class="code">')
    assert option.startswith('<div class="code"><div class="language-name">Python</div><pre tabindex="0">')
    assert "aria-label" not in option
    assert "role=" not in option


def test_question_is_rendered_once_and_looked_up_fast():
    options = [(code, f"```python\nprint({code!r})\n```") for code in "abcd"]

    first = render_question("Stem " * 200, options)
    start = time.perf_counter()
    for _round in range(1_000):
        again = render_question("Stem " * 200, options)
    per_call = (time.perf_counter() - start) / 1_000

    assert again == first
    assert again.stem_html is first.stem_html
    # 0.007 ms was measured; the promise is 0.04 ms, and a machine that tests much else meanwhile gets ten times that.
    assert per_call < 0.0004


def test_question_labels_follow_the_language_of_the_reader():
    with translation.override("en"):
        english = render_question("```\nx\n```", [])
    with translation.override("de"):
        german = render_question("```\nx\n```", [])

    assert english.stem_html is not german.stem_html


def own_document(text):
    return render_document(
        text,
        link=lambda written: f"/to/{written}",
        picture=lambda name: f"/pictures/{name}",
        media_prefix="/pictures/",
    )


def test_document_has_places_links_and_pictures_of_its_own():
    document = own_document(
        "# Title\n\nWhat it is about.\n\nFirst.\n\n## Two words, one place\n\nSee [there](b.md#x) and "
        "[out](https://example.org).\n\n![A cat](cat.png)\n\n### Deeper\n\nEnd."
    )

    assert (document.title, document.lead) == ("Title", "What it is about.")
    assert [(h.level, h.anchor, h.words) for h in document.headings] == [
        (2, "two-words-one-place", "Two words, one place"),
        (3, "deeper", "Deeper"),
    ]
    assert document.headings[0].text == "See there and out. "
    assert '<h2 id="two-words-one-place">Two words, one place</h2>' in document.html
    assert 'href="/to/b.md#x"' in document.html
    assert 'href="https://example.org"' in document.html
    assert '<img src="/pictures/cat.png" alt="A cat">' in document.html
    assert "Title" not in document.html


def test_document_shows_no_foreign_picture_and_no_link_that_runs_something():
    document = render_document(
        "# T\n\nL.\n\n[x](javascript:alert(1)) [y](//evil.example) ![z](//evil.example/z.png)",
        link=lambda written: written,
        picture=lambda name: name,
        media_prefix="/pictures/",
    )

    assert "href" not in document.html
    assert "<img" not in document.html
