"""Read Moodle XML: choices, true or false, and essays; every other type is named and left."""

from __future__ import annotations

import re
from collections.abc import Iterator, MutableMapping
from dataclasses import replace
from fractions import Fraction
from typing import Any, Final

from questions.formats.categories import category_path
from questions.formats.drafts import (
    ALL_OR_NOTHING,
    MULTIPLE,
    OPEN,
    PARTIAL,
    SINGLE,
    WARNING,
    WHOLE_FILE,
    FileRefused,
    Parsed,
    ParsedOption,
    ParsedQuestion,
    Problem,
    Where,
)
from questions.formats.fractions import exact_share
from questions.formats.gathering import Fault, Gathering
from questions.formats.moodle.facts import facts_in
from questions.formats.moodle.texts import Texts
from questions.formats.names import MOODLE_XML
from questions.formats.xml_safe import read_parts
from rendering.characters import clean_text

_CHOICE: Final = "multichoice"
# A type that many sites add to Moodle's own: several right options, all or nothing.
_CHOICE_SET: Final = "multichoiceset"
_TRUE_FALSE: Final = "truefalse"
_ESSAY: Final = "essay"
_CLOZE = ("multianswer", "cloze")

_NO = ("", "0", "false")
_WHOLE_FEEDBACK = ("correctfeedback", "partiallycorrectfeedback", "incorrectfeedback")
# More digits say nothing; programs print as many as they have.
_MORE_DIGITS = re.compile(r"(\.\d{12})\d{1,40}")
_TYPE = re.compile(r"[a-z0-9_]{1,40}")


class _WrongError(ValueError):
    """This question cannot be read."""

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code)
        self.fault: Fault = (code, values)


def read_moodle(data: bytes) -> Parsed:
    """Return what a file of Moodle XML holds.

    Raises: `FileRefused` when it is broken, unsafe or holds nothing. Half a file would be worse than none.
    """
    file = read_parts(data, "question")
    if file.root != "quiz":
        raise FileRefused("unknown_xml", root=file.root[:80])
    gathering = Gathering(MOODLE_XML, file.remarks)
    reading = _Reading(gathering)
    for element in file.parts:
        reading.meet(element)
    parsed = gathering.parsed()
    return replace(parsed, problems=[*parsed.problems, *reading.remarks()], pictures=reading.pictures)


class _Reading:
    """Goes through the questions of a file, in the category that stands before them."""

    def __init__(self, gathering: Gathering) -> None:
        self._gathering = gathering
        self._category = ""
        self._number = 0
        self._with_feedback = 0
        self.pictures: MutableMapping[str, bytes] = {}

    def meet(self, element: Any) -> None:
        """Take one question, or the name of the category of those that follow."""
        kind = (element.get("type") or "").strip().casefold()
        if kind == "category":
            self._category = category_path(clean_text(element.findtext("category/text") or "").strip())
            return
        self._number += 1
        where = Where(question=self._number, line=element.sourceline)
        skipped = _skipped(kind, element)
        if skipped:
            self._gathering.skip(where, skipped)
            return
        texts = Texts(self.pictures)
        try:
            question, warnings = _question(kind, element, texts)
        except _WrongError as error:
            self._gathering.error(where, error.fault[0], **error.fault[1])
            return
        if any((element.findtext(f"{name}/text") or "").strip() for name in _WHOLE_FEEDBACK):
            self._with_feedback += 1
        question = replace(question, category=self._category, where=where)
        self._gathering.take(question, [*warnings, *texts.warnings()])

    def remarks(self) -> Iterator[Problem]:
        """Yield what is to be said of all questions together."""
        if self._with_feedback:
            yield Problem(WHOLE_FILE, WARNING, "feedback_dropped", {"count": self._with_feedback})


