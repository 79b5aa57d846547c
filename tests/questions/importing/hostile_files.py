"""Files that were made to do harm, by the case that each belongs to. Some are small and unpack to gigabytes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from typing import Final

MEGABYTE: Final = 1024 * 1024


def package(*entries: tuple[str, bytes]) -> bytes:
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return into.getvalue()


def _doubled(times: int) -> bytes:
    """A package with two entries that lie over each other, and say so nowhere but in where they begin."""
    others = ((f"{number}.xml", bytes(4 * MEGABYTE)) for number in range(times))
    content = bytearray(package(("imsmanifest.xml", b"imsqti_item_xmlv2p1"), *others))
    # Every entry of the directory begins where the first one does.
    at = content.find(b"PK\x01\x02")
    while at >= 0:
        content[at + 42 : at + 46] = bytes(4)
        at = content.find(b"PK\x01\x02", at + 4)
    return bytes(content)


_MANIFEST: Final = (
    b'<manifest xmlns="http://www.imsglobal.org/xsd/imscp_v1p1"><resources>'
    b'<resource type="imsqti_item_xmlv2p1" href="a.xml"><file href="a.xml"/></resource></resources></manifest>'
)
_BOMB: Final = b"<!DOCTYPE q [<!ENTITY a 'aaaaaaaaaa'>%s]><quiz>&z;</quiz>" % b"".join(
    b"<!ENTITY %c '%s'>" % (ord("b") + number, b"&%c;" % (ord("a") + number) * 10) for number in range(25)
)
_OUTSIDE: Final = b'<!DOCTYPE quiz [<!ENTITY x SYSTEM "file:///etc/passwd">]><quiz>&x;</quiz>'
_ROW: Final = b"stem,A,B,correct\nWhich?,a,b,A\n"

# Each is refused as a whole: nothing of it can be imported.
REFUSED: Final[Mapping[str, Callable[[], bytes]]] = {
    "case_19_unsafe_deserialise_pickle": lambda: b"\x80\x04\x95cposix\nsystem\n(S'touch /tmp/owned'\ntR.",
    "case_20_redos_brackets": lambda: b"[" * MEGABYTE,
    "case_22_huge_body_nested": lambda: b'{"questions":' * 5_000 + b"1" + b"}" * 5_000,
    "case_22_huge_body_file": lambda: b"stem,A,B,correct\n" + b"x" * (31 * MEGABYTE),
    "case_28_zip_bomb_workbook": lambda: package(
        ("xl/workbook.xml", b"<x/>"), ("xl/worksheets/sheet1.xml", bytes(300 * MEGABYTE))
    ),
    "case_28_zip_bomb_package": lambda: package(
        ("imsmanifest.xml", b"imsqti_item_xmlv2p1"), ("a.xml", bytes(300 * MEGABYTE))
    ),
    "case_28_zip_bomb_entries": lambda: package(
        ("imsmanifest.xml", b"imsqti_item_xmlv2p1"), *((f"{number}", b"") for number in range(30_000))
    ),
    "case_28_zip_bomb_overlapping": lambda: _doubled(40),
    "case_29_zip_slip": lambda: package(
        ("imsmanifest.xml", b"imsqti_item_xmlv2p1" + _MANIFEST), ("../../../tmp/owned.xml", b"<a/>")
    ),
    "case_30_xxe_moodle": lambda: _OUTSIDE,
    "case_30_xxe_workbook": lambda: package(
        ("xl/workbook.xml", _OUTSIDE), ("xl/worksheets/sheet1.xml", b"<x/>")
    ),
    "case_30_xxe_item": lambda: _OUTSIDE.replace(b"quiz", b"assessmentItem"),
    "case_31_billion_laughs": lambda: _BOMB,
    "case_31_billion_laughs_nesting": lambda: b"<quiz>" + b"<a>" * 100_000 + b"</a>" * 100_000 + b"</quiz>",
    "case_34_import_encodings_nul": lambda: _ROW + b"a\x00b,a,b,A\n",
    "case_34_import_encodings_broken": lambda: "stem,A,B,correct\nWhich?,a,b,A\n".encode("utf-16-le")[1:],
    "case_34_import_encodings_unclosed_quote": lambda: _ROW + b'"open,a,b,A\n' * 3,
    "case_34_import_encodings_duplicate_headers": lambda: b"stem,A,a,B,correct\nWhich?,a,b,c,A\n",
    "case_34_import_encodings_lies": lambda: b'<?xml version="1.0" encoding="UTF-16"?><quiz></quiz>',
}
# Each has one question that is wrong, which is told by its place; nothing is imported because of it.
WITH_AN_ERROR: Final[Mapping[str, Callable[[], bytes]]] = {
    "case_19_unsafe_deserialise_yaml": lambda: (
        b"questions:\n- stem: !!python/object/apply:os.system ['touch /tmp/owned']\n"
    ),
    "case_33_import_partial": lambda: (
        b"stem,A,B,correct\n"
        + b"".join(b"Which %d?,a,b,%s\n" % (number, b"Z" if number == 72 else b"A") for number in range(100))
    ),
    "case_34_import_encodings_large_cell": lambda: _ROW + b"x" * MEGABYTE + b",a,b,A\n",
    "case_30_xxe_package": lambda: package(
        ("imsmanifest.xml", _MANIFEST.replace(b"<manifest", b'<manifest v="imsqti_item_xmlv2p1"')),
        ("a.xml", _OUTSIDE.replace(b"quiz", b"assessmentItem")),
    ),
}
