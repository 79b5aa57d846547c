from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from itertools import combinations
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.enums import Band
from assessments.rules import band_for, percent_of
from assessments.scoring import (
    AnsweredQuestion,
    MarkingKey,
    mark_question,
    score_attempt_parts,
    standard_error,
)
from questions.enums import Kind, Marking
from questions.rules import shares_for

CODES = "abcdefgh"
VERSION = SimpleNamespace(pass_mark=Decimal(60), borderline_from=Decimal(50))


def marking_key(right: str, codes: str, *, kind: str, marking: str) -> MarkingKey:
    shares = shares_for(list(codes), right, kind=kind)
    return MarkingKey(
        {code: Fraction(share) for code, share in shares.items()}, partial=marking == Marking.PARTIAL
    )


@st.composite
def answered(draw: st.DrawFn, position: int = 1) -> AnsweredQuestion:
    codes = CODES[: draw(st.integers(2, 8))]
    right = "".join(draw(st.sets(st.sampled_from(codes), min_size=1, max_size=len(codes))))
    kind = Kind.SINGLE if len(right) == 1 else Kind.MULTIPLE
    marking = draw(st.sampled_from(Marking.values))
    return AnsweredQuestion(
        position=position,
        chosen=tuple(draw(st.sets(st.sampled_from(codes)))),
        marks=Fraction(draw(st.integers(1, 9)), draw(st.integers(1, 4))),
        key=marking_key(right, codes, kind=kind, marking=marking),
        skills=tuple(draw(st.sets(st.integers(1, 3)))),
    )


@st.composite
def forms(draw: st.DrawFn) -> list[AnsweredQuestion]:
    return [draw(answered(position)) for position in range(1, draw(st.integers(1, 6)) + 1)]


@given(forms())
def test_score_of_any_form_is_between_nothing_and_all_of_it(form: list[AnsweredQuestion]) -> None:
    marks = score_attempt_parts(form)

    percent = percent_of(marks.marks, marks.possible)

    assert 0 <= marks.marks <= marks.possible
    assert Decimal(0) <= percent <= Decimal(100)
    assert marks.marks == sum(marks.by_question.values())
    assert all(part.marks <= part.possible for part in marks.by_skill)


@given(forms(), st.randoms())
def test_score_does_not_depend_on_the_order_of_questions_or_ticks(form, random) -> None:
    shuffled = [
        AnsweredQuestion(
            question.position,
            tuple(random.sample(question.chosen, len(question.chosen))),
            question.marks,
            question.key,
            question.skills,
        )
        for question in random.sample(form, len(form))
    ]

    marks, again = score_attempt_parts(form), score_attempt_parts(shuffled)

    assert (again.marks, again.by_skill, dict(again.by_question)) == (
        marks.marks,
        marks.by_skill,
        dict(marks.by_question),
    )


@given(forms())
def test_all_right_earns_everything_under_every_rule(form: list[AnsweredQuestion]) -> None:
    for rule in (
        lambda key: key,
        lambda key: key.by_right_options(partial=False),
        lambda key: key.by_right_options(partial=True),
        lambda key: key.corrected_for_guessing(),
    ):
        perfect = [replace(each, key=rule(each.key), chosen=tuple(each.key.right)) for each in form]

        marks = score_attempt_parts(perfect)

        assert marks.marks == marks.possible


@given(st.data())
def test_marking_rule_of_a_test_counts_right_options_whatever_shares_the_author_gave(data) -> None:
    codes = CODES[: data.draw(st.integers(2, 8))]
    right = data.draw(st.sets(st.sampled_from(codes), min_size=1, max_size=len(codes)))
    chosen = data.draw(st.sets(st.sampled_from(codes)))
    odd = MarkingKey(
        {code: Fraction(data.draw(st.integers(1, 9)) if code in right else -7, 10) for code in codes},
        partial=data.draw(st.booleans()),
    )

    partial = mark_question(chosen, odd.by_right_options(partial=True))
    whole = mark_question(chosen, odd.by_right_options(partial=False))

    wrong = set(codes) - right
    lost = Fraction(len(chosen & wrong), len(wrong)) if wrong else Fraction(0)
    assert partial == max(Fraction(0), Fraction(len(chosen & right), len(right)) - lost)
    assert whole == int(chosen == right)


