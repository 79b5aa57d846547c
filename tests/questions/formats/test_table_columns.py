"""Tables of others: what their columns are is guessed, or said by whoever knows."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.core.management import CommandError

from questions.formats.detect import detect
from questions.formats.drafts import FileRefused, Parsed
from questions.formats.tables import guessed
from questions.formats.tables.columns import columns_named
from questions.operations.reading import open_sheet, parse
from questions.queries.file_words import problem_words, refusal_words
from rendering.tables import write_csv, write_xlsx
from tests.questions.formats.test_parse_command import run

HEADERS = ["Frage", "Antwort 1", "Antwort 2", "Lösung", "Wert"]
ROWS = [["Welche?", "diese", "jene", "B", "2"], ["Wie?", "so", "anders", "a", ""]]
SAID = {
    "Frage": "stem",
    "Antwort 1": "option_1",
    "Antwort 2": "option_2",
    "Lösung": "correct_letters",
    "Wert": "",
}


def rights(parsed: Parsed) -> list[list[str]]:
    return [[option.text for option in one.options if option.share > 0] for one in parsed.questions]


@pytest.mark.parametrize(
    "data", [write_csv(HEADERS, ROWS), write_xlsx(HEADERS, ROWS, "Fragen")], ids=["csv", "xlsx"]
)
def test_foreign_table_is_read_as_its_columns_are_said_to_be(data: bytes) -> None:
    with pytest.raises(FileRefused) as refused:
        parse(data)
    assert refused.value.code == "no_stem_column"
    parsed = parse(data, columns=SAID)
    assert [one.stem for one in parsed.questions] == ["Welche?", "Wie?"]
    assert rights(parsed) == [["jene"], ["so"]]
    assert not parsed.problems


@pytest.mark.parametrize(
    ("field", "cells", "expected"),
    [
        ("correct_letters", ["b", "A, C", "1"], [["2"], ["1", "3"], None]),
        ("correct_numbers", ["2", "1;3", "b"], [["2"], ["1", "3"], None]),
        ("correct_from_zero", ["1", "0 and 2", "3"], [["2"], ["1", "3"], None]),
        ("correct_texts", ["2", "1; 3", "B"], [["2"], ["1", "3"], None]),
    ],
)
def test_column_says_how_the_right_options_are_named(
    field: str, cells: list[str], expected: list[list[str] | None]
) -> None:
    data = write_csv(
        ["stem", "A", "B", "C", "Solved by"], [["Which?", "1", "2", "3", cell] for cell in cells]
    )
    parsed = parse(data, columns={"Solved by": field})
    assert rights(parsed) == [one for one in expected if one]
    assert [problem.where.column for problem in parsed.problems] == ["E (Solved by)"]
    assert cells[-1] in problem_words(parsed.problems[0])


def test_right_answer_beside_wrong_ones_is_an_option_itself() -> None:
    headers = ["Question", "Correct answer", "Incorrect answer 1", "Incorrect answer 2", "Tag", "Points"]
    [question] = (
        parsed := parse(write_csv(headers, [["Which?", "this", "that", "those", "a;b", "2"]]))
    ).questions
    assert [(option.text, option.share) for option in question.options] == [
        ("this", 1),
        ("that", 0),
        ("those", 0),
    ]
    assert question.tags == ("a", "b")
    assert [(one.code, one.values["count"]) for one in parsed.problems] == [("points_dropped", 1)]


def test_columns_are_guessed_by_their_names_and_none_twice() -> None:
    assert guessed(["Question", "Option A", "Option B", "Answer", "Key", "Points", "Author"]) == {
        "Question": "stem",
        "Option A": "option_1",
        "Option B": "option_2",
        "Answer": "correct",
        "Key": "",
        "Points": "points",
        "Author": "",
    }


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"Fragen": "stem"}, "The file has no column “Fragen”. Its columns are: “Frage”, “Antwort 1”"),
        ({"Frage": "text"}, "Column “Frage”: “text” is nothing that a column can be."),
        ({**SAID, "Wert": "stem"}, "The columns “Frage” and “Wert” hold the same."),
        ({**SAID, "Frage": ""}, "No column holds the questions."),
        (
            {"frage": "stem"},
            "Nobody knows what these columns hold: “Antwort 1”, “Antwort 2”, “Lösung”, “Wert”.",
        ),
    ],
)
def test_what_is_said_wrongly_is_told_by_name(said: dict[str, str], words: str) -> None:
    with pytest.raises(FileRefused) as refused:
        parse(write_csv(HEADERS, ROWS), columns=said)
    assert refusal_words(refused.value).startswith(words)


def test_columns_without_a_name_of_their_own_are_left_out_where_somebody_says_what_the_others_are() -> None:
    data = b"Frage,Ja,Nein,,Ja\nWelche?,a,b,x,y\n"
    sheet = open_sheet(data)
    assert sheet is not None
    parsed = sheet.read({"Frage": "stem", "Ja": "right_option", "Nein": "wrong_option"})
    assert rights(parsed) == [["a"]]
    assert [problem.code for problem in parsed.problems] == ["column_left_out", "column_left_out"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_table_of_others_is_known_by_its_shape(delimiter: str) -> None:
    lines = [delimiter.join(row) for row in (HEADERS, *ROWS)]
    assert detect("\n".join(lines).encode()) == "csv"


@pytest.mark.parametrize(
    "text",
    [
        "Which of a, b, c? {=a ~b}\n\nWhich of d, e, f? {=d ~e}\n\nWhich of g, h, i? {=g ~h}\n",
        "# One, two, three\n\n- [x] a, b, c\n- [ ] d, e, f\n",
        "Which, if any, is it?\nA) a, b, c\nB) d, e, f\nANSWER: A\n",
    ],
    ids=["gift", "markdown", "aiken"],
)
def test_texts_with_commas_are_no_tables(text: str) -> None:
    assert detect(text.encode()) != "csv"


def test_file_that_is_no_table_has_no_columns() -> None:
    with pytest.raises(FileRefused) as refused:
        parse(b"Which? {=a ~b}", columns={"a": "stem"})
    assert "no table" in refusal_words(refused.value)


def test_own_names_are_what_columns_can_be() -> None:
    columns = columns_named(["stem", "option 1", "B", "feedback_b"], "csv")
    assert (columns.options, columns.feedback) == ({0: "option 1", 1: "B"}, {1: "feedback_b"})


def test_command_takes_columns_as_words_or_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "sheet.csv"
    path.write_bytes(write_csv(["Frage, kurz", *HEADERS[1:]], ROWS))
    said = '"Frage, kurz=stem",Antwort 1=option A,Antwort 2=option_2,Lösung=correct,Wert='
    facts = run(path, "--columns", said)
    assert [one["stem"] for one in facts["questions"]] == ["Welche?", "Wie?"]  # type: ignore[attr-defined]
    named = tmp_path / "columns.json"
    named.write_text(json.dumps({**SAID, "Frage": None}))
    with pytest.raises(CommandError, match="no object of headings"):
        run(path, "--columns", str(named))
    del (said_there := dict(SAID))["Frage"]
    named.write_text(json.dumps({"Frage, kurz": "stem", **said_there}))
    assert run(path, "--columns", str(named)) == facts
    with pytest.raises(CommandError, match="“Frage” is no heading with its field"):
        run(path, "--columns", "Frage")
