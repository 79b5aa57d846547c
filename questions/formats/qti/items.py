"""From one item of QTI 2 or 3 to a question: one choice, or one text to write, and nothing else to do in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from questions.formats.drafts import (
    ALL_OR_NOTHING,
    MULTIPLE,
    OPEN,
    SINGLE,
    ParsedOption,
    ParsedQuestion,
    Where,
)
from questions.formats.foreign_texts import markup_within
from questions.formats.fractions import NOTHING
from questions.formats.gathering import Fault
from questions.formats.package_texts import PackageTexts
from questions.formats.qti.keys import declaration_of, keys_of
from questions.formats.qti.tree import take_out

ROOT: Final = "assessmentItem"
TOOL: Final = "Shortlist"

_INTERACTION: Final = "Interaction"
_CHOICE: Final = "choiceInteraction"
_ESSAY: Final = "extendedTextInteraction"
_KINDS = {
    "associateInteraction": "matching",
    "customInteraction": "external",
    "drawingInteraction": "drawing",
    "endAttemptInteraction": "adaptive",
    "gapMatchInteraction": "drag_and_drop",
    "graphicAssociateInteraction": "hotspot",
    "graphicGapMatchInteraction": "drag_and_drop",
    "graphicOrderInteraction": "ordering",
    "hottextInteraction": "hotspot",
    "hotspotInteraction": "hotspot",
    "inlineChoiceInteraction": "dropdowns",
    "matchInteraction": "matching",
    "mediaInteraction": "external",
    "orderInteraction": "ordering",
    "portableCustomInteraction": "external",
    "positionObjectInteraction": "hotspot",
    "selectPointInteraction": "hotspot",
    "sliderInteraction": "slider",
    "textEntryInteraction": "fill_in_blanks",
    "uploadInteraction": "file_upload",
}
_TEMPLATES = ("templateDeclaration", "templateProcessing")
_STIMULUS: Final = "assessmentStimulusRef"
_NOT_IN_STEM = ("feedbackBlock", "feedbackInline", "templateBlock", "templateInline", "stylesheet")
_EXPLANATIONS = ("explanation", "general", "general_fb", "solution")
_SCORER: Final = "scorer"
_CANDIDATE: Final = "candidate"


@dataclass(slots=True)
class ReadItem:
    """What became of an item: a question with warnings, or the kind of what it is instead."""

    question: ParsedQuestion | None = None
    skipped: str = ""
    warnings: list[Fault] = field(default_factory=list)
    has_feedback: bool = False


@dataclass(frozen=True, slots=True)
class _Choice:
    """What there is to choose; nothing in an open question."""

    kind: str = OPEN
    options: tuple[ParsedOption, ...] = ()
    marking: str = ALL_OR_NOTHING


def read_item(item: Any, texts: PackageTexts, where: Where, keywords: Sequence[str] = ()) -> ReadItem:
    """Return what an item says, whose names are those of QTI 2. Its tree is taken apart.

    Arguments: `keywords` become the tags of the question.
    Raises: `ValueError` for a mark that is no number.
    """
    body = item.find("itemBody")
    interactions = [] if body is None else [each for each in body.iter() if each.tag.endswith(_INTERACTION)]
    kind = _skipped(item, [each.tag for each in interactions])
    if kind or body is None:
        return ReadItem(skipped=kind or "description")
    interaction = interactions[0]
    is_ours = item.get("toolName") == TOOL
    read = ReadItem()
    feedback = _modal(item, texts)
    choice = _choice(item, interaction, texts, read, feedback) if interaction.tag == _CHOICE else _Choice()
    explanations = [text for name, text in feedback.items() if name in _EXPLANATIONS]
    if feedback:
        read.has_feedback = bool(set(feedback) - set(_EXPLANATIONS) - _choices(interaction))
    blocks = _outermost(body, "rubricBlock")
    scorer = [block for block in blocks if _SCORER in (block.get("view") or "").split()]
    model_answer = "\n\n".join(texts.html(markup_within(block)) for block in scorer)
    read.question = ParsedQuestion(
        choice.kind,
        _stem(body, texts),
        choice.options,
        texts.clean(item.get("label" if is_ours else "identifier") or ""),
        texts.clean(item.get("title") or ""),
        "\n\n".join(explanations),
        tags=tuple(keywords),
        marking=choice.marking,
        model_answer=model_answer,
        where=where,
    )
    read.warnings += texts.warnings()
    return read


def _skipped(item: Any, interactions: Sequence[str]) -> str:
    """Return the kind of an item that cannot be asked here, "" for one that can."""
    if item.get("adaptive") == "true":
        return "adaptive"
    parts = {part.tag for part in item}
    if not parts.isdisjoint(_TEMPLATES):
        return "template"
    if _STIMULUS in parts:
        return "external"
    if not interactions:
        return "description"
    if len(set(interactions)) > 1:
        return "adaptive" if "endAttemptInteraction" in interactions else "composite"
    name = interactions[0]
    if name in (_CHOICE, _ESSAY):
        return "" if len(interactions) == 1 else "composite"
    return _KINDS.get(name, "external")


def _outermost(element: Any, name: str) -> list[Any]:
    return [each for each in element.iter(name) if next(each.iterancestors(name), None) is None]


def _choices(interaction: Any) -> set[str]:
    return {choice.get("identifier") or "" for choice in interaction.iterchildren("simpleChoice")}


def _modal(item: Any, texts: PackageTexts) -> dict[str, str]:
    said: dict[str, str] = {}
    for feedback in item.iterchildren("modalFeedback"):
        text = texts.html(markup_within(feedback))
        if text and feedback.get("showHide", "show") == "show":
            said[feedback.get("identifier") or ""] = text
    return said


def _choice(
    item: Any,
    interaction: Any,
    texts: PackageTexts,
    read: ReadItem,
    feedback: dict[str, str],
) -> _Choice:
    response = interaction.get("responseIdentifier") or "RESPONSE"
    declaration = declaration_of(item, response)
    is_single = declaration is None or (declaration.get("cardinality") or "single") == "single"
    choices = list(interaction.iterchildren("simpleChoice"))
    names = [choice.get("identifier") or "" for choice in choices]
    keys = keys_of(item, declaration, names, is_single=is_single)
    if not keys.is_clear:
        read.warnings.append(("rules_not_understood", {}))
    places = _places(interaction, choices)
    options = []
    for choice, name, place in zip(choices, names, places, strict=True):
        inline = _outermost(choice, "feedbackInline")
        said = [texts.html(markup_within(each)) for each in inline]
        said += [feedback[name]] if name in feedback else []
        for each in inline:
            take_out(each)
        text = texts.html(markup_within(choice))
        options.append(ParsedOption(text, keys.shares.get(name, NOTHING), "\n\n".join(said), place))
    return _Choice(SINGLE if is_single else MULTIPLE, tuple(options), keys.marking)


def _places(interaction: Any, choices: Sequence[Any]) -> list[str]:
    if interaction.get("shuffle") == "false":
        return ["here"] * len(choices)
    fixed = [choice.get("fixed") == "true" for choice in choices]
    places = ["here" if each else "" for each in fixed]
    # Those that close the list close it, however many stand before.
    for number in range(len(fixed) - 1, 0, -1):
        if not fixed[number]:
            break
        places[number] = "last"
    return places if not all(fixed) else ["here"] * len(fixed)


def _stem(body: Any, texts: PackageTexts) -> str:
    """Return the body with the prompt where the interaction stands; what is no part of it is taken out."""
    for element in list(body.iter("rubricBlock", *_NOT_IN_STEM)):
        if element.tag == "rubricBlock" and _CANDIDATE in (element.get("view") or "").split():
            element.tag = "div"
        else:
            take_out(element)
    for element in list(body.iter(_CHOICE, _ESSAY)):
        for child in list(element):
            if child.tag != "prompt":
                element.remove(child)
            else:
                child.tag = "div"
        element.tag = "div"
        element.text = None
        if not len(element) and not (element.tail or "").strip():
            # Where nothing is said, nothing has to be parted from it.
            element.getparent().remove(element)
    return texts.html(markup_within(body))
