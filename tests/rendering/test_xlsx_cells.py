"""The cells of a workbook as texts: what another reader finds there, and what no program writes."""

from __future__ import annotations

import io
import time
import zipfile
from datetime import date, datetime, timedelta
from datetime import time as clock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from rendering.raw_rows import tidy_cell
from rendering.sheets import TableError, read_table
from rendering.xlsx_cells import read_strings

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
SHARED = (
    '<Override PartName="/xl/sharedStrings.xml" ContentType="application/vnd.openxmlformats-officedocument'
    '.spreadsheetml.sharedStrings+xml"/>'
)
VALUES = st.one_of(
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=8).filter(str.strip),
    st.integers(-(10**12), 10**12),
    st.floats(-1e12, 1e12),
    st.booleans(),
    st.datetimes(datetime.fromisoformat("1950-01-01"), datetime.fromisoformat("2200-01-01")).map(
        lambda found: found.replace(microsecond=0)
    ),
    st.dates(date(1950, 1, 1), date(2200, 1, 1)),
    st.times().map(lambda found: found.replace(microsecond=0)),
    st.timedeltas(timedelta(0), timedelta(days=900)).map(lambda found: timedelta(seconds=found.seconds)),
    st.none(),
)


def saved(book: Workbook) -> bytes:
    into = io.BytesIO()
    book.save(into)
    return into.getvalue()


def texts(data: bytes) -> list[list[str]]:
    table = read_table(data)
    assert not table.problems
    return [list(row.cells.values()) for row in table.rows]


