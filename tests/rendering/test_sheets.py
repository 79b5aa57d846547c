import codecs
import contextlib
import io
import time
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from rendering.sheets import TableError, read_table
from rendering.tables import write_xlsx

TEXT = "Name;E-mail\r\nZoë;zoe@example.org\r\n"


def _cells(table):
    return [row.cells for row in table.rows]


def _book(*sheets):
    book = Workbook()
    book.remove(book.active)
    for title, rows, state in sheets:
        sheet = book.create_sheet(title)
        sheet.sheet_state = state
        for row in rows:
            sheet.append(row)
    output = io.BytesIO()
    book.save(output)
    return output.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode(),
        codecs.BOM_UTF8 + TEXT.encode(),
        codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"),
        codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"),
        TEXT.replace("\r\n", "\n").encode(),
        TEXT.replace("\r\n", "\r").encode(),
        TEXT.replace(";", ",").encode(),
        TEXT.replace(";", "\t").encode(),
        b"\r\n" + TEXT.encode(),
    ],
)
def test_case_34_import_encodings_line_ends_and_separators_read_the_same(data):
    table = read_table(data)

    assert table.headers == ("Name", "E-mail")
    assert _cells(table) == [{"Name": "Zoë", "E-mail": "zoe@example.org"}]
    assert table.problems == ()
    assert table.warnings == ()


def test_case_34_import_encodings_windows_text_is_read_with_a_warning():
    table = read_table(TEXT.encode("cp1252"), "people.csv")

    assert _cells(table)[0]["Name"] == "Zoë"
    assert table.warnings == (
        "people.csv is not in UTF-8 and was read as Windows-1252. Check letters with accents; if they are wrong,"
        " save the file as “CSV UTF-8”.",
    )


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "x.csv is empty"),
        (b" \r\n\r\n", "x.csv is empty"),
        (b",,\n,,\n", "x.csv is empty"),
        (b'a,b\n1,"open\n2,3\n', "Row 2 of x.csv has a quotation mark that is never closed"),
        (b'a,b\n"1"x,2\n', "Row 2 of x.csv has a quotation mark"),
        (TEXT.encode("utf-16-le"), "neither a CSV nor an XLSX"),
        (b"a,b\n\x81\x8d,2\n", "neither a CSV nor an XLSX"),
        (codecs.BOM_UTF8 + b"a\xff\n", "neither a CSV nor an XLSX"),
        (b"%PDF-1.7\n1 0 obj\n", "neither a CSV nor an XLSX"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 100, "old Excel file or locked with a password"),
        (b"PK\x03\x04 and no more", "damaged"),
        (b"x" * (5 * 1024 * 1024 + 1), "larger than 5 MB"),
        (b"a\n" + b"1\n" * 20_001, "more than 20,000 rows"),
        (b"\n" * 1_100_000 + b"a\n", "more than 20,000 rows"),
        (b"a," * 200 + b"a\n", "Row 1 of x.csv reaches beyond 200 columns"),
        (b"," * 1_000_000, "Row 1 of x.csv reaches beyond 200 columns"),
    ],
    ids=range(16),
)
def test_unreadable_file_says_why_and_what_to_do(data, message):
    with pytest.raises(TableError) as caught:
        read_table(data, "x.csv")

    assert message in str(caught.value)


def test_limits_themselves_are_allowed():
    assert len(read_table(b"a\n" + b"1\n" * 20_000).rows) == 20_000
    assert len(read_table(b",".join(b"h%d" % index for index in range(200))).headers) == 200


def test_row_numbers_count_blank_and_broken_lines_as_a_spreadsheet_does():
    table = read_table(b'\nname,note\nAda,"two\nlines"\n\nBob,x\n')

    assert [row.number for row in table.rows] == [3, 5]
    assert table.rows[0].cells["note"] == "two\nlines"


@pytest.mark.parametrize("sign", ";|\t")
def test_separator_hint_of_excel_is_followed(sign):
    table = read_table(f"sep={sign}\r\na{sign}b,c\r\n1{sign}2\r\n".encode())

    assert table.headers == ("a", "b,c")
    assert table.rows[0].number == 3


def test_short_row_is_filled_and_blank_columns_on_the_right_are_no_problem():
    table = read_table(b"a,b,,\n1\n2,3,,\n")

    assert _cells(table) == [{"a": "1", "b": ""}, {"a": "2", "b": "3"}]
    assert table.problems == ()


def test_case_34_import_encodings_duplicate_header_is_a_problem_and_the_first_counts():
    table = read_table(b"Email,Name, email \na@x.org,Ada,b@x.org\n")

    assert _cells(table) == [{"Email": "a@x.org", "Name": "Ada"}]
    assert [(problem.place, problem.message) for problem in table.problems] == [
        (
            "row 1, column C (email)",
            "This header appears twice. Rename or delete one of the two columns.",
        )
    ]


