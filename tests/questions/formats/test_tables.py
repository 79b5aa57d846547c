"""Questions in tables, ours and others', as spreadsheets save them."""

from __future__ import annotations

import io
from collections.abc import Sequence
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from questions.formats import limits
from questions.formats.drafts import FileRefused, Parsed, ParsedOption, ParsedQuestion, Where
from questions.formats.tables import write_questions_csv, write_questions_xlsx
from questions.operations.reading import parse
from rendering.tables import write_csv
from tests.questions.formats import strategies
from tests.questions.formats.round_trip import alike


def read(*rows: str) -> Parsed:
    return parse("\n".join(rows).encode(), "csv")


def workbook(*rows: Sequence[object]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    into = io.BytesIO()
    book.save(into)
    return into.getvalue()


HEADERS = "type,stem,option_1,option_2,option_3,correct"


def test_table_of_ours_is_read_whatever_the_order_and_the_spelling_of_its_columns() -> None:
    parsed = read(
        "Correct;STEM;Option 1;option_2;Option 3;Feedback 2;external id;Type;Level;Difficulty;Skills;Tags;Category;"
        "Explanation",
        '2;"Which\n  one?";a;b;;Yes;q1;single;Junior;3;flask, python;one;history/us;Because.',
        '"A; C";Which two?;a;b;c;;q2;multiple;;;;x, y;;',
    )
    assert parsed.format == "csv"
    assert list(parsed.questions) == [
        ParsedQuestion(
            "single",
            "Which\n  one?",
            (ParsedOption("a", Fraction(0)), ParsedOption("b", Fraction(1), "Yes")),
            external_id="q1",
            explanation="Because.",
            category="history/us",
            tags=("one",),
            level="junior",
            difficulty=3,
            skills=("flask", "python"),
        ),
        ParsedQuestion(
            "multiple",
            "Which two?",
            (ParsedOption("a", Fraction(1, 2)), ParsedOption("b"), ParsedOption("c", Fraction(1, 2))),
            external_id="q2",
            tags=("x", "y"),
        ),
    ]
    assert [question.where for question in parsed.questions] == [Where(row=2), Where(row=3)]
    assert (parsed.skipped, parsed.problems) == ([], [])


def test_table_of_others_is_read_by_the_names_that_they_have() -> None:
    parsed = read(
        "Question,Answer 1,Answer 2,Answer 3,Time limit (sec),Correct answer(s)",
        'Which are even?,1,2,4,20,"2,3"',
        "Capital of France?,Paris,Rome,,20,paris",
    )
    even, capital = parsed.questions
    assert (even.kind, [option.share for option in even.options]) == (
        "multiple",
        [0, Fraction(1, 2), Fraction(1, 2)],
    )
    assert (capital.kind, [option.share for option in capital.options]) == ("single", [1, 0])


@pytest.mark.parametrize(
    ("correct", "right"),
    [
        ("B", {1}),
        ("b", {1}),
        ("2", {1}),
        ("B)", {1}),
        ("two words", {1}),
        ("TWO  words", {1}),
        ("A;C", {0, 2}),
        ("1, 3", {0, 2}),
        ("a c", {0, 2}),
        ("A and C", {0, 2}),
        ("one; three, or so", {0, 2}),
        ("three, or so", {2}),
    ],
)
def test_right_options_are_named_by_letter_number_or_text(correct: str, right: set[int]) -> None:
    (question,) = read(HEADERS, f',Q,one,two words,"three, or so","{correct}"').questions
    assert {number for number, option in enumerate(question.options) if option.share > 0} == right


@pytest.mark.parametrize(
    ("row", "code", "column"),
    [
        (",Q,a,b,c,", "no_key", "F (correct)"),
        (",Q,a,b,c,D", "unknown_answer", "F (correct)"),
        (",Q,a,b,c,0", "unknown_answer", "F (correct)"),
        (",Q,a,b,c,nobody", "unknown_answer", "F (correct)"),
        (",Q,3,1,2,1", "ambiguous_answer", "F (correct)"),
        (",Q,B,C,A,A", "ambiguous_answer", "F (correct)"),
        (",Q,a,,c,1", "empty_option", "D (option_2)"),
        (",Q,a,A,a,2", "same_options", "E (option_3)"),
        (",,a,b,c,2", "empty_stem", "B (stem)"),
        ("riddle,Q,a,b,c,2", "unknown_type", "A (type)"),
        (",Q,,,,", "too_few_options", "D (option_2)"),
    ],
)
def test_row_that_is_wrong_is_an_error_at_its_cell(row: str, code: str, column: str) -> None:
    parsed = read(HEADERS, "single,Fine,a,b,,1", row)
    assert [question.stem for question in parsed.questions] == ["Fine"]
    assert [(problem.level, problem.code, problem.where) for problem in parsed.problems] == [
        ("error", code, Where(row=3, column=column))
    ]


@pytest.mark.parametrize(
    ("header", "value", "code"),
    [
        ("level", "guru", "unknown_level"),
        ("difficulty", "6", "unknown_difficulty"),
        ("marking", "harsh", "unknown_marking"),
        ("shares", "a: 1/0", "share_wrong"),
        ("shares", "a: 1e9", "share_wrong"),
        ("shares", "a: 3/2", "share_out"),
        ("shares", "e: 1", "unknown_answer"),
        ("weights", "50", "weights_count"),
        ("weights", "200; 0", "share_out"),
        ("weights", "x; 0", "share_wrong"),
    ],
)
def test_cell_that_says_what_cannot_be_is_an_error(header: str, value: str, code: str) -> None:
    parsed = read(f"stem,a,b,correct,{header}", f"Q,x,y,A,{value}")
    assert [(problem.code, problem.where) for problem in parsed.problems] == [
        (code, Where(row=2, column=f"E ({header})"))
    ]


def test_shares_and_weights_are_exact() -> None:
    headers = "type,stem,a,b,c,shares,weights"
    first, second = read(
        headers, "multiple,Q,x,y,z,a: 1/3; c: -1,", "multiple,Q2,x,y,z,,33.33333; 66.66667; -50"
    ).questions
    assert [option.share for option in first.options] == [Fraction(1, 3), 0, -1]
    assert [option.share for option in second.options] == [Fraction(1, 3), Fraction(2, 3), Fraction(-1, 2)]


@pytest.mark.parametrize(("word", "right"), [("True", 0), ("t", 0), ("no", 1), ("FALSE", 1)])
def test_true_or_false_needs_no_options(word: str, right: int) -> None:
    (question,) = read("type,stem,correct", f"True/False,Q,{word}").questions
    assert [(option.text, option.share) for option in question.options] == [
        ("True", right == 0),
        ("False", right == 1),
    ]


def test_kinds_that_cannot_be_asked_are_skipped_and_essays_are_open() -> None:
    parsed = read(
        "type,stem,model_answer,look_fors",
        "Matching,Q,,",
        'Essay,Why?,So.,"one\ntwo"',
        "fill in the blank,Q,,",
    )
    assert [(skipped.kind, skipped.where.row) for skipped in parsed.skipped] == [
        ("matching", 2),
        ("fill_in_blanks", 4),
    ]
    (question,) = parsed.questions
    assert (question.kind, question.model_answer, question.look_fors) == ("open", "So.", ("one", "two"))


LONG = "x" * 20_001


@pytest.mark.parametrize(
    ("headers", "row", "code", "column"),
    [
        ("stem,a,b,correct,shares", "Q,x,y,,a: 1/2", "no_full_mark", "E (shares)"),
        ("stem,a,b,correct,weights", "Q,x,y,,50; -50", "shares_sum", "E (weights)"),
        ("stem,a,b,shares", "Q,x,y,a: 200%", "share_out", "D (shares)"),
        ("stem,a,b,shares", "Q,x,y,", "no_key", "D (shares)"),
        ("stem,a,b,weights", "Q,x,y,0; 0", "no_key", "D (weights)"),
        ("stem,correct answer,wrong answer", "Q,,no", "too_few_options", "C (wrong answer)"),
        ("stem,right option,wrong option,wrong option 2", "Q,,no,never", "no_key", "B (right option)"),
        ("stem,right option,wrong option,wrong option 2", "Q,yes,no,no", "same_options", "D (wrong option 2)"),
        ("stem,options,correct", '"Q","x\nx",A', "same_options", "B (options)"),
        ("stem,options,correct", "Q,x,A", "too_few_options", "B (options)"),
        ("stem,options,correct", 'Q,"' + "\n".join(map(str, range(30, 60))) + '",A', "too_many_options", "B (options)"),
        ("stem,a,b,correct,feedback b", f"Q,x,y,A,{LONG[:2000]}", "text_too_long", "E (feedback b)"),
        ("stem,a,b,correct", f"Q,x,{LONG[:5000]},A", "text_too_long", "C (b)"),
        ("stem,a,b,correct,name", f"Q,x,y,A,{LONG[:500]}", "text_too_long", "E (name)"),
        ("stem,a,b,correct,category", f"Q,x,y,A,{LONG[:500]}", "text_too_long", "E (category)"),
        ("stem,a,b,correct,tags", f"Q,x,y,A,{LONG[:500]}", "text_too_long", "E (tags)"),
        ("stem,a,b,correct,tags", f"Q,x,y,A,{';'.join(map(str, range(30)))}", "too_many_tags", "E (tags)"),
        ("type,stem,a,b,correct", "single,Q,x,y,A;B", "several_keys", "E (correct)"),
        ("type,stem,correct", "true/false,Q,", "no_key", "C (correct)"),
        ("type,stem,correct", "true/false,Q,maybe", "unknown_answer", "C (correct)"),
        ("id,stem,a,b,correct", f"{LONG[:300]},Q,x,y,A", "long_id", "A (id)"),
    ],
)  # fmt: skip
def test_everything_that_is_said_of_a_row_names_its_column(
    headers: str, row: str, code: str, column: str
) -> None:
    [problem] = read(headers, row).problems
    assert (problem.code, problem.where) == (code, Where(row=2, column=column))


def test_id_that_stands_twice_and_kind_that_is_skipped_are_told_at_their_cells() -> None:
    parsed = read("id,type,stem,a,b,correct", "1,,Q,x,y,A", "1,,R,x,y,A", "2,matching,S,,,")
    [problem] = parsed.problems
    assert (problem.code, problem.where) == ("id_twice", Where(row=3, column="A (id)"))
    assert [skipped.where for skipped in parsed.skipped] == [Where(row=4, column="B (type)")]


CELLS = st.sampled_from(
    ["", "", "a", "b", "A", "B", "A;B", "2", "single", "multiple", "essay", "matching", "true/false"]
)


@given(st.lists(st.tuples(*[CELLS] * 6), min_size=1, max_size=8))
def test_every_row_is_in_exactly_one_list(rows: list[tuple[str, ...]]) -> None:
    filled = [number for number, row in enumerate(rows, start=2) if any(row)]
    if not filled:
        return
    parsed = parse(write_csv(HEADERS.split(","), rows), "csv")
    errors = [problem for problem in parsed.problems if problem.level == "error"]
    found = [*parsed.questions, *parsed.skipped, *errors]
    assert sorted(each.where.row for each in found if each.where.row) == filled
    # What is wrong is wrong in a column.
    assert all(problem.where.column for problem in parsed.problems)


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ("stem,a,b,correct,mood", "unknown_columns"),
        ("type,a,b,correct", "no_stem_column"),
        ("stem,question,a,b,correct", "columns_twice"),
        ("stem,option 1,a,correct", "columns_twice"),
        ("stem,stem,a,b", "table"),
    ],
)
def test_columns_that_nobody_knows_refuse_the_file(headers: str, code: str) -> None:
    with pytest.raises(FileRefused) as refused:
        read(headers, "1,2,3,4,5"[: len(headers.split(",")) * 2 - 1])
    assert (refused.value.code, refused.value.like) == (code, "csv")


