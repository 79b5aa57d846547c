"""What the answers of a QTI item earn: declared keys and mappings, and which of them the rules use."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

from questions.formats.drafts import ALL_OR_NOTHING, PARTIAL
from questions.formats.fractions import FULL, number_said, part_of

_BY_KEY: Final = "match_correct"
_BY_MAP: Final = "map_response"


@dataclass(frozen=True, slots=True)
class Keys:
    """What each choice earns, and how several are marked. `is_clear` says that the rules were understood."""

    shares: Mapping[str, Fraction]
    marking: str
    is_clear: bool = True


def declaration_of(item: Any, response: str) -> Any:
    """Return the declaration of a response, None where an item has none."""
    declared = item.iterchildren("responseDeclaration")
    return next((each for each in declared if each.get("identifier") == response), None)


def keys_of(item: Any, declaration: Any, choices: Sequence[str], *, is_single: bool) -> Keys:
    """Return what the choices of an item earn. Raises: `ValueError` for a mark that is no number."""
    if declaration is None:
        return Keys({}, ALL_OR_NOTHING)
    right = {
        " ".join("".join(value.itertext()).split())
        for correct in declaration.iterchildren("correctResponse")
        for value in correct.iterchildren("value")
    }
    mapping = declaration.find("mapping")
    rule = _rule(item, declaration.get("identifier"))
    if mapping is not None and (rule == _BY_MAP or not right):
        shares = _mapped(mapping, choices, is_single=is_single)
        return Keys(shares, ALL_OR_NOTHING if is_single else PARTIAL, is_clear=rule != "")
    each = FULL if is_single else Fraction(1, max(len(right & set(choices)), 1))
    return Keys({choice: each for choice in choices if choice in right}, ALL_OR_NOTHING, is_clear=rule != "")


def _rule(item: Any, response: str) -> str:
    """Return by what an item is marked, "" for rules that nobody understands here."""
    processing = item.find("responseProcessing")
    if processing is None:
        return _BY_KEY
    template = f"{processing.get('template') or ''} {processing.get('templateLocation') or ''}".casefold()
    if _BY_MAP in template and "point" not in template:
        return _BY_MAP
    # Common Cartridge calls its own copies "CC2_match".
    if _BY_KEY in template or "cc2_match" in template:
        return _BY_KEY
    return _inline(processing, response)


def _inline(processing: Any, response: str) -> str:
    if _used(processing, "mapResponse") == {response}:
        return _BY_MAP
    matches = list(processing.iter("match"))
    if len(matches) == 1 and _used(matches[0], "correct") == _used(matches[0], "variable") == {response}:
        return _BY_KEY
    return ""


def _used(element: Any, name: str) -> Collection[str]:
    return {each.get("identifier") or "" for each in element.iter(name)}


def _mapped(mapping: Any, choices: Sequence[str], *, is_single: bool) -> Mapping[str, Fraction]:
    other = number_said(mapping.get("defaultValue") or "0")
    marks = {
        entry.get("mapKey") or "": number_said(entry.get("mappedValue") or "0")
        for entry in mapping.iterchildren("mapEntry")
    }
    earned = {choice: marks.get(choice, other) for choice in choices}
    positive = [mark for mark in earned.values() if mark > 0]
    if not positive:
        return {}
    full = max(positive) if is_single else sum(positive, Fraction(0))
    bound = mapping.get("upperBound")
    if bound is not None:
        full = min(full, number_said(bound)) if number_said(bound) > 0 else full
    return {choice: part_of(mark, full) for choice, mark in earned.items()}
