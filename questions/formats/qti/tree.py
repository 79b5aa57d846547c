"""One vocabulary for QTI 2 and 3: `qti-choice-interaction` and `p:choiceInteraction` are one element."""

from __future__ import annotations

import re
from typing import Any

_HYPHEN = re.compile(r"-([a-z])")
_PREFIX = "qti-"
# Stands around texts in QTI 3 and says nothing.
_WRAPPER = "contentBody"


def normalised(root: Any) -> Any:
    """Return `root` with the names of QTI 2 and without namespaces."""
    for element in root.iter():
        tag = element.tag
        name = tag.rpartition("}")[2]
        if name.startswith(_PREFIX):
            name = _camel(name.removeprefix(_PREFIX))
            for attribute in [each for each in element.attrib if "-" in each and not each.startswith("{")]:
                element.set(_camel(attribute), element.get(attribute))
        if name == _WRAPPER:
            name = "div"
        if name != tag:
            element.tag = name
    for element in [each for each in root.iter("object") if (each.get("type") or "").startswith("image/")]:
        _as_picture(element)
    return root


def _as_picture(element: Any) -> None:
    """Make of an object that is a picture what HTML has for it; what stands within describes it."""
    description = " ".join("".join(element.itertext()).split())
    for child in list(element):
        element.remove(child)
    element.tag, element.text = "img", None
    element.set("src", element.get("data") or "")
    element.set("alt", description)


def take_out(element: Any) -> None:
    """Remove `element` from its parent; the text behind it stays."""
    parent, before = element.getparent(), element.getprevious()
    if element.tail:
        if before is None:
            parent.text = f"{parent.text or ''}{element.tail}"
        else:
            before.tail = f"{before.tail or ''}{element.tail}"
    parent.remove(element)


def _camel(name: str) -> str:
    return _HYPHEN.sub(lambda found: found[1].upper(), name)
