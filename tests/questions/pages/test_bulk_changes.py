"""What the preview of an action tells of each question: what it is now, and what it would be."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from questions.enums import BulkAction, Status
from questions.models import Question, QuestionVersion
from questions.operations.writing.content import made_tags
from tests.factories.questions import NOW, make_bank, make_question, make_questions
from tests.questions.pages.test_bulk import address, author, confirmed, fresh

__all__ = ["author"]

pytestmark = pytest.mark.django_db


def told(preview: Any) -> list[tuple[str, str]]:
    """Of each question that a preview lists, what it says now and what it would say then."""
    return [(change.before, change.after) for _row, _words, change in preview.context["rows"]]


@pytest.mark.parametrize(
    ("action", "values", "same", "expected"),
    [
        (BulkAction.LEVEL, {"level": "experienced"}, {"level": "experienced"}, ("Junior", "Experienced")),
        (BulkAction.DIFFICULTY, {"difficulty": "5"}, {"intended_difficulty": 5}, ("3", "5")),
        (BulkAction.RETIRE, {}, {"status": Status.RETIRED}, ("Ready", "Retired")),
        (BulkAction.REST, {}, {"rested_at": NOW}, ("Drawn", "Resting")),
        (BulkAction.LEAKED, {"note": ""}, {"leaked_at": NOW}, ("–", "Marked as leaked")),
    ],
)
def test_preview_tells_of_each_question_what_it_is_and_what_it_would_be(
    author, action, values, same, expected
) -> None:
    rows = make_questions(3)
    Question.objects.filter(pk=rows[2].pk).update(**same)
    Question.objects.filter(pk__in=[rows[0].pk, rows[1].pk]).update(level="junior", intended_difficulty=3)

    preview, _confirm = confirmed(author, action, {"ids": [each.pk for each in rows]}, **values)

    assert told(preview) == [expected, expected]
    page = preview.content.decode()
    assert "No change: 1 question is like that already and stays as it is." in page
    assert f'<span class="quiet">{expected[0]}</span>' in page
    assert f"<strong>{expected[1]}</strong>" in page


def test_preview_tells_tags_and_banks_from_what_to_what_and_counts_the_refused_apart(author) -> None:
    one, other = fresh(*make_questions(2))
    bank = make_bank("other")
    Question.objects.filter(pk=make_question(bank).pk).update(external_id=other.external_id)
    one.tags.add(*made_tags(["old", "slow"]).values())

    tags, _confirm = confirmed(author, "tag", {"ids": [one.pk, other.pk]}, add="new", take="old")
    moved, _confirm = confirmed(author, "move", {"ids": [one.pk, other.pk]}, bank=str(bank.pk))

    assert told(tags) == [("old, slow", "new, slow"), ("–", "new")]
    assert told(moved) == [(one.bank.name, bank.name)]
    assert [row.external_id for row, _why in moved.context["skipped"]] == [other.external_id]


def test_preview_of_a_review_tells_which_version_is_sent(author) -> None:
    draft, ready = make_question(ready=False), make_question()
    QuestionVersion.objects.create(question=ready, number=2, stem="Another?", options=[], created_at=NOW)

    preview = author.post(address("review"), {"ids": [draft.pk, ready.pk]})

    assert [
        (change.label, change.before, change.after) for _row, _words, change in preview.context["rows"]
    ] == [("Status", "Draft", "In review"), ("Next version", "Draft", "In review")]


@pytest.mark.parametrize("action", ["tag", "level", "move"])
def test_preview_costs_the_same_for_one_and_three_questions(author, action) -> None:
    rows, bank = make_questions(3), make_bank("other")
    values = {
        "tag": {"add": "new", "take": ""},
        "level": {"level": "experienced"},
        "move": {"bank": str(bank.pk)},
    }
    counts = []
    for chosen in (rows[:1], rows):
        with CaptureQueriesContext(connection) as queries:
            confirmed(author, action, {"ids": [each.pk for each in chosen]}, **values[action])
        counts.append(len(queries))

    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("action", "values", "columns"),
    [
        ("tag", {"add": "new", "take": ""}, ["Question", "Level", "Status", "What changes"]),
        ("level", {"level": "experienced"}, ["Question", "Tags", "Status", "What changes"]),
        ("retire", {}, ["Question", "Level", "Tags", "Status", "What changes"]),
    ],
)
def test_what_changes_is_told_once_and_the_last_row_is_as_wide_as_the_others(
    author, monkeypatch, action, values, columns
) -> None:
    monkeypatch.setattr("questions.views.bulk.SHOWN", 1)
    rows = make_questions(2)

    page = confirmed(author, action, {"ids": [each.pk for each in rows]}, **values)[0].content.decode()

    assert re.findall(r'<th scope="col">([^<]+)<', page) == columns
    assert f'<td colspan="{len(columns)}" class="quiet">and 1 more question<' in page
