"""From the HTML of other programs to Markdown. What would run or load something is left out and named."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html import unescape
from typing import Any, Final

from lxml import etree
from markdown_it import MarkdownIt

from questions.formats.gathering import tidy

# Longer than any text that is kept; nobody waits for what is thrown away anyhow.
LONGEST: Final = 100_000
# Nobody nests deeper by hand.
_DEEPEST: Final = 60

_LEFT_OUT = frozenset(
    (
        *(
            "script",
            "style",
            "iframe",
            "object",
            "embed",
            "applet",
            "form",
            "input",
            "button",
            "select",
            "textarea",
        ),
        *(
            "svg",
            "math",
            "audio",
            "video",
            "source",
            "link",
            "meta",
            "base",
            "template",
            "noscript",
            "head",
            "title",
        ),
        "frameset",
    )
)
_BLOCKS = frozenset(
    (
        *(
            "p",
            "div",
            "section",
            "article",
            "header",
            "footer",
            "main",
            "figure",
            "figcaption",
            "center",
            "address",
        ),
        *(
            "pre",
            "ul",
            "ol",
            "table",
            "blockquote",
            "hr",
            "h1",
            "h2",
            "h3",
            "h4",
            "h5",
            "h6",
            "dl",
            "dt",
            "dd",
        ),
        *("html", "body"),
    )
)
_STRONG = frozenset(("b", "strong"))
_EMPHASIS = frozenset(("i", "em", "cite", "dfn", "var"))
_CODE = frozenset(("code", "tt", "kbd", "samp"))
_STRUCK = frozenset(("s", "del", "strike"))
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_RAISED = {"sup": "^", "sub": "_"}

_BLANKS = re.compile(r"[ \t\n\r\f\u00a0]+")
_SIGNS = re.compile(r"[\\`*_\[\]<&~]")
_BEGINS_BLOCK = re.compile(
    r"^(#{1,6}(?=\s|$)|>|[-+*](?=\s|$)|=+$|[|:-][|: -]*$|~~~|```|\[(?=[^\]\n]*\]:)|([*_-])(?=(?:[ \t]*\2){2,}[ \t]*$))",
    re.MULTILINE,
)
_BEGINS_LIST = re.compile(r"^(\d{1,9})([.)])(?=\s|$)", re.MULTILINE)
_LINK = re.compile(r"(?:https?://|mailto:)[^\s<>()]{1,2000}", re.IGNORECASE)
_LANGUAGE = re.compile(r"(?:language-|lang-|brush:\s?)([A-Za-z0-9+#-]{1,20})")
_TICKS = re.compile(r"`+")
# Of these one alone means nothing.
_IN_PAIRS: Final = "`*_[]~"
# So many signs are checked by reading them as Markdown; beyond, each is escaped.
_MOST_CHECKED: Final = 100
_BREAK = "\x01"

_ONE_PARAGRAPH = re.compile(r"(?:\s*<p>)?([^<>]*)(?:</p>\s*)?")

_PARSER = etree.HTMLParser(no_network=True, remove_comments=True, remove_pis=True, recover=True)
_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])


@dataclass(slots=True)
class Converted:
    """The Markdown, which tags and attributes were left out of it, and whether pictures were."""

    text: str
    dropped: set[str] = field(default_factory=set)
    has_picture: bool = False


def no_picture(_source: str) -> str:
    """Return the address of no picture: its description stands there."""
    return ""


def to_markdown(html: str, picture: Callable[[str], str] = no_picture) -> Converted:
    """Return `html` as Markdown that reads like it.

    Arguments: `picture` returns the address that a picture has from now on, "" for one that is left out.
    """
    if len(html) > LONGEST:
        return Converted(html)
    # Most texts are no more than one paragraph, and need no tree.
    alone = _ONE_PARAGRAPH.fullmatch(html) if "<" in html else (html, html)
    if alone:
        return Converted(_paragraph(_escaped(_BLANKS.sub(" ", unescape(alone[1])))))
    try:
        root = etree.fromstring(f"<div>{html}</div>", _PARSER)
    except (etree.XMLSyntaxError, ValueError):
        root = None
    if root is None:
        return Converted("")
    converting = _Converting(picture)
    text = "\n\n".join(converting.blocks(root, 0))
    return Converted(text, converting.dropped, converting.has_picture)


class _Converting:
    """Walks a tree of HTML."""

    def __init__(self, picture: Callable[[str], str]) -> None:
        self.dropped: set[str] = set()
        self.has_picture = False
        self._picture = picture
        self._writers: Mapping[str, Callable[[Any, int], list[str]]] = {
            "pre": lambda element, _depth: [_fence(element)],
            "ul": self._list,
            "ol": self._list,
            "table": lambda element, depth: [self._table(element, depth)],
            "hr": lambda _element, _depth: ["---"],
            "blockquote": self._quote,
        }

    def blocks(self, element: Any, depth: int) -> list[str]:
        """Return the paragraphs, lists and pieces of code within `element`."""
        if depth > _DEEPEST:
            return [_paragraph(_escaped(_BLANKS.sub(" ", "".join(element.itertext()))))]
        found: list[str] = []
        run = [_words(element.text)]
        for child in element:
            if child.tag in _BLOCKS:
                found.append(_paragraph("".join(run)))
                found += self._block(child, depth + 1)
                run = []
            else:
                run.append(self._inline(child, depth + 1))
            run.append(_words(child.tail))
        found.append(_paragraph("".join(run)))
        return [text for text in found if text]

    def _block(self, element: Any, depth: int) -> list[str]:
        self._note(element)
        write = self._writers.get(element.tag)
        if write:
            return write(element, depth)
        if element.tag in _HEADINGS:
            return [_around("**", self._run(element, depth))]
        return self.blocks(element, depth)

    def _inline(self, element: Any, depth: int) -> str:
        tag = element.tag
        if not isinstance(tag, str) or tag in _LEFT_OUT:
            self.dropped.add(str(tag))
            return ""
        self._note(element)
        if tag == "br":
            return _BREAK
        if tag == "img":
            return self._shown(element)
        if tag in _CODE:
            return _code("".join(element.itertext()))
        return self._marked(element, tag, self._run(element, depth))

    def _shown(self, element: Any) -> str:
        description = element.get("alt")
        address = self._picture(element.get("src") or "")
        if address:
            words = _SIGNS.sub(lambda sign: f"\\{sign[0]}", _BLANKS.sub(" ", description or "").strip())
            return f"![{words}]({address})"
        self.has_picture = True
        return _words(description)

    def _marked(self, element: Any, tag: str, text: str) -> str:
        if tag in _STRONG:
            return _around("**", text)
        if tag in _EMPHASIS:
            return _around("*", text)
        if tag in _STRUCK:
            return _around("~~", text)
        if tag in _RAISED:
            return _raised(_RAISED[tag], text)
        link = (element.get("href") or "").strip() if tag == "a" else ""
        return f"[{text}]({link})" if text.strip() and _LINK.fullmatch(link) else text

    def _run(self, element: Any, depth: int) -> str:
        """Return what stands within `element` as one run of words, whatever blocks are in it."""
        if depth > _DEEPEST:
            return _words("".join(element.itertext()))
        parts = [_words(element.text)]
        for child in element:
            space = " " if child.tag in _BLOCKS else ""
            parts += [space, self._inline(child, depth + 1), space, _words(child.tail)]
        return "".join(parts)

    def _list(self, element: Any, depth: int) -> list[str]:
        lines = []
        for number, item in enumerate(element.iterchildren("li"), start=1):
            mark = f"{number}. " if element.tag == "ol" else "- "
            text = "\n\n".join(self.blocks(item, depth + 1))
            indent = " " * len(mark)
            rest = [f"{indent}{line}" if line else "" for line in text.split("\n")]
            lines.append(mark + "\n".join(rest).lstrip(" "))
        return ["\n".join(lines)]

    def _quote(self, element: Any, depth: int) -> list[str]:
        text = "\n\n".join(self.blocks(element, depth + 1))
        return ["\n".join(f"> {line}".rstrip() for line in text.split("\n"))]

    def _table(self, element: Any, depth: int) -> str:
        rows = [
            [
                " ".join(self._run(cell, depth + 1).replace(_BREAK, " ").split()).replace("|", "\\|")
                for cell in row.iterchildren("td", "th")
            ]
            for row in element.iter("tr")
        ]
        rows = [row for row in rows if row]
        if not rows:
            return ""
        width = max(len(row) for row in rows)
        lines = [f"| {' | '.join(row + [''] * (width - len(row)))} |" for row in rows]
        return "\n".join([lines[0], "|" + " --- |" * width, *lines[1:]])

    def _note(self, element: Any) -> None:
        names = element.keys()
        if names:
            self.dropped |= {str(name) for name in names if str(name).startswith("on")}


def _words(text: str | None) -> str:
    return _escaped(_BLANKS.sub(" ", text)) if text else ""


def _escaped(text: str) -> str:
    """Return plain text so that Markdown shows the same; signs that mean nothing where they stand stay as they are."""
    signs = _SIGNS.findall(text)
    if not signs or (len(signs) == 1 and signs[0] in _IN_PAIRS):
        return text
    # Two ticks are nearly always code, which is sooner escaped than found to be none.
    if len(signs) <= _MOST_CHECKED and signs.count("`") < 2:
        children = _MARKDOWN.parseInline(text.strip())[0].children or []
        said = "".join(child.content for child in children)
        if said == text.strip() and all(child.type == "text" for child in children):
            return text
    return _SIGNS.sub(lambda sign: f"\\{sign[0]}", text)


def _paragraph(run: str) -> str:
    if not run:
        return ""
    lines = [" ".join(line.split()) for line in run.strip(f" {_BREAK}").split(_BREAK)]
    text = "\n".join(lines)
    if text[:1].isalpha() and len(lines) == 1:
        return text
    text = _BEGINS_LIST.sub(r"\1\\\2", _BEGINS_BLOCK.sub(r"\\\1", text))
    # Two blanks at the end of a line keep its end.
    return text.replace("\n", "  \n")


def _around(mark: str, text: str) -> str:
    """Return `text` between marks, with the blanks at its ends outside of them."""
    inner = text.strip(f" {_BREAK}")
    if not inner or _BREAK in inner:
        return text
    before, after = text.split(inner, 1)
    return f"{before}{mark}{inner}{mark}{after}"


def _raised(sign: str, text: str) -> str:
    # 10 to the power of 3 is not 103.
    inner = text.strip()
    return f"{sign}{inner}" if len(inner) <= 1 else f"{sign}({inner})"


def _code(text: str) -> str:
    inner = _BLANKS.sub(" ", text).strip()
    if not inner:
        return ""
    ticks = "`" * (1 + max((len(run) for run in _TICKS.findall(inner)), default=0))
    space = " " if inner.startswith("`") or inner.endswith("`") else ""
    return f"{ticks}{space}{inner}{space}{ticks}"


def _fence(element: Any) -> str:
    classes = " ".join(str(each.get("class") or "") for each in [element, *element.iterchildren("code")])
    language = _LANGUAGE.search(classes)
    for line_break in element.iter("br"):
        line_break.tail = f"\n{line_break.tail or ''}"
    text = "".join(element.itertext()).replace("\u00a0", " ")
    text = tidy(text)
    ticks = "`" * max(3, 1 + max((len(run) for run in _TICKS.findall(text)), default=0))
    return f"{ticks}{language[1] if language else ''}\n{text}\n{ticks}"
