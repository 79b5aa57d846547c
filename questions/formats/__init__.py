"""Questions in files of many kinds. Knows no database and no words for people: see `queries/file_words.py`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from questions.formats import names
from questions.formats.aiken import read_aiken, write_aiken
from questions.formats.detect import detect
from questions.formats.drafts import FileRefused, Parsed, ParsedQuestion, Written
from questions.formats.gift import read_gift, write_gift
from questions.formats.markdown import read_markdown, write_markdown
from questions.formats.moodle import read_moodle, write_moodle
from questions.formats.own import read_json, read_yaml, write_json, write_yaml
from questions.formats.qti import write_qti
from questions.formats.tables import write_questions_csv, write_questions_xlsx
from questions.formats.uncollected import uncollected

Reader = Callable[[bytes], Parsed]
Writer = Callable[[Sequence[ParsedQuestion]], Written]

# By the names of `names.py`. A reader raises nothing but `FileRefused`. Tables and packages are read by
# `operations.reading`: what opens them safely has words for people.
READERS: Mapping[str, Reader] = {
    names.GIFT: read_gift,
    names.AIKEN: read_aiken,
    names.MOODLE_XML: read_moodle,
    names.MARKDOWN: read_markdown,
    names.JSON: read_json,
    names.YAML: read_yaml,
}
WRITERS: Mapping[str, Writer] = {
    names.GIFT: write_gift,
    names.AIKEN: write_aiken,
    names.MOODLE_XML: write_moodle,
    names.QTI_2_1: write_qti,
    names.MARKDOWN: write_markdown,
    names.CSV: write_questions_csv,
    names.XLSX: write_questions_xlsx,
    names.JSON: write_json,
    names.YAML: write_yaml,
}

# Those that can hold pictures; the others name them by their address on this site.
PICTURE_WRITERS: Mapping[str, Callable[[Sequence[ParsedQuestion], Mapping[str, bytes]], Written]] = {
    names.MOODLE_XML: write_moodle,
    names.QTI_2_1: write_qti,
    names.JSON: write_json,
}

__all__ = [
    "GUESSED",
    "PICTURE_WRITERS",
    "READERS",
    "WRITERS",
    "FileRefused",
    "Parsed",
    "ParsedQuestion",
    "Reader",
    "Writer",
    "Written",
    "read",
]

# What a file of text is like is guessed from its lines; who knows better may say so.
GUESSED = (names.GIFT, names.AIKEN, names.MARKDOWN, names.CSV, names.YAML)


def read(data: bytes, name: str = names.AUTO, readers: Mapping[str, Reader] = READERS) -> Parsed:
    """Return what a file holds.

    Arguments: `name`, which format it is of, in any spelling, or "auto" to see from its content; `readers`, those to
    choose among.
    Raises: `FileRefused` when it cannot be read, or is not of the format that was named; `ValueError` for a `name`
    that means no format.
    """
    if name == names.AUTO:
        return read_as(detect(data), data, readers)
    wanted = names.formats_named(name)
    if not wanted:
        raise ValueError(name)
    try:
        like = detect(data)
    except FileRefused as refused:
        if refused.code != "unknown_format":
            raise
        return read_as(wanted[0], data, readers)
    if like in wanted:
        return read_as(like, data, readers)
    if like in GUESSED and wanted[0] in GUESSED:
        parsed = read_as(wanted[0], data, readers)
        if parsed.questions:
            return parsed
    raise FileRefused("other_format", like=like, wanted=name)


def read_as(name: str, data: bytes, readers: Mapping[str, Reader]) -> Parsed:
    if name not in readers:
        raise FileRefused("no_reader", like=name)
    try:
        with uncollected():
            return readers[name](data)
    except FileRefused as refused:
        refused.like = name
        raise
