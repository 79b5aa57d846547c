import csv
import io
from datetime import UTC, date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from rendering.sheets import read_table
from rendering.tables import neutralise, restore, stream_csv, write_csv, write_xlsx

FORMULAS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\tplain",
    "\rplain",
    "  =1",
    "\n=1",
    '"=1',
    "'=1",
    " '\"=cmd|' /C calc'!A0",
    "\ufeff=1",
    "\u200b=1",
    "＝1",
    "＋1",
    "－1",
    "＠x",
]


def _csv_cells(data):
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def _xlsx_sheet(data):
    return load_workbook(io.BytesIO(data)).active


@pytest.mark.parametrize("text", FORMULAS)
def test_case_14_csv_formula_gets_an_apostrophe_in_csv_and_xlsx(text):
    expected = "'" + text.replace("\r", "\n") if text != "\rplain" else "\nplain"

    csv_cell = _csv_cells(write_csv(["h"], [[text]]))[1][0]
    xlsx_cell = _xlsx_sheet(write_xlsx(["h"], [[text]], "s"))["A2"]

    assert csv_cell == expected
    assert xlsx_cell.value == expected
    assert xlsx_cell.data_type == "s"
    assert neutralise(text) == f"'{text}"


def test_case_14_csv_formula_in_a_header_is_neutralised():
    assert _csv_cells(write_csv(["=h"], []))[0] == ["'=h"]
    assert _xlsx_sheet(write_xlsx(["=h"], [], "s"))["A1"].value == "'=h"


@pytest.mark.parametrize("text", ["Ada", "1+1", "a=b", "O'Brien", "'quoted'", "", " x", "a@b.org", "3-4"])
def test_case_14_csv_formula_harmless_text_stays(text):
    assert neutralise(text) == text


@given(st.text())
def test_case_14_csv_formula_restore_is_the_reverse_of_neutralise(text):
    assert restore(neutralise(text)) == text


@pytest.mark.parametrize("number", [-5, -1.5, Decimal("-2.50"), 0, 3])
def test_case_14_csv_formula_real_numbers_stay_numbers(number):
    xlsx_cell = _xlsx_sheet(write_xlsx(["h"], [[number]], "s"))["A2"]

    assert write_csv(["h"], [[number]]).endswith(f"\r\n{number}\r\n".encode())
    assert xlsx_cell.data_type == "n"
    assert xlsx_cell.value == pytest.approx(float(number))


def test_csv_is_rfc_4180_with_the_mark_for_excel():
    data = write_csv(["name", "n"], [['Zoë, "Z"', 1], ["two\nlines", None], [True, date(2026, 3, 12)]])

    assert data == (
        b"\xef\xbb\xbf"
        + '"name","n"\r\n"Zoë, ""Z""",1\r\n"two\nlines",""\r\n"true","2026-03-12"\r\n'.encode()
    )


def test_csv_moment_carries_its_offset():
    moment = datetime(2026, 3, 12, 14, 5, 9, 123, tzinfo=ZoneInfo("Europe/Berlin"))

    assert _csv_cells(write_csv(["h"], [[moment]]))[1] == ["2026-03-12T14:05:09+01:00"]


def test_csv_is_streamed_in_pieces_that_make_the_whole():
    rows = [[number, "x" * 100] for number in range(2_000)]

    pieces = list(stream_csv(["n", "x"], iter(rows)))

    assert len(pieces) > 3
    assert b"".join(pieces) == write_csv(["n", "x"], rows)


def test_xlsx_moment_is_a_date_that_names_its_zone():
    moment = datetime(2026, 7, 12, 12, 5, tzinfo=UTC)

    data = write_xlsx(
        ["at", "on", "clock"], [[moment, date(2026, 3, 12), time(9, 30)]], "s", zone=ZoneInfo("Europe/Berlin")
    )
    row = _xlsx_sheet(data)[2]

    assert row[0].value == datetime.fromisoformat("2026-07-12T14:05")
    assert row[0].number_format == 'yyyy-mm-dd hh:mm:ss" CEST"'
    assert [cell.is_date for cell in row] == [True, True, True]
    assert row[1].value == datetime.fromisoformat("2026-03-12")


def test_xlsx_strips_what_xml_cannot_hold_and_keeps_long_ids():
    data = write_xlsx(
        ["h", "id"], [["a\x00b\x0b\ud800\ufffec", 1234567890123456789], [float("nan"), True]], "s"
    )
    sheet = _xlsx_sheet(data)

    assert sheet["A2"].value == "abc"
    assert sheet["B2"].value == "1234567890123456789"
    assert sheet["A3"].value is None
    assert sheet["B3"].value is True


def test_xlsx_too_long_text_ends_in_an_ellipsis():
    value = _xlsx_sheet(write_xlsx(["h"], [["x" * 40_000]], "s"))["A2"].value

    assert len(value) == 32_767
    assert value.endswith("x…")


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("Results", "Results"),
        ("a/b:c?[d]*\\", "a b c  d"),
        ("'", "Sheet1"),
        ("", "Sheet1"),
        ("x" * 40, "x" * 31),
    ],
)
def test_xlsx_sheet_name_is_one_excel_takes(name, title):
    sheet = _xlsx_sheet(write_xlsx(["h"], [], name))

    assert sheet.title == title
    assert sheet.freeze_panes == "A2"
    assert sheet["A1"].font.bold


CELL = st.text(
    st.characters(
        exclude_categories=["Cs", "Cc", "Cn"],
        exclude_characters="\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069",
    ),
    max_size=40,
)


@given(st.lists(st.tuples(CELL, CELL).filter(lambda row: any(cell.strip() for cell in row)), max_size=5))
def test_written_text_reads_back_unchanged(rows):
    headers = ["one", "two"]

    for data in (write_csv(headers, rows), write_xlsx(headers, rows, "s")):
        read = [tuple(row.cells.values()) for row in read_table(data).rows]

        assert read == rows
