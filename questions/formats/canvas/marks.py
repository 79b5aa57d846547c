"""What the answers of an item of QTI 1.2 earn: conditions that set or add points, one after the other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from questions.formats.fractions import number_said, part_of


@dataclass(slots=True)
class Marks:
    """What was found. `together` are the choices that earn the mark only all at once."""

    points: dict[str, Fraction] = field(default_factory=dict)
    together: frozenset[str] = frozenset()
    # Which feedback belongs to which choice.
    feedback: dict[str, str] = field(default_factory=dict)
    unknown: set[str] = field(default_factory=set)
    is_clear: bool = True


def marks_of(item: Any, choices: Sequence[str], *, is_single: bool) -> Marks:
    """Return what the conditions of an item say. Raises: `ValueError` for points that are no number."""
    marks = Marks()
    for condition in item.iter("respcondition"):
        variables = condition.find("conditionvar")
        if variables is not None and variables.find("other") is None:
            _read(condition, variables, marks, is_single=is_single)
    named = {*marks.points, *marks.together}
    marks.unknown = named - set(choices)
    return marks


def shares_of(marks: Marks, *, is_single: bool) -> Mapping[str, Fraction]:
    """Return which share of the mark each choice earns; none where none earns anything."""
    if marks.together and not marks.points:
        return {choice: Fraction(1, len(marks.together)) for choice in marks.together}
    positive = [points for points in marks.points.values() if points > 0]
    if not positive:
        return {}
    # By what the best answer earns: neither 100 nor the declared maximum is right everywhere.
    full = max(positive) if is_single else sum(positive, Fraction(0))
    return {choice: part_of(points, full) for choice, points in marks.points.items()}


def _read(condition: Any, variables: Any, marks: Marks, *, is_single: bool) -> None:
    earns = [setting for setting in condition.iterchildren("setvar") if (setting.text or "").strip()]
    chosen = list(_chosen(variables))
    if not earns:
        links = [link.get("linkrefid") or "" for link in condition.iterchildren("displayfeedback")]
        if len(chosen) == 1 and links and variables.find(".//not") is None:
            marks.feedback.setdefault(chosen[0], links[0])
        return
    points = number_said(earns[0].text)
    is_alternative = variables.find(".//or") is not None
    if not chosen:
        marks.is_clear = marks.is_clear and points <= 0
    elif is_single or (len(chosen) == 1 and variables.find(".//not") is None) or is_alternative:
        for choice in chosen:
            _earn(marks, choice, points, earns[0])
    elif points > 0 and not marks.together:
        marks.together = frozenset(chosen)
    else:
        # A second combination that earns something: only one can be kept.
        marks.is_clear = marks.is_clear and points <= 0


def _earn(marks: Marks, choice: str, points: Fraction, setting: Any) -> None:
    action = (setting.get("action") or "Set").casefold()
    before = marks.points.get(choice, Fraction(0))
    if action == "add":
        marks.points[choice] = before + points
    elif action == "subtract":
        marks.points[choice] = before - points
    elif action == "set":
        marks.points[choice] = points
    else:
        marks.is_clear = False


def _chosen(variables: Any) -> Iterator[str]:
    """Yield the choices that a condition asks for, without those that it forbids."""
    for equal in variables.iter("varequal"):
        if not any(parent.tag == "not" for parent in equal.iterancestors("not", "conditionvar")):
            yield (equal.text or "").strip()
