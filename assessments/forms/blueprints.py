"""The form of a whole blueprint: its sections, and the lines of each.

Sections and lines are named by keys that stay with them; their order is the order in which the keys are sent. So a
line can be moved, and a new one can come between, and what was typed everywhere else stays as it was typed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext

from assessments.forms.lines import FixedForm, RuleForm, SectionForm, rule_as_typed, section_as_typed
from assessments.operations import RuleDraft, SectionDraft
from assessments.queries import Blueprint, BlueprintRow, BlueprintSection
from assessments.queries.blueprints import MOST_LINES
from questions.models import Question, QuestionBank, Skill

MOST_SECTIONS = 20


@dataclass
class Line:
    """A rule as it is being written; `row` is what it would draw, once it can be said."""

    key: str
    form: RuleForm
    row: BlueprintRow | None = None
    is_first: bool = False
    is_last: bool = False


@dataclass
class Part:
    """A section as it is being written; `plan` is what it adds up to, once it can be said."""

    key: str
    form: SectionForm
    lines: list[Line] = field(default_factory=list)
    plan: BlueprintSection | None = None
    number: int = 0


class BlueprintForm:
    """Everything on the page of a blueprint. Without `data` it shows `stored`."""

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        stored: Blueprint | None = None,
        banks: Iterable[QuestionBank],
        skills: Iterable[Skill],
        find: Callable[[QuestionBank, str], Question | None],
    ) -> None:
        self._offers = {"banks": banks, "skills": skills}
        self._find = find
        self.is_sent = data is not None
        self.parts = self._sent(data) if data is not None else self._stored(stored)
        self._number()

    # --- What there is ---

    def _stored(self, blueprint: Blueprint | None) -> list[Part]:
        parts = []
        places = iter(range(1, MOST_LINES * 10))
        for number, section in enumerate(blueprint.sections if blueprint else (), start=1):
            form = SectionForm(prefix=f"s{number}", initial=section_as_typed(section.section))
            lines = [
                self._line(
                    f"r{next(places)}", is_fixed=row.rule.question is not None, initial=rule_as_typed(row)
                )
                for row in section.rows
            ]
            parts.append(Part(f"s{number}", form, lines))
        return parts

    def _sent(self, data: QueryDict) -> list[Part]:
        parts = []
        for key in _keys(data.getlist("section"), "s")[:MOST_SECTIONS]:
            part = Part(key, SectionForm(data, prefix=key))
            for name in _keys(data.getlist(f"{key}-line"), "r")[:MOST_LINES]:
                part.lines.append(self._line(name, is_fixed=f"{name}-question" in data, data=data))
            parts.append(part)
        return parts

    def _line(self, key: str, *, is_fixed: bool, **kwargs: Any) -> Line:
        if is_fixed:
            return Line(key, FixedForm(prefix=key, find=self._find, **self._offers, **kwargs))
        return Line(key, RuleForm(prefix=key, **self._offers, **kwargs))

    def _number(self) -> None:
        for number, part in enumerate(self.parts, start=1):
            part.number = number
        lines = [line for part in self.parts for line in part.lines]
        for place, line in enumerate(lines):
            line.is_first, line.is_last = place == 0, place == len(lines) - 1

    @property
    def has_fixed(self) -> bool:
        """Whether a line asks for one question."""
        return any(line.form.is_fixed for part in self.parts for line in part.lines)

    # --- What was typed ---

    def is_valid(self) -> bool:
        """Whether everything can be written as it was typed."""
        forms_ = [part.form for part in self.parts] + [
            line.form for part in self.parts for line in part.lines
        ]
        return all(form.is_valid() for form in forms_)

    def drafts(self) -> list[SectionDraft]:
        """Return what was typed, without empty lines and those with a mistake."""
        drafts = []
        for part in self.parts:
            values = part.form.cleaned_data if part.form.is_valid() else {}
            drafts.append(
                SectionDraft(
                    [draft for _line, draft in _drafted(part)],
                    title=values.get("title", ""),
                    minutes=values.get("minutes"),
                    cut_off=values.get("cut_off"),
                )
            )
        return drafts

    def show(self, plan: Blueprint) -> None:
        """Put what `plan`, made of the drafts, says beside the parts and lines it speaks of."""
        for part, section in zip(self.parts, plan.sections, strict=False):
            part.plan = section
            bound = [line for line, _draft in _drafted(part)] if self.is_sent else part.lines
            for line, row in zip(bound, section.rows, strict=True):
                line.row = row

    def faults(self) -> list[tuple[str, str]]:
        """Return every complaint with the id of the field it is about."""
        found = []
        for part in self.parts:
            where = gettext("Section %(number)d") % {"number": part.number}
            found += _faults(where, part.form)
            for number, line in enumerate(part.lines, start=1):
                place = gettext("%(section)s, line %(number)d") % {"section": where, "number": number}
                found += _faults(place, line.form)
        return found

    # --- What is moved about before it is written ---

    def change(self, what: str) -> None:
        """Do `what` (a word and a key: "up r3") to the typed lines.

        Nothing is checked and nothing is written. What makes no sense changes nothing.
        """
        verb, _space, key = what.partition(" ")
        if verb == "add-section":
            self._add_section()
        for number, part in enumerate(list(self.parts)):
            if part.key == key and verb in ("add-rule", "add-fixed"):
                self._add_line(part, is_fixed=verb == "add-fixed")
            elif part.key == key:
                _move(self.parts, number, verb)
            else:
                place = next((place for place, line in enumerate(part.lines) if line.key == key), None)
                if place is not None:
                    self._move_line(number, place, verb)
                    break
        self._number()

    def _add_section(self) -> None:
        if len(self.parts) < MOST_SECTIONS:
            key = _next_key((part.key for part in self.parts), "s")
            self.parts.append(Part(key, SectionForm(prefix=key)))
            self._add_line(self.parts[-1], is_fixed=False)

    def _add_line(self, part: Part, *, is_fixed: bool) -> None:
        lines = [line for each in self.parts for line in each.lines]
        if len(lines) < MOST_LINES:
            # The bank of the line above is the likeliest one.
            above = part.lines[-1].form["bank"].value() if part.lines else None
            key = _next_key((line.key for line in lines), "r")
            part.lines.append(self._line(key, is_fixed=is_fixed, initial={"bank": above}))

    def _move_line(self, number: int, place: int, verb: str) -> None:
        """Move a line; from the ends of its section into the one next to it."""
        lines = self.parts[number].lines
        if verb == "up" and place == 0 and number > 0:
            self.parts[number - 1].lines.append(lines.pop(0))
        elif verb == "down" and place == len(lines) - 1 and number < len(self.parts) - 1:
            self.parts[number + 1].lines.insert(0, lines.pop())
        else:
            _move(lines, place, verb)


def _move(rows: list[Any], place: int, verb: str) -> None:
    """Move a row of `rows` one place, or take it out."""
    row = rows.pop(place)
    places = {"up": max(0, place - 1), "down": place + 1, "remove": None}
    target = places.get(verb, place)
    if target is not None:
        rows.insert(target, row)


def _drafted(part: Part) -> list[tuple[Line, RuleDraft]]:
    """The lines that say a rule, with it."""
    return [
        (line, draft)
        for line in part.lines
        if line.form.is_bound and line.form.is_valid() and (draft := line.form.draft()) is not None
    ]


def _keys(sent: Sequence[str], letter: str) -> list[str]:
    """The keys among what was sent, each once, in order."""
    known = [
        key for key in sent if key[:1] == letter and key[1:].isascii() and key[1:].isdigit() and len(key) < 8
    ]
    return list(dict.fromkeys(known))


def _next_key(keys: Iterable[str], letter: str) -> str:
    return f"{letter}{max((int(key[1:]) for key in keys), default=0) + 1}"


def _faults(where: str, form: forms.Form) -> list[tuple[str, str]]:
    if not form.is_bound:
        return []
    return [
        (str(form[name].id_for_label), f"{where}, {form[name].label}: {' '.join(map(str, texts))}")
        for name, texts in form.errors.items()
    ]
