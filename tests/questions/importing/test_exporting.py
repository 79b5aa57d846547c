"""What stands in a bank stands in its file, and comes back from there as it was."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from hypothesis import HealthCheck, given, settings
from hypothesis.extra.django import TestCase

from accounts.models import Actor
from outbox.models import Event
from questions import operations
from questions.enums import Kind
from questions.formats import WRITERS
from questions.formats.drafts import ParsedQuestion
from questions.models import Question, QuestionBank
from questions.operations import exporting
from questions.operations.exporting import Which, export_questions
from questions.operations.importing import ImportChoices, run_import
from questions.operations.reading import parse
from tests.factories.questions import NOW, make_bank, make_question, make_questions, make_skill
from tests.questions.formats.strategies import several
from tests.questions.importing.test_importing import imported

# What says everything of a question.
WHOLE = ("json", "yaml", "qti_2.1")


class ComesBack(TestCase):
    """Through the database and back, for each format that carries everything."""

    @given(questions=several())
    @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
    def test_export_of_an_import_of_an_export_is_the_same_file(
        self, questions: Sequence[ParsedQuestion]
    ) -> None:
        for slug in ("flask", "python"):
            make_skill(slug)
        first = make_bank()
        imported(first, questions)
        for name in WHOLE:
            one = export_questions(bank=first, name=name, which=Which.ALL)
            assert not one.written.losses
            second = make_bank()
            read = parse(one.written.content, name)
            assert not [problem for problem in read.problems if problem.level == "error"]
            run_import(
                bank=second,
                parsed=read,
                choices=ImportChoices(),
                mark=f"{name}-{second.pk}",
                by=Actor.system(),
                now=NOW,
                told=lambda _done, _total: None,
            )
            other = export_questions(bank=second, name=name, which=Which.ALL)
            assert other.written.content == one.written.content


@pytest.fixture
def bank(db: None) -> QuestionBank:
    return make_bank("bank")


def test_command_writes_a_file_and_tells_what_it_does_not_hold(
    bank: QuestionBank, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_question(bank, stem="Which one?")
    multiple = make_question(bank, kind=Kind.MULTIPLE, right="ab")
    output = tmp_path / "x.txt"
    call_command("export_questions", "--bank", "bank", "--format", "Aiken", "--output", output)
    said = capsys.readouterr()
    assert output.read_text().startswith("Which one?\nA) Option a\n")
    assert "1 question is in the file." in said.out
    assert (
        f"{multiple.external_id}: Not in the file. The format has one right option and no more." in said.err
    )
    call_command("export_questions", "--bank", "bank", "--format", "gift", "--output", output)
    (one, other) = capsys.readouterr().err.splitlines()
    assert one.endswith(": Not kept: level, intended difficulty, skills.")
    assert other.startswith(f"{multiple.external_id}: Not kept: ")
    assert other.endswith(", how it is marked.")
    call_command("export_questions", "--bank", "bank", "--format", "gift", "--output", output, "--json")
    facts = json.loads(capsys.readouterr().out)
    assert (facts["count"], {loss["field"] for loss in facts["losses"]}) == (
        2,
        {"level", "difficulty", "skills", "marking"},
    )
    assert Event.objects.filter(kind="export.made", about_id=bank.pk).count() == 3


def test_command_tells_beforehand_what_the_file_would_not_hold(
    bank: QuestionBank, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_question(bank)
    open_one = make_question(bank, kind=Kind.OPEN)
    call_command("export_questions", "--bank", "bank", "--format", "aiken", "--dry-run")
    said = capsys.readouterr()
    assert f"{open_one.external_id}: Not in the file. The format has no open questions." in said.err
    assert said.out == "1 question would be in the file. None is made yet. 1 is left out.\n"
    call_command("export_questions", "--bank", "bank", "--format", "aiken", "--dry-run", "--json")
    assert json.loads(capsys.readouterr().out)["losses"]
    assert not Event.objects.filter(kind="export.made").exists()
    with pytest.raises(CommandError, match="one of the arguments --output --dry-run is required"):
        call_command("export_questions", "--bank", "bank", "--format", "aiken")


def test_ready_ones_are_taken_as_tests_draw_them(bank: QuestionBank) -> None:
    ready, retired = make_question(bank, stem="As drawn?"), make_question(bank, stem="Gone?")
    make_question(bank, stem="Not yet?", ready=False)
    operations.retire_question(question=retired, by=Actor.system(), now=NOW)
    read = parse(export_questions(bank=bank, name="json", which=Which.READY).written.content)
    [question] = read.questions
    imported(bank, [ParsedQuestion("single", "Next?", question.options, external_id=ready.external_id)])

    def stems(which: Which) -> list[str]:
        content = export_questions(bank=bank, name="json", which=which).written.content
        return [question.stem for question in parse(content).questions]

    assert stems(Which.READY) == ["As drawn?"]
    assert stems(Which.CURRENT) == ["Next?", "Not yet?"]
    assert stems(Which.DRAFTS) == ["Not yet?"]
    assert stems(Which.RETIRED) == ["Gone?"]
    assert stems(Which.ALL) == ["Next?", "Gone?", "Not yet?"]


# Aiken has no ids.
@pytest.mark.parametrize("name", sorted(WRITERS.keys() - {"aiken"}))
def test_importing_what_was_exported_changes_nothing(bank: QuestionBank, name: str) -> None:
    make_question(bank, stem="Which one?", last="d")
    make_question(bank, kind=Kind.MULTIPLE, right="ab", marking="partial")
    make_question(bank, kind=Kind.OPEN)
    exported = export_questions(bank=bank, name=name, which=Which.ALL)
    outcome = imported(bank, parse(exported.written.content, name).questions)
    assert outcome.counts()["unchanged"] == 3


def test_a_format_that_is_not_written_is_refused(bank: QuestionBank, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="is no format"):
        call_command("export_questions", "--bank", "bank", "--format", "pdf", "--output", tmp_path / "x")


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["json", "moodle_xml", "qti_2.1"])
def test_command_cuts_a_large_bank_into_files_that_are_taken_in_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    bank = make_bank("large")
    rows = make_questions(5, bank)
    monkeypatch.setattr(exporting, "PART_OF_FILE", 2)
    monkeypatch.setattr("questions.formats.limits.QUESTIONS", 2)
    output = tmp_path / "bank.file"

    command = ("export_questions", "--bank", "large", "--format", name, "--output", output, "--json")
    call_command(*command, "--parts")
    facts = json.loads(capsys.readouterr().out)

    files = [tmp_path / f"bank-{number}.file" for number in (1, 2, 3)]
    assert (facts["files"], facts["count"]) == ([str(file) for file in files], 5)
    assert sorted(tmp_path.iterdir()) == files
    read = [[question.external_id for question in parse(file.read_bytes()).questions] for file in files]
    ids = [row.external_id for row in Question.objects.filter(pk__in=[row.pk for row in rows]).order_by("pk")]
    assert read == [ids[:2], ids[2:4], ids[4:]]
    (event,) = Event.objects.filter(kind="export.made")
    assert event.data["count"] == 5


def test_bank_of_one_part_is_the_file_that_was_named(
    bank: QuestionBank, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_questions(2, bank)

    call_command(
        "export_questions", "--bank", bank.slug, "--format", "csv", "--output", tmp_path / "x.csv", "--parts"
    )

    assert [path.name for path in tmp_path.iterdir()] == ["x.csv"]
    assert capsys.readouterr().out.startswith(f"{tmp_path / 'x.csv'}: 2 questions are in the file.")