def test_case_34_import_encodings_of_spreadsheets_are_read() -> None:
    text = "stem;a;b;correct\r\nGröße?;Ä;Ö;A\r\n"
    for data in (text.encode("utf-8-sig"), text.encode("utf-16"), text.encode("cp1252")):
        (question,) = parse(data).questions
        assert (question.stem, question.options[0].text) == ("Größe?", "Ä")
    warnings = parse(text.encode("cp1252")).problems
    assert [(problem.level, problem.where.part) for problem in warnings] == [("warning", "file")]


def test_case_34_import_encodings_cell_of_a_megabyte_is_an_error_of_its_row() -> None:
    parsed = read("stem,a,b,correct", f"{'x' * 1_000_000},a,b,A", "Fine,a,b,A")
    assert [question.stem for question in parsed.questions] == ["Fine"]
    assert [(problem.code, problem.where) for problem in parsed.problems] == [
        ("cell", Where(row=2, column="A (stem)"))
    ]


def test_case_34_import_encodings_quotation_mark_that_nobody_closes_refuses_the_file() -> None:
    with pytest.raises(FileRefused) as refused:
        read("stem,a,b,correct", 'Q,"a,b,A')
    assert refused.value.code == "table"


@pytest.mark.parametrize(
    ("said", "right"),
    [
        ("one, three", [0, 2]),
        ("Option 2", [1]),
        ("option_1; option_3", [0, 2]),
        ("Answer B", [1]),
        ("choice2", [1]),
        ("two, and so on", [3]),
    ],
)
def test_right_options_are_named_as_other_tools_name_them(said: str, right: list[int]) -> None:
    parsed = read(
        "Question|Choice 1|Choice 2|Choice 3|Choice 4|Correct choice",
        f"Q|one|two|three|two, and so on|{said}",
    )
    (question,) = parsed.questions
    assert [number for number, option in enumerate(question.options) if option.share > 0] == right


