"""Read a quiz or a bank of QTI 1.2: its kind is told by a field of Canvas, one of the cartridge, or its shape."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, Final

from questions.formats.canvas.marks import Marks, marks_of, shares_of
from questions.formats.drafts import (
    ALL_OR_NOTHING,
    MULTIPLE,
    OPEN,
    PARTIAL,
    SINGLE,
    ParsedOption,
    ParsedQuestion,
    Where,
)
from questions.formats.gathering import Fault, Gathering
from questions.formats.package_texts import PackageTexts

ROOT: Final = "questestinterop"

_SINGLE, _MULTIPLE, _ESSAY = "single", "multiple", "essay"
# Whatever is not here is the word of its kind, without "_question".
_TYPES = {
    "multiple_choice_question": _SINGLE,
    "true_false_question": _SINGLE,
    "multiple_answers_question": _MULTIPLE,
    "essay_question": _ESSAY,
    "cc.multiple_choice.v0p1": _SINGLE,
    "cc.true_false.v0p1": _SINGLE,
    "cc.multiple_response.v0p1": _MULTIPLE,
    "cc.essay.v0p1": _ESSAY,
    "cc.fib.v0p1": "shortanswer",
    "cc.pattern_match.v0p1": "shortanswer",
    "text_only_question": "description",
    "short_answer_question": "shortanswer",
    "fill_in_multiple_blanks_question": "fill_in_blanks",
    "multiple_dropdowns_question": "dropdowns",
    "hot_spot_question": "hotspot",
}
_ANSWERS = ("response_lid", "response_str", "response_num", "response_grp", "response_xy")
_PLAIN: Final = "text/plain"
_HTML: Final = "text/html"
_EXPLANATION: Final = "general_fb"
_OF_ALL = ("correct_fb", "general_incorrect_fb", "incorrect_fb")
_ROOT_SECTION: Final = "root_section"


class _WrongError(ValueError):
    """This question cannot be read."""

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code)
        self.fault: Fault = (code, values)


@dataclass(frozen=True, slots=True)
class _Read:
    question: ParsedQuestion
    warnings: Sequence[Fault]


def read_quiz(
    root: Any,
    gathering: Gathering,
    texts_of: Callable[[str], PackageTexts],
    where: Where,
    dropped: Counter[str],
) -> None:
    """Put the questions of a quiz where they belong, and count what is left out of them."""
    dropped["groups_dropped"] += sum(1 for _each in root.iter("selection_number"))
    # An item within an item is a part of it, or a trap.
    items = (item for item in root.iter("item") if next(item.iterancestors("item"), None) is None)
    for number, item in enumerate(items, start=1):
        place = Where(question=number, line=item.sourceline, part=where.part)
        kind = _kind(item)
        if kind not in (_SINGLE, _MULTIPLE, _ESSAY):
            gathering.skip(place, kind)
            continue
        try:
            read = _question(kind, item, texts_of(where.part))
        except _WrongError as error:
            gathering.error(place, error.fault[0], **error.fault[1])
            continue
        except ValueError as error:
            gathering.error(place, "bad_mark", mark=str(error)[:40])
            continue
        dropped["feedback_dropped"] += any(
            each.get("ident") in _OF_ALL for each in item.iterchildren("itemfeedback")
        )
        gathering.take(replace(read.question, where=place), read.warnings)


def _kind(item: Any) -> str:
    """Return which kind an item is of: one that can be asked, or a word for another."""
    said = _metadata(item, "question_type") or _metadata(item, "cc_profile")
    presentation = item.find("presentation")
    if presentation is None:
        return "description"
    answers = list(presentation.iter(*_ANSWERS))
    kind = _TYPES.get(said, said.removesuffix("_question")[:40])
    if kind in (_SINGLE, _MULTIPLE, ""):
        return _by_shape(answers, kind, item)
    return kind


def _by_shape(answers: Sequence[Any], kind: str, item: Any) -> str:
    if not answers:
        return "description"
    if len(answers) > 1:
        return "fill_in_blanks"
    answer = answers[0]
    if answer.tag == "response_str":
        return "shortanswer" if item.find(".//varequal") is not None else _ESSAY
    if answer.tag != "response_lid" or answer.find("render_choice") is None:
        return "numerical" if answer.tag == "response_num" else "hotspot"
    if not kind and answer.find("material") is not None:
        # One gap of several, or one line of a table to match.
        return "dropdowns"
    is_multiple = (answer.get("rcardinality") or "Single").casefold() == "multiple"
    return kind or (_MULTIPLE if is_multiple else _SINGLE)


def _metadata(item: Any, label: str) -> str:
    for pair in item.iter("qtimetadatafield"):
        if (pair.findtext("fieldlabel") or "").strip() == label:
            return (pair.findtext("fieldentry") or "").strip()
    return ""


def _question(kind: str, item: Any, texts: PackageTexts) -> _Read:
    presentation = item.find("presentation")
    feedback = {each.get("ident") or "": _material(each, texts) for each in item.iterchildren("itemfeedback")}
    question = ParsedQuestion(
        OPEN,
        _stem(presentation, texts),
        external_id=texts.clean(item.get("ident") or ""),
        name=texts.clean(item.get("title") or ""),
        explanation=feedback.get(_EXPLANATION, ""),
        category=texts.clean("/".join(_sections(item))),
    )
    warnings: list[Fault] = []
    if kind == _ESSAY:
        return _Read(question, [*texts.warnings()])
    is_single = kind == _SINGLE
    labels = list(presentation.iter("response_label"))
    names = [label.get("ident") or "" for label in labels]
    marks = marks_of(item, names, is_single=is_single)
    if marks.unknown:
        raise _WrongError("unknown_choice", choice=min(marks.unknown)[:80])
    if not marks.is_clear:
        warnings.append(("rules_not_understood", {}))
    shares = shares_of(marks, is_single=is_single)
    options = tuple(
        ParsedOption(
            _material(label, texts),
            shares.get(name, Fraction(0)),
            _feedback(name, marks, feedback),
            "here" if (label.get("rshuffle") or "").casefold() == "no" else "",
        )
        for label, name in zip(labels, names, strict=True)
    )
    is_whole = is_single or bool(marks.together and not marks.points)
    question = replace(
        question,
        kind=SINGLE if is_single else MULTIPLE,
        options=options,
        marking=ALL_OR_NOTHING if is_whole else PARTIAL,
    )
    return _Read(question, [*warnings, *texts.warnings()])


def _feedback(name: str, marks: Marks, feedback: dict[str, str]) -> str:
    link = marks.feedback.get(name, "")
    if link in (_EXPLANATION, *_OF_ALL):
        link = ""
    return feedback.get(link) or feedback.get(f"{name}_fb", "")


def _sections(item: Any) -> Iterator[str]:
    """Yield the titles of what an item stands in, from outside."""
    around = list(item.iterancestors("section", "assessment", "objectbank"))
    for each in reversed(around):
        title = " ".join((each.get("title") or "").split()).replace("/", "-")
        if title and each.get("ident") != _ROOT_SECTION:
            yield title


def _stem(presentation: Any, texts: PackageTexts) -> str:
    said = [
        _text(text, texts)
        for text in presentation.iter("mattext")
        if not any(parent.tag in _ANSWERS for parent in text.iterancestors())
    ]
    return "\n\n".join(each for each in said if each)


def _material(element: Any, texts: PackageTexts) -> str:
    said = [_text(text, texts) for text in element.iter("mattext")]
    return "\n\n".join(each for each in said if each)


def _text(element: Any, texts: PackageTexts) -> str:
    said = "".join(element.itertext())
    text_type = (element.get("texttype") or "").strip().casefold()
    is_plain = text_type == _PLAIN or (text_type != _HTML and "<" not in said)
    return texts.plain(said.strip()) if is_plain else texts.html(said)
