"""The page of a question is filled in, not rendered: it has to be what its template writes, letter for letter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.test import Client

from accounts.models import Organisation
from accounts.queries import forget_organisation
from assessments.enums import Navigation
from assessments.models import AssessmentVersion, Invitation
from assessments.taking import plain, views
from tests.assessments.taking.places import Place, in_two_parts, make_place


@pytest.fixture
def pages(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every page of a question that was filled in and compared with its template."""
    compared: list[str] = []
    plain_page = plain.plain_page

    def both(request: HttpRequest, context: Mapping[str, Any]) -> str:
        filled = plain_page(request, context)
        assert filled == render_to_string(
            "taking/question.html", dict(context) | {"csrf_token": "the-token"}, request
        )
        compared.append(filled)
        return filled

    monkeypatch.setattr(plain, "get_token", lambda request: "the-token")
    monkeypatch.setattr(views, "plain_page", both)
    return compared


def open_all(place: Place, *positions: int) -> None:
    for position in positions:
        response = place.client.get(place.url(f"question/{position}/"))
        assert response.status_code == 200, response


def test_every_question_is_what_its_template_writes(running: Place, pages: list[str]) -> None:
    open_all(running, 1, 2, 3, 4, 4, 3, 2, 1)

    assert len(pages) == 8
    assert len(set(pages[:4])) == 4


def test_answers_and_marks_are_in_it(running: Place, pages: list[str]) -> None:
    single, multiple = running.position_of("single"), running.position_of("multiple")
    open_all(running, single, multiple)
    running.save(single, ["b"])
    running.save(multiple, ["a", "c"], tab_id="0b5f3b0e-5f0c-4a53-9df8-6d1c7a1b5f11")
    running.client.post(running.url(f"question/{single}/flag/"), {"flagged": "yes"})

    open_all(running, single, multiple)

    assert [page.count(" checked") for page in pages] == [0, 0, 1, 2]
    assert 'value="unflag"' in pages[2]
    assert "0b5f3b0e-5f0c-4a53-9df8-6d1c7a1b5f11" in pages[3]


def test_every_language_has_its_own(running: Place, pages: list[str]) -> None:
    open_all(running, 1)
    Invitation.objects.update(language="de")
    open_all(running, 1)

    assert 'lang="en"' in pages[0]
    assert 'lang="de"' in pages[1]


def test_looks_of_the_organisation_are_its_own(running: Place, pages: list[str]) -> None:
    for change in (
        {"name": "Difference & Engines"},
        {"accent": "#7a1fa2"},
        {"logo_digest": "0123456789ab"},
        {"is_sample": True},
    ):
        Organisation.objects.update(**change)
        forget_organisation()
        open_all(running, 1)

    assert "Difference &amp; Engines" in pages[0]
    assert ["look-7a1fa2" in page for page in pages] == [False, True, True, True]
    assert ["0123456789ab" in page for page in pages] == [False, False, True, True]
    assert ["sample-strip" in page for page in pages] == [False, False, False, True]


def test_names_of_tests_and_people_are_never_markup(place: Place, pages: list[str]) -> None:
    place.assessment.name = '<b>"Flask" & \x02code\x03</b>'
    place.assessment.save(update_fields=["name"])
    place.start()

    open_all(place, 1)

    assert "&lt;b&gt;&quot;Flask&quot; &amp; \x02code\x03&lt;/b&gt;" in pages[0]


@pytest.mark.parametrize(
    "rules",
    [{}, {"question_seconds": 60, "buffer_seconds": 0}, {"question_seconds": 60, "buffer_seconds": 20}],
)
def test_forward_only_with_and_without_limits(place: Place, pages: list[str], rules: dict[str, int]) -> None:
    AssessmentVersion.objects.update(navigation=Navigation.FORWARD, **rules)
    place.start()
    open_all(place, 1)
    place.client.post(place.url("on/"), {"leaving": "1", "confirmed": "yes"})
    open_all(place, 2)

    assert len(pages) == 2
    assert ("window-timer" in pages[0]) is bool(rules)
    assert ("take-buffer" in pages[1]) is bool(rules.get("buffer_seconds"))


def test_parts_have_their_names_and_clocks(place: Place, pages: list[str]) -> None:
    in_two_parts(place)
    place.start()

    open_all(place, 1, 2)

    assert all("Part 1 of 2: Requests" in page for page in pages)


def test_two_people_share_nothing_but_the_words(running: Place, pages: list[str]) -> None:
    other = make_place(assessment=running.assessment, client=Client())
    other.start()
    running.save(1, ["a"])

    open_all(running, 1)
    open_all(other, 1)

    assert other.code not in pages[0]
    assert running.code not in pages[1]
    assert " checked" not in pages[1]


def test_what_has_more_to_say_is_rendered(running: Place, pages: list[str]) -> None:
    response = running.client.get(running.url("question/1/") + "?reported")

    assert "Thank you. Your report is stored" in response.content.decode()
    assert pages == []
