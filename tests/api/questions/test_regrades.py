"""Mended keys over the API: what marking again would change, and the decision, by those who see the people."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.enums import Role, Scope
from accounts.models import Actor
from assessments.models import Attempt
from hiring.operations import limit_key
from outbox.models import Work
from outbox.operations import run_due_work
from tests.api.world import Program, make_house, program
from tests.factories.accounts import NOW, make_administrator, make_user
from tests.factories.assessments import make_assessment, make_regrade
from tests.factories.hiring import make_job

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def house(db):
    """One person finished a test, with "a" right in one of its two questions."""
    return make_house(make_assessment(questions=2, pass_mark=50, borderline_from=40, shuffle_questions=False))


@pytest.fixture
def regrade(house):
    return make_regrade(house.attempt)


@pytest.fixture
def boss(regrade):
    return program(make_administrator())


def work_off():
    while run_due_work(now=max(Work.objects.values_list("due_at", flat=True)) + timedelta(seconds=1)):
        pass


def seen(robot, regrade):
    answer = robot.get(f"regrades/{regrade.pk}/")
    assert answer.status_code == 200, answer.content
    return answer.json()


def act(robot, regrade, what, **body):
    return robot.post(f"regrades/{regrade.pk}/{what}/", body)


def test_mended_key_is_looked_at_and_marked_again_once(boss, house, regrade):
    before = seen(boss, regrade)
    asked = act(boss, regrade, "preview")
    work_off()
    looked = seen(boss, regrade)
    scores = house.attempt.scores.count()

    assert (before["state"], before["attempts"], before["preview"]) == ("open", 1, None)
    assert before["tests"] == [{"assessment": house.assessment.slug, "attempts": 1}]
    assert (asked.status_code, asked.json()["looking"]["state"]) == (202, "queued")
    assert (looked["preview"]["attempts"], looked["preview"]["is_current"]) == (1, True)
    assert [row["attempt"] for row in looked["preview"]["changes"]] == [house.attempt.pk]
    assert scores == 1

    answers = [act(boss, regrade, "mark-again", reason="b it was") for _again in range(2)]
    work_off()
    done = seen(boss, regrade)
    late = act(boss, regrade, "leave", reason="no")

    assert [answer.status_code for answer in answers] == [202, 202]
    assert (done["state"], done["note"], done["may_decide"]) == ("done", "b it was", False)
    assert done["marking"]["state"] == "done"
    assert Attempt.objects.get(pk=house.attempt.pk).scores.count() == 2
    assert (late.status_code, late.json()["code"]) == (409, "closed")


def test_marks_are_left_with_a_reason(boss, regrade):
    without = act(boss, regrade, "leave")
    left = act(boss, regrade, "leave", reason="Too long ago")

    assert (without.status_code, list(without.json())) == (400, ["reason"])
    assert (left.status_code, left.json()["state"], left.json()["note"]) == (200, "dismissed", "Too long ago")
    assert act(boss, regrade, "preview").json()["code"] == "closed"


def test_authors_see_numbers_and_nobody_and_do_not_decide(regrade):
    author = program(make_user(Role.QUESTION_AUTHOR))
    act(author, regrade, "preview")
    work_off()

    found = seen(author, regrade)

    assert (found["may_decide"], found["preview"]["changes"], found["preview"]["hidden"]) == (False, [], 1)
    assert act(author, regrade, "mark-again", reason="x").status_code == 403


def test_recruiter_decides_about_those_they_see_alone(house, regrade):
    mine, other = program(house.recruiter), program(make_user(Role.RECRUITER))

    assert (seen(mine, regrade)["may_decide"], seen(other, regrade)["may_decide"]) == (True, False)
    assert act(other, regrade, "mark-again", reason="x").status_code == 403
    assert act(mine, regrade, "mark-again", reason="x").status_code == 202


def test_key_without_the_scope_or_limited_to_another_job_decides_nothing(house, regrade):
    owner = make_administrator()
    reader = program(owner, Scope.READ, Scope.QUESTIONS_WRITE)
    limited = program(owner)
    limit_key(key=limited.key, jobs=[make_job()], by=Actor.of_user(owner), now=NOW)

    for robot in (reader, limited):
        assert seen(robot, regrade)["may_decide"] is False
        assert act(robot, regrade, "mark-again", reason="x").status_code == 403
    assert act(reader, regrade, "preview").status_code == 403


def test_nobody_else_finds_it(regrade):
    for robot in (program(make_user(Role.ANALYST)), program(make_user())):
        assert robot.get("regrades/").json()["count"] == 0
        assert robot.get(f"regrades/{regrade.pk}/").status_code == 404
    assert Program().get("regrades/").status_code == 401


def test_regrades_are_filtered(boss, regrade):
    question = regrade.question_version.question

    def count(**filters):
        return boss.get("regrades/", **filters).json()["count"]

    assert (count(), count(state="open"), count(state="done")) == (1, 1, 0)
    assert (count(question=question.pk), count(bank=question.bank.slug), count(question=0)) == (1, 1, 0)


# The key with its owner, the owner's roles, how many rows there are and the rows; then the keys of their versions, the
# scores that they concern, the limits of the key and the names of tests.
QUERIES = 7


def test_list_costs_the_same_queries_for_one_row_and_for_three(boss, house, django_assert_num_queries):
    boss.get("")

    with django_assert_num_queries(QUERIES):
        assert boss.get("regrades/").json()["count"] == 1
    make_regrade(house.attempt, position=2)
    make_regrade(house.attempt, position=2, right="c")
    with django_assert_num_queries(QUERIES):
        assert boss.get("regrades/").json()["count"] == 3
