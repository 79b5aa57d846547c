"""What the formats are called, and what people call them."""

from __future__ import annotations

import re
from typing import Final

AUTO: Final = "auto"
GIFT: Final = "gift"
AIKEN: Final = "aiken"
MOODLE_XML: Final = "moodle_xml"
QTI_2_1: Final = "qti_2.1"
QTI_2_2: Final = "qti_2.2"
QTI_3_0: Final = "qti_3.0"
CANVAS: Final = "canvas_qti_1.2"
CSV: Final = "csv"
XLSX: Final = "xlsx"
MARKDOWN: Final = "markdown"
JSON: Final = "json"
YAML: Final = "yaml"

NAMES: Final = (
    *(GIFT, AIKEN, MOODLE_XML, QTI_2_1, QTI_2_2, QTI_3_0, CANVAS),
    *(CSV, XLSX, MARKDOWN, JSON, YAML),
)

_QTI = (QTI_2_1, QTI_2_2, QTI_3_0, CANVAS)
_ALIASES = {
    "moodle": (MOODLE_XML,),
    "xml": (MOODLE_XML,),
    "qti": _QTI,
    "qti2": (QTI_2_1, QTI_2_2),
    "qti3": (QTI_3_0,),
    "qti12": (CANVAS,),
    "canvas": (CANVAS,),
    "canvasqti": (CANVAS,),
    "cc": (CANVAS,),
    "md": (MARKDOWN,),
    "yml": (YAML,),
    "excel": (XLSX,),
}
_BLANKS = re.compile(r"[\s._-]+")


def formats_named(name: str) -> tuple[str, ...]:
    """Return the formats that somebody means by `name`; none for a word that means none.

    Capitals, hyphens, underscores, dots and blanks make no difference: "QTI 2.1" and "qti21" are one.
    """
    folded = _folded(name)
    return _ALIASES.get(folded) or tuple(known for known in NAMES if _folded(known) == folded)


def _folded(name: str) -> str:
    return _BLANKS.sub("", name).casefold()
