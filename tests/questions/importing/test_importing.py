"""Questions of a file come into a bank all at once, are found again, and put nothing in force."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Actor
from outbox.models import Event
from questions import operations, queries
from questions.enums import Status
from questions.formats.drafts import Parsed, ParsedOption, ParsedQuestion, Where
from questions.models import AnswerKey, Question, QuestionBank, QuestionVersion, QuestionWords
from questions.operations.importing import ImportChoices, ImportRefused, Outcome, run_import
from tests.factories.questions import NOW, make_bank, make_question, make_skill

pytestmark = pytest.mark.django_db(transaction=True)

BY = Actor.system()


@pytest.fixture
def bank() -> QuestionBank:
    return make_bank("bank")


def parsed(*questions: ParsedQuestion) -> Parsed:
    return Parsed("json", questions)


def choice(stem: str = "Which?", right: str = "a", **fields: Any) -> ParsedQuestion:
    options = tuple(ParsedOption(text, int(text == right)) for text in ("a", "b", "c"))  # type: ignore[arg-type]
    values = {"external_id": "one", "level": "junior", "where": Where(question=1)}
    return ParsedQuestion("single", stem, options, **{**values, **fields})


def imported(
    bank: QuestionBank, questions: Sequence[ParsedQuestion], mark: str = "mark", **choices: Any
) -> Outcome:
    return run_import(
        bank=bank,
        parsed=parsed(*questions),
        choices=ImportChoices(**choices),
        mark=mark,
        by=BY,
        now=NOW,
        told=lambda _done, _total: None,
    )


def counted(outcome: Outcome) -> dict[str, int]:
    return {fate: count for fate, count in outcome.counts().items() if count}


def test_new_questions_arrive_as_drafts_and_are_found_again(bank: QuestionBank) -> None:
    make_skill("flask")
    questions = [
        choice(external_id=f"q-{n}", stem=f"Number {n}?", skills=("flask",), tags=("web", "x"))
        for n in range(3)
    ]
    assert counted(imported(bank, questions)) == {"new": 3}

    rows = list(Question.objects.filter(bank=bank).order_by("external_id"))
    assert [(row.external_id, row.status, row.current_version_id) for row in rows] == [
        (f"q-{n}", Status.DRAFT, None) for n in range(3)
    ]
    assert {row.lint_due_at for row in rows} == {NOW}
    assert sorted(tag.name for tag in rows[0].tags.all()) == ["web", "x"]
    assert [skill.slug for skill in rows[0].skills.all()] == ["flask"]
    assert QuestionWords.objects.filter(words__begin="number").count() == 3
    assert Event.objects.filter(kind="question.added").count() == 3
    assert list(QuestionBank.objects.values_list("slug", flat=True)) == ["bank"]

    assert counted(imported(bank, questions, "again")) == {"unchanged": 3}
    assert QuestionVersion.objects.count() == 3
    assert Event.objects.filter(kind="question_bank.imported").count() == 1


def test_questions_without_an_id_are_found_again_by_what_they_ask(bank: QuestionBank) -> None:
    questions = [choice(external_id=""), choice("Else?", external_id="")]
    assert counted(imported(bank, questions)) == {"new": 2}
    assert counted(imported(bank, questions, "again")) == {"unchanged": 2}
    changed = [choice(external_id="", right="b"), questions[1]]
    assert counted(imported(bank, changed, "once more")) == {"changed": 1, "unchanged": 1}


def test_what_changes_of_a_ready_question_is_its_next_draft(bank: QuestionBank) -> None:
    question = make_question(bank, stem="Old?")
    before = question.current_version
    options = tuple(ParsedOption(f"Option {code}", int(code == "b")) for code in "abcd")  # type: ignore[arg-type]
    said = ParsedQuestion("single", "New?", options, external_id=question.external_id, tags=("fresh",))

    assert counted(imported(bank, [said])) == {"changed": 1}

    question.refresh_from_db()
    assert (question.status, question.current_version) == (Status.READY, before)
    latest = queries.latest_version(question)
    assert latest is not None
    assert (latest.number, latest.stem, latest.frozen_at) == (2, "New?", None)
    assert [option["code"] for option in latest.options] == list("abcd")
    key = AnswerKey.objects.get(version=latest)
    # What the file leaves empty stays as it is.
    assert (key.shares["b"], key.explanation, key.revision) == ("1", "Because.", 1)
    assert [tag.name for tag in question.tags.all()] == ["fresh"]
    assert QuestionWords.objects.filter(question=question, words__contains=" new ").exists()
    assert Event.objects.filter(kind="question.changed", about_id=question.pk).count() == 1
    assert Question.objects.count() == 1
    assert counted(imported(bank, [said], "again")) == {"unchanged": 1}


def test_another_key_alone_is_put_before_a_reviewer_too(bank: QuestionBank) -> None:
    question = make_question(bank, stem="Which?")
    options = tuple(ParsedOption(f"Option {code}", int(code == "d")) for code in "abcd")  # type: ignore[arg-type]
    said = ParsedQuestion("single", "Which?", options, external_id=question.external_id)
    imported(bank, [said])
    assert question.current_version is not None
    assert AnswerKey.objects.filter(version=question.current_version).count() == 1
    latest = queries.latest_version(question)
    assert latest is not None
    assert (latest.number, AnswerKey.objects.get(version=latest).shares["d"]) == (2, "1")


def test_a_draft_from_a_file_follows_the_file_and_one_written_here_does_not(bank: QuestionBank) -> None:
    imported(bank, [choice("First?", explanation="One")])
    assert counted(imported(bank, [choice("Second?", explanation="One")], "2")) == {"changed": 1}
    version = QuestionVersion.objects.get()
    assert (version.number, version.stem) == (1, "Second?")
    assert AnswerKey.objects.get().revision == 1
    assert counted(imported(bank, [choice("Second?", right="b")], "3")) == {"changed": 1}
    assert [key.revision for key in AnswerKey.objects.order_by("pk")] == [1, 2]

    question = Question.objects.get()
    said = queries.question_draft(question, version, AnswerKey.objects.last())
    operations.edit_question(
        question=question,
        level=said.level,
        intended_difficulty=said.difficulty,
        skills=[],
        tags=[],
        stem="Written here?",
        options=said.options,
        key=said.key,
        by=BY,
        now=NOW,
    )
    # The same file as before says nothing new.
    assert counted(imported(bank, [choice("Second?", right="b")], "4")) == {"unchanged": 1}
    with pytest.raises(ImportRefused):
        imported(bank, [choice("Third?")], "5")
    version.refresh_from_db()
    assert version.stem == "Written here?"
    assert counted(imported(bank, [choice("Third?")], "6", replaces_drafts=True)) == {"changed": 1}
    version.refresh_from_db()
    assert version.stem == "Third?"


def test_one_refused_question_keeps_all_of_them_out_unless_it_is_left_out(bank: QuestionBank) -> None:
    questions = [choice(), choice("Else?", external_id="two", skills=("unknown",))]
    with pytest.raises(ImportRefused):
        imported(bank, questions)
    assert not Question.objects.exists()
    assert counted(imported(bank, questions, "again", leaves_out=True)) == {"new": 1, "refused": 1}
    assert Question.objects.get().external_id == "one"


def written(path: Path, *questions: dict[str, Any]) -> Path:
    path.write_text(json.dumps({"questions": questions}))
    return path


OPTIONS = [{"text": "a", "share": 1}, {"text": "b"}]


def test_command_says_what_it_would_do_and_does_it(
    bank: QuestionBank, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = written(tmp_path / "x.json", {"stem": "Which?", "options": OPTIONS, "external_id": "q-1"})
    call_command("import_questions", file, "--bank", "bank", "--dry-run", "--json")
    facts = json.loads(capsys.readouterr().out)
    assert (facts["imported"], facts["counts"]["new"], Question.objects.count()) == (False, 1, 0)
    call_command("import_questions", file, "--bank", "bank", "--level", "experienced")
    assert "1 new" in capsys.readouterr().out
    assert Question.objects.get().level == "experienced"
    call_command("import_questions", file, "--bank", "bank", "--json")
    assert json.loads(capsys.readouterr().out)["counts"]["unchanged"] == 1


def test_command_says_how_a_changed_question_differs(
    bank: QuestionBank, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said: dict[str, Any] = {
        "external_id": "q-1",
        "kind": "single",
        "stem": "What does it print?",
        "tags": ["old"],
    }
    said["options"] = OPTIONS
    options = [{"text": "a", "share": 0.5, "feedback": "Half."}, {"text": "c", "share": 1}]
    newer = said | {"stem": "What does it return?", "tags": ["new"], "options": options}
    call_command("import_questions", written(tmp_path / "x.json", said), "--bank", "bank", "--json")
    assert json.loads(capsys.readouterr().out)["questions"][0]["differences"] == []

    file = written(tmp_path / "y.json", newer)
    call_command("import_questions", file, "--bank", "bank", "--dry-run", "--json")
    (question,) = json.loads(capsys.readouterr().out)["questions"]
    call_command("import_questions", file, "--bank", "bank", "--dry-run")
    words = capsys.readouterr().out

    told = [(each["part"], each["text"]) for each in question["differences"]]
    assert told == [
        ("Question", "What does it[- print-]{+ return+}?"),
        ("About the question", "Tags: it was “old” and is “new”."),
        ("Option a", "Choosing it earned the whole mark and now earns 1/2 of the mark."),
        ("Option a, feedback", "{+Half.+}"),
        ("Option b", "[-b-]{+c+}"),
        ("Option b", "Choosing it earned nothing and now earns the whole mark."),
    ]
    assert "    Question: What does it[- print-]{+ return+}?\n" in words


def test_command_names_the_place_of_what_is_wrong(
    bank: QuestionBank, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "x.csv"
    file.write_text("stem,option_1,option_2,correct\nWhich?,a,b,A\nNo key?,a,b,\n")
    with pytest.raises(CommandError):
        call_command("import_questions", file, "--bank", "bank", "--json")
    facts = json.loads(capsys.readouterr().out)
    [problem] = [problem for problem in facts["problems"] if problem["level"] == "error"]
    assert (problem["row"], problem["column"]) == (3, "D (correct)")
    assert problem["where"] == "row 3, column D (correct)"
    assert (facts["counts"]["refused"], facts["imported"]) == (1, False)
    assert not Question.objects.exists()


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("skills", "fishing", "There is no skill “fishing”. Add it, or choose another."),
        ("source", "x" * 501, "Shorten it to 500 characters at most; it has 501."),
    ],
)
def test_what_a_bank_refuses_of_a_table_is_told_by_row_and_column(
    bank: QuestionBank,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    field: str,
    value: str,
    message: str,
) -> None:
    file = tmp_path / "x.csv"
    file.write_text(f"stem,option_1,option_2,correct,{field}\nFine?,a,b,A,\nWhich?,a,b,A,{value}\n")
    with pytest.raises(CommandError):
        call_command("import_questions", file, "--bank", "bank", "--json")
    [problem] = json.loads(capsys.readouterr().out)["problems"]
    assert (problem["row"], problem["column"], problem["message"]) == (3, f"E ({field})", message)
