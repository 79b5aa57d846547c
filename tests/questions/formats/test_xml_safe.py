"""XML of strangers is judged before a tree is built of it."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest
from django.conf import settings

from questions.formats import limits
from questions.formats.drafts import FileRefused
from questions.formats.xml_safe import (
    DEEPEST,
    LONGEST_ATTRIBUTE,
    MOST_PARTS,
    MOST_PIECES,
    MOST_PIECES_OF_A_PART,
    read_parts,
    read_xml,
)

LAUGHS = "".join(f'<!ENTITY lol{number} "{f"&lol{number - 1};" * 10}">' for number in range(1, 10))
QUADRATIC = f'<!DOCTYPE q [<!ENTITY a "{"a" * 100_000}">]><quiz>{"&a;" * 100_000}</quiz>'
CHILD = """\
import sys
from questions.formats.drafts import FileRefused
from questions.formats.xml_safe import read_parts, read_xml


def peak():
    # What Python's resource tells of a child begins with the peak of whoever started it.
    return next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM"))


data = sys.stdin.buffer.read()
base = peak()
try:
    said = sum(1 for part in read_parts(data, "a").parts) if sys.argv[1:] else len(read_xml(data).root)
except FileRefused as refused:
    said = refused.code
# Of kilobytes, as Linux counts.
print(said, (peak() - base) // 1024)
"""


def refusal(data: str | bytes) -> FileRefused:
    with pytest.raises(FileRefused) as refused:
        read_xml(data.encode() if isinstance(data, str) else data)
    return refused.value


@pytest.mark.parametrize(
    "declared",
    [
        "<!DOCTYPE quiz>",
        '<!DOCTYPE quiz SYSTEM "file:///etc/passwd">',
        '<!DOCTYPE quiz PUBLIC "-//X//EN" "http://127.0.0.1:9/x.dtd">',
        '<!DOCTYPE quiz [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE quiz [<!ENTITY % a SYSTEM "http://127.0.0.1:9/x"> %a;]>',
        "<!-- first --><?pi?><!DOCTYPE quiz [<!ENTITY a 'x'>]>",
    ],
)
def test_case_30_xxe_whatever_declares_a_type_is_refused(declared: str) -> None:
    assert refusal(f'<?xml version="1.0"?>{declared}<quiz>&a;</quiz>').code == "doctype"


def test_case_30_xxe_inclusion_and_stylesheet_stay_words() -> None:
    document = read_xml(
        b'<?xml version="1.0"?><?xml-stylesheet href="file:///etc/passwd"?>'
        b'<quiz xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="file:///etc/passwd" parse="text"/></quiz>'
    )
    (child,) = document.root
    assert (child.get("href"), "".join(document.root.itertext())) == ("file:///etc/passwd", "")


def test_document_type_within_a_text_is_text() -> None:
    document = read_xml(b"<quiz><![CDATA[<!DOCTYPE html>]]></quiz>")
    assert document.root.text == "<!DOCTYPE html>"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (f"<!DOCTYPE q [<!ENTITY lol0 'lol'>{LAUGHS}]><quiz>&lol9;</quiz>", "doctype"),
        (QUADRATIC, "doctype"),
        ("<a>" * 100_000, "too_deep"),
        ("<a>" * (DEEPEST + 1) + "<![CDATA[</</</]]>" + "</a>" * (DEEPEST + 1), "too_deep"),
        (f"<quiz>{'<a/>' * (MOST_PIECES + 1)}</quiz>", "too_many_elements"),
        (f"<quiz a='{'x' * (LONGEST_ATTRIBUTE + 1)}'/>", "attribute_too_long"),
        (f"<quiz>{'&undeclared;' * 100_000}</quiz>", "broken_xml"),
    ],
    ids=["laughs", "quadratic", "deep", "a little too deep", "many", "attribute", "undeclared"],
)
def test_case_31_billion_laughs_is_refused_at_once_and_in_little_space(data: str, code: str) -> None:
    begun = time.process_time()
    assert refusal(data).code == code
    assert time.process_time() - begun < 2
    said, megabytes = in_a_process_of_its_own(data)
    assert said == code
    assert megabytes < 100


def in_a_process_of_its_own(data: str, *arguments: str) -> tuple[str, int]:
    """Return what became of a file, and by how much the process grew."""
    done = subprocess.run(
        [sys.executable, "-c", CHILD, *arguments],
        input=data.encode(),
        capture_output=True,
        cwd=settings.BASE_DIR,
        timeout=60,
        check=True,
    )
    said, megabytes = done.stdout.decode().split()
    return said, int(megabytes)


def test_case_31_billion_laughs_as_much_as_is_taken_fits_into_200_mb() -> None:
    said, megabytes = in_a_process_of_its_own("<quiz>" + "<a>x</a>\n" * (MOST_PIECES - 1) + "</quiz>")
    assert said == str(MOST_PIECES - 1)
    assert megabytes < 200


def test_case_31_billion_laughs_parts_are_in_memory_one_by_one() -> None:
    said, megabytes = in_a_process_of_its_own(
        "<q>" + ("<a>" + "<b>x</b>\n" * 50 + "</a>") * 20_000 + "</q>", "parts"
    )
    assert said == "20000"
    assert megabytes < 100


def test_parts_are_those_directly_in_the_root() -> None:
    file = read_parts(b"<q>\n<a n='1'><a n='2'/>x</a><b/>\n<a n='3'>y</a></q>", "a")
    assert file.root == "q"
    assert [(part.get("n"), part.sourceline, "".join(part.itertext())) for part in file.parts] == [
        ("1", 2, "x"),
        ("3", 3, "y"),
    ]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (f"<q><a>{'<b/>' * MOST_PIECES_OF_A_PART}</a></q>", "too_many_elements"),
        (f"<q>{'<a/>' * (MOST_PARTS + 1)}</q>", "too_many_questions"),
        ("<q><m:a/></q>", "broken_xml"),
        ("<!DOCTYPE q><q/>", "doctype"),
    ],
    ids=["part", "parts", "prefix", "type"],
)
def test_file_that_is_unsafe_is_refused_in_parts_too(data: str, code: str) -> None:
    with pytest.raises(FileRefused) as refused:
        list(read_parts(data.encode(), "a").parts)
    assert refused.value.code == code


def test_case_28_zip_bomb_file_that_is_too_large_is_not_looked_at() -> None:
    assert refusal(b"<" * (limits.FILE_BYTES + 1)).code == "too_large"


@pytest.mark.parametrize(
    ("data", "line", "column"),
    [
        ("<quiz>\n  <question>\n</quiz>", 3, 3),
        ("<quiz>\n  a & b</quiz>", 2, 6),
        ("<quiz>\n&nbsp;</quiz>", 2, 1),
        ('<?xml version="1.0"?>\n\n<quiz>', 3, 7),
        ("<quiz/><quiz/>", 1, 8),
    ],
)
def test_broken_file_is_refused_with_its_place(data: str, line: int, column: int) -> None:
    refused = refusal(data)
    assert refused.code == "broken_xml"
    assert (refused.values["line"], refused.values["column"]) == (line, column)


def test_as_deep_as_is_taken_is_read_whatever_the_size_of_the_file() -> None:
    for text in ("x", "x" * 20_000):
        document = read_xml(("<a>" * DEEPEST + text + "</a>" * DEEPEST).encode())
        assert "".join(document.root.itertext()) == text


def test_prefix_that_stands_for_nothing_is_broken() -> None:
    assert refusal("<quiz>\n<m:x/></quiz>").code == "broken_xml"


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ('<?xml version="1.0"encoding="UTF-8"?><q>Größe</q>'.encode(), "Größe"),
        ('\ufeff<?xml version="1.0" encoding="UTF-8"?><q>Größe</q>'.encode(), "Größe"),
        ('\ufeff<?xml version="1.0" encoding="utf-16"?><q>Größe</q>'.encode("utf-16-le"), "Größe"),
        ('<?xml version="1.0" encoding="ISO-8859-1"?><q>Größe “x”</q>'.encode("cp1252"), "Größe “x”"),
        ("<?xml version='1.0' encoding='windows-1251'?><q>Да</q>".encode("cp1251"), "Да"),
        (b"<?xml version='1.0' encoding='us-ascii'?><q>a</q>", "a"),
        (b"\n <q>a</q>", "a"),
        (b"<q>a<!-- c -->b</q>", "ab"),
    ],
)
def test_case_34_import_encodings_declared_ones_are_read(data: bytes, text: str) -> None:
    assert read_xml(data).root.text == text


@pytest.mark.parametrize(
    ("data", "declared", "found"),
    [
        ("<q>Größe</q>".encode("cp1252"), "utf-8", "Windows-1252"),
        ("<?xml version='1.0' encoding='UTF-8'?><q>Größe</q>".encode("cp1252"), "UTF-8", "Windows-1252"),
        ("<?xml version='1.0' encoding='ISO-8859-1'?><q>Größe</q>".encode(), "ISO-8859-1", "UTF-8"),
        (b"<?xml version='1.0' encoding='utf-16'?><q>a</q>", "utf-16", "UTF-8"),
        (b"<?xml version='1.0' encoding='utf-7'?><q>+ADw-</q>", "utf-7", "UTF-8"),
        (b"<?xml version='1.0' encoding='zlib'?><q>a</q>", "zlib", "UTF-8"),
    ],
)
def test_case_34_import_encodings_other_than_declared_are_named(
    data: bytes, declared: str, found: str
) -> None:
    refused = refusal(data)
    assert refused.code == "wrong_encoding"
    assert refused.values == {"declared": declared, "found": found}


def test_case_21_signs_that_no_xml_may_hold_are_taken_out_with_a_remark() -> None:
    document = read_xml("<q>\na\x00b\x0bc\u202ed</q>".encode())
    assert document.root.text == "\nabcd"
    assert [(remark.code, remark.where.line) for remark in document.remarks] == [("signs_removed", 2)]


def test_lines_are_counted_in_long_files() -> None:
    document = read_xml(b"<q>" + b"\n" * 200_000 + b"<a/></q>")
    assert document.root[0].sourceline == 200_001