def test_texts_of_which_one_is_no_option_name_nothing() -> None:
    parsed = read("stem,option 1,option 2,correct", 'Q,one,two,"one, three"')
    assert [(problem.level, problem.code) for problem in parsed.problems] == [("error", "unknown_answer")]


def test_stem_as_long_as_is_kept_fits_into_a_cell() -> None:
    stem = "x" * limits.LONG_TEXT
    assert read("stem,a,b,correct", f"{stem},a,b,A").questions[0].stem == stem


def test_workbook_s_numbers_are_read_as_they_are_shown() -> None:
    parsed = parse(
        workbook(
            ["stem", "option 1", "option 2", "correct"], ["2 + 2?", 4.0, 5, 1], ["Is it?", True, False, "A"]
        )
    )
    assert parsed.format == "xlsx"
    first, second = parsed.questions
    assert [(option.text, option.share) for option in first.options] == [("4", 1), ("5", 0)]
    assert [(option.text, option.share) for option in second.options] == [("true", 1), ("false", 0)]


@pytest.mark.parametrize("write", [write_questions_csv, write_questions_xlsx])
@given(questions=strategies.several())
@settings(max_examples=30)
def test_questions_are_read_back_as_they_were_written(write, questions: Sequence[ParsedQuestion]) -> None:
    written = write(questions)
    assert alike(parse(written.content).questions, questions, written)


