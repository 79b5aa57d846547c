"""Banks and questions: who reads them, by which filters, with which keys."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.enums import Role, Scope
from accounts.models import Actor
from hiring.operations import limit_key
from questions.models import Question, QuestionTag
from questions.operations import mend_key
from questions.rules import KeyDraft, shares_for
from tests.api.world import Program, program
from tests.factories.accounts import NOW, make_administrator, make_user
from tests.factories.hiring import make_interviewer, make_job, make_manager
from tests.factories.questions import make_bank, make_question, make_questions, make_skill

pytestmark = pytest.mark.django_db

READERS = (Role.QUESTION_AUTHOR, Role.RECRUITER, Role.ADMINISTRATOR)


@pytest.fixture
def author():
    """A program with a key of a question author that may only read."""
    return program(make_user(Role.QUESTION_AUTHOR), Scope.READ)


def found(robot, **filters):
    answer = robot.get("questions/", **filters)
    assert answer.status_code == 200, answer.content
    return {row["external_id"] for row in answer.json()["results"]}


def test_bank_says_how_many_questions_it_has(author):
    bank = make_bank("python")
    make_questions(2, bank)
    make_question(bank, ready=False)

    listed = author.get("banks/").json()
    row = author.get("banks/python/").json()

    assert listed["results"] == [row]
    assert (row["slug"], row["name"], row["questions"], row["ready"]) == ("python", bank.name, 3, 2)


@pytest.mark.parametrize("role", READERS)
def test_those_who_read_questions_in_the_shell_read_them_with_their_keys(role):
    question = make_question(stem="Which `one`?", right="b")
    robot = program(make_user(role), Scope.READ)

    row = robot.get(f"questions/{question.pk}/").json()

    assert (row["title"], row["status"], row["current_version"]) == ("Which one?", "ready", 1)
    (version,) = row["versions"]
    assert (version["stem"], version["is_current"]) == ("Which `one`?", True)
    assert version["options"][0] == {"code": "a", "text": "Option a", "place": ""}
    (key,) = version["keys"]
    assert key["shares"] == {"a": "0", "b": "1", "c": "0", "d": "0"}
    assert key["explanation"] == "Because."


def strangers():
    job = make_job()
    return {
        "analyst": make_user(Role.ANALYST),
        "manager": make_manager(job),
        "interviewer": make_interviewer(job),
        "nobody": make_user(),
    }


def test_everybody_else_finds_no_bank_and_no_question():
    question = make_question()
    robots = {name: program(owner, Scope.READ) for name, owner in strangers().items()}
    paths = (f"questions/{question.pk}/", f"banks/{question.bank.slug}/")

    for name, robot in robots.items():
        counts = [robot.get(path).json()["count"] for path in ("questions/", "banks/")]
        assert (name, counts) == (name, [0, 0])
        assert [robot.get(path).status_code for path in paths] == [404, 404]
    assert {Program().get(path).status_code for path in (*paths, "questions/", "banks/")} == {401}


def test_lists_hold_no_option_and_no_key(author):
    make_question(stem="Which?", right="a")

    content = author.get("questions/").content + author.get("banks/").content

    for hidden in (b"Because.", b"Option a", b"shares", b"keys"):
        assert hidden not in content


def test_what_an_import_still_writes_is_not_there(author):
    bank = make_bank("arriving")
    question = make_question(bank)
    type(bank).objects.filter(pk=bank.pk).update(arriving_for="work")

    answers = [author.get(path).status_code for path in (f"questions/{question.pk}/", "banks/arriving/")]

    assert answers == [404, 404]
    assert found(author) == set()


def test_every_version_and_key_is_told_the_newest_first(author):
    question = make_question(right="a")
    key = KeyDraft(shares=shares_for(list("abcd"), "b", kind="single"), explanation="Now b.")
    mend_key(version=question.current_version, key=key, reason="b it is", by=Actor.system(), now=NOW)

    (version,) = author.get(f"questions/{question.pk}/").json()["versions"]

    assert [(key["revision"], key["shares"]["b"], key["reason"]) for key in version["keys"]] == [
        (2, "1", "b it is"),
        (1, "0", ""),
    ]
    assert version["keys"][0]["changes_marks"] is True


def test_draft_is_told_from_what_people_are_shown(author):
    question = make_question(ready=False)

    row = author.get(f"questions/{question.pk}/").json()

    assert row["current_version"] is None
    assert [(each["is_current"], each["frozen_at"]) for each in row["versions"]] == [(False, None)]


def test_questions_are_filtered_as_in_the_shell(author):
    bank, skill, tag = make_bank("flask"), make_skill("jinja"), QuestionTag.objects.create(name="Core")
    plain = make_question(make_bank("other"), stem="What is a closure?")
    wanted = make_question(
        bank, kind="multiple", level="experienced", skills=[skill], stem="Which filters?", ready=False
    )
    wanted.tags.add(tag)
    Question.objects.filter(pk=wanted.pk).update(leaked_at=NOW)
    both, one = {plain.external_id, wanted.external_id}, {wanted.external_id}

    assert found(author) == both
    assert found(author, exposure="never") == both
    for filters in (
        {"bank": "flask"},
        {"skill": "jinja"},
        {"tag": "core"},
        {"kind": "multiple"},
        {"level": "experienced"},
        {"status": "draft"},
        {"search": "filt"},
        {"flag": "leaked"},
        {"bank": "flask", "skill": "jinja", "search": "which filters"},
    ):
        assert (filters, found(author, **filters)) == (filters, one)
    for filters in (
        {"bank": "nowhere"},
        {"skill": "nothing"},
        {"tag": "nothing"},
        {"exposure": "often"},
        {"search": "closure", "bank": "flask"},
    ):
        assert (filters, found(author, **filters)) == (filters, set())


def test_questions_are_sorted(author):
    bank = make_bank()
    first, second = make_question(bank), make_question(bank)
    Question.objects.filter(pk=first.pk).update(changed_at=NOW + timedelta(days=1))

    def order(**given):
        return [row["id"] for row in author.get("questions/", **given).json()["results"]]

    assert order() == order(ordering="-changed_at") == [first.pk, second.pk]
    assert order(ordering="changed_at") == [second.pk, first.pk]
    assert order(ordering="external_id") == [first.pk, second.pk]
    assert order(ordering="-external_id") == [second.pk, first.pk]
    assert len(order(ordering="shown")) == 2


def test_questions_come_by_page(author):
    make_questions(3)

    first = author.get("questions/", page_size="2").json()
    second = author.get("questions/", page_size="2", page="2").json()

    assert (first["count"], len(first["results"]), len(second["results"])) == (3, 2, 1)
    assert len({row["id"] for page in (first, second) for row in page["results"]}) == 3


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("status", "gone"),
        ("flag", "x"),
        ("exposure", "always"),
        ("ordering", "stem"),
        ("bank", "a b"),
        ("search", "x" * 201),
        ("search", "\x00"),
        ("answer", "a"),
    ],
)
def test_what_can_be_no_filter_is_refused_by_name(author, name, value):
    answer = author.get("questions/", **{name: value})

    assert (answer.status_code, list(answer.json())) == (400, [name])


def test_key_that_is_limited_to_a_job_reads_banks_as_it_reads_tests():
    owner = make_user(Role.RECRUITER)
    robot = program(owner, Scope.READ)
    limit_key(key=robot.key, jobs=[make_job(recruiter=owner)], by=Actor.of_user(owner), now=NOW)
    make_question()

    assert robot.get("questions/").json()["count"] == 1


def test_administrator_sees_questions_of_every_bank():
    make_question(), make_question()

    assert len(found(program(make_administrator(), Scope.READ))) == 2


# The key with its owner, the owner's roles and how many rows there are. Then the rows of banks; of questions the keys
# of a page, what it shows of them, skills and tags.
QUERIES = {"banks": 4, "questions": 7}


@pytest.mark.parametrize("name", QUERIES)
def test_list_costs_the_same_queries_for_one_row_and_for_three(author, name, django_assert_num_queries):
    author.get("")  # the hour's note that the key is used
    make_question()

    with django_assert_num_queries(QUERIES[name]):
        assert author.get(f"{name}/").json()["count"] == 1
    make_question(), make_question()
    with django_assert_num_queries(QUERIES[name]):
        assert author.get(f"{name}/").json()["count"] == 3


def test_question_costs_the_same_queries_with_one_version_and_key_and_with_more(
    author, django_assert_num_queries
):
    question = make_question()
    path = f"questions/{question.pk}/"
    author.get("")
    # The key with its owner, the owner's roles, the question, what the owner may read, two; its row with skills and
    # tags, versions and keys.
    with django_assert_num_queries(10):
        author.get(path)
    key = KeyDraft(shares=shares_for(list("abcd"), "b", kind="single"))
    mend_key(version=question.current_version, key=key, reason="b", by=Actor.system(), now=NOW)
    with django_assert_num_queries(10):
        author.get(path)
