"""Which format a file is of, by what stands in it and never by its name."""

from __future__ import annotations

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterator

from questions.formats import limits, names
from questions.formats.drafts import FileRefused
from questions.formats.text import read_text

_ZIP = b"PK"
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_WORKBOOK = "xl/workbook.xml"
_MANIFEST = "imsmanifest.xml"
_LARGEST_MANIFEST = 4 * 1024 * 1024
# How much of a text is looked at.
_LOOKED_AT = 200_000

# By the types of what a package lists, or by the namespace of a file.
_QTI = (
    (names.QTI_3_0, re.compile(rb"imsqti(?:asi)?_(?:item_xml|test_xml|xml)?v3p0|<qti-", re.IGNORECASE)),
    (names.QTI_2_2, re.compile(rb"imsqti_(?:item_xml|test_xml|xml)?v2p2", re.IGNORECASE)),
    (names.QTI_2_1, re.compile(rb"imsqti_(?:item_xml|test_xml|xml)?v2p[01]", re.IGNORECASE)),
    (names.CANVAS, re.compile(rb"imsqti_xmlv1p[12]", re.IGNORECASE)),
)
_ELEMENT = re.compile(r"<(?:[\w.-]{1,60}:)?([A-Za-z_][\w.-]{0,60})")
_QTI_ROOTS = ("assessmentItem", "assessmentTest", "qti-assessment-item", "qti-assessment-test")

_JSON = re.compile(r"\s*(?:\{\s*[\"}]|\[\s*(?:\{\s*[\"}]|\]))")
_YAML = re.compile(
    r"(?:- {1,8})?(?:format|version|bank|questions|id|external_id|kind|type|stem):(?: |$)|---$"
)
_STEM_OF_YAML = re.compile(r"\s{1,12}(?:- {1,8})?stem: {0,8}\S|questions:\s*$")
_HEADERS = frozenset(
    (
        *(
            "type",
            "kind",
            "stem",
            "question",
            "questiontext",
            "options",
            "points",
            "marking",
            "shares",
            "weights",
        ),
        *("correct", "correctanswer", "answer", "answers", "explanation", "feedback", "level", "difficulty"),
        *("skills", "tags", "category", "externalid", "id", "name", "timelimit", *"abcdef"),
        *(f"{word}{number}" for word in ("option", "answer", "choice") for number in "1234abcd"),
    )
)
_ASKED = frozenset(("stem", "question", "questiontext", "prompt"))
_DELIMITERS = ",;\t|"
_FEWEST_HEADERS = 3
# A table of others is known by its shape: so many columns in every one of so many rows below short headings.
_FEWEST_COLUMNS, _FEWEST_ROWS, _ROWS_LOOKED_AT, _LONGEST_HEADING = 3, 3, 20, 100
_NO_HEADING = re.compile(r"[{}]|^(?:[#\[<>$]|::|- |//)")

_AIKEN_ANSWER = re.compile(r"ANSWER\s{0,5}:\s{0,5}[A-Za-z]\b", re.IGNORECASE)
_AIKEN_OPTION = re.compile(r"[A-Z][.)]\s{0,5}\S")
_GIFT_ANSWERS = re.compile(r"(?<!\\)\{\s{0,20}(?:$|[=~#}]|%-?[0-9]|(?:TRUE|FALSE|T|F)\s{0,5}[}#])")
_GIFT_LINE = re.compile(r"\$CATEGORY:|::[^:]|// {0,5}\[(?:id|tag):")
_MARKDOWN_TASK = re.compile(r"\s{0,3}[-*+]\s{1,5}\[\s?[ xX]?\s?\](?:\s|$)")
# text2qti: "*b)" and "[*]" are right.
_MARKDOWN_STAR = re.compile(r"\s{0,3}(?:\*[a-zA-Z]\)|\[[ *]\])\s{1,5}\S")
# Letters below these are no Aiken, which has no headings.
_MARKDOWN_HEADING = re.compile(
    r"#{1,6}\s{1,5}\*{0,2}(?:q(?:uestion)?\.?\s{0,3})?\d|</?details\b", re.IGNORECASE
)
_MARKDOWN_LETTER = re.compile(r"\s{0,3}[-*+]\s{1,5}[A-Z]\s?[:.)]")
_MARKDOWN_ANSWER = re.compile(r"[#*\s>]{0,12}answers?\b", re.IGNORECASE)


def detect(data: bytes) -> str:
    """Return the name of the format of `data`. Raises `FileRefused` where it is none that is known."""
    if len(data) > limits.FILE_BYTES:
        raise FileRefused("too_large", most=limits.FILE_BYTES // (1024 * 1024))
    if data.startswith(_ZIP):
        return _of_zip(data)
    if data.startswith(_OLD_OFFICE):
        raise FileRefused("old_excel")
    text = read_text(data).text.lstrip()
    head = text[:_LOOKED_AT]
    found = _of_xml(head) if text.startswith("<") else ""
    if not found and _JSON.match(head):
        found = names.JSON
    found = found or _of_lines(head)
    if not found:
        raise FileRefused("unknown_format")
    return found


def _of_zip(data: bytes) -> str:
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        entries = archive.namelist()
        if _WORKBOOK in entries:
            return names.XLSX
        manifest = next((name for name in entries if name.rpartition("/")[2] == _MANIFEST), "")
        listed = b""
        if manifest:
            with archive.open(manifest) as source:
                listed = source.read(_LARGEST_MANIFEST)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError) as error:
        raise FileRefused("zip_broken") from error
    found = _version(listed)
    if not found:
        raise FileRefused("zip_of_others")
    return found


