"""Questions as no author would write them and every format has to carry them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from questions.formats.drafts import ParsedOption, ParsedQuestion
from questions.formats.gathering import tidy
from rendering.characters import clean_text

_BITS = (
    *("a", "Zz", "which", "0", "7.5", " ", "  ", "\t", "\n", "\n\n", "    "),
    *("\\", "\\\\", "\\n", "{", "}", "=", "~", "#", "####", ":", "::", "%", "%50%", "->", "//", "$CATEGORY:"),
    *(
        "[html]",
        "[markdown]",
        "[id:x]",
        "]",
        "_____",
        "*",
        "_",
        "`",
        "```",
        "```python\n\tdef f():\n\n\t\tpass\n```",
    ),
    *(
        "<b>",
        "</p>",
        "&amp;",
        "&",
        '"',
        "'",
        ",",
        ";",
        "|",
        "-",
        "- [ ] ",
        "- A: ",
        "A) ",
        "ANSWER: B",
        "> ",
        "1. ",
    ),
    *(
        "{% if x %}{{ y }}{% endif %}",
        "<a href='x'>",
        "a == b",
        "C#",
        "SELECT * FROM t WHERE a = 'b';",
        "$HOME",
    ),
    *(
        "Größe",
        "日本語",
        "שלום",
        "مرحبا",
        "हिन्दी",
        "😀",
        "é",
        "\u00a0",
        "\u2028",
        "TRUE",
        "T",
        "null",
        "=1+1",
    ),
)


def _texts(most: int) -> SearchStrategy[str]:
    bits = st.one_of(st.sampled_from(_BITS), st.characters(exclude_categories=("Cs", "Cc")))
    joined = st.lists(bits, min_size=1, max_size=most).map("".join).map(clean_text).map(tidy)
    return joined.filter(bool)


def _lines(most: int) -> SearchStrategy[str]:
    return _texts(most).map(lambda text: " ".join(text.split())).filter(lambda text: 0 < len(text) <= 50)


def _optional(texts: SearchStrategy[str]) -> SearchStrategy[str]:
    return st.just("") | texts


def _parts(low: int, high: int) -> SearchStrategy[Fraction]:
    return st.integers(1, 12).flatmap(
        lambda parts: st.integers(low * parts, high * parts).map(lambda count: Fraction(count, parts))
    )


@st.composite
def _choices(draw: st.DrawFn, *, texts: SearchStrategy[str]) -> ParsedQuestion:
    kind = draw(st.sampled_from(["single", "multiple"]))
    shown = draw(st.lists(texts, min_size=2, max_size=6, unique_by=lambda text: " ".join(text.split())))
    shares = [draw(_parts(-1, 1)) for _text in shown]
    shares[draw(st.integers(0, len(shares) - 1))] = (
        Fraction(1) if kind == "single" else draw(_parts(0, 1)) or Fraction(1)
    )
    feedback = _optional(_texts(4))
    options = [
        ParsedOption(text, share, draw(feedback), draw(st.sampled_from(["", "", "", "last"])))
        for text, share in zip(shown, shares, strict=True)
    ]
    marking = "all_or_nothing" if kind == "single" else draw(st.sampled_from(["all_or_nothing", "partial"]))
    return ParsedQuestion(kind, "", tuple(options), marking=marking, explanation=draw(_optional(_texts(6))))


@st.composite
def _opens(draw: st.DrawFn) -> ParsedQuestion:
    lists = st.lists(_lines(4), max_size=2).map(tuple)
    return ParsedQuestion(
        "open",
        "",
        model_answer=draw(_optional(_texts(6))),
        look_fors=draw(lists),
        warning_signs=draw(lists),
        follow_ups=draw(lists),
    )


@st.composite
def questions(draw: st.DrawFn, *, plain: bool = False) -> ParsedQuestion:
    """A question in the common form. `plain`: its texts are of one line."""
    question = draw(_choices(texts=_lines(5) if plain else _texts(5)) | _opens())
    return replace(
        question,
        stem=draw(_lines(8) if plain else _texts(8)),
        external_id=draw(_optional(_lines(4))),
        name=draw(_optional(_lines(4))),
        category=draw(st.sampled_from(["", "history", "history/us", "Größe/π 2"])),
        tags=tuple(draw(st.lists(_lines(3), max_size=3, unique=True))),
        level=draw(st.sampled_from(["", "junior"])),
        difficulty=draw(st.sampled_from([None, 3])),
        skills=draw(st.sampled_from([(), ("flask",), ("flask", "python")])),
        source=draw(st.sampled_from(["", "https://example.org/x?a=1&b=2#c"])),
    )


def several(*, plain: bool = False) -> SearchStrategy[Sequence[ParsedQuestion]]:
    """Some questions with ids that differ."""
    return st.lists(
        questions(plain=plain),
        min_size=1,
        max_size=2,
        unique_by=lambda question: question.external_id or object(),
    )
