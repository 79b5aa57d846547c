"""No answer key, share, feedback, link or token in any byte: every address, every role, every way to ask.

Banks and questions are for those who read them in the shell: tests/api/questions asks who that is.
"""

import json

import pytest
from django.core.management import call_command

from accounts.enums import Role
from assessments.models import AnswerRevision
from assessments.operations import void_attempt
from outbox.models import Message
from outbox.rules import link_token
from questions.models import AnswerKey, QuestionVersion
from questions.operations import add_question, make_ready
from questions.rules import KeyDraft, OptionDraft, shares_for
from tests.api.world import ROOT, make_house, program
from tests.factories.accounts import NOW, make_administrator, make_user
from tests.factories.assessments import make_assessment
from tests.factories.hiring import SYSTEM, make_interviewer, make_manager
from tests.factories.questions import make_bank, make_skill

pytestmark = pytest.mark.django_db

FEEDBACK, EXPLANATION, STEM, OPTION = "feedback-7c1f", "explanation-92ab", "stem-5d0e", "option-e3b4"
# Names of columns that hold what must stay inside.
INNER_NAMES = {
    "answer",
    "answers",
    "correct",
    "explanation",
    "feedback",
    "intent",
    "is_correct",
    "key",
    "keys",
    "keys_digest",
    "link",
    "marking",
    "option_order",
    "options",
    "by_question",
    "questions_shown",
    "secret",
    "secret_hash",
    "seed",
    "share",
    "shares",
    "stem",
    "token",
    "url",
    "void_reason",
}


def make_marked_test():
    """A published test whose question, options and key hold words that stand nowhere else."""
    bank = make_bank()
    for number in range(2):
        options = [OptionDraft(code, f"{OPTION} {number} {code}", "") for code in "abcd"]
        key = KeyDraft(
            shares=shares_for(list("abcd"), "a", kind="single"),
            feedback={code: f"{FEEDBACK} {code}" for code in "abcd"},
            explanation=EXPLANATION,
        )
        question = add_question(
            bank=bank,
            external_id=f"marked-{number}",
            kind="single",
            level="junior",
            intended_difficulty=2,
            skills=[make_skill("python")],
            stem=f"{STEM} {number}?",
            options=options,
            key=key,
            by=SYSTEM,
            now=NOW,
        )
        make_ready(question=question, by=SYSTEM, now=NOW)
    return make_assessment(bank=bank, questions=2)


@pytest.fixture
def house(db):
    return make_house(make_marked_test())


def people(house):
    return {
        "administrator": make_administrator(),
        "recruiter": house.recruiter,
        "author": make_user(Role.QUESTION_AUTHOR),
        "analyst": make_user(Role.ANALYST),
        "manager": make_manager(house.job),
        "interviewer": make_interviewer(house.job),
        "outsider": make_user(),
    }


def secrets(house, robots):
    """What must not come out, and what proves that it is there to come out."""
    assert STEM in str(QuestionVersion.objects.values())
    assert EXPLANATION in str(AnswerKey.objects.values())
    assert FEEDBACK in str(AnswerKey.objects.values())
    assert AnswerRevision.objects.exists()
    assert Message.objects.exists()
    link = house.invitation.link
    found = {STEM, OPTION, FEEDBACK, EXPLANATION, link.public_id, link_token(link), house.score.keys_digest}
    found |= {house.invitation.intent, str(house.attempt.seed), "/t/"}
    for robot in robots:
        found |= {robot.key.secret_hash, robot.key.public_id, robot.headers["Authorization"][7:]}
    return found