def _version(text: bytes) -> str:
    return next((name for name, pattern in _QTI if pattern.search(text)), "")


def _of_xml(head: str) -> str:
    root = _root(head)
    if root == "quiz":
        return names.MOODLE_XML
    if root == "questestinterop":
        return names.CANVAS
    if root in _QTI_ROOTS:
        return _version(head.encode()) or (names.QTI_3_0 if root.startswith("qti-") else names.QTI_2_1)
    if root.casefold() == "html":
        raise FileRefused("is_html")
    if head.startswith("<?xml"):
        raise FileRefused("unknown_xml", root=root)
    return ""


def _root(head: str) -> str:
    """Return the name of the first element, past what is declared and commented before it."""
    at = 0
    while head.startswith("<!--", at):
        end = head.find("-->", at)
        if end < 0:
            return ""
        at = end + 3 + _blanks(head, end + 3)
    found = _ELEMENT.search(head, at)
    return found[1] if found else ""


def _blanks(text: str, start: int) -> int:
    return len(text[start : start + 1_000]) - len(text[start : start + 1_000].lstrip())


def _of_lines(head: str) -> str:
    lines = head.split("\n")
    if _has_headers(lines[1 if lines[0].startswith("sep=") and len(lines) > 1 else 0]):
        return names.CSV
    said = next((line for line in lines if line.strip() and not line.startswith("#")), "")
    if _YAML.match(said) and any(_STEM_OF_YAML.match(line) for line in lines):
        return names.YAML
    scores = {names.GIFT: 0, names.AIKEN: 0, names.MARKDOWN: 0}
    for name in _evidence(lines):
        scores[name] += 1
    best = max(scores, key=lambda name: scores[name])
    rows = _rows_of_table(head)
    if rows >= _FEWEST_ROWS or (rows > 1 and not scores[best]):
        return names.CSV
    return best if scores[best] else ""


def _rows_of_table(head: str) -> int:
    """Return how many rows of one width stand below short headings; 0 where one is of another width."""
    found = 0
    for delimiter in _DELIMITERS[:3]:
        rows = []
        try:
            for row in csv.reader(io.StringIO(head, newline=""), delimiter=delimiter):
                if any(cell.strip() for cell in row):
                    rows.append(row)
                elif rows and not row:
                    # Between texts stand blank lines, and in tables hardly ever.
                    break
                if len(rows) == _ROWS_LOOKED_AT:
                    break
        except csv.Error:
            continue
        headings = [cell.strip() for cell in rows[0] if cell.strip()] if rows else []
        if len(headings) >= _FEWEST_COLUMNS and all(map(_is_heading, headings)):
            # What is looked at may end within a row.
            whole = rows[:-1] if len(head) == _LOOKED_AT and len(rows) > 1 else rows
            if all(len(row) == len(rows[0]) for row in whole):
                found = max(found, len(whole))
    return found


def _is_heading(cell: str) -> bool:
    return len(cell) <= _LONGEST_HEADING and not _NO_HEADING.search(cell)


def _has_headers(line: str) -> bool:
    for delimiter in _DELIMITERS:
        cells = line[:5_000].split(delimiter)
        folded = {re.sub(r"[\s\"'_.:()?*-]", "", cell).casefold() for cell in cells}
        if folded & _ASKED and len(folded & (_HEADERS | _ASKED)) >= _FEWEST_HEADERS:
            return True
    return False


def _evidence(lines: list[str]) -> Iterator[str]:
    """Yield the name of a format for each line that speaks for it."""
    options = letters = 0
    has_headings = False
    for line in lines:
        trimmed = line.strip()
        has_headings = has_headings or bool(_MARKDOWN_HEADING.match(trimmed))
        if _MARKDOWN_TASK.match(line) or _MARKDOWN_STAR.match(line):
            yield names.MARKDOWN
        elif _MARKDOWN_LETTER.match(line):
            letters += 1
        elif _AIKEN_OPTION.match(trimmed):
            options += 1
        elif _AIKEN_ANSWER.match(trimmed) and options:
            yield names.MARKDOWN if has_headings else names.AIKEN
            options = 0
        elif _MARKDOWN_ANSWER.match(trimmed) and (letters or (options and trimmed[0] in "#*>")):
            yield names.MARKDOWN
            letters = options = 0
        if _GIFT_LINE.match(trimmed) or _GIFT_ANSWERS.search(line):
            yield names.GIFT
