"""Trees of XML from strangers: what declares types or entities is refused before anything is built of it.

Nothing is ever fetched or opened: XInclude, stylesheets and schemas that a file names stay words.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from xml.parsers import expat

from lxml import etree

from questions.formats import limits
from questions.formats.drafts import FileRefused, Problem
from questions.formats.text import cleaned, unmarked

DEEPEST: Final = 100
# An element, an attribute and the text in it weigh a hundred bytes each, and many times what they weigh in the file.
MOST_PIECES: Final = 400_000
# Where a file is read part by part: so many of them, and so much in one.
MOST_PARTS: Final = 100_000
MOST_PIECES_OF_A_PART: Final = 50_000
LONGEST_ATTRIBUTE: Final = 10_000

_UTF_8: Final = "utf-8"
_UTF_8_NAME = re.compile("utf-?8", re.IGNORECASE)
# Some programs leave out the blank before the encoding.
_DECLARATION = re.compile(r"\s*<\?xml\b[^<>]{0,300}\?>")
_ENCODING = re.compile(r"encoding\s{0,5}=\s{0,5}[\"']([A-Za-z0-9._-]{1,40})[\"']")
# Others are Python's own, and some of them unpack what they read.
_KNOWN = re.compile(
    r"(?:us-)?ascii|iso-8859-(?:1[013-6]?|[2-9])|latin-?1|(?:windows-|cp)125[0-8]", re.IGNORECASE
)
_LATIN = re.compile(r"(?:us-)?ascii|iso-8859-1|latin-?1", re.IGNORECASE)

_SAFE: Mapping[str, Any] = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "remove_comments": True,
    "remove_pis": True,
}
_PARSER = etree.XMLParser(encoding=_UTF_8, huge_tree=False, **_SAFE)


@dataclass(frozen=True, slots=True)
class Document:
    """A tree, and what was done to the text that it was built of."""

    root: Any
    remarks: Sequence[Problem] = ()


@dataclass(frozen=True, slots=True)
class Parts:
    """What stands directly in the root of a file, one after the other. Each is emptied when the next is asked for."""

    root: str
    parts: Iterator[Any]
    remarks: Sequence[Problem] = ()


def read_xml(data: bytes) -> Document:
    """Return the tree of an XML file.

    Raises: `FileRefused` for one that is too large, written in another encoding than it says, broken, too deep, or
    that declares a document type, the door to entities which read files or grow without end.
    """
    plain, remarks = _plain(data)
    is_harmless = _is_harmless(plain)
    if not is_harmless:
        _check(plain, _Watch())
    try:
        root = etree.fromstring(plain, _PARSER)
    except etree.XMLSyntaxError as error:
        if is_harmless:
            # What is wrong is told alike for small files and large ones.
            _check(plain, _Watch())
        raise _broken(error) from error
    return Document(root, remarks)


def _is_harmless(plain: bytes) -> bool:
    """Whether a file is so small that none of our bounds can be met: a package has thousands of such."""
    return (
        len(plain) <= LONGEST_ATTRIBUTE
        and plain.count(b"<") - plain.count(b"</") <= DEEPEST
        and b"<!DOCTYPE" not in plain
    )


def read_parts(data: bytes, name: str) -> Parts:
    """Return the parts of a large XML file that are called `name`, so that never more than one is in memory.

    Raises: `FileRefused` like `read_xml`, at once or, for what only the second parser minds, while they are read.
    """
    plain, remarks = _plain(data)
    watch = _Watch(is_in_parts=True)
    _check(plain, watch)
    return Parts(watch.root, _parts(plain, name), remarks)


def _parts(plain: bytes, name: str) -> Iterator[Any]:
    # "{*}" is every namespace, and none.
    reading = etree.iterparse(
        io.BytesIO(plain), tag=f"{{*}}{name}", encoding=_UTF_8, huge_tree=False, **_SAFE
    )
    try:
        for _event, element in reading:
            parent = element.getparent()
            if parent is None or parent.getparent() is not None:
                continue
            yield element
            element.clear()
            while element.getprevious() is not None:
                del parent[0]
    except etree.XMLSyntaxError as error:
        raise _broken(error) from error


def _broken(error: etree.XMLSyntaxError) -> FileRefused:
    # What only this parser minds: a prefix that stands for nothing, a text of ten million letters.
    line, column = error.position
    return FileRefused("broken_xml", line=line or 1, column=column or 1)


def _plain(data: bytes) -> tuple[bytes, Sequence[Problem]]:
    """Return the file as UTF-8 that declares nothing; lines stay where they are."""
    if len(data) > limits.FILE_BYTES:
        raise FileRefused("too_large", most=limits.FILE_BYTES // (1024 * 1024))
    text = cleaned(_decoded(data))
    declaration = _DECLARATION.match(text.text)
    if not declaration:
        return text.text.encode(), text.remarks
    lines = "\n" * declaration[0].count("\n")
    return lines.encode() + text.text[declaration.end() :].encode(), text.remarks


def _decoded(data: bytes) -> str:
    marked = unmarked(data)
    if marked is not None:
        return marked
    declaration = _DECLARATION.match(data[:400].decode("latin-1"))
    named = _ENCODING.search(declaration[0]) if declaration else None
    encoding = named[1] if named else _UTF_8
    try:
        text = data.decode(_UTF_8)
    except UnicodeDecodeError as error:
        if not _KNOWN.fullmatch(encoding):
            raise FileRefused("wrong_encoding", declared=encoding, found="Windows-1252") from error
        # Who says Latin 1 means what Windows makes of it, as browsers have it.
        return data.decode("cp1252" if _LATIN.fullmatch(encoding) else encoding, errors="replace")
    if _UTF_8_NAME.fullmatch(encoding) or (data.isascii() and _KNOWN.fullmatch(encoding)):
        return text
    raise FileRefused("wrong_encoding", declared=encoding, found="UTF-8")


def _check(plain: bytes, watch: _Watch) -> None:
    parser = expat.ParserCreate(_UTF_8)
    parser.StartDoctypeDeclHandler = watch.declared
    parser.StartElementHandler = watch.opened
    parser.EndElementHandler = watch.closed
    try:
        parser.Parse(plain, True)
    except expat.ExpatError as error:
        raise FileRefused("broken_xml", line=error.lineno, column=error.offset + 1) from error


class _Watch:
    """Stops a parser at the first thing that must not be there."""

    def __init__(self, *, is_in_parts: bool = False) -> None:
        self.root = ""
        self._is_in_parts = is_in_parts
        self._parts = MOST_PARTS
        self._left = MOST_PIECES
        self._depth = 0

    def declared(self, *_details: object) -> None:
        raise FileRefused("doctype")

    def opened(self, name: str, attributes: Mapping[str, str]) -> None:
        self._depth += 1
        if self._depth == 1:
            self.root = name
        elif self._depth == 2 and self._is_in_parts:
            self._parts -= 1
            self._left = MOST_PIECES_OF_A_PART
        elif self._depth > DEEPEST:
            raise FileRefused("too_deep")
        self._left -= 1
        if attributes:
            self._left -= 2 * len(attributes)
            if max(map(len, attributes.values())) > LONGEST_ATTRIBUTE:
                raise FileRefused("attribute_too_long", most=LONGEST_ATTRIBUTE)
        if self._parts < 0:
            raise FileRefused("too_many_questions", most=limits.QUESTIONS)
        if self._left < 0:
            most = MOST_PIECES_OF_A_PART if self._is_in_parts else MOST_PIECES
            raise FileRefused("too_many_elements", most=f"{most:,}")

    def closed(self, _name: str) -> None:
        self._depth -= 1
