"""From one item of QTI 2 or 3 to a question: one choice, or one text to write, and nothing else to do in it."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any, Final

from questions.formats.drafts import MULTIPLE, OPEN, SINGLE, ParsedOption, ParsedQuestion, Where
from questions.formats.foreign_texts import markup_within
from questions.formats.gathering import Fault
from questions.formats.package_texts import PackageTexts
from questions.formats.qti.keys import keys_of
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


def read_item(item: Any, texts: PackageTexts, where: Where) -> ReadItem:
    """Return what an item says, whose names are those of QTI 2. Raises: `ValueError` for a mark that is no number."""
    body = item.find("itemBody")
    interactions = [] if body is None else [each for each in body.iter() if each.tag.endswith(_INTERACTION)]
    kind = _skipped(item, [each.tag for each in interactions])
    if kind or body is None:
        return ReadItem(skipped=kind or "description")
    interaction = interactions[0]
    is_ours = item.get("toolName") == TOOL
    question = ParsedQuestion(
        OPEN,
        "",
        external_id=texts.clean(item.get("label" if is_ours else "identifier") or ""),
        name=texts.clean(item.get("title") or ""),
        where=where,
    )
    read = ReadItem(question)
    feedback = _modal(item, texts)
    if interaction.tag == _CHOICE:
        question = _choice(item, interaction, texts, read, question, feedback)
    explanations = [text for name, text in feedback.items() if name in _EXPLANATIONS]
    read.has_feedback = bool(set(feedback) - set(_EXPLANATIONS) - _choices(interaction))
    blocks = _outermost(body, "rubricBlock")
    scorer = [block for block in blocks if _SCORER in (block.get("view") or "").split()]
    model_answer = "\n\n".join(texts.html(markup_within(block)) for block in scorer)
    read.question = replace(
        question,
        stem=_stem(body, texts),
        explanation="\n\n".join(explanations),
        model_answer=model_answer,
    )
    read.warnings += texts.warnings()
    return read


def _skipped(item: Any, interactions: Sequence[str]) -> str:
    """Return the kind of an item that cannot be asked here, "" for one that can."""
    if item.get("adaptive") == "true":
        return "adaptive"
    if item.find("templateDeclaration") is not None or item.find("templateProcessing") is not None:
        return "template"
    if item.find("assessmentStimulusRef") is not None:
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
    question: ParsedQuestion,
    feedback: dict[str, str],
) -> ParsedQuestion:
    response = interaction.get("responseIdentifier") or "RESPONSE"
    is_single = _cardinality(item, response) == "single"
    choices = list(interaction.iterchildren("simpleChoice"))
    names = [choice.get("identifier") or "" for choice in choices]
    keys = keys_of(item, response, names, is_single=is_single)
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
        options.append(ParsedOption(text, keys.shares.get(name, Fraction(0)), "\n\n".join(said), place))
    kind = SINGLE if is_single else MULTIPLE
    return replace(question, kind=kind, options=tuple(options), marking=keys.marking)


def _cardinality(item: Any, response: str) -> str:
    declared = (
        each for each in item.iterchildren("responseDeclaration") if each.get("identifier") == response
    )
    return next((each.get("cardinality") or "single" for each in declared), "single")


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
    """Return the body with the prompt where the interaction stands."""
    stem = deepcopy(body)
    others = [
        block for block in stem.iter("rubricBlock") if _CANDIDATE not in (block.get("view") or "").split()
    ]
    for element in [*others, *stem.iter(*_NOT_IN_STEM)]:
        take_out(element)
    for block in stem.iter("rubricBlock"):
        block.tag = "div"
    for element in list(stem.iter(_CHOICE, _ESSAY)):
        for child in list(element):
            if child.tag != "prompt":
                element.remove(child)
            else:
                child.tag = "div"
        element.tag = "div"
        element.text = None
    return texts.html(markup_within(stem))
