"""Write questions as a table, one row each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from questions.formats.drafts import ALL_OR_NOTHING, MULTIPLE, OPEN, SINGLE, Loss, ParsedQuestion, Written
from questions.formats.gathering import tidied
from questions.formats.losses import not_held, without
from questions.formats.tables.cells import LETTERS, CellError, right_options
from rendering.tables import TableColumn, cells_of, headings_of, write_csv, write_xlsx

_FEWEST_COLUMNS = 4
_XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def write_questions_csv(questions: Sequence[ParsedQuestion]) -> Written:
    """Return the questions as CSV, and what it does not hold of them."""
    return _written(questions, write_csv, "csv", "text/csv")


def write_questions_xlsx(questions: Sequence[ParsedQuestion]) -> Written:
    """Return the questions as a workbook, and what it does not hold of them."""
    return _written(
        questions, lambda headers, rows: write_xlsx(headers, rows, "Questions"), "xlsx", _XLSX_TYPE
    )


def _written(
    questions: Sequence[ParsedQuestion],
    write: Callable[[Sequence[str], list[list[str | None]]], bytes],
    suffix: str,
    media_type: str,
) -> Written:
    losses: list[Loss] = []
    held: list[ParsedQuestion] = []
    for number, question in enumerate(tidied(question) for question in questions):
        lost = [*not_held(question, ["places"]), *_lost(question)]
        losses += [Loss(number, "not_held", field) for field in lost]
        held.append(without(question, lost))
    count = max((len(question.options) for question in held), default=0)
    count = max(count, _FEWEST_COLUMNS)
    numbers = range(1, count + 1)
    columns = [*_COLUMNS, *map(_option, numbers), *map(_feedback, numbers)]
    headers = headings_of(columns)
    # An empty text is a cell of its own in a workbook, and weighs as much as a full one.
    rows = [[text or None for text in cells_of(columns, _row(question))] for question in held]
    return Written(write(headers, rows), suffix, media_type, losses)


def _lost(question: ParsedQuestion) -> Iterator[str]:
    """Yield the fields whose words hold the sign that stands between words."""
    for name in ("tags", "skills"):
        if any(";" in word for word in getattr(question, name)):
            yield name
    for name in ("look_fors", "warning_signs", "follow_ups"):
        if any("\n" in line or line != line.strip() for line in getattr(question, name)):
            yield name


@dataclass(frozen=True, slots=True)
class _Row:
    """A question, and which of its options are right: by their letters where that can be read in one way alone, else
    by their shares.
    """

    question: ParsedQuestion
    correct: str
    shares: str


def _row(question: ParsedQuestion) -> _Row:
    right = [number for number, option in enumerate(question.options) if option.share > 0]
    each = Fraction(1) if question.kind == SINGLE else Fraction(1, len(right) or 1)
    said = "; ".join(LETTERS[number] for number in right)
    # A letter that is the text of an option, too, can be read in two ways; shares can not.
    is_clear = _is_clear(said, question, right)
    is_plain = is_clear and all(option.share in (0, each) for option in question.options)
    shares = [f"{LETTERS[n].lower()}: {option.share}" for n, option in enumerate(question.options)]
    return _Row(
        question,
        said if is_clear else "",
        "" if is_plain or question.kind == OPEN else "; ".join(shares),
    )


def _is_clear(said: str, question: ParsedQuestion, right: Sequence[int]) -> bool:
    try:
        return right_options(said, [option.text for option in question.options]) == set(right)
    except CellError:
        return False


def _words(words: Sequence[str]) -> str:
    # A word with a comma is one word where a semicolon is.
    return "; ".join(words) + (";" if any("," in word for word in words) else "")


def _marking(question: ParsedQuestion) -> str:
    return question.marking if question.kind == MULTIPLE or question.marking != ALL_OR_NOTHING else ""


def _option(number: int) -> TableColumn[_Row]:
    """The text of an option, from 1; there are as many columns as the question with most options has."""
    return TableColumn(f"option_{number}", lambda row: _text_of(row, number, "text"))


def _feedback(number: int) -> TableColumn[_Row]:
    return TableColumn(f"feedback_{number}", lambda row: _text_of(row, number, "feedback"))


def _text_of(row: _Row, number: int, name: str) -> str:
    options = row.question.options
    return getattr(options[number - 1], name) if number <= len(options) else ""


_COLUMNS: Final[Sequence[TableColumn[_Row]]] = (
    TableColumn("external_id", lambda row: row.question.external_id),
    TableColumn("type", lambda row: row.question.kind),
    TableColumn("name", lambda row: row.question.name),
    TableColumn("stem", lambda row: row.question.stem),
    TableColumn("correct", lambda row: row.correct),
    TableColumn("shares", lambda row: row.shares),
    TableColumn("marking", lambda row: _marking(row.question)),
    TableColumn("explanation", lambda row: row.question.explanation),
    TableColumn("level", lambda row: row.question.level),
    TableColumn("difficulty", lambda row: str(row.question.difficulty or "")),
    TableColumn("skills", lambda row: _words(row.question.skills)),
    TableColumn("tags", lambda row: _words(row.question.tags)),
    TableColumn("category", lambda row: row.question.category),
    TableColumn("source", lambda row: row.question.source),
    TableColumn("model_answer", lambda row: row.question.model_answer),
    TableColumn("look_fors", lambda row: "\n".join(row.question.look_fors)),
    TableColumn("warning_signs", lambda row: "\n".join(row.question.warning_signs)),
    TableColumn("follow_ups", lambda row: "\n".join(row.question.follow_ups)),
)
