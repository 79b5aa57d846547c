"""Every command of `docs/api.md` does what the page says."""

import re
import shlex
from pathlib import Path

import pytest
from django.utils import timezone

from accounts.enums import Role
from assessments.operations import ask_for_accommodation
from hiring.enums import JobRole
from hiring.models import Stage
from questions.models import Question
from tests.api.questions.files import checked, upload, work
from tests.api.world import ROOT, make_house, program
from tests.factories.assessments import make_assessment, make_regrade
from tests.factories.hiring import ask, invite, make_application, make_member
from tests.factories.questions import make_bank

PAGE = (Path(__file__).parents[2] / "docs" / "api.md").read_text()
COMMANDS = re.findall(r"^curl .*$", PAGE, re.MULTILINE)


@pytest.fixture
def documented_house(db):
    """The page speaks of the job "backend", the test "flask" and the bank "python"."""
    make_bank("python")
    assessment = make_assessment(questions=2)
    assessment.slug = "flask"
    assessment.save()
    house = make_house(assessment, roles=(Role.RECRUITER, Role.QUESTION_AUTHOR))
    house.job.slug = "backend"
    house.job.save()
    make_application(house.job, email="kim@example.net")
    # Whoever recruits for the job manages it, too, and so decides about what colleagues ask for.
    make_member(house.job, JobRole.HIRING_MANAGER, house.recruiter)
    Stage.objects.filter(job=house.job, name="Interview").update(needs_approval=True)
    return house


def answer_to(command, robot, names):
    for name, value in names.items():
        command = command.replace(name, value)
    words = shlex.split(command)
    assert words[:3] == ["curl", "-H", "Authorization: Bearer $KEY"]
    path = words[-1].removeprefix(ROOT)
    options = list(zip(words[3:-1:2], words[4:-1:2], strict=True))
    if options and options[0][0] == "-X":
        assert options[0] == ("-X", "POST")
        # Where an answer is written to makes no difference to it.
        assert {name for name, _value in options[1:]} <= {"-o"}
        return robot.post(path, {})
    if options and options[-1][0] == "-F":
        fields = dict(value.split("=", 1) for name, value in options if name == "-F")
        headers = dict(value.split(": ", 1) for name, value in options if name == "-H")
        assert fields.pop("file").startswith("@")
        return upload(robot, key=headers["Idempotency-Key"], **fields)
    if options:
        ((option, body),) = options
        assert option == "--json"
        return robot.post(path, body)
    return robot.client.get(ROOT + path, headers=robot.headers)


def make_request(house):
    now = timezone.now()
    invitation = invite(make_application(house.job), house.assessment, now=now)
    return ask_for_accommodation(invitation=invitation, text="more time", now=now)


def make_approval(house):
    return ask(make_application(house.job), by=make_member(house.job, JobRole.RECRUITER))


def test_page_has_a_command_for_everything():
    addresses = {re.search(r"\$API/([a-z/]*)", command)[1] for command in COMMANDS}

    assert {
        "jobs/",
        "candidates/",
        "applications/",
        "approvals/",
        "assessments/",
        "invitations/",
        "accommodations/",
        "attempts/",
        "scores/",
        "banks/",
        "banks/python/",
        "questions/",
        "imports/",
        "regrades/",
        "exports/",
        "reports/pipeline/",
        "reports/assessments/flask/",
        "reports/funnel/",
    } <= addresses


@pytest.fixture
def robot(documented_house):
    """A program with a key of somebody who recruits for the job and writes questions."""
    return program(documented_house.recruiter)


def status_of(command):
    """What a command of the page is answered with: long work and tests are asked for, the rest is done at once."""
    if "/preview/" in command or "/mark-again/" in command:
        return 202
    if "/imports/" in command and ("-F" in command or "/commit/" in command or "/columns/" in command):
        return 202
    if "--json" not in command or re.search("/(accommodations|approvals/.+|leave)/", command):
        return 200
    return 202 if "/exports/" in command else 201


def test_documented_commands_work(documented_house, robot):
    done, unwanted = checked(robot)["id"], checked(robot)["id"]
    table = checked(robot, b"Frage,a,b,correct,Notiz\nWhich?,x,y,A,z\n")["id"]
    export = robot.post("exports/", {"bank": "python", "format": "gift"}).json()["id"]
    work()
    names = {
        "$API/": ROOT,
        "$APPLICATION": documented_house.fresh.public_id,
        "$REQUEST": str(make_request(documented_house).pk),
        "$QUESTION": str(Question.objects.earliest("pk").pk),
        "$IMPORT": done,
        "$REGRADE": str(make_regrade(documented_house.attempt).pk),
        "$LEFT": str(make_regrade(documented_house.attempt, position=2).pk),
        "$TABLE": table,
        "$UNWANTED": unwanted,
        "$EXPORT": export,
        **{name: str(make_approval(documented_house).pk) for name in ("$APPROVAL", "$DOUBTFUL", "$MISTAKEN")},
        "$OTHER": str(make_request(documented_house).pk),
    }

    statuses = {command: answer_to(command, robot, names).status_code for command in COMMANDS}

    assert statuses == {command: status_of(command) for command in COMMANDS}


def test_documented_filters_and_sorts_are_the_real_ones(robot):
    rows = re.findall(r"^\| `(\w+)` \| (.*?) \| (.*?)\|$", PAGE, re.MULTILINE)

    for name, filters, sorts in rows:
        known = {*re.findall(r"`(\w+)`", filters), "page", "page_size"} | (
            {"ordering"} if "`" in sorts else set()
        )
        words = robot.get(f"{name}/", nothing="1").json()["nothing"][0]
        assert words == f"There is no such parameter here. Use: {', '.join(sorted(known))}."
        for column in re.findall(r"`(\w+)`", sorts):
            assert robot.get(f"{name}/", ordering=column).status_code == 200
    assert len(rows) == 12
