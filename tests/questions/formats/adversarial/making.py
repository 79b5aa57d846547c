"""How such files are made: of one piece over and over, or of as many different ones as there is room for."""

from __future__ import annotations

import io
import itertools
import zipfile
from collections.abc import Callable, Mapping

Make = Callable[[int], bytes]

# Texts in which something is opened and never closed, or closed and never opened.
TEXTS: Mapping[str, str] = {
    "ticks": "`a",
    "more ticks": "`a``b```c",
    "brackets": "[",
    "links": "[a](",
    "stars": "*a _b ",
    "stars in words": "a**b",
    "quotes": "> ",
    "pictures": "![a](",
    "tags": "<b>",
    "closing tags": "</p>",
    "half tags": "<a ",
    "pre": "<pre>",
    "lists": "<ul><li>",
    "tables": "<table><tr><td>",
    "rows": "<tr><td>a",
    "spans and blocks": "<b><p>",
    "breaks": "<br>",
    "strong breaks": "<b>a<br></b>",
    "comments": "<!--",
    "entities": "&amp;",
    "half entities": "&#x",
    "named wrongly": "&amp",
    "large entities": "&#99999999999;",
    "backslashes": "\\",
    "data": '<img src="data:image/png;base64,iVBORw0KGgo=">',
    "blanks": " \n",
    "lines": "a\n",
    "tildes": "~a ",
    "dashes": "-|",
    "signs": "{=~#}:%",
    "not Latin": "日本\u202e",
}
_LONGEST = 90_000  # HTML that is longer is kept as it is.


def filled(piece: str, size: int, before: str = "", after: str = "") -> str:
    room = size - len(before.encode()) - len(after.encode())
    return before + piece * max(1, room // len(piece.encode())) + after


def counted(line: Callable[[int], str], size: int, before: str = "", after: str = "") -> bytes:
    """Return as many different pieces as there is room for."""
    parts, room = [before], size - len(before) - len(after)
    for number in itertools.count():
        parts.append(line(number))
        room -= len(parts[-1].encode())
        if room < 0:
            break
    return ("".join(parts) + after).encode()


def one(piece: str, before: str = "", after: str = "") -> Make:
    return lambda size: filled(piece, size, before, after).encode()


def many(line: Callable[[int], str], before: str = "", after: str = "") -> Make:
    return lambda size: counted(line, size, before, after)


def with_texts(before: str, question: Callable[[str], str], after: str) -> Mapping[str, Make]:
    """Return files in which such texts stand in one question, and in many that are as long as a text may be."""

    def many(text: str) -> Make:
        longest = question(filled(text, 18_000))
        return lambda size: filled(longest, max(size, len(longest) + 200), before, after).encode()

    def one(text: str) -> Make:
        return lambda size: (before + question(filled(text, min(size, _LONGEST))) + after).encode()

    return {
        f"{name}, {how}": make(text)
        for how, make in (("many", many), ("one", one))
        for name, text in TEXTS.items()
    }


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


def packed_to(size: int, files: Callable[[int], Mapping[str, bytes]]) -> bytes:
    """Return the smallest package of so many files that it is at least that large as it is packed."""
    count = size // 500
    while len(package := packed(files)(count)) < size:
        count += max(1, (size - len(package)) * count // len(package))
    return package


def packed(make: Callable[[int], Mapping[str, bytes]]) -> Make:
    def packed(size: int) -> bytes:
        into = io.BytesIO()
        with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in make(size).items():
                archive.writestr(name, content)
        return into.getvalue()

    return packed