@pytest.mark.stress
@pytest.mark.parametrize("write", [write_questions_csv, write_questions_xlsx])
@given(questions=strategies.several())
@settings(max_examples=1_000)
def test_many_questions_are_read_back_as_they_were_written(
    write, questions: Sequence[ParsedQuestion]
) -> None:
    written = write(questions)
    assert alike(parse(written.content).questions, questions, written)


def test_case_14_csv_formula_no_cell_of_a_question_is_a_formula() -> None:
    question = ParsedQuestion("single", "=1+1", (ParsedOption("@x", Fraction(1)), ParsedOption("-1")))
    content = write_questions_csv([question]).content
    assert b'"\'=1+1"' in content
    assert list(parse(content).questions) == [question]


def test_empty_fields_are_no_cells_of_a_workbook() -> None:
    content = write_questions_xlsx([ParsedQuestion("open", "Why?")]).content
    rows = list(load_workbook(io.BytesIO(content)).active.iter_rows(min_row=2, values_only=True))
    assert [value for value in rows[0] if value is not None] == ["open", "Why?"]


def test_what_a_table_cannot_hold_is_told() -> None:
    question = ParsedQuestion(
        "single",
        "Q",
        (ParsedOption("a", Fraction(1), place="last"), ParsedOption("b")),
        tags=("one; two",),
    )
    losses = write_questions_csv([question]).losses
    assert [(loss.code, loss.field) for loss in losses] == [("not_held", "places"), ("not_held", "tags")]
