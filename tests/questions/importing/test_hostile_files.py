"""Hostile files through the page and the command: refused soon, in words, in little memory, and nothing is written."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse

from questions.models import Question, QuestionBank, QuestionPicture
from tests.factories.questions import make_bank
from tests.questions.importing.hostile_files import REFUSED, WITH_AN_ERROR
from tests.questions.pages.test_files import checked, shown_by, signed_in

ALL = {**REFUSED, **WITH_AN_ERROR}
# Reads each file in turn and prints how long it took, and the most memory so far, in kilobytes.
_CHILD = """
import json, sys, time
import django


def peak():
    # What Python's resource tells of a child begins with the peak of whoever started it.
    return next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM"))


django.setup()
from questions.formats.drafts import FileRefused
from questions.operations.reading import parse
from questions.queries.file_words import problem_words, refusal_words
parse(b"Which? {=a ~b}")
idle = peak()
for path in sys.argv[1:]:
    data = open(path, "rb").read()
    begun = time.process_time()
    try:
        parsed = parse(data)
        words = [problem_words(problem) for problem in parsed.problems if problem.level == "error"]
        kind = "error"
    except FileRefused as refused:
        words, kind = [refusal_words(refused)], "refused"
    seconds = time.process_time() - begun
    more = peak() - idle
    print(json.dumps([path, kind, words, seconds, more // 1024]))
"""


def test_hostile_files_are_refused_within_a_second_and_200_mb(tmp_path: Path) -> None:
    for name, made in ALL.items():
        (tmp_path / name).write_bytes(made())
    read = subprocess.run(
        [sys.executable, "-c", _CHILD, *(str(tmp_path / name) for name in ALL)],
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert read.returncode == 0, read.stderr
    lines = [json.loads(line) for line in read.stdout.splitlines()]
    assert len(lines) == len(ALL)
    for path, kind, words, seconds, megabytes in lines:
        name = Path(path).name
        print(f"{name}: {seconds:.3f} s, {megabytes} MB")
        assert kind == ("refused" if name in REFUSED else "error"), name
        assert all(len(text) > 20 for text in words), name
        assert words, name
        assert seconds < 1, name
        assert megabytes < 200, name
    assert not Path("/tmp/owned").exists()
    assert not Path("/tmp/owned.xml").exists()


@pytest.fixture
def bank() -> QuestionBank:
    return make_bank("bank")


def nothing_is_written() -> bool:
    # Nor is a hidden bank left behind.
    return (
        not (Question.objects.exists() or QuestionPicture.objects.exists())
        and QuestionBank.objects.count() == 1
    )


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", [name for name in ALL if name != "case_22_huge_body_file"])
def test_page_tells_what_is_wrong_and_imports_nothing(bank: QuestionBank, name: str) -> None:
    client = signed_in()
    begun = time.process_time()
    check = checked(client, ALL[name]())
    assert time.process_time() - begun < 5
    if name in REFUSED:
        shown = client.get(f"/admin/work/{check.public_id}/").content.decode()
        assert check.state == "failed" or "why" in check.result
        assert check.reason[:40] in shown
    else:
        assert (check.state, check.result["ok"]) == ("done", False)
        assert "Errors" in shown_by(client, check)
    assert nothing_is_written()


@pytest.mark.django_db(transaction=True)
def test_case_22_huge_body_is_refused_where_it_is_uploaded(bank: QuestionBank) -> None:
    upload = SimpleUploadedFile("x.csv", REFUSED["case_22_huge_body_file"]())
    data = {"file": upload, "format": "auto", "level": "experienced", "token": "one"}
    response = signed_in().post(reverse("questions:import", args=["bank"]), data)
    assert response.status_code in (200, 413)
    assert "30 MB" in response.content.decode()
    assert nothing_is_written()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", ALL)
def test_command_tells_what_is_wrong_and_imports_nothing(
    bank: QuestionBank, name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "file"
    path.write_bytes(ALL[name]())
    with pytest.raises(CommandError) as refused:
        call_command("import_questions", str(path), "--bank", "bank")
    assert len(str(refused.value)) > 20
    if name == "case_33_import_partial":
        assert "row 74, column D (correct): error." in capsys.readouterr().out
    assert nothing_is_written()


@pytest.mark.django_db(transaction=True)
def test_case_32_import_path_read_no_picture_is_fetched_or_read(bank: QuestionBank, tmp_path: Path) -> None:
    path = tmp_path / "file.xml"
    path.write_text(
        '<quiz><question type="essay"><questiontext format="html"><text><![CDATA[<p>Look'
        ' <img src="file:///etc/passwd" alt="one"> <img src="http://127.0.0.1:1/x.png" alt="two">'
        ' <img src="@@PLUGINFILE@@/../../etc/passwd" alt="three"></p>]]></text></questiontext></question></quiz>'
    )
    call_command("import_questions", str(path), "--bank", "bank")
    stem = Question.objects.get().versions.get().stem
    assert "![" not in stem
    assert "one" in stem
    assert not QuestionPicture.objects.exists()