@given(st.integers(2, 8), st.data())
def test_formula_scoring_gains_a_guesser_nothing_and_costs_no_answer_nothing(options, data) -> None:
    codes = CODES[:options]
    right = data.draw(st.sampled_from(codes))
    key = marking_key(right, codes, kind=Kind.SINGLE, marking=Marking.ALL_OR_NOTHING).corrected_for_guessing()

    marks = [mark_question({code}, key) for code in codes]

    assert mark_question({right}, key) == 1
    assert sum(marks) == 0
    assert {mark for mark in marks if mark != 1} == {Fraction(-1, options - 1)}
    assert mark_question(set(), key) == 0


RULES = [
    lambda key: key,
    lambda key: key.by_right_options(partial=False),
    lambda key: key.by_right_options(partial=True),
    lambda key: key.corrected_for_guessing(),
    lambda key: key.by_right_options(partial=True).corrected_for_guessing(),
]


@given(st.integers(2, 6), st.data())
def test_one_right_option_is_marked_as_ever_where_one_is_chosen(options, data) -> None:
    codes = CODES[:options]
    right = data.draw(st.sampled_from(codes))
    marking = data.draw(st.sampled_from(Marking.values))
    key = marking_key(right, codes, kind=Kind.SINGLE, marking=marking)

    for rule in RULES:
        for chosen in (set(part) for size in range(options + 1) for part in combinations(codes, size)):
            assert mark_question(chosen, rule(replace(key, one=True))) == mark_question(chosen, rule(key))


@pytest.mark.parametrize("partial", [False, True])
def test_each_of_several_right_options_is_right_where_one_is_chosen(partial) -> None:
    shares = {"a": Fraction(1), "b": Fraction(1), "c": Fraction(1, 3), "d": Fraction(0), "e": Fraction(-1, 2)}
    key = MarkingKey(shares, partial=partial, one=True)

    by_author = [mark_question(code, key) for code in "abcde"]
    by_test = [mark_question(code, key.by_right_options(partial=partial)) for code in "abcde"]

    assert by_author == [1, 1, Fraction(1, 3), 0, 0]
    assert by_test == [1, 1, 0, 0, 0]
    assert mark_question("", key) == 0


@given(st.integers(2, 8), st.data())
def test_formula_scoring_gains_a_guesser_nothing_where_several_options_are_right(options, data) -> None:
    codes = CODES[:options]
    right = data.draw(st.sets(st.sampled_from(codes), min_size=1, max_size=options - 1))
    key = MarkingKey({code: Fraction(code in right) for code in codes}, one=True).corrected_for_guessing()

    marks = [mark_question({code}, key) for code in codes]

    assert min(marks) >= -1
    assert sum(marks) == max(0, 2 * len(right) - options)


def test_formula_scoring_costs_nothing_where_no_answer_is_wrong() -> None:
    key = MarkingKey({"a": Fraction(1), "b": Fraction(1)}, one=True)

    assert key.corrected_for_guessing() == key


@given(forms())
def test_formula_scoring_never_goes_below_nothing_in_the_whole_nor_in_a_part(form) -> None:
    wrong = [
        replace(each, key=each.key.corrected_for_guessing(), chosen=tuple(set(CODES) - each.key.right))
        for each in form
    ]

    marks = score_attempt_parts(wrong)

    assert marks.marks == 0
    assert {part.marks for part in (*marks.by_skill, *marks.by_section)} == {0}
    assert all(mark <= 0 for mark in marks.by_question.values())


def test_formula_scoring_leaves_questions_with_several_right_options_alone() -> None:
    key = marking_key("ab", "abcd", kind=Kind.MULTIPLE, marking=Marking.PARTIAL)

    assert key.corrected_for_guessing() == key
    assert mark_question({"c"}, key.corrected_for_guessing()) == 0


def test_section_parts_add_up_exactly_in_the_order_of_the_test() -> None:
    key = marking_key("abc", "abcdef", kind=Kind.MULTIPLE, marking=Marking.PARTIAL)
    form = [
        AnsweredQuestion(place, ("a",), Fraction(marks), key, section=section)
        for place, (marks, section) in enumerate([(1, 9), (2, 9), (5, 4)], start=1)
    ]

    parts = score_attempt_parts(form).by_section

    assert [(part.section, part.marks, part.possible, part.questions) for part in parts] == [
        (9, 1, 3, 2),
        (4, Fraction(5, 3), 5, 1),
    ]


