"""The form of a whole blueprint: its sections, and the lines of each.

Sections and lines are named by keys that stay with them; their order is the order in which the keys are sent. So a
line can be moved, and a new one can come between, and what was typed everywhere else stays as it was typed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from assessments.models import AssessmentSection
from assessments.operations import RuleDraft, SectionDraft
from assessments.queries import Blueprint, BlueprintRow, BlueprintSection
from questions.enums import Level
from questions.models import Question, QuestionBank, Skill

MOST_SECTIONS = 20
MOST_LINES = 200


class SectionForm(forms.Form):
    """What a section is called, and the limits of its own."""

    title = forms.CharField(label=_("Title"), max_length=120, required=False)
    minutes = forms.IntegerField(
        label=_("Time limit in minutes"),
        min_value=1,
        max_value=600,
        required=False,
        help_text=_("Empty for none. Who leaves a section with a limit does not come back to it."),
    )
    cut_off = forms.DecimalField(
        label=_("Least percent"),
        min_value=0,
        max_value=100,
        max_digits=5,
        decimal_places=2,
        required=False,
        help_text=_("Empty for none. Who stays below it is below the line, whatever the whole."),
    )


class RowChoice(forms.ChoiceField):
    """A choice among rows that were loaded once: twenty lines ask the database no more than one does."""

    def __init__(self, *, empty: Any, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)
        self.empty = empty
        self.rows: dict[str, QuestionBank | Skill] = {}

    def offer(self, rows: Iterable[QuestionBank | Skill]) -> None:
        """Offer `rows`, in their order."""
        self.rows = {str(row.pk): row for row in rows}
        self.choices = [("", self.empty), *((key, row.name) for key, row in self.rows.items())]

    def clean(self, value: Any) -> QuestionBank | Skill | None:
        """Return the chosen row, None for none."""
        return self.rows.get(super().clean(value))


class RuleForm(forms.Form):
    """A line that draws questions. A line without a bank is no rule."""

    bank = RowChoice(label=_("Bank"), empty=_("No rule"))
    skill = RowChoice(label=_("Skill"), empty=_("Any"))
    level = forms.ChoiceField(label=_("Level"), choices=[("", _("Any")), *Level.choices], required=False)
    difficulty = forms.IntegerField(
        label=_("Difficulty"),
        min_value=1,
        max_value=5,
        required=False,
        error_messages={
            "min_value": _("From 1 to 5, or empty for any."),
            "max_value": _("From 1 to 5, or empty for any."),
        },
    )
    count = forms.IntegerField(label=_("Questions"), min_value=1, max_value=200, initial=1)
    marks = forms.DecimalField(label=_("Marks each"), max_digits=6, decimal_places=2, initial=1)
    expected_seconds = forms.IntegerField(
        label=_("Seconds each"), min_value=1, max_value=3600, initial=75, required=False
    )

    is_fixed = False

    def __init__(self, *args: Any, banks: Any, skills: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, rows in (("bank", banks), ("skill", skills)):
            if name in self.fields:
                self.fields[name].offer(rows)  # type: ignore[attr-defined]

    def clean_marks(self) -> Any:
        if self.cleaned_data["marks"] <= 0:
            raise ValidationError(gettext("More than nothing."))
        return self.cleaned_data["marks"]

    def clean_expected_seconds(self) -> int:
        return self.cleaned_data["expected_seconds"] or int(self.fields["expected_seconds"].initial)

    def draft(self) -> RuleDraft | None:
        """Return the rule that was typed, or None for an empty line or one with a mistake."""
        data = self.cleaned_data
        if not self.is_valid() or not data["bank"]:
            return None
        return RuleDraft(
            data["bank"],
            count=data["count"],
            skill=data["skill"],
            level=data["level"],
            difficulty=data["difficulty"],
            marks=data["marks"],
            expected_seconds=data["expected_seconds"],
        )


class FixedForm(RuleForm):
    """A line that gives everybody one question."""

    question = forms.CharField(
        label=_("Question, by its id"),
        max_length=120,
        required=False,
        widget=forms.TextInput({"list": "ready-questions", "autocomplete": "off", "spellcheck": "false"}),
    )
    skill = level = difficulty = count = None  # type: ignore[assignment]

    is_fixed = True

    def __init__(
        self, *args: Any, find: Callable[[QuestionBank, str], Question | None], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.find = find

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        bank, wanted = data.get("bank"), data.get("question", "")
        if wanted and "bank" in data and bank is None:
            self.add_error("bank", gettext("Choose the bank of this question."))
        elif bank is not None and not wanted:
            self.add_error("question", gettext("Say which question, by its id, or remove the line."))
        elif bank is not None:
            data["found"] = self.find(bank, wanted)
            if data["found"] is None:
                self.add_error(
                    "question",
                    gettext("The bank “%(bank)s” has no question “%(question)s”.")
                    % {"bank": bank.name, "question": wanted},
                )
        return data

    def draft(self) -> RuleDraft | None:
        data = self.cleaned_data
        if not self.is_valid() or not data["bank"]:
            return None
        return RuleDraft.fixed(data["found"], marks=data["marks"], expected_seconds=data["expected_seconds"])


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
            form = SectionForm(prefix=f"s{number}", initial=_of_section(section.section))
            lines = [
                self._line(f"r{next(places)}", is_fixed=row.rule.question is not None, initial=_of_rule(row))
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


def _of_section(section: AssessmentSection) -> dict[str, Any]:
    cut_off = section.cut_off.normalize() if section.cut_off is not None else None
    return {
        "title": section.title,
        "minutes": section.minutes,
        "cut_off": f"{cut_off:f}" if cut_off is not None else None,
    }


def _of_rule(row: BlueprintRow) -> dict[str, Any]:
    rule = row.rule
    return {
        "bank": rule.bank_id,
        "question": rule.question.external_id if rule.question else "",
        "skill": rule.skill_id,
        "level": rule.level,
        "difficulty": rule.difficulty,
        "count": rule.count,
        "marks": f"{rule.marks.normalize():f}",
        "expected_seconds": rule.expected_seconds,
    }