def test_column_with_values_but_no_header_is_one_problem():
    table = read_table(b"a,,b\n1,x,2\n3,y,4\n")

    assert [(problem.place, problem.message) for problem in table.problems] == [
        ("row 1, column B", "This column has values but no header. Give it a header or delete it.")
    ]
    assert table.letters == {"a": "A", "b": "C"}


def test_value_beyond_the_last_header_is_a_problem_of_its_row():
    table = read_table(b"name,city\nAda,London\nLovelace, Ada,London\n")

    assert [problem.place for problem in table.problems] == ["row 3, column C"]


def test_case_34_import_encodings_too_long_cell_is_a_problem_with_its_place():
    table = read_table(b"a,b\n1," + b"x" * 1_000_000 + b"\n2,3\n")

    assert [problem.place for problem in table.problems] == ["row 2, column B (b)"]
    assert "more than 10,000 characters" in table.problems[0].message
    assert len(table.rows[0].cells["b"]) == 10_000


def test_problem_made_by_a_caller_knows_its_letter():
    table = read_table(b"a,b\n1,2\n")

    problem = table.problem(table.rows[0], "b", "No such stage.")

    assert problem.place == "row 2, column B (b)"


def test_case_21_nul_bytes_in_cells_are_cleaned():
    table = read_table("a\u202e,b\n\u2066x\ufffe,e\u0301\n".encode())

    assert table.headers == ("a", "b")
    assert _cells(table) == [{"a": "x", "b": "e\u0301"}]


def test_xlsx_values_become_plain_text():
    rows = [
        ["n", "f", "d", "t", "yes", "none", "text"],
        [1.0, 0.1, date(2026, 3, 12), datetime.fromisoformat("2026-03-12T14:05"), True, None, " x "],
        [491701234567.0, -2, 1e20, None, False, None, "001"],
    ]

    table = read_table(_book(("People", rows, "visible")), "x.csv")

    assert [list(row.cells.values()) for row in table.rows] == [
        ["1", "0.1", "2026-03-12", "2026-03-12T14:05:00", "true", "", " x "],
        ["491701234567", "-2", "1e+20", "", "false", "", "001"],
    ]


def test_xlsx_hidden_sheets_are_ignored_and_further_ones_named():
    data = _book(
        ("Secret", [["no"], ["x"]], "hidden"),
        ("Deeper", [["no"], ["x"]], "veryHidden"),
        ("People", [["Name"], ["Ada"]], "visible"),
        ("Notes", [["y"]], "visible"),
    )

    table = read_table(data, "b.xlsx")

    assert _cells(table) == [{"Name": "Ada"}]
    assert table.warnings == ("b.xlsx has 2 sheets; only the first, “People”, is read.",)


def test_xlsx_formula_without_value_is_empty_and_an_error_is_a_problem():
    table = read_table(_book(("s", [["a", "b"], ["=1+1", "#N/A"]], "visible")))

    assert _cells(table) == [{"a": "", "b": "#N/A"}]
    assert [(problem.place, problem.message) for problem in table.problems] == [
        ("row 2, column B (b)", "This cell holds the error #N/A. Mend the formula.")
    ]


def test_xlsx_limits_count_rows_and_columns_with_something_in_them():
    wide = _book(("s", [["a"], [None] * 200 + ["x"]], "visible"))
    long = write_xlsx(["a"], ([number] for number in range(20_001)), "s")

    with pytest.raises(TableError, match=r"Row 2 of wide\.xlsx reaches beyond 200 columns"):
        read_table(wide, "wide.xlsx")
    with pytest.raises(TableError, match="more than 20,000 rows"):
        read_table(long, "long.xlsx")


def test_xlsx_with_nothing_in_it_says_so():
    with pytest.raises(TableError, match="empty"):
        read_table(_book(("s", [], "visible")))


def test_file_is_told_by_content_not_by_name():
    assert read_table(_book(("s", [["a"], [1]], "visible")), "people.csv").headers == ("a",)
    assert read_table(b"a\n1\n", "people.xlsx").headers == ("a",)


@given(
    st.one_of(
        st.binary(max_size=400),
        st.text(st.sampled_from(list("a1,;\t\"\r\n ='é\u202e")), max_size=80).map(str.encode),
    )
)
def test_any_bytes_give_a_table_or_a_table_error(data):
    try:
        table = read_table(data)
    except TableError as error:
        outcome = str(error)
    else:
        outcome = "A table."
        assert all(set(row.cells) == set(table.headers) for row in table.rows)

    assert outcome.endswith(".")


def test_case_20_redos_5_mb_of_separators_quotes_and_blanks_answer_fast():
    for data in (
        b",\n" * 500_000,
        b'"' * 5_000_000,
        b'"a\n' * 1_600_000,
        b"'=" * 2_500_000,
        b" " * 5_000_000,
    ):
        start = time.process_time()
        with contextlib.suppress(TableError):
            read_table(data)
        assert time.process_time() - start < 5