def _skipped(kind: str, element: Any) -> str:
    """Return the type of a question that cannot be asked here, "" for one that can."""
    if kind == _ESSAY:
        return "file_upload" if _flag(element, "responseformat", "") == "noinline" else ""
    if kind in (_CHOICE, _CHOICE_SET, _TRUE_FALSE):
        return ""
    if kind in _CLOZE:
        return "cloze"
    return kind if _TYPE.fullmatch(kind) else "unknown"


def _question(kind: str, element: Any, texts: Texts) -> tuple[ParsedQuestion, list[Fault]]:
    facts = facts_in([texts.words(tag) for tag in element.iterfind("tags/tag")])
    warnings: list[Fault] = []
    question = ParsedQuestion(
        OPEN,
        texts.stem(element),
        external_id=texts.words(element.find("idnumber")),
        name=texts.words(element.find("name")),
        explanation=texts.markdown(element.find("generalfeedback")),
        tags=facts.tags,
        level=facts.level,
        difficulty=facts.difficulty,
        skills=facts.skills,
    )
    if _flag(element, "hidden", "0") not in _NO:
        question = replace(question, tags=(*question.tags, "hidden"))
        warnings.append(("hidden", {}))
    if any(texts.words(hint) for hint in element.iterchildren("hint")):
        warnings.append(("hints_dropped", {}))
    if kind == _ESSAY:
        if texts.words(element.find("responsetemplate")):
            warnings.append(("template_dropped", {}))
        return replace(question, model_answer=texts.markdown(element.find("graderinfo"))), warnings
    if kind == _TRUE_FALSE:
        return _true_or_false(question, element, texts, warnings), warnings
    return _choice(question, kind, element, texts), warnings


def _choice(question: ParsedQuestion, kind: str, element: Any, texts: Texts) -> ParsedQuestion:
    # Only what is said counts: many programs leave it out, and write the right option first.
    place = "here" if _flag(element, "shuffleanswers", "true") in _NO else ""
    options = tuple(
        ParsedOption(texts.markdown(answer), _share(answer), texts.markdown(answer.find("feedback")), place)
        for answer in element.iterchildren("answer")
    )
    if kind == _CHOICE_SET:
        return replace(question, kind=MULTIPLE, options=_evenly(options), marking=ALL_OR_NOTHING)
    if _flag(element, "single", "true") in _NO:
        return replace(question, kind=MULTIPLE, options=options, marking=PARTIAL)
    return replace(question, kind=SINGLE, options=options)


def _evenly(options: tuple[ParsedOption, ...]) -> tuple[ParsedOption, ...]:
    right = sum(option.share > 0 for option in options)
    return tuple(
        replace(option, share=Fraction(1, right) if option.share > 0 else Fraction(0)) for option in options
    )


def _true_or_false(
    question: ParsedQuestion, element: Any, texts: Texts, warnings: list[Fault]
) -> ParsedQuestion:
    answers = list(element.iterchildren("answer"))
    said = [texts.words(answer).casefold() for answer in answers]
    if len(answers) != 2:
        raise _WrongError("true_false_count", count=len(answers), line=element.sourceline)
    if sorted(said) != ["false", "true"]:
        # Old files say it in the language of the site, true first.
        warnings.append(("true_false_order", {}))
    elif said == ["false", "true"]:
        answers.reverse()
    options = [
        ParsedOption(text, _share(answer), texts.markdown(answer.find("feedback")))
        for text, answer in zip(("True", "False"), answers, strict=True)
    ]
    return replace(question, kind=SINGLE, options=tuple(options))


def _share(answer: Any) -> Fraction:
    said = (answer.get("fraction") or "0").strip().replace(",", ".")
    try:
        return exact_share(_MORE_DIGITS.sub(r"\1", said))
    except OverflowError as error:
        raise _WrongError("share_range", share=said[:40], line=answer.sourceline) from error
    except ValueError as error:
        raise _WrongError("bad_fraction", share=said[:40], line=answer.sourceline) from error


def _flag(element: Any, name: str, default: str) -> str:
    """Return what the first element of that name says; the others are of programs that could not decide."""
    said = element.findtext(name)
    return default if said is None else said.strip().casefold()
