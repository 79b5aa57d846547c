"""Pages that very many people open: rendered once with gaps, then only filled.

Walking through the templates of a page takes ten times as long as putting its twenty changing texts in their places.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Mapping
from html import escape
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

# No text of ours holds these, and nothing that escapes texts or writes addresses touches them.
_GAP = re.compile("\x02([^\x02\x03]+)\x03")


def gap(name: str) -> str:
    """Return what stands in a page for the text `name` until it is filled in."""
    return f"\x02{name}\x03"


class Mould:
    """The pages of one template, kept as pieces between gaps for each language and each set of what decides.

    A template may print a gap, nothing else: what it asks about or counts belongs to what decides.
    """

    # More sets than this are not the same few again and again: then it starts anew.
    MOST = 300

    def __init__(self, template: str) -> None:
        self._template = template
        self._kept: dict[Hashable, list[str]] = {}

    def page(
        self,
        request: HttpRequest,
        *,
        deciding: Mapping[str, Hashable],
        gaps: Mapping[str, str],
        following: Mapping[str, Any],
    ) -> str:
        """Return the page, as the template would write it.

        Arguments: `deciding`, every value that the template asks about, compared by its content; `gaps`, the texts that
        it only prints, escaped unless they are safe ("attempt.number" is read as `attempt.number`); `following`, what
        it needs besides and is the same wherever `deciding` is.
        """
        key = (get_language(), *deciding.values())
        pieces = self._kept.get(key)
        if pieces is None:
            pieces = self._cast(request, {**following, **deciding}, gaps)
            if len(self._kept) >= self.MOST:
                self._kept.clear()
            self._kept[key] = pieces
        filled = pieces.copy()
        # Texts of the page and names of gaps take turns.
        filled[1::2] = [_written(gaps[name]) for name in pieces[1::2]]
        return "".join(filled)

    def _cast(self, request: HttpRequest, context: dict[str, Any], gaps: Mapping[str, str]) -> list[str]:
        for name in gaps:
            owner, _dot, attribute = name.rpartition(".")
            (context.setdefault(owner, {}) if owner else context)[attribute] = gap(name)
        return _GAP.split(render_to_string(self._template, context, request))


def _written(text: str) -> str:
    return text if isinstance(text, SafeString) else escape(text)
