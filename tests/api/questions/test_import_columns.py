"""Tables of others come in over the API: a program is told what their columns are taken for, and says otherwise."""

from __future__ import annotations

import json

import pytest

from accounts.enums import Role, Scope
from outbox.models import Work
from questions.models import Question
from rendering.tables import write_csv, write_xlsx
from tests.api.questions.files import checked, seen, upload, work
from tests.api.world import program
from tests.factories.accounts import make_user
from tests.factories.questions import make_bank
from tests.questions.formats.test_table_columns import HEADERS, ROWS, SAID

pytestmark = pytest.mark.django_db(transaction=True)

SHEET = write_csv(HEADERS, ROWS)
OWN = write_csv(["Question", "Option A", "B", "Answer", "Author"][:4], [["Which?", "this", "that", "B"]])


@pytest.fixture
def author():
    make_bank("python")
    return program(make_user(Role.QUESTION_AUTHOR), Scope.READ, Scope.QUESTIONS_WRITE)


def say(robot, public_id, columns, key=""):
    headers = {"HTTP_IDEMPOTENCY_KEY": key} if key else {}
    return robot.post(f"imports/{public_id}/columns/", {"columns": columns}, **headers)


def taken(body):
    return {column["heading"]: column["taken_for"] for column in body["columns"]}


@pytest.mark.parametrize("sheet", [SHEET, write_xlsx(HEADERS, ROWS, "Fragen")], ids=["csv", "xlsx"])
def test_program_is_told_of_columns_says_what_they_are_and_is_remembered(author, sheet):
    asked = checked(author, sheet)

    assert (asked["state"], asked["can_commit"], asked["counts"]) == ("checked", False, None)
    assert asked["reason"] == "No column holds the questions. Call one of them “stem” or “question”."
    assert asked["columns"][0] == {
        "column": "A",
        "heading": "Frage",
        "cells": ["Welche?", "Wie?"],
        "taken_for": "",
    }
    assert [column["column"] for column in asked["columns"]] == list("ABCDE")

    answer = say(author, asked["id"], SAID)
    work()
    found = seen(author, answer.json()["id"])

    assert (answer.status_code, found["id"] != asked["id"]) == (202, True)
    assert answer["Location"].endswith(f"/imports/{found['id']}/")
    assert (found["can_commit"], found["counts"]["new"], found["reason"]) == (True, 2, "")
    assert taken(found) == SAID
    assert found["columns_remembered"] is False
    # The same headings in another order, of the same owner.
    again = checked(author, write_csv(HEADERS[::-1], [row[::-1] for row in ROWS]))
    assert (again["can_commit"], again["columns_remembered"], taken(again)) == (True, True, SAID)
    other = program(make_user(Role.QUESTION_AUTHOR), Scope.READ, Scope.QUESTIONS_WRITE)
    assert checked(other, sheet)["counts"] is None

    author.post(f"imports/{again['id']}/commit/", {})
    work()
    assert seen(author, again["id"])["state"] == "imported"
    assert Question.objects.count() == 2


def test_columns_come_with_the_file_as_json_and_are_imported_at_once(author):
    done = checked(author, SHEET, dry_run="false", columns=json.dumps(SAID))

    assert (done["state"], taken(done)) == ("imported", SAID)
    assert Question.objects.count() == 2
    assert checked(author, SHEET)["columns_remembered"] is True


def test_of_which_nothing_is_said_is_known_by_its_name(author):
    found = checked(author, OWN)

    assert taken(found) == {"Question": "stem", "Option A": "option_1", "B": "option_2", "Answer": "correct"}
    answer = say(author, found["id"], {"answer": "correct letters"})
    work()
    again = seen(author, answer.json()["id"])
    assert taken(again) == taken(found) | {"Answer": "correct_letters"}
    assert again["can_commit"] is True


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"Fragen": "stem"}, "The file has no column “Fragen”. Its columns are: “Frage”, “Antwort 1”"),
        ({"Frage": "text"}, "Column “Frage”: “text” is nothing that a column can be."),
        (SAID | {"Wert": "stem"}, "“Wert”: Column “Frage” is “Text of the question” already."),
        (SAID | {"Frage": ""}, "No column is “Text of the question”."),
        ({"x" * 201: "stem"}, "Ensure this field has no more than 200 characters."),
        ({"Fra\x00ge": "stem"}, "Null characters are not allowed."),
    ],
)
def test_what_is_said_wrongly_is_refused_with_words_and_by_name(author, columns, words):
    asked = checked(author, SHEET)
    before = Work.objects.count()

    answer = say(author, asked["id"], columns)

    assert (answer.status_code, list(answer.json())) == (400, ["columns"])
    assert answer.json()["columns"][0].startswith(words)
    assert Work.objects.count() == before


def test_what_is_said_wrongly_with_the_file_is_told_once_it_is_read_and_can_be_said_again(author):
    asked = checked(author, SHEET, columns=json.dumps({"Fragen": "stem"}), dry_run="false")

    assert (asked["state"], asked["can_commit"]) == ("checked", False)
    assert asked["reason"].startswith("The file has no column “Fragen”.")
    answer = say(author, asked["id"], SAID)
    work()
    # It still is no dry run.
    assert seen(author, answer.json()["id"])["state"] == "imported"


@pytest.mark.parametrize(
    "columns", ["", "{", "[]", '"stem"', "{" * 5000, '{"a": ["stem"]}', '{"\\ud800": "stem"}']
)
def test_columns_that_are_no_object_of_words_are_refused(author, columns):
    answer = upload(author, SHEET, columns=columns)

    assert (answer.status_code, list(answer.json())) == (400, ["columns"])
    assert not Work.objects.exists()


def test_file_that_is_no_table_has_no_columns(author):
    found = checked(author)

    answer = say(author, found["id"], SAID)

    assert found["columns"] is None
    assert (answer.status_code, answer.json()["code"]) == (409, "no_table")
    said = checked(author, columns=json.dumps(SAID))
    assert (said["state"], said["reason"][:22]) == ("failed", "The file is no table, ")


def test_what_is_not_checked_or_gone_has_no_columns_to_say(author):
    waiting = upload(author, SHEET).json()["id"]
    early = say(author, waiting, SAID)
    work()
    author.post(f"imports/{waiting}/discard/", {})
    late = say(author, waiting, SAID)

    assert [(answer.status_code, answer.json()["code"]) for answer in (early, late)] == [
        (409, "not_checked"),
        (409, "gone"),
    ]


def test_same_call_again_with_its_key_is_one_import(author):
    asked = checked(author, SHEET)

    first, again = (say(author, asked["id"], SAID, key="one") for _again in range(2))
    other = say(author, asked["id"], SAID | {"Wert": "points"}, key="one")

    assert first.json()["id"] == again.json()["id"]
    assert (other.status_code, other.json()["code"]) == (409, "key_used")
    assert upload(author, SHEET, key="two", columns=json.dumps(SAID)).status_code == 202
    assert upload(author, SHEET, key="two").json()["code"] == "key_used"


def test_columns_are_said_by_whoever_asked_and_may_write(author):
    asked = checked(author, SHEET)
    other = program(make_user(Role.QUESTION_AUTHOR), Scope.READ, Scope.QUESTIONS_WRITE)
    reader = program(author.key.owner, Scope.READ)

    assert say(other, asked["id"], SAID).status_code == 404
    assert say(reader, asked["id"], SAID).status_code == 403
