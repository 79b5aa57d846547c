"""From the rows of a table, one question each, to the common form. Where the rows come from is not asked here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from questions.formats.drafts import (
    ALL_OR_NOTHING,
    MULTIPLE,
    OPEN,
    PARTIAL,
    SINGLE,
    WARNING,
    Parsed,
    ParsedOption,
    ParsedQuestion,
    Problem,
    Where,
)
from questions.formats.gathering import Gathering
from questions.formats.tables.cells import (
    CellError,
    lines_said,
    shares_said,
    weights_said,
    words_said,
)
from questions.formats.tables.columns import POINTS, Columns, columns_named
from questions.formats.tables.places import fields_of, header_of
from questions.formats.tables.rows import RowCells, Sheet, column_named

LEVELS = ("fresher", "junior", "intermediate", "experienced")

# The words that tables have for kinds. Others call every question with options "multiple choice".
_ONE = ("single", "singlechoice", "singleanswer", "radio", "oneanswer", "mcsingle")
_SEVERAL = (
    "multiple",
    "multipleanswer",
    "multipleanswers",
    "multipleresponse",
    "mr",
    "ma",
    "checkbox",
    "checkboxes",
)
_EITHER = ("", "multiplechoice", "mc", "mcq", "choice", "quiz")
_TRUTH = ("truefalse", "tf", "trueorfalse", "boolean")
_OPEN = ("open", "openended", "openquestion", "essay", "ess", "text", "longanswer", "paragraph")
_SKIPPED = {
    "matching": "matching",
    "match": "matching",
    "mat": "matching",
    "shortanswer": "shortanswer",
    "sa": "shortanswer",
    "fillintheblank": "fill_in_blanks",
    "fillintheblanks": "fill_in_blanks",
    "fib": "fill_in_blanks",
    "numerical": "numerical",
    "numeric": "numerical",
    "num": "numerical",
    "ordering": "ordering",
    "ord": "ordering",
    "poll": "survey",
    "survey": "survey",
}
_YES = ("true", "t", "yes", "1")
_NO = ("false", "f", "no", "0")


def read_rows(
    name: str,
    sheet: Sheet,
    remarks: Sequence[Problem] = (),
    wrong: Mapping[int, Problem] | None = None,
    said: Mapping[str, str] | None = None,
) -> Parsed:
    """Return what the rows hold.

    Arguments: `name`, the format they come from; `remarks` on the whole file; `wrong`, what is known to be wrong with
    a row by its number: it is that row's error; `said`, what somebody says of columns, one of `columns.CODES` or
    nothing for one that is left out, by header. Raises `FileRefused` for columns that are unknown, by name.
    """
    columns = columns_named(sheet.headers, name, said)
    gathering = Gathering(name, [*remarks, *_without_points(sheet, columns)])
    for row in sheet.rows:
        problem = wrong.get(row.number) if wrong else None
        if problem:
            gathering.error(problem.where, problem.code, **problem.values)
            continue
        try:
            _read_row(RowCells(columns, row, sheet), gathering)
        except CellError as error:
            place = Where(row=row.number, column=column_named(sheet, header_of(columns, error.column)))
            gathering.error(place, error.code, **error.values)
    return gathering.parsed(fields_of(columns, lambda header: column_named(sheet, header)))


def _without_points(sheet: Sheet, columns: Columns) -> Iterator[Problem]:
    """Yield how many rows say what their question is worth: that is said by the test which asks it."""
    header = columns.fields.get(POINTS)
    count = sum(bool(row.cells.get(header, "").strip()) for row in sheet.rows) if header else 0
    if count and header:
        where = Where(column=column_named(sheet, header))
        yield Problem(where, WARNING, "points_dropped", {"count": count})


def _read_row(cells: RowCells, gathering: Gathering) -> None:
    kind = "".join(sign for sign in cells.word("type").casefold() if sign.isalnum())
    if kind in _SKIPPED:
        gathering.skip(cells.cell("type"), _SKIPPED[kind])
        return
    question = ParsedQuestion(
        OPEN,
        cells.text("stem"),
        external_id=cells.word("external_id"),
        name=cells.text("name"),
        explanation=cells.text("explanation"),
        category=cells.word("category"),
        tags=tuple(word for text in cells.texts("tags") for word in words_said(text)),
        level=_level(cells),
        difficulty=_difficulty(cells),
        skills=words_said(cells.text("skills")),
        source=cells.word("source"),
        model_answer=cells.text("model_answer"),
        look_fors=lines_said(cells.text("look_fors")),
        warning_signs=lines_said(cells.text("warning_signs")),
        follow_ups=lines_said(cells.text("follow_ups")),
        where=cells.where,
    )
    if kind not in (*_ONE, *_SEVERAL, *_EITHER, *_TRUTH, *_OPEN):
        raise CellError("unknown_type", "type", type=cells.word("type")[:40])
    texts, feedback = cells.options()
    is_open = kind in _OPEN or (kind == "" and not texts and bool(question.model_answer))
    taken = question if is_open else _choice(question, cells, kind, texts, feedback)
    gathering.take(taken, placed=cells.placed)


def _choice(
    question: ParsedQuestion, cells: RowCells, kind: str, texts: list[str], feedback: list[str]
) -> ParsedQuestion:
    said = cells.text("correct")
    if kind in _TRUTH and not texts:
        texts, feedback = ["True", "False"], ["", ""]
        said = _truth(said)
    right = cells.right(said, texts)
    is_several = kind in _SEVERAL or (kind in _EITHER and len(right) > 1)
    if cells.word("shares"):
        shares = shares_said(cells.text("shares"), len(texts))
    elif cells.word("weights"):
        shares = weights_said(cells.text("weights"), len(texts))
        is_several = is_several or (kind in _EITHER and not right and 1 not in shares)
    else:
        each = Fraction(1, len(right)) if is_several and right else Fraction(1)
        shares = [each if number in right else Fraction(0) for number in range(len(texts))]
    options = [ParsedOption(*values) for values in zip(texts, shares, feedback, strict=False)]
    return replace(
        question,
        kind=MULTIPLE if is_several else SINGLE,
        options=tuple(options),
        marking=_marking(cells),
    )


def _truth(said: str) -> str:
    word = said.strip().casefold()
    if word in _YES:
        return "True"
    return "False" if word in _NO else said


def _marking(cells: RowCells) -> str:
    word = cells.word("marking").casefold()
    if word not in ("", ALL_OR_NOTHING, PARTIAL):
        raise CellError("unknown_marking", "marking", marking=word[:40])
    return word or ALL_OR_NOTHING


def _level(cells: RowCells) -> str:
    word = cells.word("level").casefold()
    if word and word not in LEVELS:
        raise CellError("unknown_level", "level", level=word[:40], known=", ".join(LEVELS))
    return word


def _difficulty(cells: RowCells) -> int | None:
    word = cells.word("difficulty")
    if not word:
        return None
    if word not in {"1", "2", "3", "4", "5"}:
        raise CellError("unknown_difficulty", "difficulty", difficulty=word[:40])
    return int(word)
