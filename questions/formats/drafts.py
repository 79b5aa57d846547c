"""The common form of questions from files: every reader makes it, every writer takes it. All texts are Markdown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

SINGLE = "single"
MULTIPLE = "multiple"
OPEN = "open"

ALL_OR_NOTHING = "all_or_nothing"
PARTIAL = "partial"

# Where an option stands whatever the order of the others: "" is shuffled, "here" its own number.
PLACES = ("", "first", "here", "last")

ERROR = "error"
WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Where:
    """A place in a file, as exactly as its format has places. `part` is a file of a package, or "file"."""

    question: int | None = None
    line: int | None = None
    row: int | None = None
    column: str = ""
    part: str = ""


WHOLE_FILE = Where(part="file")


@dataclass(frozen=True, slots=True)
class ParsedOption:
    """An option. `share` is what choosing it earns: 1 is the full mark, less than nothing costs."""

    text: str
    share: Fraction = Fraction(0)
    feedback: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class ParsedQuestion:
    """A question as a file says it; what the file leaves open is empty."""

    kind: str
    stem: str
    options: tuple[ParsedOption, ...] = ()
    external_id: str = ""
    name: str = ""
    explanation: str = ""
    category: str = ""
    tags: tuple[str, ...] = ()
    marking: str = ALL_OR_NOTHING
    level: str = ""
    difficulty: int | None = None
    skills: tuple[str, ...] = ()
    source: str = ""
    model_answer: str = ""
    look_fors: tuple[str, ...] = ()
    warning_signs: tuple[str, ...] = ()
    follow_ups: tuple[str, ...] = ()
    # Not part of what the question says: two that differ here alone are equal.
    where: Where = field(default=WHOLE_FILE, compare=False)


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong at one place. The words for people are made of `code` and `values` where they are shown."""

    where: Where
    level: str
    code: str
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Skipped:
    """A question that was understood and cannot be asked here. `kind` is the word of its format."""

    where: Where
    kind: str
    code: str = "kind"
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Parsed:
    """A whole file. What was found stands once: among the questions, the skipped, or the problems that are errors.

    A warning stands beside a question that is among the questions, or speaks of the whole file.
    """

    format: str
    questions: Sequence[ParsedQuestion] = ()
    skipped: Sequence[Skipped] = ()
    problems: Sequence[Problem] = ()
    # What lies in the file itself, by the names that texts call them: `![…](picture:<name>)`.
    pictures: Mapping[str, bytes] = field(default_factory=dict)
    # Of a table: the column in which each field of a question stands, as `Where` names it.
    columns: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Loss:
    """What a format cannot hold of the question at `question` (from 0), named by its field.

    `is_left_out` says that the whole question is not in the file.
    """

    question: int
    code: str
    field: str = ""
    is_left_out: bool = False


@dataclass(frozen=True, slots=True)
class Written:
    """A file that was written, and what it does not hold."""

    content: bytes
    suffix: str
    media_type: str
    losses: Sequence[Loss] = ()


class FileRefused(Exception):  # noqa: N818 - the name says what happened to the file
    """The whole file cannot be read. `like` is the format that it looks like, "unknown" where nobody can tell."""

    def __init__(self, code: str, *, like: str = "unknown", **values: object) -> None:
        super().__init__(code)
        self.code = code
        self.like = like
        self.values: Mapping[str, object] = values
