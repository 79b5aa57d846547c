"""Write Moodle XML. Texts are Markdown, which Moodle knows; Moodle shows them as we do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from html import escape
from typing import Any

from questions.formats.categories import category_path, moodle_path
from questions.formats.drafts import (
    ALL_OR_NOTHING,
    MULTIPLE,
    OPEN,
    SINGLE,
    Loss,
    ParsedOption,
    ParsedQuestion,
    Written,
)
from questions.formats.fractions import percent_text
from questions.formats.gathering import tidied
from questions.formats.losses import not_held
from questions.formats.moodle.facts import facts_in, tags_of
from questions.formats.moodle.texts import OWN_FILE
from questions.formats.pictures import NO_PICTURES, at_addresses, named_in, to_base64
from rendering.characters import clean_text

_FIELDS = ("source", "look_fors", "warning_signs", "follow_ups")
_TEXTS = ("external_id", "name", "stem", "explanation", "model_answer")
# Moodle refuses a file with any other, unless whoever imports it lets the nearest be taken.
_FRACTIONS = frozenset(
    (
        *(Fraction(0), Fraction(1), Fraction(9, 10), Fraction(4, 5), Fraction(3, 4), Fraction(7, 10)),
        *(Fraction(3, 5), Fraction(2, 5), Fraction(3, 10), Fraction(1, 20)),
        *(Fraction(5, 6), Fraction(2, 3), Fraction(1, 3)),
        *(Fraction(1, parts) for parts in (2, 4, 5, 6, 7, 8, 9, 10)),
    )
)
_FOR_ALL = "<defaultgrade>1</defaultgrade><penalty>0</penalty><hidden>0</hidden>"
_ESSAY = (
    "<responseformat>editor</responseformat><responserequired>1</responserequired>"
    "<responsefieldlines>15</responsefieldlines><attachments>0</attachments>"
)


def write_moodle(questions: Sequence[ParsedQuestion], pictures: Mapping[str, bytes] = NO_PICTURES) -> Written:
    """Return the questions as Moodle XML, and what it does not hold of them.

    Those of `pictures` that a text shows by name lie beside it.
    """
    texts = _Texts(pictures)
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', "<quiz>"]
    losses: list[Loss] = []
    category = ""
    for number, question in enumerate(tidied(question) for question in questions):
        held, signs = _clean(question)
        losses += [Loss(number, "signs_removed", field) for field in signs]
        losses += [Loss(number, code, field) for code, field in _losses(held)]
        if held.category != category:
            category = held.category
            lines.append(_category(category))
        lines += _question(held, texts)
    return Written("\n".join([*lines, "</quiz>", ""]).encode(), "xml", "application/xml", losses)


def _clean(question: ParsedQuestion) -> tuple[ParsedQuestion, list[str]]:
    """Return the question without signs that no XML may hold, and the fields that had some."""
    changed: dict[str, Any] = {field: clean_text(getattr(question, field)) for field in _TEXTS}
    changed["options"] = tuple(
        replace(option, text=clean_text(option.text), feedback=clean_text(option.feedback))
        for option in question.options
    )
    changed["tags"] = tuple(clean_text(tag) for tag in question.tags)
    clean = replace(question, **changed)
    return clean, [field for field in changed if getattr(clean, field) != getattr(question, field)]


def _losses(question: ParsedQuestion) -> Iterator[tuple[str, str]]:
    for field in not_held(question, _FIELDS):
        yield "not_held", field
    # Moodle shuffles all options or none.
    if _places(question) not in (set(), {""}, {"here"}):
        yield "not_held", "places"
    if question.kind == MULTIPLE and question.marking == ALL_OR_NOTHING:
        yield "not_held", "marking"
    if not all(abs(option.share) in _FRACTIONS for option in question.options):
        yield "odd_fraction", "shares"
    if category_path(moodle_path(question.category)) != question.category:
        yield "not_held", "category"
    facts = facts_in(list(tags_of(question)))
    for field in ("tags", "level", "difficulty", "skills"):
        if getattr(facts, field) != getattr(question, field):
            yield "not_held", field


def _places(question: ParsedQuestion) -> set[str]:
    return {option.place for option in question.options}


def _category(category: str) -> str:
    path = escape(moodle_path(category), quote=False)
    return f'<question type="category"><category><text>{path}</text></category></question>'


def _question(question: ParsedQuestion, texts: _Texts) -> Iterator[str]:
    yield f'<question type="{"essay" if question.kind == OPEN else "multichoice"}">'
    yield f"<name><text>{escape(question.name, quote=False)}</text></name>"
    yield texts.element("questiontext", question.stem)
    yield texts.element("generalfeedback", question.explanation)
    yield f"{_FOR_ALL}<idnumber>{escape(question.external_id, quote=False)}</idnumber>"
    if question.kind == OPEN:
        yield _ESSAY
        yield texts.element("graderinfo", question.model_answer)
    else:
        yield f"<single>{_word(question.kind == SINGLE)}</single>"
        yield f"<shuffleanswers>{_word(_places(question) != {'here'})}</shuffleanswers>"
        yield "<answernumbering>abc</answernumbering>"
        yield from (_answer(option, texts) for option in question.options)
    tags = "".join(f"<tag><text>{escape(tag, quote=False)}</text></tag>" for tag in tags_of(question))
    if tags:
        yield f"<tags>{tags}</tags>"
    yield "</question>"


def _answer(option: ParsedOption, texts: _Texts) -> str:
    feedback = texts.element("feedback", option.feedback)
    return (
        f'<answer fraction="{percent_text(option.share)}" format="markdown">'
        f"{texts.within(option.text)}{feedback}</answer>"
    )


class _Texts:
    """Writes texts, each with the pictures that it shows."""

    def __init__(self, pictures: Mapping[str, bytes]) -> None:
        self._pictures = pictures

    def element(self, name: str, text: str) -> str:
        """Return a text as an element."""
        return f'<{name} format="markdown">{self.within(text)}</{name}>'

    def within(self, text: str) -> str:
        """Return what stands within such an element."""
        files = "".join(
            f'<file name="{name}" path="/" encoding="base64">{to_base64(self._pictures[name])}</file>'
            for name in named_in(text, self._pictures)
        )
        return f"<text>{_characters(at_addresses(text, self._pictures, OWN_FILE))}</text>{files}"


def _characters(text: str) -> str:
    # What would end the section begins another one.
    return f"<![CDATA[{text.replace(']]>', ']]]]><![CDATA[>')}]]>" if text else ""


def _word(is_so: bool) -> str:
    return "true" if is_so else "false"
