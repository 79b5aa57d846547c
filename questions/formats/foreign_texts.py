"""Texts of other programs, with the pictures that lie in their file and what an author should know about them."""

from __future__ import annotations

import re
from collections.abc import Iterator, MutableMapping
from html import escape
from typing import Any, Final

from lxml import etree

from questions.formats.gathering import Fault
from questions.formats.html_text import to_markdown
from questions.formats.pictures import ADDRESS, from_base64, picture_of
from rendering.characters import clean_text

# A picture written into the text itself; it would be longer than any text that is kept.
_DATA: Final = "data:image/"
_DATA_PICTURE = re.compile(r"data:image/[a-z+.-]{1,20};base64,([A-Za-z0-9+/=\s]*)")
_TAG = re.compile(r"<[a-zA-Z][^<>]*")
_WRITTEN: Final = "written-picture:"


class ForeignTexts:
    """Reads the texts of one question. Whoever knows where pictures lie says so in `path` and `content`."""

    def __init__(self, pictures: MutableMapping[str, bytes]) -> None:
        self._pictures = pictures
        # What those at a path are called, "" for what is no picture; and those that texts themselves hold.
        self.called: MutableMapping[str, str] = {}
        self._called: MutableMapping[str, str] = {}
        self._written: dict[str, str] = {}
        self._names: dict[str, set[str]] = {}
        self._has_signs = False
        self._has_remote = False

    def path(self, _source: str) -> str:
        """Return the path within the file of a picture that a text names, "" for one that is elsewhere."""
        return ""

    def content(self, _path: str) -> bytes | None:
        """Return what lies at a path within the file, None when nothing does."""
        return None

    def clean(self, text: str) -> str:
        """Return `text` without signs that mislead."""
        clean = clean_text(text)
        self._has_signs = self._has_signs or len(clean) != len(text.replace("\r\n", "\n"))
        return clean

    def html(self, said: str) -> str:
        """Return HTML as Markdown."""
        said = self.clean(said)
        if _DATA in said:
            # What a text says of such an address stays: it may be what is asked.
            said = _TAG.sub(lambda tag: _DATA_PICTURE.sub(self._put_away, tag[0]), said)
        converted = to_markdown(said, self.address)
        for name in converted.dropped:
            self.note("markup_dropped", name)
        return converted.text

    def plain(self, said: str) -> str:
        """Return plain text as Markdown that shows the same."""
        return self.html(escape(said, quote=False).replace("\n", "<br>"))

    def note(self, code: str, name: str) -> None:
        """Keep a name for the warning of that code."""
        self._names.setdefault(code, set()).add(name[:80])

    def take(self, content: bytes, name: str) -> str:
        """Return the address of a picture that lies in the file, "" for one that cannot be shown."""
        return self._shown(self._kept(content), name)

    def address(self, source: str) -> str:
        """Return the address of a picture that a text names, "" for one that is elsewhere or cannot be shown."""
        written = self._written.get(source)
        path = self.path(source) if written is None else source
        if not path:
            self._has_remote = True
            return ""
        # The same one may stand in a thousand texts: it is looked at once.
        called = self.called if written is None else self._called
        if path not in called:
            content = self.content(path) if written is None else from_base64(written)
            if content is None:
                self.note("picture_missing", path)
                return ""
            called[path] = self._kept(content)
        return self._shown(called[path], path)

    def _kept(self, content: bytes) -> str:
        name = picture_of(content)
        if name:
            self._pictures[name] = content
        return name

    def _shown(self, called: str, name: str) -> str:
        if not called:
            self.note("picture_refused", name)
            return ""
        return f"{ADDRESS}{called}"

    def warnings(self) -> Iterator[Fault]:
        """Yield what was found in the texts so far."""
        if self._has_signs:
            yield "signs_removed", {}
        for code, names in sorted(self._names.items()):
            yield code, {"names": ", ".join(sorted(names)[:10])}
        if self._has_remote:
            yield "picture_remote", {}

    def _put_away(self, found: re.Match[str]) -> str:
        name = f"{_WRITTEN}{len(self._written)}"
        self._written[name] = found[1]
        return name


def markup_within(element: Any) -> str:
    """Return what stands in an element of XML as HTML."""
    children = (etree.tostring(child, encoding="unicode", method="html") for child in element)
    return escape(element.text or "", quote=False) + "".join(children)
