"""docs/formats.md says what each format carries; this is asked of the writers themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from django.conf import settings

from questions.formats import PICTURE_WRITERS, WRITERS, names
from questions.formats.drafts import ParsedOption, ParsedQuestion
from questions.operations.reading import READERS

A, B = ParsedOption("a", Fraction(1)), ParsedOption("b")
SINGLE = ParsedQuestion("single", "Which?", (A, B))
MULTIPLE = ParsedQuestion(
    "multiple",
    "Which?",
    (replace(A, share=Fraction(1, 2)), B, ParsedOption("c", Fraction(1, 2))),
    marking="partial",
)
OPEN = ParsedQuestion("open", "Why?")

CARRIED: Mapping[str, ParsedQuestion] = {
    "One right option": SINGLE,
    "Several right options, each with its part": MULTIPLE,
    "Several right options, all or nothing": replace(MULTIPLE, marking="all_or_nothing"),
    "Shares of any size, also less than nothing": replace(
        MULTIPLE, options=(replace(A, share=Fraction(1, 13)), replace(B, share=Fraction(-1, 7)))
    ),
    "Open questions": OPEN,
    "Code of several lines": replace(SINGLE, stem="Which?\n\n```python\nif x:\n\n    pass\n```"),
    "Id": replace(SINGLE, external_id="q1"),
    "Name": replace(SINGLE, name="Name"),
    "Category": replace(SINGLE, category="a/b"),
    "Tags": replace(SINGLE, tags=("one",)),
    "Explanation": replace(SINGLE, explanation="Because."),
    "Feedback of options": replace(SINGLE, options=(A, replace(B, feedback="No."))),
    "Options that stay last": replace(SINGLE, options=(A, replace(B, place="last"))),
    "Level, difficulty, skills": replace(SINGLE, level="junior", difficulty=3, skills=("flask",)),
    "Source": replace(SINGLE, source="https://example.org/"),
    "Model answer": replace(OPEN, model_answer="So."),
    "Look-fors, warning signs, follow-ups": replace(
        OPEN, look_fors=("x",), warning_signs=("y",), follow_ups=("z",)
    ),
}
_TITLES = {
    names.GIFT: "GIFT",
    names.AIKEN: "Aiken",
    names.MOODLE_XML: "Moodle XML",
    names.QTI_2_1: "QTI 2.1",
    names.MARKDOWN: "Markdown",
    names.CSV: "CSV",
    names.XLSX: "XLSX",
    names.JSON: "JSON",
    names.YAML: "YAML",
}


def table() -> str:
    titles = [_TITLES[name] for name in WRITERS]
    lines = [f"| | {' | '.join(titles)} |", f"|---|{'---|' * len(titles)}"]
    for label, question in CARRIED.items():
        cells = [_cell(name, question) for name in WRITERS]
        lines.append(f"| {label} | {' | '.join(cells)} |")
    cells = ["yes" if name in PICTURE_WRITERS else "lost" for name in WRITERS]
    lines.append(f"| Pictures | {' | '.join(cells)} |")
    return "\n".join(lines)


def _cell(name: str, question: ParsedQuestion) -> str:
    losses = WRITERS[name]([question]).losses
    if any(loss.is_left_out for loss in losses):
        return "left out"
    return "lost" if losses else "yes"


def test_every_format_that_is_written_is_read() -> None:
    assert READERS.keys() >= WRITERS.keys() == _TITLES.keys()
    assert READERS.keys() == set(names.NAMES)


def test_document_says_what_each_format_carries() -> None:
    text = (Path(settings.BASE_DIR) / "docs" / "formats.md").read_text()
    assert table() in text
