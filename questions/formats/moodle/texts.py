"""Texts of a Moodle question: each says which format it is of, and may hold pictures beside it."""

from __future__ import annotations

import re
from collections.abc import Mapping, MutableMapping
from itertools import pairwise
from typing import Any, Final
from urllib.parse import unquote

from questions.formats.foreign_texts import ForeignTexts, markup_within
from questions.formats.html_text import LONGEST
from questions.formats.pictures import SHOWN, from_base64

HTML: Final = "html"
PLAIN: Final = "plain_text"
MARKDOWN: Final = "markdown"
# HTML in which the ends of lines count.
AUTO: Final = "moodle_auto_format"
_KNOWN = (HTML, PLAIN, MARKDOWN, AUTO)

OWN_FILE: Final = "@@PLUGINFILE@@/"
_FILE_IN_MARKDOWN = re.compile(rf"{SHOWN}(@@PLUGINFILE@@/[^)\s]{{1,500}})(?=[)\s])")


class Texts(ForeignTexts):
    """Reads the texts of one question."""

    def __init__(self, pictures: MutableMapping[str, bytes]) -> None:
        super().__init__(pictures)
        self._format: str = HTML
        # What lies beside the text that is being read.
        self._files: Mapping[str, Any] = {}

    def stem(self, question: Any) -> str:
        """Return the text of the question itself, whose format others have that name none."""
        element = question.find("questiontext")
        if element is not None:
            self._format = self._format_of(element)
        return f"{self.markdown(element)}\n\n{self._old_picture(question)}"

    def markdown(self, element: Any) -> str:
        """Return the text of `element`, which may be missing, as Markdown."""
        if element is None:
            return ""
        said, has_tags = _said(element)
        if not said.strip():
            return ""
        self._files, self.called = {_path(file): file for file in element.iterchildren("file")}, {}
        text_format = HTML if has_tags else self._format_of(element)
        if text_format == MARKDOWN:
            said = self.clean(said)
            return (
                said
                if len(said) > LONGEST or OWN_FILE not in said
                else _FILE_IN_MARKDOWN.sub(self._named, said)
            )
        if text_format == PLAIN:
            return self.plain(said.strip())
        if text_format == AUTO:
            said = _with_breaks(said.strip())
        return self.html(said)

    def words(self, element: Any) -> str:
        """Return the text of `element` as it stands there: names and words are of no format."""
        return "" if element is None else self.clean(_said(element)[0]).strip()

    def path(self, source: str) -> str:
        if not source.startswith(OWN_FILE):
            return ""
        return unquote(source.removeprefix(OWN_FILE).partition("?")[0]).lstrip("/")

    def content(self, path: str) -> bytes | None:
        file = self._files.get(path)
        return None if file is None else from_base64(file.text or "")

    def _format_of(self, element: Any) -> str:
        said = (element.get("format") or self._format).strip()
        if said in _KNOWN:
            return said
        self.note("unknown_text_format", said)
        return HTML

    def _named(self, found: re.Match[str]) -> str:
        return f"{found[1]}{self.address(found[2]) or found[2]}"

    def _old_picture(self, question: Any) -> str:
        """Return the one picture that questions had before texts had files."""
        data, file = question.findtext("image_base64"), question.findtext("image")
        if not data or not data.strip():
            return ""
        address = self.take(from_base64(data), (file or "").strip() or "image")
        return f"![]({address})" if address else ""


def _with_breaks(said: str) -> str:
    """Return HTML in which the ends of lines are tags, but for those beside a tag."""
    lines = [line.strip() for line in said.split("\n")]
    parts = lines[:1]
    for before, line in pairwise(lines):
        parts += [" " if before.endswith(">") or line.startswith("<") else "<br>", line]
    return "".join(parts)


def _path(file: Any) -> str:
    return f"{(file.get('path') or '').strip('/')}/{file.get('name') or ''}".lstrip("/")


def _said(element: Any) -> tuple[str, bool]:
    """Return what stands in `element`, and whether it is tags of XML, which should have been text."""
    text = element.find("text")
    if text is None:
        return element.text or "", False
    if not len(text):
        return text.text or "", False
    return markup_within(text), True
