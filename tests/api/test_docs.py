"""Every command of `docs/api.md` does what the page says."""

import re
import shlex
from pathlib import Path

import pytest
from django.utils import timezone

from assessments.operations import ask_for_accommodation
from tests.api.world import ROOT, make_house, program
from tests.factories.assessments import make_assessment
from tests.factories.hiring import invite, make_application

PAGE = (Path(__file__).parents[2] / "docs" / "api.md").read_text()
COMMANDS = re.findall(r"^curl .*$", PAGE, re.MULTILINE)


@pytest.fixture
def documented_house(db):
    """The page speaks of the job "backend" and the test "flask"."""
    assessment = make_assessment(questions=2)
    assessment.slug = "flask"
    assessment.save()
    house = make_house(assessment)
    house.job.slug = "backend"
    house.job.save()
    make_application(house.job, email="kim@example.net")
    return house


def answer_to(command, robot, names):
    for name, value in names.items():
        command = command.replace(name, value)
    words = shlex.split(command)
    assert words[:3] == ["curl", "-H", "Authorization: Bearer $KEY"]
    path = words[-1].removeprefix(ROOT)
    if words[3:-1]:
        option, body = words[3:-1]
        assert option == "--json"
        return robot.post(path, body)
    return robot.client.get(ROOT + path, headers=robot.headers)


def make_request(house):
    now = timezone.now()
    invitation = invite(make_application(house.job), house.assessment, now=now)
    return ask_for_accommodation(invitation=invitation, text="more time", now=now)


def test_page_has_a_command_for_everything():
    addresses = {re.search(r"\$API/([a-z/]*)", command)[1] for command in COMMANDS}

    assert {
        "jobs/",
        "candidates/",
        "applications/",
        "assessments/",
        "invitations/",
        "accommodations/",
        "attempts/",
        "scores/",
        "reports/pipeline/",
        "reports/assessments/flask/",
        "reports/funnel/",
    } <= addresses


def test_documented_commands_work(documented_house):
    robot = program(documented_house.recruiter)
    names = {
        "$API/": ROOT,
        "$APPLICATION": documented_house.fresh.public_id,
        "$REQUEST": str(make_request(documented_house).pk),
        "$OTHER": str(make_request(documented_house).pk),
    }

    statuses = {command: answer_to(command, robot, names).status_code for command in COMMANDS}

    assert statuses == {
        command: 201 if "--json" in command and "/accommodations/" not in command else 200
        for command in COMMANDS
    }


def test_documented_filters_and_sorts_are_the_real_ones(documented_house):
    robot = program(documented_house.recruiter)
    rows = re.findall(r"^\| `(\w+)` \| (.*?) \| (.*?)\|$", PAGE, re.MULTILINE)

    for name, filters, sorts in rows:
        known = {*re.findall(r"`(\w+)`", filters), "page", "page_size"} | (
            {"ordering"} if "`" in sorts else set()
        )
        words = robot.get(f"{name}/", nothing="1").json()["nothing"][0]
        assert words == f"There is no such parameter here. Use: {', '.join(sorted(known))}."
        for column in re.findall(r"`(\w+)`", sorts):
            assert robot.get(f"{name}/", ordering=column).status_code == 200
    assert len(rows) == 8
