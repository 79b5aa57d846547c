"""A question as the form of its authors sends it: which fields say which of its options."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

# Each row is named by a key that stays with it; their order is the order in which the keys are sent.
ROW: Final = "option"
MOST_ROWS: Final = 60
_KEY = re.compile(r"[a-z0-9-][a-z0-9_-]{0,39}", re.ASCII)


class Sent(Protocol):
    """Fields as a browser sends them."""

    def get(self, name: str, /) -> str | None: ...

    def getlist(self, name: str, /) -> Sequence[str]: ...


@dataclass(frozen=True, slots=True)
class ShownDraft:
    """What candidates would see of a question that is being written."""

    kind: str
    stem: str
    options: tuple[str, ...]


def row_keys(data: Sent) -> list[str]:
    """Return the keys of the rows in their order, each once."""
    keys = [key for key in data.getlist(ROW) if _KEY.fullmatch(key)]
    return list(dict.fromkeys(keys))[:MOST_ROWS]


def shown_draft(data: Sent) -> ShownDraft:
    """Return what candidates would see of what was typed: rows without a text are none."""
    texts = (str(data.get(f"{key}-text") or "") for key in row_keys(data))
    return ShownDraft(
        kind=data.get("kind") or "",
        stem=data.get("stem") or "",
        options=tuple(text.strip("\r\n") for text in texts if text.strip()),
    )


def field_at(place: str) -> str:
    """Return the id of the field of the page of a question in which the place of a finding lies; "" for none."""
    match place.split("."):
        case ["option", code, "feedback", *_]:
            return f"id_option-{code}-feedback"
        case ["option", code, *_]:
            return f"id_option-{code}-text"
        case [("stem" | "explanation" | "model_answer") as name, *_]:
            return f"id_{name}"
        case ["skills"]:
            return "id_skills_0"
        case ["key"]:
            return "options-title"
    return ""