@given(st.data())
def test_partial_marking_is_hits_over_right_minus_false_over_wrong_never_below_nothing(data) -> None:
    codes = CODES[: data.draw(st.integers(2, 8))]
    right = data.draw(st.sets(st.sampled_from(codes), min_size=1, max_size=len(codes)))
    chosen = data.draw(st.sets(st.sampled_from(codes)))
    wrong = set(codes) - right
    key = marking_key("".join(right), codes, kind=Kind.MULTIPLE, marking=Marking.PARTIAL)

    mark = mark_question(chosen, key)

    lost = Fraction(len(chosen & wrong), len(wrong)) if wrong else Fraction(0)
    assert mark == max(Fraction(0), Fraction(len(chosen & right), len(right)) - lost)


def test_partial_marking_of_thirds_is_exact() -> None:
    key = marking_key("abc", "abcdef", kind=Kind.MULTIPLE, marking=Marking.PARTIAL)

    marks = [mark_question(chosen, key) for chosen in ("a", "ab", "abc", "abcd", "abcdef", "d", "")]

    assert marks == [Fraction(1, 3), Fraction(2, 3), 1, Fraction(2, 3), 0, 0, 0]


def test_all_or_nothing_wants_exactly_the_right_options() -> None:
    key = marking_key("ab", "abcd", kind=Kind.MULTIPLE, marking=Marking.ALL_OR_NOTHING)

    marks = [mark_question(chosen, key) for chosen in ("ab", "ba", "a", "abc", "")]

    assert marks == [1, 1, 0, 0, 0]


def test_question_without_right_options_earns_nothing() -> None:
    key = MarkingKey({"a": Fraction(0), "b": Fraction(0)})

    assert mark_question((), key) == 0


def test_three_questions_of_one_third_make_exactly_the_pass_mark_of_one() -> None:
    key = marking_key("abc", "abcdef", kind=Kind.MULTIPLE, marking=Marking.PARTIAL)
    form = [AnsweredQuestion(place, ("a",), Fraction(1), key) for place in (1, 2, 3)]

    marks = score_attempt_parts(form)

    assert marks.marks == 1
    assert percent_of(marks.marks, marks.possible) == Decimal("33.333")


@pytest.mark.parametrize(
    ("marks", "possible", "percent", "band"),
    [
        (Fraction(6), Fraction(10), "60.000", Band.PASSED),
        (Fraction(599_999_999, 10**8), Fraction(10), "59.999", Band.BORDERLINE),
        (Fraction(5), Fraction(10), "50.000", Band.BORDERLINE),
        (Fraction(499_999_999, 10**8), Fraction(10), "49.999", Band.BELOW),
        (Fraction(2), Fraction(3), "66.666", Band.PASSED),
        (Fraction(3), Fraction(3), "100.000", Band.PASSED),
        (Fraction(0), Fraction(0), "0.000", Band.BELOW),
    ],
)
def test_percent_and_band_agree_at_the_edges(marks, possible, percent, band) -> None:
    shown = percent_of(marks, possible)

    assert (str(shown), band_for(shown, VERSION)) == (percent, band)


@given(st.integers(0, 2400), st.integers(1, 2400), st.integers(0, 10_000))
def test_shown_percent_is_on_the_same_side_of_the_pass_mark_as_the_exact_one(marks, possible, mark) -> None:
    earned = Fraction(min(marks, possible))
    pass_mark = Decimal(mark) / 100

    shown = percent_of(earned, Fraction(possible))

    assert (shown >= pass_mark) == (earned * 100 / possible >= Fraction(pass_mark))


def test_standard_error_is_lords_binomial_error() -> None:
    # 15 of 24 right: sqrt(15 * 9 / 23) marks are 2.4227, of 24 that is 10.095 percent points.
    assert standard_error(62.5, 24) == pytest.approx(10.0948, abs=1e-3)
    # A perfect result is not measured without error: half a question from the end, sqrt(0.5 * 23.5 / 23) marks of 24.
    assert standard_error(100, 24) == pytest.approx(2.9781, abs=1e-3)
    assert standard_error(0, 24) == pytest.approx(2.9781, abs=1e-3)
    assert standard_error(50, 1) is None


def test_standard_error_is_larger_where_wrong_answers_cost_marks() -> None:
    # 18 of 24 right, 6 wrong at a third each: 16 marks, 66.7 %. The error of 18 right is sqrt(18 * 6 / 23) = 2.1669,
    # and each right answer more is 4/3 of a mark more: 2.8892 marks, of 24 that is 12.038 percent points.
    assert standard_error(200 / 3, 24, wrong_costs=1 / 3) == pytest.approx(12.0385, abs=1e-3)
