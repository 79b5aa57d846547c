"""`manage.py parse_questions`, whose JSON other programs read."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from questions.formats.drafts import Problem, Where
from questions.queries import file_words
from questions.queries.file_words import problem_words, where_words

FILE = """\
$CATEGORY: $course$/top/history/us

// [id:q7] [tag:grant]
::Grant::Grant is {~buried =entombed#Right} in Grant's tomb.

Größe?{~%33.33333%a ~%66.66667%b ~%-100%c}

Pair them.{=a -> b =c -> d =e -> f}

Nothing is right {~a ~b}
"""


def run(path: Path, *arguments: str) -> dict[str, object]:
    out = io.StringIO()
    call_command("parse_questions", str(path), "--json", *arguments, stdout=out)
    return json.loads(out.getvalue())


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "questions.txt"
    path.write_text(FILE, encoding="utf-8")
    return path


def test_json_says_all_of_a_file_in_three_lists(file: Path) -> None:
    facts = run(file)
    assert list(facts) == ["format", "questions", "skipped", "problems"]
    assert facts["format"] == "gift"
    grant, size = facts["questions"]
    assert grant == {
        "external_id": "q7",
        "name": "Grant",
        "kind": "single",
        "stem": "Grant is _____ in Grant's tomb.",
        "options": [
            {"text": "buried", "share": 0, "feedback": ""},
            {"text": "entombed", "share": 1, "feedback": "Right"},
        ],
        "explanation": "",
        "category": "history/us",
        "tags": ["grant"],
        "marking": "all_or_nothing",
        "level": "",
        "difficulty": None,
        "skills": [],
        "source": "",
        "model_answer": "",
        "look_fors": [],
        "warning_signs": [],
        "follow_ups": [],
        "where": "line 4",
    }
    assert (size["stem"], size["kind"]) == ("Größe?", "multiple")
    assert [option["share"] for option in size["options"]] == [1 / 3, 2 / 3, -1]
    assert [type(option["share"]) for option in grant["options"]] == [int, int]
    (skipped,) = facts["skipped"]
    assert (skipped["where"], skipped["kind"]) == ("line 8", "matching")
    assert skipped["reason"].startswith("This is a matching question, which cannot be asked here yet.")
    (problem,) = facts["problems"]
    assert problem == {
        "where": "line 10",
        "level": "error",
        "message": "No option is right. Mark the one that is.",
    }


def test_words_say_how_many_and_what_is_wrong_where(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("parse_questions", str(file))
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "gift: 2 questions, 1 skipped, 1 errors, 0 warnings"
    assert lines[1].startswith("line 8: skipped. ")
    assert lines[2] == "line 10: error. No option is right. Mark the one that is."


def test_refused_file_prints_the_same_shape_and_ends_with_one(tmp_path: Path) -> None:
    path = tmp_path / "questions.gift"
    path.write_bytes(b"MZ\0\0")
    out = io.StringIO()
    with pytest.raises(CommandError) as stopped:
        call_command("parse_questions", str(path), "--json", stdout=out)
    assert stopped.value.returncode == 1
    facts = json.loads(out.getvalue())
    assert (facts["format"], facts["questions"], facts["skipped"]) == ("unknown", [], [])
    (problem,) = facts["problems"]
    assert (problem["where"], problem["level"]) == ("file", "error")
    assert problem["message"] == str(stopped.value)


@pytest.mark.parametrize("name", ["GIFT", "gift", "Auto"])
def test_format_is_named_in_any_spelling(file: Path, name: str) -> None:
    assert run(file, "--format", name)["format"] == "gift"


def test_unknown_format_and_missing_file_are_wrong_usage(file: Path, tmp_path: Path) -> None:
    for arguments in ((str(file), "--format", "word"), (str(tmp_path / "none"),), (str(tmp_path),)):
        with pytest.raises(CommandError) as stopped:
            call_command("parse_questions", *arguments)
        assert stopped.value.returncode == 2


def test_command_needs_no_database_and_prints_nothing_but_the_document(file: Path) -> None:
    environment = os.environ | {
        "DATABASE_URL": "postgres://nobody:nothing@127.0.0.1:9/none",
        "PYTHONIOENCODING": "ascii",
        "LC_ALL": "C",
    }
    done = subprocess.run(
        [sys.executable, "manage.py", "parse_questions", str(file), "--json"],
        cwd=settings.BASE_DIR,
        env=environment,
        capture_output=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr.decode()
    assert json.loads(done.stdout)["questions"][1]["stem"] == "Größe?"


def test_every_code_of_a_reader_has_words() -> None:
    folder = Path(settings.BASE_DIR) / "questions" / "formats"
    paths = [
        path for path in folder.rglob("*.py") if path.name not in ("starter.py", "writer.py", "losses.py")
    ]
    said = re.compile(
        r"""(?:FileRefused|_WrongError|\.wrong|\.warn|yield|WARNING,|ERROR,|\.error\([^"]{0,60})\(?\s*"([a-z_]+)"""
    )
    codes = {code for path in paths for code in said.findall(path.read_text())}
    assert len(codes) > 30
    assert codes - set(file_words._PROBLEMS) == set()


@pytest.mark.parametrize(
    ("where", "words"),
    [
        (Where(part="file"), "file"),
        (Where(line=12), "line 12"),
        (Where(row=5, column="C (stem)"), "row 5, column C (stem)"),
        (Where(part="items/q3.xml"), "items/q3.xml"),
        (Where(part="items/q3.xml", line=4), "items/q3.xml, line 4"),
        (Where(question=4, line=80), "question 4 (line 80)"),
        (Where(question=4), "question 4"),
    ],
)
def test_places_are_said_in_words(where: Where, words: str) -> None:
    assert where_words(where) == words


def test_values_are_said_in_words() -> None:
    problem = Problem(Where(line=9), "error", "id_twice", {"id": "q7", "first": Where(line=3)})
    assert problem_words(problem).startswith("The id “q7” stands in the file twice; first at line 3.")
    long = Problem(
        Where(line=9), "error", "text_too_long", {"field": "stem", "length": 20_001, "longest": 20_000}
    )
    assert problem_words(long).startswith("The question: 20001 characters are more than the 20000 that")
