"""Write questions as a table, one row each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction

from questions.formats.drafts import ALL_OR_NOTHING, MULTIPLE, OPEN, SINGLE, Loss, ParsedQuestion, Written
from questions.formats.gathering import tidied
from questions.formats.losses import not_held, without
from questions.formats.tables.cells import LETTERS, CellError, right_options
from rendering.tables import write_csv, write_xlsx

_HEADERS = (
    *(
        "external_id",
        "type",
        "name",
        "stem",
        "correct",
        "shares",
        "marking",
        "explanation",
        "level",
        "difficulty",
    ),
    *("skills", "tags", "category", "source", "model_answer", "look_fors", "warning_signs", "follow_ups"),
)
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
    headers = [
        *_HEADERS,
        *(f"option_{number}" for number in numbers),
        *(f"feedback_{number}" for number in numbers),
    ]
    # An empty text is a cell of its own in a workbook, and weighs as much as a full one.
    rows = [[text or None for text in (*_cells(question), *_options(question, count))] for question in held]
    return Written(write(headers, rows), suffix, media_type, losses)


def _lost(question: ParsedQuestion) -> Iterator[str]:
    """Yield the fields whose words hold the sign that stands between words."""
    for name in ("tags", "skills"):
        if any(";" in word for word in getattr(question, name)):
            yield name
    for name in ("look_fors", "warning_signs", "follow_ups"):
        if any("\n" in line or line != line.strip() for line in getattr(question, name)):
            yield name


def _cells(question: ParsedQuestion) -> list[str]:
    right = [number for number, option in enumerate(question.options) if option.share > 0]
    each = Fraction(1) if question.kind == SINGLE else Fraction(1, len(right) or 1)
    said = "; ".join(LETTERS[number] for number in right)
    # A letter that is the text of an option, too, can be read in two ways; shares can not.
    is_clear = _is_clear(said, question, right)
    is_plain = is_clear and all(option.share in (0, each) for option in question.options)
    shares = [f"{LETTERS[n].lower()}: {option.share}" for n, option in enumerate(question.options)]
    return [
        question.external_id,
        question.kind,
        question.name,
        question.stem,
        said if is_clear else "",
        "" if is_plain or question.kind == OPEN else "; ".join(shares),
        question.marking if question.kind == MULTIPLE or question.marking != ALL_OR_NOTHING else "",
        question.explanation,
        question.level,
        str(question.difficulty or ""),
        _words(question.skills),
        _words(question.tags),
        question.category,
        question.source,
        question.model_answer,
        *("\n".join(lines) for lines in (question.look_fors, question.warning_signs, question.follow_ups)),
    ]


def _is_clear(said: str, question: ParsedQuestion, right: Sequence[int]) -> bool:
    try:
        return right_options(said, [option.text for option in question.options]) == set(right)
    except CellError:
        return False


def _words(words: Sequence[str]) -> str:
    # A word with a comma is one word where a semicolon is.
    return "; ".join(words) + (";" if any("," in word for word in words) else "")


def _options(question: ParsedQuestion, count: int) -> list[str]:
    empty = [""] * (count - len(question.options))
    texts = [option.text for option in question.options]
    feedback = [option.feedback for option in question.options]
    return [*texts, *empty, *feedback, *empty]
