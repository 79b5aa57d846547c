"""What the page of a question shows, in a test and in a preview of one."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from assessments.operations import SaveReply
from assessments.queries import QuestionPage
from assessments.taking import problems
from assessments.taking.own_order import places_of
from questions.enums import Kind


def question_context(
    page: QuestionPage,
    *,
    open_from: int,
    open_to: int,
    chosen: Collection[str] | None = None,
    stored: SaveReply | None = None,
    message: str = "",
    problem: QueryDict | None = None,
    asks: bool = False,
) -> dict[str, Any]:
    """Return what the template of a question needs of it, with numbers as their digits: addresses hold them too.

    Arguments: `chosen`, the codes of the options to be ticked where these are not the page's; `stored`, what is stored
    elsewhere and marked beside them; `problem`, what was typed into the report of a problem that has to be typed again.
    """
    ticked = page.answer if chosen is None else chosen
    elsewhere = stored.answer if stored else []
    names = {"number": page.position, "total": page.total}
    return {
        "heading": _("Question %(number)d of %(total)d") % names,
        "position": str(page.position),
        "previous": str(page.position - 1),
        "next": str(page.position + 1),
        "is_first": page.position == 1,
        "has_back": page.position > open_from,
        "is_last": page.position >= open_to,
        "asks": asks,
        "stem_html": page.stem_html,
        "how": str(Kind(page.kind).label),
        "input_type": "radio" if page.kind == Kind.SINGLE else "checkbox",
        "options": [
            # Its place, its text, whether it is chosen and whether it is stored elsewhere.
            (str(place), html, code in ticked, code in elsewhere)
            for place, (code, html) in enumerate(page.options, start=1)
        ],
        "shown_answer": " ".join(places_of(elsewhere if stored else page.answer, page.order)),
        "base_version": str(stored.version if stored else page.answer_version),
        "is_flagged": page.is_flagged,
        "conflict": ("answer" if stored.answer else "nothing") if stored else "",
        "message": message,
    } | problems.form_of(problem)
