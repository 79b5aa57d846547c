import contextlib
import io
import time
import tracemalloc
import zipfile

import pytest

from rendering.archives import ArchiveError, open_archive
from rendering.sheets import TableError, read_table
from rendering.tables import write_xlsx
from tests.factories.files import make_docx

SHEET = "xl/worksheets/sheet1.xml"
BILLION_LAUGHS = (
    '<!DOCTYPE lolz [<!ENTITY a "lol">'
    + "".join(
        f'<!ENTITY {name} "{f"&{before};" * 10}">'
        for before, name in zip("abcdefghi", "bcdefghij", strict=True)
    )
    + "]>"
)
XXE = {
    "external entity": '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>',
    "parameter entity": '<!DOCTYPE x [<!ENTITY % e SYSTEM "http://127.0.0.1:9/x.dtd"> %e;]>',
    "external dtd": '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">',
    "public dtd": '<!DOCTYPE x PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "http://127.0.0.1:9/x.dtd">',
}
PARTS = [
    SHEET,
    "xl/workbook.xml",
    "xl/styles.xml",
    "[Content_Types].xml",
    "_rels/.rels",
    "xl/media/hidden.png",
]


def _workbook(replaced=None, added=None):
    """A good file with some parts replaced by `(old text → new text)` functions and others added."""
    source = zipfile.ZipFile(io.BytesIO(write_xlsx(["a"], [["x"]], "s")))
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = source.read(name)
            target.writestr(name, replaced[name](content) if name in (replaced or {}) else content)
        for name, content in (added or {}).items():
            target.writestr(name, content)
    return output.getvalue()


def _with_doctype(doctype, encoding="utf-8"):
    def change(content):
        text = content.decode()
        body = text.partition("?>")[2] if text.startswith("<?xml") else text
        return f'<?xml version="1.0" encoding="{encoding}"?>{doctype}{body}'.encode(encoding)

    return change


def _refused(data):
    start = time.process_time()
    tracemalloc.start()
    try:
        with pytest.raises(TableError) as caught:
            read_table(data, "x.xlsx")
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert time.process_time() - start < 1
    assert peak < 100_000_000
    return str(caught.value)


def test_the_untouched_workbook_is_read():
    assert read_table(_workbook()).rows[0].cells == {"a": "x"}
    assert read_table(_workbook(added={"xl/media/a.png": b"\x89PNG\r\n\x1a\n" + b"\x00" * 50})).headers == (
        "a",
    )


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("attack", XXE)
def test_case_30_xxe_in_an_xlsx_is_refused(part, attack):
    change = _with_doctype(XXE[attack])
    added = {part: change(b"<x>&e;</x>")} if part.endswith(".png") else {}

    message = _refused(_workbook({part: change}, added))

    assert "XML declarations that are not allowed" in message


@pytest.mark.parametrize("encoding", ["utf-16", "latin-1"])
def test_case_30_xxe_in_another_encoding_is_refused(encoding):
    message = _refused(_workbook({SHEET: _with_doctype(XXE["external entity"], encoding)}))

    assert "XML declarations that are not allowed" in message


@pytest.mark.parametrize("part", PARTS[:3])
def test_case_31_billion_laughs_in_an_xlsx_is_refused_fast(part):
    message = _refused(_workbook({part: _with_doctype(BILLION_LAUGHS)}))

    assert "XML declarations that are not allowed" in message


def test_case_31_billion_laughs_by_nesting_or_number_is_refused_fast():
    deep = b"<a>" * 100_000 + b"</a>" * 100_000
    many = b"<a>" + b"<b/>" * 200_000 + b"</a>"

    assert "unpacks to far more" in _refused(_workbook({"xl/styles.xml": lambda _old: deep}))
    assert "unpacks to far more" in _refused(_workbook({"xl/styles.xml": lambda _old: many}))


def test_case_28_zip_bomb_is_refused_by_declared_size():
    assert "unpacks to far more" in _refused(_workbook(added={"xl/media/a.bin": b"\x00" * 70_000_000}))


def test_case_28_zip_bomb_of_many_entries_is_refused():
    assert "unpacks to far more" in _refused(_workbook(added={f"a{number}": b"" for number in range(1_001)}))


def test_case_28_zip_bomb_of_overlapping_entries_is_refused():
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", bytes(range(256)) * 40)
        entry = archive.infolist()[0]
        for number in range(20):
            twin = zipfile.ZipInfo(f"a{number}.txt")
            for field in ("header_offset", "compress_size", "file_size", "CRC", "compress_type"):
                setattr(twin, field, getattr(entry, field))
            archive.filelist.append(twin)

    with pytest.raises(ArchiveError):
        open_archive(output.getvalue())


def test_case_28_zip_bomb_that_lies_about_its_size_is_refused():
    data = bytearray(_workbook(added={"xl/media/a.bin": b"\x00" * 1_000_000}))
    real = (1_000_000).to_bytes(4, "little")
    assert data.count(real) == 2

    lying = bytes(data).replace(real, (10).to_bytes(4, "little"))

    assert "damaged" in _refused(lying)


def test_cut_archive_is_damaged_not_an_error_of_ours():
    whole = _workbook()

    for length in range(4, len(whole), 97):
        with pytest.raises(TableError):
            read_table(whole[:length], "x.xlsx")


def test_other_office_files_are_named_as_no_table():
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w") as archive:
        archive.writestr("word/document.xml", "<document/>")

    assert "neither a CSV nor an XLSX" in _refused(output.getvalue())


def test_row_number_beyond_excel_ends_quickly():
    far = _workbook(
        {SHEET: lambda old: old.replace(b'r="2"', b'r="99999999999"').replace(b"A2", b"A99999999999")}
    )
    start = time.process_time()

    with contextlib.suppress(TableError):
        read_table(far)

    assert time.process_time() - start < 20


@pytest.mark.parametrize("name", ["../evil.txt", "/etc/evil.txt", "word/../../evil.txt", "..\\evil.txt"])
def test_case_29_zip_slip_entries_that_lead_outside_are_refused(name):
    with pytest.raises(ArchiveError):
        open_archive(make_docx(more={name: b"evil"}))


def test_archive_whose_parts_are_checked_later_may_hold_broken_ones_and_more_of_them():
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w") as archive:
        for number in range(1_001):
            archive.writestr(f"{number}.xml", "<broken")

    with pytest.raises(ArchiveError):
        open_archive(output.getvalue(), is_xml_checked=False)
    with pytest.raises(ArchiveError):
        open_archive(output.getvalue(), max_entries=1_001)
    opened = open_archive(output.getvalue(), max_entries=1_001, is_xml_checked=False)
    assert len(opened.namelist()) == 1_001
