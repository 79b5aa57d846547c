"""Marks, in exact fractions: numbers in, numbers out. What is stored can be computed again from the same keys."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import sqrt


@dataclass(frozen=True, slots=True)
class MarkingKey:
    """What scoring needs of a key: the share of each option, and whether a part of what is right earns anything."""

    shares: Mapping[str, Fraction]
    partial: bool = False


@dataclass(frozen=True, slots=True)
class AnsweredQuestion:
    """A question of an attempt as scoring sees it."""

    position: int
    chosen: tuple[str, ...]
    marks: Fraction
    key: MarkingKey
    skills: tuple[int, ...] = ()
    section: int = 0


@dataclass(frozen=True, slots=True)
class SkillPart:
    """What an attempt earned in one skill."""

    skill: int
    marks: Fraction
    possible: Fraction
    questions: int


@dataclass(frozen=True, slots=True)
class SectionPart:
    """What an attempt earned in one section of its test."""

    section: int
    marks: Fraction
    possible: Fraction
    questions: int


@dataclass(frozen=True, slots=True)
class AttemptMarks:
    """The marking of an attempt. `by_question` holds the marks earned at each place."""

    marks: Fraction
    possible: Fraction
    questions: int
    by_question: Mapping[int, Fraction]
    by_skill: tuple[SkillPart, ...]
    by_section: tuple[SectionPart, ...] = ()


def mark_question(chosen: Collection[str], key: MarkingKey) -> Fraction:
    """Return the share of the mark that an answer earns, from 0 to 1.

    All or nothing: exactly the options with a positive share, or nothing. Partial: the sum of the shares of what was
    chosen, never below nothing and never above the whole; with shares of 1/right and -1/wrong that is
    max(0, hits/right - false/wrong), so that ticking everything earns nothing.
    """
    right = {code for code, share in key.shares.items() if share > 0}
    if not key.partial:
        return Fraction(int(bool(right) and set(chosen) == right))
    earned = sum((key.shares.get(code, Fraction(0)) for code in set(chosen)), start=Fraction(0))
    return min(Fraction(1), max(Fraction(0), earned))


def score_attempt_parts(questions: Sequence[AnsweredQuestion]) -> AttemptMarks:
    """Return the marks of an attempt: in all, at each place, for each skill and each section (in the order met).

    A question of several skills counts in each of them, so the parts need not add up to the whole.
    """
    by_question = {
        question.position: question.marks * mark_question(question.chosen, question.key)
        for question in questions
    }
    parts: dict[int, SkillPart] = {}
    for question in questions:
        for skill in question.skills:
            part = parts.get(skill, SkillPart(skill, Fraction(0), Fraction(0), 0))
            parts[skill] = SkillPart(
                skill,
                part.marks + by_question[question.position],
                part.possible + question.marks,
                part.questions + 1,
            )
    sections: dict[int, SectionPart] = {}
    for question in questions:
        whole = sections.get(question.section, SectionPart(question.section, Fraction(0), Fraction(0), 0))
        sections[question.section] = SectionPart(
            question.section,
            whole.marks + by_question[question.position],
            whole.possible + question.marks,
            whole.questions + 1,
        )
    return AttemptMarks(
        marks=sum(by_question.values(), start=Fraction(0)),
        possible=sum((question.marks for question in questions), start=Fraction(0)),
        questions=len(questions),
        by_question=by_question,
        by_skill=tuple(parts[skill] for skill in sorted(parts)),
        by_section=tuple(sections.values()),
    )


def standard_error(percent: float, questions: int) -> float | None:
    """Return the standard error of a percentage over `questions` questions; None where it cannot be known.

    Lord's binomial error model: for x right of k the error of x is sqrt(x (k - x) / (k - 1)); here in percent points
    (F. M. Lord, "Do tests of the same length have the same standard error of measurement?", 1957). Of nothing or all
    right the model would say "no error", which nobody should read beside a name: there the error of half a question
    from the end is given.
    """
    if questions < 2:
        return None
    least = 0.5 / questions
    share = min(1 - least, max(least, percent / 100))
    return 100 * sqrt(share * (1 - share) / (questions - 1))
