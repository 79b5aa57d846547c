"""A text of a question, taken apart: words, code blocks, pictures."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache

from markdown_it.token import Token

from rendering.markdown import MarkdownTooLongError, parse_markdown

# Whatever has none of these is words alone, and need not be parsed.
_SPECIAL = re.compile(r"```|~~~|!\[|^(?: {4}|\t)", re.MULTILINE)
_CODE_SPAN = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)", re.DOTALL)
_CONTAINER = re.compile(r"^[\s>]*")


@dataclass(frozen=True, slots=True)
class CodeBlock:
    """A fenced block. `language` is what its author wrote after the fence, "" for nothing; `line` is where it is."""

    language: str
    code: str
    is_closed: bool
    line: int = field(default=1, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture: where it lies, what is said of it to who cannot see it, and in which line its paragraph begins."""

    address: str
    description: str
    line: int = field(default=1, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Text:
    """What a text holds. `prose` is its words with their Markdown, without code blocks; code words stay in it."""

    prose: str
    blocks: tuple[CodeBlock, ...] = ()
    pictures: tuple[Picture, ...] = ()

    @property
    def words(self) -> str:
        """The prose without code words."""
        return _CODE_SPAN.sub(" ␣ ", self.prose)


@lru_cache(maxsize=64)
def read(text: str) -> Text:
    """Return what `text` holds. What takes too long to parse is taken for words alone."""
    if not _SPECIAL.search(text):
        return Text(text)
    try:
        tokens = parse_markdown(text)
    except MarkdownTooLongError:
        tokens = None
    if tokens is None:
        return Text(text)
    lines = text.split("\n")
    prose, blocks, pictures = [], [], []
    for token in tokens:
        if token.type == "fence":
            language = (token.info.split() or [""])[0]
            blocks.append(CodeBlock(language, token.content, _is_closed(token, lines), _line(token)))
        elif token.type == "inline":
            prose.append(token.content)
            pictures += [
                _picture(child, _line(token)) for child in token.children or () if child.type == "image"
            ]
    return Text("\n\n".join(prose), tuple(blocks), tuple(pictures))


def code_spans(text: str) -> list[str]:
    """Return the code words of `text`, with the signs around them."""
    return [span[0] for span in _CODE_SPAN.finditer(text)]


def plain(text: str) -> str:
    """Return `text` for comparing: one space between words, no emphasis, no capitals outside of code."""
    pieces = []
    end = 0
    for span in _CODE_SPAN.finditer(text):
        pieces += [_folded(text[end : span.start()]), span[0]]
        end = span.end()
    pieces.append(_folded(text[end:]))
    return " ".join("".join(pieces).split())


def shown(text: str) -> str:
    """Return `text` about as long as it is on the page: without the signs of Markdown."""
    return " ".join(re.sub(r"[`*_~]|^\s*[-#>]+\s", "", text, flags=re.MULTILINE).split())


def _folded(text: str) -> str:
    return re.sub(r"[*_]+(?=\w)|(?<=\w)[*_]+|[.;,:!]+(?=\s|$)", "", text).casefold()


def _is_closed(token: Token, lines: list[str]) -> bool:
    if token.map is None or token.map[1] - token.map[0] < 2:
        return False
    last = _CONTAINER.sub("", lines[min(token.map[1], len(lines)) - 1]).rstrip()
    return len(last) >= len(token.markup) and not last.strip(token.markup[0])


def _line(token: Token) -> int:
    return token.map[0] + 1 if token.map else 1


def _picture(token: Token, line: int) -> Picture:
    said = "".join(child.content for child in token.children or ())
    return Picture(str(token.attrs.get("src", "")), said.strip(), line)
