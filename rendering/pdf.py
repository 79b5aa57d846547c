"""Documents as PDF files, set by Typst.

A document is plain data: `title`, `author`, `footer`, and `blocks`, each a dictionary with its `kind`:

* heading (level, text), paragraph (runs), quiet (text), code (text, language), rule
* list (ordered, start, items: blocks each), quote (blocks), table (head, rows, align)
* facts (rows of two texts), marks (labels: text and tone), option (letter, blocks, labels, strong)

It goes to Typst as one string of JSON, so nothing that people wrote is ever read as markup. The compiler may read no
file and load no package.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import typst
from django.utils.translation import get_language, get_language_bidi

from rendering.characters import clean_text

TEMPLATE = Path(__file__).parent / "typst" / "document.typ"


def write_pdf(*, title: str, author: str, footer: str, blocks: Sequence[Mapping[str, Any]]) -> bytes:
    """Return a PDF with tags for screen readers, in the language that is active.

    Scripts beyond Latin, Greek and Cyrillic are set in whatever fonts the machine has for them.
    """
    document = {
        "title": title,
        "author": author,
        "footer": footer,
        "language": (get_language() or "en").split("-")[0],
        "rtl": get_language_bidi(),
        "blocks": blocks,
    }
    text = json.dumps(_clean(document), ensure_ascii=False)
    with tempfile.TemporaryDirectory() as nothing:
        # Its types ask for a root of the same kind as the template; it takes any path.
        content: bytes = typst.compile(  # type: ignore[call-overload]
            TEMPLATE.read_bytes(),
            root=nothing,
            font_paths=_fonts(),
            sys_inputs={"document": text},
            package_path=nothing,
            package_cache_path=nothing,
            format="pdf",
        )
    return content


@cache
def _fonts() -> typst.Fonts:
    # Looking through the machine's fonts takes longer than setting a document: once a process.
    return typst.Fonts()


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, Mapping):
        return {key: _clean(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(each) for each in value]
    return value
