"""The text of a Word document: the words of its main part, paragraph by paragraph. `archives` has checked it before."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator

from lxml import etree

_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_TYPES = "[Content_Types].xml"
_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
# What is shown once only: what was deleted and what another program would show instead is not.
_SKIPPED = frozenset(
    {
        f"{_WORD}del",
        f"{_WORD}moveFrom",
        "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback",
    }
)
_SIGNS = {f"{_WORD}tab": "\t", f"{_WORD}br": "\n", f"{_WORD}cr": "\n", f"{_WORD}noBreakHyphen": "-"}


def main_part(archive: zipfile.ZipFile) -> str | None:
    """Return the name of the part that holds the text; None when `archive` is no Word document."""
    names = set(archive.namelist())
    if _TYPES not in names:
        return None
    for override in _parsed(archive, _TYPES):
        name = override.get("PartName", "").lstrip("/")
        if override.get("ContentType") == _MAIN and name in names:
            return str(name)
    return None


def has_macros(archive: zipfile.ZipFile) -> bool:
    """Whether programs lie in `archive`, or it says that they may."""
    names = archive.namelist()
    if any(name.casefold().endswith("vbaproject.bin") for name in names):
        return True
    return _TYPES in names and b"macroenabled" in archive.read(_TYPES).lower()


def paragraphs(archive: zipfile.ZipFile, part: str) -> Iterator[str]:
    """Yield the paragraphs of `part` in their order, those in tables and text boxes too; empty ones are left out."""
    for paragraph in _parsed(archive, part).iter(f"{_WORD}p"):
        text = "".join(_words(paragraph)).strip()
        if text:
            yield text


def _words(element: etree._Element) -> Iterator[str]:
    for child in element:
        if child.tag == f"{_WORD}t":
            yield child.text or ""
        elif child.tag in _SIGNS:
            yield _SIGNS[child.tag]
        # A paragraph in a text box in a paragraph comes by itself.
        elif child.tag not in _SKIPPED and child.tag != f"{_WORD}p":
            yield from _words(child)


def _parsed(archive: zipfile.ZipFile, name: str) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    return etree.fromstring(archive.read(name), parser)
