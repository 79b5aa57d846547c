"""The report of a check holds as many lines as the file has; a program reads all of them, page by page."""

from __future__ import annotations

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.enums import Role, Scope
from accounts.models import Actor, User
from accounts.operations import set_roles
from outbox.models import Work
from tests.api.questions.files import REFUSED, checked
from tests.api.world import program
from tests.factories.accounts import make_user
from tests.factories.questions import make_bank

pytestmark = pytest.mark.django_db(transaction=True)

MANY = 450
LONG = b"".join(b"::Q%d::No key %d? {~a ~b}\n\n" % (n, n) for n in range(MANY)) + b"Fine? {=a ~b}\n"


@pytest.fixture
def author():
    make_bank("python")
    return program(make_user(Role.QUESTION_AUTHOR), Scope.READ, Scope.QUESTIONS_WRITE)


def all_lines(robot, public_id, **filters):
    """Every line, by following the addresses of the next pages; and how often that asked."""
    answer, lines, asked = robot.get(f"imports/{public_id}/lines/", **filters), [], 1
    while True:
        assert answer.status_code == 200, answer.content
        lines += answer.json()["results"]
        if answer.json()["next"] is None:
            return lines, answer.json()["count"], asked
        answer = robot.client.get(answer.json()["next"], headers=robot.headers)
        asked += 1


def test_every_line_is_read_page_by_page(author):
    found = checked(author, LONG)

    assert (found["counts"]["refused"], found["problem_count"]) == (MANY, MANY)
    # The answer itself holds the first of them.
    assert len(found["problems"]) == 200
    lines, count, asked = all_lines(author, found["id"], page_size=200)

    assert (count, asked, len({line["line"] for line in lines})) == (MANY + 1, 3, MANY + 1)
    (new,) = [line for line in lines if line["found"] == "new"]
    assert (new["line"], new["message"]) == (2 * MANY + 1, "")
    refused = [line for line in lines if line["found"] == "refused"]
    assert [line["line"] for line in refused] == list(range(1, 2 * MANY, 2))
    assert refused[-1]["where"] == f"line {2 * MANY - 1}"
    assert {line["message"] for line in refused} == {"No option is right. Mark the one that is."}


def test_lines_of_one_kind_alone(author):
    found = checked(author, REFUSED)

    new, count, _asked = all_lines(author, found["id"], found="new", page_size=1)
    (refused,), _count, _asked = all_lines(author, found["id"], found="refused")

    assert (count, [line["line"] for line in new]) == (2, [1, 3])
    assert {name: refused[name] for name in ("line", "row", "column", "question")} == {
        "line": 5,
        "row": None,
        "column": "",
        "question": None,
    }


@pytest.mark.parametrize(
    ("name", "value"), [("found", "lost"), ("page", "9"), ("page_size", "201"), ("ordering", "line")]
)
def test_what_no_page_or_kind_is_is_refused(author, name, value):
    answer = author.get(f"imports/{checked(author)['id']}/lines/", **{name: value})

    assert (answer.status_code, list(answer.json())) == (400, [name])


def test_lines_are_for_whoever_asked_and_forgotten_with_the_file(author):
    public_id = checked(author)["id"]
    other = program(make_user(Role.QUESTION_AUTHOR))

    assert other.get(f"imports/{public_id}/lines/").status_code == 404
    author.post(f"imports/{public_id}/discard/", {})
    checked(author)
    assert author.get(f"imports/{public_id}/lines/").json()["count"] == 0
    assert Work.objects.filter(public_id=public_id).exists()


def test_page_costs_the_same_queries_for_one_line_and_for_three(author, django_assert_num_queries):
    author.get("")
    few, many = checked(author, b"Which? {=a ~b}\n")["id"], checked(author, REFUSED)["id"]

    for public_id, count in ((few, 1), (many, 3)):
        # The key with its owner, the import with its work and bank, how many lines there are, and they themselves.
        with django_assert_num_queries(6):
            assert author.get(f"imports/{public_id}/lines/").json()["count"] == count


def asking(*stems: str, right: str = "a", other: str = "b") -> bytes:
    """A file with a question for each stem, known by its number."""
    options = [{"text": text, "share": int(text == right)} for text in ("a", other)]
    rows = [{"external_id": f"q-{n}", "stem": stem, "options": options} for n, stem in enumerate(stems)]
    return json.dumps({"questions": rows}).encode()


def test_line_of_a_changed_question_says_how_it_differs(author):
    checked(author, asking("Old words?"), dry_run="false")

    found = checked(author, asking("New words?", "More?", other="c"))
    lines, _count, _asked = all_lines(author, found["id"])

    told = {line["found"]: line["differences"] for line in lines}
    assert told["changed"] == [
        {"part": "Question", "text": "[-Old-]{+New+} words?"},
        {"part": "Option b", "text": "[-b-]{+c+}"},
    ]
    assert told["new"] == []


def test_differences_are_for_authors_alone(author):
    checked(author, asking("Old words?"), dry_run="false")
    found = checked(author, asking("Old words?", right="b"))
    (before,), _count, _asked = all_lines(author, found["id"])
    set_roles(user=User.objects.get(), roles=[Role.RECRUITER], by=Actor.system(), now=timezone.now())

    after = author.get(f"imports/{found['id']}/lines/")

    assert any("earn" in difference["text"] for difference in before["differences"])
    assert "earn" not in after.content.decode()


def test_lines_with_differences_cost_the_same_for_one_and_three(author):
    checked(author, asking("Old 1?", "Old 2?", "Old 3?"), dry_run="false")
    found = checked(author, asking("New 1?", "New 2?", "New 3?"))

    counts = []
    for rows in (1, 3):
        with CaptureQueriesContext(connection) as queries:
            lines = author.get(f"imports/{found['id']}/lines/", page_size=rows).json()["results"]
        assert len([line for line in lines if line["differences"]]) == rows
        counts.append(len(queries))
    assert counts[0] == counts[1]
