"""Files of questions come in over the API: checked by a worker, committed once, or thrown away."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.enums import Role, Scope
from accounts.models import Actor
from accounts.operations import revoke_api_key
from outbox.models import Event, Work
from questions.formats import limits
from questions.models import Question, QuestionBank
from tests.api.questions.files import REFUSED, checked, seen, upload, work
from tests.api.questions.test_reading import strangers
from tests.api.world import Program, program
from tests.factories.accounts import NOW, PASSWORD, make_administrator, make_user
from tests.factories.questions import make_bank

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def bank():
    return make_bank("python")


@pytest.fixture
def author(bank):
    """A program with a key of a question author that reads, and takes questions in and out."""
    return program(make_user(Role.QUESTION_AUTHOR), Scope.READ, Scope.QUESTIONS_WRITE)


def commit(robot, public_id):
    return robot.post(f"imports/{public_id}/commit/", {})


def discard(robot, public_id):
    return robot.post(f"imports/{public_id}/discard/", {})


def test_file_is_checked_looked_over_and_committed_once(author, bank):
    answer = upload(author)
    before = seen(author, answer.json()["id"])
    work()
    after = seen(author, before["id"])

    assert answer.status_code == 202
    assert answer["Location"] == f"http://testserver/api/v1/imports/{before['id']}/"
    assert (before["state"], before["counts"], before["can_commit"]) == ("checking", None, False)
    assert (after["state"], after["format"], after["can_commit"]) == ("checked", "gift", True)
    assert after["counts"] == {"new": 2, "changed": 0, "unchanged": 0, "refused": 0, "skipped": 0}
    assert [(row["fate"], row["line"]) for row in after["questions"]] == [("new", 1), ("new", 3)]
    assert (after["filename"], after["bank"], after["dry_run"]) == ("x.gift", "python", True)
    assert not Question.objects.exists()

    answers = [commit(author, after["id"]) for _again in range(2)]
    work()
    done = seen(author, after["id"])
    again = commit(author, after["id"])

    assert {answer.status_code for answer in (*answers, again)} == {202}
    assert (answers[0].json()["state"], done["state"], again.json()["state"]) == (
        "importing",
        "imported",
        "imported",
    )
    assert done["progress"]["done"] == done["progress"]["total"] == 2
    assert Question.objects.filter(bank=bank, status="draft").count() == 2
    assert Work.objects.filter(kind="questions.import").count() == 1


def test_parsing_is_the_workers_alone(author, monkeypatch):
    def fail(*_args, **_kwargs):
        raise AssertionError("parsed in the request")

    monkeypatch.setattr("questions.formats.read", fail)

    assert upload(author).status_code == 202


def test_file_that_is_no_dry_run_is_imported_by_itself(author):
    done = checked(author, dry_run="false")

    assert (done["state"], done["dry_run"], done["can_commit"]) == ("imported", False, False)
    assert Question.objects.count() == 2


def test_what_is_refused_is_told_by_its_place_and_keeps_all_of_it_out(author):
    for dry_run in ("true", "false"):
        found = checked(author, REFUSED, dry_run=dry_run)

        assert (found["state"], found["can_commit"]) == ("checked", False)
        assert found["counts"] == {"new": 2, "changed": 0, "unchanged": 0, "refused": 1, "skipped": 0}
        (problem,) = [each for each in found["problems"] if each["level"] == "error"]
        assert (problem["where"], problem["line"]) == ("line 5", 5)
        assert problem["message"] == "No option is right. Mark the one that is."
        answer = commit(author, found["id"])
        assert (answer.status_code, answer.json()["code"]) == (409, "refused")
    work()
    assert not Question.objects.exists()


def test_others_are_imported_where_the_program_leaves_the_refused_out(author):
    found = checked(author, REFUSED, leaves_out="true")

    assert found["can_commit"] is True
    commit(author, found["id"])
    work()
    assert seen(author, found["id"])["state"] == "imported"
    assert Question.objects.count() == 2


def test_again_the_same_file_changes_nothing(author):
    commit(author, checked(author)["id"])
    work()

    again = checked(author)

    assert again["counts"]["unchanged"] == 2
    assert again["can_commit"] is False
    assert commit(author, again["id"]).status_code == 409


def test_import_that_is_not_checked_yet_is_not_committed(author):
    public_id = upload(author).json()["id"]

    answer = commit(author, public_id)

    assert (answer.status_code, answer.json()["code"]) == (409, "not_checked")


@pytest.mark.parametrize("is_checked", [True, False])
def test_file_that_is_thrown_away_is_gone_and_never_imported(author, is_checked):
    public_id = upload(author).json()["id"]
    row = Work.objects.get(public_id=public_id)
    storage, name = row.file.storage, row.file.name
    if is_checked:
        work()

    answers = [discard(author, public_id) for _again in range(2)]
    work()

    assert [(answer.status_code, answer.json()["state"]) for answer in answers] == [(200, "discarded")] * 2
    assert not storage.exists(name)
    assert seen(author, public_id)["reason"] == "Thrown away. Nothing was imported."
    refused = commit(author, public_id)
    assert (refused.status_code, refused.json()["code"]) == (409, "discarded")
    assert Event.objects.filter(kind="work.discarded").count() == 1
    assert not Question.objects.exists()


def test_what_is_imported_is_not_thrown_away(author):
    public_id = checked(author)["id"]
    commit(author, public_id)

    waiting = discard(author, public_id)
    work()
    done = discard(author, public_id)

    assert [(each.status_code, each.json()["code"]) for each in (waiting, done)] == [(409, "imported")] * 2
    assert Question.objects.count() == 2


def test_commit_of_a_file_that_is_not_kept_any_more_says_so(author):
    public_id = checked(author)["id"]
    Work.objects.get(public_id=public_id).file.delete(save=True)

    answer = commit(author, public_id)

    assert answer.status_code == 409
    assert answer.json()["detail"] == "The file is not kept any more. Upload it again."


def test_same_call_again_with_its_key_is_one_import(author):
    first, again = upload(author, key="one"), upload(author, key="one")
    other = upload(author, key="two")
    plain = [upload(author).json()["id"] for _each in range(2)]

    assert first.json()["id"] == again.json()["id"]
    assert len({first.json()["id"], other.json()["id"], *plain}) == 4


@pytest.mark.parametrize("fields", [{"content": REFUSED}, {"format": "gift"}, {"level": "experienced"}])
def test_key_of_one_call_does_not_serve_another(author, fields):
    upload(author, key="one")

    answer = upload(author, key="one", **fields)

    assert (answer.status_code, answer.json()["code"]) == (409, "key_used")
    assert Work.objects.count() == 1


def test_keys_of_two_programs_are_apart(author):
    other = program(make_user(Role.QUESTION_AUTHOR))

    assert upload(author, key="one").json()["id"] != upload(other, key="one").json()["id"]


def test_key_that_is_too_long_is_refused(author):
    answer = upload(author, key="x" * 256)

    assert (answer.status_code, list(answer.json())) == (400, ["Idempotency-Key"])


def test_imports_of_others_are_not_found(author):
    public_id = checked(author)["id"]
    others = [program(make_user(Role.QUESTION_AUTHOR)), program(make_administrator())]

    for other in others:
        assert other.get("imports/").json()["count"] == 0
        assert other.get(f"imports/{public_id}/").status_code == 404
        assert commit(other, public_id).status_code == 404
        assert discard(other, public_id).status_code == 404
    assert [row["id"] for row in author.get("imports/").json()["results"]] == [public_id]


def test_who_does_not_write_questions_takes_none_in(bank):
    owners = strangers() | {"recruiter": make_user(Role.RECRUITER)}

    answers = {name: upload(program(owner)).status_code for name, owner in owners.items()}

    assert answers == dict.fromkeys(owners, 403)
    assert upload(Program()).status_code == 401
    assert not Work.objects.exists()


def test_key_without_the_scope_takes_none_in_and_commits_none(author):
    reader = program(author.key.owner, Scope.READ, Scope.CANDIDATES_WRITE)
    public_id = checked(author)["id"]

    answers = [upload(reader), commit(reader, public_id), discard(reader, public_id)]

    assert {answer.status_code for answer in answers} == {403}


def test_revoked_key_is_out_and_what_it_asked_for_is_not_done(author):
    public_id = checked(author)["id"]
    commit(author, public_id)
    revoke_api_key(key=author.key, by=Actor.of_user(author.key.owner), now=NOW)

    work()

    assert upload(author).status_code == 401
    assert commit(author, public_id).status_code == 401
    row = Work.objects.get(kind="questions.import")
    assert (row.state, row.reason[:27]) == ("failed", "You may not do this any mor")
    assert not Question.objects.exists()


def test_bank_that_is_not_there_or_still_arrives_is_refused_alike(author):
    QuestionBank.objects.filter(pk=make_bank("arriving").pk).update(arriving_for="work")

    nowhere, arriving = upload(author, bank="nowhere"), upload(author, bank="arriving")

    assert (nowhere.status_code, arriving.status_code) == (400, 400)
    assert arriving.json()["bank"][0].replace("arriving", "nowhere") == nowhere.json()["bank"][0]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("format", "docx"),
        ("level", "guru"),
        ("skill", "nothing"),
        ("bank", ""),
        ("dry_run", "perhaps"),
        ("file", ""),
    ],
)
def test_what_cannot_be_is_refused_by_field(author, field, value):
    answer = upload(author, **{field: value})

    assert (answer.status_code, list(answer.json())) == (400, [field])
    assert not Work.objects.exists()


def test_file_of_another_format_than_is_said_fails_with_words(author):
    found = checked(author, b"\x00\x01\x02 no questions", format="xlsx")

    assert (found["state"], found["can_commit"], found["counts"]) == ("failed", False, None)
    assert found["reason"]
    assert commit(author, found["id"]).status_code == 409


BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE q [<!ENTITY a "x"><!ENTITY b "&a;&a;&a;&a;">]>'
    b"<quiz><question>&b;</question></quiz>"
)
HOSTILE = [BOMB, b"PK\x03\x04" + b"\x00" * 400, b"", b"\xff" * 1000, b"{" * 20_000]


@pytest.mark.parametrize("content", HOSTILE, ids=["entities", "zip", "empty", "bytes", "braces"])
def test_hostile_file_ends_in_words_and_writes_nothing(author, content):
    found = checked(author, content)

    assert found["state"] == "failed" or not found["can_commit"]
    assert found["reason"] or found["problems"]
    assert not Question.objects.exists()


def test_body_that_says_to_be_too_large_is_refused_unread(author):
    answer = author.client.generic(
        "POST",
        "/api/v1/imports/",
        b"x",
        content_type="multipart/form-data; boundary=x",
        headers=author.headers,
        CONTENT_LENGTH=str(limits.FILE_BYTES + 1024 * 1024),
    )

    assert (answer.status_code, answer.json()) == (
        413,
        {"detail": "This is too large. Send less at a time."},
    )


def test_file_that_is_too_large_is_refused_by_name(author, monkeypatch):
    monkeypatch.setattr(limits, "FILE_BYTES", 10)

    answer = upload(author)

    assert (answer.status_code, list(answer.json())) == (400, ["file"])
    assert not Work.objects.exists()


@pytest.mark.parametrize("content_type", ["application/json", "text/plain", "multipart/form-data"])
def test_what_is_no_form_with_a_file_is_refused(author, content_type):
    answer = author.post("imports/", b"{}", content_type=content_type)

    assert answer.status_code in (400, 415)
    assert answer["Content-Type"] == "application/json"


def test_colleague_with_a_session_needs_the_token_and_then_takes_questions_in(bank):
    author = make_user(Role.QUESTION_AUTHOR)
    robot = Program()
    robot.client = Client(enforce_csrf_checks=True)
    robot.client.login(email=author.email, password=PASSWORD)

    refused = upload(robot)
    robot.client.get("/api/")
    robot.headers = {"X-CSRFToken": robot.client.cookies["shortlist_csrf"].value}
    taken = upload(robot)

    assert (refused.status_code, taken.status_code) == (403, 202)
    work()
    assert seen(robot, taken.json()["id"])["state"] == "checked"


# The key with its owner and how many rows there are; then the imports, what imports them, and their banks.
QUERIES = 5


def test_list_costs_the_same_queries_for_one_row_and_for_three(author, django_assert_num_queries):
    author.get("")
    upload(author)

    with django_assert_num_queries(QUERIES):
        assert author.get("imports/").json()["count"] == 1
    upload(author), upload(author)
    with django_assert_num_queries(QUERIES):
        assert author.get("imports/").json()["count"] == 3
