"""The page of a question as nearly everybody meets it: with nothing to say but the question."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final, NamedTuple

from django.http import HttpRequest
from django.middleware.csrf import get_token

from accounts.models import Organisation
from assessments.taking.addresses import Addresses
from assessments.taking.pieces import Limit
from shell.moulds import Mould, gap

# What a page says besides its question.
_TOLD: Final = ("asks", "conflict", "message", "problem")
# What its template asks about, and what it only prints; both by the names that it uses.
_DECIDING: Final = (
    *("is_first", "has_back", "is_last", "is_forward", "is_flagged", "input_type", "how", "part_name"),
    *("words_of", *_TOLD),
)
_PRINTED: Final = (
    *("code", "test_name", "heading", "position", "previous", "next", "stem_html"),
    *("server_now", "deadline_at", "ends_at", "base_version", "page_id", "shown_answer"),
)
_MOULD = Mould("taking/question.html")


class House(NamedTuple):
    """What the page shows of the organisation."""

    name: str
    accent: str
    logo_digest: str
    is_sample: bool

    @classmethod
    def of(cls, home: Organisation) -> House:
        return cls(home.name, home.accent, home.logo_digest, home.is_sample)


def is_plain(context: Mapping[str, Any]) -> bool:
    """Whether the page of a question says nothing besides it: no message, no conflict, no report to be typed again."""
    return not any(context[name] for name in _TOLD) and not context["paused"]["iso"]


def plain_page(request: HttpRequest, context: Mapping[str, Any]) -> str:
    """Return the page for `context`, all that its template needs, as the template would write it."""
    attempt, here, limit = context["attempt"], context["here"], context["limit"]
    gaps = {name: context[name] for name in _PRINTED} | {
        "csrf_token": get_token(request),
        "attempt.number": str(attempt.number),
        "attempt.open_from": str(attempt.open_from),
        "attempt.open_to": str(attempt.open_to),
        "attempt.tab_id": str(attempt.tab_id or ""),
        "here.question": here["question"],
        "here.buffer": here["buffer"],
        "total_seconds": str(context["total_seconds"]),
    }
    gaps |= {f"option {place}": html for place, html, _is_chosen, _is_elsewhere in context["options"]}
    if limit is not None:
        gaps |= {"limit ends_at": limit.ends_at, "limit iso": limit.iso}
    deciding = {name: context[name] for name in _DECIDING} | {
        "organisation": House.of(context["organisation"]),
        "languages": tuple(context["languages"]),
        "options": tuple(
            (place, gap(f"option {place}"), is_chosen, is_elsewhere)
            for place, _html, is_chosen, is_elsewhere in context["options"]
        ),
        "limit": _with_gaps(limit),
    }
    following = {
        "at": Addresses(gap("code")),
        "anywhere": Addresses(gap("code"), 0),
        "words": context["words"],
        "paused": context["paused"],
        "problem_kinds": context["problem_kinds"],
    }
    return _MOULD.page(request, deciding=deciding, gaps=gaps, following=following)


def _with_gaps(limit: Limit | None) -> Limit | None:
    """The same clock with gaps for its moments."""
    return replace(limit, ends_at=gap("limit ends_at"), iso=gap("limit iso")) if limit is not None else None
