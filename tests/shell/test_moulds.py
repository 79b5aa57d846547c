"""Pages that are rendered once with gaps: what decides makes them anew, what is printed only fills the gaps."""

from __future__ import annotations

from typing import Any

import pytest
from django.template import engines
from django.test import RequestFactory
from django.utils import translation
from django.utils.safestring import SafeString

from shell import moulds
from shell.moulds import Mould

SOURCE = (
    '{% load i18n %}{% translate "Save" %} {% if mark %}!{% endif %}{{ name }} {{ row.number }} {{ fixed }}'
)


@pytest.fixture
def rendered(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The contexts with which the template was really rendered."""
    seen: list[dict[str, Any]] = []

    def render(template: str, context: dict[str, Any], request: Any) -> str:
        seen.append(context)
        return engines["django"].from_string(SOURCE).render(context, request)

    monkeypatch.setattr(moulds, "render_to_string", render)
    return seen


def fill(mould: Mould, *, name: str = "Ada", mark: bool = False, number: str = "1") -> str:
    return mould.page(
        RequestFactory().get("/"),
        deciding={"mark": mark},
        gaps={"name": name, "row.number": number, "never printed": "x"},
        following={"fixed": "same"},
    )


def test_page_is_rendered_once_for_what_decides(rendered: list[dict[str, Any]]) -> None:
    mould = Mould("any.html")

    assert fill(mould) == "Save Ada 1 same"
    assert fill(mould, name="Grace", number="2") == "Save Grace 2 same"
    assert len(rendered) == 1
    assert fill(mould, mark=True) == "Save !Ada 1 same"
    assert len(rendered) == 2


def test_texts_are_escaped_unless_they_are_safe(rendered: list[dict[str, Any]]) -> None:
    mould = Mould("any.html")

    assert fill(mould, name="<b>") == "Save &lt;b&gt; 1 same"
    assert fill(mould, name=SafeString("<b>")) == "Save <b> 1 same"


def test_text_that_looks_like_a_gap_stays_text(rendered: list[dict[str, Any]]) -> None:
    assert fill(Mould("any.html"), name=moulds.gap("row.number"), number="7") == (
        f"Save {moulds.gap('row.number')} 7 same"
    )


def test_languages_have_their_own(rendered: list[dict[str, Any]]) -> None:
    mould = Mould("any.html")

    english = fill(mould)
    with translation.override("de"):
        german = fill(mould)

    assert german != english
    assert fill(mould) == english


def test_mould_forgets_rather_than_grow_for_ever(
    rendered: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Mould, "MOST", 3)
    mould = Mould("any.html")

    for number in range(10):
        with translation.override("en"):
            mould.page(
                RequestFactory().get("/"),
                deciding={"mark": number},
                gaps={"name": "", "row.number": ""},
                following={},
            )

    assert len(mould._kept) <= 3
