"""Marks, in exact fractions: numbers in, numbers out. What is stored can be computed again from the same keys."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import sqrt


@dataclass(frozen=True, slots=True)
class MarkingKey:
    """What scoring needs of a key: the share of each option, and whether a part of what is right earns anything.

    `wrong_costs` is the share of the mark that a wrong answer costs; an answer that was not given costs nothing.
    `one` says that one option is chosen: several may be right then, each by itself, and others earn a part.
    """

    shares: Mapping[str, Fraction]
    partial: bool = False
    wrong_costs: Fraction = Fraction(0)
    one: bool = False

    @property
    def right(self) -> frozenset[str]:
        """The options that earn something; where one is chosen, those that earn the whole mark."""
        if self.one:
            return frozenset(code for code, share in self.shares.items() if share == 1)
        return frozenset(code for code, share in self.shares.items() if share > 0)

    def by_right_options(self, *, partial: bool) -> MarkingKey:
        """The key of a test that marks every question by one rule, whatever shares its author gave.

        All or nothing, or max(0, hits/right - false/wrong): shares of 1/right and -1/wrong. Where one is chosen, a
        right one is the whole.
        """
        right = self.right
        wrong = len(self.shares) - len(right)
        hit = Fraction(1, 1 if self.one else len(right) or 1)
        return MarkingKey(
            {code: hit if code in right else Fraction(-1, wrong) for code in self.shares},
            partial=partial,
            wrong_costs=self.wrong_costs,
            one=self.one,
        )

    def corrected_for_guessing(self) -> MarkingKey:
        """The key under formula scoring: where one of n options is right and one is chosen, wrong ones cost 1/(n - 1).

        Who ticks by chance is right once and wrong n - 1 times in n, and so gains nothing on average (Thurstone, 1919;
        R. B. Frary, "Formula scoring of multiple-choice tests (correction for guessing)", 1988). Where several options
        earn something, a wrong one costs what they earn together by the number of wrong ones, for the same reason, but
        never more than the question is worth. A question of which several are chosen, or with nothing to choose from,
        is returned as it is.
        """
        wrong = sum(share <= 0 for share in self.shares.values())
        if not wrong or not (self.one or len(self.right) == 1):
            return self
        earned = sum((share for share in self.shares.values() if share > 0), start=Fraction(0))
        return replace(self, wrong_costs=min(Fraction(1), earned / wrong))


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
    """What an attempt earned in one skill; never below nothing."""

    skill: int
    marks: Fraction
    possible: Fraction
    questions: int


@dataclass(frozen=True, slots=True)
class SectionPart:
    """What an attempt earned in one section of its test; never below nothing."""

    section: int
    marks: Fraction
    possible: Fraction
    questions: int


@dataclass(frozen=True, slots=True)
class AttemptMarks:
    """The marking of an attempt. `by_question` holds the marks earned at each place, or lost where wrong ones cost.

    The whole is their sum, never below nothing.
    """

    marks: Fraction
    possible: Fraction
    questions: int
    by_question: Mapping[int, Fraction]
    by_skill: tuple[SkillPart, ...]
    by_section: tuple[SectionPart, ...] = ()


def mark_question(chosen: Collection[str], key: MarkingKey) -> Fraction:
    """Return the share of the mark that an answer earns, from 0 to 1, or what a wrong one costs.

    Where one is chosen: the share of that one.
    All or nothing: exactly the options with a positive share, or nothing. Partial: the sum of the shares of what was
    chosen, never below nothing and never above the whole; with shares of 1/right and -1/wrong that is
    max(0, hits/right - false/wrong), so that ticking everything earns nothing.
    """
    earned = _earned(set(chosen), key)
    return -key.wrong_costs if chosen and not earned else earned


def _earned(chosen: set[str], key: MarkingKey) -> Fraction:
    if key.one and len(chosen) == 1:
        return max(
            Fraction(0), sum((key.shares.get(code, Fraction(0)) for code in chosen), start=Fraction(0))
        )
    right = key.right
    if not key.partial:
        return Fraction(int(bool(right) and chosen == right))
    earned = sum((key.shares.get(code, Fraction(0)) for code in chosen), start=Fraction(0))
    return min(Fraction(1), max(Fraction(0), earned))


def score_attempt_parts(questions: Sequence[AnsweredQuestion]) -> AttemptMarks:
    """Return the marks of an attempt: in all, at each place, for each skill and each section (in the order met).

    A question of several skills counts in each of them, so the parts need not add up to the whole.
    """
    shares = {question.position: mark_question(question.chosen, question.key) for question in questions}
    by_question = {question.position: question.marks * shares[question.position] for question in questions}
    by_skill: dict[int, list[AnsweredQuestion]] = {}
    by_section: dict[int, list[AnsweredQuestion]] = {}
    for question in questions:
        by_section.setdefault(question.section, []).append(question)
        for skill in question.skills:
            by_skill.setdefault(skill, []).append(question)
    return AttemptMarks(
        marks=_whole(questions, by_question),
        possible=_possible(questions),
        questions=len(questions),
        by_question=by_question,
        by_skill=tuple(
            SkillPart(skill, _whole(part, by_question), _possible(part), len(part))
            for skill, part in sorted(by_skill.items())
        ),
        by_section=tuple(
            SectionPart(section, _whole(part, by_question), _possible(part), len(part))
            for section, part in by_section.items()
        ),
    )


def _whole(part: Iterable[AnsweredQuestion], by_question: Mapping[int, Fraction]) -> Fraction:
    earned = sum((by_question[question.position] for question in part), start=Fraction(0))
    return max(Fraction(0), earned)


def _possible(part: Iterable[AnsweredQuestion]) -> Fraction:
    return sum((question.marks for question in part), start=Fraction(0))


def standard_error(percent: float, questions: int, *, wrong_costs: float = 0) -> float | None:
    """Return the standard error of a percentage over `questions` questions; None where it cannot be known.

    Lord's binomial error model: for x right of k the error of x is sqrt(x (k - x) / (k - 1)); here in percent points
    (F. M. Lord, "Do tests of the same length have the same standard error of measurement?", 1957). Of nothing or all
    right the model would say "no error", which nobody should read beside a name: there the error of half a question
    from the end is given.
    Where each wrong answer costs the share c of its mark (formula scoring), x right of k earn x - c (k - x): the share
    right is (percent/100 + c) / (1 + c), and the error of the percentage is 1 + c times that of the number right. It is
    exact where nothing was left out, and a little too large otherwise.
    """
    if questions < 2:
        return None
    least = 0.5 / questions
    right = (percent / 100 + wrong_costs) / (1 + wrong_costs)
    share = min(1 - least, max(least, right))
    return 100 * (1 + wrong_costs) * sqrt(share * (1 - share) / (questions - 1))
