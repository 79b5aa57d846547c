"""Banks go out as files over the API: made by a worker, fetched by the key that asked, and written down."""

from __future__ import annotations

import json

import pytest

from accounts.enums import Role, Scope
from accounts.models import Actor
from accounts.operations import revoke_api_key
from outbox.models import Event, Work
from questions.models import QuestionBank
from tests.api.questions.files import work
from tests.api.questions.test_reading import strangers
from tests.api.world import Program, program
from tests.factories.accounts import NOW, make_administrator, make_user
from tests.factories.questions import make_bank, make_question

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def bank():
    bank = make_bank("python")
    make_question(bank, right="b")
    make_question(bank, kind="multiple", right="ab", ready=False)
    return bank


@pytest.fixture
def author(bank):
    return program(make_user(Role.QUESTION_AUTHOR), Scope.READ, Scope.QUESTIONS_WRITE)


def ask(robot, **fields):
    key = {"HTTP_IDEMPOTENCY_KEY": fields.pop("key")} if "key" in fields else {}
    return robot.post("exports/", {"bank": "python", "format": "json"} | fields, **key)


def made(robot, **fields):
    answer = ask(robot, **fields)
    assert answer.status_code == 202, answer.content
    work()
    return robot.get(f"exports/{answer.json()['id']}/").json()


def fetch(robot, public_id):
    return robot.post(f"exports/{public_id}/download/", {})


def test_bank_is_asked_for_made_and_fetched(author):
    answer = ask(author)
    before = answer.json()
    early = fetch(author, before["id"])
    work()
    after = author.get(f"exports/{before['id']}/").json()
    file = author.client.post(after["download"], headers=author.headers)

    assert answer["Location"] == f"http://testserver/api/v1/exports/{before['id']}/"
    assert (before["state"], before["download"], before["count"]) == ("queued", None, None)
    assert (early.status_code, early.json()["code"]) == (409, "not_done")
    assert (after["state"], after["filename"], after["count"]) == ("done", "python.json", 2)
    assert after["losses"] == []
    assert file["Content-Type"] == "application/octet-stream"
    assert file["Content-Disposition"] == 'attachment; filename="python.json"'
    assert len(json.loads(b"".join(file.streaming_content))["questions"]) == 2


def test_history_says_which_key_took_which_questions_along(author, bank):
    public_id = made(author, which="ready")["id"]
    fetch(author, public_id)

    taken = Event.objects.get(kind="export.made")
    fetched = Event.objects.get(kind="work.file_fetched")

    assert (taken.about_id, taken.data["count"], taken.data["filters"]) == (bank.pk, 1, ["ready"])
    assert {event.actor_key_id for event in (taken, fetched)} == {author.key.pk}


def test_what_a_format_cannot_hold_is_told_question_by_question(author):
    found = made(author, format="aiken")

    assert (found["count"], found["loss_count"]) == (1, len(found["losses"]))
    (left_out,) = [loss for loss in found["losses"] if loss["left_out"]]
    assert left_out["id"].startswith("question-")
    assert left_out["message"]


def test_looking_fetches_nothing(author):
    public_id = made(author)["id"]

    assert author.get(f"exports/{public_id}/download/").status_code == 405
    assert not Event.objects.filter(kind="work.file_fetched").exists()


def test_file_of_another_key_is_not_found_even_of_the_same_owner(author):
    public_id = made(author)["id"]
    others = [
        program(author.key.owner),
        program(make_administrator()),
        program(make_user(Role.QUESTION_AUTHOR)),
    ]

    for other in others:
        assert other.get("exports/").json()["count"] == 0
        assert other.get(f"exports/{public_id}/").status_code == 404
        assert fetch(other, public_id).status_code == 404


def test_who_does_not_write_questions_takes_none_out(bank):
    owners = strangers() | {"recruiter": make_user(Role.RECRUITER)}

    answers = {name: ask(program(owner)).status_code for name, owner in owners.items()}

    assert answers == dict.fromkeys(owners, 403)
    assert ask(Program()).status_code == 401
    assert not Work.objects.exists()


def test_key_without_the_scope_takes_none_out(author):
    assert ask(program(author.key.owner, Scope.READ)).status_code == 403


def test_revoked_key_gets_no_file(author):
    public_id = ask(author).json()["id"]
    revoke_api_key(key=author.key, by=Actor.of_user(author.key.owner), now=NOW)

    work()

    assert fetch(author, public_id).status_code == 401
    assert Work.objects.get().state == "failed"
    assert not Event.objects.filter(kind="export.made").exists()


def test_same_call_again_with_its_key_is_one_export(author):
    first, again = ask(author, key="one"), ask(author, key="one")
    other = ask(author, key="one", format="gift")

    assert first.json()["id"] == again.json()["id"]
    assert (other.status_code, other.json()["code"]) == (409, "key_used")
    assert Work.objects.count() == 1


def test_file_that_was_deleted_is_told_as_gone(author):
    public_id = made(author)["id"]
    Work.objects.get().file.delete(save=True)

    answer = fetch(author, public_id)

    assert (answer.status_code, answer.json()["code"]) == (409, "gone")
    assert author.get(f"exports/{public_id}/").json()["download"] is None


@pytest.mark.parametrize(("field", "value"), [("bank", "nowhere"), ("format", "qti_3.0"), ("which", "mine")])
def test_what_cannot_be_is_refused_by_field(author, field, value):
    answer = ask(author, **{field: value})

    assert (answer.status_code, list(answer.json())) == (400, [field])


def test_export_of_a_bank_that_went_keeps_its_place_in_the_list(author, bank):
    made(author)
    Work.objects.update(arguments=Work.objects.get().arguments | {"bank": bank.pk + 1000})

    (row,) = author.get("exports/").json()["results"]

    assert (row["bank"], row["format"]) == ("", "json")
    assert QuestionBank.objects.filter(slug="python").exists()


# The key with its owner and how many rows there are; then the exports and their banks.
QUERIES = 4


def test_list_costs_the_same_queries_for_one_row_and_for_three(author, django_assert_num_queries):
    author.get("")
    ask(author)

    with django_assert_num_queries(QUERIES):
        assert author.get("exports/").json()["count"] == 1
    ask(author), ask(author)
    with django_assert_num_queries(QUERIES):
        assert author.get("exports/").json()["count"] == 3


def test_trial_tells_the_losses_and_makes_no_file(author, bank):
    open_one = make_question(bank, kind="open")

    found = made(author, format="aiken", dry_run=True)

    assert (found["state"], found["dry_run"], found["download"], found["filename"]) == (
        "done",
        True,
        None,
        "",
    )
    assert (found["count"], found["loss_count"]) == (1, len(found["losses"]))
    assert [loss["message"] for loss in found["losses"] if loss["id"] == open_one.external_id] == [
        "Not in the file. The format has no open questions."
    ]
    answer = fetch(author, found["id"])
    assert (answer.status_code, answer.json()["code"]) == (409, "dry_run")
    assert not Event.objects.filter(kind="export.made").exists()
    again = ask(author, key="one", dry_run=True), ask(author, key="one")
    assert [each.status_code for each in again] == [202, 409]
