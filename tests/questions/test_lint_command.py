"""`manage.py lint_questions`: what it prints of banks and of files, and how it ends."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from accounts.models import Actor
from questions import operations
from questions.models import QuestionFinding
from tests.factories.questions import NOW, make_bank, make_question, make_skill

PLAIN = "Which of these is not a route?"
BROKEN = "Which is it?\n\n```python\nx = (\n```"
# The first has no key, the other two ask nearly the same.
FILE = """\
// [id:first]
::First::Which of these is not a route? {~One ~Two}

// [id:second]
::Second::Which decorator registers a view function for a path in Flask? {=route ~view}

// [id:third]
::Third::Which decorator registers a view function for a path in Flask apps? {=route ~view}
"""


def run(*arguments: str) -> tuple[int, str]:
    """Return how the command ends and what it prints."""
    out = io.StringIO()
    try:
        call_command("lint_questions", *arguments, stdout=out)
    except CommandError as refusal:
        return refusal.returncode, out.getvalue()
    return 0, out.getvalue()


def run_json(*arguments: str) -> tuple[int, dict[str, Any]]:
    code, printed = run("--json", *arguments)
    return code, json.loads(printed)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "questions.txt"
    path.write_text(FILE, encoding="utf-8")
    return path


@pytest.mark.django_db
def test_banks_without_errors_end_with_0_and_say_each_place() -> None:
    bank = make_bank("routes")
    question = make_question(bank, stem=PLAIN, skills=[make_skill()])

    code, printed = run()

    assert code == 0
    assert printed.splitlines() == [
        f"routes: {question.external_id}: Question: attention. A negative is not emphasised. "
        "Set “not” in bold, or ask for what is right instead.",
        "1 questions: 0 errors, 1 worth a look",
    ]


@pytest.mark.django_db
def test_open_errors_end_with_1_and_stand_before_the_rest() -> None:
    bank = make_bank("code")
    make_question(bank, stem=PLAIN, skills=[make_skill()])
    make_question(bank, stem=BROKEN, skills=[make_skill()])

    code, facts = run_json()

    assert code == 1
    assert (facts["questions"], facts["errors"]) == (2, 1)
    assert [(found["kind"], found["place"], found["weight"]) for found in facts["findings"]] == [
        ("code_broken", "stem.code.1", "error"),
        ("negative_plain", "stem", "attention"),
    ]
    assert {found["source"] for found in facts["findings"]} == {"code"}
    assert facts["findings"][0]["message"].startswith("Code does not parse in its language. Line 1: ")


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["code", "Bank of code"])
def test_one_bank_is_looked_through_by_its_name_or_short_name(name) -> None:
    bank = make_bank("code")
    operations.update_bank(bank=bank, name="Bank of code", description="", by=Actor.system(), now=NOW)
    make_question(bank, stem=PLAIN)
    make_question(make_bank("other"), stem=BROKEN)

    code, facts = run_json("--bank", name)

    assert code == 0
    assert facts["questions"] == 1
    assert {found["source"] for found in facts["findings"]} == {"code"}


@pytest.mark.django_db
def test_bank_that_is_not_there_ends_with_2() -> None:
    assert run("--bank", "nowhere") == (2, "")


@pytest.mark.django_db
def test_what_an_author_accepted_is_not_printed() -> None:
    make_question(make_bank(), stem=BROKEN, skills=[make_skill()])
    ids = list(QuestionFinding.objects.values_list("pk", flat=True))
    operations.accept_findings(finding_ids=ids, reason="On purpose.", by=Actor.system(), now=NOW)

    assert run() == (0, "1 questions: 0 errors, 0 worth a look\n")


def test_file_is_looked_through_as_a_bank_is(file: Path) -> None:
    code, facts = run_json("--file", str(file))

    assert code == 1
    assert (facts["questions"], facts["errors"]) == (2, 1)
    kinds = [(found["question"], found["kind"], found["place"]) for found in facts["findings"]]
    assert kinds == [
        ("", "no_key", "line 2"),
        ("second", "no_explanation", "explanation"),
        ("third", "no_explanation", "explanation"),
        ("third", "near_duplicate", "stem"),
    ]
    near = facts["findings"][-1]
    assert near["source"] == "questions.txt"
    assert "“second”" in near["message"]
    assert "no option" in facts["findings"][0]["message"].lower()


def test_file_that_is_not_there_or_cannot_be_read_ends_with_2(tmp_path: Path) -> None:
    pictures = tmp_path / "picture.png"
    pictures.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))

    assert run("--file", str(tmp_path / "nowhere.txt")) == (2, "")
    assert run("--file", str(pictures)) == (2, "")


def test_file_needs_no_database_and_the_shell_sees_the_exit_code(file: Path) -> None:
    environment = os.environ | {"DATABASE_URL": "postgres://nobody@127.0.0.1:1/nothing"}
    command = [sys.executable, "manage.py", "lint_questions", "--file", str(file)]

    ended = subprocess.run(command, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True)

    assert ended.returncode == 1
    assert ended.stdout.splitlines()[-1].startswith("2 questions: 1 errors, ")
    assert ended.stderr.strip().endswith("errors are open.")