def said(value: object) -> str:
    """What a value is as a text; as an author would write it down."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return str(int(value)) if value == int(value) else repr(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == clock() else value.isoformat(timespec="seconds")
    if isinstance(value, date | clock):
        return value.isoformat()
    return tidy_cell(str(value))


@given(rows=st.lists(st.lists(VALUES, min_size=3, max_size=3), max_size=6))
@settings(max_examples=60, deadline=None)
def test_cells_are_those_that_another_reader_finds(rows: list[list[object]]) -> None:
    book = Workbook()
    sheet = book.create_sheet("Seen", 0)
    for row in [["a", "b", "c"], *rows]:
        sheet.append(row)
    data = saved(book)
    found = load_workbook(io.BytesIO(data), read_only=True, data_only=True)["Seen"].iter_rows(
        min_row=2, max_col=3, values_only=True
    )
    expected = [[said(value) for value in row] for row in found]
    assert texts(data) == [row for row in expected if any(map(str.strip, row))]


def workbook(sheet: str, strings: str = "") -> bytes:
    """Return a workbook whose only sheet holds `sheet`, and whose shared texts are `strings`."""
    book = Workbook()
    book.active.append(["text"])
    into = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(saved(book))) as plain, zipfile.ZipFile(into, "w", 8) as made:
        for name in plain.namelist():
            content = plain.read(name)
            if name == "xl/worksheets/sheet1.xml":
                content = (
                    f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData>{sheet}</x:sheetData></x:worksheet>'.encode()
                )
            if name == "[Content_Types].xml":
                content = content.replace(b"</Types>", f"{SHARED}</Types>".encode())
            made.writestr(name, content)
        made.writestr("xl/sharedStrings.xml", f'<sst xmlns="{MAIN}">{strings}</sst>')
    return into.getvalue()


def test_cells_without_places_follow_each_other_and_sounds_are_no_text() -> None:
    strings = (
        "<si><t>stem</t></si>"
        '<si><r><t>two </t></r><r><rPr><b/></rPr><t>words</t></r><rPh sb="0" eb="1"><t>sound</t></rPh></si>'
        "<si><t>_x005F_x000D_</t></si>"
    )
    sheet = (
        '<x:row><x:c t="s"><x:v>0</x:v></x:c><x:c t="str"><x:f>1+1</x:f><x:v>b</x:v></x:c></x:row>'
        '<x:row r="3.0"><x:c t="s"><x:v>1</x:v></x:c>'
        '<x:c t="inlineStr"><x:is><x:r><x:t>in</x:t></x:r><x:r><x:t>line</x:t></x:r></x:is></x:c></x:row>'
        '<x:row><x:c t="s"><x:v>2</x:v></x:c><x:c t="d"><x:v>2026-01-02T00:00:00</x:v></x:c></x:row>'
        '<x:row><x:c t="b"><x:v>1</x:v></x:c><x:c><x:v>1.0</x:v></x:c></x:row>'
    )
    table = read_table(workbook(sheet, strings))
    assert table.headers == ("stem", "b")
    assert [(row.number, *row.cells.values()) for row in table.rows] == [
        (3, "two words", "inline"),
        (4, "_x000D_", "2026-01-02"),
        (5, "true", "1"),
    ]


def test_text_that_reads_like_an_error_is_a_text() -> None:
    sheet = (
        '<x:row><x:c t="inlineStr"><x:is><x:t>stem</x:t></x:is></x:c></x:row>'
        '<x:row><x:c t="inlineStr"><x:is><x:t>#REF!</x:t></x:is></x:c></x:row>'
        '<x:row><x:c t="e"><x:v>#REF!</x:v></x:c></x:row>'
    )
    table = read_table(workbook(sheet))
    assert [row.cells["stem"] for row in table.rows] == ["#REF!", "#REF!"]
    assert [problem.row for problem in table.problems] == [3]


@pytest.mark.parametrize(
    "sheet",
    [
        '<x:row><x:c t="s"><x:v>7</x:v></x:c></x:row>',
        "<x:row><x:c><x:v>one</x:v></x:c></x:row>",
        "<x:row><x:c><x:v>1e</x:v></x:c></x:row>",
        f"<x:row><x:c><x:v>{'9' * 5000}</x:v></x:c></x:row>",
        '<x:row r="x"><x:c><x:v>1</x:v></x:c></x:row>',
        '<x:row><x:c r="ABCD1"><x:v>1</x:v></x:c></x:row>',
        f"<x:row>{'<x:c><x:v>1</x:v></x:c>' * 16_385}</x:row>",
        '<x:row r="1048577"><x:c><x:v>1</x:v></x:c></x:row>',
    ],
    ids=["no such text", "no number", "half a number", "long number", "row", "column", "columns", "last row"],
)
def test_case_20_redos_sheet_that_cannot_be_is_refused(sheet: str) -> None:
    with pytest.raises(TableError):
        read_table(workbook(sheet, "<si><t>a</t></si>"))


def test_case_28_zip_bomb_one_long_text_named_in_every_cell_is_refused() -> None:
    cells = '<x:c t="s"><x:v>0</x:v></x:c>' * 100
    data = workbook(f"<x:row>{cells}</x:row>" * 2_000, f"<si><t>{'long ' * 4_000}</t></si>")
    assert len(data) < 100_000
    begun = time.process_time()
    with pytest.raises(TableError, match="beyond its contents"):
        read_table(data, max_cell=20_000)
    assert time.process_time() - begun < 1


def test_cells_that_are_too_long_share_what_is_kept_of_their_text() -> None:
    cell = '<x:c t="s"><x:v>1</x:v></x:c>'
    sheet = f'<x:row><x:c t="s"><x:v>0</x:v></x:c></x:row>{f"<x:row>{cell}</x:row>" * 20}'
    table = read_table(workbook(sheet, f"<si><t>stem</t></si><si><t>{'x' * 20_000}</t></si>"))
    assert len(table.problems) == 20
    assert len({id(row.cells["stem"]) for row in table.rows}) == 1


def test_shared_texts_are_read_in_their_order() -> None:
    strings = (
        f'<sst xmlns="{MAIN}">{"".join(f"<si><t>text {number}</t></si>" for number in range(9_000))}</sst>'
    )
    assert read_strings(io.BytesIO(strings.encode())) == [f"text {number}" for number in range(9_000)]