def answers(robot, house):
    """Everything that one program can get out of every address."""
    headers = robot.headers
    for path in ["", *house.reads()]:
        for method in ("get", "options", "put"):
            yield getattr(robot.client, method)(ROOT + path, headers=headers)
        yield robot.get(path, ordering="keys", keys="1", link__public_id="x", current_score__keys="1")
        yield robot.get(path, page="0", page_size="0", state="x", status="x", result="x", start="x")
    for write in (house.new_application(), house.new_invitation()):
        path, body = write
        yield robot.post(path, body)
        yield robot.post(path, body)
        yield robot.post(path, {})
        yield robot.post(path, {name: ["x"] for name in body})
        yield robot.post(path, "[")
    yield robot.client.get("/api/schema/", headers=headers)


def names(value):
    """Every name of a member anywhere in JSON."""
    if isinstance(value, dict):
        return set(value) | {name for inner in value.values() for name in names(inner)}
    if isinstance(value, list):
        return {name for inner in value for name in names(inner)}
    return set()


def test_case_59_key_leak_api_nothing_secret_in_any_byte_for_any_role(house):
    robots = {name: program(owner) for name, owner in people(house).items()}
    hidden = secrets(house, robots.values())

    leaks = [
        (name, answer.status_code, answer.request["PATH_INFO"], secret)
        for name, robot in robots.items()
        for answer in answers(robot, house)
        for secret in hidden
        if secret in answer.content.decode()
    ]

    assert leaks == []


def test_case_59_key_leak_api_no_member_is_named_like_what_stays_inside(house):
    robot = program(house.recruiter)

    found = set()
    for path in house.reads():
        found |= names(robot.get(path).json())

    assert "percent" in found
    # A step of the funnel has a key and a share of the people, a test says by which rule it is marked: no answer's.
    assert found & INNER_NAMES == {"key", "share", "marking"}
    assert {step["key"] for step in robot.get("reports/pipeline/").json()["total"]["steps"]} == {
        "applied",
        "assessment",
        "interview",
        "hired",
    }


def test_case_59_key_leak_api_document_names_nothing_that_stays_inside(house, tmp_path):
    target = tmp_path / "schema.json"
    call_command("spectacular", "--format", "openapi-json", "--file", str(target))
    document = json.loads(target.read_text())

    properties = {
        (component, name)
        for component, schema in document["components"]["schemas"].items()
        for name in schema.get("properties", {})
        if name in INNER_NAMES
    }
    examples = [text for text in ("example", "default") if f'"{text}": "sl_' in target.read_text()]

    # A question with its versions and keys is for those who read it in the shell. None of the others is of a question:
    # a step of the funnel, a place in a report, the rule of a test, words to who asked for more time.
    assert properties == {
        *(("AnswerKey", name) for name in ("explanation", "feedback", "marking", "shares")),
        *(("QuestionVersion", name) for name in ("keys", "options", "stem")),
        ("Column", "key"),
        ("Row", "key"),
        ("FunnelStep", "key"),
        ("FunnelStep", "share"),
        ("Assessment", "marking"),
        ("RegradeInFull", "marking"),
        ("Grant", "answer"),
        ("Decline", "answer"),
    }
    assert examples == []


def test_void_attempt_has_no_result_and_no_score_in_force(house):
    robot = program(house.recruiter)
    void_attempt(attempt=house.attempt, reason="Fire alarm", by=SYSTEM, now=NOW)

    row = robot.get(f"attempts/{house.attempt.pk}/").json()
    score = robot.get(f"scores/{house.score.pk}/").json()

    assert (row["state"], row["percent"], row["result"]) == ("void", None, None)
    assert score["is_current"] is False
    assert robot.get(f"attempts/?result={house.score.band}").json()["count"] == 0
    assert robot.get("scores/?is_current=true").json()["count"] == 0
    assert robot.get("scores/?is_current=false").json()["count"] == 1


def test_case_60_grade_before_release_attempt_without_score_has_no_numbers(house):
    robot = program(house.recruiter)
    house.attempt.current_score = None
    house.attempt.save()
    house.score.delete()

    row = robot.get(f"attempts/{house.attempt.pk}/").json()

    assert (row["percent"], row["result"]) == (None, None)
    assert robot.get("scores/").json()["count"] == 0
